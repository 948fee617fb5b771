"""The state of lesson 0 in the address: a round trip, and what the page's lists of models hold."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.address import schema
from explorer.address import why as lesson
from explorer.ui import why

MODELS = {
    "ae": {"mnist-ae": 10_000},
    "vae": {"mnist-vae": 10_000, "digits-vae": 360},
    "aae": {"mnist-aae": 10_000, "digits-aae": 360},
    "many": {"mnist-vae-32d": 10_000, "mnist-aae-8d": 10_000},
}
DEFAULT = lesson.default_state(MODELS)
ENTRY = {"latent_dim": 2, "shape": None, "dataset": "mnist", "images": 10_000, "stochastic": False,
    "discriminator": False}  # fmt: skip


@st.composite
def states(draw):
    state = dict(DEFAULT)
    for name, field in lesson.FIELDS.items():
        if field["kind"] == "model":
            state[name] = draw(st.sampled_from([*MODELS[name]]))
        elif field["kind"] == "choice":
            state[name] = draw(st.sampled_from(field["options"]))
        elif field["kind"] == "whole":
            state[name] = draw(st.integers(field["least"], min(field["most"], 359)))
        elif field["kind"] == "number":
            state[name] = draw(st.none() | st.floats(field["least"], field["most"]).map(schema.rounded))
        else:
            value = st.floats(field["least"], field["most"]).map(schema.rounded)
            state[name] = draw(st.none() | st.lists(value, min_size=2, max_size=2))
    return state


@given(states())
def test_an_address_gives_its_state_back(wanted):
    assert lesson.parse(lesson.to_params(wanted), DEFAULT, MODELS) == (wanted, [])
    assert lesson.check(wanted, DEFAULT, MODELS) == wanted


def test_a_plain_address_names_the_models_alone():
    assert lesson.to_params(DEFAULT) == {
        "ae": "mnist-ae",
        "vae": "mnist-vae",
        "aae": "mnist-aae",
        "many": "mnist-vae-32d",
    }


def test_the_image_is_one_that_all_models_have():
    state, problems = lesson.parse({"vae": "digits-vae", "image": "360"}, DEFAULT, MODELS)
    assert state["image"] == 0 and "from 0 to 359" in problems[0]
    assert lesson.parse({"image": "9999"}, DEFAULT, MODELS)[0]["image"] == 9999


def test_a_kind_without_a_model_is_none():
    models = {"ae": {}, "vae": {"digits-vae": 360}, "aae": {}, "many": {}}
    state = lesson.default_state(models)
    assert (state["ae"], state["vae"], state["aae"]) == (None, "digits-vae", None)
    assert lesson.named(state) == ("digits-vae",) and lesson.holds(state, models)
    assert lesson.parse({"image": "359"}, state, models) == (state | {"image": 359}, [])
    assert not lesson.holds(state | {"ae": "gone"}, models)


def test_the_lists_hold_models_with_a_standard_normal_prior():
    entries = [
        ENTRY | {"name": "fashion-mnist-ae", "dataset": "fashion-mnist"},
        ENTRY | {"name": "mnist-ae"},
        ENTRY | {"name": "other-vae", "stochastic": True},
        ENTRY | {"name": "mnist-vae", "stochastic": True},
        ENTRY | {"name": "mnist-aae", "discriminator": True},
        ENTRY | {"name": "mnist-aae-mixture", "discriminator": True, "shape": {"means": []}},
        ENTRY | {"name": "mnist-aae-32d", "discriminator": True, "latent_dim": 32},
        ENTRY | {"name": "mnist-vae-8d", "stochastic": True, "latent_dim": 8},
        ENTRY | {"name": "mnist-vae-16d", "stochastic": True, "latent_dim": 16},
        ENTRY | {"name": "fashion-vae-64d", "stochastic": True, "latent_dim": 64, "dataset": "fashion-mnist"},
    ]
    assert {kind: [*names] for kind, names in why.choices(entries).items()} == {
        "ae": ["mnist-ae", "fashion-mnist-ae"],
        "vae": ["mnist-vae", "other-vae"],
        "aae": ["mnist-aae"],
        "many": ["mnist-vae-16d", "mnist-vae-8d", "mnist-aae-32d", "fashion-vae-64d"],
    }
