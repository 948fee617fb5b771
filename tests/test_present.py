"""When presentation mode is on: as the address says, on the next page too, and off again by Back."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from explorer.ui import carried, present

PAGES = [SimpleNamespace(url_path=name, title=name.title()) for name in ("explore", "kl", "scoreboard")]


@pytest.fixture
def run(monkeypatch):
    """`run(has_arrived, press=True, page=1, **address)`: a run of the script. Returns the address that it leaves.

    `run.bar`: what the bar shows, from left to right.
    """
    fake = SimpleNamespace(
        session_state={},
        query_params={},
        button=lambda *_, on_click, **__: fake.pressed(on_click),
        container=lambda **_: nullcontext(),
        page_link=lambda page, **_: one.bar.append(page.title),
    )
    fake.html = lambda text: one.bar.append(text) if text.startswith("<b>") else None
    fake.pressed = lambda on_click: setattr(fake, "turn", on_click)
    for module in (present, carried):
        monkeypatch.setattr(module, "st", fake)

    def one(has_arrived: bool = False, press: bool = False, page: int = 1, **address: str) -> dict:
        one.bar = []
        fake.query_params.clear()
        fake.query_params.update(address)
        if press:
            fake.turn()
        present.show(has_arrived, PAGES[page], PAGES)
        return dict(fake.query_params)

    return one


def test_the_button_turns_it_on_and_off_in_the_address(run):
    assert run(has_arrived=True) == {} and not present.is_on()
    assert run(press=True, tab="two") == {"tab": "two", "present": "on"} and present.is_on()
    assert run(press=True, tab="two", present="on") == {"tab": "two"} and not present.is_on()


def test_back_to_an_address_before_it_leaves_it(run):
    run(has_arrived=True)
    run(press=True)
    assert run() == {} and not present.is_on()
    assert run(present="on") == {"present": "on"} and present.is_on()  # and forward


def test_it_stays_on_the_next_page(run):
    run(has_arrived=True, present="on")
    assert run(has_arrived=True) == {"present": "on"} and present.is_on()


def test_the_bar_leads_to_the_page_before_and_the_page_after(run):
    run(has_arrived=True)
    assert run.bar == []
    bars = []
    for page in range(len(PAGES)):
        run(has_arrived=True, present="on", page=page)
        bars.append(run.bar)
    assert bars == [["<b>Explore</b>", "Kl"], ["Explore", "<b>Kl</b>", "Scoreboard"], ["Kl", "<b>Scoreboard</b>"]]
