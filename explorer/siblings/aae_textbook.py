"""The adversarial autoencoder of Makhzani et al. 2015 (arXiv 1511.05644), as a student would code it.

Its discriminator sees z alone, and has to learn log p(z) too. Three Adam optimisers take turns: encoder and decoder on
the reconstruction, the discriminator, and the encoder against it.
"""

from explorer.siblings import Sibling
from explorer.siblings.aae import SIBLING as OURS

SIBLING = Sibling(
    kind="aae-textbook",
    title="aae_textbook_title",
    place=4,
    colour=("#4594cd", "#6367f1"),
    model="explorer.models:AAE",
    step="explorer.steps:TextbookAAEStep",
    objectives=(
        "explorer.objectives:ae_loss",
        "explorer.objectives:textbook_discriminator_loss",
        "explorer.objectives:encoder_loss",
    ),
    minimised="aae_textbook_minimised",
    holds="aae_textbook_holds",
    chart=OURS.chart,
    penalty=OURS.penalty,
    discriminator=True,
    settings=("discriminator_lr",),
    in_zoo=True,
    in_browser=True,
)
