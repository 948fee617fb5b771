"""Where the signs of the lessons' formulas lead: each address is one that its page takes whole."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from explorer.address import adversary, explore, kl, reparameterisation, why
from explorer.serving import catalogue
from explorer.ui import adversary as adversary_page
from explorer.ui import kl as kl_page
from explorer.ui import why as why_page

from ..browser.driver import ROOT

WEB = ROOT / "explorer" / "web"
PAGES = [path.read_text(encoding="utf-8") for path in WEB.glob("*/page.html")]
SIGNS = sorted({sign for page in PAGES for sign in re.findall(r'data-to="(\w+)"', page)})
pytestmark = pytest.mark.skipif(not (ROOT / "pretrained" / "mnist-vae-32d").exists(), reason="no shipped models")
STATE = {"ae": "mnist-ae", "vae": "mnist-vae", "aae": "mnist-aae", "many": "mnist-vae-32d", "model": "mnist-vae-8d",
    "image": 7, "mean": [0.5, -1]}  # fmt: skip


def problems_of(address: str) -> list[str]:
    page, params = urlsplit(address).path, dict(parse_qsl(urlsplit(address).query))
    entries = {entry["name"]: entry for entry in catalogue.current().entries}
    if page == "":
        return explore.parse(params, explore.default_state(entries, catalogue.FRONT), entries)[1]
    if page == "reparameterisation":
        default = reparameterisation.default_state(entries, catalogue.FRONT[0])
        return reparameterisation.parse(params, default, entries)[1]
    if page == "practice":
        return []
    shown = entries.values() if page != "adversary" else adversary_page.shown(entries.values())
    module, view = {"why": (why, why_page), "kl": (kl, kl_page), "adversary": (adversary, adversary_page)}[page]
    models = view.choices(list(shown))
    return module.parse(params, module.default_state(models), models)[1]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("state", [STATE, {"image": 0}], ids=["with models", "without"])
def test_a_sign_leads_to_an_address_that_its_page_takes_whole(compute, sign, state):
    known = {name: {"dataset": "mnist"} for name in STATE.values() if isinstance(name, str)}
    body = "const found = addressOf(sign, state, new Map(Object.entries(known))); return found;"
    address = compute("parts/models/ways", body, sign=sign, state=state, known=known)
    assert problems_of(address) == [], address


def test_the_pages_have_signs():
    assert {"decoder", "kl", "posterior", "discriminator", "bound", "halves", "collapse", "many", "near"} <= set(SIGNS)
