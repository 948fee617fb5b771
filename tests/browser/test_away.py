"""Trainings outlive a cut connection, a lost session, a reload; a duplicated tab has trainings of its own."""

from __future__ import annotations

import re
import time

import pytest

from explorer.background.sessions import SessionRegistry

from .driver import DESK, expected_while_away, serve
from .proxy import Relay

READY = ".practice[data-ready=true]"
PATH = "practice?a=vae,digits,epochs=1000,batch_size=8&b=aae,digits,hidden=32&where=server"
GRACE, KEPT = 8.0, 2.5  # seconds: for which a training waits for its page, and Streamlit keeps a session

# The app with less patience than it has.
APP = f"""
import streamlit as st
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from explorer.background import sessions
from explorer.serving import app as serving
sessions.SessionRegistry.GRACE = {GRACE}
MemorySessionStorage.__init__.__defaults__ = (128, {KEPT})
app = st.App(**serving.arguments())
"""


# Lets no question for the trainings' state go out.
HOLD = """() => {
  const ask = window.fetch, held = [];
  const hold = () => new Promise((_, reject) => held.push(reject));
  window.fetch = (address, options) => (options?.method === "POST" ? ask(address, options) : hold());
  window.letGo = () => { window.fetch = ask; for (const reject of held) reject(new Error("held")); };
}"""


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """The address of a server that soon ends what was left."""
    folder = tmp_path_factory.mktemp("impatient")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    with serve(folder, str(folder / "app.py")) as running:
        yield running.address
        assert "Traceback" not in running.log.read_text(encoding="utf-8")


@pytest.fixture
def relay(impatient):
    with Relay(impatient) as relay:
        yield relay


@pytest.fixture
def context(chromium):
    context = chromium.new_context(viewport=DESK)
    context.set_default_timeout(60_000)
    context.errors = []
    yield context
    context.close()
    assert context.errors == []


def watch(page):
    errors = page.context.errors
    page.on("pageerror", lambda error: errors.append(str(error)))

    def note(message) -> None:
        if message.type == "error" and not expected_while_away(message):
            errors.append(message.text)

    page.on("console", note)
    return page


def visit(context, address: str, path: str = PATH):
    page = watch(context.new_page())
    page.goto(f"{address}/{path}")
    page.wait_for_selector(READY)
    return page


def start(page, side: str = "a") -> None:
    """At a pace that leaves it half an hour to go."""
    page.locator(f".run.{side} .pace").select_option("100")
    page.get_by_role("button", name=f"Start run {side.upper()}", exact=True).click()
    page.wait_for_selector(f".run.{side}[data-state=running]")
    goes_on(page, side)


def run(page, side: str = "a") -> dict[str, str]:
    return page.locator(f".run.{side}").evaluate("e => ({...e.dataset})")


def goes_on(page, side: str = "a", since: int = 0) -> None:
    """Waits until the page sees it train."""
    element = page.locator(f".run.{side}").element_handle()
    taken = max(since, int(run(page, side)["taken"]))
    trains = "([e, taken]) => e.dataset.state === 'running' && Number(e.dataset.taken) > taken + 5"
    page.wait_for_function(trains, arg=[element, taken])


def sentence(page) -> str:
    box = page.locator(".practice > .failure, .practice .failure:not(.problem)").first
    return box.inner_text() if box.is_visible() else ""


def test_a_training_goes_on_while_the_connection_is_cut(context, relay):
    page = visit(context, relay.address)
    start(page)
    before = run(page)
    relay.cut(GRACE / 2)
    page.get_by_text("The server does not answer").wait_for(state="hidden")
    goes_on(page, since=int(before["taken"]))
    assert run(page)["id"] == before["id"] and sentence(page) == ""


@pytest.mark.slow
def test_the_page_asks_again_where_an_answer_never_comes(context, server):
    context.set_default_timeout(120_000)
    with Relay(server) as relay:
        page = visit(context, relay.address)
        start(page)
        relay.lose()
        before = run(page)
        goes_on(page, since=int(before["taken"]))
        assert run(page)["id"] == before["id"] and sentence(page) == ""


@pytest.mark.slow
def test_a_command_to_trainings_that_are_gone_leaves_the_reason_to_be_read(context, relay):
    page = visit(context, relay.address)
    start(page)
    page.evaluate(HOLD)
    relay.cut(2 * GRACE)
    page.evaluate("() => window.letGo()")  # the page asks a little later: it is the command that finds them gone
    page.get_by_role("button", name="Pause run A", exact=True).click()
    page.get_by_text("This page was away for too long").wait_for()
    page.wait_for_selector(".run.a[data-state=ready]")
    assert "away for too long" in sentence(page)
    start(page)


@pytest.mark.slow
def test_a_training_goes_on_in_a_new_session_where_the_old_one_was_lost(context, relay):
    page = visit(context, relay.address)
    start(page)
    before = run(page)
    relay.cut(GRACE - 2)  # longer than Streamlit keeps the session
    goes_on(page)
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    page.locator(".run.b .kinds input").first.check(force=True)  # only now a script runs, for the new session
    page.wait_for_url(re.compile("b=ae"))
    time.sleep(2 * GRACE)  # nobody waits any more for the old session's
    goes_on(page)
    assert run(page)["id"] == before["id"] and sentence(page) == ""
    page.get_by_role("link", name="Scoreboard").click()
    page.wait_for_selector("[data-testid=stDataFrame]")
    time.sleep(2 * GRACE)  # and the new session holds it, where its page asks no more
    page.get_by_role("link", name="4 Practice").click()
    page.wait_for_selector(READY)
    goes_on(page)
    assert run(page)["id"] == before["id"]


@pytest.mark.slow
def test_a_cut_on_another_page_of_the_app_ends_no_training(context, relay):
    page = visit(context, relay.address)
    start(page)
    before = run(page)
    page.get_by_role("link", name="Scoreboard").click()
    page.wait_for_selector("[data-testid=stDataFrame]")
    relay.cut(KEPT / 2)
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    time.sleep(2 * GRACE)  # the session is there, though no script has run since the cut
    page.get_by_role("link", name="4 Practice").click()
    page.wait_for_selector(READY)
    goes_on(page)
    assert run(page)["id"] == before["id"]


@pytest.mark.slow
def test_a_page_that_was_away_for_too_long_says_so_and_begins_again_by_itself(context, relay):
    page = visit(context, relay.address)
    start(page)
    relay.cut(2 * GRACE)
    page.get_by_text("This page was away for too long: trainings that were not saved have ended").wait_for()
    page.wait_for_selector(".run.a[data-state=ready]")
    assert page.locator(".run.a").get_by_label("epochs", exact=True).input_value() == "1000"  # the choices are kept
    start(page)


def test_a_reload_finds_its_trainings_again(context, impatient):
    page = visit(context, impatient)
    start(page)
    page.get_by_role("button", name="Step run B", exact=True).click()
    page.wait_for_selector(".run.b[data-state=paused][data-taken='1']")
    before = {side: run(page, side) for side in "ab"}
    for _ in range(3):
        page.reload()
        page.wait_for_selector(READY)
        page.wait_for_selector(".run.b[data-state=paused][data-taken='1']")
        goes_on(page)
        assert [run(page, side)["id"] for side in "ab"] == [before[side]["id"] for side in "ab"]
    time.sleep(2 * GRACE)
    goes_on(page)
    page.get_by_role("button", name="Stop run A", exact=True).click()
    page.wait_for_selector(".run.a[data-state=stopped]")


@pytest.mark.slow
def test_a_reload_after_too_long_says_that_the_trainings_have_ended(context, impatient):
    page = visit(context, impatient)
    start(page)
    page.goto("about:blank")
    time.sleep(2 * GRACE)
    page.goto(f"{impatient}/{PATH}")
    page.get_by_text("This page was away for too long").wait_for()
    page.wait_for_selector(".run.a[data-state=ready]")
    page.reload()
    page.wait_for_selector(READY)
    assert sentence(page) == ""  # once


def test_a_duplicated_tab_has_trainings_of_its_own(context, impatient):
    page = visit(context, impatient)
    start(page)
    before = run(page)
    with context.expect_page() as opened:  # with a copy of the tab's storage, as a duplicate has
        page.evaluate("() => void window.open(location.href)")
    other = watch(opened.value)
    other.wait_for_selector(READY)
    other.wait_for_selector(".run.a[data-state=ready][data-revision='1']")  # an untrained model of its own
    assert other.evaluate("() => sessionStorage.length") == 0 and run(other)["id"] != before["id"]
    start(other)
    assert run(other)["id"] != before["id"]
    goes_on(page)
    other.reload()
    other.wait_for_selector(READY)
    goes_on(other)
    other.close()
    goes_on(page)
    assert run(page)["id"] == before["id"]


@pytest.mark.slow
def test_a_phone_that_is_locked_for_long_loses_no_training(context, server):
    """With the patience that the app has."""
    with Relay(server) as relay:
        page = visit(context, relay.address)
        start(page)
        before = run(page)
        for seconds in (
            100,
            SessionRegistry.GRACE - 20,
        ):  # within and beyond the time for which Streamlit keeps a session
            relay.cut(seconds)
            page.get_by_text("The server does not answer").wait_for(state="hidden", timeout=120_000)
            goes_on(page, since=int(before["taken"]))
            assert run(page)["id"] == before["id"] and sentence(page) == ""
        page.get_by_role("button", name="Stop run A", exact=True).click()
        page.wait_for_selector(".run.a[data-state=stopped]")
