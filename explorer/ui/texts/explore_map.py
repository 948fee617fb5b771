"""The explorer's tool Map."""

WORDS = {
    "name": "Map",
    "title": "What lies under the codes, and what they are coloured by",
}
