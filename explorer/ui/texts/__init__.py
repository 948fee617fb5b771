"""What a person reads, apart from logic, so that it can be translated: here what all pages share, and a module a page."""

TITLE = "Generative autoencoders"

NO_MODELS = """**There is no model to show.** The folder `pretrained/` holds none that can be opened.
Run `python train.py` to train them, or `python train.py --dataset digits` for small ones without a download."""

NO_PICTURES = "the pictures are not on this machine as they were when the model was trained"
