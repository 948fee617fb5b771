"""Fixtures for the tests that look at the page as a person does."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urljoin

import pytest

from . import mounted
from .driver import CHROMIUM, COMPLETE, DESK, FLAGS, ROOT, expected, serve

LONG = [  # of the files without a browser
    ROOT / "tests" / name for name in ("test_checks.py", "test_train.py", "test_windows.py", "web/test_adversary.py")
]


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if item.path.parent == ROOT / "tests" / "browser":
            item.add_marker("in_browser")
    # long files first: then several processes end at about the same time
    items.sort(key=lambda item: item.get_closest_marker("in_browser") is None and item.path not in LONG)


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


class Tabs:
    """The browser's tabs, used by one test after another: a tab that has compiled the page opens it in half the time.

    Its viewport and media are set for each test. A tab whose context has other options is another tab. One that a test
    gave scripts, routes or a protocol session of its own is closed after it.
    """

    SPOILING = ("add_init_script", "route", "expose_function", "expose_binding")
    MEDIA: ClassVar = {"color_scheme": "light", "reduced_motion": "no-preference"}

    def __init__(self, chromium):
        self.chromium = chromium
        self.contexts, self.idle = {}, {}

    def take(self, options: dict, own: bool = False):
        """own: a tab that has fetched nothing, for what looks at requests."""
        options = {"viewport": DESK} | self.MEDIA | options
        viewport, media = options.pop("viewport"), {name: options.pop(name) for name in self.MEDIA}
        page = self._take(options, own)
        page.set_viewport_size(viewport)
        page.emulate_media(**media)
        return page

    def _take(self, options: dict, own: bool):
        key = f"own {len(self.contexts)}" if own else repr(sorted(options.items()))
        if self.idle.get(key):
            return self.idle[key].pop()
        if key not in self.contexts:
            context = self.chromium.new_context(viewport=DESK, **options)
            context.set_default_timeout(60_000)
            self.contexts[key] = context
        page = self.contexts[key].new_page()
        page.kept = key
        for owner, name in [*((page, name) for name in self.SPOILING), (page.context, "new_cdp_session")]:
            self._watch(owner, name, page)
        return page

    def give_back(self, page, quiet: str) -> None:
        """quiet: an address of the page's origin where nothing runs."""
        if page.is_closed():
            return
        context = page.context
        if page.kept is None or page.kept.startswith("own") or page.goto(quiet).status >= 500:
            page.close()
        else:
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            self.idle.setdefault(page.kept, []).append(page)
        context.clear_cookies()

    def _watch(self, owner, name: str, page) -> None:
        """From the first call of that method on, the tab is not used again."""
        method = getattr(owner, name)

        def spoil(*arguments, **named):
            if owner is page or page in arguments:
                page.kept = None
            return method(*arguments, **named)

        setattr(owner, name, spoil)

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()


@pytest.fixture(scope="session")
def tabs(chromium):
    tabs = Tabs(chromium)
    yield tabs
    tabs.close()


@pytest.fixture
def open_address(tabs):
    """`open_address(address)`: a page, drawn. Fails the test if a page logs an error.

    ready: the element to wait for; script: runs before the page's own; missing: parts of addresses that may be missing;
    own: a browser that has fetched nothing, for what looks at requests; options: those of the browser's context.
    """
    opened, errors = [], []

    def open_one(
        address: str,
        ready: str | None = COMPLETE,
        *,
        script: str = "",
        missing: tuple[str, ...] = (),
        own: bool = False,
        **options,
    ):
        def logged(message) -> None:
            url = message.location["url"]
            if message.type == "error" and not expected(message) and not any(part in url for part in missing):
                errors.append(f"{message.text} {url}")

        def failed(error) -> None:
            errors.append(error.stack or str(error))

        page = tabs.take(options, own)
        opened.append((page, address, {"console": logged, "pageerror": failed}))
        if script:
            page.add_init_script(script)
        page.on("pageerror", failed)
        page.on("console", logged)
        page.goto(address)
        if ready:
            page.wait_for_selector(ready)
        return page

    yield open_one
    for page, address, listeners in opened:
        tabs.give_back(page, urljoin(address, "/_stcore/health"))
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    assert not errors, errors


@pytest.fixture
def open_page(server, open_address):
    """`open_page("?mean=1,2")`: a page of the server, drawn: the front page, unless the query names another one."""
    return lambda query="", *, wait=COMPLETE, **options: open_address(f"{server}/{query}", wait, **options)


@pytest.fixture
def mount_page(running_server, open_address):
    """`mount_page("kl?tab=two")`: a live page without Streamlit around it, see mounted.py. Otherwise as `open_page`."""

    def mount(query: str = "", *, wait: str | None = COMPLETE, **options):
        served = {"": ROOT / "pretrained", "runs/": running_server.runs}
        name = mounted.write(running_server.mounted, query, served)
        return open_address(f"{running_server.address}/mounted/{name}", wait, **options)

    return mount
