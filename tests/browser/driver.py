"""A server of this app and a real Chromium: what the browser tests and the benchmarks both drive."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlparse

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium-headless-shell")  # the same without windows, and with a tenth less work
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
DESK, PHONE = {"width": 1366, "height": 650}, {"width": 390, "height": 844}
DRAWN = ".explorer[data-ready=true]"  # codes and pictures are on the screen
COMPLETE = ".explorer[data-maps=true]"  # and the maps can be panned and zoomed

# Of a map, in JavaScript: where a point of its axes is on the page, and the axes' ranges.
AT = (
    "(f, at) => { const { x, y } = f.latentMap.scale(), b = f.getBoundingClientRect(); "
    "return [b.x + x(at[0]), b.y + y(at[1])]; }"
)
RANGES = "f => { const { x, y } = f.latentMap.ranges(); return [x, y]; }"
# Collects in window.seen, once a frame, what the page shows; the pictures by a hash of their pixels.
WATCH = """() => {
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.explorer')).find(Boolean);
  const canvases = [...root.querySelectorAll('.pictures canvas')];
  const bytes = (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const hash = (canvas) => bytes(canvas).reduce((h, v) => (h * 31 + v) | 0, 7);
  window.seen = [];
  const look = (at) => setTimeout(() => { // when the frame is done
    window.seen.push({
      at, pictures: canvases.map(hash), nats: root.querySelector('.kl').dataset.nats,
      text: root.querySelector('.kl').textContent,
      sliders: [...root.querySelectorAll('.sliders input[type=range]')].map((slider) => Number(slider.value)),
    });
    requestAnimationFrame(look);
  });
  requestAnimationFrame(look);
}"""


APP = """
from pathlib import Path
import streamlit as st
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from explorer.serving import places, app as serving
places.FOLDERS = {{"": Path({pretrained!r}), "runs/": Path({runs!r})}}
places.DATA_DIR = Path({data!r})
arguments = serving.arguments()
arguments["routes"].append(Mount("/mounted", StaticFiles(directory={mounted!r})))  # see mounted.py
app = st.App(**arguments)
"""


class Server(NamedTuple):
    address: str
    pid: int
    log: Path
    runs: Path  # where trainings are saved, unless the script says otherwise
    mounted: Path  # the folder of pages that are opened without Streamlit: see mounted.py


@contextmanager
def serve(
    folder: Path, script: str | None = None, port: int = 0, base_path: str = "", runs: Path | None = None,
    options: Iterable[str] = (),
) -> Iterator[Server]:  # fmt: skip
    """A fresh server of a script, on that port or a free one. Its log goes to `folder`.

    base_path: as "/lab"; options: further ones of `streamlit run`.

    Without a script it is the app of a fresh clone: it has no datasets, and no runs but those in `runs`, whatever lies
    on this disk.
    """
    runs = runs or folder / "runs"
    if script is None:
        script = str(folder / "app.py")
        (folder / "mounted").mkdir(exist_ok=True)
        text = APP.format(
            pretrained=str(ROOT / "pretrained"),
            runs=str(runs),
            data=str(folder / "data"),
            mounted=str(folder / "mounted"),
        )
        Path(script).write_text(text, encoding="utf-8")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    log = folder / "server.log"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        "--server.port",
        str(port),
        "--server.fileWatcherType",
        "none",
    ]
    command += options
    if base_path:
        command += ["--server.baseUrlPath", base_path]
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}{base_path}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                assert process.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.25)
        else:
            raise AssertionError("the server did not come up:\n" + log.read_text(encoding="utf-8"))
        yield Server(address, process.pid, log, runs, folder / "mounted")
    finally:
        process.terminate()
        process.wait(10)


def expected(message) -> bool:
    """Streamlit asks for its own paths below each page's address first, and goes up on a 404."""
    return "404" in message.text and "/_stcore/" in message.location["url"]


def expected_while_away(message) -> bool:
    """And a browser says so where there is no server to ask."""
    parts = (
        "net::ERR_", "Failed to fetch", "WebSocket", "reaching server endpoint", "when disconnected from server",
        "Is Streamlit still running", "/runs/",
    )  # fmt: skip
    return expected(message) or any(part in message.text + message.location["url"] for part in parts)


def distinct(seen: list[dict]) -> list[int]:
    """How many different values each of the four pictures and the KL had in what WATCH collected."""
    return [len({frame["pictures"][i] for frame in seen}) for i in range(4)] + [len({frame["text"] for frame in seen})]


def address(page) -> dict[str, str]:
    """The parameters of the page's address."""
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


IDLE = ":is([data-testid=stApp][data-test-script-state=notRunning], #mounted)"
# Until the live page has drawn nothing for ten frames, or goes on drawing for five seconds.
STILL = """async () => {
  const roots = [...document.querySelectorAll('*')].map((element) => element.shadowRoot).filter(Boolean);
  const live = roots.map((root) => root.querySelector('.live')).find(Boolean);
  let last = live?.dataset.frame;
  for (let frame = 0, still = 0; still < 10 && frame < 300; frame += 1, still += 1) {
    await new Promise(requestAnimationFrame);
    if (live?.dataset.frame !== last) [still, last] = [0, live.dataset.frame];
  }
}"""


def at_rest(page) -> None:
    """Waits until the page draws nothing new and Python's script has run: what a change sends has been sent by then."""
    page.evaluate(STILL)
    page.wait_for_selector(IDLE)


def sent_messages(page, wait: Callable[[], object]) -> list:
    """Reloads the page, and waits until it stands. Fills with every message that it sends to Python from then on."""
    sent: list = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda message: sent.append(message)))
    page.on("console", lambda message: message.text.startswith("sent ") and sent.append(message.text))  # mounted.js
    page.reload()
    wait()
    at_rest(page)
    at_rest(page)
    sent.clear()  # what opened the page
    return sent


def next_frame(page, count: int = 1) -> None:
    """Waits for so many frames. A page draws each change in the frame after it at the latest."""
    page.evaluate(
        "async (count) => { for (let i = 0; i < count; i += 1) await new Promise(requestAnimationFrame); }", count
    )


def wait_for_view(page, url) -> None:
    """Waits for an address, and until the page has drawn it: the address may change before the picture does."""
    page.wait_for_url(url)
    next_frame(page)


def expect(locator):
    """Playwright's assertions of a locator. They wait for what they assert, as long as the other waits do."""
    from playwright.sync_api import expect as assertions  # the tests can be collected without it

    assertions.set_options(timeout=60_000)
    return assertions(locator)


def eventually(page, check: Callable[[], object], seconds: float = 30) -> None:
    """Repeats an assertion until it holds."""
    end = time.monotonic() + seconds
    while True:
        try:
            check()
            return
        except AssertionError:
            if time.monotonic() > end:
                raise
            page.wait_for_timeout(100)


def drag_slider(page, name: str, moves: int = 100) -> list[dict]:
    """Drags a slider from its middle to nine tenths, a move per frame. Returns WATCH's list; the button stays down."""
    box = page.get_by_role("slider", name=name, exact=True).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH)
    for i in range(moves):
        page.mouse.move(x + (i + 1) * 0.45 * box["width"] / moves, y)
        next_frame(page)
    return page.evaluate("() => window.seen")


def hover_map(page, name: str, moves: int = 100) -> list[dict]:
    """Moves the pointer across a map, one move a frame. Returns what WATCH saw."""
    box = page.get_by_role("figure", name=name).bounding_box()
    page.evaluate(WATCH)
    for i in range(moves):
        page.mouse.move(box["x"] + 60 + i * (box["width"] - 120) / moves, box["y"] + box["height"] * (0.25 + i / 300))
        next_frame(page)
    return page.evaluate("() => window.seen")
