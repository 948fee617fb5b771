"""What takes long in metrics.py, on a GPU: neighbours, sorted projections and mixtures, in float64."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from explorer import metrics

ENTRIES = 200_000_000  # of a matrix of distances at a time: 1.6 GB


class Accelerated(metrics.Backend):
    """The same results as those of `metrics.Backend`, up to the order of sums and of points at equal distances."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def nearest(self, k: int, among: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        points = self._tensor(among)
        asked = points if of is None else self._tensor(of)
        found = []
        for rows in torch.arange(len(asked), device=self.device).split(max(1, ENTRIES // len(points))):
            distances = torch.cdist(asked[rows], points, compute_mode="use_mm_for_euclid_dist")  # (rows, n)
            if of is None:
                distances.scatter_(1, rows[:, None], torch.inf)  # a point is not its own neighbour
            found.append(distances.topk(k, largest=False).indices)
        return torch.cat(found).cpu().numpy()

    def mean_squared_gap(self, one: np.ndarray, other: np.ndarray, axes: np.ndarray) -> float:
        one_sorted, other_sorted = ((self._tensor(points) @ self._tensor(axes)).sort(0)[0] for points in (one, other))
        return (one_sorted - other_sorted).square().mean().item()

    def log_sum_exp_product(self, left: np.ndarray, right: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
        rows, columns, own = self._tensor(left), self._tensor(right), self._tensor(diagonal)
        found = []
        for at in torch.arange(len(rows), device=self.device).split(max(1, ENTRIES // len(rows))):
            product = (rows[at] @ columns).scatter_(1, at[:, None], own[at][:, None])
            found.append(product.logsumexp(1))
        return torch.cat(found).cpu().numpy()

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.asarray(array, dtype=np.float64)).to(self.device)


def backend_for(device: torch.device) -> metrics.Backend:
    """The GPU's for CUDA. Other accelerators may lack float64: there the processor computes."""
    return Accelerated(device) if device.type == "cuda" else metrics.PROCESSOR
