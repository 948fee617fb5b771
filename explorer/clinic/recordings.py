"""The recorded runs of the clinic, without torch. A recording is a file of arrays in `recordings/`.

For t moments, n test images, e epochs, 10 examples and 36 draws of the prior:

    epoch                     (t,), the moments: the number of finished epochs; 0 is the untrained model
    label                     (n,) uint8
    mean, z                   (t, n, 2), the codes; z ~ q(z|x) of a stochastic encoder only
    axes                      (2,), the dimensions of the latent space that mean and z show
    examples, reconstructed   (10, pixels) and (t, 10, pixels) uint8, a test image of each class
    drawn                     (t, 36, pixels) uint8, the same draws of the prior, decoded
    reconstruction, kl, sigma, sliced_w2_squared     (t,), measured by the right formulas on the test images
    log_NAME                  (e,), the terms of the loss as the run itself reports them: means over an epoch
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

FOLDER = Path(__file__).with_name("recordings")
MEASURED = ("reconstruction", "kl", "sigma", "sliced_w2_squared")
DARK, BRIGHT = 13, 242  # 5 % and 95 % of white


@lru_cache(maxsize=16)
def load(name: str) -> dict[str, np.ndarray]:
    """The arrays of a run: a fault's key, or the name of a healthy run. Do not change them."""
    return load_file(FOLDER / f"{name}.safetensors")


@cache
def digests() -> dict[str, str]:
    """The digest of each run's file: its name in the browser's addresses, which must not name the mistake."""
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in FOLDER.glob("*.safetensors")}


def file_of(digest: str) -> bytes | None:
    """A run's file, as it is served; None if no run has this digest."""
    names = [name for name, known in digests().items() if known == digest]
    return (FOLDER / f"{names[0]}.safetensors").read_bytes() if names else None


def figures(run: dict[str, np.ndarray], moment: int = -1) -> dict[str, float]:
    """The numbers of a run at one of its recorded moments, by default at its end.

    reconstruction, kl, sliced_w2_squared: on the test images, at z ~ q(z|x) of a stochastic encoder. In nats per image,
                     and in squared units of the latent space.
    sigma            the median σ of q(z|x)
    code_std         the standard deviation of the shown codes
    variety          how much the pictures of draws of the prior differ: the standard deviation of a pixel, from 0 to ½
    black_or_white   the share of their pixels that are nearly black or nearly white
    log_NAME         a term of the loss in the last epoch, as the run itself reports it; none of the untrained model
    peak_adversarial  the largest -log D on codes of any epoch
    """
    found = {name: float(run[name][moment]) for name in MEASURED if name in run}
    epoch = int(run["epoch"][moment])
    found |= {name: float(terms[epoch - 1]) for name, terms in run.items() if name.startswith("log_") and epoch}
    codes = run.get("z", run["mean"])[moment].astype(np.float64)
    drawn = run["drawn"][moment]
    found["code_std"] = float(np.sqrt(codes.var(0).mean()))
    found["variety"] = float((drawn / 255).std(0).mean())
    found["black_or_white"] = float(((drawn < DARK) | (drawn > BRIGHT)).mean())
    if "log_adversarial" in run:
        found["peak_adversarial"] = float(run["log_adversarial"].max())
    return found
