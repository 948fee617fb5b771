"""How fast is training? `training.fit` beside the loop that one writes first, and the AAE beside the VAE.

    python tests/benchmarks/training.py [--device auto] [--epochs 1] [--workers 0 2 8] [--data-dir data]

All loops of a race take turns of a seventh of an epoch, so that a busy machine slows all alike. The figures are medians
of those turns. The plain loop is torchvision's MNIST with ToTensor through a shuffling DataLoader, with Adam and a loss
summed by `item()`. During the turns of the others its workers fetch up to four batches, which is in its favour.
Network, batch, objective and learning rate (constant in the race) are the same. `fit` multiplies in the precision that
"auto" chooses for the device, and also races in float32; the plain loop is in float32. On CUDA `fit` also races without
its graphs. "Products" are fit's matrix products alone, forward and backward, in its own shapes and precision. On a
machine with other work, OMP_NUM_THREADS=1 and processor time are more reliable.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import statistics
import sys
import time
from pathlib import Path
from typing import NamedTuple
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import objectives, steps
from explorer.config import Config, ModelConfig, TrainingConfig, recipe
from explorer.cores import cores
from explorer.data import datasets
from explorer.models import build, multiply_in
from explorer.priors import StandardNormal
from explorer.training import devices
from explorer.training import fit as training

TURNS = 7  # an epoch
WARM_UP = 5  # steps of each loop, not timed
WIDTH, LATENT_DIM, BATCH_SIZE, LR = 400, 20, 128, 1e-3
WORKERS = (0, 2, 8)  # of the DataLoader; by default those for which the machine has cores
SQUARE = {"cpu": 1024}  # side of the large matrices; elsewhere 4096


class Turn(NamedTuple):
    """What a loop did in one turn."""

    images: int
    seconds: float
    processor: float  # seconds of all threads; a DataLoader's workers are not among them

    @property
    def rate(self) -> float:
        return self.images / self.seconds


class Ours:
    """`training.fit`, step by step."""

    def __init__(self, config: Config, images: np.ndarray, device: torch.device, captured: bool = True) -> None:
        self.reports = training.fit(config, images, device, say=print, captured=captured)
        self.batch_size, self.n = config.training.batch_size, len(images)

    def step(self) -> int:
        """Takes a step; returns how many images it saw."""
        self.report = next(self.reports)
        return min(self.batch_size, self.n - (self.report.step - 1) * self.batch_size)

    @property
    def model(self) -> nn.Module:
        return self.report.model

    @property
    def train_loss(self) -> float:
        """Mean over the last epoch, nats per image; known at an epoch's end."""
        return self.report.terms["total"]


class PlainVAE(nn.Module):
    """784-400-20, one attribute a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.prior = StandardNormal()  # for the common yardstick, `test_loss`
        self.hidden, self.mean, self.log_var = (
            nn.Linear(784, WIDTH),
            nn.Linear(WIDTH, LATENT_DIM),
            nn.Linear(WIDTH, LATENT_DIM),
        )
        self.expand, self.pixels = nn.Linear(LATENT_DIM, WIDTH), nn.Linear(WIDTH, 784)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = F.relu(self.hidden(x))
        return self.mean(features), self.log_var(features)

    def decode(self, z: Tensor) -> Tensor:
        return self.pixels(F.relu(self.expand(z)))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_var = self.encode(x.view(-1, 784))
        std = torch.exp(0.5 * log_var)
        return torch.sigmoid(self.decode(mean + std * torch.randn_like(std))), mean, log_var


class Plain:
    """The loop that one writes first."""

    def __init__(self, data: torch.utils.data.Dataset, device: torch.device, workers: int) -> None:
        self.device, self.n = device, len(data)
        self.model = PlainVAE().to(device).train()
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=LR)
        self.loader = torch.utils.data.DataLoader(
            data, batch_size=BATCH_SIZE, shuffle=True, num_workers=workers, pin_memory=device.type == "cuda"
        )
        self.batches = self._batches()

    def _batches(self):
        while True:
            self.summed = 0.0
            for batch, _ in self.loader:
                yield batch

    def step(self) -> int:
        """Takes a step; returns how many images it saw."""
        x = next(self.batches).to(self.device)  # (batch, 1, 28, 28)
        self.optimiser.zero_grad()
        pictures, mean, log_var = self.model(x)
        bce = F.binary_cross_entropy(pictures, x.view(-1, 784), reduction="sum")
        kl = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
        loss = bce + kl
        loss.backward()
        self.summed += loss.item()
        self.optimiser.step()
        return len(x)

    @property
    def train_loss(self) -> float:
        """Mean over the last epoch, nats per image; known at an epoch's end."""
        return self.summed / self.n


class Products:
    """Nothing but matrix products: what a loop of `images` a step could reach at most."""

    def __init__(self, pairs: list[tuple[Tensor, Tensor]], images: int) -> None:
        self.pairs, self.images = pairs, images

    def step(self) -> int:
        for a, b in self.pairs:
            a @ b
        return self.images


def own_products(config: Config, device: torch.device) -> list[tuple[Tensor, Tensor]]:
    """The matrix products of one step of a VAE: each layer's outputs, and the gradients of weight and inputs."""
    model = build(config.model)
    multiply_in(model, devices.products_in(config.training.precision, device))
    pairs = []
    for i, layer in enumerate(module for module in model.modules() if isinstance(module, nn.Linear)):
        options = {"device": device, "dtype": layer.precision}
        weight = torch.randn(layer.out_features, layer.in_features, **options)
        x = torch.randn(config.training.batch_size, layer.in_features, **options)
        slope = torch.randn(config.training.batch_size, layer.out_features, **options)
        pairs += [(x, weight.T), (slope.T, x)]
        if i > 0:  # pixels need no gradient
            pairs.append((slope, weight))
    return pairs


def operations(pairs: list[tuple[Tensor, Tensor]]) -> int:
    """Multiplications and additions: two for each multiply-add."""
    return sum(2 * a.shape[0] * a.shape[1] * b.shape[1] for a, b in pairs)


def large_product(device: torch.device, operations_an_image: float, dtype: torch.dtype) -> Products:
    """A product of large square matrices, counted in the images that it is worth."""
    side = SQUARE.get(device.type, 4096)
    pairs = [(torch.randn(side, side, device=device, dtype=dtype), torch.randn(side, side, device=device, dtype=dtype))]
    return Products(pairs, round(operations(pairs) / operations_an_image))


def race(loops: dict, an_epoch: int, epochs: int, device: torch.device) -> dict[str, list[Turn]]:
    """Lets the loops run to the end of the last epoch, by turns. Returns the turns of each."""
    for loop in loops.values():
        for _ in range(WARM_UP):
            loop.step()
    turns: dict[str, list[Turn]] = {name: [] for name in loops}
    length, left = math.ceil(an_epoch / TURNS), an_epoch * epochs - WARM_UP
    while left:
        taken = min(length, left)
        for name, loop in loops.items():
            turns[name].append(timed(loop, taken, device))
        left -= taken
        print(
            f"{left} steps left: " + ", ".join(f"{name} {each[-1].rate:,.0f}" for name, each in turns.items()),
            file=sys.stderr,
        )
    return turns


def timed(loop, steps: int, device: torch.device) -> Turn:
    wait = (lambda: torch.accelerator.synchronize(device)) if device.type != "cpu" else (lambda: None)
    wait()
    begun, processor_begun = time.perf_counter(), time.process_time()
    images = sum(loop.step() for _ in range(steps))
    wait()
    return Turn(images, time.perf_counter() - begun, time.process_time() - processor_begun)


@torch.no_grad()
def test_loss(model: nn.Module, test: datasets.Split, device: torch.device) -> float:
    """-ELBO on the test set, one draw of z an image, the same noise for every model."""
    noise = torch.randn(len(test.images), LATENT_DIM, generator=torch.Generator().manual_seed(0)).to(device)
    return objectives.vae_loss(model, torch.from_numpy(test.pixels()).to(device), noise).total.item()


def print_rates(turns: dict[str, list[Turn]]) -> None:
    for name, each in turns.items():
        rates = [turn.rate for turn in each]
        processor = statistics.median(1e6 * turn.processor / turn.images for turn in each)
        rate = f"{statistics.median(rates):,.0f} images/s ({min(rates):,.0f} to {max(rates):,.0f})"
        print(f"  {name:24}{rate:40}{processor:>7,.0f} µs of processor time an image")


def print_ratio(title: str, slow: list[Turn], fast: list[Turn], processor: bool = True) -> None:
    """How many times longer the slow one takes, turn by turn."""
    ratios = sorted(f.rate / s.rate for s, f in zip(slow, fast))
    in_all = sum(turn.seconds for turn in slow) / sum(turn.seconds for turn in fast)
    text = (
        f"in all {in_all:.2f}; turn by turn median {statistics.median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f}"
    )
    if processor:
        ratios = sorted(s.processor / s.images / (f.processor / f.images) for s, f in zip(slow, fast))
        text += f"; in processor time median {statistics.median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f}"
    print(f"  {title}: {text}")


def print_shares(turns: dict[str, list[Turn]], ours: str, operations_an_image: float) -> None:
    for name in ("products, own shapes", "products, large squares"):
        shares = [turn.rate / most.rate for turn, most in zip(turns[ours], turns[name])]
        rate = statistics.median(turn.rate for turn in turns[name]) * operations_an_image / 1e9
        print(f"  {ours} reaches {statistics.median(shares):.0%} of {name} ({rate:,.0f} GFLOP/s)")


def race_the_plain_loop(
    options: argparse.Namespace, device: torch.device, train: datasets.Split, test: datasets.Split
) -> None:
    model = ModelConfig("vae", latent_dim=LATENT_DIM, hidden=(WIDTH,))
    config = Config(model, TrainingConfig("mnist", options.epochs, BATCH_SIZE, LR, average=0.0, precision="auto"))
    datasets.import_torchvision()
    from torchvision import transforms
    from torchvision.datasets import MNIST

    data = MNIST(options.data_dir, train=True, transform=transforms.ToTensor())
    exact = dataclasses.replace(config, training=dataclasses.replace(config.training, precision="float32"))
    ours = {"fit": Ours(config, train.images, device)}
    if device.type == "cuda":
        ours["fit, no graphs"] = Ours(config, train.images, device, captured=False)
    else:
        ours["fit, float32"] = Ours(exact, train.images, device)
    loops = ours | {f"DataLoader, {workers} workers": Plain(data, device, workers) for workers in options.workers}
    pairs = own_products(config, device)
    an_image = operations(pairs) / BATCH_SIZE
    limits = {
        "products, own shapes": Products(pairs, BATCH_SIZE),
        "products, large squares": large_product(device, an_image, pairs[0][0].dtype),
    }
    with mock.patch.object(steps, "one_cycle", lambda progress: 1.0):
        turns = race(loops | limits, math.ceil(len(train.images) / BATCH_SIZE), options.epochs, device)

    print(
        f"\nVAE 784-{WIDTH}-{LATENT_DIM}, batch {BATCH_SIZE}, no averaged weights; {an_image / 1e6:.2f} MFLOP an "
        f"image; epochs: {options.epochs}"
    )
    print_rates(turns)
    for workers in options.workers:
        name = f"DataLoader, {workers} workers"
        for own in ours:
            print_ratio(f"{name}: times as long as {own}", turns[name], turns[own], processor=workers == 0)
    print_shares(turns, "fit", an_image)
    print("  Loss, nats per image: mean of the last epoch on the training set; -ELBO on the test set")
    for name, loop in loops.items():
        print(f"  {name:24}{loop.train_loss:>8.2f}  {test_loss(loop.model, test, device):>8.2f}")


def race_the_siblings(options: argparse.Namespace, device: torch.device, train: datasets.Split) -> None:
    configs = {kind: recipe("mnist", kind) for kind in ("vae", "aae")}
    configs = {
        kind: dataclasses.replace(c, training=dataclasses.replace(c.training, epochs=options.epochs))
        for kind, c in configs.items()
    }
    vae = configs["vae"]
    loops = {f"{kind.upper()} recipe": Ours(config, train.images, device) for kind, config in configs.items()}
    pairs = own_products(vae, device)
    an_image = operations(pairs) / vae.training.batch_size
    limits = {
        "products, own shapes": Products(pairs, vae.training.batch_size),
        "products, large squares": large_product(device, an_image, pairs[0][0].dtype),
    }
    turns = race(loops | limits, math.ceil(len(train.images) / vae.training.batch_size), options.epochs, device)

    shape = "-".join(map(str, (vae.model.pixels, *vae.model.hidden, vae.model.latent_dim)))
    print(
        f"\nRecipes {shape}, batch {vae.training.batch_size}, averaged weights; VAE: {an_image / 1e6:.2f} MFLOP an "
        f"image; epochs: {options.epochs}"
    )
    print_rates(turns)
    print_ratio("AAE: times as long as the VAE", turns["AAE recipe"], turns["VAE recipe"])
    print_shares(turns, "VAE recipe", an_image)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--epochs", type=int, default=1)
    least = [workers for workers in WORKERS if workers <= cores()]
    parser.add_argument("--workers", type=int, nargs="+", default=least, help="of the DataLoader, one race for each")
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    options = parser.parse_args()
    device = devices.choose_device(options.device)
    train, test = (datasets.load("mnist", split, options.data_dir, download=True) for split in ("train", "test"))
    print(f"Device: {devices.describe_device(device, 'auto')}; torch {torch.__version__}")
    race_the_plain_loop(options, device, train, test)
    race_the_siblings(options, device, train)


if __name__ == "__main__":
    main()
