"""Generated pictures in colour, for the tests and benchmarks of folders."""

from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = {"blue": 0.6, "green": 0.35, "red": 0.0, "yellow": 0.15}  # each with its hue


def generate(folder: Path, count: int, side: int, seed: int = 0, suffix: str = ".png") -> None:
    """Discs, a sub-folder per colour: 00000.png is in the first class, 00001.png in the next. Size and tone differ."""
    rng = np.random.default_rng(seed)
    for name in CLASSES:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for i in range(count):
        name = list(CLASSES)[i % len(CLASSES)]
        Image.fromarray(disc(side, CLASSES[name], *rng.uniform((0.15, 0.5), (0.45, 1)))).save(
            folder / name / f"{i:05}{suffix}"
        )


def disc(side: int, hue: float, radius: float, brightness: float) -> np.ndarray:
    """(side, side, 3) uint8: a disc on dark grey, with a soft edge. radius: a share of the side."""
    y, x = np.mgrid[:side, :side] + 0.5
    inside = np.clip(radius * side - np.hypot(x - side / 2, y - side / 2) + 0.5, 0, 1)[..., None]
    colour = np.array(colorsys.hsv_to_rgb(hue, 0.9, brightness))
    return np.round(255 * (inside * colour + (1 - inside) * 0.15)).astype(np.uint8)
