"""The autoencoders of this program, one file each. A record holds all that makes one different from its siblings.

Each file in this folder defines `SIBLING = Sibling(...)`; the folder is listed to find them. A record names code as
"module:name". It is imported when it is first needed, so reading the records does not import torch. A record names
words by their keys in the texts (`ui/texts/en/siblings.py`). A key that is not in the texts is itself the word, so a
new sibling needs only one file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Term:
    """One term of a loss, under its name in the training's reports."""

    name: str
    word: str = ""  # key: its name in a chart's legend or beside its value; "" if the chart has one line
    colour: str = "text"  # of its line: "text" (the theme's colour), or a symbol of web/kernel/symbols.json


@dataclass(frozen=True)
class Chart:
    """The practice page's chart of what holds the latent space in place."""

    title: str  # key
    terms: tuple[Term, ...] = ()
    floor: float | None = None  # a value that the axis always includes
    level: float | None = None  # a value that is marked by a dotted line


@dataclass(frozen=True)
class Sibling:
    """One autoencoder: its network, its loss, its settings, and its words on the pages."""

    kind: str  # its name in addresses, commands, bundles and file names: lower-case letters, digits and dashes
    title: str  # key: its name on the pages
    place: int  # its position in lists, from 1
    # #rrggbb in the light and the dark theme: its identity on all pages. For any eye it is unlike the siblings' colours
    # and those of all symbols
    colour: tuple[str, str]
    model: str  # "module:class", an Autoencoder of models.py
    step: str  # "module:name": a Step of steps.py, or a function that is its `take`
    objectives: tuple[str, ...]  # "module:function": the losses that the practice page shows
    minimised: str  # key: the scoreboard's formula, with {names} of settings and {prior}
    holds: str  # key: what holds its codes, a sentence under the explorer's map, with the same {names}
    chart: Chart
    penalty: Term | None = None  # what the loss adds to the reconstruction; None: nothing
    stochastic: bool = False  # whether its encoder gives a log-variance, and so a q(z|x)
    discriminator: bool = False  # whether it has one; it is stored in the bundle
    discriminator_given_prior: bool = False  # whether log p(z) is added to its discriminator's logit
    epochs: int = 20  # of a full recipe
    settings: tuple[str, ...] = ()  # names in settings.SETTINGS that this sibling has, and not all have
    named: tuple[str, ...] = ()  # those of them that a model's name contains if they differ from a full recipe's
    # fields of TrainingConfig in full recipes, if they are not the default
    training: Mapping[str, float] = field(default_factory=dict)
    # the same for a folder of pictures, with some 1,500 steps; None: as in full recipes
    short_training: Mapping[str, float] | None = None
    in_zoo: bool = False  # whether its recipes ship as trained models
    in_browser: bool = False  # whether browsers train it too: its step is in STEPS of web/kernel/training/steps.js


def resolve(name: str) -> Callable:
    """The class or function that a record names as "module:name"."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _found() -> list[Sibling]:
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return sorted((module.SIBLING for module in modules), key=lambda sibling: (sibling.place, sibling.kind))


SIBLINGS: dict[str, Sibling] = {sibling.kind: sibling for sibling in _found()}
KINDS = tuple(SIBLINGS)
