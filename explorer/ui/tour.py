"""The tour: twelve steps over the pages. `tour=3` in the address opens the third; the front page leads to the first.

A strip above the page says what to do, opens the step's view, and asks a question. `web/tour/answers.js` answers it
from the numbers that the page shows. The words are in `ui/texts/en/tour.py`, by the steps' names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer.address.schema import text
from explorer.serving import bundles, catalogue, streamlit_internals
from explorer.ui import carried, components, kept
from explorer.ui.texts import texts_of

texts = texts_of("tour")

KEY = PARAMETER = "tour"
VAE, IMAGE = "mnist-vae", "mnist:0"  # the model of the steps on one VAE, and a test image
GO = "tour_go"  # in the session: the step's view is to be opened


@dataclass(frozen=True)
class Step:
    """A step: the view that it is about, as an address. Its question is in web/tour/answers.js, under its name."""

    name: str
    page: str
    query: str | Callable[[], str]  # a function, where it depends on the models of the day

    def params(self) -> dict[str, str]:
        """The address's parameters."""
        return dict(parse_qsl(self.query if isinstance(self.query, str) else self.query()))


def posterior_of_image() -> str:
    """The VAE's q(z|x) of the test image, as the probe."""
    bundle = bundles.find(_entry().get("digest", ""))
    probe = ""
    if bundle is not None:
        mean, log_var = (
            ",".join(map(text, values[0].tolist())) for values in (bundle.codes.mean, bundle.codes.log_var)
        )
        probe = f"&mean={mean}&log_var={log_var}"
    return f"left={VAE}&right=mnist-aae&pick={IMAGE}{probe}"


_ZEROS = ",".join(["0"] * 32)
STEPS = (
    Step("invent", "explore", "left=mnist-ae&right=mnist-vae&mean=0,0&log_var=0,0&tool=map"),
    Step("cloud", "explore", posterior_of_image),
    Step("cost", "kl", "tab=one&q=0,2&p=0,1"),
    Step("derivation", "kl", "tab=derivation&step=4"),
    Step("logvar", "kl", "tab=logvar&q=0,2&p=0,1&rate=1.5"),
    Step("gradient", "reparameterisation", "view=estimators&mean=2,0&log_var=-1.3863,-1"),
    Step("beta", "explore", "left=mnist-vae-beta0.1&right=mnist-vae-beta40&codes=sampled"),
    Step("price", "scoreboard", f"dataset=mnist&model={VAE}"),
    Step("holes", "explore", f"left={VAE}&right=mnist-aae&codes=sampled&tool=map&underlay=ratio"),
    Step("rival", "adversary", "tab=teach"),
    Step("readings", "adversary", "tab=readings"),
    Step("shell", "explore", f"left=mnist-vae-32d&right=mnist-aae-32d&mean={_ZEROS}&log_var={_ZEROS}&tool=map"),
)
_AT = carried.Carried(PARAMETER, [str(n) for n in range(1, len(STEPS) + 1)])


def show(has_arrived: bool, page: StreamlitPage, pages: Sequence[StreamlitPage]) -> None:
    """Shows the strip while the tour is on. Opens a step's view if that was asked for.

    has_arrived: see `Carried.read`. page: the one that is shown, of `pages`.
    """
    written = _AT.read(has_arrived)
    if written is None:
        return
    number = int(written)
    step = STEPS[number - 1]
    if st.session_state.pop(GO, False):
        target = next(one for one in pages if _name(one) == step.page)
        st.switch_page(target, query_params=step.params() | carried.params())
    st.html(streamlit_internals.TOUR_STYLE)
    components.show(
        "tour",
        {"step": number},
        {"of": len(STEPS), "name": step.name, "isHere": step.page == _name(page), "facts": facts(step)},
        key=KEY,
        on_state_change=_keep,
    )


def facts(step: Step) -> dict[str, str]:
    """Numbers of the scoreboard's table, which the browser draws on a canvas: as it shows them."""
    if step.name != "price":
        return {}
    metrics = _entry().get("metrics", {})
    names = ("kl", "mutual_information", "marginal_kl")
    return {name: f"{metrics[name]:.2f}" for name in names if name in metrics}


def _entry() -> dict:
    """The catalogue's entry of the VAE; empty if it is not there."""
    return next((entry for entry in catalogue.current().entries if entry["name"] == VAE), {})


def _name(page: StreamlitPage) -> str:
    """A page's name; in addresses the front page has none."""
    return page.url_path or STEPS[0].page


def _keep() -> None:
    """Takes what the strip has sent: {step: 1 to 12, or 0 to close it; go: whether its view is to be opened}."""
    sent = st.session_state.get(KEY, {}).get("state")
    if not isinstance(sent, dict) or sent.get("step") not in range(len(STEPS) + 1) or not kept.is_new(KEY, sent):
        return
    _AT.set(str(sent["step"]) if sent["step"] else None)
    st.session_state[GO] = sent.get("go") is True
