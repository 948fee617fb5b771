"""The questions of lesson 3 in Node: their numbers against torch, and what the figure shows before and after."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from torch.distributions import Independent, Normal
from torch.nn import functional as F

from explorer.ui.adversary import divergence_by_draws
from explorer.ui.texts import texts_of

WORDS = texts_of("adversary").WORDS
LOG_2 = math.log(2)
CLOUDS = [
    {"mean": [1.6, 1.2], "std": 1.0},
    {"mean": [0.0, 0.0], "std": 0.3},
    {"mean": [-2.0, 2.0], "std": 2.0},
    {"mean": [0.0, 0.0], "std": 1.0},  # p itself
]
WIDTHS = 45  # log σ² from −10 to 1 in steps of ¼: kernel/width/terms.js
RNG = np.random.default_rng(0)
CLOUD, VAE = {"q": CLOUDS[0], "hole": 0.2}, {"kl": 7.0, "information": 6.0, "marginal": 1.0}
AAE = {"vae": 0.08, "aae": 0.02, "last": 0.007, "grown": 5.0, "changed": -0.7, "weight": 200}
GIVEN = {"best": CLOUD, "blind": CLOUD, "part": VAE, "gradient": CLOUD, "empty": CLOUD, "point": AAE}


@pytest.fixture
def ask(compute):
    """`ask(name, given)`: a question's {answer, values}, and its scenes: at first, of each option, at the end."""
    body = """
    const { answer, values } = QUESTIONS[name](given);
    const scene = (option, isRevealed) => sceneOf(name, given, option, isRevealed);
    const first = scene(undefined, false);
    return {
      answer, values, first, guesses: [0, 1, 2].map((option) => scene(option, false)),
      shown: scene(0, true), rows: rowsOf(name, first.bars), names: Object.keys(QUESTIONS),
    };
    """
    return lambda name, given: compute("adversary/questions", body, name=name, given=given)


def normal(mean=(0.0, 0.0), std: float = 1.0) -> Independent:
    return Independent(Normal(torch.tensor(mean, dtype=torch.double), std), 1)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(" %", ""))


def test_every_question_has_its_words_and_a_bar_for_each_number(ask):
    assert list(GIVEN) == ask("best", CLOUD)["names"]
    for name, given in GIVEN.items():
        found = ask(name, given)
        assert len(WORDS[f"{name}_options"].split("|")) == 3 and found["answer"] in (0, 1, 2)
        assert set(re.findall(r"\{(\w+)\}", WORDS[f"{name}_because"])) <= set(found["values"])
        assert [row[0] for row in found["rows"]] == list(found["first"]["bars"]), name
        assert len(found["rows"]) == len(WORDS[f"{name}_bars"].split("|"))
        assert WORDS[f"{name}_question"] and WORDS[f"{name}_scene"] and WORDS[f"{name}_shown"]


@pytest.mark.parametrize("name", GIVEN)
def test_the_figure_tells_nothing_before_the_answer_is_revealed(ask, name):
    found = ask(name, GIVEN[name])
    asked = [key for key, value in found["first"]["bars"].items() if value is None]
    assert asked and not found["first"]["coloured"]
    assert None not in found["shown"]["bars"].values()
    for guess in found["guesses"]:
        assert not guess["coloured"]
        same = [key for key in guess["bars"] if key not in asked]
        assert [guess["bars"][key] for key in same] == [found["first"]["bars"][key] for key in same]
    assert len({str(guess) for guess in found["guesses"]}) == 3  # each option has a scene of its own


@pytest.mark.parametrize("q", CLOUDS)
def test_the_best_discriminator_returns_a_third_where_codes_are_twice_as_dense(ask, q):
    found = ask("best", {"q": q, "hole": 0.2})
    shown = found["shown"]
    z = torch.tensor(shown["z"]).double()
    p, q_there = (density.log_prob(z).exp().item() for density in (normal(), normal(**shown["q"])))
    assert q_there == pytest.approx(2 * p, rel=1e-6)
    assert shown["bars"] == pytest.approx({"p": p, "q": q_there, "d": p / (p + q_there)}, rel=1e-6)
    assert found["answer"] == 0 and number(found["values"]["d"]) == 33
    assert (shown["q"] == q) == (q != CLOUDS[-1])  # p itself has no such point
    assert z.abs().max() < 4.5  # on the map


@pytest.mark.parametrize("q", CLOUDS)
def test_a_loss_of_log_4_does_not_say_where_the_codes_are(ask, q):
    found = ask("blind", {"q": q, "hole": 0.2})
    shown = found["shown"]
    jsd, error = divergence_by_draws("normal", shown["q"]["mean"], shown["q"]["std"], 0.0, [0.0, 0.0])
    blind = F.binary_cross_entropy_with_logits(torch.zeros(1), torch.ones(1)).item()
    assert shown["bars"]["loss"] == pytest.approx(2 * blind) and shown["bars"]["generator"] == pytest.approx(blind)
    assert shown["bars"]["jsd"] == pytest.approx(jsd, abs=5 * error) and shown["bars"]["jsd"] > 0.01
    assert number(found["values"]["best"]) == pytest.approx(2 * LOG_2 - 2 * shown["bars"]["jsd"], abs=1e-3)
    assert found["answer"] == 2 and not shown["coloured"]  # this D has no colours


def test_an_adversary_replaces_what_does_not_need_x(ask):
    found = ask("part", VAE)
    assert found["answer"] == 2 and found["shown"]["bars"]["replaced"] == VAE["marginal"]
    assert [guess["bars"]["replaced"] for guess in found["guesses"]] == [7, 6, 1]


@pytest.mark.parametrize("q", CLOUDS)
def test_slopes_at_a_rejected_code_are_those_of_autograd(ask, q):
    found = ask("gradient", {"q": q, "hole": 0.2})
    shown = found["shown"]
    z = torch.tensor(shown["z"]).double()
    logit = (normal().log_prob(z) - normal(**shown["q"]).log_prob(z)).requires_grad_()
    losses = {"saturating": F.logsigmoid(-logit), "other": -F.logsigmoid(logit)}  # log(1 − D) and −log D
    for name, loss in losses.items():
        (slope,) = torch.autograd.grad(loss, logit)
        assert shown["bars"][name] == pytest.approx(abs(slope.item()), rel=1e-6)
        assert number(found["values"][name]) == pytest.approx(abs(slope.item()), abs=6e-4)
    assert shown["bars"]["d"] == pytest.approx(torch.sigmoid(logit).item(), rel=1e-6) and shown["bars"]["d"] < 0.1
    assert found["answer"] == 1


@pytest.mark.parametrize("hole", [0.05, 0.2, 0.9])
def test_an_empty_part_costs_less_than_log_2(ask, hole):
    found = ask("empty", CLOUD | {"hole": hole})
    jsd, error = divergence_by_draws("normal", [0.0, 0.0], 1.0, hole, [0.0, 0.0])
    assert found["shown"]["bars"]["jsd"] == pytest.approx(jsd, abs=5 * error)
    assert 0 < found["shown"]["bars"]["jsd"] < LOG_2 and found["answer"] == 2
    listed = [number(text) for text in re.findall(r": ([\d.]+)", found["values"]["list"])]
    assert listed == sorted(listed) and listed[-1] < LOG_2 and len(listed) == 4


@pytest.mark.parametrize(
    "judged, weight, right",
    [
        (np.linspace(0.3, 0.9, WIDTHS), 10.0, 2),  # a wide code only costs: towards a point
        (np.linspace(0.9, 0.3, WIDTHS), 1000.0, 0),  # D prefers wide codes
        ((np.arange(WIDTHS) - 20) ** 2 / 400, 100.0, 1),  # D prefers a σ of its own
    ],
)
def test_what_a_width_costs_an_aae(compute, ask, judged, weight, right):
    log_var = np.linspace(-10, 1, WIDTHS)
    std = np.exp(log_var / 2)
    reconstruction = 100 + 20 * std**2 + RNG.normal(0, 1e-3, WIDTHS)
    kl = std**2 - 1 - log_var  # of two dimensions at the mean 0
    terms = {"reconstruction": reconstruction.tolist(), "kl": kl.tolist(), "judged": np.asarray(judged).tolist()}
    found = compute("adversary/questions", "return ofWidth(terms, weight);", terms=terms, weight=weight)
    vae, total = (reconstruction + kl).argmin(), reconstruction + weight * np.asarray(judged)
    wanted = {
        "vae": std[vae], "aae": std[total.argmin()], "last": std[0], "grown": kl[0] - kl[vae],
        "changed": total[0] - total[vae], "weight": weight,
    }  # fmt: skip
    assert found == pytest.approx(wanted, rel=1e-9)
    assert ask("point", found)["answer"] == right


def test_bars_move_from_what_they_show(compute):
    body = "return shares.map((share) => betweenValues(from, to, share));"
    values = {"from": {"a": 1.0, "b": None, "c": 2.0}, "to": {"a": 3.0, "b": 0.5, "c": None}}
    assert compute("parts/quiz/bars", body, shares=[0, 0.5, 1], **values) == [
        {"a": 1, "b": 0, "c": None}, {"a": 2, "b": 0.25, "c": None}, {"a": 3, "b": 0.5, "c": None},
    ]  # fmt: skip
