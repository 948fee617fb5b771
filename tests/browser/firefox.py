"""Drives a real Firefox by WebDriver BiDi over its websocket. Playwright drives only its own build of Firefox."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
LEFT_BEHIND = (  # of a page that is left while it loads; with a worker, what that was fetching for it
    "NetworkError", "downloadable font", "ServiceWorker intercepted the request", "The operation was aborted",
)  # fmt: skip
KEYS = {
    "Shift": "\ue008",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
PATIENCE = 60  # seconds
PREFERENCES = {  # nothing is asked of Mozilla
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
}


class Page:
    """The one tab of a Firefox. `errors` fills with what its page logs as one."""

    def __init__(self, socket) -> None:
        self.socket, self.count, self.errors = socket, 0, []
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self.context = self.call("browsingContext.create", type="tab")[
            "context"
        ]  # the first tab never has the focus, and without it Enter presses no button

    def call(self, method: str, **params) -> dict:
        """The result of a command. Raises RuntimeError with Firefox's own words where it refuses."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(PATIENCE))
            if (
                message.get("method") == "log.entryAdded"
                and message["params"]["level"] == "error"
                and not any(part in message["params"]["text"] for part in LEFT_BEHIND)
            ):
                self.errors.append(message["params"]["text"])
            if message.get("id") != self.count:
                continue
            if message["type"] == "error":
                raise RuntimeError(f"{method}: {message['message']}")
            return message["result"]

    def resize(self, width: int, height: int) -> None:
        self.call("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})

    def goto(self, address: str) -> None:
        self.call("browsingContext.navigate", context=self.context, url=address, wait="interactive")

    def js(self, body: str):
        """The result of a function body, by way of JSON.

        In it, `live()` is the root of the page's live part, `focused()` the element with the focus.
        """
        seen = (
            "const everything = [...document.querySelectorAll('*')]; "
            "const live = () => everything.map((e) => e.shadowRoot?.querySelector('.live')).find(Boolean);"
            "const focused = () => { let e = document.activeElement; "
            "while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; return e; };"
        )
        found = self.call(
            "script.evaluate",
            expression=f"JSON.stringify((() => {{ {seen} {body} }})() ?? null)",
            target={"context": self.context},
            awaitPromise=True,
        )
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def until(self, body: str):
        """Waits until a function body returns something true, and returns it."""
        end = time.monotonic() + PATIENCE
        while not (value := self.js(body)):
            assert time.monotonic() < end, f"not within {PATIENCE} s: {body}"
            time.sleep(0.1)
        return value

    def press(self, key: str, times: int = 1) -> None:
        *held, last = [KEYS.get(part, part) for part in key.split("+")]
        strokes = [{"type": kind, "value": last} for _ in range(times) for kind in ("keyDown", "keyUp")]
        strokes = (
            [{"type": "keyDown", "value": one} for one in held]
            + strokes
            + [{"type": "keyUp", "value": one} for one in held]
        )
        self.call(
            "input.performActions", context=self.context, actions=[{"type": "key", "id": "keys", "actions": strokes}]
        )

    def tab_to(self, name: str, key: str = "Tab", most: int = 60) -> None:
        """Presses Tab, or Shift+Tab, until what has the focus bears that name; an icon may stand before it."""
        for _ in range(most):
            self.press(key)
            if (
                self.js("const e = focused(); return e?.getAttribute('aria-label') ?? e?.textContent.trim();") or ""
            ).endswith(name):
                return
        raise AssertionError(f"{name} was not reached by {most} presses of {key}")


@contextmanager
def firefox(folder: Path) -> Iterator[Page]:
    """A fresh one without a window; its profile goes to `folder`."""
    from websockets.sync.client import connect

    preferences = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("".join(preferences), encoding="utf-8")
    command = [
        FIREFOX,
        "--headless",
        "--no-remote",
        "--profile",
        str(folder),
        "--remote-debugging-port",
        "0",
        "about:blank",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        line = next((line for line in process.stderr if "BiDi listening" in line), None)
        assert line, "Firefox came up without WebDriver BiDi: it needs to be 119 or newer"
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop it
        with connect(f"{re.search(r'ws://[^ ]+', line)[0].strip()}/session", max_size=None) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        process.wait(20)
