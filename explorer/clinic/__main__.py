"""`python -m explorer.clinic`: makes the recordings of the clinic again: all, or the runs that are named."""

from __future__ import annotations

import argparse
from pathlib import Path


def main(arguments: list[str] | None = None) -> None:
    from explorer.clinic import recordings, runs
    from explorer.training.job import set_threads

    parser = argparse.ArgumentParser(prog="python -m explorer.clinic", description=__doc__)
    parser.add_argument("run", nargs="*", help=f"one of {', '.join(runs.names())}")
    parser.add_argument(
        "--out", type=Path, default=recordings.FOLDER, help="an existing folder, in place of the repository's"
    )
    options = parser.parse_args(arguments)
    named = options.run
    if unknown := set(named) - set(runs.names()):
        parser.error(f"there is no run {', '.join(sorted(unknown))}")
    set_threads(1)  # sums in another order are other numbers
    for name in named or runs.names():
        file = runs.save(name, runs.train(name), options.out)
        print(f"{file.name}: {file.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
