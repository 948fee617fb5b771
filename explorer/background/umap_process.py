"""The process that computes UMAPs for umaps.py: `python -m explorer.background.umap_process`.

It compiles at once, then does one job after the other. It reads jobs from its standard input and writes answers to its
standard output: each is a line of JSON, followed by the bytes of an array. It ends when its input ends, and so with its
parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

import numpy as np

from explorer.reasons import reason

NICE = 10  # it yields to what answers people


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _yield_to_others()

    def answer(array: np.ndarray | None = None, **parts) -> None:
        answers.write(json.dumps(parts).encode() + b"\n" + (b"" if array is None else array.tobytes()))
        answers.flush()

    try:
        from explorer import projection

        # compiles what every later call needs
        projection.umap(np.random.default_rng(0).standard_normal((64, 4), np.float32))
        answer(ready=True)
        while (job := sys.stdin.buffer.readline()) != b"":
            _work(json.loads(job), sys.stdin.buffer, answer)
    except BrokenPipeError:
        pass  # nobody listens any more
    except Exception as error:
        remedy = ": install what requirements.txt names" if isinstance(error, ImportError) else ""
        answer(problem=f"umap-learn cannot be used here ({reason(error)}){remedy}")


def _yield_to_others() -> None:
    """Pages go first. Some containers refuse the scheduling class, or both ways."""
    with contextlib.suppress(OSError, AttributeError):
        return os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # only the time that nobody else wants
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)


def _work(job: dict, points_from: BinaryIO, answer: Callable[..., None]) -> None:
    points = np.frombuffer(points_from.read(4 * job["shape"][0] * job["shape"][1]), np.float32).reshape(job["shape"])
    from explorer import projection

    try:
        found = projection.umap(
            points, job["seed"], job["neighbours"], job["min_distance"], lambda share: answer(share=share)
        )
    except BrokenPipeError:
        raise  # nobody waits for the answer
    except (ValueError, np.linalg.LinAlgError) as error:
        answer(problem=f"there is no UMAP with these settings ({reason(error)})")
    except Exception as error:
        answer(problem=f"the UMAP could not be computed ({reason(error)})")
    else:
        answer(found, shape=found.shape)


if __name__ == "__main__":
    main()
