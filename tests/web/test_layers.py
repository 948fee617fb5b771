"""The layers of the explorer's maps: what their buttons change, and when they are out of use. In Node."""

from __future__ import annotations

import math

import pytest

# A page with a state, and the buttons of all layers; `press` presses one, and returns the state and what is pressed.
PAGE = """
class Element {
  constructor() { this.attributes = {}; }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(_, click) { this.click = click; }
  append(button) { this.children = [...(this.children ?? []), button]; }
}
globalThis.document = { createElement: () => new Element() };
const names = ["dots", "pictures", "density", "ratio", "D", "quantiles", "stretch"];
const words = Object.fromEntries(names.map((name) => [name, { name, title: "" }]));
const start = { underlay: "none", opacity: [1, 1], moment: null, field: "none" };
let state = { ...start, ...given };
const page = { state: () => state, set: (part) => (state = { ...state, ...part }) };
const group = new Element(), layers = new Layers(group, names, words, page, (name) => out.includes(name) ? "no" : "");
for (const name of pressed) group.children[names.indexOf(name)].click();
layers.show();
const isOn = (name) => group.children[names.indexOf(name)].attributes["aria-pressed"] === "true";
return { state, bare: isBare(state), on: names.filter(isOn) };
"""


def press(compute, *pressed: str, out: tuple[str, ...] = (), **state) -> dict:
    return compute("explore/layers", PAGE, given=state, pressed=pressed, out=out)


@pytest.mark.parametrize("name, dots", [("pictures", 0.15), ("density", 0.2), ("ratio", 0.2), ("D", 1)])
def test_a_layer_dims_the_dots_and_gives_them_back(compute, name, dots):
    found = press(compute, name)
    assert found["state"]["underlay"] == name and found["state"]["opacity"] == [1, dots]
    assert found["on"] == ["dots", name] and found["bare"] == (name in ("density", "ratio"))
    assert press(compute, name, name)["state"]["opacity"] == [1, 1]
    other = press(compute, name, "stretch")
    assert other["on"] == ["dots", "stretch"] and other["state"]["opacity"] == [1, 0.2]


def test_dots_that_are_off_stay_off(compute):
    found = press(compute, "dots", "density")
    assert found["on"] == ["density"] and found["state"]["opacity"] == [1, 0]
    assert press(compute, "dots", "density", "density")["on"] == []
    assert press(compute, "dots", "density", "dots")["state"]["opacity"] == [1, 0.2]


def test_an_old_address_shows_its_layer_with_all_dots_and_the_ellipses(compute):
    found = press(compute, underlay="density")
    assert found["on"] == ["dots", "density"] and found["state"]["opacity"] == [1, 1] and not found["bare"]


def test_in_a_replay_d_is_that_of_the_moment(compute):
    found = press(compute, "D", moment=3)
    assert found["state"]["field"] == "D" and found["state"]["underlay"] == "none" and found["on"] == ["dots", "D"]
    assert press(compute, "D", moment=3, field="D")["state"]["field"] == "none"


def test_a_layer_out_of_use_does_nothing(compute):
    found = press(compute, "D", out=("D",))
    assert found["state"]["underlay"] == "none" and found["on"] == ["dots"]


def test_each_reason_against_a_layer(compute):
    def reason(name: str, *models: dict, moment=None, planes: bool = True) -> str:
        body = """
        const panels = models.map((entry) => ({ model: { entry }, isPlane: () => planes }));
        return reasonAgainst(name, { panels, probe: { state: { moment } } }, words);"""
        words = {name: name for name in ("in_replay", "no_discriminator", "no_plane")}
        return compute(
            "explore/layers", body, name=name, models=models, moment=moment, planes=planes, words=words
        )  # fmt: skip

    vae, aae = ({"discriminator": has, "latent_dim": 2} for has in (False, True))
    assert reason("D", vae, aae) == "" and reason("D", vae, vae) == "no_discriminator"
    assert reason("D", vae, aae | {"latent_dim": 16}) == "no_discriminator"
    assert reason("D", vae, aae, moment=2) == "" and reason("density", vae, aae, moment=2) == "in_replay"
    assert reason("density", vae, vae, planes=False) == "no_plane" and reason("dots", vae, vae, planes=False) == ""


def test_pictures_end_at_the_ring_of_99_percent(compute):
    view = {"x0": -5, "x1": 5, "y0": -5, "y1": 5, "per": 50}
    body = "return new RingGrid({ side: 28 }).grid(view).points.map(({ x, y }) => Math.hypot(x, y));"
    radii = compute("explore/underlays", body, view=view)
    assert 2.5 < max(radii) < 3 and 1 - math.exp(-(3**2) / 2) == pytest.approx(0.989, abs=1e-3)


def test_what_lies_beneath_has_no_colour_that_codes_have(compute):
    def spread(colours: list[list[int]]) -> list[int]:
        return [max(colour) - min(colour) for colour in colours]

    body = "return [false, true].map((dark) => [ground(dark), onBackground(dark)].map((stops) => stops.map(rgb)));"
    for ground, codes in compute("kernel/ramps", body):
        assert max(spread(ground)) <= 6 and min(spread(codes)) > 40
