"""Checkpoints on disk: one safetensors file per training, replaced atomically. Nothing is unpickled."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from explorer.config import Config
from explorer.files import PART, alone_in, write_to_disk
from explorer.training.fit import Checkpoint

RECORDED = "recorded."  # the prefix of the names of a recording's tensors


class Saved(NamedTuple):
    """A checkpoint, the folder of the finished bundle, and the recording so far (`Recorder.tensors`)."""

    checkpoint: Checkpoint
    target: Path
    recorded: dict[str, Tensor]


class CheckpointError(Exception):
    """A checkpoint cannot be read or written. The message names the file and the remedy."""


def checkpoint_file(folder: Path, config: Config) -> Path:
    """The file for the checkpoint of a configuration. Each configuration has its own."""
    digest = hashlib.sha256(json.dumps(config.to_dict(), sort_keys=True).encode()).hexdigest()[:12]
    return folder / f"{config.name}.{digest}.safetensors"


def save_checkpoint(
    file: Path, checkpoint: Checkpoint, target: Path, recorded: dict[str, Tensor] | None = None
) -> None:
    """Writes a checkpoint. Raises CheckpointError if it cannot be written; an older file then remains."""
    about = {"config": checkpoint.config.to_dict(), "epoch": checkpoint.epoch, "history": checkpoint.history}
    about["target"] = target.as_posix()
    tensors = checkpoint.tensors | {f"{RECORDED}{name}": tensor for name, tensor in (recorded or {}).items()}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    about["digest"] = _digest(about, tensors)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        content = save(tensors, metadata={"about": json.dumps(about)})
        with alone_in(file.parent):
            write_to_disk(file, content)
    except OSError as error:
        raise CheckpointError(
            f"{file} cannot be written: {error.strerror}. Make room, or train with --checkpoint-every inf."
        ) from error


def load_checkpoint(file: Path) -> Saved | None:
    """The checkpoint, or None if there is no file. Raises CheckpointError if it cannot be read."""
    if not file.exists():
        return None
    try:
        with safe_open(file, framework="pt") as opened:
            about = json.loads((opened.metadata() or {})["about"])
            # copies: the resumed training replaces the file, and Windows cannot replace a mapped file
            tensors = {name: opened.get_tensor(name).clone() for name in opened.keys()}  # noqa: SIM118 - not a dict
        if about.pop("digest") != _digest(about, tensors):
            raise ValueError("it was changed: its digest does not fit")
        recorded = {
            name.removeprefix(RECORDED): tensors.pop(name) for name in list(tensors) if name.startswith(RECORDED)
        }
        checkpoint = Checkpoint(Config.from_dict(about["config"]), about["epoch"], about["history"], tensors)
        return Saved(checkpoint, Path(about["target"]), recorded)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(
            f"{file} cannot be read ({error}). Remove it, and train anew without --resume."
        ) from error


def remove_checkpoint(file: Path) -> None:
    """Removes the checkpoint and its unfinished parts that a crash left. Files of other trainings stay."""
    if not file.parent.is_dir():
        return
    with alone_in(file.parent):
        file.unlink(missing_ok=True)
        for part in file.parent.glob(f"{file.name}*{PART}"):
            part.unlink(missing_ok=True)


def _digest(about: dict, tensors: dict[str, Tensor]) -> str:
    """The digest of everything in a checkpoint except the digest itself."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()
