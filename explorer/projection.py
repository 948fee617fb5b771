"""Maps of codes of more than two dimensions."""

from __future__ import annotations

import numpy as np

NEIGHBOURS, MIN_DISTANCE = 15, 0.1  # UMAP's own defaults


def umap(codes: np.ndarray, seed: int = 0, neighbours: int = NEIGHBOURS, min_distance: float = MIN_DISTANCE) -> np.ndarray:
    """A UMAP of codes (n, d): (n, 2) float32. Near codes stay near; distances and densities are not kept.

    (McInnes et al. 2018, arXiv 1802.03426.) Raises ImportError where umap-learn is not installed.
    """
    from umap import UMAP

    fitted = UMAP(n_neighbors=neighbours, min_dist=min_distance, random_state=seed, n_jobs=1).fit_transform(codes)
    return np.ascontiguousarray(fitted, dtype=np.float32)
