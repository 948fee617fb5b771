"""Atomic writes: a crash at any moment leaves the old or the new content. (A failing disk: test_bundle.py.)"""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import filelock
import pytest

from explorer import files
from explorer.files import PART, alone_in, shown_path, write_to_disk

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("content", [b"", b"short", bytes(range(256)) * 10_000])
def test_what_is_written_is_there_and_nothing_else(tmp_path, content):
    file = tmp_path / "name.bin"
    for old in (None, b"old and longer than short"):
        if old is not None:
            file.write_bytes(old)
        write_to_disk(file, content)
        assert file.read_bytes() == content and list(tmp_path.iterdir()) == [file]
        assert file.stat().st_mode & 0o777 == 0o644  # temporary files are private


def test_the_disk_has_the_content_before_the_name_and_the_name_before_it_is_done(tmp_path, monkeypatch):
    # a rename that reached the disk before the content would leave an empty file after a power cut
    file, seen = tmp_path / "name.bin", []

    def fsync(descriptor, fsync=os.fsync):
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        seen.append(("folder" if path == tmp_path else path.read_bytes(), file.exists()))
        fsync(descriptor)

    def replace(part, target, replace=os.replace):
        assert Path(part).parent == tmp_path and str(part).endswith(
            PART
        )  # another disk's file cannot be renamed at once
        seen.append("rename")
        replace(part, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    write_to_disk(file, b"content")
    assert seen == [(b"content", False), "rename", ("folder", True)]


@pytest.mark.parametrize(
    "failure", [OSError("No space left on device"), KeyboardInterrupt()], ids=["disk full", "interrupted"]
)
@pytest.mark.parametrize("function", ["fsync", "chmod", "replace"])
def test_a_failure_leaves_the_old_content_alone(tmp_path, monkeypatch, failure, function):
    def fail(*arguments):
        raise failure

    file = tmp_path / "name.bin"
    file.write_bytes(b"old")
    monkeypatch.setattr(files.os, function, fail)
    with pytest.raises(type(failure)):
        write_to_disk(file, b"new")
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_missing_or_a_file_or_in_the_files_place(tmp_path):
    (tmp_path / "file").write_text("precious", encoding="utf-8")
    (tmp_path / "folder" / "below").mkdir(parents=True)
    for target in (tmp_path / "missing" / "name", tmp_path / "file" / "name", tmp_path / "folder"):
        with pytest.raises(OSError):
            write_to_disk(target, b"new")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["below", "file", "folder"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "precious"


def test_two_writers_do_not_write_into_each_others_half(tmp_path):
    file, contents = tmp_path / "name.bin", [bytes([letter]) * 300_000 for letter in b"ab"]
    writers = [
        threading.Thread(target=lambda content=content: [write_to_disk(file, content) for _ in range(20)])
        for content in contents
    ]
    for writer in writers:
        writer.start()
    reads = 0
    while any(writer.is_alive() for writer in writers):
        if file.exists():
            assert file.read_bytes() in contents  # a reader never sees half of it
            reads += 1
    assert reads > 0 and file.read_bytes() in contents and list(tmp_path.iterdir()) == [file]


WRITER = """
import sys
from pathlib import Path
from explorer.files import write_to_disk
file, contents = Path(sys.argv[1]), [bytes([letter]) * 3_000_000 for letter in b"ab"]
while True:
    for content in contents:
        write_to_disk(file, content)
"""


def test_a_writer_that_is_killed_leaves_one_whole_content(tmp_path):
    whole, rng, left = {bytes([letter]) * 3_000_000 for letter in b"ab"}, random.Random(1), 0
    file = tmp_path / "name.bin"
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(file)], cwd=ROOT)
        try:
            deadline = time.monotonic() + 30
            while not file.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(rng.uniform(0.05, 0.3))
        finally:
            process.kill()
            process.wait()
        assert file.read_bytes() in whole
        parts = [path for path in tmp_path.iterdir() if path != file]
        assert len(parts) <= 1 and all(path.name.startswith(file.name) and path.name.endswith(PART) for path in parts)
        left += len(parts)
        for path in [file, *parts]:
            path.unlink()
    assert left > 0  # it was caught in the act, or this shows nothing


def refuse_folders(monkeypatch, number: int) -> None:
    """From now on, waiting for the disk fails for folders with that error, and for nothing else."""

    def fsync(descriptor, fsync=os.fsync):
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES])
def test_a_disk_that_knows_no_waiting_for_a_folder_is_written_to(tmp_path, monkeypatch, number):
    refuse_folders(monkeypatch, number)
    write_to_disk(tmp_path / "name.bin", b"new")
    assert (tmp_path / "name.bin").read_bytes() == b"new" and len(list(tmp_path.iterdir())) == 1


def test_a_disk_without_permissions_is_written_to(tmp_path, monkeypatch):
    def refuse(*arguments):  # as a USB stick does
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)
    write_to_disk(tmp_path / "name.bin", b"new")
    assert (tmp_path / "name.bin").read_bytes() == b"new" and len(list(tmp_path.iterdir())) == 1


def test_a_disk_that_fails_while_it_keeps_a_name_is_an_error(tmp_path, monkeypatch):
    refuse_folders(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output error"):
        write_to_disk(tmp_path / "name.bin", b"new")


def being_read(monkeypatch, times: int) -> list[str]:
    """Windows refuses to replace a file that another program reads. From now on, this does, so many times."""
    refused = []

    def replace(part, file, replace=os.replace):
        if len(refused) < times:
            refused.append(part)
            raise PermissionError(errno.EACCES, "Permission denied")
        replace(part, file)

    monkeypatch.setattr(os, "replace", replace)
    return refused


def test_a_file_that_is_being_read_is_replaced_when_its_reader_is_done(tmp_path, monkeypatch):
    file = tmp_path / "name.bin"
    file.write_bytes(b"old")
    refused = being_read(monkeypatch, 3)
    write_to_disk(file, b"new")
    assert len(refused) == 3 and file.read_bytes() == b"new" and list(tmp_path.iterdir()) == [file]


def test_a_file_that_stays_in_use_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    being_read(monkeypatch, 1_000_000)
    with pytest.raises(PermissionError):
        write_to_disk(tmp_path / "name.bin", b"new")
    assert list(tmp_path.iterdir()) == []


HOLDER = """
import sys, time
from pathlib import Path
from explorer import files
files.FOLDERS_OPEN = sys.argv[2] == "True"
with files.alone_in(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.fixture(params=[True, False], ids=["folders open", "folders do not open, as on Windows"])
def folders_open(request, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "FOLDERS_OPEN", request.param)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(files.tempfile, "tempdir", None)  # read the variable again
    return request.param


def test_a_writer_waits_for_another_until_that_one_is_killed(tmp_path, folders_open):
    (tmp_path / "folder").mkdir()
    command, inside = [sys.executable, "-c", HOLDER, str(tmp_path / "folder"), str(folders_open)], threading.Event()

    def enter():
        with alone_in(tmp_path / "folder"):
            inside.set()

    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout.readline().strip() == b"in"
            writer = threading.Thread(target=enter, daemon=True)
            writer.start()
            assert not inside.wait(0.5)
        finally:
            holder.kill()
    assert inside.wait(10)
    writer.join()
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_folder_that_is_missing_cannot_be_had_alone(tmp_path, folders_open):
    with pytest.raises(OSError), alone_in(tmp_path / "missing"):
        pass


def test_a_disk_that_knows_no_locks_is_written_to(tmp_path, folders_open, monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(filelock, "lock_descriptor", refuse)
    with alone_in(tmp_path):
        write_to_disk(tmp_path / "name.bin", b"new")
    assert (tmp_path / "name.bin").read_bytes() == b"new"


@pytest.mark.parametrize(
    "text, shown",
    [
        ("/srv/app/runs/a b/bundle.json: gone", "runs/a b/bundle.json: gone"),
        ("in '/srv/app'. And /srv/app/data.", "in '.'. And data."),
        ("/srv/app-2/x and /srv/apple", "app-2/x and apple"),
        ("/usr/lib/x", "/usr/lib/x"),
    ],
)
def test_a_page_does_not_tell_where_folders_lie(text, shown):
    assert files.without_folders(text, [Path("/srv"), Path("/srv/app")]) == shown


def test_a_path_is_shown_from_here_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "data" / "MNIST") == str(Path("data") / "MNIST")
    assert shown_path(tmp_path.parent / "elsewhere") == str(tmp_path.parent / "elsewhere")
