"""What does a first visit of the static site cost? Bytes and seconds until a slider moves both pictures.

    python tests/benchmarks/site.py [--runs 3] [--site OUT]

The site is served by `python -m http.server`, which compresses nothing. "drawn" is the moment at which codes and
pictures are painted and the sliders work; Plotly, for axes and zoom, comes later. The line has 20 Mbit/s and answers
after 50 ms.
Without --site, a site of the two front models is written first.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from tests.browser import driver
from tests.browser import site as sites

MBIT, DELAY = 20, 50  # of the slow line: megabits a second, milliseconds
DRAWN_AT = "() => performance.getEntriesByName('explorer drawn')[0].startTime"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--site", type=Path, help="a site that was written before")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        served = asked.site or sites.write(Path(folder), draws=2_000, models=["mnist-vae", "mnist-aae"])
        with sites.serve(served) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=driver.FLAGS)
            print(f"{'bytes until drawn':28} {bytes_until_drawn(browser, address) / 1e6:.2f} MB")
            for name, slow in (("this machine", False), (f"{MBIT} Mbit/s, {DELAY} ms", True)):
                seconds = [drawn_after(browser, address, slow) for _ in range(asked.runs)]
                each = " ".join(f"{value:.2f}" for value in seconds)
                print(f"{'drawn, ' + name:28} {statistics.median(seconds):.2f} s   ({each})")
            browser.close()


def bytes_until_drawn(browser, address: str) -> int:
    """The bodies of all answers that had begun when the sliders worked, but Plotly's."""
    sizes: list[int] = []
    page = browser.new_context(viewport=driver.DESK).new_page()
    page.on("response", lambda one: "plotly" in one.url or sizes.append(len(one.body())))
    page.goto(address)
    page.wait_for_selector(driver.DRAWN)
    found = sum(sizes)
    page.context.close()
    return found


def drawn_after(browser, address: str, slow: bool) -> float:
    """Seconds from the navigation on, in a browser that has fetched nothing."""
    page = browser.new_context(viewport=driver.DESK).new_page()
    if slow:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        line = {"downloadThroughput": MBIT * 1e6 / 8, "uploadThroughput": MBIT * 1e6 / 8, "latency": DELAY}
        session.send("Network.emulateNetworkConditions", {"offline": False, **line})
    page.goto(address)
    page.wait_for_selector(driver.DRAWN)
    found = page.evaluate(DRAWN_AT) / 1000
    page.context.close()
    return found


if __name__ == "__main__":
    main()
