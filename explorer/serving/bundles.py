"""One bundle, found by its digest: its torch module, what pages measure on it, and its parts as files for the browser.

Every function raises BundleError for a bundle that was damaged since it was listed. Those that return a file return
None where there is no such bundle; the others raise ModelGone. assets.py keeps the files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save as save_tensors

from explorer.data.datasets import DatasetError
from explorer.serving import cached
from explorer.serving.catalogue import shelf
from explorer.serving.pictures import images_of
from explorer.store.bundle import Bundle, BundleError

if TYPE_CHECKING:
    from explorer.metrics import Null
    from explorer.models import Autoencoder

MMD_DRAWS = 1500  # of codes, and of the prior
NULLS = cached.NULLS  # repeats of the null of `kl_of_codes`
SHEET, SEED = cached.SHEET, cached.SEED  # pictures along each side of a sheet of `decoded`; the seed of its draws


class ModelGone(LookupError):
    """A bundle that a page was drawn from is no longer there. The message is a sentence."""


def find(digest: str) -> Bundle | None:
    """The bundle with that digest, if it is there now."""
    record = shelf().find(digest)
    if record is None:
        return None
    try:
        return cached.bundle(digest, record.path)
    except BundleError as error:
        shelf().report(record, str(error))
        raise
    except LookupError:
        return None


def required(digest: str) -> Bundle:
    bundle = find(digest)
    if bundle is None:
        raise ModelGone("The model was replaced or taken away while the page was open: reload the page.")
    return bundle


# What pages measure.


def model(digest: str) -> Autoencoder:
    """The torch module, in eval mode and shared by all sessions: do not change it. Imports torch."""
    return cached.model(digest, required(digest))


def history(digest: str) -> list[dict]:
    """The training's history, an entry an epoch."""
    return required(digest).history


def compared(digest: str) -> cached.Compared:
    """Imports torch."""
    return cached.compared(digest, required(digest))


def decoded(digest: str) -> tuple[np.ndarray, np.ndarray]:
    """A sheet of pictures decoded at draws of the prior, and one at the model's own codes. Imports torch."""
    return cached.decoded(digest, compared(digest), model(digest))


def kl_of_codes(digest: str) -> tuple[float, tuple[float, float]]:
    """KL(q(z) || p(z)) in nats, for a few dimensions, and its null, (mean, standard deviation). Imports torch.

    NaN where codes coincide, because q(z) has no density there.
    """
    value, prior, shape = cached.kl_of_codes(digest, required)
    return value, (value, value) if np.isnan(value) else cached.null_of_kl(prior, *shape)


def mmd_squared(digest: str) -> tuple[float, Null]:
    """The squared maximum mean discrepancy between codes and draws of the prior, at most MMD_DRAWS of each; its null.

    The null is of NULLS repeats. Imports torch.
    """
    from explorer import metrics

    codes, draws, _ = compared(digest)
    n = min(MMD_DRAWS, len(draws))
    some = np.random.default_rng(cached.SEED).permutation(len(codes))[:n]
    null = cached.null_of_mmd(required(digest).config.model.prior, n, codes.shape[1])
    return metrics.mmd_squared(codes[some], draws[:n]), null


def images_of_codes(bundle: Bundle) -> np.ndarray:
    """(n, pixels) uint8: the image of each code. Raises DatasetError if some are missing or cannot be read."""
    images = images_of(bundle.config).all()
    if len(images) != len(bundle.codes.mean):
        raise DatasetError(
            f"{bundle.config.dataset} has {len(images)} test images here, "
            f"and not the {len(bundle.codes.mean)} that the model was measured on"
        )
    return images


# Files for the browser, in the safetensors format.


def browser_tensors(digest: str) -> bytes | None:
    """The decoder's weights and the codes."""
    bundle = find(digest)
    if bundle is None:
        return None
    arrays = _weights(bundle, "decoder") | _codes(bundle)
    if bundle.config.model.latent_dim > 2:  # as on the disk
        arrays |= {name: arrays[name].astype(np.float16) for name in ("codes.mean", "codes.log_var") if name in arrays}
    return save_tensors(arrays)


def latent_tensors(digest: str) -> bytes | None:
    """The codes, and the discriminator's weights if there is one."""
    bundle = find(digest)
    if bundle is None:
        return None
    codes = _codes(bundle)
    codes.pop("codes.umap", None)
    return save_tensors(_weights(bundle, "discriminator") | codes)


def encoder_tensors(digest: str) -> bytes | None:
    """The encoder's weights."""
    bundle = find(digest)
    return bundle and save_tensors(_weights(bundle, "encoder"))


def browser_recording(digest: str) -> bytes | None:
    """Moments of the training; None also for a bundle without a recording."""
    bundle = find(digest)
    return save_tensors(dict(bundle.recording)) if bundle and bundle.recording is not None else None


def reconstruction_errors(digest: str) -> bytes | None:
    """`error`, (n,) float32: each test image's BCE at its code or mean, summed over pixels, in nats.

    None also where the images are not here. Raises DatasetError if they cannot be read. Imports torch.
    """
    bundle = find(digest)
    if bundle is None or not images_of(bundle.config).are_here():
        return None
    images = images_of_codes(bundle)
    import torch

    from explorer import objectives

    x, z = torch.from_numpy(images), torch.from_numpy(bundle.codes.mean)
    decoder = model(digest)
    error = [
        objectives.reconstruction_of_each(decoder.decode(codes), some.float() / 255)
        for codes, some in zip(z.split(500), x.split(500))
    ]
    return save_tensors({"error": torch.cat(error).numpy()})


def _weights(bundle: Bundle, part: str) -> dict[str, np.ndarray]:
    return {name: array for name, array in bundle.weights.items() if name.startswith(f"{part}.")}


def _codes(bundle: Bundle) -> dict[str, np.ndarray]:
    return {f"codes.{name}": array for name, array in vars(bundle.codes).items() if array is not None}
