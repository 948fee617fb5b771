"""The KL lesson's state in the address: a round trip, and a sentence for everything that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.address import kl as kl_state
from explorer.ui import kl_reference

ODD = "0123456789,.-+einaf:/<>%&= \n\0é☃"


def rounded(low, high):
    return st.floats(low, high).map(lambda value: round(value, 4))


@st.composite
def in_the_plane(draw):
    a, c = draw(rounded(0.01, 100)), draw(rounded(0.01, 100))
    covariance = round(draw(st.floats(-0.99, 0.99)) * (a * c) ** 0.5, 4)
    return [draw(rounded(-100, 100)), draw(rounded(-100, 100)), a, covariance, c]


states = st.fixed_dictionaries({
    "tab": st.sampled_from(kl_state.TABS), "step": st.sampled_from(kl_state.STEPS),
    "q": st.tuples(rounded(-100, 100), rounded(0.02, 100)).map(list),
    "p": st.tuples(rounded(-100, 100), rounded(0.02, 100)).map(list),
    "gap": rounded(0, 20), "limit": st.none() | rounded(-1000, 1000), "q2": in_the_plane(), "p2": in_the_plane(),
    "n": st.sampled_from(kl_state.DRAWS), "seed": st.integers(0, 999_999), "rate": rounded(0.01, 10),
    "log_var": rounded(-120, 120), "vae": st.sampled_from(["digits-vae", "mnist-vae"]), "image": st.integers(0, 359),
    "width": rounded(-10, 1), "beta": rounded(0, 100), "model": st.sampled_from(["mnist-vae-32d", "mnist-vae"]),
    "dimension": st.none() | st.integers(1, 2), "value": rounded(-4, 4),
})  # fmt: skip
PLANAR = {"mnist-vae": {"images": 10_000, "latent_dim": 2}, "digits-vae": {"images": 360, "latent_dim": 2}}
MODELS = {"vae": PLANAR, "model": {"mnist-vae-32d": {"images": 10_000, "latent_dim": 32}} | PLANAR}
DEFAULT = kl_state.default_state(MODELS)


@given(states)
def test_an_address_gives_its_state_back(wanted):
    assert kl_state.parse(kl_state.to_params(wanted), DEFAULT, MODELS) == (wanted, [])


def test_the_default_needs_no_address():
    assert kl_state.to_params(kl_state.DEFAULT) == {} and kl_state.parse({}) == (kl_state.DEFAULT, [])
    assert kl_state.parse({}, DEFAULT, MODELS) == (DEFAULT, [])
    assert (DEFAULT["vae"], DEFAULT["model"]) == ("mnist-vae", "mnist-vae-32d")


@pytest.mark.parametrize(
    "params, problem",
    [
        ({"model": "mnist-vae-32d", "dimension": "32"}, None),
        ({"model": "mnist-vae-32d", "dimension": "33"}, "whole number from 1"),
        ({"model": "mnist-vae", "dimension": "3"}, "whole number from 1"),
        ({"vae": "digits-vae", "image": "360"}, "whole number from 0"),
        ({"vae": "mnist-aae"}, "no such model"),
    ],
)
def test_images_and_dimensions_are_those_of_the_models(params, problem):
    parsed, problems = kl_state.parse(params, DEFAULT, MODELS)
    assert [problem in found for found in problems] == ([True] if problem else [])
    assert kl_state.parse(kl_state.to_params(parsed), DEFAULT, MODELS) == (parsed, [])


def test_a_kept_state_holds_as_long_as_its_models_are_there():
    assert kl_state.holds(DEFAULT, MODELS) and kl_state.holds(kl_state.DEFAULT, kl_state.NO_MODELS)
    assert not kl_state.holds(DEFAULT, MODELS | {"model": PLANAR})
    assert kl_state.named(DEFAULT) == ("mnist-vae", "mnist-vae-32d") and kl_state.named(kl_state.DEFAULT) == ()


@given(
    st.dictionaries(
        st.sampled_from(kl_state.PARAMETERS),
        st.text(ODD, max_size=60) | st.sampled_from(["1,2", "0,0,1,0,1", "two", "10"]),
    )
)
def test_no_address_breaks_the_page(params):
    parsed, problems = kl_state.parse(params)
    assert len(problems) <= len(params) and set(parsed) == set(kl_state.DEFAULT)
    assert kl_state.parse(kl_state.to_params(parsed)) == (parsed, [])


@given(states)
def test_python_finds_numbers_for_every_state_that_an_address_can_give(wanted):
    found = kl_reference.reference(wanted | {"n": 10})
    assert all(isinstance(value, float) for value in found["line"].values())
    assert all(isinstance(value, float) for row in found["forms"]["values"].values() for value in row.values())


@pytest.mark.parametrize(
    "name, value, why",
    [
        ("q", "1", "2 numbers"),
        ("q", "1,0", "σ must lie between 0.02 and 100"),
        ("p", "1,-2", "σ must lie between"),
        ("p", "nan,1", "2 numbers"),
        ("q2", "0,0,1,0", "5 numbers"),
        ("q2", "0,0,1,1,1", "positive definite"),
        ("q2", "0,0,-1,0,1", "variance must lie"),
        ("p2", "101,0,1,0,1", "mean must lie"),
        ("gap", "-1", "from 0 to 20"),
        ("gap", "1,2", "a number"),
        ("limit", "inf", "a number"),
        ("tab", "three", "one, two, derivation, logvar, loss, collapse or predict"),
        ("step", "7", "1, 2, 3, 4, 5 or 6"),
        ("n", "17", "10, 100"),
        ("seed", "-1", "whole number"),
        ("rate", "0", "from 0.01 to 10"),
        ("log_var", "1e3", "from -120 to 120"),
    ],
)
def test_what_cannot_be_is_named_and_ignored(name, value, why):
    parsed, (problem,) = kl_state.parse({name: value})
    assert parsed == kl_state.DEFAULT and problem.startswith(f"{name}={value} was ignored") and why in problem
