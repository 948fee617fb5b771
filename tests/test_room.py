"""Who can open the app, as the panel for a room says it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from explorer.ui import room

ROOT = Path(__file__).resolve().parent.parent
OWN = ["192.168.1.7", "10.0.0.2"]
OWN_URLS = ["http://192.168.1.7:8501", "http://10.0.0.2:8501"]


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
        ("https://class.example.org/kl", "unix:///run/explorer.sock", ["https://class.example.org"]),
        ("https://class.example.org/kl", "0.0.0.0", ["https://class.example.org", *OWN_URLS]),
        ("http://class.example.org:9000", "", ["http://class.example.org:9000", *OWN_URLS]),  # a mapped port
        ("https://class.example.org", "192.168.1.7", ["https://class.example.org", "http://192.168.1.7:8501"]),
        ("http://10.0.0.2:8501", "0.0.0.0", OWN_URLS[::-1]),  # it works: this browser came by it
        ("http://0.0.0.0:8501", "0.0.0.0", OWN_URLS),
        ("http://vae.localhost:8501", "localhost", None),
    ],
)
def test_reach_says_who_can_open_the_app(url, bound, addresses):
    found = room.reach(url, bound, 8501, lambda: OWN)
    assert found.is_open == (addresses is not None) and found.addresses == (addresses or [])
    assert found.is_proxied == ("example" in url)


@pytest.mark.parametrize("url, page, below", [
    ("https://vae.uni.example/", "", ""), ("https://vae.uni.example", "", ""), ("https://vae.uni.example/kl", "kl", ""),
    ("https://vae.uni.example/lab/", "", "/lab"), ("https://vae.uni.example/lab/kl", "kl", "/lab"),
    ("https://vae.uni.example/a/b/kl/", "kl", "/a/b"), ("https://vae.uni.example/kl/", "", "/kl"),
    ("https://vae.uni.example/vae-kl", "", "/vae-kl"), ("", "", ""),
])  # fmt: skip
def test_the_path_before_the_pages_comes_from_the_browser(url, page, below):
    assert room.path_below(url, page) == below


def test_each_address_has_its_own_path_and_scheme():
    url = "https://vae.uni.example/lab/kl"
    found = room.reach(url, "0.0.0.0", 443, lambda: OWN, room.path_below(url, "kl"), "/inside", "https")
    assert found.addresses == ["https://vae.uni.example/lab", "https://192.168.1.7/inside", "https://10.0.0.2/inside"]
    assert room.view(found.addresses[0], url, {"tab": "two"}, "/lab") == "https://vae.uni.example/lab/kl?tab=two"
    assert room.view(found.addresses[1], url, {}, "/lab") == "https://192.168.1.7/inside/kl"
    assert room.view(found.addresses[0], "https://vae.uni.example/lab/", {}, "/lab") == "https://vae.uni.example/lab/"


def test_the_command_that_opens_the_server_keeps_its_options():
    assert room.command(8501, "") == room.COMMAND
    assert room.command(9000, "/lab") == f"{room.COMMAND} --server.port 9000 --server.baseUrlPath lab"


def test_a_machine_in_no_network_is_open_to_nobody():
    assert room.reach("http://localhost:8501", "0.0.0.0", 8501, lambda: []) == (True, [], False)


def test_own_addresses_are_not_loopback():
    assert not any(address.startswith("127.") for address in room.own_addresses())


def test_a_link_keeps_page_and_view():
    link = room.view(
        "http://192.168.1.7:8501", "http://localhost:8501/kl", {"mean": "0.5,-1", "pick": "mnist:3", "x": "a b&c"}
    )
    assert link == "http://192.168.1.7:8501/kl?mean=0.5,-1&pick=mnist:3&x=a+b%26c"
    assert room.view("http://a", "http://localhost:8501", {}) == "http://a/"


def test_the_longest_view_has_a_code():
    image = room.qr_code("http://192.168.1.7:8501/?" + "mean=" + ",".join(["-0.1234"] * 48))
    assert image.startswith('<img src="data:image/svg+xml') and "stroke" in image


def test_a_quote_cannot_leave_the_attribute():
    assert '"><script>' not in room.qr_code('http://a/"><script>')


def test_the_server_is_bound_to_this_machine_unless_asked_otherwise():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "localhost" and config["browser"] == {
        "gatherUsageStats": False,
        "serverAddress": "localhost",
    }
