"""The explorer's tool Draw."""

WORDS = {
    "name": "Draw",
    "title": "Draw a digit, open a picture or pick a test image, and see what both models make of it",
}
