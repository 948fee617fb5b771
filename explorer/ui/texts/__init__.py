"""What a person reads, apart from logic, so that it can be translated: here what all pages share, and a module a page."""

TITLE = "Generative autoencoders"

PRESENT = "Present"
PRESENT_HELP = "For a projector: large type, and nothing but the page"
PRESENT_LEAVE = "Leave"

NO_MODELS = """**There is no model to show.** The folder `pretrained/` holds none that can be opened.
Run `python train.py` to train them, or `python train.py --dataset digits` for small ones without a download."""
