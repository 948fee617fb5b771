"""What a person may set of a training: one table for the command line, the practice page and its address.

The limits on the practice page and in its address stand in the table of addresses, which JavaScript reads too.
The names are fields of TrainingConfig and ModelConfig (config.py). The words are in `ui/texts/en/settings.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.config import PRECISIONS, PRIORS, WHILE_TRAINING
from explorer.shared import table
from explorer.siblings import SIBLINGS


@dataclass(frozen=True)
class Setting:
    """One thing that can be set. Without limits or choices it is set on the command line alone."""

    name: str
    limits: tuple[float, float] | None = None  # on the practice page: lowest and highest
    step: float | None = None  # on the practice page: what an arrow key adds
    is_whole: bool = False
    count: int = 1  # on the practice page: the most numbers that it may have
    choices: tuple[str, ...] | None = None

    @property
    def is_list(self) -> bool:
        return self.count > 1

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def only_for(self) -> tuple[str, ...]:
        """The kinds of siblings that have it; empty: all have it."""
        return tuple(kind for kind, sibling in SIBLINGS.items() if self.name in sibling.settings)

    @property
    def while_training(self) -> bool:
        """Whether it may change while a model trains."""
        return self.name in WHILE_TRAINING

    def matters(self, kind: str) -> bool:
        return not self.only_for or kind in self.only_for


IN_FORM = tuple(  # the fields of the practice page, in order
    Setting(
        field["name"],
        (field["least"], field["most"]),
        field.get("step"),
        field["kind"] in ("whole", "wholes"),
        field.get("count", 1),
    )
    for field in table("addresses")["settings"]
    if "least" in field
)
_ALL = (
    Setting("prior", choices=PRIORS),
    Setting("latent_dim", is_whole=True),
    *IN_FORM,
    Setting("precision", choices=PRECISIONS),
)
SETTINGS = {setting.name: setting for setting in _ALL}
