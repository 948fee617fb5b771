"""The sentence on a dataset that is not on the server, in Node."""

from __future__ import annotations

import pytest

# The box of a page that offers a dataset. `show` is called with each state in turn; "fetch" is a press of the button.
SAY = """
const element = () => ({ setAttribute() {}, textContent: "" });
const box = { getRootNode: () => ({ activeElement: null }) };
const words = { fetch: "", fetching: "fetching", busy: "busy", cancelled: "cancelled" };
const missing = Object.assign(Object.create(MissingDataset.prototype), {
  box, words, dataset: "mnist", sentence: "offered", isFollowed: false,
  why: element(), start: element(), stop: element(), bar: element(), ask() {},
});
for (const state of states) {
  if (state === "fetch") missing.order("fetch");
  else missing.show({ state, problem: ["failed", "silent"].includes(state) ? `it is ${state}` : null });
  clearTimeout(missing.timer);
}
return missing.why.textContent;
"""


@pytest.mark.parametrize(
    "states, sentence",
    [
        (["failed"], "offered"),  # of a download that somebody else asked for, before this page was opened
        (["cancelled"], "offered"),
        (["fetch", "failed"], "it is failed"),
        (["fetch", "running", "cancelled"], "cancelled"),
        (["running", "failed"], "it is failed"),  # somebody else's, but its progress was on this page
        (["silent"], "it is silent"),
        (["elsewhere"], "busy"),
    ],
)
def test_an_outcome_is_shown_to_those_who_followed_the_download(compute, states, sentence):
    assert compute("parts/missing_dataset", SAY, states=states) == sentence
