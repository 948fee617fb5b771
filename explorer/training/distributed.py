"""One training in several processes, as torchrun starts them: each takes its share of every batch, and they add up their gradients.

All hold the same weights, and draw the same numbers for the whole batch, of which each uses its share: so together they do what one
process does, up to rounding, and a checkpoint of two processes goes on in one, or in three. Torch's DistributedDataParallel is not used: it
gives every process the same weight, though a batch need not divide evenly, and it hooks one backward pass of one module's forward, while an
AAE takes two steps from one encoding, each with gradients for the other's weights that must not count.

Imports torch only where there are several processes.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PATIENCE = timedelta(minutes=5)  # with a process that does not come, or does not bring its gradients in a step
LONG = timedelta(days=1)  # with one that reads, downloads or measures. If it dies, its connection closes at once
T = TypeVar("T")


class Elsewhere(ValueError):
    """What another process raised, and on which machine. The message is a sentence."""


class Lost(Exception):
    """Another process of this training ended or cannot be reached. The message is a sentence."""


@dataclass(frozen=True)
class Processes:
    """The processes of one training, seen from one of them."""

    rank: int = 0
    size: int = 1
    words: object = None  # torch's ProcessGroup for all but gradients
    gradients: object = None  # and the one for gradients, which may travel from GPU to GPU

    def share(self, *batch: Tensor | None) -> tuple[Tensor | None, ...]:
        """This process's rows of tensors that each have a row an image of one batch. Shares differ by one image at most.

        Never empty: a process for which no image is left gets one that will not count.
        """
        if self.size == 1:
            return batch
        start, stop = self._rows(len(batch[0]))
        return tuple(None if tensor is None else tensor[start : max(stop, start + 1)] for tensor in batch)

    def average(self, means: list[Tensor], batch: int) -> list[Tensor]:
        """Of means over each process's share of a batch of that size, the means over the batch, shaped as they are. They travel as one. Raises Lost."""
        if self.size == 1:
            return means
        import torch

        start, stop = self._rows(batch)
        flat = torch.cat([mean.reshape(-1) for mean in means]).mul_((stop - start) / batch)
        with self._or_lost():
            torch.distributed.all_reduce(flat, group=self.gradients)
        return [part.view_as(mean) for part, mean in zip(flat.split([mean.numel() for mean in means]), means)]

    def _rows(self, batch: int) -> tuple[int, int]:
        start, stop = (batch * rank // self.size for rank in (self.rank, self.rank + 1))
        return start, stop

    def from_first(self, function: Callable[[], T]) -> T:
        """What the function returns in the first process: only that one calls it. What it raises there, all raise."""
        return self._from(0, function)

    def together(self, function: Callable[[], T]) -> T:
        """What the function returns in this process: all call it at once. What it raises in one, all raise."""
        if self.size == 1:
            return function()
        result = problem = None
        try:
            result = function()
        except Exception as error:
            problem = error
        for rank, (host, raised) in enumerate(self._gather((socket.gethostname(), problem))):
            if raised is not None:
                self._raise(raised, rank, host)
        return result

    def agree(self, facts: Callable[[], dict[str, str]]) -> None:
        """Compares facts, by their names, that must be the same in all processes.

        Where one is not, all raise ValueError.
        """
        if self.size == 1:
            return
        (_, first), *others = self._gather((socket.gethostname(), facts()))
        for rank, (host, theirs) in enumerate(others, start=1):
            for name, fact in first.items():
                if theirs.get(name) != fact:
                    where = f"Process {rank + 1} of {self.size}, on {host}, differs from the first in its {name}"
                    difference = ValueError(f"{where} ({theirs.get(name)} there, {fact} here): all must have the same.")
                    self._raise(difference, 0, host)

    def in_turn(self, function: Callable[[], object]) -> None:
        """All processes call it, one after the other, the first one first. What it raises in one, all raise."""
        for rank in range(self.size):
            self._from(rank, lambda: function() and None)

    def leave(self) -> None:
        """Waits until all are here, to be called before they end: one that ended while another still listens would seem lost, though it has said all."""
        if self.size > 1:
            import torch

            with contextlib.suppress(RuntimeError):  # that one has ended since it was here
                torch.distributed.barrier(self.words)

    def _from(self, rank: int, function: Callable[[], T]) -> T:
        if self.size == 1:
            return function()
        import torch

        said: list = [None, None, socket.gethostname()]
        if rank == self.rank:
            try:
                said[0] = function()
            except Exception as error:
                said[1] = error
        with self._or_lost():
            torch.distributed.broadcast_object_list(said, src=rank, group=self.words)
        if said[1] is not None:
            self._raise(said[1], rank, said[2])
        return said[0]

    def _gather(self, mine: T) -> list[T]:
        """What each process brings, the first one's first. Raises Lost."""
        import torch

        every: list = [None] * self.size
        with self._or_lost():
            torch.distributed.all_gather_object(every, mine, group=self.words)
        return every

    def _raise(self, error: Exception, rank: int, host: str) -> NoReturn:
        """Raises in this process, as in all others, what was raised in one of them: see `is_shared`."""
        self.leave()
        if rank > 0:
            what = str(error) or type(error).__name__
            error = Elsewhere(f"Process {rank + 1} of {self.size}, on {host}: {what}")
        error.is_shared = True
        raise error

    def on(self, device: torch.device) -> Processes:
        """The same processes, each of which has its part of a training on a device of this kind."""
        if self.size == 1:
            return self
        import torch

        with self._or_lost():
            group = torch.distributed.new_group(backend="nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
        return replace(self, gradients=group)

    @contextlib.contextmanager
    def _or_lost(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            reason = re.sub(r"^(\[\S*\] *)+", "", str(error).strip().splitlines()[0]).split(". ")[0].rstrip(".")
            raise Lost(
                f"Process {self.rank + 1} of {self.size} lost another one, which ended or cannot be reached ({reason}). "
                "The same command with --resume goes on from the last checkpoint."
            ) from error


ALONE = Processes()


def is_first() -> bool:
    """Whether this process is the one of its training that speaks and writes."""
    return not _by_torchrun() or os.environ["RANK"] == "0"


def leads_its_machine() -> bool:
    """Whether this process is the first one of its training on this machine."""
    return not _by_torchrun() or os.environ["LOCAL_RANK"] == "0"


def is_shared(error: Exception) -> bool:
    """Whether all processes of the training raise this error, so that one of them need say it."""
    return getattr(error, "is_shared", False)


def own_device(device: torch.device) -> torch.device:
    """The device of this process: of those that torchrun started on a machine with GPUs, each has its own.

    Raises ValueError where there are too few, and for a device that processes cannot share a training on.
    """
    if not _by_torchrun() or device.type == "cpu":
        return device
    import torch

    here, count = int(os.environ["LOCAL_WORLD_SIZE"]), torch.cuda.device_count()
    if device.type != "cuda":
        raise ValueError(f"several processes train on the CPU or on CUDA, not on {device.type}: name one with --device")
    if here > count or (here > 1 and device.index is not None):
        raise ValueError(f"{here} processes on this machine need {here} GPUs, and --device cuda; it has {count}")
    own = torch.device("cuda", int(os.environ["LOCAL_RANK"]) if device.index is None else device.index)
    torch.cuda.set_device(own)
    return own


def join() -> Processes:
    """The processes that torchrun started, once all are there; without torchrun, this one alone. Raises Lost."""
    if not _by_torchrun() or os.environ["WORLD_SIZE"] == "1":
        return ALONE
    import torch

    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    with Processes(rank, size)._or_lost():
        torch.distributed.init_process_group("gloo", timeout=PATIENCE)
        return Processes(rank, size, torch.distributed.new_group(backend="gloo", timeout=LONG))


def _by_torchrun() -> bool:
    return "TORCHELASTIC_RUN_ID" in os.environ
