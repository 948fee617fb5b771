"""The process that computes UMAPs for umaps.py: `python -m explorer.background.umap_process`.

It compiles at once, then does one job after the other. It reads jobs from its standard input and writes answers to its
standard output, both pickled. It ends when its input ends, and so with its parent.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from collections.abc import Callable

import numpy as np

from explorer.reasons import reason

NICE = 10  # it yields to what answers people


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _yield_to_others()

    def answer(**parts) -> None:
        pickle.dump(parts, answers)
        answers.flush()

    try:
        from explorer import projection

        # compiles what every later call needs
        projection.umap(np.random.default_rng(0).standard_normal((64, 4), np.float32))
        answer(ready=True)
        while sys.stdin.buffer.peek():
            _work(pickle.load(sys.stdin.buffer), answer)
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


def _work(job: tuple[np.ndarray, int, int, float], answer: Callable[..., None]) -> None:
    """job: the points, (n, d) float32; the seed, n_neighbors and min_dist."""
    from explorer import projection

    try:
        found = projection.umap(*job, lambda share: answer(share=share))
    except BrokenPipeError:
        raise  # nobody waits for the answer
    except (ValueError, np.linalg.LinAlgError) as error:
        answer(problem=f"there is no UMAP with these settings ({reason(error)})")
    except Exception as error:
        answer(problem=f"the UMAP could not be computed ({reason(error)})")
    else:
        answer(map=found)


if __name__ == "__main__":
    main()
