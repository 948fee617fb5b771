"""What hundreds of saved runs cost the server when a slider is released, and when the front page is opened.

    python tests/benchmarks/saved_runs.py [--runs 60 300] [--times 100]

For each number of runs, a fresh server has that many in a folder of their own, beside the shipped models. Its processor
time is measured while sessions (student.py) release a slider, and while sessions open the front page. Fails where
either takes more than BAR times what it takes without saved runs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.process import cpu_seconds, memory
from tests.benchmarks.student import Student
from tests.browser import driver

BAR = 1.5  # times what it takes without saved runs
WARM = 10  # releases and openings before the measurement


class Cost(NamedTuple):
    """Of a server with so many saved runs."""

    start: float  # seconds until it answers
    release: float  # ms of processor time
    opening: float  # ms of processor time: the front page's script, without its files
    sent: float  # kB: what the front page's script sends
    megabytes: float  # memory at the end


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, nargs="+", default=[60, 300])
    parser.add_argument("--times", type=int, default=100)
    options = parser.parse_args()
    costs = {n: measure(n, options.times) for n in (0, *options.runs)}
    print("saved runs | start, s | release, ms | opening, ms | sent, kB | memory, MB")
    for n, cost in costs.items():
        figures = f"{cost.start:8.1f} | {cost.release:11.1f} | {cost.opening:11.1f} | {cost.sent:8.0f}"
        print(f"{n:10} | {figures} | {cost.megabytes:10.0f}")
    missed = 0
    for n in options.runs:
        for name in ("release", "opening"):
            ratio = getattr(costs[n], name) / getattr(costs[0], name)
            missed += ratio > BAR
            print(f"{'MISSED: ' if ratio > BAR else ''}{name} with {n} runs: {ratio:.2f} times as without")
    return missed


def lay_out(folder: Path, count: int) -> None:
    """So many saved runs: the shipped models of digits, each with weights and a seed of its own."""
    import dataclasses

    from explorer.models import build
    from explorer.store.bundle import load_bundle, save_bundle

    shipped = [load_bundle(driver.ROOT / "pretrained" / f"digits-{kind}") for kind in ("vae", "aae")]
    for i in range(count):
        found = shipped[i % len(shipped)]
        config = dataclasses.replace(found.config, training=dataclasses.replace(found.config.training, seed=i + 1))
        codes = dataclasses.replace(found.codes, mean=found.codes.mean + np.float32(0.001 * i))
        save_bundle(
            folder / f"{config.name}-seed{i + 1}",
            build(config.model, seed=i + 1),
            config,
            found.metrics,
            found.history,
            codes,
            found.recording,
        )


def measure(runs: int, times: int) -> Cost:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "runs"
        lay_out(folder, runs)
        began = time.monotonic()
        with driver.serve(Path(home), runs=folder) as server:
            start = time.monotonic() - began
            release, opening, sent = asyncio.run(visit(server, times))
            return Cost(start, release, opening, sent, memory(server.pid))


async def visit(server: driver.Server, times: int) -> tuple[float, float, float]:
    """ms of a release, ms of an opening, and the kB that an opening sends."""
    async with Student(server.address, {"": []}, seed=0) as student:
        await student.open()
        sent = student.bytes
        for _ in range(WARM):
            await student.move()
        before = cpu_seconds(server.pid)
        for _ in range(times):
            await student.move()
        release = (cpu_seconds(server.pid) - before) / times
        for i in range(WARM + times):
            if i == WARM:
                before = cpu_seconds(server.pid)
            async with Student(server.address, {"": []}, seed=i + 1) as other:
                await other.open()
                assert not other.errors, other.errors
        opening = (cpu_seconds(server.pid) - before) / times
        assert not student.errors and not student.dropped, student.errors
    return 1000 * release, 1000 * opening, sent / 1000


if __name__ == "__main__":
    sys.exit(main())
