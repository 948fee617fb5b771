"""How long does a UMAP take while the app runs, and what do others notice of it?

    python tests/benchmarks/umap.py

Starts the process that makes UMAPs, as the server does. Measures the time until it has compiled; a UMAP of 10,000 x 32
codes after that; the time in which another session's page opens, and answers a button, before and during the UMAP; and,
during a UMAP, the time until cancelling has ended the process, and until another is ready. Run it on a machine that
does nothing else. Fails if a UMAP takes more than 10 s, or cancelling more than 1 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from playwright.sync_api import sync_playwright

from explorer.background.umaps import Umaps, Wanted
from tests.browser import driver

MOST_SECONDS, MOST_TO_CANCEL = 10.0, 1.0
VISITS = 5


def points(n: int = 10_000, dimensions: int = 32) -> np.ndarray:
    """Ten clusters, as wide as they are apart: (n, dimensions) float32."""
    rng = np.random.default_rng(0)
    return (
        2 * rng.standard_normal((10, dimensions))[rng.integers(10, size=n)] + rng.standard_normal((n, dimensions))
    ).astype(np.float32)


def finish(umaps: Umaps, wanted: Wanted) -> float:
    """Has it made. Returns the seconds."""
    codes, begun = points(), time.monotonic()
    umaps.want(wanted, "benchmark", lambda: codes)
    while (status := umaps.ask(wanted, "benchmark")).state != "done":
        if status.problem:
            raise RuntimeError(status.problem)
        time.sleep(0.02)
    return time.monotonic() - begun


def ready(umaps: Umaps) -> float:
    begun = time.monotonic()
    while not umaps._is_ready:
        time.sleep(0.01)
    return time.monotonic() - begun


def visit(browser, address: str) -> tuple[float, float]:
    """One session: seconds until the front page's maps are drawn, and milliseconds from Resample to its frame."""
    context = browser.new_context(viewport=driver.DESK)
    page, begun = context.new_page(), time.monotonic()
    page.goto(address)
    page.wait_for_selector(driver.COMPLETE, timeout=120_000)
    opened = time.monotonic() - begun
    answered = page.get_by_role("button", name="Resample ε").evaluate(
        "async (button) => { const root = button.closest('.explorer'), before = root.dataset.frame, "
        "begun = performance.now(); button.click();"
        "while (root.dataset.frame === before) await new Promise(requestAnimationFrame); "
        "return performance.now() - begun; }"
    )
    context.close()
    return opened, answered


def visits(browser, address: str, while_: threading.Thread | None = None) -> tuple[float, float]:
    seen = []
    while len(seen) < VISITS or (while_ is not None and while_.is_alive() and len(seen) < 4 * VISITS):
        seen.append(visit(browser, address))
    return tuple(statistics.median(values) for values in zip(*seen))


def work(umaps: Umaps, stop: threading.Event, seconds: list[float]) -> None:
    """One UMAP after the other."""
    seed = 1
    while not stop.is_set():
        seconds.append(finish(umaps, Wanted("benchmark", "codes", 15, 0.1, seed)))
        seed += 1


def main() -> int:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores", flush=True)
    umaps, rows = Umaps(), []
    try:
        umaps.warm()
        rows.append(("until the process has compiled", f"{ready(umaps):.1f} s"))
        alone = [finish(umaps, Wanted("benchmark", "codes", 15, 0.1, seed)) for seed in (100, 101, 102)]
        rows.append(
            ("UMAP of 10,000 x 32, then", f"{statistics.median(alone):.1f} s ({min(alone):.1f} to {max(alone):.1f})")
        )
        with (
            tempfile.TemporaryDirectory() as folder,
            driver.serve(Path(folder), "app.py") as server,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=driver.FLAGS)
            visit(browser, server.address)
            idle = visits(browser, server.address)
            stop, seconds = threading.Event(), []
            worker = threading.Thread(target=work, args=(umaps, stop, seconds))
            worker.start()
            busy = visits(browser, server.address)
            stop.set()
            worker.join()
            browser.close()
        rows.append(
            (
                "another session's page, idle",
                f"{idle[0]:.2f} s to open, {idle[1]:.0f} ms to answer (medians of {VISITS})",
            )
        )
        rows.append(("another session's page, meanwhile", f"{busy[0]:.2f} s to open, {busy[1]:.0f} ms to answer"))
        rows.append(("UMAP while those pages open", f"{statistics.median(seconds):.1f} s"))
        cancelled, codes = Wanted("benchmark", "codes", 200, 0.1, 7), points()
        umaps.want(cancelled, "benchmark", lambda: codes)
        while umaps.ask(cancelled, "benchmark").share == 0:
            time.sleep(0.02)
        process, begun = umaps._process, time.monotonic()
        umaps.cancel(cancelled, "benchmark")
        process.wait()
        to_cancel = time.monotonic() - begun
        rows.append(("cancelling, until the process has ended", f"{1000 * to_cancel:.0f} ms"))
        while umaps._process is process:
            time.sleep(0.01)
        rows.append(("then, until another has compiled", f"{ready(umaps):.1f} s"))
    finally:
        umaps.close()
    for what, found in rows:
        print(f"{what:<42}{found}")
    return int(statistics.median(alone) > MOST_SECONDS or to_cancel > MOST_TO_CANCEL)


if __name__ == "__main__":
    sys.exit(main())
