"""Who can open the app, as the panel for a room says it; and what spares the server work while a room is in."""

from __future__ import annotations

import gc
import sys
import tomllib
from pathlib import Path

import pytest

from explorer.ui import room, settled

ROOT = Path(__file__).resolve().parent.parent
OWN = ["192.168.1.7", "10.0.0.2"]


@pytest.mark.parametrize(
    "url, bound, addresses",
    [
        ("http://localhost:8501", "localhost", None),
        ("http://127.0.0.1:8501/kl", "127.0.0.1", None),
        ("http://[::1]:8501", "::1", None),
        ("", "localhost", None),
        ("http://localhost:8501", "0.0.0.0", ["http://192.168.1.7:8501", "http://10.0.0.2:8501"]),
        ("http://192.168.1.7:8501", "", ["http://192.168.1.7:8501", "http://10.0.0.2:8501"]),
        ("http://localhost:8501", "192.168.1.7", ["http://192.168.1.7:8501"]),
        ("http://localhost:8501", "fd00::2", ["http://[fd00::2]:8501"]),
        ("https://class.example.org/kl", "localhost", ["https://class.example.org"]),  # behind a proxy
    ],
)
def test_reach_says_who_can_open_the_app(url, bound, addresses):
    found = room.reach(url, bound, 8501, lambda: OWN)
    assert found.is_open == (addresses is not None) and found.addresses == (addresses or [])
    assert found.is_proxied == ("example" in url)


def test_a_machine_in_no_network_is_open_to_nobody():
    assert room.reach("http://localhost:8501", "0.0.0.0", 8501, lambda: []) == (True, [], False)


def test_own_addresses_are_not_loopback():
    assert not any(address.startswith("127.") for address in room.own_addresses())


def test_a_link_keeps_page_and_view():
    link = room.view("http://192.168.1.7:8501", "http://localhost:8501/kl", {"mean": "0.5,-1", "pick": "mnist:3", "x": "a b&c"})
    assert link == "http://192.168.1.7:8501/kl?mean=0.5,-1&pick=mnist:3&x=a+b%26c"
    assert room.view("http://a", "http://localhost:8501", {}) == "http://a/"


def test_the_longest_view_has_a_code():
    image = room.qr_code("http://192.168.1.7:8501/?" + "mean=" + ",".join(["-0.1234"] * 48))
    assert image.startswith('<img src="data:image/svg+xml') and "stroke" in image


def test_a_quote_cannot_leave_the_attribute():
    assert '"><script>' not in room.qr_code('http://a/"><script>')


def test_the_server_is_bound_to_this_machine_unless_asked_otherwise():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "localhost" and config["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}


def test_only_many_new_modules_are_worth_a_walk(monkeypatch):
    calls = []
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    monkeypatch.setattr(settled, "_modules", len(sys.modules) - settled.MANY)
    for _ in range(3):
        settled.settle()
    assert calls == ["freeze"]
