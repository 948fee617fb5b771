"""The loss clinic's cases as plain data: names, sentences with their figures, and code."""

from __future__ import annotations

from explorer.clinic import recordings
from explorer.clinic.faults import FAULTS, Fault
from explorer.shared import fill
from explorer.ui.texts import texts_of

texts = texts_of("clinic")

SHARES = {"black_or_white"}  # figures that are written in per cent
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    """A figure as the sentences show it: `0.013`, `2.27`, `21.9`, `3,540`, `−2.7 · 10²²`, `80 %`."""
    if in_per_cent:
        return f"{value:.0%}".replace("%", " %")
    size, sign = abs(value), "−" if value < 0 else ""
    if size >= 1e5:
        digits, power = f"{size:.1e}".split("e+")
        return f"{sign}{digits} · 10{power.lstrip('0').translate(SUPERSCRIPTS)}"
    places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{sign}{size:,.{places}f}"
