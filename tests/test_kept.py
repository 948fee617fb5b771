"""Which view an address without parameters opens: at first, after other pages, and by the browser's Back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from explorer.ui import kept

DEFAULT = {"tab": "one"}


class Address(dict):
    """What the program writes to st.query_params, with the number of times that it does."""

    writes = 0

    def update(self, *arguments) -> None:
        self.writes += 1
        super().update(*arguments)

    def from_dict(self, params) -> None:
        self.clear()
        self.update(params)


@pytest.fixture
def browser(monkeypatch):
    """{open(page): a script's run that shows a page, change(tab), go(**params): as Back does}."""
    monkeypatch.setattr(kept.carried, "params", dict)
    fake = SimpleNamespace(session_state={}, query_params=Address())
    monkeypatch.setattr(kept, "st", fake)

    def open_page(page: str = "lesson") -> dict:
        if page != fake.session_state.get("kept_page"):
            fake.query_params.clear()  # as Streamlit does
        kept.arrive(page)
        if page != "lesson":
            return {}
        return kept.current("lesson", lambda params: (DEFAULT | params, []), dict, ("tab",))[0]

    def change(tab: str, **more: int) -> None:
        fake.session_state["lesson"] = {"state": {"tab": tab} | more}
        kept.keeper("lesson", dict, lambda state: {"tab": state["tab"]})()

    def go(**params) -> dict:
        fake.query_params.clear()
        dict.update(fake.query_params, params)
        return open_page()

    return SimpleNamespace(open=open_page, change=change, go=go, address=fake.query_params)


def test_a_second_run_of_the_script_writes_no_address(browser):
    assert browser.open() == browser.open() == DEFAULT
    assert browser.address == {} and browser.address.writes == 0


def test_back_to_the_bare_address_shows_the_first_view_again(browser):
    browser.open()
    browser.change("two")
    assert browser.open()["tab"] == "two" and browser.address == {"tab": "two"}
    assert browser.go() == DEFAULT and browser.address == {}
    assert browser.go(tab="two")["tab"] == "two"  # and forward


def test_a_visit_to_another_page_restores_the_last_view(browser):
    browser.open()
    browser.change("two")
    browser.open("other")
    assert browser.open()["tab"] == "two" and browser.address == {"tab": "two"}
    assert browser.open()["tab"] == "two"


def test_a_page_that_was_never_changed_keeps_its_bare_address(browser):
    browser.open()
    browser.open("other")
    assert browser.open() == DEFAULT and browser.address == {}


def test_a_message_that_streamlit_brings_back_undoes_nothing(browser):
    browser.open()
    browser.change("two", revision=1)
    assert browser.go(tab="three")["tab"] == "three"  # as the tour's Show me does
    browser.change("two", revision=1)
    assert browser.open()["tab"] == "three" and browser.address == {"tab": "three"}
    browser.change("two", revision=2)
    assert browser.open()["tab"] == "two"
