"""The autoencoders of this program, one file each: all that makes one different from its siblings stands in one record.

A file in this folder ends with `SIBLING = Sibling(...)`, and is found by that. A record names code as "module:name", which is
imported when it is first needed, so that reading the records loads no torch. It names words by their key in the texts
(`ui/texts/en/siblings.py`); a key that the texts do not have is itself the word, so that a new sibling needs one file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Term:
    """One term of a loss, by its name in the training's reports."""

    name: str
    word: str = ""  # key: its name in a chart's legend or beside its value; none where there is one line
    colour: str = "text"  # of its line: the theme's text, or a symbol of web/kernel/symbols.json


@dataclass(frozen=True)
class Chart:
    """The practice page's chart of what holds the latent space in place."""

    title: str  # key
    terms: tuple[Term, ...] = ()
    floor: float | None = None  # a value that the axis always includes
    level: float | None = None  # a value that is marked by a dotted line


@dataclass(frozen=True)
class Sibling:
    """What makes one autoencoder different: its network, its loss, and what the pages say of it."""

    kind: str  # its name in addresses, commands, bundles and file names: lower-case letters and digits
    title: str  # key: its name on the pages
    place: int  # in lists, from the first
    colour: str  # in figures, #rrggbb: different from the siblings', for all kinds of colour blindness
    model: str  # "module:class", an Autoencoder of models.py
    step: str  # "module:name": a Step of steps.py, or a function that is its `take`
    objectives: tuple[str, ...]  # "module:function": the losses that the practice page shows
    minimised: str  # key: the scoreboard's formula, with {names} of settings and {prior}
    holds: str  # key: what holds its codes, a sentence under the explorer's map, with the same {names}
    chart: Chart
    penalty: Term | None = None  # what the loss adds to the reconstruction; None: nothing
    stochastic: bool = False  # whether its encoder gives a log-variance, and so a q(z|x)
    discriminator: bool = False  # whether it has one, which is stored with it
    epochs: int = 20  # of a full recipe
    settings: tuple[str, ...] = ()  # names in settings.SETTINGS that only some siblings have, this one among them
    named: tuple[str, ...] = ()  # those of them that stand in a model's name where they differ from a full recipe's
    training: Mapping[str, float] = field(
        default_factory=dict
    )  # fields of TrainingConfig in full recipes, if not the default
    short_training: Mapping[str, float] | None = (
        None  # the same for some 1,500 steps on a folder; None: as in full recipes
    )
    in_zoo: bool = False  # whether its recipes ship as trained models


def resolve(name: str) -> object:
    """The class or function that a record names as "module:name"."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _found() -> list[Sibling]:
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return sorted((module.SIBLING for module in modules), key=lambda sibling: (sibling.place, sibling.kind))


SIBLINGS: dict[str, Sibling] = {sibling.kind: sibling for sibling in _found()}
KINDS = tuple(SIBLINGS)
