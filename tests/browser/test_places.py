"""The places in a network from which the app is served: below a path of its own, behind a proxy, through a tunnel."""

from __future__ import annotations

from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from .driver import CHROMIUM, COMPLETE, DESK, FLAGS, expected, serve
from .proxy import proxy

# By its path: what is there when a page is drawn, and what it must have fetched.
PAGES = {
    "?left=digits-vae&right=digits-aae&pick=digits:3": (
        COMPLETE,
        "explore/page.js tensors/ originals/digits?rows=3 plotly.min.js",
    ),
    "?left=mnist-vae-16d&right=mnist-aae-16d": (COMPLETE, "umaps"),
    "kl": (".kl-lesson[data-ready=true]", "kl/page.js"),
    "reparameterisation?view=vae": (".rep-lesson[data-ready=true]", "reparameterisation/page.js"),
    "adversary?tab=field": (".adversary[data-ready=true]", "adversary/page.js latents/"),
    "practice": (".practice[data-ready=true]", "practice/page.js runs/"),
    "scoreboard": ("[data-testid=stDataFrame]", ""),
}
FETCHED = """part => performance.getEntriesByType("resource")
  .some(({ name, responseStatus }) => name.includes(part) && responseStatus < 400)"""


def is_error(message) -> bool:
    return message.type == "error" and not expected(message)


@pytest.fixture(scope="module")
def below_a_path(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("below"), base_path="/lab") as server:
        yield server.address


@pytest.fixture(scope="module")
def behind_a_proxy(server):
    """The server knows nothing of the path: the proxy takes it off."""
    with proxy(server, below="/lab") as address:
        yield address


@pytest.fixture(params=["below_a_path", "behind_a_proxy"])
def address(request) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def elsewhere(chromium):
    """A browser for which vae.uni.example is this machine."""
    rule = "--host-resolver-rules=MAP vae.uni.example 127.0.0.1"
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, rule])
    yield browser
    browser.close()


@pytest.fixture
def visit(chromium):
    """`visit()`: a page that notes its errors and what it asks for, in lists of that name."""
    contexts = []

    def open_one(browser=chromium):
        context = browser.new_context(viewport=DESK)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        errors, asked = [], []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: errors.append(f"{message.text} {message.location['url']}") if is_error(message) else None,
        )
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
        return page, errors, asked

    yield open_one
    for context in contexts:
        context.close()


def test_all_pages_draw_below_a_path(visit, address):
    page, errors, asked = visit()
    for path, (drawn, fetched) in PAGES.items():
        asked.clear()
        page.goto(f"{address}/{path}")
        page.wait_for_selector(drawn)
        for part in fetched.split():
            page.wait_for_function(FETCHED, arg=part)
        assert [url for url in asked if not url.startswith((f"{address}/", "blob:", "data:"))] == []
    assert errors == []


def test_addresses_keep_the_path(visit, address):
    page, errors, _ = visit()
    page.goto(f"{address}/?left=digits-vae&right=digits-aae")
    page.wait_for_selector(COMPLETE)
    page.get_by_role("slider", name="μ₁", exact=True).press("End")
    page.wait_for_url(lambda url: url.startswith(f"{address}/?mean=4"))
    view = page.url
    page.reload()
    page.wait_for_selector(COMPLETE)
    links = page.get_by_test_id("stTopNavLink")
    links.filter(has_text="Recall KL").click()
    page.wait_for_url(lambda url: url.startswith(f"{address}/kl"))
    page.wait_for_selector(".kl-lesson[data-ready=true]")
    links.nth(0).click()
    page.wait_for_url(view)
    page.wait_for_selector(COMPLETE)
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_selector(".tool[data-ready=take]")
    assert page.locator(".take-link input").input_value().startswith(f"{address}/?mean=4,")
    assert page.get_by_role("link", name="The page from its start").get_attribute("href") == f"{address}/"
    assert errors == []


def test_the_room_is_let_in_by_the_address_that_the_browser_shows(visit, server, elsewhere):
    with proxy(server, below="/vae-kl") as address:
        public = address.replace("localhost", "vae.uni.example")
        page, errors, _ = visit(elsewhere)
        for path, drawn in (("?mean=1,2", COMPLETE), ("kl?tab=two", ".kl-lesson[data-ready=true]")):
            page.goto(f"{public}/{path}")
            page.wait_for_selector(drawn)
            if path.startswith("?"):  # the sidebar stays open
                page.get_by_test_id("stExpandSidebarButton").click()
            page.get_by_role("button", name="Share with a class").click()
            dialog = page.get_by_role("dialog")
            dialog.get_by_text(public, exact=True).wait_for()
            link = dialog.get_by_test_id("stCode").inner_text().strip()
            assert link.startswith(f"{public}/{path}")
            assert dialog.get_by_role("img").get_attribute("alt") == f"QR code of {link}"
    assert errors == []


def test_a_page_that_is_refused_says_why_and_what_to_do(visit, elsewhere, tmp_path):
    running = ExitStack()
    server = running.enter_context(serve(tmp_path))
    with running, proxy(server.address, keeps_host=False) as address:
        public = address.replace("localhost", "vae.uni.example")
        page, _, _ = visit(elsewhere)
        page.goto(f"{public}/kl")
        sentence = page.get_by_text("This page cannot connect")
        sentence.wait_for()
        option = f"--server.corsAllowedOrigins {public}"
        assert option in sentence.inner_text()
        running.close()
        with serve(tmp_path, port=urlsplit(server.address).port, options=option.split()):
            page.wait_for_selector(".kl-lesson[data-ready=true]")
            sentence.wait_for(state="detached")
