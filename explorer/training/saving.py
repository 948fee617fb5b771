"""From a finished training to a bundle: the command line and the page save by the same steps."""

from __future__ import annotations

import itertools
import os
from datetime import datetime
from pathlib import Path

from explorer.config import Config

IMPORTANCE_SAMPLES = 500  # of z an image, in a VAE's bound on log p(x)


def fresh_folder(runs: Path, name: str, started: datetime) -> Path:
    """`runs/mnist-vae-20250102-030405`, made: no other run has it, be it of the same second. Raises BundleError where it cannot be made."""
    from explorer.store.bundle import BundleError, check_place

    stem = f"{name}-{started:%Y%m%d-%H%M%S}"
    for folder in itertools.chain([stem], (f"{stem}-{i}" for i in itertools.count(2))):
        try:
            (runs / folder).mkdir(parents=True)
            return runs / folder
        except OSError as error:
            if os.path.lexists(runs / folder):
                continue
            check_place(runs / folder)  # where a link leads nowhere
            raise BundleError(
                f"{runs / folder} cannot be made: {error.strerror}. Free {runs}, or name another folder with --out."
            ) from error


def measure(
    model,
    config: Config,
    train,
    test,
    device,
    seconds: float,
    resumed_after: int | None = None,
    importance_samples: int = IMPORTANCE_SAMPLES,
    **options,
):
    """Rounds the weights to what is stored, and measures them on the test split: an Evaluation, and what it took.

    options: evaluation.evaluate's, as `progress`.
    Raises TrainingDiverged for weights or codes that cannot be stored or measured.
    """
    from explorer.training.devices import describe_device
    from explorer.training.evaluation import evaluate, round_to_half

    cost = {"seconds": round(seconds, 1), "device": describe_device(device, config.training.precision)}
    if resumed_after:
        cost["resumed_after"] = resumed_after
    model = round_to_half(model)
    return evaluate(model, test, device, train=train, importance_samples=importance_samples, **options), cost


def write(
    target: Path, model, config: Config, evaluated, cost: dict, history: list[dict], labels, umap=None, recording=None
) -> None:
    """The bundle; with a map where the codes have more than two dimensions: the one given, or where umap-learn is there, a fresh one."""
    from explorer import projection
    from explorer.store import bundle

    if config.model.latent_dim > 2 and umap is None:
        try:
            umap = projection.umap(evaluated.mean)
        except ImportError:
            print(
                f"{config.name}: umap-learn is not installed, so there is no map yet. Where it is, `python train.py --evaluate` adds it."
            )
        except Exception as error:  # its compiler may fail in many ways, and the trained model matters more
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            again = "`python train.py --evaluate` tries again."
            print(f"{config.name}: umap-learn failed ({reason}), so there is no map yet. {again}")
    codes = bundle.Codes(evaluated.mean, evaluated.log_var, labels, umap)
    bundle.save_bundle(target, model, config, evaluated.metrics | cost, history, codes, recording)
