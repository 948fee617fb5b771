"""Lesson 3: the discriminator as the loss that shapes a latent space: as a field, on toys, as a game, and misread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from explorer.address import adversary as lesson
from explorer.serving import bundles, catalogue
from explorer.serving.failure import warn_of_models
from explorer.serving.models_route import offered
from explorer.shared import fill
from explorer.ui import components as live
from explorer.ui import kept
from explorer.ui.texts import texts_of

NO_MODELS = texts_of("common").NO_MODELS
texts = texts_of("adversary")

KEY = "adversary"
# the fields of a model's entry that the browser needs
ENTRY = (
    "name", "title", "choice", "stochastic", "discriminator", "given_prior", "dataset", "dataset_label", "prior",
    "shape", "weights", "classes", "images", "digest", "epochs", "recording", "moments", "run", "saved", "tensors",
    "latent_dim", "image_side", "channels", "originals", "without_originals",
)  # fmt: skip
CHECK_DRAWS = {"normal": 100_000, "mixture": 50_000, "swiss-roll": 10_000}  # a swiss roll's density sums 200 Gaussians
CHECK_SEED = 3
OPENINGS = {"mnist-aae": 7, "digits-aae": 14}  # the recorded moment at which D sees crowds and holes best


def page() -> None:
    listed = catalogue.current()
    warn_of_models(listed.problems)
    planar = shown(listed.entries)
    if not planar:
        st.error(NO_MODELS)
        return
    models = choices(planar)
    default = lesson.default_state(models, opening(models, {entry["name"]: entry for entry in planar}))
    current, problems = kept.current(
        KEY,
        lambda params: lesson.parse(params, default, models),
        lesson.to_params,
        lesson.PARAMETERS,
        holds=lambda found: lesson.holds(found, models),
    )
    kept.show_problems(problems)
    data = browser_data(planar, current)
    if "revision" in current:
        data["check"] = check(current, {entry["name"]: entry for entry in planar})

    def check_sent(sent: Mapping) -> dict:  # a model may have been saved since the page was sent its list
        known = models if lesson.holds(sent, models) else choices(shown(catalogue.current().entries))
        return lesson.check(sent, default, known)

    live.show("adversary", current, data, key=KEY, on_state_change=kept.keeper(KEY, check_sent, lesson.to_params))


def browser_data(planar: list[dict], state: Mapping) -> dict:
    """What the live part needs beside its state and torch's answer. planar: see `shown`."""
    fixed = {"shapes": catalogue.shapes(), "presets": lesson.PRESETS, "check": None}
    return offered(planar, lesson.named(state), ENTRY) | fixed


def shown(entries: Iterable[dict]) -> list[dict]:
    """The models of the plane."""
    return [entry for entry in entries if entry["latent_dim"] == 2]


def choices(planar: list[dict]) -> lesson.Models:
    """The names in each of the page's lists of models. Each list begins with the model that the page opens with."""
    front = [name for pair in zip(*catalogue.FRONT) for name in pair]
    names = sorted(
        (entry["name"] for entry in planar),
        key=lambda name: (name not in front, front.index(name) if name in front else 0),
    )
    of = {entry["name"]: entry for entry in planar}
    adversarial = [name for name in names if of[name]["discriminator"]]
    return {
        "vae": [name for name in names if of[name]["stochastic"] and of[name]["shape"] is None],
        "aae": adversarial,
        "model": adversarial + [name for name in names if name not in adversarial],
        # those with one loss for encoder and decoder, and the prior N(0, I)
        "point": {
            name: of[name]["images"]
            for name in adversarial
            if of[name]["shape"] is None and "adversarial_weight" in of[name]["weights"]
        },
    }


def opening(models: lesson.Models, planar: Mapping[str, Mapping]) -> int | None:
    """The moment at which the page opens, at which the field shows crowds and holes. None: the finished models."""
    vae, aae = (next((planar[name] for name in models[side]), None) for side in ("vae", "aae"))
    moment = OPENINGS.get(aae["name"]) if aae else None
    if moment is None or moment >= aae["moments"] - 1 or (vae and vae["moments"] > aae["moments"]):
        return None  # it is not recorded, or the moments are counted by the longer recording
    return moment


def check(state: Mapping, planar: Mapping[str, Mapping]) -> dict | None:
    """Python's value for a finished change, computed by torch without the browser's formulas. `of` names the change."""
    shown = state["field"]
    if state["tab"] == "field" and shown["aae"]:
        # The scrubber's end: the finished models.
        last = max(planar[name]["moments"] for name in (shown["vae"], shown["aae"]) if name) - 1
        if shown["moment"] is not None and shown["moment"] < last and planar[shown["aae"]]["moments"]:
            return None  # the weights of that moment are not kept
        logit, pull = discriminator_at(planar[shown["aae"]]["digest"], shown["z"], shown["label"])
        text = fill(texts.CHECKED_FIELD, logit=_signed(logit), x=_signed(pull[0]), y=_signed(pull[1]))
        return {"of": [shown["aae"], shown["z"], shown["label"]], "logit": logit, "pull": pull, "text": text}
    if state["tab"] == "teach":
        shown = state["teach"]
        cloud = [shown[name] for name in ("prior", "mean", "std", "hole", "at")]
        jsd, error = divergence_by_draws(*cloud)
        text = fill(
            texts.CHECKED_TEACH,
            draws=f"{CHECK_DRAWS[shown['prior']]:,}",
            jsd=f"{jsd:.4f}".replace("-", "−"),
            error=f"{error:.4f}",
        )
        return {"of": cloud, "jsd": jsd, "error": error, "text": text}
    return None


def discriminator_at(digest: str, z: list[float], label: int) -> tuple[float, list[float]]:
    """A model's log D/(1 − D) at z, and the gradient of log D, in single precision. Imports torch."""
    import torch
    from torch.nn import functional as F

    discriminator = bundles.model(digest).discriminator
    at = torch.tensor([z], dtype=torch.float32, requires_grad=True)  # from the browser, whole numbers come as integers
    logit = discriminator(at, torch.tensor([label]) if discriminator.label_informed else None)
    (pull,) = torch.autograd.grad(-F.softplus(-logit).sum(), at)
    return logit.item(), pull[0].tolist()


def divergence_by_draws(prior: str, mean: list[float], std: float, hole: float, at: list[float]) -> tuple[float, float]:
    """JSD(p, q) of the toy's cloud, as a mean over draws of both, and its standard error. Imports torch.

    JSD = ½ E_p log(2p/(p+q)) + ½ E_q log(2q/(p+q)). The browser computes it in another way. Here a draw's squared
    distance from the hole's centre has a noncentral chi-squared distribution, and the hole's radius is its quantile.
    """
    import math

    import torch
    from scipy.stats import ncx2
    from torch.nn import functional as F

    from explorer import gaussian
    from explorer.priors import get_prior

    generator = torch.Generator().manual_seed(CHECK_SEED)
    p = get_prior(prior)
    middle, punched = torch.tensor(mean), torch.tensor(at)
    unit = torch.randn(CHECK_DRAWS[prior], 2, generator=generator)  # of the cloud, in its own standard deviations
    radius = math.sqrt(ncx2.ppf(hole, 2, sum(value**2 for value in at))) if hole else 0.0
    fakes, reals = (
        middle + std * unit[(unit - punched).norm(dim=-1) >= radius],
        p.sample(CHECK_DRAWS[prior], 2, generator),
    )

    def log_ratio(z):  # log p − log q
        own = (z - middle) / std  # (n, 2)
        log_q = gaussian.log_prob_standard_normal(own) - 2 * math.log(std) - math.log1p(-hole)
        inside = (own - punched).norm(dim=-1) < radius
        return p.log_prob(z) - log_q.masked_fill(inside, -math.inf)

    real, fake = (math.log(2) - F.softplus(sign * log_ratio(z)) for sign, z in ((-1, reals), (1, fakes)))
    error = 0.5 * math.sqrt(real.var().item() / len(real) + fake.var().item() / len(fake))
    return 0.5 * (real.mean() + fake.mean()).item(), error


def _signed(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")
