"""The explorer's state in the address: a round trip, and a sentence for everything that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui import state

NAMES = ["mnist-vae", "mnist-aae", "digits-vae"]
SIZES = {"mnist": 10_000, "digits": 360}
DEFAULT = state.default_state(NAMES, (("absent", "mnist-vae"), ("mnist-aae",)))


def numbers(name):
    limit = state.LIMITS[name]
    return st.lists(st.floats(-limit, limit).map(lambda value: round(value, state.DECIMALS)), min_size=2, max_size=2)


@given(
    numbers("mean"), numbers("log_var"), numbers("noise"), st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(state.CODES),
    st.none() | st.integers(0, 359).map("digits:{}".format),
)
def test_an_address_gives_its_state_back(mean, log_var, noise, left, right, codes, pick):
    wanted = {"mean": mean, "log_var": log_var, "noise": noise, "pick": pick, "left": left, "right": right, "codes": codes}
    assert state.parse(state.to_params(wanted), DEFAULT, NAMES, SIZES) == (wanted, [])


@given(st.dictionaries(st.sampled_from(state.PARAMETERS), st.text(max_size=60)))
def test_no_address_breaks_the_page(params):
    parsed, problems = state.parse(params, DEFAULT, NAMES, SIZES)
    assert parsed["left"] in NAMES and len(problems) <= len(params)
    assert all(abs(value) <= limit for name, limit in state.LIMITS.items() for value in parsed[name])


@pytest.mark.parametrize(
    "name, value, why",
    [
        ("mean", "1", "2 numbers"),
        ("mean", "1,nan", "between"),
        ("mean", "1,1e308", "between"),
        ("log_var", "1,81", "between -80 and 80"),
        ("noise", "a,b", "2 numbers"),
        ("left", "../etc", "no such model"),
        ("codes", "both", "means or sampled"),
        ("pick", "mnist:10000", "test images"),
        ("pick", "mnist:-1", "test images"),
        ("pick", "kmnist:1", "test images"),
    ],
)
def test_what_cannot_be_is_named_and_ignored(name, value, why):
    parsed, (problem,) = state.parse({name: value}, DEFAULT, NAMES, SIZES)
    assert parsed == DEFAULT and problem.startswith(f"{name}={value} was ignored") and why in problem


def test_the_default_takes_the_best_that_there_is():
    assert (DEFAULT["left"], DEFAULT["right"]) == ("mnist-vae", "mnist-aae")
    with pytest.raises(ValueError, match="no model"):
        state.default_state([], ((), ()))
