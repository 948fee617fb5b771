"""Accidents of a training's files: a kill at any step of a write, two programs at once, a full or read-only disk."""

from __future__ import annotations

import errno
import itertools
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

import train
from explorer.data import datasets
from explorer.store import bundle
from explorer.store.bundle import BundleError, load_bundle
from explorer.training import checkpoint, saving
from explorer.training import fit as training
from explorer.training.checkpoint import (
    CheckpointError,
    checkpoint_file,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from tests import test_checkpoint
from tests.quick_training import Command
from tests.test_bundle import names, save
from tests.test_checkpoint import TARGET, some_checkpoint
from tests.test_datasets import idx_contents, mirror, put  # noqa: F401
from tests.test_train import QUICK, files, home  # noqa: F401

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a second process that begins where this one is")


def apart(work: Callable[[], object]) -> int:
    """Starts the work in a process of its own; returns its number."""
    sys.stdout.flush(), sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)  # none of this process's own ends are reached twice
    return pid


def end(pid: int) -> int:
    """Its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# Killed.

STEPS = [(tempfile, "mkstemp"), (os, "fsync"), (os, "chmod"), (os, "replace"), (os, "unlink"), (os, "mkdir")]


def kill_at(number: int) -> None:
    """From now on, this process is killed at that step of its writing, from 0. At fsync, half the file is written."""
    counter = itertools.count()
    for owner, name in STEPS:

        def step(*arguments, name=name, function=getattr(owner, name), **options):
            if next(counter) == number:
                if (
                    name == "fsync"
                    and os.fstat(arguments[0]).st_size
                    and not os.path.isdir(f"/proc/self/fd/{arguments[0]}")
                ):
                    os.ftruncate(arguments[0], os.fstat(arguments[0]).st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        setattr(owner, name, step)


def killed_at_every_step(write: Callable[[], None], check: Callable[[], None]) -> int:
    """Writes, killed at the first step, the second, and so on to the end. Checks after each. Returns their number."""
    for number in itertools.count():
        code = end(apart(lambda: (kill_at(number), write())))
        check()
        if code == 0:
            return number
        assert code == -signal.SIGKILL


def test_a_bundle_whose_writer_is_killed_is_the_old_one_or_the_new_one(tmp_path, monkeypatch):
    expected, path, other = (tmp_path / name / "tiny" for name in ("expected", "here", "other"))
    # with a recording of any content: what is in it is test_recording's
    monkeypatch.setattr(bundle, "check_recording", lambda *arguments: None)
    monkeypatch.setattr(
        bundle, "save_bundle", lambda *arguments, save=bundle.save_bundle: save(*arguments, {"step": arguments[5].mean})
    )
    save(expected, seed=1), save(path), save(other)
    old, new = load_bundle(path).digest, load_bundle(expected).digest
    seen = []

    def check():
        seen.append(load_bundle(path).digest)
        assert bundle.find_bundles(path.parent) == [path] and load_bundle(other).digest == old

    steps = killed_at_every_step(lambda: save(path, seed=1), check)
    assert steps >= 20 and set(seen) == {old, new}
    first = seen.index(new)  # once it is there it stays
    assert first > 15 and set(seen[first:]) == {new}
    assert names(path) == names(expected)  # the last one cleared up what the killed ones left


def test_a_first_bundle_whose_writer_is_killed_is_none(tmp_path):
    other, path = tmp_path / "other", tmp_path / "new"
    save(other)
    found = []

    def check():
        found.append(bundle.find_bundles(tmp_path))
        for one in found[-1]:
            load_bundle(one)

    assert killed_at_every_step(lambda: save(path), check) > 15
    assert [other] in found and found[-1] == [path, other] and len(names(path)) == 3


def test_a_checkpoint_whose_writer_is_killed_is_the_old_one_or_the_new_one(tmp_path):
    file = checkpoint_file(tmp_path / "checkpoints", test_checkpoint.config())
    written = [some_checkpoint(seed) for seed in (0, 1)]
    assert killed_at_every_step(lambda: save_checkpoint(file, written[0], TARGET), lambda: load_checkpoint(file)) > 5
    seen = []

    def check():
        found = load_checkpoint(file).checkpoint.tensors["model.weight"]
        seen.append([one for one in (0, 1) if found.equal(written[one].tensors["model.weight"])])

    assert killed_at_every_step(lambda: save_checkpoint(file, written[1], TARGET), check) > 4
    assert [0] in seen and seen[-1] == [1] and [] not in seen
    remove_checkpoint(file)
    assert list(file.parent.iterdir()) == []


# Two at once.


def test_two_that_write_one_bundle_leave_one_that_is_whole(tmp_path):
    path = tmp_path / "tiny"
    save(path)

    def write(seed: int) -> None:
        for time in range(25):
            save(path, seed=10 * time + seed)

    writers = [apart(lambda seed=seed: write(seed)) for seed in (1, 2)]
    assert [end(writer) for writer in writers] == [0, 0]  # neither saw its files vanish
    assert load_bundle(path).name == "tiny" and len(names(path)) == 3


def test_the_end_of_one_training_does_not_disturb_the_checkpoint_of_its_twin(tmp_path):
    file = checkpoint_file(tmp_path, test_checkpoint.config())
    one = some_checkpoint()
    writer = apart(lambda: [save_checkpoint(file, one, TARGET) for _ in range(150)])
    removers = [apart(lambda: [remove_checkpoint(file) for _ in range(3000)]) for _ in range(2)]
    assert [end(pid) for pid in (writer, *removers)] == [0, 0, 0]
    save_checkpoint(file, one, TARGET)
    assert list(tmp_path.iterdir()) == [file]


def test_runs_of_the_same_second_get_folders_of_their_own(tmp_path):
    started, claimed = datetime(2025, 1, 2, 3, 4, 5), []

    def claim() -> None:
        claimed.extend(saving.fresh_folder(tmp_path / "runs", "digits-vae", started) for _ in range(20))

    threads = [threading.Thread(target=claim) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 60 and all(folder.is_dir() for folder in claimed)


def test_runs_that_are_a_link_to_nowhere_are_named(tmp_path):
    (tmp_path / "runs").symlink_to(tmp_path / "disk")
    with pytest.raises(BundleError, match=r"runs is a link to .*disk, which is not there"):
        saving.fresh_folder(tmp_path / "runs", "digits-vae", datetime(2025, 1, 2, 3, 4, 5))


def test_a_dataset_that_another_program_fetched_meanwhile_is_kept(tmp_path, mirror, monkeypatch):
    fetch = datasets._torchvision_class("mnist")

    def faster(**options):
        fetch(**options)
        put(tmp_path, idx_contents())
        (tmp_path / "MNIST" / "raw" / "theirs").touch()

    monkeypatch.setattr(datasets, "_torchvision_class", lambda name: faster)
    assert len(datasets.load("mnist", "train", tmp_path, download=True).images) == 12
    assert (tmp_path / "MNIST" / "raw" / "theirs").exists() and [path.name for path in tmp_path.iterdir()] == ["MNIST"]


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [("0", "1"), ("0", "0")], ids=["two configurations", "one configuration"])
@pytest.mark.parametrize("out", [["--out", "out"], []], ids=["out", "runs"])
def test_two_trainings_at_once(home, seeds, out):
    arguments = ["--model", "vae", "--epochs", "40", "--checkpoint-every", "0", *out]
    started = [Command(home, *arguments, "--seed", seed) for seed in seeds]
    for process in started:
        code, _output, errors = process.end()
        assert code == 0 and "Traceback" not in errors, errors
    found = bundle.find_bundles(home / (out[-1] if out else "runs"))
    opened = [load_bundle(path).config.training.seed for path in found]
    assert opened in ([0], [1]) if out else sorted(opened) == sorted(map(int, seeds))
    assert {file.parent for file in files(home)} == set(found)  # no half of a file, and no checkpoint


# A disk that is full, or read-only.


def test_a_write_that_ends_in_the_middle_leaves_the_old_bundle(tmp_path):
    path = tmp_path / "tiny"
    save(path)
    before = names(path), load_bundle(path).digest

    def write():
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (600, 600)
        )  # bytes a file: what a write does on a full disk, on any machine
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with pytest.raises(
            BundleError, match=r"cannot be written: File too large. Free or name another folder with --out"
        ):
            save(path, seed=1)

    assert end(apart(write)) == 0
    assert (names(path), load_bundle(path).digest) == before


@pytest.fixture
def disk(tmp_path):
    """`disk(size)`: a folder that is a disk of so many kB. `disk.lock()` makes it read-only."""
    folder = tmp_path / "disk"

    def mount(*options: str) -> Path:
        folder.mkdir(exist_ok=True)
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)], capture_output=True
        ).returncode:
            pytest.skip("a disk can be mounted only by root, on Linux")
        return folder

    def make(kilobytes: int) -> Path:
        return mount(f"size={kilobytes}k")

    make.lock = lambda: mount("remount", "ro")
    yield make
    if os.path.ismount(folder):
        subprocess.run(["umount", "-l", str(folder)], check=True)


def untrained(*arguments, **options):
    raise AssertionError("it trains, though the result can go nowhere")


def test_a_full_disk_leaves_the_old_bundle_and_a_sentence(home, disk, capsys):
    out, arguments = disk(3000), [*QUICK, "--model", "vae", "--out", "disk", "--checkpoint-every", "0"]
    assert train.main(arguments) == 0
    path = out / "digits-vae"
    before = names(path), load_bundle(path).digest
    (out / "other people's").write_bytes(b"0" * (os.statvfs(out).f_bavail * os.statvfs(out).f_frsize - 200_000))
    capsys.readouterr()
    assert train.main([*arguments, "--seed", "1"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(
        "digits-vae: disk/digits-vae cannot be written: No space left on device. Free or name another folder with "
        "--out."
    )
    assert errors.count("\n") == 1 and (names(path), load_bundle(path).digest) == before
    assert (
        "--resume" in errors and len(files(home / "runs")) == 1
    )  # nothing is lost: the checkpoint lies on another disk
    (out / "other people's").unlink()
    assert train.main([*arguments, "--seed", "1", "--resume"]) == 0
    assert load_bundle(path).config.training.seed == 1 and files(home / "runs") == []


def test_a_disk_that_is_too_full_for_checkpoints(home, disk, capsys):
    disk(100)
    (home / "runs").symlink_to(home / "disk")
    assert train.main([*QUICK, "--model", "vae", "--out", "out", "--checkpoint-every", "0"]) == 2
    errors = capsys.readouterr().err
    assert (
        "cannot be written: No space left on device. Make room, or train with --checkpoint-every inf." in errors
        and errors.count("\n") == 1
    )
    assert files(home / "disk") == [] and files(home / "out") == []


@pytest.mark.parametrize("arguments", [["--out", "disk"], []], ids=["out", "runs"])
def test_a_read_only_place_is_refused_before_the_training(home, disk, capsys, monkeypatch, arguments):
    disk(1000)
    (home / "runs").symlink_to(home / "disk")
    disk.lock()
    monkeypatch.setattr(training, "fit", untrained)
    assert train.main([*QUICK, "--model", "vae", *arguments]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("digits-vae: ") and "name another folder with --out" in errors and errors.count("\n") == 1
    assert "is read-only, or not yours" in errors


@pytest.mark.parametrize("state, reason", [("full", "No space left on device"), ("read-only", "Read-only file system")])
def test_datasets_cannot_be_fetched_to_a_disk_that_is(home, disk, mirror, capsys, state, reason):
    data = disk(4)
    disk.lock() if state == "read-only" else (data / "other people's").write_bytes(b"0" * 4096)
    before = list(data.iterdir())
    assert train.main(["--epochs", "1", "--data-dir", "disk", "--out", "out", "--device", "cpu"]) == 2
    message = capsys.readouterr().err.strip().splitlines()[-1]
    assert (
        message.startswith("Dataset mnist could not be downloaded: ")
        and reason in message
        and "use --dataset digits" in message
    )
    assert list(data.iterdir()) == before and not (home / "out").exists()


def test_a_read_only_data_folder_is_as_good_as_another(home, disk, mirror):
    put(disk(1000), idx_contents())
    disk.lock()
    assert len(datasets.load("mnist", "train", home / "disk", download=True).images) == 12
    assert mirror.paths == []


def test_a_checkpoints_sentence_where_the_disk_fails(tmp_path, monkeypatch):
    def failing(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    file = checkpoint_file(tmp_path, test_checkpoint.config())
    save_checkpoint(file, some_checkpoint(), TARGET)
    monkeypatch.setattr(checkpoint, "alone_in", failing)
    with pytest.raises(CheckpointError, match="cannot be written: Input/output error"):
        save_checkpoint(file, some_checkpoint(1), TARGET)
    assert load_checkpoint(file).checkpoint.tensors["model.weight"].equal(some_checkpoint().tensors["model.weight"])
