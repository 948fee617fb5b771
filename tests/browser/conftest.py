"""A server of this app and a real Chromium, for the tests that look at the page as a person does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update --disable-sync --no-first-run"
).split()
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESK, PHONE = {"width": 1366, "height": 650}, {"width": 390, "height": 844}
READY = ".explorer[data-maps=true]"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of a fresh server: `streamlit run app.py` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.fileWatcherType", "none"]
    with open(log, "w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.25)
        else:
            raise AssertionError(f"the server did not come up:\n{log.read_text()}")
        yield address
    finally:
        process.terminate()
        process.wait(10)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def server_pid(server) -> int:
    """The server's process, found by its port."""
    port = server.rpartition(":")[2]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "streamlit" in words and port in words:
            return int(folder.name)
    pytest.skip("no /proc on this system to find the server's process in")


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install it, or name it in the environment variable CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(server, chromium):
    """`open_page("?mean=1,2")`: the front page, drawn. Fails the test if the page logs an error, and closes it afterwards."""
    contexts, errors = [], []

    def open_one(query: str = "", *, wait: str | None = READY, **options):
        context = chromium.new_context(**{"viewport": DESK} | options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.goto(f"{server}/{query}")
        if wait:
            page.wait_for_selector(wait)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors, errors
