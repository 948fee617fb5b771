"""The plain autoencoder, without a regulariser of its latent space."""

from explorer.siblings import Chart, Sibling

SIBLING = Sibling(
    kind="ae",
    title="ae_title",
    place=1,
    colour=("#333232", "#787764"),
    model="explorer.models:AE",
    step="explorer.steps:AEStep",
    objectives=("explorer.objectives:ae_loss",),
    minimised="ae_minimised",
    holds="ae_holds",
    chart=Chart("ae_chart"),
    epochs=20,
    in_zoo=True,
    in_browser=True,
)
