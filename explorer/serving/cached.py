"""Every st.cache_* call of the app. The hashed argument is always a digest; names that begin with _ are not hashed.

All sessions share the cached objects, so nothing may change them; a `gradient_reference` alone is filled by pages.
Streamlit keeps what a function returns, but no error that it raises.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from explorer.config import Pictures
from explorer.data import folder
from explorer.data.datasets import DatasetError
from explorer.store.bundle import Bundle, load_bundle

if TYPE_CHECKING:
    from explorer.models import Autoencoder

SEED = 2  # of the scoreboard's draws


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

    codes, log_var = _bundle.codes.mean, _bundle.codes.log_var
    if log_var is not None:
        codes = codes + np.exp(0.5 * log_var) * np.random.default_rng(SEED).standard_normal(codes.shape, np.float32)
    draws = get_prior(_bundle.config.model.prior).sample(*codes.shape, torch.Generator().manual_seed(SEED)).numpy()
    return Compared(codes, draws, metrics.covered(codes, draws))


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
