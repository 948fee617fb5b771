"""Models that few people have: copies of a bundle, pictures in many dimensions, one class or very many."""

from __future__ import annotations

import re
import shutil
from types import SimpleNamespace
from urllib.parse import quote

import numpy as np
import pytest
import torch

from explorer.store.bundle import load_bundle

from .. import small_bundles
from .driver import DESK, address, at_rest, serve
from .test_dimensions import PLACES

# The classes of a map of which more than half of the codes lie under names.
HIDDEN = """map => {
  const { latentMap } = map, { x, y } = latentMap.scale(), { points, classes } = latentMap;
  const names = [...map.querySelectorAll('.class-name')].filter((name) => name.style.display !== 'none');
  const boxes = names.map((name) => name.getBBox());
  const covered = classes.map(() => [0, 0]);
  points.label.forEach((which, row) => {
    const [a, b] = [x(points.x[row]), y(points.y[row])];
    covered[which][0] += boxes.some((box) => a > box.x && a < box.x + box.width && b > box.y && b < box.y + box.height);
    covered[which][1] += 1;
  });
  return classes.filter((_, which) => covered[which][0] > covered[which][1] / 2);
}"""
RNG = np.random.default_rng(0)
# Folders' names that a file system takes.
NAMES = (
    "a space", "it's \"quoted\"", "$(touch x)", "<img src=x onerror=alert(1)>", "semi;colon", "per%2fcent",
    "[link](x){brace}", "кошки 猫", "a&b=c#d?e", "comma,name:colon", "back\\slash", "`tick`",
)  # fmt: skip


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A server with odd bundles among its runs: {address, runs}."""
    home = tmp_path_factory.mktemp("odd")
    runs = home / "runs"
    for kind in ("ae", "vae", "aae"):
        small_bundles.save(runs / kind, kind)
        for dimensions in (3, 8):
            config = small_bundles.pictures(kind, dimensions)
            small_bundles.save_model(
                runs / f"pictures-{kind}-{dimensions}", config, RNG.integers(0, 2, 60), umap=dimensions == 8
            )
    small_bundles.save(runs / "textbook", "aae-textbook")
    for name in ("copy", *NAMES):
        shutil.copytree(runs / "vae", runs / name)
    few = small_bundles.pictures("vae", classes=[f"class {which:02}" for which in range(25)])
    small_bundles.save_model(runs / "few", few, [*range(24), 3, 4, 5])  # one or two codes a class, and none of the last
    alone = small_bundles.pictures("aae", classes=["all"])
    small_bundles.save_model(runs / "alone", alone, [0] * 7)
    bytes_ = small_bundles.pictures("ae", classes=[f"class {which}" for which in range(256)])
    small_bundles.save_model(runs / "all-bytes", bytes_, [*range(256)] * 3)
    same = small_bundles.pictures("aae", classes=["left", "right"])
    small_bundles.save_model(runs / "collapsed", same, RNG.integers(0, 2, 300), spread=1e-6)
    with serve(home, runs=runs) as server:
        yield SimpleNamespace(address=server.address, runs=runs)
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture
def open_odd(odd, open_address):
    """`open_odd("vae", "copy", "&tool=draw")`: the explorer with two runs. Fails the test if a page shows a failure."""
    pages = []

    def open_one(left: str, right: str, query: str = "", **options):
        address = f"{odd.address}/?left=runs/{left}&right=runs/{right}{query}"
        pages.append(open_address(address, missing=("/_stcore/",), **options))
        return pages[-1]

    yield open_one
    assert [text for page in pages for text in page.locator(".failure:visible").all_inner_texts()] == []


def maps(page) -> list[list[list[float]]]:
    """The codes on both maps."""
    return [sorted(page.locator(".latent-map").nth(side).evaluate(PLACES)) for side in (0, 1)]


def test_a_copy_of_a_bundle_shows_the_same_map_under_its_own_name(open_odd):
    page = open_odd("vae", "aae")
    models = page.get_by_role("combobox", name="Model in the right panel")
    models.select_option("")  # the list has the newest runs: all of them
    page.get_by_text("The list holds all").first.wait_for(state="attached")
    models.select_option("runs/copy")
    page.wait_for_url("**right=runs%2Fcopy**")
    page.locator(".panel.right .facts").filter(has_text="Its loss contains").wait_for()
    left, right = maps(page)
    assert left == right and len(left) == 360


def test_a_bundle_and_its_copy_open_by_their_address(open_odd):
    left, right = maps(open_odd("vae", "copy"))
    assert left == right and len(left) == 360


def test_a_recording_without_pictures_is_replayed(open_odd):
    page = open_odd("vae", "aae", "&moment=1")
    page.wait_for_selector(".explorer[data-replay=true]")
    page.get_by_role("slider", name="Moment of training").press("ArrowLeft")
    page.wait_for_url("**moment=0**")


@pytest.mark.slow
@pytest.mark.parametrize("left, right", [("pictures-vae-8", "pictures-aae-8"), ("pictures-ae-3", "pictures-vae-3")])
def test_pictures_in_many_dimensions_open_with_every_tool(open_odd, left, right):
    page = open_odd(left, right, "&near=find&near_find=class-1&walk=-1,-1;1,1&sum=0,1&underlay=stretch&colour=density")
    page.locator(".facts").first.filter(has_text="decoder's response").wait_for()  # what the bars show, too
    tools = page.locator(".tools button")
    assert tools.count() == 7
    for i in [*range(2, 7), 0]:
        tools.nth(i).click()
        page.wait_for_selector(f".tools button:nth-of-type({i + 1})[aria-pressed=true]")
        page.wait_for_selector(".tool[data-ready]" if i else ".sliders:visible")
        at_rest(page)
        assert page.locator(".failure:visible").count() == 0
    tools.nth(1).click()  # no training was recorded
    page.get_by_text("No recording").first.wait_for()


@pytest.mark.slow
def test_bundles_of_any_name_open_from_the_list_and_by_their_address(open_odd):
    page = open_odd("aae", "vae")
    wanted = maps(page)[1]
    models = page.get_by_role("combobox", name="Model in the left panel")
    models.select_option(label=models.locator("option", has_text=re.compile(r"Show all \d+ runs")).inner_text())
    page.get_by_text(re.compile(r"The list holds all \d+ runs now")).first.wait_for(state="attached")
    for name in NAMES:
        models.select_option(f"runs/{name}")
        page.locator(".panel.left .facts").filter(has_text="Its loss contains").wait_for()
        assert maps(page)[0] == wanted
        page.wait_for_url(lambda url: address(page)["left"] == f"runs/{name}")
        models.select_option("runs/aae")
        page.locator(".panel.left .facts").filter(has_text="A discriminator keeps its codes").wait_for()
    for left, right in zip(NAMES[::2], NAMES[1::2]):
        page = open_odd(quote(left, safe=""), quote(right, safe=""))
        assert maps(page) == [wanted, wanted] and page.get_by_test_id("stAlert").count() == 0
        assert (address(page)["left"], address(page)["right"]) == (f"runs/{left}", f"runs/{right}")


def test_the_legend_names_all_classes_of_both_models_and_leaves_room(open_odd):
    page = open_odd("alone", "few")
    names = page.locator(".legend button").all_inner_texts()
    assert names[:2] == ["all / class 00", "class 01"] and len(names) == 25
    page = open_odd("all-bytes", "collapsed", "&tool=draw")
    page.wait_for_selector(".tool[data-ready=draw]")
    assert page.locator(".legend button").count() == 256 and page.locator(".tool").bounding_box()["height"] > 150
    legend = page.locator(".legend").bounding_box()
    assert legend["y"] + legend["height"] <= DESK["height"]


def test_no_name_of_a_class_hides_a_class(open_odd):
    for left, right in (("few", "alone"), ("all-bytes", "collapsed")):
        page = open_odd(left, right)
        for map_ in page.locator(".latent-map").all():
            hidden = map_.evaluate(HIDDEN)
            assert hidden == [], (left, right, hidden)


def test_a_discriminator_that_is_given_nothing_has_one_part_in_the_lesson(odd, open_address):
    logit = load_bundle(odd.runs / "textbook").model().discriminator(torch.tensor([[1.5, 1.0]])).item()
    page = open_address(f"{odd.address}/adversary?aae=runs/textbook&part=learnt", ".adversary[data-ready=true]")
    field = page.locator(".field[data-shown='runs/textbook whole 0']")
    field.locator(".at-point [data-is=logit]").filter(has_text=f"{logit:.3f}".replace("-", "−")).wait_for()
    assert field.locator("[data-is=given]").inner_text() == "not given"
    whole, learnt, given = (
        page.get_by_role("radio", name=name) for name in ("whole D", "the learnt", "log p(z), given")
    )
    assert whole.is_checked() and learnt.is_disabled() and given.is_disabled()
    page.get_by_role("combobox", name="AAE", exact=True).select_option("runs/aae")
    page.locator(".field[data-shown='runs/aae learnt 0']").wait_for()
    assert learnt.is_checked() and given.is_enabled()
