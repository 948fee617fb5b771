"""The adversarial autoencoder of Makhzani et al. 2015 (arXiv 1511.05644), as a student would code it.

Its discriminator sees z alone, and has to learn log p(z) too. Three Adam optimisers take turns: encoder and decoder on
the reconstruction, the discriminator, and the encoder against it.
"""

import math

from explorer.siblings import Chart, Sibling, Term

SIBLING = Sibling(
    kind="aae-textbook",
    title="aae_textbook_title",
    place=4,
    colour="#a96b59",
    model="explorer.models:AAE",
    step="explorer.steps:TextbookAAEStep",
    objectives=(
        "explorer.objectives:ae_loss",
        "explorer.objectives:textbook_discriminator_loss",
        "explorer.objectives:encoder_loss",
    ),
    minimised="aae_textbook_minimised",
    holds="aae_textbook_holds",
    chart=Chart(
        "aae_chart",
        (Term("discriminator_real", "aae_real", "prior"), Term("discriminator_fake", "aae_fake", "z")),
        level=math.log(2),  # the loss of a discriminator that returns ½ everywhere
    ),
    penalty=Term("adversarial", "aae_penalty"),
    discriminator=True,
    settings=("discriminator_lr",),
    in_zoo=True,
)
