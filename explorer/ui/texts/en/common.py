"""Texts that all pages share."""

TITLE = "Generative autoencoders"

PRESENT = "Present"
PRESENT_HELP = (
    "For a projector: large type, and nothing but the page. Arrow keys, or Page Up and Page Down, lead through tabs "
    "and pages. Escape leaves."
)
PRESENT_LEAVE = "Leave"

NO_MODELS = """**There is no model to show.** The folder `pretrained/` holds none that can be opened.
Run `python train.py` to train them, or `python train.py --dataset digits` for small ones without a download."""

FAILURE = (
    "**This page could not be shown: the program has an error here.** Reload the page, or open another one above; the "
    "server's log says what went wrong."
)
# Streamlit shows it in a box of 52 letters.
REFUSED = """This page cannot connect: the server refuses its
websocket. Your browser is at
  {origin}
but its request reached the server as one for
  {host}
because a proxy or tunnel between them does not
pass on the Host header. Start the server with
  --server.corsAllowedOrigins {origin}
or make the proxy pass the header on, in nginx by
  proxy_set_header Host $http_host;
This page then connects by itself."""
NO_PICTURES = "the folder's pictures are gone or have changed since the model was trained"
NOT_SHOWN = (
    "{path}: this model cannot be shown ({error}). "
    "Move the folder away, or run `python train.py` to make it again; the server's log says more."
)
MORE_PROBLEMS = "And {more} more cannot be opened: the server's log names them."

MODEL_LIST = {
    "show_all": "Show all {runs} runs …",
    "all_shown": "The list holds all {runs} runs now",
    "not_fetched": "The list of all runs could not be fetched",
}

# What a live page says when something in it went wrong. `what` begins the sentence, `why` is the error's message.
PAGE = {
    "failed": "{what}: {why}. Reload the page; if it stays, restart the app.",
    "not_drawn": "This page could not be drawn",
    "not_loaded": "This page could not be loaded",
    # the questions of Predict
    "quiz": {
        "back_question": "Question before",
        "next_question": "Next question",
        "question_number": "Question {at} of {of}",
        "reveal": "Reveal",
        "go_on": "Next",
        "right_option": "the right answer",
        "score": "{right} of {of} right",
        "right": "Right.",
        "wrong": "No: {answer}.",
        "end": "All {of} questions are answered, {right} of them right.",
    },
}
