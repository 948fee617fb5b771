"""Models that few people have: copies of a bundle, pictures in many dimensions, one class or very many, hardly a test image."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from .. import small_bundles
from .driver import COMPLETE, DESK, serve

CODES = "map => map.querySelector('.plot').data.flatMap((trace) => [...trace.x].map((x, i) => [x, trace.y[i]]))"
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A server with odd bundles among its runs: {address, runs}."""
    home = tmp_path_factory.mktemp("odd")
    runs = home / "runs"
    for kind in ("ae", "vae", "aae"):
        small_bundles.save(runs / kind, kind)
        for dimensions in (3, 8):
            config = small_bundles.pictures(kind, dimensions)
            small_bundles.save_model(runs / f"pictures-{kind}-{dimensions}", config, RNG.integers(0, 2, 60), umap=dimensions == 8)
    shutil.copytree(runs / "vae", runs / "copy")
    with serve(home, runs=runs) as server:
        yield SimpleNamespace(address=server.address, runs=runs)
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture
def open_odd(odd, chromium):
    """`open_odd("vae", "copy", "&tool=draw")`: the explorer with two of the runs. Fails the test if a page shows a failure or logs an error."""
    contexts, errors = [], []

    def open_one(left: str, right: str, query: str = "", **options):
        context = chromium.new_context(**{"viewport": DESK} | options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and "/_stcore/" not in message.location["url"] and errors.append(message.text))
        page.goto(f"{odd.address}/?left=runs/{left}&right=runs/{right}{query}")
        page.wait_for_selector(COMPLETE)
        return page

    yield open_one
    for context in contexts:
        for page in context.pages:
            failures = page.locator(".failure:visible").all_inner_texts()
            errors.extend(failures)
        context.close()
    assert not errors, errors


def maps(page) -> list[list[list[float]]]:
    """The codes on both maps."""
    return [sorted(page.locator(".map").nth(side).evaluate(CODES)) for side in (0, 1)]


def test_a_copy_of_a_bundle_shows_the_same_map_under_its_own_name(open_odd):
    page = open_odd("vae", "aae")
    page.get_by_role("combobox", name="Model in the right panel").select_option("runs/copy")
    page.wait_for_url("**right=runs%2Fcopy**")
    page.locator(".panel.right .facts").filter(has_text="Its loss holds each q(z|x)").wait_for()
    left, right = maps(page)
    assert left == right and len(left) == 360


def test_a_bundle_and_its_copy_open_by_their_address(open_odd):
    left, right = maps(open_odd("vae", "copy"))
    assert left == right and len(left) == 360


@pytest.mark.slow
@pytest.mark.parametrize("left, right", [("pictures-vae-8", "pictures-aae-8"), ("pictures-ae-3", "pictures-vae-3")])
def test_pictures_in_many_dimensions_open_with_every_tool(open_odd, left, right):
    page = open_odd(left, right, "&near=find&near_find=class-1&walk=-1,-1;1,1&sum=0,1&underlay=stretch&colour=density")
    page.locator(".facts").first.filter(has_text="decoder's response").wait_for()  # what the bars show, too
    tools = page.locator(".tools button")
    assert tools.count() == 7
    for i in [*range(2, 7), 0]:
        tools.nth(i).click()
        page.wait_for_selector(f".tools button:nth-of-type({i + 1})[aria-pressed=true]")
        page.wait_for_selector(".tool[data-ready]" if i else ".sliders:visible")
        page.wait_for_timeout(500)
        assert page.locator(".failure:visible").count() == 0
    tools.nth(1).click()  # no training was recorded
    page.get_by_text("No recording").first.wait_for()
