"""Does anything of a session stay behind? Sessions open the practice page, train a VAE and an AAE, and leave.

    python tests/benchmarks/sessions.py [--sessions 20]

Prints, after 5 sessions and after all, the server's memory, the number of its threads in explorer/background/pool.py,
and the share of a core that it uses. Fails if such a thread remains, if the memory has grown by more than 5 % since the
fifth session, or if something still computes.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from explorer.background.sessions import SessionRegistry
from tests.benchmarks.process import cpu_seconds, memory
from tests.browser.driver import CHROMIUM, DESK, FLAGS, serve

FIRST = 5  # sessions, after which the memory is what it is compared with
GROWTH, IDLE = 0.05, 0.1
# trainings that go on when their session leaves
ADDRESS = "practice?a=vae,digits,epochs=1000&b=aae,digits,epochs=1000&where=server"


# Python imports this module at its start. On a signal, the server writes how many of its threads are in
# explorer/background/pool.py. A handler in Python runs while all other threads stand still; faulthandler's would read
# the stacks of running threads, and crash.
CUSTOM = """import os, signal, sys

def stack(frame):
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back

def count(*_):
    with open(os.environ["THREADS"], "a", encoding="utf-8") as answers:
        stacks = [list(stack(frame)) for frame in sys._current_frames().values()]
        inside = [files for files in stacks if any(file.endswith("explorer/background/pool.py") for file in files)]
        print(len(inside), file=answers)

if os.environ.get("THREADS"):
    signal.signal(signal.SIGUSR1, count)
"""


def threads(pid: int) -> int:
    """How many threads are somewhere in explorer/background/pool.py."""
    answers = Path(os.environ["THREADS"])
    before = len(answers.read_text(encoding="utf-8").split()) if answers.exists() else 0
    os.kill(pid, signal.SIGUSR1)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        time.sleep(0.1)
        if answers.exists() and len(counts := answers.read_text(encoding="utf-8").split()) > before:
            return int(counts[-1])
    raise RuntimeError("the server did not answer")


def work(pid: int, seconds: float = 3.0) -> float:
    """The cores' worth of computing that it does."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / seconds


def visit(browser, address: str) -> int:
    """One session: both runs train for some epochs, and the tab is closed. Returns the steps that they took."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(f"{address}/{ADDRESS}")
    page.get_by_role("button", name="Start both").click(timeout=60_000)
    taken = []
    for side in "ab":
        page.wait_for_selector(f".run.{side}[data-state=running]:not([data-last=null])", timeout=120_000)
    page.wait_for_timeout(3000)
    taken = [int(page.locator(f".run.{side}").get_attribute("data-taken")) for side in "ab"]
    context.close()
    return sum(taken)


def settle(pid: int) -> tuple[int, float, float]:
    """Waits until the sessions' trainings have been ended. Returns threads, memory and work."""
    time.sleep(1.2 * SessionRegistry.GRACE)
    busy = work(pid)
    return threads(pid), memory(pid), busy


def main() -> int:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    options = parser.parse_args()
    custom = tempfile.mkdtemp()
    Path(custom, "sitecustomize.py").write_text(CUSTOM, encoding="utf-8")
    os.environ |= {"THREADS": str(Path(custom, "threads")), "PYTHONPATH": custom}
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), "app.py") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        print(f"before: {memory(server.pid):.0f} MB")
        first = None
        for session in range(1, options.sessions + 1):
            taken = visit(browser, server.address)
            print(
                f"session {session}: {taken} steps; {memory(server.pid):.0f} MB, {threads(server.pid)} threads in "
                "pool.py",
                flush=True,
            )
            if session in (FIRST, options.sessions):
                left, held, busy = settle(server.pid)
                first = first or held
                print(
                    f"after {session} have left: {held:.0f} MB ({100 * (held / first - 1):+.1f} %), {left} threads in "
                    f"pool.py, {busy:.2f} cores busy",
                    flush=True,
                )
        browser.close()
    return int(left > 0 or held > (1 + GROWTH) * first or busy > IDLE)


if __name__ == "__main__":
    sys.exit(main())
