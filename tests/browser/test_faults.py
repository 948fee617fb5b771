"""A page outlives its server and its connection: its content stays, and changes reach the address later."""

from __future__ import annotations

import re
import time
from urllib.parse import urlparse

import pytest

from .driver import COMPLETE, ROOT, address, expected_while_away, serve

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / "pretrained" / "digits-aae").exists(), reason="no shipped models: python train.py makes them"
    ),
]

EXPLORER = "?left=digits-vae&right=digits-aae&mean=1.25,-0.5"
# A page, when it stands, a change of it by hand and one that takes it back, and what the address says in between.
PAGES = {
    "explorer": (EXPLORER, COMPLETE, lambda page: page.get_by_role("slider", name="μ₁", exact=True).press("PageUp"),
        lambda page: page.get_by_role("slider", name="μ₁", exact=True).press("PageDown"), r"mean=(?!1\.25)"),
    "kl": ("kl?q=1.5,0.75", ".kl-lesson[data-ready=true]",
        lambda page: page.get_by_role("tab", name="Two dimensions").click(),
        lambda page: page.get_by_role("tab", name="One dimension").click(), r"tab=two"),
    "adversary": ("adversary?tab=teach&std=0.75", ".adversary[data-ready=true]",
        lambda page: page.get_by_role("tab").first.click(), lambda page: page.get_by_role("tab").nth(1).click(),
        r"tab=field"),
    "practice": (
        "practice?a=vae,digits,beta=2.5&b=aae,digits&where=server", ".practice[data-ready=true]",
        lambda page: page.locator(".run.a .kinds input").first.check(),
        lambda page: page.locator(".run.a .kinds input").nth(1).check(), r"a=ae",
    ),
}  # fmt: skip


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            message.type == "error" and not expected_while_away(message) and page.errors.append(message.text)
        ),
    )
    yield page
    context.close()


def assert_nothing_is_wrong(page) -> None:
    assert page.errors == []
    assert page.get_by_role("dialog").count() == 0 and page.get_by_text("Traceback").count() == 0
    assert page.get_by_test_id("stException").count() == 0 and page.get_by_test_id("stAlert").count() == 0


def wait_until_connected(page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]", timeout=90_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


@pytest.mark.parametrize("path, ready, change, change_back, changed", PAGES.values(), ids=PAGES)
def test_the_server_is_restarted_under_an_open_page(page, tmp_path, path, ready, change, change_back, changed):
    with serve(tmp_path) as first:
        page.goto(f"{first.address}/{path}")
        page.wait_for_selector(ready)
        wait_until_connected(page)
        change(page)
        page.wait_for_url(re.compile(changed))
        before = address(page)
    page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    assert page.locator(ready).is_visible()  # while there is no server
    with serve(tmp_path, port=urlparse(first.address).port) as second:
        wait_until_connected(page)
        page.wait_for_selector(ready)
        assert address(page) == before
        change_back(page)
        page.wait_for_url(
            lambda url: not re.search(changed, url)
        )  # a change reaches a server that knew nothing of the page
        assert not re.search(changed, page.url)
        before = address(page)
        page.reload()
        page.wait_for_selector(ready)
        assert address(page) == before
        assert_nothing_is_wrong(page)
        assert "Traceback" not in second.log.read_text(encoding="utf-8")


def test_trainings_that_went_with_the_server_are_named_and_can_begin_anew(page, tmp_path):
    path, ready, *_ = PAGES["practice"]
    with serve(tmp_path) as first:
        page.goto(f"{first.address}/{path}")
        page.wait_for_selector(ready)
        page.get_by_role("button", name="Step run A", exact=True).click()
        page.wait_for_selector(".run.a[data-state=paused]")
    page.get_by_text("The server does not answer").wait_for()
    with serve(tmp_path, port=urlparse(first.address).port):
        page.get_by_text("The server was restarted: trainings that were not saved are gone").wait_for(timeout=120_000)
        page.wait_for_selector(".run.a[data-state=ready]")
        page.get_by_role("button", name="Step run A", exact=True).click()
        page.wait_for_selector(".run.a[data-state=paused]")
        assert page.errors == []


@pytest.mark.parametrize("path, ready, change, change_back, changed", PAGES.values(), ids=PAGES)
def test_the_connection_is_cut_for_ten_seconds(page, server, path, ready, change, change_back, changed):
    open_ones, cut = [], False

    def pass_on(socket) -> None:
        if cut:
            socket.close()
        else:
            open_ones.append(socket)
            socket.connect_to_server()

    page.route_web_socket(re.compile("_stcore/stream"), pass_on)
    page.goto(f"{server}/{path}")
    page.wait_for_selector(ready)
    wait_until_connected(page)
    cut = True
    for socket in open_ones:
        socket.close()
    page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    begun = time.monotonic()
    change(page)  # the page goes on without the server
    page.wait_for_timeout(10_000 - 1000 * (time.monotonic() - begun))
    assert page.locator(ready).is_visible() and not re.search(changed, page.url)
    cut = False
    wait_until_connected(page)
    page.wait_for_url(re.compile(changed), timeout=90_000)  # what was changed meanwhile
    assert_nothing_is_wrong(page)
