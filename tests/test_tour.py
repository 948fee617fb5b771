"""The tour: its steps have words, addresses without a fault, and numbers of the models of the day."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from explorer.address import kl
from explorer.serving import catalogue
from explorer.ui import carried, kept, tour
from explorer.ui.texts import texts_of

TEXTS = texts_of("tour")
PAGES = [SimpleNamespace(url_path=name) for name in ("", "kl", "reparameterisation", "adversary", "scoreboard")]


@pytest.fixture
def run(monkeypatch):
    """`run(sent, page=0, **address)`: a run of the script, after a message of the strip. Returns the address it leaves.

    `run.shown`: the step of the strip and whether its page is open, or None; `run.went`: the page and the parameters
    that were opened.
    """
    fake = SimpleNamespace(session_state={}, query_params={}, html=lambda text: None)
    fake.switch_page = lambda page, query_params: setattr(one, "went", (page.url_path, query_params))
    for module in (tour, carried, kept):
        monkeypatch.setattr(module, "st", fake)
    monkeypatch.setattr(
        tour.components, "show", lambda name, state, data, **_: setattr(one, "shown", (state["step"], data["isHere"]))
    )

    def one(sent: dict | None = None, page: int = 0, has_arrived: bool = False, **address: str) -> dict:
        one.shown = one.went = None
        fake.query_params.clear()
        fake.query_params.update(address)
        if sent is not None:
            fake.session_state["tour"] = {"state": sent}
            tour._keep()
        tour.show(has_arrived, PAGES[page], PAGES)
        return dict(fake.query_params)

    return one


def test_twelve_steps_have_words_and_three_answers():
    names = [step.name for step in tour.STEPS]
    assert len(names) == len(set(names)) == 12 and names == list(TEXTS.STEPS)
    for words in TEXTS.STEPS.values():
        assert set(words) == {"title", "do", "question", "answers", "because"} and len(set(words["answers"])) == 3
        assert words["do"].endswith(".") and words["question"].endswith("?") and words["because"].endswith(".")


@pytest.mark.parametrize("name", TEXTS.STEPS)
def test_no_answer_is_given_away_by_its_length(name):
    *_, second, longest = sorted(len(re.sub(r"\{\w+\}", "0.00", answer)) for answer in TEXTS.STEPS[name]["answers"])
    assert longest <= 1.4 * second


def test_no_number_of_a_model_is_written_by_hand():
    for name, words in TEXTS.STEPS.items():
        text = re.sub(
            r"\{\w+\}|log 4 = 1\.3863|86 %|N\(0, I\)|log σ² = 0|50 %|5 %|32 dimensions|Step 3", "", words["because"]
        )
        assert not re.search(r"\d", text), name


def test_it_never_starts_by_itself(run):
    assert run(has_arrived=True) == {} and run.shown is None
    assert run(has_arrived=True, page=1, tab="two") == {"tab": "two"} and run.shown is None
    assert run(has_arrived=True, tour="13") == {"tour": "13"} and run.shown is None


def test_an_address_opens_a_step_which_stays_on_the_next_page(run):
    assert run(has_arrived=True, tour="3") == {"tour": "3"} and run.shown == (3, False)
    assert run(has_arrived=True, page=1) == {"tour": "3"} and run.shown == (3, True)
    assert run({"step": 4, "go": False, "revision": 1}, page=1, tour="3") == {"tour": "4"} and run.shown == (4, True)
    assert run({"step": 0, "go": False, "revision": 2}, page=1, tour="4") == {} and run.shown is None


def test_show_me_opens_the_steps_view_once(run):
    run(has_arrived=True, tour="3")
    run({"step": 3, "go": True, "revision": 1}, tour="3")
    assert run.went == ("kl", {"tab": "one", "q": "0,2", "p": "0,1", "tour": "3"})
    run(page=1, has_arrived=True, tab="one", q="0,2", p="0,1", tour="3")
    assert run.went is None and run.shown == (3, True)


def test_a_message_that_streamlit_brings_back_opens_no_view_again(run):
    go = {"step": 3, "go": True, "revision": 1}
    run(has_arrived=True, tour="3")
    run(go, tour="3")
    run(page=1, has_arrived=True, tab="one", q="0,2", p="0,1", tour="3")
    changed = {"tab": "one", "q": "0,0.5", "p": "0,1", "tour": "3"}
    assert run(go, page=1, **changed) == changed and run.went is None
    run(go | {"revision": 2}, page=1, **changed)
    assert run.went is not None


@pytest.mark.parametrize("sent", [{}, {"step": 13}, {"step": "1"}, {"step": -1}, {"step": None, "go": True}, [], "1"])
def test_what_is_no_step_changes_nothing(run, sent):
    run(has_arrived=True, tour="3")
    assert run(sent, tour="3") == {"tour": "3"} and run.shown == (3, False) and run.went is None


def test_the_addresses_of_lesson_1_have_no_fault():
    steps = [step for step in tour.STEPS if step.page == "kl"]
    assert len(steps) == 3 and all(kl.parse(step.params())[1] == [] for step in steps)


def test_the_probe_is_the_posterior_of_the_image_and_the_price_is_measured():
    entry = next((entry for entry in catalogue.current().entries if entry["name"] == tour.VAE), None)
    if entry is None:
        pytest.skip("no shipped models: python train.py makes them")
    params = tour.STEPS[1].params()
    mean, log_var = ([float(part) for part in params[name].split(",")] for name in ("mean", "log_var"))
    codes = tour.bundles.find(entry["digest"]).codes
    assert mean == pytest.approx(codes.mean[0].tolist(), abs=1e-4)
    assert log_var == pytest.approx(codes.log_var[0].tolist(), abs=1e-4)
    found = {name: float(value) for name, value in tour.facts(tour.STEPS[7]).items()}
    assert found["kl"] == pytest.approx(entry["metrics"]["kl"], abs=0.006)
    assert found["kl"] == pytest.approx(found["mutual_information"] + found["marginal_kl"], abs=0.03)
