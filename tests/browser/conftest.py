"""Fixtures for the tests that look at the page as a person does."""

from __future__ import annotations

import pytest

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
def common_context(chromium):
    """The context of all pages that ask for nothing special: what one page fetched and compiled serves the next."""
    context = chromium.new_context(viewport=DESK)
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture
def open_address(chromium):
    """`open_address(address)`: a page in its own context. Fails the test if it logs an error, and closes it afterwards.

    ready: the element to wait for; script: runs before the page's own; missing: parts of addresses that may be missing.
    """
    contexts, errors = [], []

    def open_one(address: str, ready: str = COMPLETE, *, script: str = "", missing: tuple[str, ...] = (), **options):
        def logged(message) -> None:
            url = message.location["url"]
            if message.type == "error" and not expected(message) and not any(part in url for part in missing):
                errors.append(f"{message.text} {url}")

        context = chromium.new_context(**{"viewport": DESK} | options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", logged)
        page.goto(address)
        page.wait_for_selector(ready)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def open_page(server, chromium, common_context):
    """`open_page("?mean=1,2")`: the front page, drawn. Fails the test if it logs an error, and closes it afterwards."""
    contexts, pages, errors = [], [], []

    def open_one(query: str = "", *, wait: str | None = COMPLETE, **options):
        context = common_context
        if options:
            context = chromium.new_context(**{"viewport": DESK} | options)
            context.set_default_timeout(60_000)
            contexts.append(context)
        page = context.new_page()
        pages.append(page)
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
    for page in pages:
        if page.context is common_context and not page.is_closed():
            page.evaluate("() => localStorage.clear()")
            page.close()
    for context in contexts:
        context.close()
    common_context.clear_cookies()
    assert not errors, errors
