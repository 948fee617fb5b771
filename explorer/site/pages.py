"""What each live page of the site is mounted with: what the app's script gives it for a plain address, and torch's
answers for the states that the page and the tour's steps open with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from explorer.address import adversary as adversary_state
from explorer.address import explore as explore_state
from explorer.address import kl as kl_state
from explorer.address import practice as practice_state
from explorer.address import reparameterisation as reparameterisation_state
from explorer.address import why as why_state
from explorer.serving import catalogue
from explorer.serving.models_route import offered
from explorer.shared import fill
from explorer.ui import (
    adversary,
    components,
    explore,
    kl,
    practice,
    reparameterisation,
    reparameterisation_vae,
    tour,
    why,
)
from explorer.ui.texts import texts_of

texts = texts_of("site")

EACH = 50  # test images in a file


class Answer(NamedTuple):
    """What Python computed for some of a page's states. The page takes it when it comes to one of them."""

    of: dict  # the values of these states
    data: Mapping = MappingProxyType({})  # a part of the page's data
    message: Mapping = MappingProxyType({})  # for the mounted page


class LivePage(NamedTuple):
    """A live page of the site: see web/site/site.js."""

    data: dict
    plain: dict  # the state of a plain address
    named: dict  # where an address with parameters starts
    known: dict | None = None  # what an address can name, if it is not the models of the catalogue
    answers: tuple[Answer, ...] = ()  # of torch: the first is that of the plain address
    tensors: tuple[str, ...] = ()  # the files that it fetches first


Step = Callable[[], object]  # called when a part of the work is done


def explore_page(entries: list[dict], done: Step) -> LivePage | None:
    models = explore.shown(entries)
    if not models:
        return None
    named = explore_state.default_state(models, catalogue.front(models))
    sides = (named["left"], named["right"])
    return LivePage(
        offered(models.values(), sides),
        explore.start(named, models),
        named,
        tensors=tuple(dict.fromkeys(models[name]["tensors"] for name in sides)),
    )


def why_page(entries: list[dict], done: Step) -> LivePage | None:
    models = why.choices(entries)
    if not any(models[kind] for kind in ("ae", "vae", "aae")):
        return None
    state = why_state.default_state(models)
    return LivePage(why.browser_data(entries, state), state, state, known=models)


def kl_page(entries: list[dict], done: Step) -> LivePage:
    models = kl.choices(entries)
    state = kl_state.default_state(models)
    states = opened("kl", lambda params: kl_state.parse(params, state, models)[0])
    found = [kl.reference(one) for one in states]
    answers = tuple(Answer(one["of"], message={"reference": one}) for one in found)
    return LivePage(kl.browser_data(entries, state, state), state, state, known=models, answers=answers)


def reparameterisation_page(entries: list[dict], done: Step) -> LivePage | None:
    models = reparameterisation.shown(entries)
    if not models:
        return None
    state = reparameterisation_state.default_state(models, catalogue.front(models)[0])
    (entry,) = catalogue.in_full([models[state["model"]]])
    states = opened("reparameterisation", lambda params: reparameterisation_state.parse(params, state, models)[0])
    checks = [reparameterisation.check(one) for one in states]
    code = {"sources": reparameterisation.sources(), "run": reparameterisation.forward(state, entry)}
    data = reparameterisation.browser_data(models, state) | {"code": code}
    if not reparameterisation_vae.problem(entry, state["image"]):
        data["vae"] = reparameterisation_vae.measure(state, entry, lambda draws: done())
    return LivePage(data, state, state, answers=tuple(Answer(check["of"], {"check": check}) for check in checks))


def adversary_page(entries: list[dict], done: Step) -> LivePage | None:
    planar = adversary.shown(entries)
    if not planar:
        return None
    models, by_name = adversary.choices(planar), {entry["name"]: entry for entry in planar}
    plain = adversary_state.default_state(models, adversary.opening(models, by_name))
    named = plain | {"tab": "field", "field": plain["field"] | {"moment": None}}  # the finished models
    data = adversary.browser_data(planar, plain)
    data["check"] = adversary.check(plain | {"tab": "teach"}, by_name)
    if data["check"]:
        data["check"] |= {"text": fill(texts.AT_THE_MAKING, found=data["check"]["text"])}
    return LivePage(data, plain, named, known=models)


def practice_page(entries: list[dict], done: Step) -> LivePage:
    """Only the visitor's browser trains. An address that names another dataset is refused with a sentence."""
    data, plain = practice.browser_data(None), practice_state.DEFAULT
    datasets = [dataset["name"] for dataset in data["datasets"]]
    starts = {kind: {name: of[name] for name in datasets} for kind, of in data["starts"].items()}
    return LivePage(data | {"starts": starts}, plain, plain, known=practice_state.KNOWN | {"starts": starts})


def opened(page: str, parse: Callable[[dict[str, str]], dict]) -> list[dict]:
    """The states of a page's plain address and of the tour's steps on it. parse: from an address to a state."""
    return [parse({}), *(parse(step.params()) for step in tour.STEPS if step.page == page)]


PAGES: dict[str, Callable[[list[dict], Step], LivePage | None]] = {
    "explore": explore_page,
    "why": why_page,
    "kl": kl_page,
    "reparameterisation": reparameterisation_page,
    "adversary": adversary_page,
    "practice": practice_page,
}


def given(name: str, page: LivePage, root: str, assets: str) -> dict:
    """What the page's script reads: see web/site/site.js. root, assets: addresses relative to the page's."""
    data = dict(page.data)
    if "catalogue" in data:
        data["catalogue"] = [in_site(entry) for entry in data["catalogue"]]
    fixed = {
        "key": name,
        "assets": assets,
        "symbols": components.symbols(),
        "words": words(name),
        "presenting": False,
        "on_site": True,
    }
    return {
        "page": name,
        "root": root,
        "assets": assets,
        "words": texts.WORDS,
        "data": data | fixed,
        "known": page.known,
        "plain": page.plain,
        "named": page.named,
        "answers": [{name: dict(value) for name, value in answer._asdict().items()} for answer in page.answers],
    }


def as_json(value: object) -> str:
    """JSON that stands in an HTML page: nothing in it ends the script."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def words(name: str) -> dict:
    """A live page's words on the site."""
    return _replaced(components.words(name), texts.REPLACED.get(name, {}))


def in_site(entry: dict) -> dict:
    """A model's entry on the site: where its test images are, if the page shows any. There is nothing to download."""
    if "originals" not in entry:
        return entry
    if entry["originals"]:
        return entry | {"originals_each": EACH}
    missing = fill(texts.NOT_IN_SITE, dataset=entry["dataset"])
    return entry | {"without_originals": entry["without_originals"] or missing}


def _replaced(words: Mapping, others: Mapping) -> dict:
    return dict(words) | {
        name: _replaced(words[name], other) if isinstance(other, Mapping) else other for name, other in others.items()
    }
