"""How fast is the front page? Cold start, reload, and frames while a slider is dragged and a map is hovered.

    python tests/benchmarks/front_page.py [--runs 5]

Each run starts a new server and a new browser. "drawn": codes and pictures are painted; "complete": the maps can also
be panned and zoomed. A late frame follows the previous one after more than 25 ms. Run it on a machine that does nothing
else.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import itertools

from playwright.sync_api import sync_playwright

from tests.browser import driver

LATE = 25  # ms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    times: dict[str, list[float]] = {}
    frames: dict[str, list[dict]] = {}
    for run in range(runs):
        with (
            tempfile.TemporaryDirectory() as folder,
            driver.serve(Path(folder), "app.py") as server,
            sync_playwright() as playwright,
        ):
            time.sleep(1)  # the start's own work is not the page's
            browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=driver.FLAGS)
            page = browser.new_context(viewport=driver.DESK).new_page()
            for name, load in (("cold", lambda: page.goto(server.address)), ("reload", page.reload)):
                load()
                page.wait_for_selector(driver.COMPLETE)
                for moment in ("drawn", "complete"):
                    milliseconds = page.evaluate(
                        "name => performance.getEntriesByName(name)[0].startTime", f"explorer {moment}"
                    )
                    times.setdefault(f"{name}, {moment}", []).append(milliseconds / 1000)  # since the navigation began
                page.wait_for_timeout(1500)
            for name, seen in (("slider", drag(page)), ("hover", driver.hover_map(page, "AAE latent map"))):
                gaps = [b["at"] - a["at"] for a, b in itertools.pairwise(seen)]
                frames.setdefault(name, []).append(
                    {
                        "p95": sorted(gaps)[int(0.95 * len(gaps))],
                        "late": sum(gap > LATE for gap in gaps),
                        "distinct": min(driver.distinct(seen)),
                    }
                )
            browser.close()
        print(f"run {run + 1} of {runs} done", file=sys.stderr)
    for name, seconds in times.items():
        print(
            f"{name:16}  median {statistics.median(seconds):.2f} s   all "
            f"{' '.join(f'{value:.2f}' for value in seconds)}"
        )
    for name, results in frames.items():
        each = "   ".join(f"{r['p95']:.1f} ms, {r['late']}, {r['distinct']}" for r in results)
        print(f"{name:16}  100 moves: frame p95, late frames, least distinct of each picture and the KL: {each}")


def drag(page) -> list[dict]:
    seen = driver.drag_slider(page, "μ₁")
    page.mouse.up()
    page.wait_for_timeout(1500)
    return seen


if __name__ == "__main__":
    main()
