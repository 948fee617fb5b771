"""The explorer's tool Near."""

WORDS = {
    "name": "Near",
    "title": "The nearest codes in both models, regions of the map, and images found by class, error or KL",
}
