"""Trainings by session. A `Desk` holds a session's two runs; the `Hall` keeps a desk until its session has left."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable

from explorer.background.pool import Pool, give_memory_back
from explorer.background.runs import Folders, Run
from explorer.config import Config
from explorer.cores import cores

WATCHED_SECONDS = 5.0  # nobody asked for so long: runs take no snapshots, they only train
# How often a session that is away is looked for before its desk ends. The looks are counted: by the clock, the time
# for which the machine slept would count, too, and no session can come back then.
LOOKS = 10
_LOG = logging.getLogger(__name__)


class Desk:
    """One session's two places for runs."""

    SIDES = ("a", "b")

    def __init__(self, pool: Pool, folders: Folders) -> None:
        self.pool, self.folders = pool, folders
        self.runs: dict[str, Run | None] = dict.fromkeys(self.SIDES)
        self.pace: dict[str, float | None] = dict.fromkeys(self.SIDES)
        self.seen = time.monotonic()  # when its page asked last
        self.is_connected: Callable[[], bool] = lambda: False  # whether the session has a browser
        self.missed = 0  # looks in a row that found neither
        self.lock = threading.Lock()
        self.closed = False

    def command(
        self,
        side: str,
        action: str,
        config: Config | None = None,
        chosen: dict | None = None,
        pace: float | None = None,
    ) -> None:
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
                    run = self.runs[side] = Run(config, self.pool, self.folders, self.is_watched, chosen, self.is_left)
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

    def is_left(self) -> bool:
        """Whether session and page have been away for half of Hall.GRACE. The runs then make room for others'."""
        return self.missed > LOOKS / 2

    def look(self) -> None:
        """Counts a look that finds nobody."""
        try:
            there = self.is_connected()
        except Exception:
            _LOG.exception("Streamlit cannot tell whether a session is connected")
            there = False
        self.missed = 0 if there else self.missed + 1

    def close(self) -> None:
        """Ends its runs. Never raises."""
        with self.lock:
            self.closed = True
            for side, run in self.runs.items():
                if run is not None:
                    try:
                        run.close()
                    except Exception:
                        _LOG.exception("a training could not be ended")
                self.runs[side] = None


class Hall:
    """All desks of the process, by their tokens. A desk ends when session and page have been away for GRACE seconds."""

    GRACE = 150.0  # seconds: somewhat longer than Streamlit keeps a session whose connection broke

    def __init__(self, folders: Folders, size: int | None = None) -> None:
        self.folders = folders
        self.pool = Pool(size or cores())
        self._name = secrets.token_hex(4)  # of this process: all its tokens begin with it
        self._desks: dict[str, Desk] = {}
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def new_token(self) -> str:
        """The name of a desk that is to be made. It cannot be guessed: whoever has it may use the desk."""
        return f"{self._name}-{secrets.token_urlsafe(24)}"

    def knew(self, token: str) -> bool:
        """Whether this process made the token. Otherwise the server has been restarted since."""
        return token.startswith(f"{self._name}-")

    def desk(self, token: str, is_connected: Callable[[], bool] = lambda: False) -> Desk:
        """The session's desk; a new one if there is none. is_connected(): whether the session has a browser now."""
        with self._lock:
            if token not in self._desks:
                self._desks[token] = Desk(self.pool, self.folders)
            desk = self._desks[token]
            desk.is_connected, desk.missed = is_connected, 0
            self._look_later()
        return desk

    def find(self, token: str) -> Desk | None:
        """The desk that a page asks for."""
        desk = self._desks.get(token)
        if desk is not None:
            desk.seen, desk.missed = time.monotonic(), 0
        return desk

    def take_over(self, token: str, before: str) -> bool:
        """Gives the desk of the token `before` to the session of `token`. Returns whether there is such a desk."""
        with self._lock:
            if before not in self._desks or token not in self._desks or before == token:
                return False
            own, desk = self._desks[token], self._desks.pop(before)
            self._desks[token] = desk
            desk.is_connected, desk.missed = own.is_connected, 0
        own.close()
        return True

    def close(self) -> None:
        """Ends all: the server stops."""
        with self._lock:
            desks, self._desks = list(self._desks.values()), {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        for desk in desks:
            desk.close()
        self.pool.wait(5.0)  # a process that ends while torch computes in a thread ends with an abort

    def _look_later(self) -> None:
        if self._timer is None and self._desks:
            timer = threading.Timer(self.GRACE / LOOKS, self._look)
            timer.name, timer.daemon = "looks for desks that were left", True
            with contextlib.suppress(RuntimeError):  # the system allows no more threads: at the next visit
                timer.start()
                self._timer = timer

    def _look(self) -> None:
        """Ends the desks that were left."""
        with self._lock:
            for desk in self._desks.values():
                desk.look()
            desks = [self._desks.pop(token) for token, desk in list(self._desks.items()) if desk.missed > LOOKS]
            self._timer = None
            self._look_later()
        for desk in desks:
            desk.close()
        if desks:
            give_memory_back()
