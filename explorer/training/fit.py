"""The training loop. `fit` is a generator of reports; it prints and draws nothing, which is left to its callers."""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.config import Config, TrainingConfig
from explorer.models import Autoencoder, build, multiply_in
from explorer.shared import NUMBERS
from explorer.steps import Step, step_of
from explorer.training.devices import in_double, number_type, products_in
from explorer.training.distributed import ALONE, Processes
from explorer.training.diverged import REMEDY, TrainingDiverged
from explorer.training.graphs import Replay

NEGLIGIBLE_STEPS = NUMBERS["negligible_steps"]  # steps from one call of `forget_negligible_moments` to the next
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
    losses: dict[str, Tensor] | None = None  # the terms of this step, on the device; valid until the epoch has ended


def fit(
    config: Config,
    images: np.ndarray,
    device: torch.device,
    *,
    labels: np.ndarray | None = None,
    resume: Checkpoint | None = None,
    processes: Processes = ALONE,
    say: Callable[[str], None] = lambda sentence: None,
    captured: bool = True,
    step_type: type[Step] | None = None,
) -> Generator[Report, TrainingConfig | None, None]:
    """Trains one model, and yields a Report after every step. The last report's `model` is the result.

    images: (n, pixels) uint8; labels: (n,), for a label-informed discriminator. `config.training.seed` determines all
    random numbers. resume: a checkpoint of the same configuration, to continue after it; on the same kind of machine
    the result is the same. processes: each of several processes calls `fit`. Up to rounding, all get the result and the
    losses of one process. say: receives a sentence if CUDA cannot capture the step. captured: False never captures.
    step_type: another training step than the sibling's own, such as a faulty one of the clinic.
    `send` in place of `next` changes the settings from the next step on: a TrainingConfig that differs in
    WHILE_TRAINING (config.py) alone. The reports after it have no checkpoint, which could not hold the change.
    Raises TrainingDiverged, Lost if another process is lost, and ValueError if labels are missing.
    """
    if config.model.label_informed and labels is None:
        raise ValueError("a label-informed discriminator needs the images' labels")
    run = _Run(config, images, labels, device, processes, say, captured, step_type or step_of(config.model.kind))
    steps, epochs = run.steps, config.training.epochs
    history: list[dict] = []
    done = 0
    if resume is not None:
        run.restore(resume)
        done, history = resume.epoch, list(resume.history)
        if done == epochs:
            yield Report(
                done, steps, steps, run.result, {k: v for k, v in history[-1].items() if k != "epoch"}, history
            )

    for epoch in range(done + 1, epochs + 1):
        run.begin(epoch)
        for step in range(1, steps):
            losses = run.step(epoch, step)
            run.change(epoch, (yield Report(epoch, step, steps, run.result, losses=losses)))
        losses = run.step(epoch, steps)
        terms = _mean_terms(run.terms, run.losses, epoch)
        history.append({"epoch": epoch, **terms})
        checkpoint = None if run.has_changed else functools.partial(run.checkpoint, epoch, history)
        run.change(epoch, (yield Report(epoch, steps, steps, run.result, terms, history, checkpoint, losses)))


class _Run:
    """The state of one training: the model, the average of its weights, the optimisers, the random generators.

    What varies from step to step stands in tables of an epoch, with a row per step, on the device. A step finds its row
    by a counter that it raises itself, and so needs nothing of Python: see graphs.py.
    """

    def __init__(
        self,
        config: Config,
        images: np.ndarray,
        labels: np.ndarray | None,
        device: torch.device,
        processes: Processes,
        say: Callable[[str], None],
        captured: bool,
        step_type: type[Step],
    ) -> None:
        training = config.training
        self.config = config
        self.has_changed = False  # were settings changed since it began?
        self.model = build(config.model, seed=training.seed).to(device).train()
        self.shuffling = torch.Generator(device).manual_seed(training.seed)
        self.noise = torch.Generator(device).manual_seed(training.seed + 1)
        self.one_step = step_type(self.model, training, self.noise, processes)
        self.result = copy.deepcopy(self.model).requires_grad_(False) if training.average else self.model
        multiply_in(self.model, products_in(training.precision, device))
        halves = [(self.result.encoder, self.model.encoder), (self.result.decoder, self.model.decoder)]
        averaged = [weight for averaged, _ in halves for weight in averaged.parameters()] if training.average else []
        self._averaged = averaged
        self._weights = [weight.detach() for _, trained in halves for weight in trained.parameters()]
        if (
            config.model.sibling.discriminator
        ):  # not averaged: an average of discriminators is no opponent of the encoder
            self.result.discriminator = self.model.discriminator

        self.images = torch.from_numpy(images).to(device)
        self.labels = torch.from_numpy(labels).long().to(device) if config.model.label_informed else None
        self.steps = math.ceil(len(images) / training.batch_size)  # per epoch
        self.at = torch.zeros(1, dtype=torch.long, device=device)  # the row of the next step
        # the images of each step's batch, as rows of `images`; the last batch may be smaller
        most = min(training.batch_size, len(images))
        self.order = torch.zeros(self.steps, most, dtype=torch.long, device=device)
        names = list(self._scalars(1))
        self.scalars = torch.zeros(self.steps, len(names), dtype=number_type(device), device=device)
        self.now = torch.zeros_like(self.scalars[:1])  # the row of this step
        self._named = dict(zip(names, self.now[0]))
        self.one_step.follow(self._named)
        self.terms: list[str] = []  # the names of the losses' columns, known after the first step
        self.losses = torch.zeros(self.steps, 0, device=device)
        self._replay = Replay(self._take, device, [self.noise], say, captured and processes.size == 1)

    def _scalars(self, taken: int) -> dict[str, float]:
        """What varies from step to step, at the step with this number, from 1."""
        # a lower decay at first, so that the average of a short run forgets the initial weights
        decay = min(self.config.training.average, taken / (taken + NUMBERS["average_warm_up"]))
        progress = taken / (self.steps * self.config.training.epochs)
        return self.one_step.scalars(progress) | {"new in the average": 1 - decay}

    def begin(self, epoch: int) -> None:
        """Fills the tables of an epoch, from 1."""
        n = len(self.images)
        self.order.view(-1)[:n] = torch.randperm(n, generator=self.shuffling, device=self.order.device)
        self._fill_scalars(epoch)
        self.at.zero_()

    def change(self, epoch: int, training: TrainingConfig | None) -> None:
        """Trains with other settings from the next step on. epoch: of the step before it; None: no change."""
        if training is None:
            return
        self.one_step.training, self.has_changed = training, True
        self._fill_scalars(epoch)
        self._replay.forget()  # a captured step holds the settings that it read

    def _fill_scalars(self, epoch: int) -> None:
        taken = (epoch - 1) * self.steps
        rows = [list(self._scalars(taken + step).values()) for step in range(1, self.steps + 1)]
        self.scalars.copy_(torch.tensor(rows, dtype=self.scalars.dtype))

    def step(self, epoch: int, step: int) -> dict[str, Tensor]:
        """Takes a training step, from 1 in the epoch, and updates the average. Returns the terms of its loss."""
        training = self.config.training
        taken = (epoch - 1) * self.steps + step
        choices = self.one_step.set_progress(taken / (self.steps * training.epochs))
        self._replay(min(training.batch_size, len(self.images) - (step - 1) * training.batch_size), choices)
        if taken % NEGLIGIBLE_STEPS == 0:
            self.one_step.forget_negligible_moments()
        return dict(zip(self.terms, self.losses[step - 1]))

    def _take(self, size: int, choices: Hashable) -> None:
        """The step with a batch of this size, by the tables' rows. Python reads no tensor: a CUDA graph may hold it."""
        torch.index_select(self.scalars, 0, self.at, out=self.now)
        rows = self.order.index_select(0, self.at)[0, :size]
        x = self.images.index_select(0, rows).float().div_(255)  # (size, pixels); six times as fast as images[rows]
        losses = self.one_step.take(x, None if self.labels is None else self.labels[rows])
        if self._averaged:
            new = self._named["new in the average"].to(x)
            torch._foreach_lerp_(self._averaged, self._weights, [new] * len(self._weights))
        if not self.terms:
            self.terms = list(losses)
            self.losses = torch.zeros(self.steps, len(losses), device=x.device)
        self.losses.index_copy_(0, self.at, torch.stack(list(losses.values()))[None])
        self.at.add_(1)

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
        self.one_step.follow(self._named)  # the optimisers have copied their rates
        for name, generator in {"shuffling": self.shuffling, "noise": self.noise}.items():
            if tensors[name].shape == generator.get_state().shape:
                generator.set_state(tensors[name].cpu())
            else:
                generator.manual_seed((generator.initial_seed() + RESEEDED * checkpoint.epoch) % 2**63)


def goes_on_exactly(checkpoint: Checkpoint, device: torch.device) -> bool:
    """Whether a training that continues from the checkpoint draws the same random numbers as without a break."""
    return checkpoint.tensors["noise"].shape == torch.Generator(device).get_state().shape


def _mean_terms(names: list[str], losses: Tensor, epoch: int) -> dict[str, float]:
    """The means of losses (steps, terms) over an epoch. All are copied from the device at once.

    Raises TrainingDiverged.
    """
    table = in_double(losses)
    broken = (~table.isfinite()).nonzero()
    if len(broken):
        # of the broken terms of the first such step name a summand, rather than the total
        step, term = min(broken.tolist(), key=lambda at: (at[0], names[at[1]].endswith("total"), at[1]))
        raise TrainingDiverged(
            f"{names[term]} became {table[step, term].item()} at epoch {epoch}, step {step + 1} of {len(table)}. "
            f"{REMEDY}",
            step=step + 1,
        )
    return dict(zip(names, table.mean(0).tolist()))
