"""The variational autoencoder: a KL term keeps each q(z|x) near the prior."""

from explorer.siblings import Chart, Sibling, Term

SIBLING = Sibling(
    kind="vae",
    title="vae_title",
    place=2,
    colour=("#697b43", "#c2f740"),
    model="explorer.models:VAE",
    step="explorer.steps:VAEStep",
    objectives=("explorer.objectives:vae_loss",),
    minimised="vae_minimised",
    holds="vae_holds",
    chart=Chart("vae_chart", (Term("kl"),), floor=0),
    penalty=Term("kl", "vae_penalty"),
    stochastic=True,
    epochs=40,
    settings=("beta",),
    named=("beta",),
    in_zoo=True,
    in_browser=True,
)
