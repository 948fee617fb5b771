"""UMAPs made while the app runs: one process, one job at a time, cancelling. A small script replaces the process."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors

from explorer.background import umaps
from explorer.background.umaps import Umaps, Wanted
from explorer.serving import processes, umaps_route
from explorer.shared import fill

from .asgi import Answer, ask, routes_app
from .conftest import ROOT

# Returns the first two columns plus its own number of jobs so far. 2 neighbours: at once; 3: waits after the first
# share; 4: refuses; 5: breaks off.
SCRIPT = """
import json, sys, time
import numpy as np
answers = sys.stdout.buffer
def say(**parts):
    answers.write(json.dumps(parts).encode() + b"\\n")
    answers.flush()
say(ready=True)
done = 0
while (line := sys.stdin.buffer.readline()):
    job = json.loads(line)
    n, d = job["shape"]
    points = np.frombuffer(sys.stdin.buffer.read(4 * n * d), np.float32).reshape(n, d)
    say(share=0.25)
    if job["neighbours"] == 3:
        time.sleep(60)
    if job["neighbours"] == 4:
        say(problem="no")
        continue
    if job["neighbours"] == 5:
        break
    done += 1
    say(shape=[n, 2])
    answers.write((points[:, :2] + done).astype(np.float32).tobytes())
    answers.flush()
"""
POINTS = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.fixture
def made(tmp_path):
    """`made(idle_seconds=...)`: Umaps whose process is the script; closed afterwards."""
    script, all_ = tmp_path / "process.py", []
    script.write_text(SCRIPT, encoding="utf-8")

    def make(**options) -> Umaps:
        all_.append(Umaps((sys.executable, str(script)), **options))
        return all_[-1]

    yield make
    for one in all_:
        one.close()


def wanted(neighbours: int = 2, source: str = "a") -> Wanted:
    return Wanted(source, "codes", neighbours, 0.1)


def until(condition, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it does not happen")


def state(found: Umaps, which: Wanted, page: str = "p") -> str:
    return found.ask(which, page).state


def test_a_umap_is_made_once_and_kept(made):
    found, loads = made(), []

    def load():
        loads.append(1)
        return POINTS

    assert found.made(wanted()) is None
    with pytest.raises(LookupError):
        found.ask(wanted(), "p")
    found.want(wanted(), "p", load)
    until(lambda: state(found, wanted()) == "done")
    np.testing.assert_array_equal(found.made(wanted()), POINTS[:, :2] + 1)
    assert found.want(wanted(), "another page", load).state == "done" and loads == [1]
    found.want(wanted(source="b"), "p", load)
    until(lambda: state(found, wanted(source="b")) == "done")
    np.testing.assert_array_equal(found.made(wanted(source="b")), POINTS[:, :2] + 2)  # the same process's second job


def test_cancelling_ends_the_process_at_once_and_another_is_ready_for_the_next(made):
    found = made()
    found.want(wanted(3), "p", lambda: POINTS)
    found.want(wanted(2), "q", lambda: POINTS)
    until(lambda: found.ask(wanted(3), "p") == ("running", 0, 0.25, None))
    assert found.ask(wanted(2), "q") == ("waiting", 1, 0, None)
    process, begun = found._process, time.monotonic()
    assert found.cancel(wanted(3), "p").state == "cancelled"
    process.wait(10)
    assert time.monotonic() - begun < 1 and process.returncode < 0
    assert state(found, wanted(3)) == "cancelled"
    until(lambda: state(found, wanted(2), "q") == "done")
    assert found._process.pid != process.pid
    np.testing.assert_array_equal(found.made(wanted(2)), POINTS[:, :2] + 1)  # the new one's first


def test_what_another_page_wants_too_is_not_cancelled(made):
    found = made()
    for page in ("p", "q"):
        found.want(wanted(3), page, lambda: POINTS)
    until(lambda: state(found, wanted(3)) == "running")
    process = found._process
    found.cancel(wanted(3), "p")
    assert state(found, wanted(3), "q") == "running" and process.poll() is None
    found.cancel(wanted(3), "q")
    assert process.wait(10) < 0


def test_what_no_page_waits_for_any_more_is_not_begun(made, monkeypatch):
    found = made()
    found.want(wanted(3), "p", lambda: POINTS)
    until(lambda: state(found, wanted(3)) == "running")
    found.want(wanted(2), "left", lambda: POINTS)
    found.want(wanted(2, "cancelled"), "q", lambda: POINTS)
    found.cancel(wanted(2, "cancelled"), "q")
    assert found.ask(wanted(2, "cancelled"), "q").state == "cancelled"
    monkeypatch.setattr(umaps, "LEFT_SECONDS", -1.0)
    found.cancel(wanted(3), "p")
    until(lambda: found._is_ready and not found._queue)
    assert found.ask(wanted(2), "left").state == "cancelled" and found.made(wanted(2)) is None


def test_a_failure_is_said_and_the_next_job_goes_on(made):
    found = made()

    def gone():
        raise LookupError("the model was replaced")

    found.want(wanted(4), "p", lambda: POINTS)
    found.want(wanted(2, "gone"), "p", gone)
    found.want(wanted(5), "p", lambda: POINTS)
    found.want(wanted(2), "p", lambda: POINTS)
    until(lambda: state(found, wanted(2)) == "done")
    problems = [found.ask(which, "p") for which in (wanted(4), wanted(2, "gone"), wanted(5))]
    assert [one.state for one in problems] == ["failed"] * 3
    ended = fill(umaps.DIED, reason="exit status 0")
    assert [one.problem for one in problems] == ["no", "the model was replaced", ended]


def test_a_process_that_cannot_begin_fails_what_waits(tmp_path):
    said, ended = 'print(\'{"problem": "not installed"}\')', fill(umaps.DIED, reason="exit status 0")
    for script, problem in ((said, "not installed"), ("pass", ended)):
        found = Umaps((sys.executable, "-c", script))
        found.want(wanted(), "p", lambda: POINTS)
        until(lambda: state(found, wanted()) == "failed")
        assert found.ask(wanted(), "p").problem == problem
        until(lambda: found._thread is None)


def test_an_idle_process_is_ended_and_comes_back_when_it_is_needed(made):
    found = made(idle_seconds=0.2)
    found.warm()
    process = until(lambda: found._is_ready and found._process)
    found.warm()
    assert found._process is process
    assert process.wait(20) is not None
    until(lambda: found._thread is None)
    found.want(wanted(), "p", lambda: POINTS)
    until(lambda: state(found, wanted()) == "done")


def test_a_queue_that_is_full_says_so(made, monkeypatch):
    monkeypatch.setattr(umaps, "MOST_WAITING", 1)
    found = made()
    found.want(wanted(3), "p", lambda: POINTS)
    until(lambda: state(found, wanted(3)) == "running")
    assert found.want(wanted(2), "p", lambda: POINTS).place == 1
    assert found.want(wanted(2, "b"), "p", lambda: POINTS).problem == umaps.FULL


def test_the_end_of_the_server_ends_process_and_thread(made):
    found = made()
    found.want(wanted(3), "p", lambda: POINTS)
    until(lambda: state(found, wanted(3)) == "running")
    process = found._process
    found.close()
    assert process.poll() is not None and "UMAPs" not in {thread.name for thread in threading.enumerate()}
    found.want(wanted(2), "p", lambda: POINTS)
    assert found._thread is None


def test_the_routes(made, monkeypatch):
    found, sources = made(), []

    def source(digest, what):
        sources.append((digest, what))
        if digest == "gone":
            raise LookupError("the model was replaced")
        return digest if what == "codes" else "mnist"

    monkeypatch.setattr(processes, "umaps", lambda: found)
    monkeypatch.setattr(umaps_route, "source", source)
    monkeypatch.setattr(umaps_route, "points", lambda digest, what: POINTS if what == "codes" else 2 * POINTS)

    app = routes_app()

    def command(path: str, **parts) -> Answer:
        return ask(app, f"/assets/1/umaps{path}", "POST", json.dumps(parts).encode(), content_type="application/json")

    assert ask(app, "/assets/1/umaps/d/umap-2-0.1").status == 404 and found._thread is None
    assert command("", action="warm").status == 200 and found._thread is not None
    for path in (
        "/gone/umap-2-0.1",
        "/d/umap",
        "/d/umap-1-0.1",
        "/d/umap-2-0.123",
        "/d/pca-2-0.1",
        "/d/..%2Fx",
        "/d/..%252F",
    ):
        assert command(path, action="want", page="p").status == 404
    for parts in ({"action": "delete", "page": "p"}, {"action": "want"}, {"page": "p"}, {"action": 1, "page": "p"}):
        assert command("/d/umap-2-0.1", **parts).status == 400
    assert not found._jobs
    for path, points in (("/d/umap-2-0.1", POINTS), ("/d/pixels-2-0.1", 2 * POINTS)):
        assert command(path, action="want", page="p").status == 200
        until(lambda: json.loads(command(path, action="ask", page="p").body)["state"] == "done")
        status, _, body = ask(app, f"/assets/1/umaps{path}")
        shift = load_tensors(body)["map"] - points[:, :2]
        assert status == 200 and shift.min() == shift.max() > 0
    assert (
        json.loads(command("/other/pixels-2-0.1", action="want", page="p").body)["state"] == "done"
    )  # pixels are of no model
    assert json.loads(command("/d/umap-3-0.1", action="want", page="p").body)["state"] in ("waiting", "running")
    assert json.loads(command("/d/umap-3-0.1", action="cancel", page="p").body)["state"] == "cancelled"


# Failures that must not last.


def fails_then(found: Umaps, which: Wanted, load=lambda: POINTS) -> str:
    """The problem of a UMAP that fails."""
    found.want(which, "p", load)
    until(lambda: state(found, which) == "failed")
    return found.ask(which, "p").problem


def works(found: Umaps, source: str) -> None:
    which = wanted(source=source)
    found.want(which, "p", lambda: POINTS)
    until(lambda: state(found, which) == "done")


@pytest.mark.parametrize(
    "expected, error",
    [
        ("memory", OSError(errno.ENOMEM, "Cannot allocate memory")),
        ("short of memory", MemoryError()),
        ("odd", ValueError("odd")),
    ],
)
def test_a_process_that_could_not_start_is_started_for_the_next_umap(made, monkeypatch, expected, error):
    def refuse(*arguments, **options):
        raise error

    found = made()
    with monkeypatch.context() as patch:
        patch.setattr(umaps.subprocess, "Popen", refuse)
        problem = fails_then(found, wanted(source="early"))
    assert "could not be started" in problem and expected in problem
    works(found, "later")


@pytest.mark.parametrize(
    "error",
    [MemoryError(), OSError("the disk is gone"), ImportError("no torch"), RuntimeError("odd"), LookupError("gone")],
)
def test_points_that_cannot_be_loaded_fail_their_own_umap_only(made, error):
    found = made()

    def load():
        raise error

    problem = fails_then(found, wanted(source="bad"), load)
    assert (str(error) or "memory") in problem
    process = found._process
    works(found, "good")
    assert found._process is process  # which had no part in it


def test_a_thread_that_could_not_start_is_started_for_the_next_umap(made, monkeypatch):
    found, start = made(), threading.Thread.start

    def refuse(thread):
        if thread.name == "UMAPs":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert "thread" in fails_then(found, wanted(source="early"))
    monkeypatch.setattr(threading.Thread, "start", start)
    works(found, "later")


@pytest.mark.parametrize(
    "script, expected",
    [
        ("import sys; print('a warning', file=sys.stderr); sys.exit('no locator available')", "no locator available"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("print('this is no answer')", "answer"),
    ],
)
def test_the_reason_of_a_process_that_ended_is_given(script, expected):
    found = Umaps((sys.executable, "-c", script))
    try:
        problem = fails_then(found, wanted())
        assert expected in problem and ("memory" in problem) == (expected == "SIGKILL")
    finally:
        found.close()


def test_a_process_that_is_ended_leaves_no_temporary_file_behind():
    leaves = "import tempfile\nhandle, path = tempfile.mkstemp()\n"
    script = leaves + SCRIPT.replace("say(ready=True)", "say(ready=True, path=path)")
    paths, read = [], umaps._read

    def listen(process):
        answer = read(process)
        paths.extend([Path(answer["path"])] if "path" in answer else [])
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(umaps, "_read", listen)
        found = Umaps((sys.executable, "-c", script))
        found.want(wanted(3), "p", lambda: POINTS)
        until(lambda: state(found, wanted(3)) == "running")
        assert paths[0].exists()
        found.close()
    assert not paths[0].exists()


# The process itself.


def run_process(*, before: str = "", jobs: bytes = b"") -> tuple[list[dict], str]:
    """Runs explorer.background.umap_process after some code, on these jobs. Returns its answers and errors."""
    code = f"{before}\nfrom explorer.background import umap_process\numap_process.main()"
    found = subprocess.run([sys.executable, "-c", code], input=jobs, capture_output=True, cwd=ROOT, timeout=300)
    return [json.loads(line) for line in found.stdout.splitlines() if line.startswith(b"{")], found.stderr.decode()


QUICK = "from explorer import projection\nprojection.umap = lambda points, *others: points[:, :2]"  # nothing to compile
JOB = json.dumps({"shape": [4, 3], "neighbours": 2, "min_distance": 0.1, "seed": 0}).encode() + b"\n" + POINTS.tobytes()


@pytest.mark.parametrize("error", ["PermissionError(1, 'not permitted')", "OSError(38, 'not implemented')"])
def test_the_process_works_where_its_scheduling_class_is_refused(error):
    refuse = f"import os\ndef refuse(*_): raise {error}\nos.sched_setscheduler = os.nice = refuse\n"
    answers, complaints = run_process(before=refuse + QUICK, jobs=JOB)
    assert answers[0] == {"ready": True} and answers[1]["shape"] == [4, 2], complaints


def test_the_process_says_why_it_cannot_begin():
    broken = (
        "from explorer import projection\n"
        "def umap(*_): raise RuntimeError('cannot cache function: no locator available')\nprojection.umap = umap"
    )
    [answer], _ = run_process(before=broken)
    assert "no locator available" in answer["problem"] and "memory" not in answer["problem"]


@pytest.mark.parametrize(
    "error, expected",
    [("MemoryError()", "memory"), ("RuntimeError('odd')", "odd"), ("ValueError('too few')", "too few")],
)
def test_a_umap_that_fails_in_the_process_leaves_it_to_do_the_next(error, expected):
    failing = (
        "from explorer import projection\ncalls = []\n"
        "def umap(points, *others):\n    calls.append(1)\n"
        f"    if len(calls) == 2: raise {error}\n    return points[:, :2]\nprojection.umap = umap"
    )
    answers, complaints = run_process(before=failing, jobs=JOB + JOB)
    assert expected in answers[1]["problem"] and answers[2]["shape"] == [4, 2], complaints


@pytest.mark.slow  # it compiles
def test_the_real_process_makes_what_projection_makes():
    from explorer import projection

    found, points = Umaps(), np.random.default_rng(0).standard_normal((200, 8), np.float32)
    try:
        which = Wanted("a", "codes", 7, 0.3)
        found.want(which, "p", lambda: points)
        until(lambda: state(found, which) == "done", 600)
        np.testing.assert_array_equal(found.made(which), projection.umap(points, 0, 7, 0.3))
    finally:
        found.close()
