"""Whose trainings: a session has a Desk with two places for runs, and the Hall holds all desks until their sessions have left."""

from __future__ import annotations

import threading
import time

from explorer.config import Config
from explorer.cores import cores
from explorer.pool import Pool, give_memory_back
from explorer.runs import Folders, Run

WATCHED_SECONDS = 5.0  # nobody asked for so long: runs take no looks, they only train


class Desk:
    """One session's two places for runs."""

    SIDES = ("a", "b")

    def __init__(self, pool: Pool, folders: Folders) -> None:
        self.pool, self.folders = pool, folders
        self.runs: dict[str, Run | None] = dict.fromkeys(self.SIDES)
        self.pace: dict[str, float | None] = dict.fromkeys(self.SIDES)
        self.seen = time.monotonic()
        self.lock = threading.Lock()
        self.closed = False

    def command(self, side: str, action: str, config: Config | None = None, chosen: dict | None = None, pace: float | None = None) -> None:
        """start, step, epoch (with the configuration, where a new run is to begin), pause, stop, reset, save, pace."""
        with self.lock:
            run = self.runs[side]
            if action in ("start", "step", "epoch", "reset"):
                if self.closed:
                    raise ValueError("the session has ended")
                fresh = run is None or action == "reset" or run.is_over or (run.taken == 0 and run.config != config)
                if fresh:
                    if config is None:
                        raise ValueError("there is no configuration")
                    if run is not None:
                        run.close()
                    run = self.runs[side] = Run(config, self.pool, self.folders, self.is_watched, chosen)
                    run.set_pace(self.pace[side])
                {"start": run.play, "step": run.step, "epoch": run.finish_epoch, "reset": run.prepare}[action]()
            elif action == "pace":
                self.pace[side] = pace
                if run is not None:
                    run.set_pace(pace)
            elif run is not None:
                {"pause": run.pause, "stop": run.stop, "save": run.save}[action]()

    def is_watched(self) -> bool:
        return time.monotonic() - self.seen < WATCHED_SECONDS

    def close(self) -> None:
        with self.lock:
            self.closed = True
            for side, run in self.runs.items():
                if run is not None:
                    run.close()
                self.runs[side] = None


class Hall:
    """All desks of the process, by their tokens. A desk goes when its session has left and its page asks no more."""

    GRACE = 10.0  # seconds: a connection that broke may come back, and its page asks on meanwhile

    def __init__(self, folders: Folders, size: int | None = None) -> None:
        self.folders = folders
        self.pool = Pool(size or cores())
        self._desks: dict[str, Desk] = {}
        self._left: dict[str, threading.Timer] = {}
        self._lock = threading.Lock()

    def desk(self, token: str) -> Desk:
        """A session's; a new one where there is none. The session is there."""
        with self._lock:
            if timer := self._left.pop(token, None):
                timer.cancel()
            return self._desks.setdefault(token, Desk(self.pool, self.folders))

    def find(self, token: str) -> Desk | None:
        """The desk that a page asks for."""
        desk = self._desks.get(token)
        if desk is not None:
            desk.seen = time.monotonic()
        return desk

    def leave(self, token: str) -> None:
        """The session's connection has ended."""
        with self._lock:
            if token in self._desks and token not in self._left:
                self._wait_for(token)

    def _wait_for(self, token: str) -> None:
        timer = self._left[token] = threading.Timer(self.GRACE, self._end, [token])
        timer.name, timer.daemon = "training's end", True
        timer.start()

    def _end(self, token: str) -> None:
        with self._lock:
            if token not in self._left:
                return
            if time.monotonic() - self._desks[token].seen < self.GRACE / 2:  # its page still asks
                return self._wait_for(token)
            del self._left[token]
            desk = self._desks.pop(token)
        desk.close()
        give_memory_back()

    def close(self) -> None:
        """Ends all: the server stops."""
        with self._lock:
            desks, self._desks = list(self._desks.values()), {}
            for timer in self._left.values():
                timer.cancel()
            self._left = {}
        for desk in desks:
            desk.close()
        self.pool.wait(5.0)  # a process that ends while torch computes in a thread ends with an abort
