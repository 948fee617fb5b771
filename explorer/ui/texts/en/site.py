"""The static site: what it says where the app would ask its server."""

from explorer.ui.texts.en import common

START = "`pip install -r requirements.txt`, then `streamlit run app.py`"
NEEDS_APP = "only the app can: its README says how to start it"

# Of all pages.
WORDS = {
    "title": common.TITLE,
    "pages": "Pages",
    "theme": "Theme",
    "themes": {"system": "as the system", "light": "light", "dark": "dark"},
    "present": common.PRESENT,
    "present_help": common.PRESENT_HELP,
    "leave": common.PRESENT_LEAVE,
    "problem": "In the address, {problem}",
    "no_scripts": "This page needs JavaScript, which is switched off here: allow it, and reload the page.",
    "from_file": (
        "This page was opened from a disk, and browsers load its scripts only from a web server. "
        "The explorer is also here as one file that opens from a disk:"
    ),
    "open_file": "Open the explorer's file",
    "serve": (
        "For all pages, start a web server in the site's folder, as by python -m http.server, and open its address."
    ),
    "page": common.PAGE,
}

ABOUT_TITLE = "About this site"
ABOUT = """
These pages are the app's, written as files on {date}. What moves is computed in your browser. Nothing that you do here
leaves it. Three things need the app: training on other datasets than digits, new UMAPs, and Python's values for what
you change. For the states that the pages and the tour's steps open with, Python computed its values when the site was
made, and the pages compare theirs with them.

Start the app by {start}. Its pages take the same addresses, with `?` in the place of `#`.
"""

APP_ONLY = "This page is in the app: start the app by {start}."
NOTHING = "This site holds no model that this page could show."

# Words that replace those of a live page.
REPLACED = {
    "explore": {
        "maps": {
            "silent": f"this site holds no such map, and {NEEDS_APP}",
            "kinds": {
                "again": "another UMAP (made by the app, not by this site)",
                "pixels": "UMAP of the pixels (made by the app)",
            },
        },
    },
    "practice": {
        "lead_train": "Digits train in this browser. To train on other datasets, start the app: streamlit run app.py",
    },
    "kl": {
        "no_python": "–",
        "computing": "",
        "agrees": "✓ When this site was made, Python agreed: {count} values, at most {distance} apart",
        "disagrees": (
            "✗ Python's values, computed when this site was made, and this browser's differ by {distance}: please "
            "report the address of this page"
        ),
    },
    "reparameterisation": {
        "check_wait": "",
        "check_agree": "When this site was made, Python agreed (explorer.gaussian, torch.autograd)",
        "check_differ": "Python's values, computed when this site was made, differ (explorer.gaussian, torch.autograd)",
        "vae_elsewhere": (
            "Measured when this site was made: image {image} of {model} with n = {n} and seed {seed}. For others start "
            "the app: its README says how."
        ),
    },
}
AT_THE_MAKING = "When this site was made: {found}"

NOT_IN_SITE = "this site does not hold the pictures of {dataset}"
MMD = "MMD² {value}"
CSV, OPEN_SHORT = "Download all figures as CSV", "open"

# The command.
DESCRIPTION = (
    "Writes the course as a folder of files, which any web server, course system or USB stick can serve. What needs "
    "the app's server is left out: training, and new UMAPs."
)
OUT_HELP = "the folder: new, empty, or written by this command before, when it is replaced"
MODELS_HELP = "the models in it, by the names of their folders (runs/NAME for one of runs/); without it, all that ship"
NOT_EMPTY = "{out} is not empty, and was not written by this command: choose another folder, or empty it"
NOT_A_FOLDER = "{out} is a file: choose a folder"
NO_MODEL = "there is no model {name}; there are {names}"
NO_MODELS = "there are no models to write: train.py trains them"
DONE = "{out}: {files} files, {size} MB"
