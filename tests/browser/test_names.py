"""Names of folders and classes may hold any sign that a disk takes: pages show them as they are, and run nothing."""

from __future__ import annotations

import os
from types import SimpleNamespace
from urllib.parse import quote
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.files import readable

from .. import small_bundles
from .driver import COMPLETE, DESK, address, at_rest, expected, serve

IMAGE = "<img src=x onerror='window.ran = 1'>"
CLASSES = (IMAGE, '"><b id=bold>bold</b>', "кошки 🐱 & собаки", "$x$ `y` {name} \\ ]]> <!--")
FOLDERS = [  # of bundles: as many as a page's list has
    b"quo'te \"s\"", b"$(touch x)", IMAGE.encode() + b"&lt;", b"semi;colon, comma", b"per%2fcent%00", b"[b]rac{k}ets*?",
    "кошки 🐱".encode(), b"caf\xe9", b"#hash&amp=1 back\\slash", b"<script>window.ran = 2<script>",
]  # fmt: skip


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A server of bundles with odd names, of pictures whose classes have odd names: {address, names}."""
    home = tmp_path_factory.mktemp("named")
    runs = home / "runs"
    names = [os.fsdecode(name) for name in FOLDERS]
    labels = np.arange(60) % len(CLASSES)
    for i, name in enumerate(names):
        kind, path = ("vae", "aae")[i % 2], f"/nowhere/{IMAGE}$x$ caf\udce9 {i}"
        config = small_bundles.pictures(kind, classes=CLASSES, folder=path)
        small_bundles.save_model(runs / name, config, labels, recorded=True)
    with serve(home, runs=runs) as server:
        yield SimpleNamespace(address=server.address, names=[f"runs/{readable(name)}" for name in names])
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture
def open_named(named, chromium):
    """`open_named(left, right, "&tool=draw")`: the explorer with two of them. Nothing of their names may have run."""
    context = chromium.new_context(viewport=DESK)
    context.set_default_timeout(60_000)
    wrong: list[str] = []

    def watch(page):
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        errors = lambda message: message.type == "error" and not expected(message)  # noqa: E731
        page.on("console", lambda message: errors(message) and wrong.append(message.text))
        return page

    page = watch(context.new_page())

    def open_one(left: str, right: str, query: str = ""):
        page.goto(f"{named.address}/?left={quote(left, safe='')}&right={quote(right, safe='')}{query}")
        page.wait_for_selector(COMPLETE)
        return page

    yield SimpleNamespace(open=open_one, watch=watch, context=context)
    for one in context.pages:
        assert one.evaluate("() => window.ran ?? null") is None
        assert one.locator("img[src=x], #bold").count() == 0
        assert one.locator(".failure:visible").all_inner_texts() == []
    context.close()
    assert wrong == []


def chosen(page) -> list[str]:
    return [page.get_by_role("combobox", name=f"Model in the {side} panel").input_value() for side in ("left", "right")]


def test_a_bundle_of_any_name_opens_by_its_address_and_by_the_list(named, open_named):
    pairs = list(zip(named.names, [*named.names[1:], named.names[0]]))
    for left, right in pairs:
        page = open_named.open(left, right)
        assert chosen(page) == [left, right]
        assert page.get_by_test_id("stAlert").count() == 0
    for name in named.names:
        page.get_by_role("combobox", name="Model in the left panel").select_option(name)
        page.wait_for_function("name => new URL(location).searchParams.get('left') === name", arg=name)
        page.wait_for_selector(COMPLETE)
    assert address(page)["left"] == named.names[-1]


@pytest.mark.slow
def test_classes_are_shown_as_they_are_wherever_they_stand(named, open_named):
    page = open_named.open(named.names[0], named.names[1], "&tool=near&near=region&near_region=square,4&mean=0,0")
    assert page.locator(".legend button").all_inner_texts() == list(CLASSES)
    page.locator(".classes .class").nth(len(CLASSES) - 1).wait_for()
    assert page.locator(".classes .class span:first-child").all_inner_texts() == list(CLASSES)
    page.locator("td").filter(has_text=CLASSES[0]).first.wait_for()
    at_rest(page)
    assert page.locator(".failure:visible").count() == 0
    page = open_named.open(named.names[0], named.names[1], "&tool=near&near=find&near_find=class-0")
    page.get_by_text(CLASSES[0]).first.wait_for()
    page = open_named.open(named.names[0], named.names[1], "&tool=walk&sum=0,1")
    page.wait_for_selector(".tool[data-ready=walk]")
    assert page.locator("select.a option").all_inner_texts()[: len(CLASSES)] == list(CLASSES)
    page = open_named.open(named.names[0], named.names[1], "&moment=1&field=D")
    page.wait_for_selector(".explorer[data-replay=true]")


@pytest.mark.slow
def test_what_is_taken_away_shows_names_as_they_are(named, open_named, tmp_path):
    page = open_named.open(named.names[2], named.names[1], "&tool=take")
    page.wait_for_selector(".tool[data-ready=take]")

    def taken(press) -> bytes:
        with page.expect_download() as waiting:
            press()
        return waiting.value.path().read_bytes()

    svg = taken(page.get_by_role("button", name="VAE map: SVG", exact=True).click).decode()
    texts = [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert set(CLASSES) <= set(texts)
    file = tmp_path / "taken.html"
    file.write_bytes(taken(page.get_by_role("button", name="Make the file").click))
    alone = open_named.watch(open_named.context.new_page())
    alone.goto(f"file://{file}")
    alone.wait_for_selector(COMPLETE)
    assert alone.locator(".legend button").all_inner_texts() == list(CLASSES)
    assert chosen(alone) == [named.names[2], named.names[1]]


@pytest.mark.slow
def test_the_scoreboard_shows_names_as_they_are(named, open_named):
    page = open_named.watch(open_named.context.new_page())
    page.goto(f"{named.address}/scoreboard")
    page.get_by_test_id("stDataFrame").first.wait_for()
    at_rest(page)
    assert page.locator("[data-testid=stAlert] img, .katex").count() == 0
