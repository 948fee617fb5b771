"""The experiments of the practice page. Each makes run B differ from run A in one thing, and asks what will happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.address import practice as choices

DATASET = "digits"  # which scikit-learn brings: a run takes seconds


@dataclass(frozen=True)
class Experiment:
    """One experiment. Its question and answers are in the page's texts, under its name."""

    name: str
    kind: str  # of both runs
    changed: Mapping  # what differs in run B
    right: int  # the number of the answer that comes true, from 0
    epochs: int = 60  # enough for the answer to come true
    seed: int = 0  # of both runs

    def runs(self) -> dict[str, dict]:
        """The choices of both runs."""
        a = choices.start(self.kind, DATASET) | {"epochs": self.epochs, "seed": self.seed}
        return {"a": a, "b": a | self.changed}


EXPERIMENTS = (
    Experiment("beta", "vae", {"beta": 4.0}, 1),
    Experiment("adversary", "aae", {"adversarial_weight": 0.0}, 1),
    # With a few seeds, such as 0 in a browser, its KL stays in the thousands, and the pictures are not all alike.
    Experiment("rate", "vae", {"lr": 1.0}, 2, seed=1),
    Experiment("prior", "aae", {"prior": "swiss-roll"}, 1, epochs=150),
    Experiment("seed", "vae", {"seed": 1}, 1),
)
