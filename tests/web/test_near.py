"""The tool Near's arithmetic, in Node: neighbours, regions and values against scikit-learn, NumPy and torch."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
import torch
from scipy.special import digamma
from sklearn.neighbors import NearestNeighbors
from torch.nn import functional as F

from explorer import gaussian
from explorer.serving import catalogue, pictures
from explorer.store.bundle import load_bundle

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


MANY = 3000  # codes whose neighbours are looked for


def codes(name: str):
    return load_bundle(ROOT / "pretrained" / name).codes


def entry(name: str) -> dict:
    return next(one for one in catalogue.in_full(catalogue.current().entries) if one["name"] == name)


@pytest.mark.parametrize("name", ["mnist-aae", "mnist-vae-16d"])
def test_neighbours_misplaced_and_density_against_scikit_learn(compute, name):
    mean, label = codes(name).mean[:MANY], codes(name).label[:MANY]
    rng = np.random.default_rng(1)
    points = rng.normal(size=(40, mean.shape[1])) * 1.5
    found = compute(
        "kernel/models kernel/nearest",
        """const { codes } = await new Models(base).open(entry);
        const mean = codes.mean.map((column) => column.subarray(0, many)), label = codes.label.subarray(0, many);
        const tree = new Tree(mean), allowed = (row) => label[row] !== 3, far = await neighbourhoods(mean, 10);
        return {
          tree: points.map((point) => tree.nearest(point, 12)),
          plain: points.map((point) => nearest(mean, point, 12)),
          without: points.map((point) => tree.nearest(point, 12, allowed).rows),
          misplaced: misplaced(far, label), distances: [...far.distances.slice(0, 5000)],
        };""",
        entry=entry(name), points=points.tolist(), many=MANY,
    )  # fmt: skip
    assert found["tree"] == found["plain"]  # to the last bit
    distances, rows = (
        NearestNeighbors(n_neighbors=12, algorithm="brute").fit(mean.astype(np.float64)).kneighbors(points)
    )
    np.testing.assert_allclose([one["distances"] for one in found["tree"]], distances, rtol=1e-6)
    assert [one["rows"] for one in found["tree"]] == rows.tolist()
    kept = np.flatnonzero(label != 3)
    assert (
        found["without"]
        == kept[NearestNeighbors(n_neighbors=12).fit(mean[kept].astype(np.float64)).kneighbors(points)[1]].tolist()
    )
    distances, rows = (
        NearestNeighbors(n_neighbors=10).fit(mean.astype(np.float64)).kneighbors()
    )  # of each code, without itself
    np.testing.assert_allclose(np.reshape(found["distances"], (500, 10)), distances[:500], atol=1e-6)
    votes = np.stack([(label[rows] == which).sum(1) for which in range(10)], 1)  # (n, classes)
    own = votes[np.arange(len(label)), label].copy()
    votes[np.arange(len(label)), label] = 0
    assert {one["row"] for one in found["misplaced"]} == set(np.flatnonzero(votes.max(1) > own).tolist())
    assert all(one["votes"] == votes[one["row"]].max() for one in found["misplaced"])


@pytest.mark.parametrize("d", [2, 16])
def test_log_density_of_a_normal_sample(compute, d):
    """The estimate's mean error is log k − ψ(k): the mass in the ball to the k-th neighbour is Beta(k, n + 1 − k).

    That holds if the density is flat in the ball: in two dimensions, at a radius below 1.5. In 16 no sample is dense
    enough: the ball reaches from the middle to much lower densities, and the estimate is too small there. It is
    compared with the exact mass in that ball instead.
    """
    n, k, places = 40_000 if d == 2 else 4000, 10, 300
    rng = np.random.default_rng(5)
    sample, points = rng.normal(size=(n, d)).astype(np.float32), rng.normal(size=(places, d))
    points *= 1.5 / np.maximum(1.5, np.linalg.norm(points, axis=1, keepdims=True))
    if d == 16:
        points = np.zeros((1, d))
    columns = [list(map(float, column)) for column in sample.T]
    found = np.array(
        compute(
            "kernel/nearest",
            "return points.map((point) => logDensity(columns, point, k));",
            columns=columns,
            points=points.tolist(),
            k=k,
        )
    )
    if d == 2:
        error = found - (-0.5 * (points**2).sum(1) - np.log(2 * np.pi))
        spread = np.sqrt(1 / (k - 0.5))  # the trigamma function at k
        assert abs(error.mean() - (np.log(k) - digamma(k))) < 4 * spread / np.sqrt(places)
        assert error.std() == pytest.approx(spread, rel=0.2)
    else:
        distance = np.sort(np.linalg.norm(sample.astype(np.float64), axis=1))[k - 1]
        volume = np.pi ** (d / 2) / np.prod(np.arange(1, d // 2 + 1)) * distance**d
        assert found[0] == pytest.approx(np.log(k / n / volume), abs=1e-6)
        assert found[0] < -0.5 * d * np.log(2 * np.pi)  # below the density in the middle


def in_polygon(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Even-odd: how many edges a ray to the right crosses. points (n, 2), polygon (m, 2)."""
    x, y = points.astype(np.float64).T[:, :, None]
    (x1, y1), (x2, y2) = polygon.T, np.roll(polygon, -1, 0).T
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return np.flatnonzero(crossed.sum(1) % 2)


def test_regions_against_numpy(compute):
    rng = np.random.default_rng(2)
    points = rng.uniform(-1, 1, (3000, 2)).astype(np.float32)
    crossing = rng.uniform(-1, 1, (15, 2))
    flat = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.25], [0, 0.25], [0, 0.75], [-0.5, 0.75]])  # level edges
    given = {"x": points[:, 0].tolist(), "y": points[:, 1].tolist()}
    found = compute(
        "explore/near/polygon",
        "return { polygons: polygons.map((one) => inPolygon(given, one)), circle: inCircle(given, [0.2, -0.1], 0.6), "
        "square: inSquare(given, [0.2, -0.1], 0.6, (row) => row % 2),"
        "nothing: [inPolygon(given, [[0, 0], [1, 1]]), inPolygon(given, [[0, 0], [1, 0], [0.5, 0]])] };",
        given=given, polygons=[crossing.tolist(), flat.tolist()],
    )  # fmt: skip
    for rows, polygon in zip(found["polygons"], (crossing, flat)):
        assert rows == in_polygon(points, polygon).tolist() and 0 < len(rows) < len(points)
    away = np.abs(points.astype(np.float64) - [0.2, -0.1])
    assert found["circle"] == np.flatnonzero(np.linalg.norm(away, axis=1) <= 0.6).tolist()
    assert found["square"] == [row for row in np.flatnonzero(away.max(1) <= 0.6).tolist() if row % 2]
    assert found["nothing"] == [[], []]


def test_a_right_number_takes_the_sentence_on_a_wrong_one_away(compute):
    said = compute(
        "explore/near/find",
        """const entry = { dataset_label: "MNIST", classes: ["0"] }, label = [0, 0, 0];
        const page = { pick() {}, announce() {} };
        const find = Object.assign(Object.create(Find.prototype), {
          words: { no_such_image: "There is no such image.", picked: "" }, number: { value: "" },
          near: { page, panel: () => ({ model: { entry, codes: { label } } }), className: () => "0" },
          list: { note: "3 images." }, problem: null, summary: { textContent: "" },
        });
        return ["99999", "1"].map((typed) => {
          find.number.value = typed;
          find.byNumber();
          return find.summary.textContent;
        });""",
    )
    assert said == ["There is no such image.", "3 images."]


def test_a_table_of_odd_cells_is_read_back(compute):
    cells = ["plain", 'a "quoted" one', "comma, and\nnew line", "é ☃", "", "-0.1"]
    numbers = np.random.default_rng(0).normal(size=len(cells)) * 10.0 ** np.arange(-4, 2)
    numbers = numbers.astype(np.float32)
    text = compute(
        "parts/csv",
        "return toCsv([{ name: 'cell, one', value: (row) => cells[row] }, "
        "{ name: 'number (\"nats\")', value: (row) => numbers[row] }], cells.map((_, row) => row));",
        cells=cells, numbers=numbers.tolist(),
    )  # fmt: skip
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head == ["cell, one", 'number ("nats")'] and [row[0] for row in rows] == cells
    assert np.array_equal(np.float32([row[1] for row in rows]), numbers)


@pytest.mark.parametrize("name", ["digits-vae", "digits-aae", "mnist-aae-mixture-labels"])
def test_values_of_codes_against_torch(compute, name):
    bundle, wanted = load_bundle(ROOT / "pretrained" / name), entry(name)
    found = compute(
        "kernel/models kernel/values",
        "const models = new Models(base), model = await models.open(entry), all = {};"
        "for (const name of VALUES) { const values = await valuesOf(models, model, name); "
        "all[name] = values && [...values]; } return all;",
        entry=wanted,
    )  # fmt: skip
    model, mean = bundle.model(), torch.from_numpy(bundle.codes.mean)
    if bundle.codes.log_var is None:
        assert found["kl"] is None
    else:
        expected = gaussian.kl_to_standard_normal(mean.double(), torch.from_numpy(bundle.codes.log_var).double())
        np.testing.assert_allclose(found["kl"], expected.numpy(), rtol=1e-5, atol=1e-5)
        assert np.mean(found["kl"]) == pytest.approx(bundle.metrics["kl"], rel=1e-3)
    x = torch.from_numpy(pictures.images_of(bundle.config).all()).float() / 255
    logits = torch.cat([model.decode(some) for some in mean.split(2000)])
    expected = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    np.testing.assert_allclose(found["error"], expected.numpy(), rtol=1e-4, atol=1e-2)
    assert np.mean(found["error"]) == pytest.approx(bundle.metrics["reconstruction"], rel=1e-3)
    if bundle.config.model.kind == "aae":
        labels = torch.from_numpy(bundle.codes.label).long()
        expected = torch.sigmoid(
            model.discriminator(mean, labels) if bundle.config.model.label_informed else model.discriminator(mean)
        )
        np.testing.assert_allclose(found["judgement"], expected.numpy(), atol=1e-4)
        assert np.ptp(found["judgement"]) > 0.01
    else:
        assert found["judgement"] is None
    n = len(mean)
    distance = NearestNeighbors(n_neighbors=10).fit(mean.numpy().astype(np.float64)).kneighbors()[0][:, -1]
    np.testing.assert_allclose(
        found["density"], np.log(11 / n) - np.log(np.pi * np.maximum(distance, 1e-6) ** 2), atol=1e-3
    )


def test_codes_are_coloured_by_what_a_model_has(compute):
    entries = {
        "vae": {"stochastic": True, "errors": True, "latent_dim": 2},
        "aae": {"stochastic": False, "errors": True, "discriminator": {}, "latent_dim": 2},
        "aae of 16 dimensions": {"stochastic": False, "errors": False, "discriminator": {}, "latent_dim": 16},
    }
    names = ["class", "kl", "error", "judgement", "density"]
    found = compute(
        "kernel/values",
        "return entries.map((entry) => names.filter((name) => hasValue(name, entry)));",
        names=names, entries=list(entries.values()),
    )  # fmt: skip
    assert dict(zip(entries, found, strict=True)) == {
        "vae": ["class", "kl", "error", "density"],
        "aae": ["class", "error", "judgement", "density"],
        "aae of 16 dimensions": ["class", "density"],
    }
