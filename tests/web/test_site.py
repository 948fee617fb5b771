"""What a page of the static site does otherwise than in the app, in Node: addresses, images in files, no new UMAPs."""

from __future__ import annotations

import pytest

from explorer.address import adversary as lesson
from explorer.address import kl
from tests.test_adversary_state import MODELS

# The moment of lesson 3's plain address; the parts of an address that do and do not name something of the open tab.
MOMENT = 7
NAMING = [{"label": "1"}, {"tab": "field", "z": "1,1"}, {"tab": "field", "moment": "3"}]
PLAIN = [{}, {"tab": "field"}, {"other": "1"}, {"tab": "teach"}, {"tab": "teach", "seed": "2"}]


@pytest.mark.parametrize("params", [*NAMING, *PLAIN], ids=str)
def test_an_address_opens_what_it_opens_in_the_app(compute, params):
    """Lesson 3's is the hardest: a plain one opens a moment of the training, one that names a code the last one."""
    plain = lesson.default_state(MODELS, MOMENT)
    named = plain | {"tab": "field", "field": plain["field"] | {"moment": None}}
    js = "return new Address('adversary', models).open(params, plain, named)"
    found = compute("kernel/address", js, params=params, plain=plain, named=named, models=MODELS)
    state, problems = lesson.parse(params, plain, MODELS)
    assert found == {"state": state, "problems": problems}
    assert (state["field"]["moment"] == MOMENT) == (params in PLAIN)


def test_a_plain_address_of_a_page_without_tabs_opens_its_own_state(compute):
    js = """const address = new Address("kl", { vae: {}, model: {} });
    return [{}, { present: "on" }, { tab: "two" }].map((params) => address.open(params, plain, named).state);"""
    found = compute("kernel/address", js, plain=kl.DEFAULT | {"rate": 0.25}, named=kl.DEFAULT | {"rate": 0.5})
    assert [(state["tab"], state["rate"]) for state in found] == [("one", 0.25), ("one", 0.25), ("two", 0.5)]


def test_the_scoreboards_address_names_a_model_of_its_dataset(compute):
    js = """const address = new Address("scoreboard", { digits: ["a", "b"], mnist: ["c"] });
    return [{ dataset: "digits", model: "b" }, { dataset: "mnist", model: "b" }].map((params) =>
      address.read(params, { dataset: params.dataset, model: params.dataset === "mnist" ? "c" : "a", runs: "newest" }));
    """
    first, second = compute("kernel/address", js)
    assert (first["state"]["model"], first["problems"]) == ("b", [])
    assert second["state"]["model"] == "c" and len(second["problems"]) == 1


def test_images_come_out_of_the_files_that_hold_them(compute):
    """Four images of 2 × 1 bytes in a file; each file is fetched once for what is wanted of it."""
    js = """
    const asked = [], entry = { dataset: "some", channels: 2, image_side: 1, originals: true, originals_each: 4 };
    globalThis.fetch = async (url) => {
      asked.push(url.pathname);
      const first = 8 * Number(url.pathname.split("/").pop());
      return new Response(Uint8Array.from({ length: 8 }, (_, i) => first + i));
    };
    const originals = new Originals(new URL("https://x.invalid/assets/"));
    await originals.fetch(entry, [0, 3, 9]);
    return { asked: asked.sort(), kept: [0, 3, 9, 1].map((row) => [...(originals.get(entry, row) ?? [])]) };
    """
    found = compute("parts/originals", js)
    assert found["asked"] == ["/assets/originals/some/0", "/assets/originals/some/2"]
    assert found["kept"] == [[0, 1], [6, 7], [18, 19], []]


def test_a_missing_file_of_images_is_an_error(compute):
    js = """globalThis.fetch = async () => new Response("", { status: 404 });
    const entry = { dataset: "some", channels: 1, image_side: 1, originals: true, originals_each: 4 };
    return new Originals(new URL("https://x.invalid/")).fetch(entry, [0]).catch((error) => error.message);"""
    assert compute("parts/originals", js) == "HTTP 404"


def test_no_umap_is_asked_for_on_the_site_and_the_reason_is_given(compute):
    js = """
    const asked = [];
    globalThis.fetch = async (url) => asked.push(String(url));
    const maps = new MadeMaps({}, makerOf({ on_site: true }), "only the app can", { change: () => {} });
    const panel = { model: { entry: { digest: "d" } } };
    maps.warm();
    maps.sync(panel, "umap-50-0.5");
    await new Promise((resolve) => setTimeout(resolve));
    const { state, problem } = maps.status(panel);
    return { asked, state, problem, makers: [{}, { in_file: true }, { in_file: true, on_site: true }].map(makerOf) };
    """
    found = compute("explore/made_maps", js)
    assert found["asked"] == [] and (found["state"], found["problem"]) == ("failed", "only the app can")
    assert found["makers"] == ["server", "file", "file"]
