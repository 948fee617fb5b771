"""The adversarial autoencoder: a discriminator holds the aggregate q(z) on the prior."""

import math

from explorer.siblings import Chart, Sibling, Term

SIBLING = Sibling(
    kind="aae",
    title="aae_title",
    place=3,
    colour="#e76300",
    model="explorer.models:AAE",
    step="explorer.steps:AAEStep",
    objectives=("explorer.objectives:discriminator_loss", "explorer.objectives:aae_loss"),
    minimised="aae_minimised",
    holds="aae_holds",
    chart=Chart(
        "aae_chart",
        (Term("discriminator_real", "aae_real", "prior"), Term("discriminator_fake", "aae_fake", "z")),
        level=math.log(2),  # the discriminator's loss where it cannot tell
    ),
    penalty=Term("adversarial", "aae_penalty"),
    discriminator=True,
    epochs=60,
    settings=("adversarial_weight", "discriminator_lr"),
    # the reconstruction lays the plane out first, then the adversary fills it
    training={"adversarial_weight": 300.0, "adversarial_rise": 0.5},
    short_training={"adversarial_weight": 20.0},  # more, in so few steps, holds all codes on a line
    in_zoo=True,
)
