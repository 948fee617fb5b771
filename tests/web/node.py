"""The page's modules in a bare Node process: no browser, no server. What has no document is computed here."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

from explorer.data.datasets import DatasetError
from explorer.serving import assets
from explorer.store.bundle import BundleError

NODE = os.environ.get("NODE") or shutil.which("node")
SECONDS = 120  # for one computation
RUNNER = Path(__file__).with_name("node.mjs")


class JavaScriptError(Exception):
    """What a module or a test's body has thrown, with its stack."""


class Node:
    """A running Node process. `Node.compute` runs one computation after the other in it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [NODE, str(RUNNER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def compute(self, modules: str, body: str, **given):
        """What an async function's body returns. It sees what the modules export, what is given, and `base`.

        modules: names below `explorer/web`, without ".js", with spaces between them. base: the address of the models'
        files, which a module may fetch. given: JSON, bytes (a Uint8Array) or NumPy arrays (lists).
        """
        addresses = [(assets.WEB / f"{name}.js").as_uri() for name in modules.split()]
        timer = threading.Timer(SECONDS, self.process.kill)
        timer.start()
        try:
            answer = self._ask({"modules": addresses, "body": body, "given": given})
            while "fetch" in answer:
                answer = self._ask(_file(answer["fetch"]))
        finally:
            timer.cancel()
        if "error" in answer:
            raise JavaScriptError(answer["error"])
        return answer.get("value")

    def _ask(self, request: dict) -> dict:
        self.process.stdin.write(json.dumps(request, default=_packed, allow_nan=False) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise JavaScriptError(f"Node has ended ({self.process.wait()}), or was ended after {SECONDS} seconds")
        return json.loads(line, object_hook=_unpacked)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)


def _file(path: str) -> dict:
    """The answer to a fetch: a model's file, as `assets.serve_of_bundle` serves it."""
    kind, _, digest = path.partition("/")
    try:
        asset = assets.of_bundle(kind, digest) if assets.reader_of(kind) else None
    except (BundleError, DatasetError) as error:
        return {"status": 404, "type": "text/plain", "bytes": str(error).encode()}
    if asset is None:
        return {"status": 404, "type": "text/plain", "bytes": b"There is no such file."}
    return {"status": 200, "type": asset.media_type, "bytes": asset.body}


def _packed(value):
    """What JSON does not have: bytes and arrays."""
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    return value.tolist()


def _unpacked(value: dict):
    return float(value["$number"].replace("Infinity", "inf")) if "$number" in value else value
