"""A training and the server's start need nothing that Windows lacks: here they run in a Python without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from explorer.store.bundle import find_bundles, load_bundle

ROOT = Path(__file__).resolve().parent.parent

# The libraries come first: on Linux they may use what Linux has.
TRAINS = "import filelock, sklearn.datasets, sklearn.model_selection, torch, tqdm"
SERVES = "import pandas, pyarrow, streamlit, uvicorn"
WITHOUT = """
import os, pathlib, signal, sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios"):
    sys.modules[name] = None
for name in (
    "chown", "chroot", "fchmod", "fork", "getegid", "geteuid", "getgid", "getpgid", "getpriority", "getuid", "kill",
    "killpg", "lchown", "mkfifo", "nice", "sched_getaffinity", "sched_setscheduler", "SCHED_IDLE", "setpriority",
    "setsid", "statvfs", "sysconf", "uname",
):
    delattr(os, name)
for name in ("SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "alarm"):
    delattr(signal, name)
sys.platform = "win32"
from explorer import files
files.FOLDERS_OPEN = False
"""
TRAIN = """
import train
from explorer.training import job
job.ROOT = pathlib.Path.cwd()
for _ in range(2):  # the second time, a bundle is replaced
    assert train.main(sys.argv[1:]) == 0
"""
START = """
import asyncio, threading
from explorer import cores
from explorer.background import pool
from explorer.serving import app as serving
assert cores.cores() >= 1
given = serving.arguments()
async def start():
    async with given["lifespan"](None):
        done = threading.Event()
        class Work:
            has_work = True
            def work(self): done.set()
        threads = pool.Pool(1)
        threads.submit(Work())
        assert done.wait(10)
asyncio.run(start())
print("ended")
"""


def run(libraries: str, program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    command = [sys.executable, "-c", libraries + WITHOUT + program, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=240)


def test_a_training_needs_nothing_that_windows_lacks(tmp_path):
    command = ["--dataset", "digits", "--model", "ae", "--epochs", "1", "--device", "cpu", "--out", "out"]
    done = run(TRAINS, TRAIN, *command, "--checkpoint-every", "0", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    [path] = find_bundles(tmp_path / "out")
    assert load_bundle(path).config.training.dataset == "digits" and len(list(path.iterdir())) >= 3


def test_the_server_starts_with_nothing_that_windows_lacks(tmp_path):
    done = run(SERVES, START, folder=tmp_path)
    assert done.returncode == 0 and done.stdout.endswith("ended\n"), done.stderr
