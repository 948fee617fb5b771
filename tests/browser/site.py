"""The static site for the tests and the benchmark: written once, and served in a folder below another web site's."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

BELOW = "courses/autumn"  # where the site lies on its host
MODELS = ["mnist-vae", "mnist-aae", "mnist-ae", "digits-vae", "digits-aae", "mnist-vae-16d"]


class Site(NamedTuple):
    address: str  # without a slash at the end
    folder: Path

    @property
    def host(self) -> str:
        return self.address.removesuffix(f"/{BELOW}")


def write(folder: Path, draws: int, models: list[str] = MODELS) -> Path:
    """Writes the site below the folder. draws: that lesson 2 measures, fewer than the command measures."""
    from unittest import mock

    from explorer.serving import bundles
    from explorer.site import course
    from explorer.ui import reparameterisation_vae

    class Bar:
        total: float | None = None

        def update(self, n: float = 1) -> None: ...

    with mock.patch.object(reparameterisation_vae, "DRAWS", draws), mock.patch.object(bundles, "MMD_DRAWS", 100):
        course.write(folder / BELOW, models, Bar())
    return folder / BELOW


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """`python -m http.server` of a folder, on a free port. Yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(address, timeout=1)
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)
