"""The terms of a loss against the width of q, in Node, against torch with the browser's noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explorer import gaussian
from explorer.store.bundle import Bundle, load_bundle
from explorer.ui import draws

from ..browser.driver import ROOT
from .test_why import entry, image

PRETRAINED = ROOT / "pretrained"
pytestmark = pytest.mark.skipif(not (PRETRAINED / "digits-vae").exists(), reason="no shipped models")
DRAWS, SEED = 64, 1
LOG_VARS = np.arange(-10, 1.25, 0.25)
MODULES = "kernel/models kernel/values kernel/perceptron kernel/width/terms"
BODY = """
const models = new Models(base), model = await models.open(entry), mean = model.codes.mean.map((column) => column[row]);
const D = entry.discriminator ? await discriminatorOf(models, model) : null;
const terms = new WidthTerms((z) => model.decoder.decode(z), x, mean, D && ((z) => softplus(-D.logits(z)[0])));
while (terms.step());
const loss = lossOf(terms.reconstruction, D ? terms.judged : terms.kl, weight);
return { ...loss, kl: terms.kl, logVars: LOG_VARS };
"""


def terms_by_torch(bundle: Bundle, row: int, log_var: float, x: np.ndarray) -> dict[str, float]:
    """BCE, KL and −log D of q = N(code of the image, exp(log_var) I): means over the browser's draws."""
    model, mean = bundle.model(), torch.from_numpy(bundle.codes.mean[row])
    noise = torch.from_numpy(draws.standard_normal(DRAWS * len(mean), SEED).reshape(DRAWS, -1)).float()
    z = mean + np.exp(0.5 * log_var) * noise
    with torch.no_grad():
        logits = model.decode(z)
        pixels = torch.from_numpy(x).float().expand_as(logits)
        bce = F.binary_cross_entropy_with_logits(logits, pixels, reduction="none").sum(-1).mean().item()
        judged = F.softplus(-model.discriminator(z)).mean().item() if hasattr(model, "discriminator") else None
    kl = gaussian.kl_to_standard_normal(mean, torch.full_like(mean, log_var)).item()
    return {"bce": bce, "kl": kl, "judged": judged}


@pytest.mark.parametrize(
    "name, weight", [("digits-vae", 1.0), ("digits-vae", 4.0), ("mnist-vae-8d", 1.0), ("digits-aae", 20.0)]
)
def test_each_width_costs_what_torch_says(compute, name, weight):
    bundle, x = load_bundle(PRETRAINED / name), image(name, 7)
    found = compute(MODULES, BODY, entry=entry(name), row=7, x=x, weight=weight)
    np.testing.assert_allclose(found["logVars"], LOG_VARS)
    second = "judged" if name == "digits-aae" else "kl"
    for at in (0, 12, 28, len(LOG_VARS) - 1):
        exact = terms_by_torch(bundle, 7, LOG_VARS[at], x)
        assert found["first"][at] == pytest.approx(exact["bce"], rel=1e-4)
        assert found["kl"][at] == pytest.approx(exact["kl"], rel=1e-4)
        assert found["second"][at] == pytest.approx(weight * exact[second], rel=1e-3)
        assert found["total"][at] == pytest.approx(exact["bce"] + weight * exact[second], rel=1e-3)
    assert found["least"] == int(np.argmin(found["total"]))


def test_a_larger_beta_wants_a_wider_q_and_no_kl_the_narrowest(compute):
    """What lesson 1 says of β; at β = 0 the BCE alone is left, and noise only harms it."""
    x = image("digits-vae", 7)
    widths = [
        compute(MODULES, BODY, entry=entry("digits-vae"), row=7, x=x, weight=weight)["least"] for weight in (0, 1, 10)
    ]
    assert widths[0] < widths[1] < widths[2]


@pytest.mark.parametrize("row", [0, 7, 20])
def test_nothing_in_the_loss_of_an_aae_keeps_a_width_from_0(compute, row):
    """For a narrow q both terms are those of the point. The KL of two dimensions grows by 1 nat for each step of log σ²."""
    name = "digits-aae"
    weight = load_bundle(PRETRAINED / name).config.training.adversarial_weight
    found = compute(MODULES, BODY, entry=entry(name), row=row, x=image(name, row), weight=weight)
    narrow, wider = 0, int(np.flatnonzero(LOG_VARS == -8)[0])
    assert found["kl"][narrow] - found["kl"][wider] == pytest.approx(2, abs=0.01)
    assert abs(found["total"][narrow] - found["total"][wider]) < 0.1


@pytest.mark.parametrize("log_var, index", [(-10, 0), (-99, 0), (1, 44), (7, 44), (-3, 28), (-3.1, 28), (-3.2, 27)])
def test_the_nearest_width(compute, log_var, index):
    assert compute("kernel/width/terms", "return indexOf(value);", value=log_var) == index
