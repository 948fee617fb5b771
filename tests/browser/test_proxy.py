"""The proxy of .github/classroom.md, word for word but for the ports: two servers behind nginx, and a class."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from ..benchmarks.student import Student, apart
from .driver import ROOT, serve

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
STUDENTS = 12

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


@contextlib.contextmanager
def proxy(folder: Path, servers: list[str]):
    """nginx in front of two servers; its address."""
    page = (ROOT / ".github" / "classroom.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for written, meant in zip(("127.0.0.1:8501", "127.0.0.1:8502", "listen 8080"), (*servers, f"listen 127.0.0.1:{port}")):
        assert block.count(written) == 1
        block = block.replace(written, meant)
    config = folder / "nginx.conf"
    head = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
    config.write_text(f"{head}http {{\naccess_log off;\n{block}\n}}\n", encoding="utf-8")
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
    return sum(1 for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink() and "socket:" in str(file.readlink()))


def test_a_class_behind_nginx_is_shared_out_and_each_stays_with_its_server(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with serve(tmp_path / "a") as first, serve(tmp_path / "b") as second:
        before = [connections(server.pid) for server in (first, second)]
        with proxy(tmp_path, [server.address.replace("http://localhost", "127.0.0.1") for server in (first, second)]) as address:

            async def attend(student: Student) -> None:
                await student.open()
                await student.move()
                await student.change_page("practice")  # asks its own server for its trainings: another knows of none

            async def visit() -> tuple[list[Student], list[int]]:
                students = [Student(address, {"": ["/", "/_stcore/health"], "practice": []}, seed) for seed in range(STUDENTS)]
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
