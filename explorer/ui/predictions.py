"""The numbers that the questions of the practice page are about: of shipped models, of the clinic, and of its settings.

All are measured or computed before a visitor trains. The page computes the right options from them.
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.clinic import recordings
from explorer.clinic.faults import FAULTS
from explorer.config import DATASETS, recipe
from explorer.serving import catalogue

PLAIN = "mnist-vae"
BETAS = {"high": "mnist-vae-beta40", "low": "mnist-vae-beta0.1"}  # the question: the model with another β
DIMENSIONS = (PLAIN, "mnist-vae-8d", "mnist-vae-16d", "mnist-vae-32d")


def numbers() -> dict[str, dict | None]:
    """By question. None where a model is not here. Imports torch."""
    entries = {entry["name"]: entry for entry in catalogue.current().entries}
    return {
        **{question: _pair(entries, PLAIN, other) for question, other in BETAS.items()},
        "width": _width(),
        "pixels": _pixels(),
        "rate": _rate(),
        "dimensions": _dimensions(entries),
    }


def _pair(entries: Mapping[str, dict], *names: str) -> dict | None:
    """Two models: for each number a list of two. bce at z ~ q(z|x), kl, sliced: W₂² of q(z) from p(z)."""
    if not all(name in entries for name in names):
        return None
    found = [entries[name] for name in names]
    measured = {"bce": "reconstruction_sampled", "kl": "kl", "sliced": "sliced_w2_squared"}
    return {name: [entry["metrics"][key] for entry in found] for name, key in measured.items()} | {
        "beta": [entry["weights"]["beta"] for entry in found],
        "images": found[0]["images"],
    }


def _dimensions(entries: Mapping[str, dict]) -> dict | None:
    if not all(name in entries for name in DIMENSIONS):
        return None
    found = [entries[name] for name in DIMENSIONS]
    return {
        "dimensions": [entry["latent_dim"] for entry in found],
        "bce": [entry["metrics"]["reconstruction_sampled"] for entry in found],
        "images": found[0]["images"],
    }


def _width() -> dict:
    """The median σ of both healthy runs. None: the encoder returns no σ."""
    vae, aae = (recordings.figures(recordings.load(name)) for name in ("vae-2d", "aae-textbook-2d"))
    return {"vae": vae["sigma"], "aae": aae.get("sigma")}


def _rate() -> dict:
    """The sliced W₂² of the healthy run, and of the run whose D learns too fast."""
    fault = FAULTS["fast_discriminator"]
    runs = (recordings.figures(recordings.load(name)) for name in (fault.healthy, fault.key))
    return {"sliced": [run["sliced_w2_squared"] for run in runs]}


def _pixels() -> dict:
    """factors: by dataset, {pixels, factor: what the mean over pixels multiplies β by}; kl: of the healthy run of the
    clinic, and of the run with the mean."""
    from explorer.objectives import effective_beta

    models = {dataset: recipe(dataset, "vae").model for dataset in DATASETS}
    fault = FAULTS["mean_over_pixels"]
    runs = (recordings.figures(recordings.load(name)) for name in (fault.healthy, fault.key))
    return {
        "factors": {
            dataset: {
                "pixels": model.pixels,
                "factor": effective_beta("mean", "sum", model.pixels, model.latent_dim),
            }
            for dataset, model in models.items()
        },
        "kl": [run["kl"] for run in runs],
    }
