"""Two-dimensional maps (UMAP) of points with more dimensions: codes or raw pixels."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable

import numpy as np

NEIGHBOURS, MIN_DISTANCE = 15, 0.1  # UMAP's own defaults
# Sets of at least LARGE points get EPOCHS epochs, which umap-learn itself uses above 10,000 points.
LARGE, EPOCHS = 5000, 200


def umap(
    points: np.ndarray,
    seed: int = 0,
    neighbours: int = NEIGHBOURS,
    min_distance: float = MIN_DISTANCE,
    progress: Callable[[float], None] = lambda share: None,
) -> np.ndarray:
    """A UMAP of points (n, d): (n, 2) float32. It preserves neighbourhoods, but neither distances nor densities.

    progress: called with the finished share of the layout, from 0 to 1. The nearest neighbours are exact: for ten
    thousand points, comparing all pairs is faster than compiling the approximate search.
    (McInnes et al. 2018, arXiv 1802.03426.)
    Raises ImportError if umap-learn is not installed, and ValueError for points of another shape, fewer than four
    points, and NaN or infinity.
    """
    if np.ndim(points) != 2 or points.shape[1] < 1 or len(points) < 4:
        raise ValueError(f"points must be (n, d) with n >= 4 and d >= 1, not {np.shape(points)}")
    if not np.isfinite(points).all():
        raise ValueError("points holds NaN or infinity")
    from sklearn.neighbors import NearestNeighbors
    from threadpoolctl import threadpool_limits

    neighbours = min(neighbours, len(points) - 1)
    distance, index = NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(points).kneighbors(points)
    # without the limit, numba would change the number of torch's threads
    with warnings.catch_warnings(), threadpool_limits(1, user_api="openmp"):
        warnings.filterwarnings("ignore", message="precomputed_knn")  # "later points cannot be added": none are
        fitted = _import_umap().UMAP(
            n_neighbors=neighbours, min_dist=min_distance, random_state=seed, n_jobs=1,
            n_epochs=EPOCHS if len(points) >= LARGE else None,
            precomputed_knn=(index.astype(np.int32), distance.astype(np.float32), None),
            tqdm_kwds={"disable": False, "file": _Shares(progress), "bar_format": "{n}/{total}", "mininterval": 0.2},
        ).fit_transform(points)  # fmt: skip
    return np.ascontiguousarray(fitted, dtype=np.float32)


def _import_umap():
    """Imports the package umap. The import compiles functions, and numba stores them in a folder.

    Numba uses NUMBA_CACHE_DIR, the package's own folder or the user's cache. It raises RuntimeError if it can write to
    none of them, for example in another account's installation or in a container without a home. Then a temporary
    folder serves until the program ends. Raises ImportError if umap-learn is not installed, and OSError if no temporary
    folder can be made either.
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
    """A writable file that turns tqdm's output, such as `\\r20/200`, into calls of progress(share)."""

    def __init__(self, progress: Callable[[float], None]) -> None:
        self.progress = progress

    def write(self, text: str) -> None:
        done, slash, all_ = text.strip().partition("/")
        if slash and done.isdigit() and all_.isdigit():
            self.progress(int(done) / int(all_))

    def flush(self) -> None:
        pass
