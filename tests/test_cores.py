"""How many cores may be used: affinity, and the limits of cgroups."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from explorer import cores
from explorer.background.runs import Folders
from explorer.background.sessions import SessionRegistry
from explorer.training import job

V2, V1 = "0::/\n", "7:cpuset:/\n4:cpu,cpuacct:/\n"
SERVICE = "0::/user.slice/app.service\n"


def v2(quota: str, folder: str = "") -> dict[str, str]:
    return {f"{folder}cpu.max": f"{quota} 100000\n"}


def v1(quota: int, folder: str = "cpu,cpuacct") -> dict[str, str]:
    return {f"{folder}/cpu.cfs_quota_us": f"{quota}\n", f"{folder}/cpu.cfs_period_us": "100000\n"}


LIMITS = {
    "version 2, in a container": (V2, v2("200000"), 2),
    "no limit": (V2, v2("max"), 64),
    "one and a half": (V2, v2("150000"), 2),
    "less than one": (V2, v2("5000"), 1),
    "more than there are": (V2, v2("12800000"), 64),
    "of a service": (SERVICE, v2("300000", "user.slice/app.service/") | v2("max", "user.slice/"), 3),
    "of what is above a service": (SERVICE, v2("max", "user.slice/app.service/") | v2("400000", "user.slice/"), 4),
    "version 1": (V1, v1(250000), 3),
    "version 1, no limit": (V1, v1(-1), 64),
    "version 1, the host's path in a container": ("4:cpu,cpuacct:/docker/1f\n", v1(200000), 2),
    "both versions": ("4:cpu:/\n0::/\n", v1(-1, "cpu") | v2("200000", "unified/"), 2),
    "no cgroups": (None, {}, 64),
    "nonsense": ("\n:\nx:y\n", {"cpu.max": "many\n"}, 64),
}


@pytest.fixture
def limited(tmp_path, monkeypatch):
    """limited(own, files): a host of 64 cores with such cgroups."""

    def limit(own: str | None, files: dict[str, str]) -> None:
        for name, text in files.items():
            file = tmp_path / "all" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if own is not None:
            (tmp_path / "own").write_text(own, encoding="utf-8")
        monkeypatch.setattr(cores, "OWN", tmp_path / "own")
        monkeypatch.setattr(cores, "ALL", tmp_path / "all")
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)

    return limit


@pytest.mark.parametrize("own, files, expected", LIMITS.values(), ids=LIMITS)
def test_a_cgroup_limits_the_cores(limited, own, files, expected):
    limited(own, files)
    assert cores.cores() == expected


def test_without_affinity_the_machines_cores_count(limited, monkeypatch):
    limited(*LIMITS["no cgroups"][:2])
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert cores.cores() == 12


def test_as_many_trainings_at_once_as_cores(limited):
    limited(*LIMITS["version 2, in a container"][:2])
    assert SessionRegistry(Folders(Path("data"), Path("runs"))).pool.size == 2


def test_a_training_takes_no_more_threads_than_cores(limited, monkeypatch):
    limited(*LIMITS["version 2, in a container"][:2])
    threads = [32]
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads[-1])
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    job.set_threads(None)
    assert threads == [32, 2]
    job.set_threads(5)  # what is asked for is taken
    assert threads == [32, 2, 5]
    threads[:] = [1]  # as torchrun has it
    job.set_threads(None)
    assert threads == [1]
