"""Lesson 1: the KL divergence between Gaussians, from the integral to the code, and as a half of a VAE's loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from explorer.address import kl as kl_state
from explorer.serving import catalogue
from explorer.serving.failure import warn_of_models
from explorer.serving.models_route import offered
from explorer.ui import components as live
from explorer.ui import kept
from explorer.ui.texts import texts_of

texts = texts_of("kl")

KEY = "kl"
# the fields of a model's entry that the browser needs
ENTRY = (
    "name", "title", "choice", "stochastic", "discriminator", "dataset", "dataset_label", "latent_dim", "shape",
    "classes", "images", "image_side", "channels", "originals", "without_originals", "weights", "metrics", "tensors",
    "digest", "run", "saved",
)  # fmt: skip


def page() -> None:
    listed = catalogue.current()
    warn_of_models(listed.problems)
    models = choices(listed.entries)
    default = kl_state.default_state(models)
    current, problems = kept.current(
        KEY,
        lambda params: kl_state.parse(params, default, models),
        kl_state.to_params,
        kl_state.PARAMETERS,
        holds=lambda found: kl_state.holds(found, models),
    )
    kept.show_problems(problems)

    def check(sent: Mapping) -> dict:  # a model may have been saved since the page was sent its list
        known = models if kl_state.holds(sent, models) else choices(catalogue.current().entries)
        return kl_state.check(sent, default, known)

    live.show(
        "kl",
        current,
        browser_data(listed.entries, current, default),
        key=KEY,
        on_state_change=kept.keeper(KEY, check, kl_state.to_params),
    )
    # The lesson is drawn by now; Python's own numbers need torch, whose import takes seconds the first time.
    live.tell(KEY, "reference", reference(current))


def browser_data(entries: Iterable[dict], state: Mapping, default: Mapping) -> dict:
    """What the live part needs beside its state and torch's answer. default: the state of a plain address."""
    return {"defaults": default} | offered(shown(entries), kl_state.named(state), ENTRY)


def reference(state: Mapping) -> dict:
    """Torch's answer for a state, and the sources that gave it. Imports torch."""
    from explorer.ui import kl_reference

    return kl_reference.reference(state) | {"sources": kl_reference.sources()}


def shown(entries: Iterable[dict]) -> list[dict]:
    """The VAEs whose prior is N(0, I), of any number of dimensions."""
    return [entry for entry in entries if entry["stochastic"] and entry["shape"] is None]


def choices(entries: Iterable[dict]) -> dict[str, dict[str, dict]]:
    """The models in each of the page's lists. Each list begins with what the page opens with.

    That is the front page's VAE, and for the tab on collapse the VAE of its dataset with most dimensions.
    """
    front = [name for pair in zip(*catalogue.FRONT) for name in pair]
    found = sorted(
        shown(entries), key=lambda entry: front.index(entry["name"]) if entry["name"] in front else len(front)
    )
    first = found[0]["dataset"] if found else None
    largest = sorted(found, key=lambda entry: (entry["dataset"] != first, entry["run"], -entry["latent_dim"]))

    def facts(entries: Iterable[dict]) -> dict[str, dict]:
        return {entry["name"]: {name: entry[name] for name in ("images", "latent_dim")} for entry in entries}

    return {"vae": facts(found), "model": facts(largest)}
