"""Trainings in little time: few digits, measured with few draws. And `python train.py` in processes of its own.

For tests of what a training does with its files and its process, not of what it learns.
"""

from __future__ import annotations

import functools
import io
import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from unittest import mock

import torch

from explorer.data import datasets
from explorer.store import bundle  # noqa: F401
from explorer.training import checkpoint, evaluation, job, recording  # noqa: F401
from explorer.training import fit as training  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
IMAGES = {"train": 250, "test": 60}  # of digits, that are left
# What trainings import when they need it is imported once, for all processes that `Command` forks.
NEEDED = ["sklearn.datasets", "sklearn.model_selection", "torch._dynamo", "train", __name__]
SAMPLES = 20  # of z an image, in place of the command line's many: a bound that is less tight, and quick
SETS = 2  # of the prior's draws that codes are compared with, in place of many
MOMENTS = 5  # of a recording


@functools.cache
def few_digits(split: str) -> datasets.Split:
    whole = datasets._load_digits(split)
    return datasets.Split(whole.images[: IMAGES[split]], whole.labels[: IMAGES[split]])


def make_quick(home: Path, patch: Callable[[object, str, object], None] = setattr) -> None:
    """From now on, trainings on digits are quick, and `home` is in the place of the repository's folder."""
    patch(job, "ROOT", home)
    patch(job, "IMPORTANCE_SAMPLES", SAMPLES)
    patch(evaluation, "SETS", SETS)
    patch(evaluation, "SETS_IN_MANY_DIMENSIONS", SETS)
    patch(recording, "MOMENTS", MOMENTS)
    patch(datasets, "LOADERS", {"digits": few_digits})


class Command:
    """`python train.py --dataset digits --device cpu ...` in another process, with `home` in the repository's place.

    The process sends itself the signal `number` so many seconds after the line of the epoch `epochs`, counted over all
    models. It is a fork of a process that has imported torch and trained nothing. script: what it runs in place of
    train.py; environment: variables that it gets beside this process's own.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        epochs: int = 0,
        number: int = signal.SIGINT,
        later: float = 0.0,
        script: Path = ROOT / "train.py",
        environment: dict[str, str] | None = None,
    ) -> None:
        self._said = tempfile.TemporaryDirectory()
        forks = multiprocessing.get_context("forkserver")
        forks.set_forkserver_preload(NEEDED)
        command = [str(script), "--dataset", "digits", "--device", "cpu", *arguments]
        given = (home, command, environment or {}, self._said.name, epochs, number, later)
        self._process = forks.Process(target=_run, args=given)
        # As many threads as conftest.py gives this process: so the numbers are the same to the last bit. And a bare
        # __main__: the fork runs this process's again, which may be a page that a test opened.
        with (
            mock.patch.dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1"),
            mock.patch.dict(sys.modules, __main__=ModuleType("__main__")),
        ):
            self._process.start()

    def end(self, timeout: float = 400) -> tuple[int | None, str, str]:
        """Waits for its end. Returns the exit code, or minus the signal that killed it; the output; and the errors."""
        self._process.join(timeout)
        self._process.kill()
        self._process.join()
        said = [(Path(self._said.name) / name).read_text(encoding="utf-8") for name in ("output", "errors")]
        self._said.cleanup()
        return self._process.exitcode, *said


def _run(
    home: Path, command: list[str], environment: dict[str, str], said: str, epochs: int, number: int, later: float
) -> None:
    os.environ.update(environment)
    multiprocessing.set_start_method("fork", force=True)  # as where nothing was forked
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    for number_of_file, name in ((1, "output"), (2, "errors")):
        with open(Path(said) / name, "wb") as file:
            os.dup2(file.fileno(), number_of_file)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), encoding="utf-8", write_through=True)
    left = iter(range(epochs - 1, -1, -1))

    def write(text: str, write: Callable[[str], int] = sys.stdout.write) -> int:
        written = write(text)
        if text.startswith("epoch ") and next(left, -1) == 0:
            threading.Timer(later, os.kill, [os.getpid(), number]).start()
        return written

    sys.stdout.write = write
    torch.set_num_threads(1)
    os.chdir(home)
    make_quick(home)
    sys.argv = command
    runpy.run_path(command[0], run_name="__main__")
