"""The browser's random numbers in Python, so that both sides use the same ε: see web/kernel/random.js."""

from __future__ import annotations

import numpy as np


def uniform(n: int, seed: int) -> np.ndarray:
    """n uniform numbers in [0, 1) by mulberry32: (n,) float64."""
    step, mask = 0x6D2B79F5, 0xFFFFFFFF
    state = (
        (np.uint64(seed & mask) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(step)) & np.uint64(mask)
    ).astype(np.uint32)
    t = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))  # 32 bits; the overflow is dropped
    t ^= t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))
    return (t ^ (t >> np.uint32(14))).astype(np.float64) / 2**32


def standard_normal(n: int, seed: int) -> np.ndarray:
    """n draws from N(0, 1) by the Box-Muller transform: (n,) float64. A larger n only appends draws."""
    radius, angle = uniform(n + n % 2, seed).reshape(-1, 2).T
    radius, angle = np.sqrt(-2 * np.log1p(-radius)), 2 * np.pi * angle
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1).ravel()[:n]
