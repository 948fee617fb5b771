"""What works beside the pages: one of each for the whole server, made at its start (app.lifespan)."""

from __future__ import annotations

from functools import cache

from explorer.background import runs, sessions
from explorer.background.umaps import Umaps
from explorer.data.downloads import Downloads
from explorer.serving import places


@cache
def session_registry() -> sessions.SessionRegistry:
    """The trainings of all sessions."""
    return sessions.SessionRegistry(runs.Folders(places.DATA_DIR, places.FOLDERS["runs/"]))


@cache
def downloads() -> Downloads:
    """Downloads of datasets."""
    return Downloads(places.DATA_DIR)


@cache
def umaps() -> Umaps:
    """The queue of UMAPs and the child process that computes them."""
    return Umaps()
