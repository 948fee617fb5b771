"""Fixtures for the tests that look at the page as a person does."""

from __future__ import annotations

import pytest

from explorer.serving import assets

from .driver import CHROMIUM, COMPLETE, DESK, FLAGS, ROOT, expected, serve


@pytest.fixture(scope="session")
def running_server(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running
    # Streamlit logs tracebacks of its own when a page is closed in the middle of a message
    log = running.log.read_text(encoding="utf-8")
    assert not any(line.lstrip().startswith('File "') and f"{ROOT}/explorer/" in line for line in log.splitlines()), log


@pytest.fixture(scope="session")
def server(running_server) -> str:
    """The address of a fresh server."""
    return running_server.address


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install it, or name it in the environment variable CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def compute(server, chromium):
    """`compute(modules, body, **given)`: what an async function body returns that sees `base`, the modules' address, what the modules
    named export, and what is given."""
    context = chromium.new_context()
    context.set_default_timeout(120_000)
    page = context.new_page()
    base = f"{server}/{assets.address()}"
    page.goto(f"{base}web/kernel/gaussian.js")  # any page of the server will do

    def run(modules: str, body: str, **given):
        return page.evaluate(
            "async ([base, modules, body, given]) => { const all = Object.assign({}, ...await Promise.all(modules.map((name) => import(`${base}web/${name}.js`))));"
            "const seen = { base, ...all, ...given }, AsyncFunction = (async () => {}).constructor;"
            "return await new AsyncFunction(...Object.keys(seen), body)(...Object.values(seen)); }",
            [base, modules.split(), body, given],
        )

    yield run
    context.close()


@pytest.fixture
def open_page(server, chromium):
    """`open_page("?mean=1,2")`: the front page, drawn. Fails the test if the page logs an error, and closes it afterwards."""
    contexts, errors = [], []

    def open_one(query: str = "", *, wait: str | None = COMPLETE, **options):
        context = chromium.new_context(**{"viewport": DESK} | options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type == "error"
                and not expected(message)
                and errors.append(f"{message.text} {message.location['url']}")
            ),
        )
        page.goto(f"{server}/{query}")
        if wait:
            page.wait_for_selector(wait)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors, errors
