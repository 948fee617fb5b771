"""The adversary lesson's state in the address: a round trip, and a sentence for everything that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.address import adversary as lesson
from explorer.address import schema

MODELS = {
    "vae": ["mnist-vae", "digits-vae"],
    "aae": ["mnist-aae", "mnist-aae-mixture"],
    "model": ["mnist-aae", "mnist-vae"],
    "point": {"mnist-aae": 10_000, "digits-aae": 360},
}
DEFAULT = lesson.default_state(MODELS)
ODD = "0123456789,.-+einaf:/<>%&= \n\0é☃"


@st.composite
def states(draw):
    state = lesson.default_state(MODELS)
    state["tab"] = draw(st.sampled_from(lesson.TABS))
    part = dict(state[state["tab"]])
    for rule in lesson.FIELDS[state["tab"]]:
        name = rule["name"]
        if name in lesson.MODELS:
            part[name] = draw(st.sampled_from([*MODELS[name]]))
        elif rule["kind"] == "choice":
            part[name] = draw(st.sampled_from(rule["options"]))
        elif rule["kind"] == "whole":
            part[name] = draw(st.integers(rule["least"], 359 if "below" in rule else rule["most"]))
        else:
            values = draw(
                st.lists(
                    st.floats(rule["least"], rule["most"]).map(lambda value: schema.rounded(value, True)),
                    min_size=rule.get("count", 1),
                    max_size=rule.get("count", 1),
                )
            )
            part[name] = values if rule.get("count", 1) > 1 else max(values[0], rule["least"])
    if "preset" in part:  # a preset holds all its numbers; others are one's own
        part |= lesson.PRESETS.get(part["preset"], {})
        if any(all(part[name] == value for name, value in preset.items()) for preset in lesson.PRESETS.values()):
            part["preset"] = next(
                key
                for key, preset in lesson.PRESETS.items()
                if all(part[name] == value for name, value in preset.items())
            )
    state[state["tab"]] = part
    return state


@given(states())
def test_an_address_gives_its_state_back(wanted):
    assert lesson.parse(lesson.to_params(wanted), DEFAULT, MODELS) == (wanted, [])


@given(
    st.dictionaries(
        st.sampled_from(lesson.PARAMETERS),
        st.text(ODD, max_size=60) | st.sampled_from([*lesson.TABS, *lesson.PRESETS, "1,2", "nan", "0.5", "-1"]),
    )
)
def test_no_address_breaks_the_page(params):
    state, problems = lesson.parse(params, DEFAULT, MODELS)
    assert state["tab"] in lesson.TABS and len(problems) <= len(params)
    assert lesson.parse(lesson.to_params(state), DEFAULT, MODELS) == (state | {}, [])
    assert lesson.holds(state, MODELS)


def test_the_default_does_not_change_when_an_address_is_read():
    before = repr(DEFAULT)
    lesson.parse({"tab": "teach", "mean": "2,1", "hole": "0.3"}, DEFAULT, MODELS)
    assert repr(DEFAULT) == before


def test_a_preset_brings_all_its_numbers_and_a_changed_one_is_ones_own():
    state, problems = lesson.parse({"tab": "play", "preset": "weak", "seed": "7"}, DEFAULT, MODELS)
    assert problems == [] and state["play"] == {"preset": "weak", "seed": 7, "speed": 1} | lesson.PRESETS["weak"]
    assert lesson.to_params(state) == {"tab": "play", "preset": "weak", "seed": "7", "speed": "1"}
    changed, _ = lesson.parse({"tab": "play", "preset": "weak", "rate_d": "0.01"}, DEFAULT, MODELS)
    assert (
        changed["play"]["preset"] == "own"
        and changed["play"]["rate_d"] == 0.01
        and changed["play"]["start"] == [-2.0, -2.5]
    )


@pytest.mark.parametrize(
    "name, value, why",
    [
        ("tab", "other", "it can be terms, point, field, teach, play, readings or predict"),
        ("mean", "9,0", "2 numbers with commas between them, each from -4.5 to 4.5"),
        ("std", "0", "a number from 0.2 to 3"), ("hole", "nan", "a number from 0 to 0.9"),
        ("seed", "1.5", "a whole number from 0 to 1000000"),
        ("prior", "cauchy", "it can be normal, mixture or swiss-roll"),
    ],
)  # fmt: skip
def test_what_was_ignored_is_named_with_its_reason(name, value, why):
    _state, problems = lesson.parse({"tab": "teach", name: value}, DEFAULT, MODELS)
    assert len(problems) == 1 and problems[0].startswith(f"{name}={value} was ignored: ") and why in problems[0]


def test_a_kept_state_holds_as_long_as_its_models_are_there():
    assert lesson.holds(DEFAULT, MODELS)
    assert not lesson.holds(DEFAULT, MODELS | {"aae": []})
    empty = {"vae": [], "aae": [], "model": ["mnist-ae"], "point": {}}
    assert lesson.holds(lesson.default_state(empty), empty) and lesson.default_state(empty)["field"]["aae"] is None
