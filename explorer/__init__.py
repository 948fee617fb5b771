"""Generative autoencoders: the mathematics, the models, the training and the live explorer of their latent spaces."""
