"""Lesson 2, the real VAE: estimators of the gradient of −log p(x|z) at one image's posterior.

Torch measures them on a click, in chunks that can be cancelled.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from explorer.serving import bundles, cached, catalogue
from explorer.serving.failure import plain
from explorer.shared import fill
from explorer.ui import draws
from explorer.ui.texts import texts_of

datasets = texts_of("datasets")
texts = texts_of("reparameterisation")

DRAWS, CHUNK, SEED = 100_000, 2_000, 0  # of the reference, and a step of the progress bar
MOST = 10_000  # of the draws that are shown: each crosses the network
BEGUN = "reparameterisation_begun"
KEPT = 4  # sets of shown draws kept with a reference


def problem(entry: dict, row: int) -> str | None:
    """A sentence on why nothing can be measured at that test image; None if it can."""
    if not entry["stochastic"] or entry["shape"] is not None:
        return fill(texts.NOT_A_VAE, model=entry["choice"])
    return no_image(entry, row)


def no_image(entry: dict, row: int) -> str | None:
    """A sentence on why the test image cannot be read; None if it can."""
    if not entry["originals"]:
        if why := entry["without_originals"]:
            return fill(texts.NO_IMAGES, why=why, remedy=texts.CHOOSE)
        why = fill(datasets.WORDS["no_pictures"], dataset=entry["dataset"])
        return fill(texts.NO_IMAGES, why=why, remedy=texts.FETCH_OR_CHOOSE)
    return catalogue.why_no_image(entry["dataset"], row)


def result(state: dict, entry: dict) -> dict | None:
    """The measurements, for the browser; None before they are made."""
    place, shown = _place(state, entry), _shown(state)
    if "reference" not in place or shown not in place["shown"]:
        return None
    return _whole(state, place["reference"], place["shown"][shown])


def measure(state: dict, entry: dict, progress: Callable[[int], object]) -> dict:
    """What `result` returns, measured now. progress(done): called with the number of finished draws. Imports torch."""
    reference = _reference(state, entry, [], progress)
    return _whole(state, reference, _sample(state, entry, _shown(state), lambda done: None))


def _whole(state: dict, reference: dict, sample: dict) -> dict:
    return reference | sample | {"of": _name(state), "most": MOST}


def controls(state: dict, entry: dict) -> None:
    """The button; while it works, the progress and a button to cancel."""
    if why := problem(entry, state["image"]):
        st.info(plain(why), icon=":material/info:")
        return
    place, shown = _place(state, entry), _shown(state)
    if "reference" in place and shown in place["shown"]:
        return
    done = sum(len(values) for values, *_ in _begun(entry, state["image"]))
    label = (
        fill(texts.VAE_AGAIN, n=f"{shown[0]:,}")
        if "reference" in place
        else fill(texts.VAE_GO_ON, done=f"{done:,}")
        if done
        else fill(texts.VAE_RUN, draws=f"{DRAWS:,}")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        started = st.button(label, type="primary", icon=":material/play_arrow:", help=texts.VAE_RUN_HELP)
        cancel = st.empty()
    if not started:
        st.caption(texts.VAE_STOPPED if done else texts.VAE_IDLE)
        return
    cancel.button(texts.VAE_CANCEL, icon=":material/stop:")  # any click ends this run of the script at its next message
    bar = st.progress(0.0)
    if "reference" not in place:
        place["reference"] = _reference(
            state,
            entry,
            _begun(entry, state["image"]),
            lambda done: bar.progress(done / DRAWS, fill(texts.VAE_REFERENCE, done=f"{done:,}", draws=f"{DRAWS:,}")),
        )
    sample = _sample(
        state,
        entry,
        shown,
        lambda done: bar.progress(done / shown[0], fill(texts.VAE_DRAWS, done=f"{done:,}", n=f"{shown[0]:,}")),
    )
    while len(place["shown"]) >= KEPT:
        place["shown"].pop(next(iter(place["shown"])))
    place["shown"][shown] = sample
    st.rerun()


def _place(state: dict, entry: dict) -> dict:
    place = cached.gradient_reference(entry["digest"], state["image"], DRAWS)
    place.setdefault("shown", {})
    return place


def _shown(state: dict) -> tuple[int, int]:
    return min(state["n"], MOST), state["seed"]


def _name(state: dict) -> str:
    return ",".join(str(part) for part in (state["model"], state["image"], *_shown(state)))


def image(entry: dict, row: int):
    """One test image of a model: (1, pixels) float32 in [0, 1]."""
    import torch

    return torch.tensor(catalogue.images_of_dataset(entry["dataset"]).one(row)).float()[None] / 255


def _posterior(state: dict, entry: dict):
    """The model, the image x (1, pixels), and mean (k,) and log_var (k,) of q(z|x)."""
    import torch

    model = bundles.model(entry["digest"])
    x = image(entry, state["image"])
    with torch.no_grad():
        mean, log_var = model.encode(x)
    return model, x, mean[0], log_var[0]


def _begun(entry: dict, row: int) -> list[tuple]:
    """The finished chunks of a cancelled reference at one image, to continue from, in this session."""
    name = (entry["digest"], row)
    if st.session_state.get(BEGUN, (None,))[0] != name:
        st.session_state[BEGUN] = (name, [])
    return st.session_state[BEGUN][1]


def _chunks(state: dict, entry: dict, noise, progress, start: int = 0):
    """For each chunk of draws with the noise (n, k), from `start` on: a `Pathwise` and the scores, `Gradients`."""
    from explorer import estimators, objectives

    model, x, mean, log_var = _posterior(state, entry)

    def loss(z):  # −log p(x|z) of each draw: (n,)
        return objectives.reconstruction_of_each(model.decode(z), x)

    for at in range(start, len(noise), CHUNK):
        progress(at)  # the script ends here where Cancel, or anything else, was clicked
        found = estimators.pathwise(loss, mean, log_var, noise[at : at + CHUNK])
        yield found, estimators.scores(mean, log_var, found.z)


def _reference(state: dict, entry: dict, begun: list[tuple], progress) -> dict:
    """begun: the finished chunks, which it adds to, and empties at the end."""
    import torch

    from explorer import estimators, gaussian

    _, _, mean, log_var = _posterior(state, entry)
    noise = torch.randn(DRAWS, len(mean), generator=torch.Generator().manual_seed(SEED))
    for found, scores in _chunks(state, entry, noise, progress, start=len(begun) * CHUNK):
        begun.append((found.values, *found.gradients, *scores))
    values, *parts = (torch.cat(part).double() for part in zip(*begun))
    path, score = ({"mean": parts[i], "log_var": parts[i + 1]} for i in (0, 2))
    begun.clear()
    leaves = {"mean": mean.clone().requires_grad_(), "log_var": log_var.clone().requires_grad_()}
    (entry["weights"]["beta"] * gaussian.kl_to_standard_normal(**leaves)).backward()
    return {
        "draws": DRAWS,
        "mean": mean.tolist(),
        "log_var": log_var.tolist(),
        "loss": values.mean().item(),
        "kl": {by: leaf.grad.tolist() for by, leaf in leaves.items()},  # the KL term's exact gradient
        "measured": {
            by: [estimators.measure(values, path[by][:, k], score[by][:, k])._asdict() for k in range(len(mean))]
            for by in path
        },
    }


def _sample(state: dict, entry: dict, shown: tuple[int, int], progress) -> dict:
    import torch

    n, seed = shown
    noise = torch.from_numpy(draws.standard_normal(2 * n, seed).reshape(-1, 2)).float()
    found = [found for found, _ in _chunks(state, entry, noise, progress)]
    return {
        "n": n,
        "values": _packed(torch.cat([one.values for one in found])),
        "slopes": _packed(torch.cat([one.slopes for one in found]).mT),
    }


def _packed(tensor) -> str:
    """float32 in base64, row by row."""
    return base64.b64encode(np.ascontiguousarray(tensor.numpy(), dtype="<f4").tobytes()).decode()
