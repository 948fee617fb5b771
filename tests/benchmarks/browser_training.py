"""Does JavaScript learn the same as torch? And how fast is it?

    python tests/benchmarks/browser_training.py [--seeds 5] [--epochs 40] [--hidden 32 32] [--only aae-swiss-roll ...]
    python tests/benchmarks/browser_training.py --speed [--hidden 128 128]

Both train every sibling with every prior on digits, with each seed; and the AAE also with random Fourier features and
with labels. Node runs the modules that a browser runs. Both results are measured by `evaluation.evaluate`. The table
shows the means over the seeds, and their difference in standard errors. Their random numbers differ, so the difference
should be below 3; of the table's 42 such differences with 5 seeds one may be larger by chance (Student's t with 8
degrees of freedom is beyond 3 with a probability of 1.7 %). Try those again with other seeds (--first-seed).

--speed prints the processor time of an epoch and of the snapshot and the measurement of a model, in Node.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import statistics
import sys
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from explorer.config import KINDS, PRIORS, Config, recipe, with_prior
from explorer.data import datasets
from explorer.models import build
from explorer.training import evaluation
from explorer.training import fit as training
from tests.web.node import Node
from tests.web.training import settings_of

CPU = torch.device("cpu")
SETS = 5  # of draws of the prior that codes are compared with: quick, and the models differ more
MODULES = "kernel/training/trainer kernel/training/evaluation"
TRAIN = """
const trainer = new Trainer(settings, train);
while (!trainer.done) trainer.step();
return trainer.finished().tensors();
"""
SPEED = """
const trainer = new Trainer(settings, train), times = [];
const timed = (work) => {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
};
for (let epoch = 0; epoch < 12; epoch++)
  times.push(timed(() => { for (let i = 0; i < trainer.steps; i++) trainer.step(); }));
const snapshots = new Snapshots(settings, test);
for (let i = 0; i < 5; i++) snapshots.take(trainer.result);
return [times.sort((a, b) => a - b)[5], timed(() => snapshots.take(trainer.result)),
  timed(() => evaluate(trainer.finished(), settings, test, train))];
"""


def configs(options: argparse.Namespace) -> dict[str, Config]:
    found = {}
    for kind in KINDS:
        for prior in PRIORS:
            found[f"{kind}-{prior}"] = changed(with_prior(recipe("digits", kind), prior), options)
    fine = {"frequencies": 32, "r1": 0.03, "smoothing": 0.7}
    found["aae-normal-features"] = changed(recipe("digits", "aae"), options, **fine)
    found["aae-mixture-labels"] = changed(with_prior(recipe("digits", "aae"), "mixture"), options, label_informed=True)
    return {name: config for name, config in found.items() if not options.only or name in options.only}


def changed(config: Config, options: argparse.Namespace, **changes) -> Config:
    every = {"hidden": tuple(options.hidden), "discriminator_hidden": tuple(options.discriminator)}
    every |= {"epochs": options.epochs, **changes}
    model, training = (
        dataclasses.replace(part, **{name: value for name, value in every.items() if hasattr(part, name)})
        for part in (config.model, config.training)
    )
    return Config(model, training)


def as_bytes(split: datasets.Split) -> dict:
    return {"images": split.images.tobytes(), "labels": split.labels.astype("uint8").tobytes()}


def in_javascript(node: Node, config: Config, splits: dict) -> torch.nn.Module:
    model = build(config.model, seed=0)
    given = {"settings": settings_of(config, model), "train": as_bytes(splits["train"])}
    tensors = node.compute(MODULES, TRAIN, **given)
    model.load_state_dict({name: torch.tensor(one["values"]).view(one["shape"]) for name, one in tensors.items()})
    return model


def in_torch(config: Config, splits: dict) -> torch.nn.Module:
    for report in training.fit(config, splits["train"].images, CPU, labels=splits["train"].labels):  # noqa: B007
        pass
    return evaluation.round_to_half(report.model)


def measured(model: torch.nn.Module, test: datasets.Split) -> dict[str, float]:
    with mock.patch.object(evaluation, "SETS", SETS):
        found = evaluation.evaluate(model, test, CPU).metrics
    loss = "negative_elbo" if "negative_elbo" in found else "reconstruction"
    return {name: found[name] for name in (loss, "coverage", "sliced_w2_squared")}


def compare(options: argparse.Namespace, splits: dict) -> None:
    node, largest = Node(), 0.0
    for name, config in configs(options).items():
        found: dict[str, list[dict]] = {"JavaScript": [], "torch": []}
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            seeded = dataclasses.replace(config, training=dataclasses.replace(config.training, seed=seed))
            found["JavaScript"].append(measured(in_javascript(node, seeded, splits), splits["test"]))
            found["torch"].append(measured(in_torch(seeded, splits), splits["test"]))
        for metric in found["torch"][0]:
            means, errors = [], []
            for each in found.values():
                values = [one[metric] for one in each]
                means.append(statistics.mean(values))
                errors.append(statistics.stdev(values) / math.sqrt(len(values)))
            apart = (means[0] - means[1]) / math.hypot(*errors)
            largest = max(largest, abs(apart))
            shown = "  ".join(f"{mean:9.4f} ± {error:.4f}" for mean, error in zip(means, errors, strict=True))
            print(f"{name:26}{metric:20}{shown}  {apart:+.1f} standard errors", flush=True)
    print(f"largest difference: {largest:.1f} standard errors")
    node.close()


def show_speed(options: argparse.Namespace, splits: dict) -> None:
    node = Node()
    print(f"{'':26}{'epoch':>8}{'snapshot':>10}{'measurement':>13}  seconds of processor time")
    for name, config in configs(options).items():
        settings = settings_of(config, build(config.model, seed=0))
        given = {part: as_bytes(one) for part, one in splits.items()}
        epoch, snapshot, evaluated = node.compute(MODULES, SPEED, settings=settings, **given)
        print(f"{name:26}{epoch:8.3f}{snapshot:10.4f}{evaluated:13.3f}", flush=True)
    node.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--hidden", type=int, nargs="+", default=[32, 32])
    parser.add_argument("--discriminator", type=int, nargs="+", default=[32, 32], help="its widths")
    parser.add_argument("--only", nargs="+", help="some lines of the table")
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    splits = {part: datasets.load("digits", part) for part in ("train", "test")}
    (show_speed if options.speed else compare)(options, splits)


if __name__ == "__main__":
    main()
