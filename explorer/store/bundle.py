"""One trained model on disk: a folder that opens as numpy arrays, without importing torch.

    bundle.json                  config, metrics, history, changes of settings while it trained, the digests of
                                 everything
    weights.<digest>.safetensors the model's weights, float16
    codes.<digest>.safetensors   the test set's codes: mean, log_var (stochastic encoders), label
    recording.<digest>.safetensors   moments of the training, if it was recorded (see recording.py)

A bundle is written completely or not at all: the names of the tensors' files contain their digests, and one rename, of
bundle.json, makes them the bundle. Nothing is unpickled.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from explorer.config import CLASSES, Change, Config
from explorer.files import PART, alone_in, is_litter, write_to_disk
from explorer.shared import NUMBERS
from explorer.store.bundle_checks import (
    check_arrays,
    check_changes,
    check_codes,
    check_history,
    check_metrics,
    check_recording,
    is_finite,
)

if TYPE_CHECKING:
    from explorer.models import Autoencoder

FORMAT = NUMBERS["bundle_format"]  # increased when older readers cannot open what this version writes
# the format of a model whose settings did not change while it trained, which older readers open too
UNCHANGED = NUMBERS["unchanged_format"]
MANIFEST = "bundle.json"
LONGEST_REASON = 200  # characters of a sentence on a faulty configuration
ROLES, OPTIONAL_ROLES = {"weights", "codes"}, {"recording"}  # of the files beside it


class BundleError(Exception):
    """A bundle cannot be opened or written. The message names the file, the reason and the remedy."""


@dataclass(frozen=True)
class Codes:
    """The codes of the test set's n images, in its order."""

    mean: np.ndarray  # (n, latent_dim) float32; a deterministic encoder's code
    log_var: np.ndarray | None  # (n, latent_dim) float32
    label: np.ndarray  # (n,) uint8
    umap: np.ndarray | None = None  # (n, 2) float32, if the codes have more than two dimensions


@dataclass(frozen=True)
class Bundle:
    """One trained model, as `load_bundle` returns it."""

    name: str  # of its folder
    path: Path
    digest: str  # of the whole content: bundles with the same digest are equal
    config: Config
    metrics: dict
    history: list[dict]  # an entry per epoch: means of the loss's terms, in nats per image
    codes: Codes
    weights: Mapping[str, np.ndarray]  # by the torch module's parameter names, float16
    recording: Mapping[str, np.ndarray] | None = None  # see `Recorder.arrays`
    changes: tuple[Change, ...] = ()  # of settings while it trained; the configuration is that after all of them

    def model(self) -> Autoencoder:
        """The torch module with these weights (float32), in eval mode, on the CPU. Imports torch."""
        import torch

        from explorer.models import build

        model = build(self.config.model)
        model.load_state_dict(
            {name: torch.from_numpy(array.astype(np.float32)) for name, array in self.weights.items()}
        )
        return model.eval().requires_grad_(False)


def save_bundle(
    path: str | Path,
    model: Autoencoder,
    config: Config,
    metrics: dict,
    history: list[dict],
    codes: Codes,
    recording: Mapping[str, np.ndarray] | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Writes the bundle to the disk. One rename replaces an older bundle.

    Metrics that are NaN or infinite are left out, because JSON has no such numbers.
    Raises BundleError if `path` holds something else or cannot be written; its content is then unchanged.
    """
    path = Path(path)
    # more than two dimensions are not looked at closely, and half the space matters
    precision = np.float32 if config.model.latent_dim <= 2 else np.float16
    arrays = {"mean": codes.mean.astype(precision), "label": codes.label.astype(np.uint8)}
    if codes.log_var is not None:
        arrays["log_var"] = codes.log_var.astype(precision)
    if codes.umap is not None:
        arrays["umap"] = codes.umap.astype(np.float32)
    state = {name: tensor.detach().cpu().numpy().astype(np.float16) for name, tensor in model.state_dict().items()}
    contents = {"weights": save_tensors(state), "codes": save_tensors(arrays)}
    if recording is not None:
        contents["recording"] = save_tensors({name: np.ascontiguousarray(array) for name, array in recording.items()})
    metrics = {name: value for name, value in metrics.items() if not isinstance(value, float) or is_finite(value)}
    manifest = {"format": UNCHANGED, "config": config.to_dict(), "metrics": metrics, "history": history}
    if changes:
        manifest |= {"format": FORMAT, "changes": [dataclasses.asdict(change) for change in changes]}
    manifest["files"] = {role: _sha256(content) for role, content in contents.items()}
    manifest["digest"] = _manifest_digest(manifest)
    try:
        check_place(path)
        path.mkdir(parents=True, exist_ok=True)
        with alone_in(path):
            for role, content in contents.items():
                write_to_disk(path / _file_name(role, manifest["files"]), content)
            write_to_disk(path / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())
            _remove_stale(path, {MANIFEST, *(_file_name(role, manifest["files"]) for role in contents)})
    except OSError as error:
        raise BundleError(
            f"{path} cannot be written: {error.strerror}. Free or name another folder with --out."
        ) from error


def _remove_stale(path: Path, names: set[str]) -> None:
    """Removes a bundle's files except these. A file that cannot be removed stays until the next write."""
    with contextlib.suppress(OSError):
        for file in path.iterdir():
            if file.name not in names and _is_ours(file):
                with contextlib.suppress(OSError):  # Windows removes no file that another program has open
                    file.unlink()


def check_place(path: Path) -> None:
    """Raises BundleError if it is clear, without writing, that no bundle can be written to `path`.

    Call it before training.
    """
    try:
        if path.exists() and any(not _is_ours(file) and not is_litter(file.name) for file in path.iterdir()):
            raise BundleError(
                f"{path} holds something that is no bundle: it will not be touched. Name another folder with --out."
            )
        above = next(folder for folder in (path, *path.absolute().parents) if os.path.lexists(folder))
    except OSError as error:
        raise BundleError(
            f"{path} cannot be written: {error.strerror}. Free or name another folder with --out."
        ) from error
    if above.is_symlink() and not above.exists():
        why = f"{above} is a link to {os.readlink(above)}, which is not there"
        raise BundleError(f"{path} cannot be written: {why}. Name another folder with --out.")
    if not above.is_dir():
        raise BundleError(
            f"{path} cannot be written: Not a directory: {above}. Free or name another folder with --out."
        )
    if not os.access(above, os.W_OK | os.X_OK):
        raise BundleError(
            f"{path} cannot be written: {above} is read-only, or not yours. Free or name another folder with --out."
        )


def load_bundle(path: str | Path) -> Bundle:
    """Opens a bundle and checks everything: digests, version, names and shapes. Raises BundleError."""
    path = Path(path)
    manifest = _read_manifest(path)
    try:
        return _open(path, manifest)
    except BundleError:
        if (newer := _read_manifest(path)) == manifest:
            raise
        return _open(path, newer)  # the bundle was replaced while it was read


def _open(path: Path, manifest: dict) -> Bundle:
    try:
        config = Config.from_dict(manifest["config"])
    except (KeyError, ValueError) as error:
        why = str(error) if len(str(error)) <= LONGEST_REASON else f"{str(error)[:LONGEST_REASON]} …"
        raise _broken(path / MANIFEST, f"its configuration cannot be used ({why})") from error
    files, metrics, history, recording = manifest["files"], manifest["metrics"], manifest["history"], None
    weights_file, weights = _read_tensors(path, "weights", files)
    codes_file, arrays = _read_tensors(path, "codes", files)
    with _naming(weights_file):
        check_arrays(weights, expected_weights(config))
    with _naming(codes_file):
        check_codes(arrays, config)
    images = len(arrays["label"])
    with _naming(path / MANIFEST):
        check_metrics(metrics, config, images)
        check_history(history)
        changes = check_changes(manifest.get("changes", []), config)
    if "recording" in files:
        recording_file, recording = _read_tensors(path, "recording", files)
        with _naming(recording_file):
            check_recording(recording, config, images)
    mean, log_var = (
        None if array is None else array.astype(np.float32) for array in (arrays["mean"], arrays.get("log_var"))
    )
    codes = Codes(mean, log_var, arrays["label"], arrays.get("umap"))
    return Bundle(path.name, path, manifest["digest"], config, metrics, history, codes, weights, recording, changes)


def find_bundles(folder: str | Path) -> list[Path]:
    """The paths of the bundles in a folder, sorted by name. They are not opened."""
    return sorted(manifest.parent for manifest in Path(folder).glob(f"[!.]*/{MANIFEST}"))


def holds_remains(path: Path) -> bool:
    """Whether a folder holds a bundle's tensors, also without bundle.json; `load_bundle` then raises an error."""
    try:
        return any(file.suffix == ".safetensors" and _is_ours(file) for file in path.iterdir())
    except OSError:  # no permission to list it
        return False


def expected_weights(config: Config) -> dict[str, tuple[int, ...]]:
    """The shapes of all parameters of a model with this configuration, by their names in torch."""
    model = config.model
    shapes: dict[str, tuple[int, ...]] = {}

    def linear(name: str, inputs: int, outputs: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (outputs, inputs), (outputs,)

    def perceptron(name: str, *widths: int) -> None:
        for layer, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
            linear(f"{name}.{2 * layer}", inputs, outputs)  # a ReLU follows each of them

    def convolution(name: str, shape: tuple[int, int], biases: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (*shape, 4, 4), (biases,)

    *channels, width = model.hidden
    if model.network == "conv":  # layers without weights are between these, and are counted
        for layer, (inputs, outputs) in enumerate(zip((model.channels, *channels), channels)):
            convolution(f"encoder.body.0.{2 * layer + 1}", (outputs, inputs), outputs)
        linear(f"encoder.body.0.{2 * len(channels) + 2}", math.prod(model.core), width)
        perceptron("decoder.body", model.latent_dim, width, math.prod(model.core))
        for layer, (inputs, outputs) in enumerate(zip(reversed(channels), (*reversed(channels[:-1]), model.channels))):
            convolution(f"decoder.body.{2 * layer + 5}", (inputs, outputs), outputs)
    else:
        perceptron("encoder.body.0", model.pixels, *model.hidden)
        perceptron("decoder.body", model.latent_dim, *reversed(model.hidden), model.pixels)
    linear("encoder.mean", model.hidden[-1], model.latent_dim)
    if model.sibling.stochastic:
        linear("encoder.log_var", model.hidden[-1], model.latent_dim)
    if model.sibling.discriminator:
        if model.frequencies:
            shapes["discriminator.frequencies"] = (model.frequencies, model.latent_dim)
        inputs = model.latent_dim + 2 * model.frequencies + (CLASSES if model.label_informed else 0)
        perceptron("discriminator.body", inputs, *model.discriminator_hidden, 1)
    return shapes


# Reading. Every fault has its sentence.


def _broken(file: Path, what: str) -> BundleError:
    return BundleError(f"{file}: {what}. Run `python train.py` to make it again, or restore it from the repository.")


@contextlib.contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Turns the ValueError of a check into a BundleError with the file's name."""
    try:
        yield
    except ValueError as error:
        raise _broken(file, str(error)) from error


def _read(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():  # reading a pipe or a device may never end
            raise _broken(file, "the file cannot be read (it is no regular file)")
        return file.read_bytes()
    except FileNotFoundError:
        raise _broken(file, "the file is missing") from None
    except OSError as error:
        raise _broken(file, f"the file cannot be read ({error.strerror})") from error


def _read_manifest(path: Path) -> dict:
    file = path / MANIFEST
    try:
        manifest = json.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise _broken(file, "the file is damaged: it is not JSON") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise _broken(file, "the file is no bundle's: it names no format")
    if manifest["format"] > FORMAT:
        raise BundleError(
            f"{file}: written by a newer version (format {manifest['format']}; this version reads up to {FORMAT}). "
            "Update the program, or run `python train.py` to make it again."
        )
    files, entries = manifest.get("files"), {"format", "config", "metrics", "history", "files", "digest"}
    if manifest["format"] > UNCHANGED:
        entries |= {"changes"}
    if set(manifest) != entries or not isinstance(files, dict) or not ROLES <= set(files) <= ROLES | OPTIONAL_ROLES:
        raise _broken(file, "the file is damaged: entries are missing or unknown")
    if not all(isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest) for digest in files.values()):
        raise _broken(file, "the file is damaged: a digest is none")
    if manifest["digest"] != _manifest_digest(manifest):
        raise _broken(file, "the file was changed after it was written: its digest does not fit")
    return manifest


def _read_tensors(path: Path, role: str, digests: dict[str, str]) -> tuple[Path, dict[str, np.ndarray]]:
    file = path / _file_name(role, digests)
    content = _read(file)
    if _sha256(content) != digests[role]:
        raise _broken(file, "the file is truncated or was changed: its digest does not fit")
    try:
        return file, load_tensors(content)
    except (SafetensorError, ValueError, KeyError) as error:
        raise _broken(file, f"the file is damaged ({error})") from error


def _file_name(role: str, digests: Mapping[str, str]) -> str:
    return f"{role}.{digests[role][:12]}.safetensors"


def _is_ours(file: Path) -> bool:
    """Whether `write_to_disk` made the file: a bundle's file, or an unfinished one that a crash left."""
    name = rf"({re.escape(MANIFEST)}|({'|'.join(ROLES | OPTIONAL_ROLES)})\.[0-9a-f]{{12}}\.safetensors)"
    return re.fullmatch(rf"{name}(.*{re.escape(PART)})?", file.name) is not None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest_digest(manifest: dict) -> str:
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return _sha256(json.dumps(rest, sort_keys=True).encode())
