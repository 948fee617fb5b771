"""Measures a trained model and writes its bundle, for the command line and for the practice page."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from explorer.config import Change, Config
from explorer.shared import NUMBERS

LONGEST_NAME = 60  # letters of a run's name; with them in UTF-8 a path of any system is short enough
IMPORTANCE_SAMPLES = NUMBERS["importance_samples"]  # draws of z per image in a VAE's bound on log p(x)


def in_folders(name: str) -> str:
    """What a person calls a run, as a folder's name on any system. Empty if nothing is left of it."""
    kept = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]+', " ", name)
    return " ".join(kept.split())[:LONGEST_NAME].strip(". ")


def fresh_folder(runs: Path, name: str, started: datetime | None) -> Path:
    """Makes a new folder such as `runs/mnist-vae-20250102-030405`, which no other run of the same second gets.

    started: None for a name that a person gave; the second run of that name gets `runs/NAME (2)`.
    Raises BundleError if it cannot be made.
    """
    from explorer.store.bundle import BundleError, check_place

    stem, further = (name, "{} ({})") if started is None else (f"{name}-{started:%Y%m%d-%H%M%S}", "{}-{}")
    for folder in itertools.chain([stem], (further.format(stem, i) for i in itertools.count(2))):
        try:
            (runs / folder).mkdir(parents=True)
            return runs / folder
        except OSError as error:
            if os.path.lexists(runs / folder):
                continue
            check_place(runs / folder)  # names the cause if `runs` is a link that leads nowhere
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
    """Rounds the weights to float16, as stored, and measures the model. Returns an Evaluation and the training's cost.

    train, test: the splits of the dataset. seconds: of training. resumed_after: the epoch of a checkpoint.
    importance_samples: see `evaluation.evaluate`, which also gets the options, such as `progress`.
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
    target: Path,
    model,
    config: Config,
    evaluated,
    cost: dict,
    history: list[dict],
    labels,
    umap=None,
    recording=None,
    changes: Sequence[Change] = (),
) -> None:
    """Writes the bundle. Codes of more than two dimensions get a UMAP: `umap`, or a new one if umap-learn is installed.

    evaluated: an Evaluation; cost: see `measure`; labels: (n,), of the test split; umap: (n, 2); recording: see
    `Recorder.arrays`; changes: of settings while it trained. Raises BundleError.
    """
    from explorer import projection
    from explorer.store import bundle

    if config.model.latent_dim > 2 and umap is None:
        try:
            umap = projection.umap(evaluated.mean)
        except ImportError:
            print(
                f"{config.name}: umap-learn is not installed, so there is no map yet. Where it is, `python train.py "
                "--evaluate` adds it."
            )
        except Exception as error:  # numba can fail in many ways, and the trained model must still be written
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            again = "`python train.py --evaluate` tries again."
            print(f"{config.name}: umap-learn failed ({reason}), so there is no map yet. {again}")
    codes = bundle.Codes(evaluated.mean, evaluated.log_var, labels, umap)
    bundle.save_bundle(target, model, config, evaluated.metrics | cost, history, codes, recording, changes)
