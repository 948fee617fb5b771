"""Trainings beside the app. A `Run` calls `training.fit` step by step; it can be played, paused, stepped and stopped.

A run occupies a thread of a pool only while it works. This module draws nothing. The first run, or `warm`, imports
torch.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from explorer.background.pool import Pool
from explorer.config import WHILE_TRAINING, Change, Config
from explorer.data import datasets
from explorer.reasons import SHORT_OF_MEMORY, reason
from explorer.shared import NUMBERS
from explorer.store.bundle import BundleError
from explorer.training import saving

SNAPSHOT_SECONDS = NUMBERS["snapshot_seconds"]  # the shortest time between two snapshots of the model
SNAPSHOT_SHARE = NUMBERS["snapshot_share"]  # the largest share of the time for snapshots
# steps, but at most an epoch: a point of a loss's curve is the mean over the last so many
WINDOW = NUMBERS["curve_window"]
_LOG = logging.getLogger(__name__)
_ids = itertools.count(1)
_failed_on: list[str] = []  # accelerators on which a training failed


class _NotSaved(Exception):
    """The saving was stopped, or its session ended."""


class Run:
    """One training. Its methods may be called from any thread. All except `work` return at once."""

    def __init__(
        self, config: Config, pool: Pool, folders: Folders, watched: Callable[[], bool] = lambda: True,
        chosen: dict | None = None, left: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """chosen: the choices on the page. watched(): whether a page shows the run now.

        left(): whether the session's browser has been away for long. Then the run lets waiting runs go first.
        """
        self.id = next(_ids)
        self.chosen, self.left = chosen, left
        self.config, self.pool, self.folders, self.watched = config, pool, folders, watched
        self.pace: float | None = None  # the most steps per second; None: no limit
        self.taken, self.steps = 0, 0  # steps so far; steps per epoch
        self.seconds = 0.0  # of training, without the time for snapshots and pauses
        self.changes: list[Change] = []  # of settings since it began
        self.points: list[dict] = []  # the points of the curves, in the order of `at`, the number of steps
        self.history: list[dict] = []  # from training.fit: an entry per epoch
        self.null: dict[str, tuple[float, float]] = {}
        self.labels = self.snapshot = None
        self.revision = 0  # of the snapshot
        self.problem: str | None = None  # a sentence
        self.note: str | None = None  # a sentence on the device
        self.saved: str | None = None  # the bundle's folder
        self.measured = 0.0  # during the saving: the finished share of the evaluation
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._rest = "ready"
        self._wanted = 0.0  # the number of steps still to take
        self._name = ""  # what a person calls it
        self._next: tuple[Config, dict | None] | None = None  # the settings from the next step on
        self._to_be_saved = self._closed = self._stop = self._preparing = False
        self._reports = self._snapshots = self._model = self._device = None
        self._losses: deque[dict] = deque()  # one entry for each of the last steps
        self._last_snapshot = -math.inf, 0.0  # its time, and its duration
        self._snapshot_at = -1  # the number of steps at the last snapshot

    # ---- commands of a person

    @property
    def state(self) -> str:
        if self._preparing and not self.is_over:
            return "ready"
        if self.pool.place(self):
            return "waiting"
        if self.pool.is_at_work(self):
            return "saving" if self._to_be_saved else self._rest if self.is_over else "running"
        return self._rest

    @property
    def is_over(self) -> bool:
        return self._rest in ("finished", "stopped", "failed")

    @property
    def has_begun(self) -> bool:
        """Whether a step has been taken, or is asked for."""
        return self.taken > 0 or self.has_work or self.state != "ready"

    @property
    def has_work(self) -> bool:
        """Whether a thread of the pool has something to do."""
        with self._lock:
            if self._closed:
                return self._reports is not None or self._model is not None
            return self._to_be_saved or (not self.is_over and (self._stop or self._wanted != 0))

    def prepare(self) -> None:
        """Opens the data, and takes a snapshot of the untrained model. The run counts as ready meanwhile."""
        self._preparing = True
        self.pool.submit(self)

    def play(self) -> None:
        self._want(math.inf)

    def step(self, steps: int = 1) -> None:
        self._want(steps)

    def finish_epoch(self) -> None:
        """Trains to the end of the epoch, or, at the end of one, to the end of the next."""
        # the number of steps is known once the data are open
        self._want(self.steps - self.taken % self.steps if self.steps else -1)

    def pause(self) -> None:
        with self._lock:
            self._wanted = 0.0
        if self.pool.place(self):
            self.pool.withdraw(self)
            self._rest = "paused" if self.taken else "ready"
        self._changed.set()

    def stop(self) -> None:
        """Ends the training. During the saving it ends only the saving; the trained model stays."""
        with self._lock:
            if self._to_be_saved:
                self._to_be_saved = False
                return self.pool.withdraw(self)
            if self.is_over:
                return
            self._stop, self._wanted = True, 0.0
        self._changed.set()
        self.pool.withdraw(self)
        if self.pool.is_at_work(self):
            self.pool.submit(self)  # so that `work` checks the commands again
        else:
            self._let_go("stopped")

    def change(self, config: Config, chosen: dict | None = None) -> None:
        """Trains with other settings from the next step on. Raises ValueError for one that cannot change meanwhile."""
        with self._lock:
            if self.is_over or self._closed:
                return
            kept = {name: getattr(self.config.training, name) for name in WHILE_TRAINING}
            if dataclasses.replace(config, training=dataclasses.replace(config.training, **kept)) != self.config:
                raise ValueError("only weights and learning rates can be changed while a model trains: reset it first")
            self._next = config, chosen

    def save(self, name: str = "") -> None:
        """Measures the model and writes its bundle, as train.py does. Only for a finished run, and once.

        name: what a person calls it, for its folder.
        """
        with self._lock:
            if self._rest != "finished" or self.saved or self._to_be_saved:
                return
            self._name = saving.in_folders(name)
            self._to_be_saved, self.problem, self.measured = True, None, 0.0
        self.pool.submit(self)

    def set_pace(self, pace: float | None) -> None:
        self.pace = pace
        self._changed.set()

    def close(self) -> None:
        """Ends the run for good."""
        with self._lock:
            self._closed, self._wanted = True, 0.0
        self._changed.set()
        self.pool.withdraw(self)
        if self.pool.is_at_work(self):
            self.pool.submit(self)
        else:
            self._free()

    def _want(self, steps: float) -> None:
        with self._lock:
            if self.is_over or self._closed:
                return
            self._wanted, self._preparing = steps, False
        self._changed.set()
        self.pool.submit(self)

    # ---- called by a thread of the pool

    def work(self) -> None:
        """Works until the run pauses or ends. If it raises an error, the pool calls `fail`."""
        if self._closed:
            return self._free()
        from explorer.training.diverged import REMEDY, TrainingDiverged

        try:
            with one_core():
                self._save() if self._to_be_saved else self._train()
        except _NotSaved:
            if self._closed:
                self._free()
        except TrainingDiverged as error:
            if error.step is not None:  # the losses of an epoch are looked at when it ends
                self.taken += error.step - (self.taken % self.steps or self.steps)
            raise ValueError(str(error).removesuffix(REMEDY).strip()) from None

    def fail(self, error: BaseException) -> None:
        """Ends the training, or the saving, with a sentence on the error."""
        expected = isinstance(error, (datasets.DatasetError, BundleError, ValueError))
        if not expected:
            _LOG.error("a training failed", exc_info=error)
        self.problem = str(getattr(error, "for_page", error)) if expected else _sentence(error)
        if not expected and self._leave_accelerator(error):
            self.problem = f"{self.problem.rstrip('.')}. Trainings that start from now on use the CPU."
        if self._to_be_saved:  # the trained model is still good
            self._to_be_saved = False
            return
        self._let_go("failed")

    def _train(self) -> None:
        if self._snapshots is None:
            self._open()
        while True:
            self._changed.clear()  # before the commands are read: later changes end the wait below
            if (ending := self._ending()) is not None:
                break
            begun = time.perf_counter()
            report = self._next_report()
            self.seconds += time.perf_counter() - begun
            self._take(report)
            if self.left() and self.pool.has_waiting():
                return self.pool.submit(self)  # at the end of the queue
            if self.pace is not None and self._wanted:
                self._changed.wait(1 / self.pace)
        if self._closed:
            self._free()
            return
        if self._snapshot_at != self.taken:
            self._take_snapshot()
        if ending in ("stopped", "finished"):
            self._let_go(ending)
        self._rest = ending

    def _next_report(self):
        """Takes a step, with the newest settings."""
        with self._lock:
            newest, self._next = self._next, None
        if newest is None:
            return next(self._reports)
        before, (self.config, self.chosen) = self.config.training, newest
        after = self.config.training
        if not self.taken:  # it begins with them
            self._reports = self._fit()
            return next(self._reports)
        self.changes += [
            Change(name, getattr(before, name), getattr(after, name), self.taken, self.steps)
            for name in WHILE_TRAINING
            if getattr(before, name) != getattr(after, name)
        ]
        return self._reports.send(after) if before != after else next(self._reports)

    def _ending(self) -> str | None:
        """The state in which the training is to stop now, or None."""
        with self._lock:
            if self._closed or self._stop:
                return "stopped"
            if self.steps and self.taken == self.steps * self.config.training.epochs:
                return "finished"
            if self._wanted < 0:  # an epoch was requested before its length was known
                self._wanted = self.steps - self.taken % self.steps
            if self._wanted:
                self._wanted -= 1
                return None
            return "paused" if self.taken else "ready"

    def _fit(self):
        from explorer.training import fit as training

        train = split(self.config.training.dataset, "train", self.folders.data)
        return training.fit(self.config, train.images, self._device, labels=train.labels, say=self._note)

    def _open(self) -> None:
        from explorer import models
        from explorer.background.snapshot import Snapshots

        name = self.config.training.dataset
        train, test = split(name, "train", self.folders.data), split(name, "test", self.folders.data)
        self._device = self._choose_device()
        self._snapshots = Snapshots(self.config, test, self._device)
        self.labels, self.null = (
            self._snapshots.labels,
            {name: tuple(null) for name, null in self._snapshots.null.items()},
        )
        self.steps = math.ceil(len(train.images) / self.config.training.batch_size)
        self._losses = deque(maxlen=min(self.steps, WINDOW))
        self._reports = self._fit()
        # the same as in fit
        self._model = models.build(self.config.model, seed=self.config.training.seed).to(self._device)
        self._take_snapshot()

    def _choose_device(self):
        from explorer.training import devices

        if not _failed_on:
            return devices.choose_device(say=self._note)
        self._note(f"A training failed on {_failed_on[0]}, so the CPU is used.")
        return devices.CPU

    def _note(self, sentence: str) -> None:
        self.note = sentence

    def _leave_accelerator(self, error: BaseException) -> bool:
        """After a failure on an accelerator, later trainings use the CPU, because the page cannot choose a device.

        A lack of memory does not count: it may be free later. Returns whether later trainings use the CPU.
        """
        if self._device is None or self._device.type == "cpu" or reason(error) == SHORT_OF_MEMORY:
            return False
        _failed_on.append(str(self._device))
        return True

    def _take(self, report) -> None:
        self.taken += 1
        self._model = report.model
        self._losses.append(report.losses)
        if report.history is not None:
            self.history = list(report.history)
            self._add_point()
        now = time.monotonic()
        when, took = self._last_snapshot
        if now - when >= max(SNAPSHOT_SECONDS, took / SNAPSHOT_SHARE) and self.watched():
            self._take_snapshot()

    def _take_snapshot(self) -> None:
        begun = time.monotonic()
        self.snapshot = self._snapshots.take(self._model)
        self._last_snapshot = time.monotonic(), time.monotonic() - begun
        self._snapshot_at = self.taken
        self._add_point()
        self.points[-1] |= self.snapshot.distances
        self.revision += 1

    def _add_point(self) -> None:
        """Adds a point to the curves: the means of the losses over the last steps.

        Points lie at the ends of epochs and at snapshots. A mean over the steps since the last point would often be one
        over a batch or two, and jump.
        """
        import torch

        from explorer.training.devices import in_double

        if self.points and self.points[-1]["at"] == self.taken:
            return
        point: dict[str, float] = {"at": self.taken}
        if self._losses:
            table = torch.stack([torch.stack(list(losses.values())) for losses in self._losses])  # (steps, terms)
            point |= dict(zip(self._losses[0], in_double(table).mean(0).tolist()))
        self.points.append(point)

    def _save(self) -> None:
        name = self.config.training.dataset
        train, test = (split(name, part, self.folders.data) for part in ("train", "test"))
        evaluated, cost = saving.measure(
            self._model, self.config, train, test, self._device, self.seconds, progress=self._goes_on
        )
        self._goes_on(1.0)
        named = (self._name, None) if self._name else (self.config.name, datetime.now())
        target = saving.fresh_folder(self.folders.runs, *named)
        saving.write(target, self._model, self.config, evaluated, cost, self.history, test.labels, changes=self.changes)
        self.saved, self._to_be_saved, self._model = target.name, False, None

    def _goes_on(self, share: float) -> None:
        self.measured = share
        if self._closed or not self._to_be_saved:
            raise _NotSaved

    def _let_go(self, rest: str) -> None:
        """Frees everything that only a running training needs. The model of a finished one is kept, to be saved."""
        reports, self._reports, self._snapshots = self._reports, None, None
        if rest != "finished":
            self._model = None
        self._losses.clear()
        self._rest = rest
        if reports is not None:
            reports.close()

    def _free(self) -> None:
        self._let_go("stopped")
        self.snapshot, self.points = None, []


def one_core():
    """A context in which torch uses only the calling thread. On busy cores, several threads are many times slower.

    `torch.set_num_threads` would also set the number for every thread that starts later.
    """
    import torch
    from threadpoolctl import threadpool_limits

    torch.get_num_threads()  # torch's first call in a thread sets this number, and would undo the limit
    return threadpool_limits(1, user_api="openmp")


def _sentence(error: BaseException) -> str:
    """The sentence on an unexpected error."""
    why = reason(error)
    if why == SHORT_OF_MEMORY:
        return f"{why}: choose smaller widths or a smaller batch, or try again later."
    if isinstance(error, ImportError):
        return f"PyTorch cannot be used here ({why}): install what requirements.txt names."
    return why


class Folders:
    """The folders of the datasets and of the bundles."""

    def __init__(self, data: Path, runs: Path) -> None:
        self.data, self.runs = data, runs


@lru_cache(maxsize=8)
def split(name: str, part: str, data_dir: Path) -> datasets.Split:
    """A split of a dataset. All runs share it, so it must not be changed."""
    return datasets.load(name, part, data_dir)


_warming = threading.Lock()
_warmed = False


def warm() -> None:
    """Prepares the first run in a thread: imports torch, and takes one step of each sibling on noise."""
    if not _warmed:
        with contextlib.suppress(RuntimeError):  # the system allows no more threads: the first run is slower then
            threading.Thread(target=_warm, name="training's imports", daemon=True).start()


def _warm() -> None:
    try:
        _import_and_step()
    except Exception:
        _LOG.warning("what a first training needs could not be made ready: it will say why", exc_info=True)


def _import_and_step() -> None:
    global _warmed
    with _warming:
        if _warmed:
            return
        import numpy as np
        import torch

        from explorer.background.snapshot import Snapshots
        from explorer.config import KINDS, ModelConfig, TrainingConfig
        from explorer.training import fit as training

        noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
        with one_core():
            for kind in KINDS:  # the first step of an optimiser imports more of torch, which takes a second
                config = Config(ModelConfig(kind, image_side=8, hidden=(8,)), TrainingConfig("digits", 1, 64))
                for report in training.fit(config, noise, torch.device("cpu")):
                    Snapshots(config, datasets.Split(noise, noise[:, 0]), torch.device("cpu")).take(report.model)
        _warmed = True
