"""Every st.cache_* call of the app. Of a model, the hashed argument is its digest; names with _ are not hashed.

All sessions share the cached objects, so nothing may change them; a `gradient_reference` alone is filled by pages.
Streamlit keeps what a function returns, but no error that it raises.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from explorer.config import Pictures
from explorer.data import folder
from explorer.data.datasets import DatasetError
from explorer.store.bundle import Bundle, load_bundle

if TYPE_CHECKING:
    from explorer.metrics import Null
    from explorer.models import Autoencoder

SEED = 2  # of the scoreboard's draws
SHEET = 8  # decoded pictures along each side of a sheet
SHEET_PIXELS, LINE = 448, 4  # the sheet's least side, and the lines between its pictures
NULLS = 10  # repeats of the nulls of KL(q(z) || p(z)) and of MMD²


class Compared(NamedTuple):
    """A model's codes beside its prior."""

    codes: np.ndarray  # (n, d): of the test set, sampled from q(z|x) where the encoder is stochastic
    draws: np.ndarray  # (n, d): as many draws of the prior
    covered: np.ndarray  # (n,) bool: the draws that coverage counts


@st.cache_resource(max_entries=16, show_spinner=False)  # a few megabytes each
def bundle(digest: str, _path: Path) -> Bundle:
    """Raises BundleError, and LookupError if another bundle has taken its place."""
    found = load_bundle(_path)
    if found.digest != digest:
        raise LookupError("there is no such bundle any more")
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def model(digest: str, _bundle: Bundle) -> Autoencoder:
    """The torch module, in eval mode. Imports torch."""
    return _bundle.model()


@st.cache_resource(max_entries=16, show_spinner=False)
def compared(digest: str, _bundle: Bundle) -> Compared:
    """Imports torch."""
    import torch

    from explorer import metrics
    from explorer.priors import get_prior

    codes = sampled_codes(_bundle)
    draws = get_prior(_bundle.config.model.prior).sample(*codes.shape, torch.Generator().manual_seed(SEED)).numpy()
    return Compared(codes, draws, metrics.covered(codes, draws))


@st.cache_resource(max_entries=16, show_spinner=False)
def decoded(digest: str, _compared: Compared, _model: Autoencoder) -> tuple[np.ndarray, np.ndarray]:
    """A sheet of SHEET² pictures decoded at draws of the prior, and one of pictures at codes of test images.

    Each is (height, width) uint8, or (..., 3) in colour. Imports torch.
    """
    import torch

    from explorer.training.recording import decode_manifold

    codes = np.random.default_rng(SEED).permutation(_compared.codes)  # a folder's are sorted by class
    # a small test set has fewer codes
    some = (np.resize(points, (SHEET**2, points.shape[1])) for points in (_compared.draws, codes))
    of_prior, of_codes = (_apart(decode_manifold(_model, torch.from_numpy(np.float32(z)))) for z in some)
    return of_prior, of_codes


def _apart(sheet: np.ndarray) -> np.ndarray:
    """A sheet of SHEET² pictures, enlarged so that a browser does not blur it, with grey lines between the pictures."""
    times = -(-SHEET_PIXELS // len(sheet))
    side, colours = times * len(sheet) // SHEET, sheet.shape[2:]
    pictures = sheet.repeat(times, 0).repeat(times, 1).reshape(SHEET, side, SHEET, side, *colours)
    lines = [(0, 0), (0, LINE), (0, 0), (0, LINE), *[(0, 0)] * len(colours)]
    apart = np.pad(pictures, lines, constant_values=128).reshape(*[SHEET * (side + LINE)] * 2, *colours)
    return apart[:-LINE, :-LINE]


@st.cache_resource(max_entries=512, show_spinner=False)
def kl_of_codes(digest: str, _open: Callable[[str], Bundle]) -> tuple[float, str, tuple[int, int]]:
    """KL(q(z) || p(z)) in nats, from neighbours of the codes and the exact log p; NaN if codes coincide. Imports torch.

    For a few dimensions: see `metrics.FEW_DIMENSIONS`. With it, the prior's name and the codes' shape, (n, d).
    _open: returns the bundle with the digest; called once.
    """
    import torch

    from explorer import metrics
    from explorer.priors import get_prior

    bundle = _open(digest)
    prior, codes = bundle.config.model.prior, sampled_codes(bundle).astype(np.float32)
    log_p = get_prior(prior).log_prob(torch.from_numpy(codes)).numpy()
    try:
        return metrics.kl_to_density(codes, log_p), prior, codes.shape
    except ValueError:  # codes that coincide have no density, and a few have no neighbours
        return float("nan"), prior, codes.shape


@st.cache_resource(max_entries=64, show_spinner=False)
def null_of_kl(prior: str, n: int, latent_dim: int) -> tuple[float, float]:
    """Mean and standard deviation of `kl_of_codes` for n draws of the prior in place of codes, NULLS times."""
    import torch

    from explorer import metrics
    from explorer.priors import get_prior

    p, generator = get_prior(prior), torch.Generator().manual_seed(SEED)
    draws = [p.sample(n, latent_dim, generator) for _ in range(NULLS)]
    values = [metrics.kl_to_density(one.numpy(), p.log_prob(one).numpy()) for one in draws]
    return float(np.mean(values)), float(np.std(values, ddof=1))


@st.cache_resource(max_entries=64, show_spinner=False)
def null_of_mmd(prior: str, n: int, latent_dim: int) -> Null:
    """Of MMD², for n draws of the prior in place of codes, NULLS times. Imports torch."""
    import torch

    from explorer import metrics
    from explorer.priors import get_prior

    p, generator = get_prior(prior), torch.Generator().manual_seed(SEED)
    return metrics.null_of(metrics.mmd_squared, lambda count: p.sample(count, latent_dim, generator).numpy(), n, NULLS)


def sampled_codes(bundle: Bundle) -> np.ndarray:
    """(n, d): a draw from q(z|x) of each test image, or its code where the encoder is deterministic."""
    codes, log_var = bundle.codes.mean, bundle.codes.log_var
    if log_var is None:
        return codes
    return codes + np.exp(0.5 * log_var) * np.random.default_rng(SEED).standard_normal(codes.shape, np.float32)


@st.cache_resource(max_entries=256, show_spinner=False)
def gradient_reference(digest: str, row: int, draws: int) -> dict:
    """An empty dict, in which a page collects, chunk by chunk, what it measures at one image's posterior."""
    return {}


def folder_files(pictures: Pictures) -> list[str]:
    """The files of the test split in a folder of pictures. Raises DatasetError if they are gone."""
    found = listed(pictures.mark, pictures.checks, pictures)
    if isinstance(found, DatasetError):
        raise DatasetError(str(found))
    return found


@st.cache_resource(ttl=60, max_entries=64, show_spinner=False)  # 50,000 files are listed in a third of a second
def listed(mark: str, checks: str, _pictures: Pictures) -> list[str] | DatasetError:
    """The files, or the error, which is kept for as long. mark and checks stand for the pictures: a path may hold bytes
    that are no text, and cannot be hashed."""
    try:
        return folder.test_files(_pictures)
    except DatasetError as error:
        return error
