"""Maps of codes of more than two dimensions."""

from __future__ import annotations

import numpy as np

NEIGHBOURS, MIN_DISTANCE = 15, 0.1  # UMAP's own defaults


def umap(codes: np.ndarray, seed: int = 0, neighbours: int = NEIGHBOURS, min_distance: float = MIN_DISTANCE) -> np.ndarray:
    """A UMAP of codes (n, d): (n, 2) float32. Near codes stay near; distances and densities are not kept.

    (McInnes et al. 2018, arXiv 1802.03426.) Raises ImportError where umap-learn is not installed, and ValueError for codes of
    another shape, fewer than four, and NaN or infinity.
    """
    if np.ndim(codes) != 2 or codes.shape[1] < 1 or len(codes) < 4:
        raise ValueError(f"codes must be (n, d) with n >= 4 and d >= 1, not {np.shape(codes)}")
    if not np.isfinite(codes).all():
        raise ValueError("codes holds NaN or infinity")
    from umap import UMAP

    fitted = UMAP(n_neighbors=neighbours, min_dist=min_distance, random_state=seed, n_jobs=1).fit_transform(codes)
    return np.ascontiguousarray(fitted, dtype=np.float32)
