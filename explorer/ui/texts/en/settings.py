"""What can be set of a training: each setting's name on the practice page, and what it means."""

NAMES = {
    "beta": "β",
    "adversarial_weight": "adversary",
    "hidden": "widths",
    "lr": "learning rate",
    "discriminator_lr": "D's rate",
    "epochs": "epochs",
    "batch_size": "batch",
    "seed": "seed",
}

MEANINGS = {  # on the practice page and in `python train.py --help`, where a terminal may show ASCII alone
    "prior": (
        "The distribution that the codes should have. r1, smoothing and the rise of the adversary's weight become "
        "those of recipes with such a prior"
    ),
    "latent_dim": "Dimensions of the latent space",
    "beta": "Weight of the KL term, or of the term that replaces it",
    "adversarial_weight": "Weight of the adversary: of -log D in the encoder's loss, with D the discriminator",
    "hidden": "Widths of the encoder's hidden layers, as in 256 256; the decoder has them in reverse order",
    "lr": "Peak learning rate of encoder and decoder: it rises for a fifth of the steps, then falls",
    "discriminator_lr": (
        "Peak learning rate of the discriminator; for the textbook's AAE also of the encoder's steps against it"
    ),
    "epochs": "Passes over the training set",
    "batch_size": "Images in a training step, over all processes",
    "seed": "Seed of all random numbers: the same seed and settings give the same numbers on the same machine",
    "precision": "Precision of matrix products; auto: bfloat16 on a CPU that supports it",
}
# Of a model of which settings were changed while it trained.
UNTIL = "{value} until epoch {epoch}"
CHANGED = "Settings were changed while it trained: {changes}."
ON_COMMAND_LINE = "{kinds}{meaning} (default: the recipe's)"
