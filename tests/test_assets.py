"""The routes beside the pages: they serve their files, and refuse everything else without a traceback."""

from __future__ import annotations

import gzip
import os
import random

import pytest

from explorer.background import runs, sessions
from explorer.data import originals
from explorer.serving import assets, catalogue, places, processes

from .asgi import ask, routes_app
from .small_bundles import save

APP = routes_app()
SCRIPT = f"/{assets.address()}web/kernel/gaussian.js"


@pytest.fixture(scope="module")
def digest(tmp_path_factory):
    """Of the only model that there is."""
    folder = tmp_path_factory.mktemp("models")
    save(folder / "tiny")
    with pytest.MonkeyPatch.context() as patch:
        registry = sessions.SessionRegistry(runs.Folders(folder / "no data", folder))
        registry.join("token")
        patch.setattr(places, "FOLDERS", {"": folder})
        patch.setattr(places, "DATA_DIR", folder / "no data")
        patch.setattr(processes, "session_registry", lambda: registry)
        assets._of_bundle.cache_clear()
        yield catalogue.current().entries[0]["digest"]
        registry.close()
        assets._of_bundle.cache_clear()


# What may be fetched.


def test_a_script_is_served_as_it_stands(digest):
    found = ask(APP, SCRIPT)
    assert (
        found.status == 200
        and found.body == (assets.WEB / "kernel" / "gaussian.js").read_bytes()
        and found.headers["content-type"].startswith("text/javascript")
    )
    assert gzip.decompress(ask(APP, SCRIPT, Accept_Encoding="gzip, br").body) == found.body


@pytest.mark.parametrize(
    "kind, status",
    [("tensors", 200), ("latents", 200), ("encoders", 200), ("errors", 200), ("recordings", 200), ("secrets", 404)],
)
def test_a_models_files(digest, kind, status):
    assert ask(APP, f"/assets/any/{kind}/{digest}").status == status


def test_an_original(digest):
    first = ask(APP, "/assets/any/originals/digits?rows=7")
    assert first.status == 200 and len(first.body) == 64
    assert ask(APP, "/assets/any/originals/digits?rows=7,7").body == first.body * 2


@pytest.mark.parametrize(
    "known, status",
    [
        ("{}", 304),
        ("W/{}", 304),
        ('"x", {}', 304),
        ("*", 304),
        ('"x"', 200),
        ("{}x", 200),
        ("", 200),
        ('"', 200),
        ("é" * 5000, 200),
    ],
)
def test_what_the_browser_has_is_not_sent_again(digest, known, status):
    for path in (SCRIPT, f"/assets/any/tensors/{digest}"):
        whole = ask(APP, path)
        found = ask(APP, path, If_None_Match=known.format(whole.headers["etag"]))
        assert (
            found.status == status
            and bool(found.body) == (status == 200)
            and found.headers["etag"] == whole.headers["etag"]
        )


def test_other_methods_and_ranges(digest):
    for path in (SCRIPT, f"/assets/any/tensors/{digest}", "/assets/any/originals/digits?rows=7"):
        whole = ask(APP, path)
        head = ask(APP, path, "HEAD")
        assert head.status == 200 and head.headers["content-length"] == whole.headers["content-length"]
        assert ask(APP, path, Range="bytes=0-3") == whole  # no part is promised, so the whole is right
        assert {
            ask(APP, path, method).status
            for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE")
        } == {405}


# What may not.

SECRET = "root:"  # of /etc/passwd
TRICKS = [
    "..", "../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%252f..%252fetc%252fpasswd", "....//....//etc/passwd",
    "..%5c..%5cetc%5cpasswd", "/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "file:///etc/passwd",
    "C:%5cWindows%5cwin.ini", "kernel/gaussian.js%00", "kernel/gaussian.js%00.png",
    "%00", "kernel/gaussian.js/", "kernel/gaussian.js/../../../serving/assets.py", "assets.py", "__init__.py",
    "explore/page.html", "kernel/Gaussian.JS", "kernel/gaussian.js;x", "kernel/gaussian.js%0d%0aSet-Cookie:%20x=y",
    "parts/plotly.min.js.map", "~", ".", "%ff%fe", "☃", "%E2%98%83", "a" * 10_000, "9" * 5_000, "-1", "1e3", "٣",
    "<script>alert(1)</script>", "'", '"', "${7*7}", "{{7*7}}", "*", "%",
]  # fmt: skip
PLACES = [
    f"/{assets.address()}" + "{}", f"/{assets.address()}web/" + "{}", "/assets/{}/web/kernel/gaussian.js", "/assets/{}",
    "/assets/any/tensors/{}", "/assets/any/{}/0123456789abcdef", "/assets/any/originals/{}/0",
    "/assets/any/originals/digits/{}", "/assets/any/originals/digits?rows={}", "/assets/any/originals/{}",
    "/assets/any/datasets/{}", "/assets/any/runs/{}", "/assets/any/runs/x?a={}",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_tricks_get_nothing(digest, place):
    for trick in TRICKS:
        found = ask(APP, place.format(trick))
        assert found.status in (400, 404, 405) and SECRET.encode() not in found.body, (trick, found)
        assert len(found.body) < 400 and b"Traceback" not in found.body and b"import " not in found.body, (trick, found)
        assert (
            found.headers.get("content-type", "").startswith("text/plain")
            and "nosniff" in found.headers["x-content-type-options"]
        ), (trick, found)


def test_a_thousand_random_addresses_get_nothing(digest):
    rng = random.Random(0)
    pieces = [
        "assets",
        assets.scripts_version(),
        "tensors",
        "originals",
        "digits",
        "datasets",
        "runs",
        "mnist",
        "..",
        ".",
        "",
        "%2e",
        "%00",
        "%0a",
        "explorer",
        "web",
        "kernel",
        "live.css",
        "0",
        "a",
        "é",
        "?",
        "=",
        "rows",
    ]
    for _ in range(1000):
        path = "/" + "/".join(rng.choice(pieces) for _ in range(rng.randint(1, 7)))
        found = ask(APP, path)
        assert found.status in (400, 404, 405) or (
            found.status == 200 and path.partition("?")[0].rpartition("/")[2] in ("0", "mnist")
        ), (path, found)


def test_an_address_writes_no_header(digest):
    """The entity tag was the address itself, so that a line break in it made a header of one's own."""
    for version in ("%0d%0aSet-Cookie:%20a=b", "☃", "%22"):
        found = ask(APP, f"/assets/{version}/tensors/{digest}")
        assert found.status == 200 and found.headers["etag"] == f'"tensors-{digest}"'


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"null", 400), (b"[]", 400), (b'"fetch"', 400), (b'{"action": []}', 400),
    (b'{"action": "remove"}', 400), (b"\xff", 400), (b"[" * 250, 400),
    (b'{"action": "fetch"}', 404), (b" " * 300, 413),
])  # fmt: skip
def test_commands_to_fetch(digest, body, status):
    assert ask(APP, "/assets/any/datasets/none", "POST", body, Content_Type="application/json").status == status
    assert ask(APP, "/assets/any/datasets/mnist", "POST", body).status == 415  # as a form on another site would send it


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"null", 400), (b"[" * 4000, 400), (b'{"a":' * 800, 400), (b"9" * 4090, 400), (b"\xff", 400),
    (b" " * 5000, 413), (b'{"action": "start"}', 400),
    (b'{"action": "start", "chosen": {"kind": []}}', 400), (b'{"action": "pace", "pace": NaN}', 400),
    (b'{"action": {}}', 400), (b'{"action": "stop"}', 200),
])  # fmt: skip
def test_commands_to_a_training(digest, body, status):
    found = ask(APP, "/assets/any/runs/token/a", "POST", body)
    assert found.status == status and len(found.body) < 200
    assert ask(APP, "/assets/any/runs/token/c", "POST", b'{"action": "stop"}').status == 400
    assert ask(APP, "/assets/any/runs/other/a", "POST", body).status in (404, 413)


@pytest.mark.parametrize("started_in", ["/", "tests", "."])
def test_no_answer_says_where_the_app_lies(digest, monkeypatch, started_in):
    here = places.ROOT
    monkeypatch.chdir(here / started_in)
    monkeypatch.setattr(places, "DATA_DIR", here / "no data")
    monkeypatch.setattr(originals, "SHEETS", here / "no sheets")
    paths = ["originals/mnist?rows=0", "originals/fashion-mnist?rows=0,1", "datasets/mnist", f"errors/{digest}"]
    for path in paths:
        found = ask(APP, f"/assets/any/{path}")
        assert str(here).strip(os.sep).encode() not in found.body
        assert found.status == 200 or b"no sheets" in found.body


# What holds for every answer.


def test_every_answer_has_the_headers(digest):
    for path in (SCRIPT, "/assets/none", "/none"):
        found = ask(APP, path).headers
        assert found["x-content-type-options"] == "nosniff" and found["referrer-policy"] == "same-origin"
        policy = dict(part.split(" ", 1) for part in found["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == "'self'" and policy["object-src"] == "'none'"
        assert (
            "'unsafe-inline'" not in policy["script-src"] and policy["script-src"].count("'sha256-") == 1
        )  # Streamlit's own, by what it is
        assert (
            "*" not in found["content-security-policy"] and "http" not in found["content-security-policy"]
        )  # no other host
