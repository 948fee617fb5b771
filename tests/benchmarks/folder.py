"""How much memory does a large folder of pictures take, and how fast is it read?

    python tests/benchmarks/folder.py [--pictures 50000] [--side 64]

Makes a folder of generated pictures in colour (links to a thousand different ones), and runs `train.py --dry-run` on
it, which reads all, takes a step, and encodes and measures all. Prints the largest resident memory of the process.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.pictures import generate  # noqa: E402 - the path above comes first

DIFFERENT = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=50_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--model", default="aae", help="the AAE's measuring takes the least time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "discs")
        generate(folder, min(DIFFERENT, options.pictures), options.side)
        originals = sorted(folder.glob("*/*.png"))
        for i in range(len(originals), options.pictures):
            original = originals[i % len(originals)]
            os.link(original, original.with_name(f"{i:05}.png"))
        begun = time.perf_counter()
        command = [
            sys.executable,
            str(ROOT / "train.py"),
            "--dataset",
            "folder",
            "--data-dir",
            str(folder),
            "--side",
            str(options.side),
        ]
        subprocess.run([*command, "--model", options.model, "--device", "cpu", "--dry-run"], check=True, cwd=made)
        seconds = time.perf_counter() - begun
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{options.pictures:,} pictures of {options.side} x {options.side}: {spent.ru_maxrss * 1024 / 1e9:.2f} GB at "
        f"most, {seconds:.0f} s, {spent.ru_utime + spent.ru_stime:.0f} s of them computing"
    )


if __name__ == "__main__":
    main()
