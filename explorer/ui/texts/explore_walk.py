"""The explorer's tool Walk."""

WORDS = {
    "name": "Walk",
    "title": "Ways through the latent space, frame by frame",
}
