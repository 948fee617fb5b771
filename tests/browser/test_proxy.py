"""The proxies of .github/classroom.md, unchanged except for the ports: a path before the app's, and two servers."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ..benchmarks.student import Student, apart
from .driver import COMPLETE, ROOT, serve

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
STUDENTS = 12

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


def example(word: str) -> str:
    """The one example of nginx's configuration that has this word."""
    blocks = re.findall(
        r"```nginx\n(.*?)```", (ROOT / ".github" / "classroom.md").read_text(encoding="utf-8"), re.DOTALL
    )
    [found] = [block for block in blocks if word in block]
    return found


def in_numbers(server: str) -> str:
    """A server's host and port, as nginx takes it."""
    return urlsplit(server).netloc.replace("localhost", "127.0.0.1")


@contextlib.contextmanager
def nginx(folder: Path, block: str, meant: dict[str, str]):
    """Runs nginx with this block in `http`. meant: texts of the block and their replacements. Yields the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for written, new in (meant | {"listen 8080": f"listen 127.0.0.1:{port}"}).items():
        assert block.count(written) == 1
        block = block.replace(written, new)
    config = folder / "nginx.conf"
    own = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    config.write_text(f"{own}\nhttp {{\naccess_log off; {paths}\n{block}\n}}\n", encoding="utf-8")
    process = subprocess.Popen([NGINX, "-c", config], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


def connections(pid: int) -> int:
    """The sockets that a process has open."""
    return sum(
        1 for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink() and "socket:" in str(file.readlink())
    )


def test_a_class_behind_nginx_is_shared_out_and_each_stays_with_its_server(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with serve(tmp_path / "a") as first, serve(tmp_path / "b") as second:
        before = [connections(server.pid) for server in (first, second)]
        meant = {"127.0.0.1:8501": in_numbers(first.address), "127.0.0.1:8502": in_numbers(second.address)}
        with nginx(tmp_path, example("upstream"), meant) as address:

            async def attend(student: Student) -> None:
                await student.open()
                await student.move()
                await student.change_page("practice")  # asks its own server for its trainings: another knows of none

            async def visit() -> tuple[list[Student], list[int]]:
                students = [
                    Student(address, {"": ["/", "/_stcore/health"], "practice": []}, seed) for seed in range(STUDENTS)
                ]
                async with contextlib.AsyncExitStack() as stack:
                    for student in students:
                        await stack.enter_async_context(student)
                    await asyncio.gather(*(attend(student) for student in students))
                    await asyncio.sleep(7)  # two more questions each
                    return students, [connections(server.pid) for server in (first, second)]

            students, after = apart(visit)
    assert [error for student in students for error in student.errors] == []
    shared = [now - then for now, then in zip(after, before)]
    assert min(shared) >= 2 and sum(shared) >= STUDENTS


def test_pages_behind_nginx_below_a_path(server, tmp_path, chromium):
    block = f"server {{ listen 8080; {example('location /lab/')} }}"
    with nginx(tmp_path, block, {"127.0.0.1:8501": in_numbers(server)}) as address:
        page = chromium.new_context().new_page()
        page.set_default_timeout(60_000)
        lesson = ".kl-lesson[data-ready=true]"
        for path, drawn in (("lab", COMPLETE), ("lab/kl", lesson), ("lab/kl/", lesson)):
            page.goto(f"{address}/{path}")
            page.wait_for_selector(drawn)
            assert page.url.partition("?")[0].rstrip("/") == f"{address}/{path}".rstrip("/")
        page.context.close()
