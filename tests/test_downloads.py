"""Datasets fetched while the app runs: from a server on this machine, whole or not at all, one at a time."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.server
import itertools
import json
import os
import re
import threading
import time

import pytest

from explorer.data import datasets, downloads
from explorer.serving import assets, processes
from tests import asgi

from .test_datasets import RAW_FILES, bring, contents_below, idx_contents

ARCHIVES = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in idx_contents().items()}


class Mirror(http.server.ThreadingHTTPServer):
    """A web server with MNIST's four files, each as `spoil` makes it. It answers when `gate` is open."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.gate, self.begun, self.spoil, self.paths = (
            threading.Event(),
            threading.Event(),
            lambda name, content: content,
            [],
        )
        self.gate.set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.paths.append(name)
        content = self.server.spoil(name, ARCHIVES[name])
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Length", str(len(ARCHIVES[name])))
            self.end_headers()
            self.wfile.write(content[:100])
            self.wfile.flush()
            self.server.begun.set()
            self.server.gate.wait(20)
            self.wfile.write(content[100:])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(monkeypatch):
    server = Mirror()
    files = tuple(
        downloads.File(name, hashlib.md5(content).hexdigest(), len(content)) for name, content in ARCHIVES.items()
    )
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setitem(
        downloads.SOURCES, "mnist", downloads.Source((f"http://127.0.0.1:{server.server_port}/",), files)
    )
    monkeypatch.setattr(downloads, "STALL_SECONDS", 1.0)
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()


def ended(found: downloads.Downloads, name: str = "mnist") -> downloads.Status:
    for _ in range(400):
        status = found.status(name)
        if status.state != "running":
            return status
        time.sleep(0.05)
    raise AssertionError("the download does not end")


def test_addresses_and_checksums_are_torchvisions():
    available = datasets.import_torchvision().datasets
    assert set(downloads.SOURCES) == set(datasets.TORCHVISION_CLASSES)
    for name, source in downloads.SOURCES.items():
        theirs = getattr(available, datasets.TORCHVISION_CLASSES[name])
        assert list(source.mirrors) == theirs.mirrors
        assert [(file.name, file.md5) for file in source.files] == theirs.resources


def test_a_download_counts_its_bytes_and_puts_everything_in_place(tmp_path, mirror):
    found = downloads.Downloads(tmp_path / "data")
    assert found.status("mnist") == (False, "idle", 0, sum(map(len, ARCHIVES.values())), None)
    mirror.gate.clear()
    found.fetch("mnist")
    assert mirror.begun.wait(10)
    assert found.status("mnist").state == "running" and found.status("kmnist").state == "elsewhere"
    found.fetch("mnist")  # one at a time: these two begin nothing
    found.fetch("kmnist")
    mirror.gate.set()
    status = ended(found)
    assert status.present and status.done == status.total and status.problem is None
    assert mirror.paths == list(ARCHIVES) and [path.name for path in (tmp_path / "data").iterdir()] == ["MNIST"]
    assert (
        datasets.load("mnist", "test", tmp_path / "data").images.tobytes()
        == idx_contents()["t10k-images-idx3-ubyte"][16:]
    )


def test_what_somebody_brought_stays(tmp_path, mirror):
    brought = bring(tmp_path / "MNIST" / "raw", "packed", RAW_FILES[:3])
    found = downloads.Downloads(tmp_path)
    assert not found.status("mnist").present
    found.fetch("mnist")
    assert ended(found).present and datasets.load("mnist", "train", tmp_path).images.shape == (12, 784)
    assert brought.items() <= contents_below(tmp_path).items()


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-1], lambda content: b"<html>", lambda content: gzip.compress(content)[:-9]]
)
@pytest.mark.parametrize("name", [RAW_FILES[0], RAW_FILES[3], f"{RAW_FILES[2]}.gz"])
def test_a_damaged_file_counts_as_missing_and_a_download_takes_its_place(tmp_path, mirror, damage, name):
    raw = tmp_path / "MNIST" / "raw"
    bring(raw, "unpacked", [one for one in RAW_FILES if one != name.removesuffix(".gz")])
    damaged = damage(idx_contents()[name.removesuffix(".gz")])
    (raw / name).write_bytes(damaged)
    found = downloads.Downloads(tmp_path)
    assert not found.status("mnist").present
    found.fetch("mnist")
    assert ended(found).present
    assert (
        len(datasets.load("mnist", "train", tmp_path).images) == 12
        and len(datasets.load("mnist", "test", tmp_path).images) == 5
    )
    assert damaged in contents_below(tmp_path).values()  # somebody may have brought it


def test_two_servers_that_fetch_at_once_both_have_it(tmp_path, mirror, monkeypatch):
    """The first one has written a file aside when the second one comes to write too, and would clear it away."""
    servers = [downloads.Downloads(tmp_path) for _ in range(2)]
    writes, second_came, put_in_place = threading.Event(), threading.Event(), datasets.put_in_place
    comers, waited = itertools.count(1), []

    def put_in_turn(*arguments):
        if next(comers) == 2:
            second_came.set()
        put_in_place(*arguments)

    def replace(part, file, replace=os.replace):
        if not writes.is_set():
            writes.set()
            waited.append(second_came.wait(20))
            time.sleep(0.5)  # in which the second one would write, if it did not wait
        replace(part, file)

    monkeypatch.setattr(datasets, "put_in_place", put_in_turn)
    monkeypatch.setattr(os, "replace", replace)
    servers[0].fetch("mnist")
    assert writes.wait(20)
    servers[1].fetch("mnist")
    assert [ended(server).state for server in servers] == ["idle", "idle"]
    assert waited == [True]
    assert set(contents_below(tmp_path)) == {tmp_path / "MNIST" / "raw" / name for name in RAW_FILES}


def test_cancelling_leaves_nothing_and_it_can_begin_again(tmp_path, mirror):
    found = downloads.Downloads(tmp_path)
    mirror.gate.clear()
    found.fetch("mnist")
    assert mirror.begun.wait(10)
    found.cancel("mnist")
    assert found.status("mnist").state == "cancelled" and not found.status("mnist").present
    mirror.gate.set()
    for _ in range(200):
        if not list(tmp_path.iterdir()):
            break
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
    found.fetch("mnist")
    assert ended(found).present


@pytest.mark.parametrize(
    "spoil, reason",
    [
        pytest.param(
            lambda name, content: gzip.compress(b"please log in") if "t10k-l" in name else content,
            "not what it should be|IncompleteRead",
            id="another file",
        ),
        pytest.param(
            lambda name, content: content[:50] if "t10k-i" in name else content,
            "not what|timed out|more expected|IncompleteRead",
            id="truncated",
        ),
    ],
)
def test_a_download_that_fails_says_why_in_a_sentence_and_leaves_nothing(tmp_path, mirror, spoil, reason):
    mirror.spoil = spoil
    found = downloads.Downloads(tmp_path)
    found.fetch("mnist")
    status = ended(found)
    assert status.state == "failed" and not status.present
    assert (
        status.problem.startswith("mnist could not be fetched (")
        and status.problem.endswith(".")
        and "\n" not in status.problem
    )
    assert re.search(reason, status.problem), status.problem
    assert list(tmp_path.iterdir()) == []


def test_no_network_and_no_place_to_write(tmp_path, mirror):
    mirror.shutdown()
    mirror.server_close()
    found = downloads.Downloads(tmp_path)
    found.fetch("mnist")
    assert "refused" in ended(found).problem and list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = downloads.Downloads(tmp_path / "file")
    blocked.fetch("mnist")
    assert ended(blocked).state == "failed"


def test_a_mirror_without_an_address_is_named_without_a_number(tmp_path, mirror, monkeypatch):
    source = downloads.SOURCES["mnist"]
    monkeypatch.setitem(downloads.SOURCES, "mnist", source._replace(mirrors=("http://mirror.invalid/",)))
    found = downloads.Downloads(tmp_path)
    found.fetch("mnist")
    problem = ended(found).problem
    assert problem is not None and "Errno" not in problem and "urlopen" not in problem


def test_a_mirror_that_sends_more_than_the_file_has_is_stopped(tmp_path, mirror, monkeypatch):
    source = downloads.SOURCES["mnist"]
    monkeypatch.setitem(
        downloads.SOURCES, "mnist", source._replace(files=tuple(file._replace(size=10) for file in source.files))
    )
    found = downloads.Downloads(tmp_path)
    found.fetch("mnist")
    assert "more than the file has" in ended(found).problem


def ask(method: str, path: str, body: bytes = b"", content_type: str = "application/json") -> tuple[int, str]:
    """A request to the routes, without a server: status and text."""
    answer = asgi.ask(asgi.routes_app(), path, method, body, content_type=content_type)
    return answer.status, answer.body.decode()


@pytest.mark.parametrize(
    "error, reason",
    [(MemoryError(), "short of memory"), (ImportError("no _ssl"), "no _ssl"), (RuntimeError("odd"), "odd")],
)
def test_no_error_leaves_a_download_running_for_ever(tmp_path, mirror, monkeypatch, error, reason):
    def refuse(*arguments):
        raise error

    found = downloads.Downloads(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(datasets, "unpack", refuse)
        found.fetch("mnist")
        status = ended(found)
    assert status.state == "failed" and reason in status.problem and list(tmp_path.iterdir()) == []
    found.fetch("mnist")
    assert ended(found).present


def test_a_download_whose_thread_cannot_start_has_failed(tmp_path, mirror, monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    found = downloads.Downloads(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        found.fetch("mnist")
        found.cancel("mnist")  # which does nothing to one that has ended
    assert found.status("mnist").state == "failed" and "thread" in found.status("mnist").problem
    found.fetch("mnist")
    assert ended(found).present


def test_the_routes_know_only_datasets_and_their_own_commands(tmp_path, mirror, monkeypatch):
    found = downloads.Downloads(tmp_path)
    monkeypatch.setattr(processes, "downloads", lambda: found)
    at = "/assets/1/datasets/mnist"
    begin = json.dumps({"action": "fetch"}).encode()
    assert json.loads(ask("GET", at)[1])["state"] == "idle"
    for name in ("..", "digits", "cifar", "../etc"):
        assert ask("GET", f"/assets/1/datasets/{name}")[0] == 404
    assert ask("POST", "/assets/1/datasets/cifar", begin)[0] == 404
    assert ask("POST", at, begin, "text/plain")[0] == 415  # as another site can send it
    for body in ({"action": "delete"}, {"action": []}, {}, [], "fetch", 1):
        assert ask("POST", at, json.dumps(body).encode())[0] == 400
    assert ask("POST", at, b"no JSON")[0] == 400
    assert ask("POST", at, begin + b" " * 300)[0] == 413
    assert mirror.paths == []
    assert ask("POST", at, begin)[0] == 200
    assert ended(found).present and json.loads(ask("GET", at)[1])["present"]


def test_a_file_that_could_not_be_made_without_the_dataset_is_made_once_it_is_there(monkeypatch):
    answers = [None, b"errors", b"others"]
    monkeypatch.setitem(assets.BUNDLE_FILES, "errors", lambda digest: answers.pop(0))
    assert assets.of_bundle("errors", "of a test") is None
    assert assets.of_bundle("errors", "of a test").body == assets.of_bundle("errors", "of a test").body == b"errors"
