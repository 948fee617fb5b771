"""Models of many dimensions: their maps, made on the server or in the browser, and which dimensions they use."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from sklearn.decomposition import PCA

from explorer.store.bundle import load_bundle

from ..web.test_dimensions import NAMES, SHIPPED, travelled
from .driver import COMPLETE, address, at_rest, wait_for_view
from .test_explore_near import shown_rows

WIDE = ("mnist-vae-32d", "mnist-aae-32d")
TITLES = ("VAE {}-d", "AAE {}-d")
PLACES = "f => [...f.latentMap.points.x].map((x, i) => [x, f.latentMap.points.y[i]])"
needs_wide = pytest.mark.skipif(
    not all((SHIPPED / name).exists() for name in WIDE), reason="no models of 32 dimensions"
)


def made(page, side: str) -> None:
    page.wait_for_function(
        "side => [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector(`.panel.${side} "
        ".making`)).find(Boolean).hidden",
        arg=side,
        timeout=600_000,
    )


@pytest.mark.slow  # the process compiles, and works for some seconds
def test_a_umap_is_made_with_other_settings_and_one_of_the_pixels_and_one_is_cancelled(open_page):
    page = open_page(f"?left={NAMES[0]}&right={NAMES[1]}")
    page.get_by_role("combobox", name="Kind of map, left").select_option("again")
    page.get_by_role("spinbutton", name="n_neighbors, left").fill("200")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("map=umap-200-0.1(%2C|,)umap"))
    page.get_by_role("progressbar", name="Progress of the left map").wait_for()
    page.locator(".panel.left .mapping .cancel").click()  # it compiles still: it leaves the queue
    page.wait_for_url(re.compile("map=umap&|map=umap$"))
    page.get_by_role("combobox", name="Kind of map, left").select_option("again")
    for name, value in (("n_neighbors, left", "5"), ("min_dist, left", "0.5")):
        page.get_by_role("spinbutton", name=name).fill(value)
    page.get_by_role("group", name="What the left map shows").get_by_role("button", name="Make").click()
    wait_for_view(page, re.compile("map=umap-5-0.5(%2C|,)umap"))
    figure = page.get_by_role("figure", name="VAE 16-d latent map")
    assert "near mostly stays near" in figure.locator(".note").text_content()  # the stored one stands in for it
    figure.locator(".note", has_text="n_neighbors 5, min_dist 0.5").wait_for(timeout=600_000)
    places = np.array(figure.evaluate(PLACES))
    assert places.shape == (10_000, 2) and np.isfinite(places).all()
    labels = load_bundle(SHIPPED / NAMES[0]).codes.label
    centres = np.array([np.median(places[labels == which], 0) for which in range(10)])
    assert (
        np.linalg.norm(places[:, None] - centres, axis=-1).argmin(1) == labels
    ).mean() > 0.8  # codes of a class lie together
    page.reload()
    page.wait_for_selector(COMPLETE)
    figure.locator(".note", has_text="n_neighbors 5, min_dist 0.5").wait_for()  # it was kept
    np.testing.assert_array_equal(np.array(figure.evaluate(PLACES)), places)
    right = page.get_by_role("combobox", name="Kind of map, right")
    right.select_option("pixels")
    page.get_by_role("spinbutton", name="n_neighbors, right").press("Enter")
    page.get_by_role("figure", name="AAE 16-d latent map").locator(".note", has_text="raw pixels").wait_for(
        timeout=600_000
    )
    assert address(page)["map"] == "umap-5-0.5,pixels-15-0.1"


@needs_wide
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["umap", "pca"])
def test_the_tools_with_thirty_two_dimensions(mount_page, kind):
    """A digit is drawn, neighbours are found, the probe is sampled, and a walk is made, in all 32 dimensions."""
    bundles = [load_bundle(SHIPPED / name) for name in WIDE]
    names = [title.format(32) for title in TITLES]
    query = f"?left={WIDE[0]}&right={WIDE[1]}&map={kind}"
    page = mount_page(f"{query}&tool=near&pick=mnist:7")
    page.wait_for_selector(".tool[data-ready=near]")
    page.locator(".near .thumbs button").first.wait_for()
    for section, name in ((0, WIDE[0]), (1, WIDE[1])):
        mean = travelled(name)[0]
        around = (
            np.zeros(32) if section == 0 else mean[shown_rows(page, 0)[0]]
        )  # the probe, and the nearest image's own code
        assert shown_rows(page, section) == np.argsort(((mean - around) ** 2).sum(1))[:8].tolist()
    page = mount_page(f"{query}&tool=draw&pick=mnist:7")
    page.wait_for_selector(".tool[data-ready=draw]")
    at_rest(page)
    for name, bundle in zip(names, bundles, strict=True):
        at = page.get_by_role("figure", name=f"{name} latent map").evaluate(
            "f => { const { toX, toY } = f.latentMap.scale(), "
            "[x, y] = f.querySelector('.drawn g').getAttribute('transform').match(/[-\\d.]+/g).map(Number);"
            "return [toX(x), toY(y)]; }"
        )
        mean = travelled(bundle.name)[0]
        ten = np.argsort(((mean - mean[7]) ** 2).sum(1))[:10]
        places = bundle.codes.umap[ten] if kind == "umap" else None
        if places is not None:
            assert np.abs(places - at).max(1).min() < 0.05
        else:
            fitted = PCA(2).fit(mean)
            axes = fitted.components_ * np.sign(
                np.take_along_axis(fitted.components_, np.abs(fitted.components_).argmax(1)[:, None], 1)
            )
            np.testing.assert_allclose(at, axes @ (mean[7] - mean.mean(0)), atol=0.05)
    page = mount_page(f"{query}&tool=map&pick=mnist:7")
    page.wait_for_selector(".tool[data-ready=map]")
    page.get_by_role("img", name=f"{names[0]}: draws decoded").wait_for()
    page = mount_page(f"{query}&tool=walk&walk=mnist:3;mnist:18")
    page.wait_for_selector(".tool[data-ready=walk]")
    for name in names:
        page.get_by_role("img", name=re.compile(f"^{name}: 12 frames")).wait_for()


def test_the_guide_and_the_words_know_the_kinds():
    from explorer.address import explore as state
    from explorer.ui.texts.en.explore import WORDS

    assert set(WORDS["maps"]["kinds"]) == {*state.FIELDS["map"]["options"], "again", "pixels"}
    assert set(WORDS["maps"]["notes"]) == {
        "umap",
        "pca",
        "first_two",
        *(f"made_{kind}" for kind in state.FIELDS["map"]["made"]),
    }
    assert json.dumps(WORDS)  # they travel
