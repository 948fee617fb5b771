"""What the practice page reads and says, in Node."""

from __future__ import annotations

import pytest

# A panel with one field, in which something was typed. Returns the choice, or the notice and what is in the field then.
READ = """
const input = { value: typed }, found = {};
const panel = Object.assign(Object.create(Panel.prototype), {
  fields: { it: { input } }, words: { bad_widths: "bad widths", bad_number: "bad number" },
  on: { notice: (text) => (found.notice = text), choose: (chosen) => (found.chosen = chosen.it) },
  chosen: { it: "old" }, data: {}, showChoices: (refused) => (refused.value = "old"),
});
panel.read({ name: "it", title: "", limits: [1, 1024], is_whole: true, count });
return { ...found, left: input.value };
"""


@pytest.mark.parametrize(
    "typed, widths",
    [("256 128", [256, 128]), ("256-128", [256, 128]), (" 32,16; 8 ", [32, 16, 8]), ("64", [64])],
)
def test_widths_are_read_as_people_write_lists(compute, typed, widths):
    assert compute("practice/panel", READ, typed=typed, count=4)["chosen"] == widths


@pytest.mark.parametrize("typed", ["banana 12x", "12x", "12 x", "1.5", "", "0", "2048", "1 1 1 1 1", "twelve", "-"])
def test_what_is_no_list_of_widths_is_refused_as_a_whole(compute, typed):
    assert compute("practice/panel", READ, typed=typed, count=4) == {"notice": "bad widths", "left": "old"}


@pytest.mark.parametrize("typed, number", [("12", 12), ("1e2", 100), ("", None), ("-3", None), ("1e6", None)])
def test_a_number_is_one_number(compute, typed, number):
    found = compute("practice/panel", READ, typed=typed, count=1)
    assert found == ({"notice": "bad number", "left": "old"} if number is None else {"chosen": number, "left": typed})


def test_an_empty_frame_invites_to_what_can_be_done(compute):
    states = ["empty", "ready", "waiting", "running", "stopped", "failed"]
    said = compute("practice/panel", "return states.map(invitation);", states=states)
    assert said == ["no_picture"] * 2 + ["no_picture_yet"] * 2 + ["no_picture_any_more"] * 2
