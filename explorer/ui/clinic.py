"""The loss clinic's cases as plain data: names, sentences with their figures, and code."""

from __future__ import annotations

import re
from functools import cache

from explorer.clinic import recordings
from explorer.clinic.faults import AAE, FAULTS, VAE, Fault
from explorer.shared import fill
from explorer.ui.texts import texts_of

texts = texts_of("clinic")

MOMENTS = len(recordings.load("vae-2d")["epoch"])  # recorded ones of each run
SHARES = {"black_or_white"}  # figures that are written in per cent
ROWS = {  # of the table of numbers, by the sibling
    VAE: ((
        "log_total"
    ), "log_reconstruction", "reconstruction", "log_kl", "kl", "sigma", "code_std", "sliced_w2_squared"),
    AAE: (
        "log_reconstruction", "reconstruction", "log_discriminator_real", "log_discriminator_fake", "log_adversarial",
        "code_std", "sliced_w2_squared",
    ),
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@cache
def cases() -> list[dict]:
    """The cases in their order, as the page takes them. An address gives their numbers, from 1. Imports torch.

    kind: the sibling; run, healthy: the recordings' addresses below the assets'; dimensions: of the latent space;
    choices: the four answers; right: the number of the right one; rows: see `rows`; symptoms: the names of those rows
    that its sentence is about; symptom, explanation: sentences; place: where the code is; right_line, broken_line.
    """
    return [_for_page(FAULTS[key]) for key in FAULTS]


def _for_page(fault: Fault) -> dict:
    found, digests = case(fault.key), recordings.digests()
    module, _, function = fault.replaces.partition(":")
    return {
        "kind": fault.kind,
        "dimensions": fault.latent_dim,
        "run": f"clinic/{digests[fault.key]}",
        "healthy": f"clinic/{digests[fault.healthy]}",
        "choices": [choice["name"] for choice in found["choices"]],
        "right": fault.choices.index(fault.key),
        "rows": rows(fault),
        "symptoms": re.findall(r"\{(\w+)\}", texts.SYMPTOMS[fault.key]),
        "symptom": found["symptom"],
        "explanation": found["explanation"],
        "place": fill(texts.PLACE, function=function, file=f"{module.replace('.', '/')}.py"),
        "right_line": fault.right,
        "broken_line": fault.broken,
    }


def rows(fault: Fault) -> list[dict]:
    """The table of numbers: for each figure its name, title, and the texts of both runs at each recorded moment."""
    runs = {"run": recordings.load(fault.key), "healthy": recordings.load(fault.healthy)}
    figures = {
        who: [recordings.figures(run, moment) for moment in range(len(run["epoch"]))] for who, run in runs.items()
    }
    return [
        {"name": name, "title": texts.ROWS[name]}
        | {who: [written(at[name]) if name in at else texts.UNKNOWN for at in found] for who, found in figures.items()}
        for name in ROWS[fault.kind]
    ]


def case(key: str) -> dict:
    """What the clinic shows of one mistake. key: of its record. Imports torch.

    key, healthy: the names of both recordings; choices: the four answers in their order, [{key, name}]; symptom: a
    sentence with the figures of the recordings; replaces: "module:name" of the right code; right, broken: its line and
    the one in its place.
    """
    fault = FAULTS[key]
    run, healthy = (recordings.figures(recordings.load(name)) for name in (key, fault.healthy))
    figures = run | {f"healthy_{name}": value for name, value in healthy.items()}
    shown = {name: written(value, name.removeprefix("healthy_") in SHARES) for name, value in figures.items()}
    return {
        "key": key,
        "healthy": fault.healthy,
        "name": texts.NAMES[key],
        "choices": [{"key": choice, "name": texts.NAMES[choice]} for choice in fault.choices],
        "symptom": fill(texts.SYMPTOMS[key], shown),
        "explanation": fill(texts.EXPLANATIONS[key], _settings(fault)),
        "replaces": fault.replaces,
        "right": fault.right,
        "broken": fault.broken,
    }


def _settings(fault: Fault) -> dict[str, object]:
    """The numbers in explanations: they follow from the code and the configuration, not from a run."""
    from explorer.objectives import effective_beta

    model = fault.config.model
    beta = effective_beta(*fault.reductions, model.pixels, model.latent_dim)
    return {"pixels": model.pixels, "latent_dim": model.latent_dim, "beta": beta}


def written(value: float, in_per_cent: bool = False) -> str:
    """A figure as the sentences show it: `0.013`, `2.27`, `21.9`, `3,540`, `−2.7 · 10²²`, `80 %`. No line breaks it."""
    if in_per_cent:
        return f"{value:.0%}".replace("%", "\u00a0%")
    size, sign = abs(value), "−" if value < 0 else ""
    if size >= 1e5:
        digits, power = f"{size:.1e}".split("e+")
        return f"{sign}{digits}\u00a0·\u00a010{power.lstrip('0').translate(SUPERSCRIPTS)}"
    places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{sign}{size:,.{places}f}"
