"""The server and strangers: bound to this machine, headers on every answer, and no address that runs or loads more."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import quote, urlparse

import pytest

from explorer.address import adversary as adversary_state
from explorer.address import explore as state
from explorer.address import kl as kl_state
from explorer.address import practice as choices
from explorer.address import reparameterisation as reparameterisation_state
from explorer.address import scoreboard as scoreboard_state
from explorer.address import why as why_state
from explorer.serving import assets
from explorer.ui import present, tour

from .driver import COMPLETE, ROOT, at_rest, expected

READY = {
    "": COMPLETE, "why": ".why[data-ready=true]", "kl": ".kl-lesson[data-ready=true]", "reparameterisation": ".rep-lesson[data-ready=true]",
    "adversary": ".adversary[data-ready=true]",
    "practice": ".practice[data-ready=true]", "scoreboard": "[data-testid=stDataFrame]",
}  # fmt: skip
SCRIPT = "<script>window.ran = 1; alert(1)</script>"
IMAGE = '"><img src=x onerror="window.ran = 1; alert(1)">'
WORST = [
    SCRIPT, IMAGE, "javascript:alert(1)", "![x](http://e.vil/x.png) [y](http://e.vil) http://e.vil www.e.vil a@e.vil",
    "{{7*7}}${7*7}$\\frac{7}{7}$:red[7]", "nan,inf,-inf,1e308", "\0\r\n\u202e\ufeff\ud83d\ude00", "",
    "9" * 7000, "../../../../etc/passwd%00", "1,2;" * 1500,
]  # fmt: skip
PARAMETERS = list(dict.fromkeys(  # of every page, on each
    [
        name
        for page in (state, why_state, kl_state, reparameterisation_state, adversary_state, choices, scoreboard_state)
        for name in page.PARAMETERS
    ]
    + [present.PARAMETER, tour.PARAMETER, "embed", "embed_options", "theme", "unknown"]
))  # fmt: skip

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def answer(server: str, target: str, method: str = "GET", *headers: str) -> tuple[int, dict[str, str], bytes]:
    """What the server says to this request line, sent as it stands: no client has tidied it."""
    host = urlparse(server)
    with socket.create_connection((host.hostname, host.port), 20) as connection:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host.netloc}", "Connection: close", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode("latin-1"))
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    return (
        int(first.split()[1]),
        {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)},
        body,
    )


# No browser.


def test_the_server_listens_on_this_machine_alone(running_server):
    port = f"{urlparse(running_server.address).port:04X}"
    listening = [
        local.rpartition(":")[0]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{running_server.pid}/net/{table}").read_text(encoding="utf-8").splitlines()[1:]
        for local, state in [(line.split()[1], line.split()[3])]
        if local.endswith(f":{port}") and state == "0A"
    ]
    assert listening and set(listening) <= {"0100007F", "00000000000000000000000001000000"}  # 127.0.0.1 and ::1


def test_every_answer_has_the_headers(server):
    for target in (
        "/",
        "/kl",
        "/_stcore/health",
        "/static/nothing.js",
        f"/{assets.address()}web/kernel/gaussian.js",
        "/assets/none",
        "/nothing/at/all",
    ):
        _, headers, _ = answer(server, target)
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin", target
        assert (
            "frame-ancestors 'self'" in headers["content-security-policy"]
            and "script-src 'self' blob:" in headers["content-security-policy"]
        ), target


@pytest.mark.parametrize(
    "folder",
    [
        "",
        f"{assets.address()}",
        "assets/",
        "assets/x/originals/",
        "static/",
        "media/",
        "component/",
        "_stcore/bidi-components/",
        "app/static/",
    ],
)
def test_no_file_outside_the_assets_can_be_read(server, folder):
    deep = "../" * 12
    for trick in (
        f"{deep}etc/passwd", deep.replace("/", "%2f") + "etc%2fpasswd", deep.replace(".", "%2e") + "etc/passwd",
        deep.replace("/", "%252f") + "etc%252fpasswd", deep.replace("/", "%5c") + "etc%5cpasswd",
        "/etc/passwd", "%2fetc%2fpasswd", "etc/passwd%00.js", "....//....//etc/passwd", f"{ROOT}/app.py", "../app.py",
        "..%2fapp.py", "../../.streamlit/config.toml", "%00", "a" * 8000,
        "x%0d%0aSet-Cookie:%20a=b",
    ):  # fmt: skip
        status, headers, body = answer(server, f"/{folder}{trick}")
        page = status == 200 and b"<title>Streamlit</title>" in body  # what it shows for every address that is none
        assert page or 400 <= status < 500 or status in (307, 308), (trick, status)
        assert (
            b"root:" not in body
            and b"st.App" not in body
            and b"gatherUsageStats" not in body
            and b"Traceback" not in body
        ), trick
        assert "set-cookie" not in headers or "a=b" not in headers["set-cookie"], trick


def test_a_request_that_is_none_is_refused_and_the_server_goes_on(server):
    script = f"/{assets.address()}web/kernel/gaussian.js"
    for method in ("POST", "PUT", "DELETE", "PATCH", "NONSENSE"):
        assert answer(server, script, method, "Content-Length: 0")[0] == 405
    status, headers, body = answer(server, script, "HEAD")
    assert status == 200 and body == b"" and int(headers["content-length"]) > 100
    assert answer(server, script, "GET", f"If-None-Match: {headers['etag']}")[0] == 304
    assert answer(server, script, "GET", "Range: bytes=0-3")[0] == 200
    assert answer(server, "/assets/☃".encode().decode("latin-1"))[0] in (400, 404)
    assert answer(server, script)[0] == 200


# In a browser: on each page, an address of the worst for every parameter.


@pytest.mark.slow
@pytest.mark.parametrize("path", READY)
def test_the_worst_addresses(server, chromium, path):
    """Nothing runs, no dialog opens, no other host is asked, the console has no error, the page shows no traceback."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(90_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: message.type == "error" and not expected(message) and wrong.append(message.text))
    page.on(
        "request",
        lambda request: (
            request.url.startswith((server, "blob:", "data:", server.replace("http", "ws")))
            or wrong.append(request.url)
        ),
    )
    for value in WORST:
        some = PARAMETERS if len(value) < 200 else PARAMETERS[len(value) % 7 :: 7]  # an address has an end
        query = (
            "&".join(f"{name}={quote(value, safe='', errors='surrogatepass')}" for name in some)
            + "&left=mnist-vae&left="
            + quote(SCRIPT)
        )
        page.goto(f"{server}/{path}?{query[:60_000]}#{quote(value[:100], errors='surrogatepass')}")
        page.wait_for_selector(READY[path])
        at_rest(page)
        shown = page.evaluate(
            '() => ({ ran: window.ran, out: document.querySelectorAll(\'a[href*="e.vil"], img[src=x], '
            'img[src*="e.vil"], a[href^=javascript]\').length })'
        )
        assert shown == {"ran": None, "out": 0}, value[:60]
        assert (
            page.get_by_test_id("stException").count() == 0
            and page.get_by_text("Traceback").count() == 0
            and page.get_by_text("this page could not be shown").count() == 0
        )
        said = page.get_by_test_id("stAlert").all_inner_texts()
        assert all(len(text) < 900 for text in said) and (said or some is not PARAMETERS or not value), value[:60]
        assert wrong == [], value[:60]
    context.close()


@pytest.mark.slow
def test_the_policy_stops_what_markup_could_do(server, chromium):
    """If a text became markup, its script would not run, its picture would not load, no other host would be asked."""
    page = chromium.new_page()
    page.goto(f"{server}/nothing.css")  # Streamlit's page, as for every address
    found = page.evaluate(
        """async (evil) => {
            const seen = [];
            document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
            document.body.appendChild(document.createElement('div')).innerHTML = evil;
            const script = document.createElement('script');
            script.textContent = 'window.ran = 1';
            document.body.append(script);
            await fetch('http://e.vil/').catch(() => null);
            await new Promise((done) => setTimeout(done, 500));
            return { ran: window.ran ?? 0, seen: [...new Set(seen)].sort() };
        }""",
        '<img src="http://e.vil/x.png"><b onclick="1"></b><img src=x onerror="window.ran = 1"><iframe '
        'src="http://e.vil"></iframe>',
    )
    page.close()
    assert found == {"ran": 0, "seen": ["connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem"]}
