"""What a person reads, apart from logic, so that it can be translated: here what all pages share, and a module a page."""

TITLE = "Generative autoencoders"

PRESENT = "Present"
PRESENT_HELP = "For a projector: large type, and nothing but the page"
PRESENT_LEAVE = "Leave"

NO_MODELS = """**There is no model to show.** The folder `pretrained/` holds none that can be opened.
Run `python train.py` to train them, or `python train.py --dataset digits` for small ones without a download."""

FAILURE = "**This page could not be shown: the program has an error here.** Reload the page, or open another one above; the server's log says what went wrong."
NO_PICTURES = "the pictures are not on this machine as they were when the model was trained"
