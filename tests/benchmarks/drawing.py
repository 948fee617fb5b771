"""How long from a pointer's move on the drawing pad to both encodings and all that shows them?

    python tests/benchmarks/drawing.py [--runs 3]

Each run draws two strokes of 50 moves, one per frame. "work": from the call of the move's handler until both codes,
reconstructions, differences and marks are drawn (performance.now in the page). "whole": the same from the move's
event.timeStamp. "painted": until the next frame has ended. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from tests.browser import driver

WATCH = """() => {
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.draw')).find(Boolean);
  window.times = [];
  let moves = [];
  const note = (event) => moves.push({ given: event.timeStamp, handled: performance.now() });
  window.addEventListener('pointermove', note, true);
  new MutationObserver(() => {
    const done = performance.now(), answered = moves;
    moves = [];
    requestAnimationFrame(() => setTimeout(() => {
      for (const { given, handled } of answered) {
        window.times.push({ work: done - handled, whole: done - given, painted: performance.now() - given });
      }
    }));
  }).observe(root, { attributes: true, attributeFilter: ['data-encoded'] });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with (
        tempfile.TemporaryDirectory() as folder,
        driver.serve(Path(folder), "app.py") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=driver.FLAGS)
        for run in range(runs):
            page = browser.new_context(viewport=driver.DESK).new_page()
            page.goto(f"{server.address}/?tool=draw")
            for wait in (driver.COMPLETE, ".tool[data-ready=draw]"):
                page.wait_for_selector(wait, timeout=120_000)
            time.sleep(1.5)
            times = measure(page)
            page.context.close()
            parts = []
            for name in ("work", "whole", "painted"):
                values = sorted(time[name] for time in times)
                parts.append(
                    f"{name} least {values[0]:.1f} ms, median {values[len(values) // 2]:.1f} ms, p95 "
                    f"{values[int(0.95 * len(values))]:.1f} ms"
                )
            print(f"run {run + 1}: {len(times)} moves: " + "; ".join(parts))
        browser.close()


def measure(page) -> list[dict]:
    box = page.get_by_role("application", name="Drawing pad").bounding_box()
    at = lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])  # noqa: E731
    page.evaluate(WATCH)
    for (x0, y0), (x1, y1) in (((0.28, 0.25), (0.7, 0.25)), ((0.7, 0.25), (0.45, 0.85))):
        page.mouse.move(*at(x0, y0))
        page.mouse.down()
        for i in range(50):
            share = (i + 1) / 50
            page.mouse.move(*at(x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
            driver.next_frame(page)
        page.mouse.up()
    page.wait_for_timeout(500)
    return page.evaluate("() => window.times")


if __name__ == "__main__":
    main()
