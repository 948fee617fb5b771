"""What does training cost as the images grow in number? Epochs of the default VAE and AAE on 10,000 to 60,000 of them.

    python tests/benchmarks/scaling.py [--kinds vae aae] [--epochs 3] [--data-dir data]

The cost is the processor time of one thread for a whole epoch: the median of the epochs. Other programs do not add to
it, but they disturb caches. So all sizes take turns of a tenth of an epoch, and a disturbance slows all of them.
"linear" is the line through the origin from which the costs deviate least. Memory is the peak of a fresh process, on
images of noise. Fails if a cost deviates from linear by more than a tenth.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from explorer.config import Config, recipe
from explorer.data import datasets
from explorer.training import fit as training

SIZES = (10_000, 20_000, 40_000, 60_000)
TURNS = 10  # an epoch
ALLOWED = 0.1


class Epochs:
    """Epoch after epoch on so many images, in turns."""

    def __init__(self, config: Config, images: np.ndarray) -> None:
        self.n, self.steps = len(images), math.ceil(len(images) / config.training.batch_size)
        self.reports = training.fit(config, images, torch.device("cpu"))
        self.costs: list[float] = []  # processor seconds of each epoch
        for _ in range(
            self.steps + 1
        ):  # the first epoch, and what the first step of the next one waits for, is not counted
            next(self.reports)

    def turn(self, turn: int) -> None:
        begun = time.process_time()
        for _ in range(turn * self.steps // TURNS, (turn + 1) * self.steps // TURNS):
            next(self.reports)
        if turn == 0:
            self.costs.append(0.0)
        self.costs[-1] += time.process_time() - begun

    @property
    def rate(self) -> float:
        """Processor seconds an image."""
        return statistics.median(self.costs) / self.n


def endless(kind: str) -> Config:
    """The recipe, with so many epochs that the learning rate hardly moves."""
    config = recipe("mnist", kind)
    return dataclasses.replace(config, training=dataclasses.replace(config.training, epochs=10_000))


def measure(kind: str, images: np.ndarray, epochs: int) -> float:
    """Prints the table of one sibling. Returns the largest departure from linear."""
    each = [Epochs(endless(kind), images[:n]) for n in SIZES]
    for turn in range(epochs * TURNS):
        for one in each:
            one.turn(turn % TURNS)
        print(f"{kind}: turn {turn + 1} of {epochs * TURNS}", file=sys.stderr)
    rates = [one.rate for one in each]
    linear = sum(rate**2 for rate in rates) / sum(rates)  # makes the sum of (rate / linear - 1)^2 least
    print(
        f"\n{kind.upper()}, {endless(kind).training.batch_size} images a step, {epochs} epochs of each size, torch "
        f"{torch.__version__}"
    )
    print(
        f"{'images':>8}{'steps':>8}{'s an epoch (least to most)':>30}"
        f"{'us an image':>14}{'from linear':>14}{'MB at most':>12}"
    )
    for one in each:
        seconds = f"{statistics.median(one.costs):.2f} ({min(one.costs):.2f} to {max(one.costs):.2f})"
        print(
            f"{one.n:>8,}{one.steps:>8}{seconds:>30}{1e6 * one.rate:>14.1f}"
            f"{one.rate / linear - 1:>+14.1%}{memory(kind, one.n):>12.0f}"
        )
    return max(abs(rate / linear - 1) for rate in rates)


def memory(kind: str, n: int) -> float:
    """MB, in a fresh process."""
    command = [sys.executable, __file__, "--kinds", kind, "--peak", str(n)]
    return float(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)


def peak(kind: str, n: int) -> float:
    """MB at most, of this process, in an epoch on so many images."""
    images = np.random.default_rng(0).integers(0, 256, (n, recipe("mnist", kind).model.pixels), np.uint8)
    for _ in zip(training.fit(endless(kind), images, torch.device("cpu")), range(20)):
        pass  # twenty steps need what all need
    # getrusage would also count the memory of the process that started this one
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", default=["vae", "aae"])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)  # what the fresh process is asked
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.peak is not None:
        print(peak(options.kinds[0], options.peak))
        return 0
    images = datasets.load("mnist", "train", options.data_dir).images
    worst = max(measure(kind, images, options.epochs) for kind in options.kinds)
    print(f"\nLargest departure from linear: {worst:.1%}")
    return int(worst > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
