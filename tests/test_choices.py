"""The choices on the practice page: their address, the refusals in sentences, and the equivalent command line."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

import train
from explorer.address import practice as choices
from explorer.config import DATASETS, KINDS, PRIORS, RECIPES
from explorer.settings import IN_FORM, SETTINGS
from explorer.training import job


def numbers(name):
    setting = SETTINGS[name]
    low, high = setting.limits
    if setting.is_list:
        return st.lists(st.integers(low, high), min_size=1, max_size=setting.count)
    if setting.is_whole:
        return st.integers(low, high)
    return st.floats(low, high).map(lambda value: float(f"{value:.4g}")).filter(lambda value: low <= value <= high)


CHOSEN = st.fixed_dictionaries(
    {"kind": st.sampled_from(KINDS), "dataset": st.sampled_from(DATASETS), "prior": st.sampled_from(PRIORS)}
    | {setting.name: numbers(setting.name) for setting in IN_FORM}
)


@given(
    st.fixed_dictionaries(
        {"a": CHOSEN, "b": CHOSEN, "tab": st.sampled_from(["train", "clinic", "predict"])}
        | {"where": st.sampled_from(["browser", "server"]), "case": st.integers(1, 10), "moment": st.integers(0, 5)}
        | {"step": st.integers(1, 6)}
    )
)
def test_an_address_gives_the_choices_back(state):
    assert choices.parse(choices.to_params(state)) == (state, [])
    assert choices.check(state) == state


def test_a_case_of_the_clinic_has_an_address_that_does_not_name_the_mistake():
    state, problems = choices.parse({"tab": "clinic", "case": "3", "moment": "2"})
    assert (state["tab"], state["case"], state["moment"], problems) == ("clinic", 3, 2, [])
    runs = {"a": "vae,digits", "b": "aae,digits"}
    assert choices.to_params(state) == runs | {"tab": "clinic", "case": "3", "moment": "2"}
    assert choices.to_params(choices.parse({"tab": "clinic"})[0]) == runs | {"tab": "clinic"}
    assert choices.to_params(choices.parse({"where": "server"})[0]) == runs | {"where": "server"}
    _, problems = choices.parse({"tab": "clinic", "case": "11"})
    assert len(problems) == 1 and "from 1 to 10" in problems[0]


def test_a_page_from_before_the_clinic_sends_its_runs_alone():
    state, _ = choices.parse({"a": "vae,digits,beta=4"})
    sent = {side: state[side] for side in choices.SIDES}
    assert choices.check(sent) == state


@given(CHOSEN)
def test_the_command_line_makes_the_same_configuration(chosen):
    script, *words = shlex.split(choices.command(chosen))[1:]
    options = train.parse(words)
    assert script == "train.py" and options.threads == 1
    assert job.configure(options) == [choices.to_config(chosen)]


def test_the_command_of_a_full_recipe_does_not_replace_the_model_that_ships():
    assert choices.to_config(choices.start("vae", "digits")) == RECIPES["digits-vae"]
    assert "--out runs" in choices.command(choices.start("vae", "digits"))
    assert "--out" not in choices.command(choices.start("vae", "digits") | {"seed": 1})


def test_an_address_names_what_differs():
    state, _ = choices.parse({"a": "vae,digits,beta=4,hidden=64-32", "b": "aae,mnist,prior=swiss-roll"})
    assert state["a"]["beta"] == 4 and state["a"]["hidden"] == [64, 32] and state["b"]["prior"] == "swiss-roll"
    assert choices.to_params(state) == {"a": "vae,digits,beta=4,hidden=64-32", "b": "aae,mnist,prior=swiss-roll"}
    assert choices.to_params(choices.parse({"b": "aae-textbook,mnist"})[0])["b"] == "aae-textbook,mnist"
    config = choices.to_config(state["b"])
    assert (config.training.r1, config.training.smoothing) == (
        RECIPES["mnist-aae-swiss-roll"].training.r1,
        RECIPES["mnist-aae-swiss-roll"].training.smoothing,
    )


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "kind is wrong: it can be ae, vae, aae or aae-textbook"),
        ("gan,digits", "kind is wrong: it can be ae, vae, aae or aae-textbook"),
        ("vae", "dataset is wrong: it can be"),
        ("vae,cifar", "dataset is wrong: it can be"),
        ("vae,digits,beta=x", "must be a number"),
        ("vae,digits,beta=nan", "from 0 to 1000"),
        ("vae,digits,lr=inf", "from 0.000001 to 10"),
        ("vae,digits,lr=0", "from 0.000001 to 10"),
        ("vae,digits,epochs=2.5", "whole number"),
        ("vae,digits,epochs=1000000", "from 1 to 1000"),
        ("vae,digits,seed=1e400", "whole number"),
        ("vae,digits,hidden=", "whole numbers"),
        ("vae,digits,hidden=4096", "each from 1 to 1024"),
        ("vae,digits,hidden=1-1-1-1-1", "1 to 4 whole numbers"),
        ("vae,digits,prior=flat", "prior is wrong: it can be normal"),
        ("vae,digits,nonsense=1", "settings can be prior, beta"),
        ("vae," * 200, "dataset is wrong"),
    ],
)  # fmt: skip
def test_bad_addresses_are_ignored_with_a_sentence(text, why):
    state, problems = choices.parse({"a": text})
    assert state["a"] == choices.DEFAULT["a"]
    (problem,) = problems
    assert problem.startswith("a=") and "was ignored" in problem and why in problem and len(problem) < 250


@given(st.text("0123456789,.-+einaf:/<>%&= \n\0é☃vdgtsabr", max_size=80))
def test_parsing_never_raises(text):
    choices.parse({"a": text, "b": "vae,digits," + text})


@pytest.mark.parametrize(
    "change",
    [
        {"beta": "1"},
        {"epochs": 10**400},
        {"beta": True},
        {"hidden": "256"},
        {"hidden": [True]},
        {"hidden": [10**400]},
        {"kind": []},
        {"prior": None},
        {"seed": None},
    ],
)
def test_what_a_browser_sends_is_checked(change):
    with pytest.raises(ValueError):
        choices.check_run(choices.start("vae", "digits") | change)
