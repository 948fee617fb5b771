"""What a command line of train.py asks for: configurations, images, a device, and where bundles go."""

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
ROOT = PROGRAM  # holds pretrained/, runs/ and data/
MOST_THREADS = 1024
OWN = ("data_dir", "out", "threads", "device", "checkpoint_every")  # options that each process may have its own of


def configure(options: argparse.Namespace, found=None) -> list[Config]:
    """The recipes with the command line's changes. found: the folder's pictures, where those are the dataset. Raises ValueError."""
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
    """Full recipes refresh pretrained/; anything else must not replace a good model. Raises BundleError for a place that cannot be written."""
    from explorer.store.bundle import check_place

    if options.out is None and config != RECIPES.get(config.name):
        return ROOT / "runs" / config.name if options.dry_run else fresh_folder(ROOT / "runs", config.name, started)
    target = (options.out or ROOT / "pretrained") / config.name
    if not options.dry_run:
        check_place(target)
    return target


def prepare(options: argparse.Namespace):
    """The folder of pictures, where one is asked for, the configurations, and the device.

    Raises ValueError and DatasetError.
    """
    from explorer.training import devices

    found = read_folder(options.data_dir, options.side) if options.dataset == FOLDER else None
    configs = configure(options, found)
    set_threads(options.threads)
    return found, configs, devices.choose_device(options.device, warn, own_device)


def facts(options: argparse.Namespace, found, configs: list[Config], device) -> dict[str, str]:
    """What must be the same in all processes of a training, in the order in which a difference is named."""
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
    """Of bytes or arrays."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:8]


def reader(data_dir: Path, found=None):
    """read(dataset, split): opens each split once; of a folder of pictures what was found."""
    from explorer.data import datasets

    return functools.cache(
        lambda dataset, split: (
            getattr(found, split) if dataset == FOLDER else datasets.load(dataset, split, data_dir, download=True)
        )
    )


def set_threads(count: int | None) -> None:
    """As many threads as asked for, else torch's choice, but no more than the cores that a container leaves."""
    import torch

    if count is not None and not 1 <= count <= MOST_THREADS:
        raise ValueError(f"--threads must be from 1 to {MOST_THREADS:,}, not {count}")
    wanted = count or min(torch.get_num_threads(), cores())
    if wanted != torch.get_num_threads():
        torch.set_num_threads(wanted)


def describe(device, processes: Processes, precision: str = "float32") -> str:
    """`cpu (2 threads)`, `2 x cpu (1 threads, bfloat16)`."""
    from explorer.training import devices

    return (f"{processes.size} x " if processes.size > 1 else "") + devices.describe_device(device, precision)


def importance_samples(config: Config) -> int:
    """Draws of z an image in a VAE's bound: of convolutions, which take ten times as long, a tenth."""
    return IMPORTANCE_SAMPLES if config.model.network == "mlp" else max(1, IMPORTANCE_SAMPLES // 10)
