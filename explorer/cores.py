"""The number of cores that this process may use."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

OWN, ALL = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")  # the process's own cgroups; the folder of all cgroups


def cores() -> int:
    """The number of cores that the process's affinity allows, or fewer if a cgroup (a container) limits its time."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([allowed, *(math.ceil(quota) for quota in _quotas())])


def _quotas() -> Iterator[float]:
    """The limits, in cores, of the process's cgroups and their parents. In a container, its own may be the top one."""
    try:
        lines = OWN.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0":  # version 2
            tops, names = [ALL, ALL / "unified"], ["cpu.max"]
        elif "cpu" in controllers.split(","):
            tops, names = [ALL / controllers], ["cpu.cfs_quota_us", "cpu.cfs_period_us"]
        else:
            continue
        for top in tops:
            folder = top / path.lstrip("/")
            for one in (folder, *folder.parents):
                if one.is_relative_to(top):
                    yield from _quota([one / name for name in names])


def _quota(files: list[Path]) -> Iterator[float]:
    """The limit in cores: `200000 100000` (quota and period in µs, in one file or two) is 2. `max` and -1: no limit."""
    try:
        quota, period = (int(word) for file in files for word in file.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return
    if quota > 0 and period > 0:
        yield quota / period
