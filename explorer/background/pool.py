"""A pool of threads for trainings. At most one training per core works at a time; the others wait in a queue."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
import threading
import time
from collections import deque
from typing import Protocol

NICE = 5  # trainings have a lower priority than the pages
_LOG = logging.getLogger(__name__)


class Work(Protocol):
    """A piece of work for the pool."""

    has_work: bool  # whether a thread has something to do

    def work(self) -> None: ...

    def fail(self, error: BaseException) -> None:
        """Called if `work` raised this error, or if no thread could be started for it."""


class Pool:
    """At most `size` threads. They are started when there is work, and end when there is none."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = threading.Lock()
        self._queue: deque[Work] = deque()
        self._at_work: set[Work] = set()
        self._again: set[Work] = set()  # submitted again while a thread worked on them
        self._threads: set[threading.Thread] = set()

    def submit(self, run: Work) -> None:
        """Puts a run at the end of the queue. A thread will call `run.work()`, never two threads at the same time."""
        problem = None
        with self._lock:
            if run in self._at_work:
                self._again.add(run)
            elif run not in self._queue:
                self._queue.append(run)
                problem = self._start_thread(run)
        if problem is not None:
            run.fail(problem)

    def _start_thread(self, run: Work) -> RuntimeError | None:
        """Starts one more thread if the pool may have one more.

        If the system refuses it and there is no other thread, takes the run out of the queue and returns the error.
        """
        if len(self._threads) >= self.size:
            return None
        thread = threading.Thread(target=self._serve, name="training", daemon=True)
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError as error:
            self._threads.discard(thread)
            if not self._threads:
                self._queue.remove(run)
                return error
        return None

    def withdraw(self, run: Work) -> None:
        """Takes a run out of the queue, if it waits there."""
        with self._lock:
            self._again.discard(run)
            if run in self._queue:
                self._queue.remove(run)

    def place(self, run: Work) -> int:
        """The place of a run in the queue, from 1; 0 if it does not wait."""
        with self._lock:
            return self._queue.index(run) + 1 if run in self._queue else 0

    def has_waiting(self) -> bool:
        with self._lock:
            return bool(self._queue)

    def is_at_work(self, run: Work) -> bool:
        with self._lock:
            return run in self._at_work

    def threads(self) -> int:
        with self._lock:
            return len(self._threads)

    def wait(self, seconds: float) -> None:
        """Waits until all threads have ended, at most so many seconds."""
        with self._lock:
            threads = list(self._threads)
        end = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _serve(self) -> None:
        _yield_to_others()
        run = None
        while True:
            with self._lock:
                if run is not None:
                    self._at_work.discard(run)
                    if run in self._again and run.has_work:
                        self._queue.append(run)
                    self._again.discard(run)
                if not self._queue:
                    self._threads.discard(threading.current_thread())
                    break
                run = self._queue.popleft()
                self._at_work.add(run)
            _do(run)
        del run
        give_memory_back()


def _do(run: Work) -> None:
    """Calls `run.work()`. An exception goes to `run.fail`; the thread continues."""
    try:
        run.work()
    except BaseException as error:
        try:
            run.fail(error)
        except Exception:
            _LOG.exception("a run failed, and its failure could not be recorded")


def give_memory_back() -> None:
    """Returns freed memory to the system. Otherwise the C library keeps it, in a heap for each thread that ever ran."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # other C libraries have no such function
            ctypes.CDLL(None).malloc_trim(0)


def _yield_to_others() -> None:
    if sys.platform == "linux":  # only there does a thread have its own priority
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
