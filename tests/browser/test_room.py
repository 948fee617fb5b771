"""What a room costs and sees: the panel that lets it in, and what a student's session brings over the network."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from explorer.serving import streamlit_files

from ..benchmarks.student import Student, apart
from .driver import ROOT, address, serve


def get(url: str, **headers: str):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return response.headers, response.read()


def test_the_panel_says_that_only_this_machine_can_open_the_app(open_page):
    page = open_page("?mean=0.5,-1&left=digits-vae&right=digits-aae")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Share with a class").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Only this machine can open this app now").wait_for()
    dialog.get_by_text("--server.address 0.0.0.0").wait_for()
    assert dialog.locator("img").count() == 0
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    # A page is not told its own changes back; going back to a view that it was told before is news all the same.
    page.get_by_role("slider", name="μ₁", exact=True).focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile("mean=4(%2C|,)-1"))
    page.go_back()
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some((e) => e.shadowRoot?.querySelector('.sliders "
        "input')?.value === '0.5')"
    )
    assert address(page)["mean"] == "0.5,-1"


def test_a_release_is_answered_in_few_bytes_and_a_page_is_left_as_it_was(server):
    async def visit() -> None:
        async with Student(server, {"": [], "kl": []}, 0) as student:
            await student.open()
            first = student.bytes
            for _ in range(5):
                await student.move()
            moved = student.state["mean"]
            assert (
                (student.bytes - first) / 5 < 15_000 < first
            )  # the catalogue, the page's HTML and CSS are not sent again
            await student.change_page("kl")
            await student.change_page("")
            assert student.state["mean"] == moved != [0.0, 0.0]
            assert student.errors == [] and not student.dropped

    apart(visit)


def test_streamlits_own_files_come_compressed(server):
    path, file = max(streamlit_files.FILES.items(), key=lambda item: item[1].stat().st_size)
    headers, body = get(server + path, **{"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(body) == file.read_bytes() and len(body) < 0.5 * file.stat().st_size
    assert "immutable" in headers["Cache-Control"] and headers["Content-Type"].startswith(
        streamlit_files.MEDIA_TYPES[file.suffix]
    )
    assert get(server + path)[1] == file.read_bytes()
    for wrong in ("/static/js/../../../app.py", "/static/js/..%2f..%2findex.html", "/static/js/nothing.js"):
        try:
            assert b"<html" in get(server + wrong, **{"Accept-Encoding": "gzip"})[1]  # Streamlit's page
        except urllib.error.HTTPError as error:
            assert error.code in (400, 404)


@pytest.mark.skipif(sys.platform != "linux", reason="another process's limits are read by a call that Linux alone has")
def test_the_server_may_open_more_files_than_the_shell_allows(tmp_path):
    import resource

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))  # as a shell on macOS has it
    try:
        with serve(tmp_path) as server:
            soft, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert soft >= min(4096, hard) > 256


@pytest.mark.slow
def test_a_small_class():
    """The benchmark's bars, for fewer students: the time until a page is ready is another machine's matter."""
    command = [sys.executable, "tests/benchmarks/classroom.py", "--students", "8", "--minutes", "0.5"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    missed = [line for line in run.stdout.splitlines() if line.startswith("MISSED") and "p95 of ready" not in line]
    assert "ready: 8 times" in run.stdout and missed == [], run.stdout + run.stderr
