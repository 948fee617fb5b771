"""The explorer's state in the address: a round trip, and a sentence for everything that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import recording
from explorer.ui import state

MODELS = {
    "mnist-vae": {"dataset": "mnist", "images": 10_000, "latent_dim": 2},
    "mnist-aae": {"dataset": "mnist", "images": 10_000, "latent_dim": 2},
    "digits-vae": {"dataset": "digits", "images": 360, "latent_dim": 2},
    "mnist-vae-16d": {"dataset": "mnist", "images": 10_000, "latent_dim": 16},
}
ODD = "0123456789,.-+einaf:/<>%&= \n\0é☃"
DEFAULT = state.default_state(MODELS, (("absent", "mnist-vae"), ("mnist-aae",)))


def numbers(name, count):
    limit = state.LIMITS[name]
    return st.lists(st.floats(-limit, limit).map(lambda value: round(value, state.DECIMALS)), min_size=count, max_size=count)


@st.composite
def states(draw):
    chosen = {side: draw(st.sampled_from(list(MODELS))) for side in ("left", "right")}
    dimensions = max(MODELS[name]["latent_dim"] for name in chosen.values())
    chosen |= {name: draw(numbers(name, dimensions)) for name in state.LIMITS}
    chosen["pick"] = draw(st.none() | st.integers(0, 359).map("digits:{}".format))
    chosen["codes"] = draw(st.sampled_from(state.CHOICES["codes"]))
    free = dimensions > 2  # in the plane there is nothing to choose
    chosen["map"] = draw(st.sampled_from(state.CHOICES["map"])) if free else "umap"
    chosen["dims"] = draw(st.lists(st.integers(0, dimensions - 1), min_size=2, max_size=2, unique=True)) if free else [0, 1]
    chosen["moment"] = draw(st.none() | st.integers(0, state.MOMENTS - 1))
    chosen["field"] = "none" if chosen["moment"] is None else draw(st.sampled_from(state.CHOICES["field"]))
    chosen["tool"] = draw(st.sampled_from(state.CHOICES["tool"])) if chosen["moment"] is None else "none"
    chosen |= {name: draw(st.sampled_from(state.CHOICES[name])) for name in ("underlay", "colour")}
    chosen["opacity"] = [round(draw(st.floats(0, 1)), state.DECIMALS) for _ in range(2)]
    return chosen


def test_an_address_can_name_as_many_moments_as_are_recorded():
    assert state.MOMENTS == recording.MOMENTS


@given(states())
def test_an_address_gives_its_state_back(wanted):
    assert state.parse(state.to_params(wanted), DEFAULT, MODELS) == (wanted, [])


@given(st.dictionaries(st.sampled_from(state.PARAMETERS), st.text(ODD, max_size=60) | st.sampled_from([*MODELS, "1,2", "16,1", "umap", "plane"])))
def test_no_address_breaks_the_page(params):
    parsed, problems = state.parse(params, DEFAULT, MODELS)
    assert {parsed["left"], parsed["right"]} <= set(MODELS) and len(problems) <= len(params)
    assert all(abs(value) <= limit for name, limit in state.LIMITS.items() for value in parsed[name])
    dimensions = max(MODELS[parsed[side]]["latent_dim"] for side in ("left", "right"))
    assert {len(parsed[name]) for name in state.LIMITS} == {dimensions} and max(parsed["dims"]) < dimensions


def test_the_probe_has_the_dimensions_of_the_larger_model():
    parsed, problems = state.parse({"right": "mnist-vae-16d", "dims": "16,3", "map": "plane"}, DEFAULT, MODELS)
    assert problems == [] and len(parsed["mean"]) == 16 and (parsed["dims"], parsed["map"]) == ([15, 2], "plane")
    assert parsed["noise"][:4] == [0.8, -0.6, 0.8, -0.6] and set(parsed["log_var"]) == {-2.0}
    two = state.to_params(state.parse({}, parsed | {"right": "mnist-aae"}, MODELS)[0])
    assert "dims" not in two and "map" not in two and two["mean"] == "0,0"


@pytest.mark.parametrize(
    "name, value, why",
    [
        ("mean", "1", "2 numbers"),
        ("dims", "1,1", "two different dimensions from 1 to 2"),
        ("dims", "1,3", "two different dimensions from 1 to 2"),
        ("dims", "1,2,3", "two different dimensions from 1 to 2"),
        ("map", "globe", "umap or plane"),
        ("mean", "1,nan", "between"),
        ("mean", "1,1e308", "between"),
        ("log_var", "1,81", "between -80 and 80"),
        ("noise", "a,b", "2 numbers"),
        ("left", "../etc", "no such model"),
        ("codes", "both", "means or sampled"),
        ("underlay", "gold", "none or quantiles"),
        ("colour", "blue", "class or kl"),
        ("opacity", "1,-0.1", "between 0 and 1"),
        ("opacity", "1", "2 numbers"),
        ("pick", "mnist:10000", "test images"),
        ("pick", "mnist:-1", "test images"),
        ("pick", "kmnist:1", "test images"),
    ],
)
def test_what_cannot_be_is_named_and_ignored(name, value, why):
    parsed, (problem,) = state.parse({name: value}, DEFAULT, MODELS)
    assert parsed == DEFAULT and problem.startswith(f"{name}={value} was ignored") and why in problem


def test_the_default_takes_the_best_that_there_is():
    assert (DEFAULT["left"], DEFAULT["right"]) == ("mnist-vae", "mnist-aae")
    with pytest.raises(ValueError, match="no model"):
        state.default_state({}, ((), ()))
