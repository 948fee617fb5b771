"""How many cores this process may use."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

OWN, ALL = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")  # the process's cgroups; where the system shows them all


def cores() -> int:
    """The cores that its affinity allows, or fewer where a cgroup limits its time, as containers do."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([allowed, *(math.ceil(quota) for quota in _quotas())])


def _quotas() -> Iterator[float]:
    """The limits of its cgroups and of those above them, in cores. A container may see only its own, at the top."""
    try:
        lines = OWN.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # no Linux
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
    """From `200000 100000`, in one file or in two. `max` and -1 stand for no limit."""
    try:
        quota, period = (int(word) for file in files for word in file.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return
    if quota > 0 and period > 0:
        yield quota / period
