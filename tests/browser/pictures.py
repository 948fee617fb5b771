"""Takes README's pictures anew: one of each page, as a teacher's projector shows it.

python -m tests.browser.pictures [NAME ...]
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from .driver import CHROMIUM, COMPLETE, DESK, FLAGS, ROOT, serve

FOLDER = ROOT / ".github"
COLOURS = 128  # of the palette: a picture keeps below 150 kB
SETTLE = 6000  # milliseconds, for what is computed after a page stands

# A picture's name: the page's address, what is awaited, and what is clicked then (roles and names).
PICTURES = {
    "explorer": ("?tool=map", COMPLETE, []),
    "kl": ("kl?tab=two&q2=1,0,2,1,2&p2=0,0,1,0,1", ".kl-lesson[data-ready=true]", []),
    "reparameterisation": ("reparameterisation", ".rep-lesson[data-ready=true]", []),
    "adversary": ("adversary?tab=teach", ".adversary[data-ready=true]", [("button", "100 steps")]),
    "practice": ("practice", ".practice[data-ready=true]", [("button", "Start both")]),
    "scoreboard": ("scoreboard", ".js-plotly-plot", []),
}


def main(names: list[str]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), "app.py") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name in names or PICTURES:
            address, ready, clicks = PICTURES[name]
            page = browser.new_page(viewport=DESK)
            page.goto(f"{server.address}/{address}")
            page.wait_for_selector(ready, timeout=60_000)
            for role, label in clicks:
                page.get_by_role(role, name=label, exact=True).first.click()
            page.wait_for_timeout(SETTLE)
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
            picture.save(FOLDER / f"{name}.png", optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
