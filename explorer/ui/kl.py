"""Lesson 1: the KL divergence between Gaussians: the integral, the closed form, its derivation, and why log σ²."""

from __future__ import annotations

from explorer.address import kl as kl_state
from explorer.ui import components as live
from explorer.ui import kept
from explorer.ui.texts import texts_of

texts = texts_of("kl")

KEY = "kl"


def page() -> None:
    current, problems = kept.current(KEY, kl_state.parse, kl_state.to_params, kl_state.PARAMETERS)
    kept.show_problems(problems)
    live.show(
        "kl",
        current,
        {"defaults": kl_state.DEFAULT},
        key=KEY,
        on_state_change=kept.keeper(KEY, kl_state.check, kl_state.to_params),
    )
    # The lesson is drawn by now; Python's own numbers need torch, whose import takes seconds the first time.
    from explorer.ui import kl_reference

    live.tell(KEY, "reference", kl_reference.reference(current) | {"sources": kl_reference.sources()})
