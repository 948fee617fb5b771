"""UMAPs that are computed while the app runs, by one child process, a job at a time, for all sessions.

A thread would delay the server's pages, because a UMAP holds Python's lock for most of its time, and a thread cannot be
ended. The process starts as soon as a UMAP may be wanted, so that it has compiled by then, and ends when none has been
wanted for long. Cancelling a job ends the process; another starts at once for the next job.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from explorer.reasons import reason
from explorer.shared import fill

COMMAND = (sys.executable, "-m", "explorer.background.umap_process")
IDLE_SECONDS = 600.0  # after which the process is ended
LEFT_SECONDS = 15.0  # a page that has not asked for so long was left: what only it waits for is not begun
KEPT, MOST_WAITING = 64, 16  # UMAPs in memory, 80 kB each; jobs in the queue
DIED = "the process that makes UMAPs ended ({reason}): try again"
NOT_STARTED = "the process that makes UMAPs could not be started ({reason}): try again"
FULL = "too many UMAPs are waiting on this server: try again in a minute"
_LOG = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """What a UMAP is of, and how it is made: two that are equal are the same UMAP."""

    source: str  # a bundle's digest, or a dataset's name
    what: str  # codes or pixels
    neighbours: int
    min_distance: float
    seed: int = 0


class Status(NamedTuple):
    """How it stands with a UMAP."""

    state: str  # compiling (it waits for the process), waiting (for other jobs), running, done, failed, cancelled
    place: int = 0  # in the queue, from 1
    share: float = 0.0  # of the layout
    problem: str | None = None  # a clause


class _Job:
    def __init__(self, wanted: Wanted, load: Callable[[], np.ndarray]) -> None:
        self.wanted, self.load = wanted, load
        self.state, self.share, self.problem = "waiting", 0.0, None
        self.asked: dict[str, float] = {}  # by page: when it asked last

    @property
    def is_left(self) -> bool:
        return all(time.monotonic() - at > LEFT_SECONDS for at in self.asked.values())

    def end(self, state: str, problem: str | None = None) -> None:
        self.state, self.problem = state, problem


class Umaps:
    """The queue, the process, and what was made. All methods may be called from any thread."""

    def __init__(self, command: tuple[str, ...] = COMMAND, idle_seconds: float = IDLE_SECONDS) -> None:
        self.command, self.idle_seconds = command, idle_seconds
        self._changed = threading.Condition()
        self._jobs: OrderedDict[Wanted, _Job] = OrderedDict()  # all that were wanted, ended or not
        self._queue: deque[_Job] = deque()
        self._running: _Job | None = None
        self._made: OrderedDict[Wanted, np.ndarray] = OrderedDict()
        self._process: subprocess.Popen | None = None
        self._thread: threading.Thread | None = None
        self._is_ready = self._is_closed = False

    # ---- what pages ask for ------------------------------------------------------------------

    def warm(self) -> None:
        """A UMAP may be wanted soon: starts the process, where there is none."""
        with self._changed:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._serve, name="UMAPs", daemon=True)
                try:
                    self._thread.start()
                except RuntimeError as error:  # the system allows no more threads
                    self._thread = None
                    self._fail_all(fill(NOT_STARTED, reason=reason(error)))

    def want(self, wanted: Wanted, page: str, load: Callable[[], np.ndarray]) -> Status:
        """Begins a UMAP, or joins one that another page wants.

        load(): the points, (n, d) float32. It is called when the turn has come. If it raises an error, the UMAP fails
        with that reason.
        """
        with self._changed:
            if wanted in self._made:
                return Status("done")
            job = self._jobs.get(wanted)
            if job is None or job.state not in ("waiting", "running"):
                if len(self._queue) >= MOST_WAITING:
                    return Status("failed", problem=FULL)
                job = self._jobs[wanted] = _Job(wanted, load)
                self._queue.append(job)
                self._changed.notify_all()
            job.asked[page] = time.monotonic()
        self.warm()
        return self.ask(wanted, page)

    def ask(self, wanted: Wanted, page: str) -> Status:
        """How it stands; a page that waits asks again and again. Raises LookupError for what nobody has wanted."""
        with self._changed:
            if wanted in self._made:
                return Status("done")
            if wanted not in self._jobs:
                raise LookupError("nobody has asked for this UMAP")
            job = self._jobs[wanted]
            if job.state not in ("waiting", "running"):
                return Status(job.state, problem=job.problem)
            job.asked[page] = time.monotonic()
            if job.state == "running":
                return Status("running", share=job.share)
            return Status("waiting" if self._is_ready else "compiling", place=self._queue.index(job) + 1)

    def cancel(self, wanted: Wanted, page: str) -> Status:
        """The page wants it no longer. If no other page wants it, it leaves the queue, or its process ends."""
        with self._changed:
            job = self._jobs.get(wanted)
            if job is not None and job.state in ("waiting", "running"):
                job.asked.pop(page, None)
                if job.is_left:
                    job.end("cancelled")
                    if job in self._queue:
                        self._queue.remove(job)
                    elif job is self._running and self._process is not None:
                        self._process.kill()
        return Status("cancelled")

    def made(self, wanted: Wanted) -> np.ndarray | None:
        """(n, 2) float32, or None."""
        with self._changed:
            return self._made.get(wanted)

    def close(self) -> None:
        """The server ends."""
        with self._changed:
            self._is_closed = True
            for job in [*self._queue, *([self._running] if self._running else [])]:
                job.end("cancelled")
            self._queue.clear()
            if self._process is not None:
                self._process.kill()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(5.0)

    # ---- the thread that speaks with the process -------------------------------------------------

    def _serve(self) -> None:
        """Uses one process after another, until none is needed. No error ends this thread while jobs wait."""
        while True:
            try:
                another = self._use_process()
            except Exception as error:
                _LOG.exception("no process for UMAPs")
                another = self._fail_all(fill(NOT_STARTED, reason=reason(error)))
            with self._changed:
                if not (another or self._queue) or self._is_closed:  # a job may have come meanwhile
                    self._thread = None
                    return

    def _use_process(self) -> bool:
        """Starts a process and gives it jobs until it ends. Returns whether another is needed after it."""
        with contextlib.ExitStack() as stack:
            environment = dict(os.environ)
            with contextlib.suppress(OSError):  # a process that is killed leaves files, such as numba's
                temporary = tempfile.TemporaryDirectory(prefix="umaps-", ignore_cleanup_errors=True)
                environment["TMPDIR"] = stack.enter_context(temporary)
            return self._attend_to(self._start(environment))

    def _attend_to(self, process: subprocess.Popen) -> bool:
        complaints: deque[str] = deque(maxlen=1)
        parts = (process.stderr, complaints)
        follower = threading.Thread(target=_pass_on, args=parts, name="UMAPs' errors", daemon=True)
        try:
            follower.start()
            return self._give_jobs(process)
        except Exception as error:  # it broke off in the middle of an answer, or answered nonsense
            if not isinstance(error, OSError):
                _LOG.exception("the process for UMAPs is given up")
                return self._broke_off(fill(DIED, reason=reason(error)))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5.0)
            follower.join(1.0)
            return self._broke_off(fill(DIED, reason=_ending(process.returncode, complaints)))
        finally:
            with self._changed:
                self._is_ready, self._process = False, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # what was not sent any more
                    pipe.close()

    def _start(self, environment: dict[str, str]) -> subprocess.Popen:
        root = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(
            self.command, cwd=root, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        with self._changed:
            self._process = process
            if self._is_closed:
                process.kill()
        return process

    def _give_jobs(self, process: subprocess.Popen) -> bool:
        """Gives the process its jobs. Returns whether another process is needed after it."""
        first = _read(process)
        if "problem" in first:
            return self._fail_all(first["problem"])
        self._is_ready = True
        while (job := self._next()) is not None:
            self._do(process, job)
        return False

    def _next(self) -> _Job | None:
        """The next job that somebody still waits for; None where none has come for long, or the server ends."""
        with self._changed:
            while True:
                if (
                    not self._changed.wait_for(lambda: self._queue or self._is_closed, self.idle_seconds)
                    or self._is_closed
                ):
                    return None
                job = self._queue.popleft()
                if job.is_left:
                    job.end("cancelled")
                    continue
                job.state, self._running = "running", job
                return job

    def _do(self, process: subprocess.Popen, job: _Job) -> None:
        try:
            points = np.ascontiguousarray(job.load(), np.float32)
            _, _, neighbours, min_distance, seed = job.wanted
            settings = {"shape": points.shape, "neighbours": neighbours, "min_distance": min_distance, "seed": seed}
            message = json.dumps(settings).encode() + b"\n" + points.tobytes()
        except Exception as error:
            if not isinstance(error, (LookupError, ValueError)):  # those have been foreseen
                _LOG.exception("no points for a UMAP")
            return self._finish(job, "failed", reason(error))
        process.stdin.write(message)
        process.stdin.flush()
        while "share" in (said := _read(process)):
            job.share = said["share"]
        if "problem" in said:
            return self._finish(job, "failed", said["problem"])
        n, two = said["shape"]
        self._finish(job, "done", None, np.frombuffer(_exactly(process, 4 * n * two), np.float32).reshape(n, two))

    def _finish(self, job: _Job, state: str, problem: str | None, found: np.ndarray | None = None) -> None:
        with self._changed:
            self._running = None
            if found is not None:  # also where it was cancelled in the last moment
                self._made[job.wanted] = found
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)
                state = "done"
            if job.state == "running" or state == "done":
                job.end(state, problem)
            while len(self._jobs) > 4 * KEPT:
                self._jobs.popitem(last=False)

    def _broke_off(self, problem: str) -> bool:
        """The process is gone: its job was cancelled, or it ended by itself. Returns whether another is needed.

        It is, after a job. Without a job the process ended while it compiled, or idle.
        """
        with self._changed:
            job, self._running = self._running, None
            if job is None:
                return self._fail_all(problem)
            if job.state == "running":
                job.end("failed", problem)
            return True

    def _fail_all(self, problem: str) -> bool:
        with self._changed:
            for job in self._queue:
                job.end("failed", problem)
            self._queue.clear()
        return False


def _pass_on(complaints: BinaryIO, last: deque[str]) -> None:
    """Writes what the process complains of to the server's own errors, and keeps the last line."""
    with complaints:
        for line in complaints:
            text = line.decode(errors="replace").rstrip()
            with contextlib.suppress(OSError, ValueError):  # a server without a terminal
                print(text, file=sys.stderr)
            if text:
                last.append(text)


def _ending(status: int | None, complaints: deque[str]) -> str:
    """Why a process ended by itself, as far as its parent can know."""
    if status is None:
        return "it no longer answers"
    if status == -getattr(signal, "SIGKILL", 9):
        return "SIGKILL: the server may be short of memory"
    if status < 0:
        return signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
    return complaints[-1].rstrip(". ") if complaints else f"exit status {status}"


def _read(process: subprocess.Popen) -> dict:
    """One answer. Raises BrokenPipeError if the process has ended, and ValueError for anything but an answer."""
    line = process.stdout.readline()
    if not line.endswith(b"\n"):
        raise BrokenPipeError("the process ended")
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):
        raise ValueError(f"it gave no answer but {line[:60]!r}") from None


def _exactly(process: subprocess.Popen, size: int) -> bytes:
    content = process.stdout.read(size)
    if len(content) != size:
        raise BrokenPipeError("the process ended")
    return content
