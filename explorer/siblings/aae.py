"""The adversarial autoencoder: a discriminator keeps the aggregate q(z) on the prior.

Not the textbook's (aae_textbook.py): one optimiser for encoder and decoder on a weighted sum, and a discriminator that
is given log p(z), has a gradient penalty, and may be smoothed.
"""

import math

from explorer.siblings import Chart, Sibling, Term

SIBLING = Sibling(
    kind="aae",
    title="aae_title",
    place=3,
    colour=("#956083", "#eec0f1"),
    model="explorer.models:AAE",
    step="explorer.steps:AAEStep",
    objectives=("explorer.objectives:discriminator_loss", "explorer.objectives:aae_loss"),
    minimised="aae_minimised",
    holds="aae_holds",
    chart=Chart(
        "aae_chart",
        (Term("discriminator_real", "aae_real", "prior"), Term("discriminator_fake", "aae_fake", "z")),
        level=math.log(2),  # the loss of a discriminator that returns ½ everywhere
    ),
    penalty=Term("adversarial", "aae_penalty"),
    discriminator=True,
    discriminator_given_prior=True,
    epochs=60,
    settings=("adversarial_weight", "discriminator_lr"),
    # the reconstruction spreads the codes over the plane first, then the adversary fills the prior
    training={"adversarial_weight": 300.0, "adversarial_rise": 0.5},
    short_training={"adversarial_weight": 20.0},  # in so few steps, a higher weight keeps all codes on a line
    in_zoo=True,
    in_browser=True,
)
