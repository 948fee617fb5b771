"""From a command line of train.py to configurations, images, a device and the folders of the bundles."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import hashlib
import itertools
import json
from datetime import datetime
from pathlib import Path

from explorer.config import FOLDER, RECIPES, ZOO, Config, folder_recipe, recipe, with_prior
from explorer.cores import cores
from explorer.settings import SETTINGS
from explorer.training.distributed import Processes, own_device
from explorer.training.saving import IMPORTANCE_SAMPLES, fresh_folder
from explorer.training.terminal import read_folder, warn

PROGRAM = Path(__file__).resolve().parents[2]
ROOT = PROGRAM  # the folder of pretrained/, runs/ and data/
MOST_THREADS = 1024
OWN = ("data_dir", "out", "threads", "device", "checkpoint_every")  # options that may differ between processes


def configure(options: argparse.Namespace, found=None) -> list[Config]:
    """The recipes with the changes of the command line. found: the pictures of a folder, or None. Raises ValueError."""
    if found is not None:
        full = [
            folder_recipe(found.pictures, kind, found.side, found.channels, len(found.train.images))
            for kind in options.model or ("vae", "aae")
        ]
    elif options.recipe:
        names = itertools.chain.from_iterable(ZOO if name == "all" else [name] for name in options.recipe)
        full = [RECIPES[name] for name in names]
    else:
        full = [recipe(options.dataset or "mnist", kind) for kind in options.model or ("vae", "aae")]
    if options.latent_dim == 1:
        raise ValueError("--latent-dim must be at least 2: the explorer draws no codes of one dimension")
    given = {
        name: getattr(options, name) for name in SETTINGS if name != "prior" and getattr(options, name) is not None
    }
    if "hidden" in given:
        given["hidden"] = tuple(given["hidden"])
    model = {name: value for name, value in given.items() if hasattr(full[0].model, name)}
    training = {name: value for name, value in given.items() if name not in model}
    changed = [
        dataclasses.replace(
            config,
            model=dataclasses.replace(config.model, **model),
            training=dataclasses.replace(config.training, **training),
        )
        for config in full
    ]
    return list(
        dict.fromkeys(changed if options.prior is None else [with_prior(config, options.prior) for config in changed])
    )


def destination(config: Config, options: argparse.Namespace, started: datetime) -> Path:
    """The folder of a bundle. Full recipes go to pretrained/, everything else to runs/, where it replaces no model.

    Raises BundleError for a folder that cannot be written.
    """
    from explorer.store.bundle import check_place

    if options.out is None and config != RECIPES.get(config.name):
        return ROOT / "runs" / config.name if options.dry_run else fresh_folder(ROOT / "runs", config.name, started)
    target = (options.out or ROOT / "pretrained") / config.name
    if not options.dry_run:
        check_place(target)
    return target


def prepare(options: argparse.Namespace):
    """The pictures, if the dataset is a folder (else None), the configurations, and the device.

    Raises ValueError and DatasetError.
    """
    from explorer.training import devices

    found = read_folder(options.data_dir, options.side) if options.dataset == FOLDER else None
    configs = configure(options, found)
    set_threads(options.threads)
    return found, configs, devices.choose_device(options.device, warn, own_device)


def facts(options: argparse.Namespace, found, configs: list[Config], device) -> dict[str, str]:
    """Facts that must be the same in all processes of a training. If several differ, the first one is named."""
    import torch

    sources = [PROGRAM / "train.py", *sorted((PROGRAM / "explorer").rglob("*.py"))]
    asked = {f"--{name.replace('_', '-')}": str(value) for name, value in vars(options).items() if name not in OWN}
    plain = [config.to_dict() | {"pictures": None} for config in configs]  # a folder may lie elsewhere on each machine
    return {
        "version of this program": digest(*(file.read_bytes().replace(b"\r\n", b"\n") for file in sources)),
        "version of torch": torch.__version__.partition("+")[0],
        "kind of device": device.type,
        **asked,
        "pictures": found.pictures.digest if found else "none",
        "configuration": digest(json.dumps(plain).encode()),
    }


def digest(*parts) -> str:
    """Eight hexadecimal digits that identify the content of bytes or arrays."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:8]


def reader(data_dir: Path, found=None):
    """Returns the function read(dataset, split), which opens each Split once. found: see `configure`."""
    from explorer.data import datasets

    return functools.cache(
        lambda dataset, split: (
            getattr(found, split) if dataset == FOLDER else datasets.load(dataset, split, data_dir, download=True)
        )
    )


def set_threads(count: int | None) -> None:
    """Sets torch's number of threads: `count`, or torch's default, but at most the cores that a container allows.

    Raises ValueError for an illegal count.
    """
    import torch

    if count is not None and not 1 <= count <= MOST_THREADS:
        raise ValueError(f"--threads must be from 1 to {MOST_THREADS:,}, not {count}")
    wanted = count or min(torch.get_num_threads(), cores())
    if wanted != torch.get_num_threads():
        torch.set_num_threads(wanted)


def describe(device, processes: Processes, precision: str = "float32") -> str:
    """The device in words, such as `cpu (2 threads)` or `2 x cpu (1 threads, bfloat16)`."""
    from explorer.training import devices

    return (f"{processes.size} x " if processes.size > 1 else "") + devices.describe_device(device, precision)


def importance_samples(config: Config) -> int:
    """Draws of z per image in a VAE's bound. Convolutions take ten times as long, and get a tenth of the draws."""
    return IMPORTANCE_SAMPLES if config.model.network == "mlp" else max(1, IMPORTANCE_SAMPLES // 10)
