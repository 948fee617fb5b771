"""Trainings by session. A `Session` holds two runs; the `SessionRegistry` keeps it until its browser has left."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

from explorer.background.pool import Pool, give_memory_back
from explorer.background.runs import Folders, Run
from explorer.config import Config
from explorer.cores import cores

WATCHED_SECONDS = 5.0  # after so long without a request, runs train without taking snapshots
# A session ends after this many checks that find neither browser nor requests. The checks are counted. A clock would
# also count the time during which the machine slept, and no browser can come back then.
CHECKS = 10
REMEMBERED = 100  # commands whose numbers a session keeps
_LOG = logging.getLogger(__name__)


class Session:
    """One session's two training slots."""

    SIDES = ("a", "b")

    def __init__(self, pool: Pool, folders: Folders) -> None:
        self.pool, self.folders = pool, folders
        self.runs: dict[str, Run | None] = dict.fromkeys(self.SIDES)
        self.pace: dict[str, float | None] = dict.fromkeys(self.SIDES)
        self.last_request = time.monotonic()  # of the session's page
        self.is_connected: Callable[[], bool] = lambda: False  # whether the session has a browser
        self.absences = 0  # checks in a row that found neither browser nor requests
        self.lock = threading.Lock()
        self.closed = False
        self._obeyed: deque[str] = deque(maxlen=REMEMBERED)  # the numbers of the last commands

    def command(
        self,
        side: str,
        action: str,
        config: Config | None = None,
        chosen: dict | None = None,
        pace: float | None = None,
        name: str = "",
        number: str = "",
    ) -> None:
        """Actions: start, step, epoch, change, pause, stop, reset, prepare, save, pace.

        prepare makes the untrained model, as reset does, but leaves a training that has begun as it is.
        config: of the run that start, step, epoch, reset or prepare begins; the settings that change gives a run.
        name: of the bundle that save writes. number: unlike those of other commands; one that comes again is ignored.
        Raises ValueError if the session has ended, or if settings cannot change.
        """
        with self.lock:
            if number in self._obeyed:
                return
            run = self.runs[side]
            if action == "prepare":
                if run is None or (not run.has_begun and run.config != config):
                    self._begin(side, config, chosen).prepare()
            elif action in ("start", "step", "epoch", "reset"):
                if run is None or action == "reset" or run.is_over or (run.taken == 0 and run.config != config):
                    run = self._begin(side, config, chosen)
                {"start": run.play, "step": run.step, "epoch": run.finish_epoch, "reset": run.prepare}[action]()
            elif action == "pace":
                self.pace[side] = pace
                if run is not None:
                    run.set_pace(pace)
            elif run is not None and action == "change":
                if config is None:
                    raise ValueError("there is no configuration")
                run.change(config, chosen)
            elif run is not None and action == "save":
                run.save(name)
            elif run is not None:
                {"pause": run.pause, "stop": run.stop}[action]()
            if number:
                self._obeyed.append(number)

    def _begin(self, side: str, config: Config | None, chosen: dict | None) -> Run:
        """A new run in the place of the one before."""
        if self.closed:
            raise ValueError("the session has ended")
        if config is None:
            raise ValueError("there is no configuration")
        before = self.runs[side]
        if before is not None:
            before.close()
        run = self.runs[side] = Run(config, self.pool, self.folders, self.is_watched, chosen, self.is_away)
        run.set_pace(self.pace[side])
        return run

    def is_watched(self) -> bool:
        return time.monotonic() - self.last_request < WATCHED_SECONDS

    def is_away(self) -> bool:
        """Whether the browser has been away for half of SessionRegistry.GRACE. The runs then make room for others."""
        return self.absences > CHECKS / 2

    def check(self) -> None:
        """Counts one more absence, unless the session has a browser."""
        try:
            there = self.is_connected()
        except Exception:
            _LOG.exception("Streamlit cannot tell whether a session is connected")
            there = False
        self.absences = 0 if there else self.absences + 1

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


class SessionRegistry:
    """All sessions of the process, by token. A session ends after GRACE seconds without a browser or a request."""

    GRACE = 150.0  # seconds: somewhat longer than Streamlit keeps a session whose connection broke

    def __init__(self, folders: Folders, size: int | None = None) -> None:
        self.folders = folders
        self.pool = Pool(size or cores())
        self._name = secrets.token_hex(4)  # of this process: all tokens begin with it
        self._sessions: dict[str, Session] = {}
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def new_token(self) -> str:
        """The token of a new session. It cannot be guessed, because it allows to command the session's runs."""
        return f"{self._name}-{secrets.token_urlsafe(24)}"

    def issued(self, token: str) -> bool:
        """Whether this process made the token. If not, the server has been restarted since."""
        return token.startswith(f"{self._name}-")

    def join(self, token: str, is_connected: Callable[[], bool] = lambda: False) -> Session:
        """The session with this token; a new one if there is none. is_connected(): whether it has a browser now."""
        with self._lock:
            if token not in self._sessions:
                self._sessions[token] = Session(self.pool, self.folders)
            session = self._sessions[token]
            session.is_connected, session.absences = is_connected, 0
            self._schedule_check()
        return session

    def find(self, token: str) -> Session | None:
        """The session with this token, for a request of its page. Counts as a sign of life."""
        session = self._sessions.get(token)
        if session is not None:
            session.last_request, session.absences = time.monotonic(), 0
        return session

    def take_over(self, token: str, before: str) -> bool:
        """Gives the runs of the session `before` to the session `token`. Returns whether there is such a session."""
        with self._lock:
            if before not in self._sessions or token not in self._sessions or before == token:
                return False
            own, session = self._sessions[token], self._sessions.pop(before)
            self._sessions[token] = session
            session.is_connected, session.absences = own.is_connected, 0
        own.close()
        return True

    def close(self) -> None:
        """Ends all sessions, when the server stops."""
        with self._lock:
            sessions, self._sessions = list(self._sessions.values()), {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        for session in sessions:
            session.close()
        self.pool.wait(5.0)  # if a process ends while torch computes in a thread, it aborts

    def _schedule_check(self) -> None:
        if self._timer is None and self._sessions:
            timer = threading.Timer(self.GRACE / CHECKS, self._check)
            timer.name, timer.daemon = "ends abandoned trainings", True
            with contextlib.suppress(RuntimeError):  # the system allows no more threads: the next visit tries again
                timer.start()
                self._timer = timer

    def _check(self) -> None:
        """Ends the sessions that were abandoned."""
        with self._lock:
            for session in self._sessions.values():
                session.check()
            abandoned = [token for token, session in self._sessions.items() if session.absences > CHECKS]
            sessions = [self._sessions.pop(token) for token in abandoned]
            self._timer = None
            self._schedule_check()
        for session in sessions:
            session.close()
        if sessions:
            give_memory_back()
