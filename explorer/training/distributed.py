"""One training in several processes, started by torchrun. Each computes a share of every batch; gradients are averaged.

All processes have the same weights and draw the same random numbers for the whole batch; each uses the rows of its
share. So together they compute what one process would, up to rounding, and a checkpoint of two processes can be
continued by one or by three.

Torch's DistributedDataParallel does not fit. It gives every process the same weight, but a batch need not divide
evenly. It also expects one backward pass per forward pass of a module, but an AAE takes two steps from one encoding,
and each step produces gradients for the other's weights that must not count.

Torch is imported only if there are several processes.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn, TypeVar, TypeVarTuple, cast

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PATIENCE = timedelta(minutes=5)  # how long to wait for a process to join, or for its gradients in a step
LONG = timedelta(days=1)  # while it reads, downloads or measures. If it dies, its connection closes at once
T = TypeVar("T")
Batch = TypeVarTuple("Batch")  # tensors with one row per image of a batch, or None in place of a tensor


class Elsewhere(ValueError):
    """Another process raised an error. The message is a sentence with the error and the machine."""


class Lost(Exception):
    """Another process of this training ended or cannot be reached. The message is a sentence."""


@dataclass(frozen=True)
class Processes:
    """The processes of one training, seen from one of them."""

    rank: int = 0
    size: int = 1
    words: object = None  # torch's ProcessGroup for everything except gradients
    gradients: object = None  # the ProcessGroup for gradients, which may travel from GPU to GPU

    def share(self, *batch: *Batch) -> tuple[*Batch]:
        """This process's rows of tensors (batch, ...): (share, ...) each. None stays None; the first is a tensor.

        The shares differ by at most one image. None is empty: a process for which no image is left gets one, and
        `average` gives it no weight.
        """
        if self.size == 1:
            return batch
        tensors = cast("tuple[Tensor | None, ...]", batch)
        start, stop = self._rows(len(cast("Tensor", tensors[0])))
        share = tuple(None if tensor is None else tensor[start : max(stop, start + 1)] for tensor in tensors)
        return cast("tuple[*Batch]", share)

    def average(self, means: list[Tensor], batch: int) -> list[Tensor]:
        """The means over a batch of `batch` images, from the means over this process's share of it; shapes are kept.

        All tensors travel together. Raises Lost.
        """
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
        """Calls the function in the first process only. All processes return its result, or raise its error."""
        return self._from(0, function)

    def together(self, function: Callable[[], T]) -> T:
        """Calls the function in all processes at once, and returns its result here. If it fails in one, all raise."""
        if self.size == 1:
            return function()
        problem: Exception | None = None
        try:
            result = function()
        except Exception as error:
            problem = error
        for rank, (host, raised) in enumerate(self._gather((socket.gethostname(), problem))):
            if raised is not None:
                self._raise(raised, rank, host)
        return result

    def agree(self, facts: Callable[[], dict[str, str]]) -> None:
        """Compares named facts that must be the same in all processes. If one differs, all raise ValueError."""
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
        """Calls the function in all processes, one after the other in order of rank. If it fails in one, all raise."""
        for rank in range(self.size):
            self._from(rank, lambda: function() and None)

    def leave(self) -> None:
        """Waits for all processes. Call it before they end.

        If a process ended while another still waits for its messages, it would seem lost, although it sent them all.
        """
        if self.size > 1:
            import torch

            with contextlib.suppress(RuntimeError):  # another process ended right after it arrived here
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
        """The values of all processes, in order of rank. Raises Lost."""
        import torch

        every: list = [None] * self.size
        with self._or_lost():
            torch.distributed.all_gather_object(every, mine, group=self.words)
        return every

    def _raise(self, error: Exception, rank: int, host: str) -> NoReturn:
        """Raises the error of one process in this one. All other processes do the same: see `is_shared`."""
        self.leave()
        if rank > 0:
            what = str(error) or type(error).__name__
            error = Elsewhere(f"Process {rank + 1} of {self.size}, on {host}: {what}")
        vars(error)["is_shared"] = True
        raise error

    def on(self, device: torch.device) -> Processes:
        """The same processes, with a group for gradients that suits devices of this type."""
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
                f"Process {self.rank + 1} of {self.size} lost another one, which ended or cannot be reached "
                f"({reason}). The same command with --resume goes on from the last checkpoint."
            ) from error


ALONE = Processes()


def is_first() -> bool:
    """Whether this process is the first of its training. Only the first one prints and writes files."""
    return not _by_torchrun() or os.environ["RANK"] == "0"


def leads_its_machine() -> bool:
    """Whether this process is the first of its training on this machine."""
    return not _by_torchrun() or os.environ["LOCAL_RANK"] == "0"


def is_shared(error: Exception) -> bool:
    """Whether all processes of the training raise this error. Then it is enough that one of them prints it."""
    return getattr(error, "is_shared", False)


def own_device(device: torch.device) -> torch.device:
    """The device of this process. With torchrun on a machine with GPUs, each process has its own GPU.

    Raises ValueError if there are too few GPUs, and for a type of device on which several processes cannot train.
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
    """Waits for all processes that torchrun started, and returns them. Without torchrun: this one. Raises Lost."""
    if not _by_torchrun() or os.environ["WORLD_SIZE"] == "1":
        return ALONE
    import torch

    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    with Processes(rank, size)._or_lost():
        torch.distributed.init_process_group("gloo", timeout=PATIENCE)
        # the group's threads, left to the interpreter's end, now and then abort a process that has done its work
        atexit.register(torch.distributed.destroy_process_group)
        return Processes(rank, size, torch.distributed.new_group(backend="gloo", timeout=LONG))


def _by_torchrun() -> bool:
    return "TORCHELASTIC_RUN_ID" in os.environ
