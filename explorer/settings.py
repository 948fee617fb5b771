"""What a person may set of a training: one table for the command line, the practice page and its address.

The names are fields of TrainingConfig and ModelConfig (config.py). The words are in the texts (`ui/texts/en/settings.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.config import PRECISIONS, PRIORS
from explorer.siblings import SIBLINGS

MOST_LAYERS = 4  # on the practice page: a server's limits are nearer than a command line's


@dataclass(frozen=True)
class Setting:
    """One thing that can be set. Without limits or choices it is set on the command line alone."""

    name: str
    limits: tuple[float, float] | None = None  # on the practice page: lowest and highest
    step: float | None = None  # on the practice page: what an arrow key adds
    is_whole: bool = False
    is_list: bool = False  # one to MOST_LAYERS numbers
    choices: tuple[str, ...] | None = None

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def only_for(self) -> tuple[str, ...]:
        """The kinds of siblings that have it; empty: all have it."""
        return tuple(kind for kind, sibling in SIBLINGS.items() if self.name in sibling.settings)

    def matters(self, kind: str) -> bool:
        return not self.only_for or kind in self.only_for


_ALL = (
    Setting("prior", choices=PRIORS),
    Setting("latent_dim", is_whole=True),
    Setting("beta", (0, 1000), 0.5),
    Setting("adversarial_weight", (0, 10_000), 5),
    Setting("hidden", (1, 1024), is_whole=True, is_list=True),
    Setting("lr", (1e-6, 10), 0.0005),
    Setting("discriminator_lr", (1e-6, 10), 0.0005),
    Setting("epochs", (1, 1000), 10, is_whole=True),
    Setting("batch_size", (8, 4096), 16, is_whole=True),
    Setting("seed", (0, 2**31 - 1), 1, is_whole=True),
    Setting("precision", choices=PRECISIONS),
)
SETTINGS = {setting.name: setting for setting in _ALL}
IN_FORM = tuple(setting for setting in _ALL if setting.limits)  # the fields of the practice page, in order
