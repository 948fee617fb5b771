"""Lesson 2: the reparameterisation trick. The browser computes what moves; torch checks each finished change."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import SimpleNamespace

import numpy as np
import streamlit as st

from explorer.address import reparameterisation as lesson
from explorer.serving import bundles, catalogue
from explorer.serving.failure import warn_of_models
from explorer.serving.models_route import offered
from explorer.shared import fill
from explorer.ui import components as live
from explorer.ui import draws, kept, reparameterisation_vae, source
from explorer.ui.texts import texts_of

texts = texts_of("reparameterisation")

KEY = "reparameterisation"
# the fields of a model's entry that the browser needs
ENTRY = (
    "name", "choice", "dataset", "dataset_label", "images", "image_side", "classes", "originals", "tensors", "digest",
    "run", "saved", "channels", "without_originals",
)  # fmt: skip
CHECKED = ("mean", "log_var", "f", "omega", "by", "seed", "draw", "n")  # what `check` depends on


def page() -> None:
    listed = catalogue.current()
    warn_of_models(listed.problems)
    models = shown(listed.entries)
    if not models:
        st.error(texts.NO_VAES)
        return
    default = lesson.default_state(models, catalogue.front(models)[0])
    state, problems = kept.current(
        KEY,
        lambda params: lesson.parse(params, default, models),
        lesson.to_params,
        lesson.PARAMETERS,
        holds=lambda found: found["model"] in models,
    )
    kept.show_problems(problems)
    (entry,) = catalogue.in_full([models[state["model"]]])
    ready = "torch" in sys.modules  # the first import takes seconds: the page is on the screen meanwhile
    data = browser_data(models, state)
    if ready and state["view"] != "vae":
        data["check"] = check(state)
    if ready and state["view"] == "code":
        data["code"] = {"sources": sources(), "run": forward(state, entry)}
    if state["view"] == "vae" and not reparameterisation_vae.problem(entry, state["image"]):
        data["vae"] = reparameterisation_vae.result(state, entry)

    def check_sent(sent: Mapping) -> dict:  # a model may have been saved since the page was sent its list
        return lesson.check(sent, default, models if sent["model"] in models else shown(catalogue.current().entries))

    keeper = kept.keeper(KEY, check_sent, lesson.to_params)
    live.show("reparameterisation", state, data, key=KEY, on_state_change=keeper)
    if state["view"] == "vae":
        reparameterisation_vae.controls(state, entry)
    if not ready and state["view"] != "vae":
        import torch  # noqa: F401

        st.rerun()


def browser_data(models: Mapping[str, dict], state: Mapping) -> dict:
    """What the live part needs beside its state and torch's answers. models: the catalogue's entries by their names."""
    answers = dict.fromkeys(("check", "code", "vae"))
    return offered(models.values(), [state["model"]], ENTRY) | {"limits": lesson.LIMITS} | answers


def shown(entries: Iterable[dict]) -> dict[str, dict]:
    """The models of the plane, by their names."""
    return {entry["name"]: entry for entry in entries if entry["latent_dim"] == 2}


def check(state: dict) -> dict:
    """The shown draw and the estimates over all draws, in double precision.

    They use the browser's ε, `gaussian` and automatic differentiation.
    """
    import torch

    from explorer import estimators, gaussian

    n, draw, omega = state["n"], state["draw"], state["omega"]
    pairs = torch.from_numpy(draws.standard_normal(2 * n, state["seed"]).reshape(-1, 2))  # (n, 2)
    noise = pairs[:, :1].clone()  # (n, 1)
    mean, log_var = (torch.tensor(state[name][:1], dtype=torch.float64) for name in ("mean", "log_var"))  # (1,)
    f = estimators.FUNCTIONS[state["f"]]
    found = estimators.pathwise(lambda z: f(z, omega), mean, log_var, noise)
    score = estimators.scores(mean, log_var, found.z)
    per = (0.5 * log_var).exp() / 2  # ∂σ/∂log σ²: what turns a gradient by log σ² into one by σ
    path, weight = {
        "mean": (found.gradients.mean, score.mean),
        "log_var": (found.gradients.log_var, score.log_var),
    }.get(state["by"], (found.gradients.log_var / per, score.log_var / per))
    levels = (0.0, *known_baselines(state))
    each = [path, *(estimators.score_function(found.values, weight, level) for level in levels)]
    normal = torch.distributions.Normal(mean.requires_grad_(), (0.5 * log_var).exp())
    return {
        "of": {name: state[name] for name in CHECKED},
        "z": gaussian.reparameterise(
            *(torch.tensor(state[name], dtype=torch.float64) for name in ("mean", "log_var")), pairs[draw]
        ).tolist(),
        "f": found.values[draw].item(),
        "by_mean": found.gradients.mean[draw].item(),
        "by_log_var": found.gradients.log_var[draw].item(),
        "means": [one.mean().item() for one in each],
        "variances": [one.var().item() for one in each],
        "sample_requires_grad": normal.sample().requires_grad,
        "rsample_requires_grad": normal.rsample().requires_grad,
    }


def known_baselines(state: dict) -> tuple[float, float]:
    """E[f] and the best constant E[f s²] / E[s²] in one dimension.

    They are integrated over ε, independently of the browser's closed forms.
    """
    mean, std, omega = state["mean"][0], float(np.exp(0.5 * state["log_var"][0])), state["omega"]
    low, high, pieces = -12.0, 12.0, 60
    if state["f"] == "square":

        def f(noise: np.ndarray) -> np.ndarray:
            return (mean + std * noise) ** 2

    elif state["f"] == "step":  # only what lies above the edge counts, ε > −μ/σ
        f, low = np.ones_like, float(np.clip(-mean / std, low, high))
    elif omega * std > 40:
        return 0.0, 0.0  # the waves cancel: both are below exp(−800)
    else:
        f, pieces = (lambda e: np.cos(omega * (mean + std * e))), 240
    nodes, weights = np.polynomial.legendre.leggauss(40)
    half = (high - low) / pieces / 2
    e = (low + half * (2 * np.arange(pieces)[:, None] + 1 + nodes)).ravel()
    mass = np.tile(half * weights, pieces) * np.exp(-0.5 * e**2) / np.sqrt(2 * np.pi)
    score2, total = (e**2, 1) if state["by"] == "mean" else ((e**2 - 1) ** 2, 2)
    return float(mass @ f(e)), float(mass @ (f(e) * score2) / total)


def sources() -> dict[str, dict]:
    """The functions that training runs: {name: {text: its source, lines: see `source.result_lines`}}."""
    texts = {name: source.of(name) for name in ("explorer.gaussian:reparameterise", "explorer.objectives:vae_loss")}
    return {name.replace(":", "."): {"text": text, "lines": source.result_lines(text)} for name, text in texts.items()}


def forward(state: dict, entry: dict) -> dict:
    """`objectives.vae_loss` at one test image with the shown draw's ε, and its gradients at the posterior's parameters.

    {"problem": a sentence} where there is no such loss.
    """
    import torch

    from explorer import objectives

    if not entry["stochastic"]:
        return {"problem": fill(texts.NOT_A_VAE, model=entry["choice"])}
    if why := reparameterisation_vae.no_image(entry, state["image"]):
        return {"problem": why}
    model = bundles.model(entry["digest"])
    x = reparameterisation_vae.image(entry, state["image"])
    pair = draws.standard_normal(2 * state["draw"] + 2, state["seed"])[-2:].copy()
    noise = torch.from_numpy(pair).float()[None]  # (1, 2)
    mean, log_var = (parameter.clone().requires_grad_() for parameter in model.encode(x))
    # A model whose posterior is these two leaves, so that their gradients can be read.
    at_leaves = SimpleNamespace(encode=lambda _: (mean, log_var), decode=model.decode, prior=model.prior)
    loss = objectives.vae_loss(at_leaves, x, noise, entry["weights"]["beta"])
    loss.total.backward()
    z = mean + (0.5 * log_var).exp() * noise
    vectors = {
        "mean": mean,
        "log_var": log_var,
        "noise": noise,
        "z": z,
        "grad_mean": mean.grad,
        "grad_log_var": log_var.grad,
    }
    return {
        "of": ",".join(str(state[name]) for name in ("model", "image", "seed", "draw")),
        "image": state["image"],
        "model": entry["choice"],
        "beta": entry["weights"]["beta"],
        "bce": loss.reconstruction.item(),
        "kl": loss.kl.item(),
        "total": loss.total.item(),
        **{name: vector.detach()[0].tolist() for name, vector in vectors.items()},
    }
