"""The explorer's state in the address: a round trip, and a sentence for everything that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.address import explore as state
from explorer.training import recording

MODELS = {
    "mnist-vae": {"dataset": "mnist", "images": 10_000, "latent_dim": 2, "classes": [*"0123456789"]},
    "mnist-aae": {"dataset": "mnist", "images": 10_000, "latent_dim": 2, "classes": [*"0123456789"]},
    "digits-vae": {"dataset": "digits", "images": 360, "latent_dim": 2, "classes": [*"0123456789"]},
    "mnist-vae-16d": {"dataset": "mnist", "images": 10_000, "latent_dim": 16, "classes": [*"0123456789"]},
}
ODD = "0123456789,.-+einaf:/<>%&= \n\0é☃"
CHOICES = {name: field["options"] for name, field in state.FIELDS.items() if field["kind"] == "choice"}
DEFAULT = state.default_state(MODELS, (("absent", "mnist-vae"), ("mnist-aae",)))


def numbers(name, count):
    limit = state.LIMITS[name]
    return st.lists(
        st.floats(-limit, limit).map(lambda value: round(value, state.DECIMALS)), min_size=count, max_size=count
    )


@st.composite
def states(draw):
    chosen = {side: draw(st.sampled_from(list(MODELS))) for side in ("left", "right")}
    dimensions = max(MODELS[name]["latent_dim"] for name in chosen.values())
    chosen |= {name: draw(numbers(name, dimensions)) for name in state.LIMITS}
    chosen["pick"] = draw(st.none() | st.integers(0, 359).map("digits:{}".format))
    chosen["codes"] = draw(st.sampled_from(CHOICES["codes"]))
    free = dimensions > 2  # in the plane there is nothing to choose
    chosen["map"] = ",".join(dict.fromkeys(draw(st.lists(maps(), min_size=1, max_size=2)))) if free else "umap"
    chosen["dims"] = (
        draw(st.lists(st.integers(0, dimensions - 1), min_size=2, max_size=2, unique=True)) if free else [0, 1]
    )
    chosen["moment"] = draw(st.none() | st.integers(0, state.FIELDS["moment"]["most"]))
    chosen["field"] = "none" if chosen["moment"] is None else draw(st.sampled_from(CHOICES["field"]))
    chosen["tool"] = "none" if chosen["moment"] is not None else draw(st.sampled_from(CHOICES["tool"]))
    chosen["walk"] = draw(st.none() | walks())
    chosen["way"] = draw(st.sampled_from(CHOICES["way"]))
    chosen["frames"] = draw(st.integers(state.FIELDS["frames"]["least"], state.FIELDS["frames"]["most"]))
    chosen["sum"] = draw(st.none() | st.from_regex(r"[0-9],[0-9](,image)?", fullmatch=True).filter(str.isascii))
    near = chosen["tool"] == "near"
    chosen |= {
        name: draw(st.sampled_from(CHOICES[name])) if near else CHOICES[name][0]
        for name in ("near", "near_side", "near_k", "near_find")
    }
    chosen["near_at"] = (
        draw(st.none() | numbers("mean", MODELS[chosen[chosen["near_side"]]]["latent_dim"])) if near else None
    )
    chosen["near_region"] = (
        draw(st.none() | st.sampled_from(["circle,0.1", "square,4", "circle,0.8"])) if near else None
    )
    chosen |= {name: draw(st.sampled_from(CHOICES[name])) for name in ("scale", "shown", "underlay", "colour")}
    chosen["opacity"] = [round(draw(st.floats(0, 1)), state.DECIMALS) for _ in range(2)]
    return chosen


def maps():
    """One map, as an address writes it."""
    made = st.builds(
        "{}-{}-{}".format,
        st.sampled_from(state.FIELDS["map"]["made"]),
        st.integers(*state.FIELDS["map"]["neighbours"]),
        st.integers(0, 99).map(lambda hundredths: state.text(hundredths / 100)),
    )
    return st.sampled_from(state.FIELDS["map"]["options"]) | made


@st.composite
def walks(draw):
    some = {"min_size": 1, "max_size": state.FIELDS["walk"]["waypoints"]}
    if draw(st.booleans()):
        return ";".join(f"mnist:{row}" for row in draw(st.lists(st.integers(0, 9999), **some)))
    points = draw(st.integers(2, 16).flatmap(lambda dimensions: st.lists(numbers("mean", dimensions), **some)))
    return ";".join(",".join(map(state.text, point)) for point in points)


def test_an_address_can_name_as_many_moments_as_are_recorded():
    assert state.FIELDS["moment"]["most"] == recording.MOMENTS - 1


@given(states())
def test_an_address_gives_its_state_back(wanted):
    assert state.parse(state.to_params(wanted), DEFAULT, MODELS) == (wanted, [])


@given(
    st.dictionaries(
        st.sampled_from(state.PARAMETERS),
        st.text(ODD, max_size=60)
        | st.sampled_from(
            [*MODELS, "1,2", "16,1", "umap", "plane", "umap,pixels-15-0.1", "1,2;3", "mnist:1;mnist:2", "4,9,image"]
        ),
    )
)
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
        ("near_at", "1,2,3", "2 numbers"),
        ("near_region", "circle,0", "circle or square"),
        ("near_region", "circle", "circle or square"),
        ("near_region", "disc,1", "circle or square"),
        ("near_region", "square,nan", "circle or square"),
        ("near_find", "class-10", "misplaced, error-largest"),
        ("dims", "1,1", "two different dimensions from 1 to 2"),
        ("dims", "1,3", "two different dimensions from 1 to 2"),
        ("dims", "1,2,3", "two different dimensions from 1 to 2"),
        ("map", "globe", "umap, plane, pca or a new UMAP"),
        ("map", "umap,plane,pca", "one for each"),
        ("map", "umap,", "a map is"),
        ("map", "umap-1-0.1", "2 to 200 neighbours"),
        ("map", "umap-015-0.1", "as umap-50-0.5"),
        ("map", "pixels-15-0.10", "two decimals"),
        ("map", "pixels-15-1", "from 0 to 0.99"),
        ("map", "umap-15-nan", "from 0 to 0.99"),
        ("mean", "1,nan", "from -1000 to 1000"),
        ("mean", "1,1e308", "from -1000 to 1000"),
        ("log_var", "1,81", "from -80 to 80"),
        ("noise", "a,b", "2 numbers"),
        ("left", "../etc", "no such model"),
        ("codes", "both", "means or sampled"),
        ("walk", "1,2;3", "2 numbers"),
        ("walk", "1", "from 2 to 16 coordinates"),
        ("walk", "1,2;", "2 numbers"),
        ("walk", "1,2;inf,0", "from -1000 to 1000"),
        ("walk", "0,0;" * 8 + "1,1", "at most 8"),
        ("walk", "mnist:1;digits:2", "one dataset"),
        ("walk", "mnist:1;0,0", "one dataset"),
        ("walk", "mnist:10000;mnist:1", "one dataset"),
        ("way", "bus", "line, circle or curve"),
        ("frames", "7", "from 8 to 24"),
        ("frames", "012", "from 8 to 24"),
        ("sum", "4", "two classes, from 0 to 9"),
        ("sum", "4,10", "two classes, from 0 to 9"),
        ("sum", "4,9,image,image", "two classes, from 0 to 9"),
        ("underlay", "gold", "none, quantiles"),
        ("colour", "blue", "class, kl"),
        ("opacity", "1,-0.1", "from 0 to 1"),
        ("opacity", "1", "2 numbers"),
        ("pick", "mnist:10000", "test images"),
        ("pick", "mnist:-1", "test images"),
        ("pick", "kmnist:1", "test images"),
    ],
)
def test_what_cannot_be_is_named_and_ignored(name, value, why):
    parsed, (problem,) = state.parse({name: value}, DEFAULT, MODELS)
    assert parsed == DEFAULT and problem.startswith(f"{name}={value} was ignored") and why in problem


def test_a_walk_is_written_in_one_way():
    parsed, problems = state.parse({"walk": "1.50,-0;1e-9,2.00004", "tool": "walk"}, DEFAULT, MODELS)
    assert problems == [] and parsed["walk"] == "1.5,0;0,2"
    assert state.parse({"walk": "mnist:007;mnist:12"}, DEFAULT, MODELS)[0]["walk"] == "mnist:7;mnist:12"
    assert not {"walk", "way", "frames", "sum"} & set(state.to_params(DEFAULT))


def test_the_default_takes_the_best_that_there_is():
    assert (DEFAULT["left"], DEFAULT["right"]) == ("mnist-vae", "mnist-aae")
    with pytest.raises(ValueError, match="no model"):
        state.default_state({}, ((), ()))


def test_there_are_no_tools_beside_a_replay():
    parsed, problems = state.parse({"moment": "3", "tool": "draw"}, DEFAULT, MODELS)
    assert (parsed["moment"], parsed["tool"]) == (3, "none") and problems == [
        "tool=draw was ignored: there are no tools beside a replay; leave out moment."
    ]
