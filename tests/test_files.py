"""Writing so that a crash at any moment leaves the old content or the new one. (What a failing disk does: test_bundle.py.)"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from explorer import files
from explorer.files import PART, shown_path, write_to_disk

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
        assert Path(part).parent == tmp_path and str(part).endswith(PART)  # another disk's file cannot be renamed at once
        seen.append("rename")
        replace(part, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    write_to_disk(file, b"content")
    assert seen == [(b"content", False), "rename", ("folder", True)]


@pytest.mark.parametrize("failure", [OSError("No space left on device"), KeyboardInterrupt()], ids=["disk full", "interrupted"])
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
    writers = [threading.Thread(target=lambda content=content: [write_to_disk(file, content) for _ in range(20)]) for content in contents]
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


def test_a_path_is_shown_from_here_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "data" / "MNIST") == str(Path("data") / "MNIST")
    assert shown_path(tmp_path.parent / "elsewhere") == str(tmp_path.parent / "elsewhere")
