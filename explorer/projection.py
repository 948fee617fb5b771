"""Maps of what has more than two dimensions: codes, or raw pixels."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable

import numpy as np

NEIGHBOURS, MIN_DISTANCE = 15, 0.1  # UMAP's own defaults
LARGE, EPOCHS = (
    5000,
    200,
)  # points from which on so many epochs do: umap-learn's own number for sets of more than 10,000


def umap(
    points: np.ndarray,
    seed: int = 0,
    neighbours: int = NEIGHBOURS,
    min_distance: float = MIN_DISTANCE,
    progress: Callable[[float], None] = lambda share: None,
) -> np.ndarray:
    """A UMAP of points (n, d): (n, 2) float32. Near points stay near; distances and densities are not kept.

    progress: is told the share of the layout that is done. The neighbours are exact: searched one with all others, which for ten thousand
    points is quicker than to compile the approximate search. (McInnes et al. 2018, arXiv 1802.03426.)
    Raises ImportError where umap-learn is not installed, and ValueError for points of another shape, fewer than four, and NaN or infinity.
    """
    if np.ndim(points) != 2 or points.shape[1] < 1 or len(points) < 4:
        raise ValueError(f"points must be (n, d) with n >= 4 and d >= 1, not {np.shape(points)}")
    if not np.isfinite(points).all():
        raise ValueError("points holds NaN or infinity")
    from sklearn.neighbors import NearestNeighbors
    from threadpoolctl import threadpool_limits

    neighbours = min(neighbours, len(points) - 1)
    distance, index = NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(points).kneighbors(points)
    with (
        warnings.catch_warnings(),
        threadpool_limits(1, user_api="openmp"),
    ):  # numba would leave torch with other threads than it had
        warnings.filterwarnings("ignore", message="precomputed_knn")  # that later points could not be added
        fitted = _import_umap().UMAP(
            n_neighbors=neighbours, min_dist=min_distance, random_state=seed, n_jobs=1, n_epochs=EPOCHS if len(points) >= LARGE else None,
            precomputed_knn=(index.astype(np.int32), distance.astype(np.float32), None),
            tqdm_kwds={"disable": False, "file": _Shares(progress), "bar_format": "{n}/{total}", "mininterval": 0.2},
        ).fit_transform(points)  # fmt: skip
    return np.ascontiguousarray(fitted, dtype=np.float32)


def _import_umap():
    """The package umap. Importing it compiles functions, and numba needs a folder to keep them in.

    Numba takes NUMBA_CACHE_DIR, the package's own folder or the user's cache. It raises RuntimeError where it can write
    to none of them: in another account's installation, or in a container without a home. A temporary folder then serves
    until the program ends. Raises ImportError where umap-learn is not installed, and OSError where no temporary folder
    can be made either.
    """
    try:
        import umap
    except RuntimeError:
        import numba

        folder = tempfile.mkdtemp(prefix="numba-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["NUMBA_CACHE_DIR"] = numba.config.CACHE_DIR = folder
        import umap
    return umap


class _Shares:
    """A file in which tqdm writes `\\r20/200`."""

    def __init__(self, progress: Callable[[float], None]) -> None:
        self.progress = progress

    def write(self, text: str) -> None:
        done, slash, all_ = text.strip().partition("/")
        if slash and done.isdigit() and all_.isdigit():
            self.progress(int(done) / int(all_))

    def flush(self) -> None:
        pass
