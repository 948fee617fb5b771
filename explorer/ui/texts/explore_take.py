"""The explorer's tool Take away."""

WORDS = {
    "name": "Take away",
    "title": "Pictures, codes, a link, or this view as one file",
}
