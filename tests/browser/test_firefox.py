"""The main job in Firefox, by keys alone: a slider, the KL, the pictures, the probe on a map, another page."""

from __future__ import annotations

import re

import pytest

from .driver import ROOT
from .firefox import FIREFOX, firefox

KL = "return live().querySelector('.kl').textContent;"
HASHES = (
    "return [...live().querySelectorAll('.pictures canvas')].map((c) => "
    "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((h, v) => (h * 31 + v) | 0, 7));"
)
# How many dots' pixels each map shows.
DOTS = (
    "return [...live().querySelectorAll('.map')].map((map) => { const c = map.querySelector('.sketchpad');"
    "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; "
    "for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; });"
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        FIREFOX is None, reason="no Firefox on this machine: install it, or name it in the environment variable FIREFOX"
    ),
    pytest.mark.skipif(
        not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
    ),
]


@pytest.fixture
def page(tmp_path):
    pytest.importorskip("websockets.sync.client", reason="websockets is not installed")
    with firefox(tmp_path) as tab:
        tab.resize(1366, 768)
        yield tab
    assert not tab.errors, tab.errors


def test_the_main_job_in_firefox(server, page):
    page.goto(server)
    page.until("return live()?.dataset.maps === 'true';")
    assert min(page.js(DOTS)) > 5000  # all 10,000 codes
    assert page.js(KL) == "1.135 nats"  # of N(0, e⁻² I): e⁻² − 1 + 2
    pictures = page.js(HASHES)
    page.tab_to("μ₁")
    page.press("ArrowRight", times=100)  # to 1
    assert (
        page.until(
            "return /^1\\.635/.test(live().querySelector('.kl').textContent) && "
            "live().querySelector('.kl').textContent;"
        )
        == "1.635 nats"
    )  # + ½
    assert all(a != b for a, b in zip(pictures, page.js(HASHES)))
    page.until("return new URLSearchParams(location.search).get('mean') === '1,0';")
    page.tab_to("Resample ε")
    before = page.js(HASHES)
    page.press("Enter")
    page.until("return new URLSearchParams(location.search).get('noise') !== '0.8,-0.6';")
    after = page.js(HASHES)
    assert [a == b for a, b in zip(before, after)] == [True, True, False, False]  # at μ, at z
    page.tab_to("Probe in the VAE map; arrow keys move it")
    page.press("ArrowUp", times=2)
    page.until("return new URLSearchParams(location.search).get('mean') === '1,0.1';")
    page.tab_to("1 Recall KL", key="Shift+Tab")
    page.press("Enter")
    page.until("return live()?.matches('.kl-lesson[data-ready=true]');")
    assert re.fullmatch(r"1\.307 nats", page.js("return live().querySelector('output.kl').textContent;"))


def test_other_pages_and_tools_open_in_firefox(server, page):
    for path, ready in (
        ("reparameterisation?view=draws", ".rep-lesson[data-ready=true]"),
        ("adversary?tab=teach", ".adversary[data-ready=true]"),
        ("practice", ".practice[data-ready=true]"),
        ("?tool=walk&walk=-1,0;1,1", ".explorer[data-maps=true]"),
        ("?moment=12", ".explorer.replaying[data-maps=true]"),
    ):
        page.goto(f"{server}/{path}")
        page.until(f"return live()?.matches('{ready}');")
        assert page.js("return live().querySelector('.failure').hidden;")
