"""The training loop. `fit` is a generator of reports; it prints and draws nothing, which is left to its callers."""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.config import Config
from explorer.models import Autoencoder, build, multiply_in
from explorer.steps import step_of
from explorer.training.devices import in_double, products_in
from explorer.training.distributed import ALONE, Processes
from explorer.training.diverged import REMEDY, TrainingDiverged

NEGLIGIBLE_STEPS = 100  # steps from one call of `forget_negligible_moments` to the next
RESEEDED = 1_000_003  # more than the differences between the seeds of one training


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a later `fit` needs to continue after an epoch with the same result."""

    config: Config
    epoch: int  # the last finished epoch, from 1
    history: list[dict]  # an entry per epoch: `epoch`, and the means of the loss's terms, in nats per image
    tensors: dict[str, Tensor]  # weights, their average, the optimisers' moments, the generators' states


@dataclass(frozen=True)
class Report:
    """The state of a training after a step. `terms`, `history` and `checkpoint` are None unless an epoch has ended."""

    epoch: int  # from 1
    step: int  # in the epoch, from 1
    steps: int  # per epoch
    model: Autoencoder  # the result so far; the next step changes it
    terms: dict[str, float] | None = None  # of the loss: means over the epoch, in nats per image
    history: list[dict] | None = None  # an entry per epoch so far, see `Checkpoint`
    checkpoint: Callable[[], Checkpoint] | None = None  # call it before the next report
    losses: dict[str, Tensor] | None = None  # the terms of this step, on the device


def fit(
    config: Config,
    images: np.ndarray,
    device: torch.device,
    *,
    labels: np.ndarray | None = None,
    resume: Checkpoint | None = None,
    processes: Processes = ALONE,
) -> Iterator[Report]:
    """Trains one model, and yields a Report after every step. The last report's `model` is the result.

    images: (n, pixels) uint8; labels: (n,), for a label-informed discriminator. `config.training.seed` determines all
    random numbers. resume: a checkpoint of the same configuration, to continue after it; on the same kind of machine
    the result is the same. processes: each of several processes calls `fit`. Up to rounding, all get the result and the
    losses of one process.
    Raises TrainingDiverged, Lost if another process is lost, and ValueError if labels are missing.
    """
    training = config.training
    if config.model.label_informed and labels is None:
        raise ValueError("a label-informed discriminator needs the images' labels")
    run = _Run(config, device, processes)
    data = torch.from_numpy(images).to(device)
    label = torch.from_numpy(labels).long().to(device) if config.model.label_informed else None
    steps = math.ceil(len(data) / training.batch_size)
    history: list[dict] = []
    done = 0
    if resume is not None:
        run.restore(resume)
        done, history = resume.epoch, list(resume.history)
        if done == training.epochs:
            yield Report(
                done, steps, steps, run.result, {k: v for k, v in history[-1].items() if k != "epoch"}, history
            )

    for epoch in range(done + 1, training.epochs + 1):
        order = torch.randperm(len(data), generator=run.shuffling, device=device)
        losses: list[dict[str, Tensor]] = []
        for step, rows in enumerate(order.split(training.batch_size), start=1):
            x = data.index_select(0, rows).float().div_(255)  # (batch, pixels); six times as fast as data[rows]
            losses.append(
                run.step(x, None if label is None else label[rows], (epoch - 1) * steps + step, training.epochs * steps)
            )
            if step < steps:
                yield Report(epoch, step, steps, run.result, losses=losses[-1])
        terms = _mean_terms(losses, epoch)
        history.append({"epoch": epoch, **terms})
        checkpoint = functools.partial(run.checkpoint, epoch, history)
        yield Report(epoch, steps, steps, run.result, terms, history, checkpoint, losses[-1])


class _Run:
    """The state of one training: the model, the average of its weights, the optimisers, the random generators."""

    def __init__(self, config: Config, device: torch.device, processes: Processes) -> None:
        seed, average = config.training.seed, config.training.average
        self.config = config
        self.model = build(config.model, seed=seed).to(device).train()
        self.shuffling = torch.Generator(device).manual_seed(seed)
        self.noise = torch.Generator(device).manual_seed(seed + 1)
        self.one_step = step_of(config.model.kind)(self.model, config.training, self.noise, processes)
        self.result = copy.deepcopy(self.model).requires_grad_(False) if average else self.model
        multiply_in(self.model, products_in(config.training.precision, device))
        halves = [(self.result.encoder, self.model.encoder), (self.result.decoder, self.model.decoder)]
        self._averaged = [weight for averaged, _ in halves for weight in averaged.parameters()] if average else []
        self._weights = [weight.detach() for _, trained in halves for weight in trained.parameters()]
        if (
            config.model.sibling.discriminator
        ):  # not averaged: an average of discriminators is no opponent of the encoder
            self.result.discriminator = self.model.discriminator

    def step(self, x: Tensor, labels: Tensor | None, taken: int, all_steps: int) -> dict[str, Tensor]:
        """Takes a training step and updates the average. taken: the number of steps, this one included."""
        self.one_step.set_progress(taken / all_steps)
        losses = self.one_step.take(x, labels)
        if taken % NEGLIGIBLE_STEPS == 0:
            self.one_step.forget_negligible_moments()
        if self._averaged:
            # a lower decay at first, so that the average of a short run forgets the initial weights
            decay = min(self.config.training.average, taken / (taken + 10))
            torch._foreach_lerp_(self._averaged, self._weights, 1 - decay)
        return losses

    def checkpoint(self, epoch: int, history: list[dict]) -> Checkpoint:
        return Checkpoint(self.config, epoch, list(history), self.tensors())

    def tensors(self) -> dict[str, Tensor]:
        """The state as named tensors. They are views, not copies: the next step changes them."""
        found = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        if self._averaged:
            found |= {
                f"average.{name}": tensor
                for name, tensor in self.result.state_dict().items()
                if not name.startswith("discriminator.")
            }
        for i, optimiser in enumerate(self.one_step.optimisers):
            for parameter, moments in optimiser.state_dict()["state"].items():
                found |= {f"optimiser{i}.{parameter}.{name}": tensor for name, tensor in moments.items()}
        return found | {"shuffling": self.shuffling.get_state(), "noise": self.noise.get_state()}

    def restore(self, checkpoint: Checkpoint) -> None:
        """The inverse of `tensors`. Raises KeyError or RuntimeError for a checkpoint of another configuration.

        The generators of another kind of device have other states. Then the generators are seeded again.
        """
        tensors = checkpoint.tensors

        def below(prefix: str) -> dict[str, Tensor]:
            # copies, because an optimiser keeps the tensors that it loads, and changes them
            return {
                name.removeprefix(prefix): tensor.clone() for name, tensor in tensors.items() if name.startswith(prefix)
            }

        self.model.load_state_dict(below("model."))
        if self._averaged:
            self.result.load_state_dict(self.model.state_dict() | below("average."))
        for i, optimiser in enumerate(self.one_step.optimisers):
            moments: dict[int, dict[str, Tensor]] = {}
            for name, tensor in below(f"optimiser{i}.").items():
                parameter, _, moment = name.partition(".")
                moments.setdefault(int(parameter), {})[moment] = tensor
            optimiser.load_state_dict(optimiser.state_dict() | {"state": moments})
        for name, generator in {"shuffling": self.shuffling, "noise": self.noise}.items():
            if tensors[name].shape == generator.get_state().shape:
                generator.set_state(tensors[name].cpu())
            else:
                generator.manual_seed((generator.initial_seed() + RESEEDED * checkpoint.epoch) % 2**63)


def goes_on_exactly(checkpoint: Checkpoint, device: torch.device) -> bool:
    """Whether a training that continues from the checkpoint draws the same random numbers as without a break."""
    return checkpoint.tensors["noise"].shape == torch.Generator(device).get_state().shape


def _mean_terms(losses: list[dict[str, Tensor]], epoch: int) -> dict[str, float]:
    """The means over an epoch. All values are copied from the device at once. Raises TrainingDiverged."""
    names = list(losses[0])
    table = in_double(torch.stack([torch.stack(list(loss.values())) for loss in losses]))  # (steps, terms)
    broken = (~table.isfinite()).nonzero()
    if len(broken):
        # of the broken terms of the first such step name a summand, rather than the total
        step, term = min(broken.tolist(), key=lambda at: (at[0], names[at[1]].endswith("total"), at[1]))
        raise TrainingDiverged(
            f"{names[term]} became {table[step, term].item()} at epoch {epoch}, step {step + 1} of {len(table)}. "
            f"{REMEDY}"
        )
    return dict(zip(names, table.mean(0).tolist()))
