"""The lesson's state in the address: a round trip, and a sentence for everything that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.address import reparameterisation as lesson

MODELS = {"mnist-vae": {"images": 10_000}, "digits-vae": {"images": 360}}
DEFAULT = lesson.default_state(MODELS, ("absent", "mnist-vae"))
ODD = "0123456789,.-+einaf:/<>%&= \n\0é☃"


def of_kind(kind, *parts):
    """(name, a part of the table or several) of each field of a kind."""
    fields = [field for field in lesson.FIELDS.values() if field["kind"] == kind]
    return [
        (field["name"], field[parts[0]] if len(parts) == 1 else [field[part] for part in parts]) for field in fields
    ]


def number(limit, least=None):
    return st.floats(-limit if least is None else least, limit).map(lambda value: round(value, lesson.DECIMALS))


@st.composite
def states(draw):
    chosen = {name: draw(st.sampled_from(choices)) for name, choices in of_kind("choice", "options")}
    chosen |= {
        name: draw(st.lists(number(lesson.LIMITS[name]), min_size=2, max_size=2)) for name in ("mean", "log_var")
    }
    chosen |= {"omega": draw(number(lesson.LIMITS["omega"], 0)), "model": draw(st.sampled_from(list(MODELS)))}
    chosen |= {name: draw(st.integers(*limits)) for name, limits in of_kind("whole", "least", "most")}
    return chosen | {"draw": chosen["draw"] % chosen["n"], "image": chosen["image"] % MODELS[chosen["model"]]["images"]}


@given(states())
def test_an_address_gives_its_state_back(wanted):
    assert lesson.parse(lesson.to_params(wanted), DEFAULT, MODELS) == (wanted, [])


@given(
    st.dictionaries(
        st.sampled_from(lesson.PARAMETERS),
        st.text(ODD, max_size=60) | st.sampled_from([*MODELS, "1,2", "step", "vae", "7"]),
    )
)
def test_no_address_breaks_the_page(params):
    parsed, _ = lesson.parse(params, DEFAULT, MODELS)
    assert (
        set(parsed) == set(DEFAULT)
        and parsed["draw"] < parsed["n"]
        and parsed["image"] < MODELS[parsed["model"]]["images"]
    )
    assert all(abs(value) <= lesson.LIMITS[name] for name in ("mean", "log_var") for value in parsed[name])


def test_one_number_sets_the_first_dimension():
    parsed, problems = lesson.parse({"mean": "2", "log_var": "-1.3863"}, DEFAULT, MODELS)
    assert (
        problems == []
        and parsed["mean"] == [2.0, DEFAULT["mean"][1]]
        and parsed["log_var"] == [-1.3863, DEFAULT["log_var"][1]]
    )


@pytest.mark.parametrize(
    "name, value, why",
    [
        ("mean", "1,2,3", "one number or two"),
        ("mean", "nan", "from -100 to 100"),
        ("log_var", "1e9", "from -20 to 20"),
        ("omega", "-1", "from 0 to 20"),
        ("f", "cube", "square, cosine or step"),
        ("by", "var", "mean, std or log_var"),
        ("view", "all", "graphs"),
        ("n", "1", "whole number from 2 to 100000"),
        ("n", "1e3", "whole number"),
        ("seed", "-1", "whole number"),
        ("draw", "1000", "from 0 to 999"),
        ("image", "10000", "from 0 to 9999"),
        ("model", "../etc", "no such model"),
    ],
)
def test_what_cannot_be_is_named_and_ignored(name, value, why):
    parsed, (problem,) = lesson.parse({name: value}, DEFAULT, MODELS)
    assert parsed == DEFAULT and problem.startswith(f"{name}={value} was ignored") and why in problem
