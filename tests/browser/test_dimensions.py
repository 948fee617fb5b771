"""Models of many dimensions: their maps, made on the server or in the browser, and which dimensions they use."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from explorer.config import ModelConfig
from explorer.models import build
from explorer.store.bundle import load_bundle

from .driver import COMPLETE, ROOT, address
from .test_explore_near import shown_rows

SHIPPED = ROOT / "pretrained"
NAMES = ("mnist-vae-16d", "mnist-aae-16d")
WIDE = ("mnist-vae-32d", "mnist-aae-32d")
TITLES = ("VAE {}-d", "AAE {}-d")
PLACES = "f => [...f.latentMap.points.x].map((x, i) => [x, f.latentMap.points.y[i]])"
needs_wide = pytest.mark.skipif(
    not all((SHIPPED / name).exists() for name in WIDE), reason="no models of 32 dimensions"
)


def travelled(name: str):
    """A bundle's codes with the precision that they travel with."""
    codes = load_bundle(SHIPPED / name).codes
    return codes.mean.astype(np.float16).astype(float), None if codes.log_var is None else codes.log_var.astype(
        np.float16
    ).astype(float)


def test_principal_components_against_scikit_learn(compute):
    points = np.random.default_rng(0).standard_normal((500, 9)) @ np.random.default_rng(1).standard_normal((9, 9)) + 3
    found = compute(
        "kernel/pca",
        "const { columns, share, project } = principal(given); return { columns: columns.map((one) => [...one]), share, at: project(place) };",
        given=points.T.tolist(),
        place=[1.0] * 9,
    )
    fitted = PCA(2).fit(points)
    axes = fitted.components_ * np.sign(
        np.take_along_axis(fitted.components_, np.abs(fitted.components_).argmax(1)[:, None], 1)
    )
    np.testing.assert_allclose(np.array(found["columns"]).T, (points - points.mean(0)) @ axes.T, atol=1e-4)
    np.testing.assert_allclose(found["at"], (1 - points.mean(0)) @ axes.T, atol=1e-9)
    assert found["share"] == pytest.approx(fitted.explained_variance_ratio_.sum(), abs=1e-12)


def test_the_one_in_the_middle(compute):
    places = [[0, 0], [1, 0], [0, 1], [0.4, 0.4], [9, 9]]
    assert compute("kernel/nearest", "return medoid(places);", places=places) == [0.4, 0.4]


def test_the_charts_of_a_walk_hold_both_models_where_densities_lie_far_apart(compute):
    """In 32 dimensions the AAE's codes lie 15 nats denser than the VAE's draws."""
    body = "return [2, 32].map((latent_dim) => sharedRange([-29, -45].map((q) => ({ model: { entry: { latent_dim } }, curve: [{ q, p: q }] }))));"
    assert compute("explore/walk/film", body) == [[-40, -28], [-46, -28]]


@pytest.mark.parametrize("name", NAMES)
def test_the_decoders_response_and_the_active_units_against_torch(compute, name):
    entry = {"tensors": f"tensors/{load_bundle(SHIPPED / name).digest}", "name": name}
    found = compute(
        "kernel/models kernel/usage",
        "const model = await new Models(new URL(base)).open(entry); return { response: await response(model), active: activeUnits(model.codes) };",
        entry=entry,
    )
    mean, log_var = travelled(name)
    model = load_bundle(SHIPPED / name).model()
    rows = np.arange(48) * len(mean) // 48
    jacobian = torch.func.vmap(torch.func.jacfwd(lambda z: torch.sigmoid(model.decode(z[None])[0])))(
        torch.from_numpy(mean[rows]).float()
    )  # (48, pixels, d)
    variance = mean.var(0) + (0 if log_var is None else np.exp(log_var).mean(0))
    expected = np.sqrt(jacobian.double().square().sum(1).mean(0).numpy() * variance)
    np.testing.assert_allclose(found["response"], expected, rtol=1e-3, atol=1e-3)
    assert found["active"] == (mean.var(0) > 0.01).sum()
    if log_var is not None:  # where the VAE pays nothing, the decoder hears nothing
        kl = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var).mean(0)
        assert found["active"] < len(kl) and (expected[kl < 0.1] < 0.1).all() and (expected[kl > 1] > 0.5).all()


@pytest.mark.parametrize("kind, latent_dim", [("vae", 8), ("aae", 3)])
def test_the_response_of_a_convolutional_decoder_against_torch(compute, kind, latent_dim):
    shape = ModelConfig(kind, image_side=16, channels=3, network="conv", hidden=(3, 4, 8), latent_dim=latent_dim)
    model = build(shape, seed=1).double()
    tensors = {
        name: {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        for name, tensor in model.state_dict().items()
        if name.startswith("decoder.")
    }
    rng = np.random.default_rng(2)
    mean, log_var = rng.standard_normal((2, 20, latent_dim))
    js = (
        "const values = (array) => Float32Array.from(array), whole = Object.entries(given.tensors);"
        "const read = ([name, { shape, values: all }]) => [name, { shape, values: values(all) }];"
        "const decoder = new Decoder(Object.fromEntries(whole.map(read)));"
        "return response({ decoder, codes: { mean: given.mean.map(values), logVar: given.logVar?.map(values) } });"
    )
    wide = log_var.T.tolist() if kind == "vae" else None
    found = compute("kernel/decoder kernel/usage", js, given={"tensors": tensors, "mean": mean.T.tolist(), "logVar": wide})
    one = torch.func.jacfwd(lambda z: torch.sigmoid(model.decode(z[None])[0]))
    slopes = torch.stack([one(z) for z in torch.from_numpy(mean)])  # (20, pixels, d)
    variance = mean.var(0) + (np.exp(log_var).mean(0) if kind == "vae" else 0)
    expected = np.sqrt(slopes.square().sum(1).mean(0).detach().numpy() * variance)
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def made(page, side: str) -> None:
    page.wait_for_function(
        "side => [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector(`.panel.${side} .making`)).find(Boolean).hidden",
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
    page.wait_for_url(re.compile("map=umap-5-0.5(%2C|,)umap"))
    figure = page.get_by_role("figure", name="VAE 16-d latent map")
    assert "near stays near" in figure.locator(".note").text_content()  # the stored one stands in for it
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
def test_the_tools_with_thirty_two_dimensions(open_page, kind):
    """A digit is drawn, neighbours are sought, the probe is sampled from, and a walk is walked, in all 32 dimensions."""
    bundles = [load_bundle(SHIPPED / name) for name in WIDE]
    names = [title.format(32) for title in TITLES]
    query = f"?left={WIDE[0]}&right={WIDE[1]}&map={kind}"
    page = open_page(f"{query}&tool=near&pick=mnist:7")
    page.wait_for_selector(".tool[data-ready=near]")
    page.locator(".near .thumbs button").first.wait_for()
    for section, name in ((0, WIDE[0]), (1, WIDE[1])):
        mean = travelled(name)[0]
        around = (
            np.zeros(32) if section == 0 else mean[shown_rows(page, 0)[0]]
        )  # the probe, and the nearest image's own code
        assert shown_rows(page, section) == np.argsort(((mean - around) ** 2).sum(1))[:8].tolist()
    page = open_page(f"{query}&tool=draw&pick=mnist:7")
    page.wait_for_selector(".tool[data-ready=draw]")
    page.wait_for_timeout(500)
    for name, bundle in zip(names, bundles, strict=True):
        at = page.get_by_role("figure", name=f"{name} latent map").evaluate(
            "f => { const { xaxis, yaxis } = f.querySelector('.plot')._fullLayout; const [x, y] = f.querySelector('.drawn g').getAttribute('transform').match(/[-\\d.]+/g).map(Number);"
            "return [xaxis.p2l(x - xaxis._offset), yaxis.p2l(y - yaxis._offset)]; }"
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
    page = open_page(f"{query}&tool=map&pick=mnist:7")
    page.wait_for_selector(".tool[data-ready=map]")
    page.get_by_role("img", name=f"{names[0]}: draws decoded").wait_for()
    page = open_page(f"{query}&tool=walk&walk=mnist:3;mnist:18")
    page.wait_for_selector(".tool[data-ready=walk]")
    for name in names:
        page.get_by_role("img", name=re.compile(f"^{name}: 12 frames")).wait_for()


def test_the_guide_and_the_words_know_the_kinds():
    from explorer.address import explore as state
    from explorer.ui.texts.en.explore import WORDS

    assert set(WORDS["maps"]["kinds"]) == {*state.FIELDS["map"]["options"], "again", "pixels"}
    assert set(WORDS["maps"]["notes"]) == {"umap", "pca", "first_two", *(f"made_{kind}" for kind in state.FIELDS["map"]["made"])}
    assert json.dumps(WORDS)  # they travel
