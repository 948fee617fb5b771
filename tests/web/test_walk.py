"""The tool Walk's arithmetic, in Node: paths and densities against NumPy and scipy, the GIF against Pillow."""

from __future__ import annotations

import io
import math
import re

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.interpolate import CubicHermiteSpline
from scipy.spatial import cKDTree
from scipy.special import gammaln

from explorer.priors import get_prior
from explorer.serving import catalogue
from explorer.ui.texts.en.explore_walk import WORDS

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


LOG_FIVE = math.log(5)


def log_density(codes: np.ndarray, places: np.ndarray, k: int = 10) -> np.ndarray:
    """log of k / (n · volume of the ball that just holds the k nearest)."""
    n, d = codes.shape
    radius = cKDTree(codes).query(places, k)[0][:, -1]
    return np.log(k / n) - (d / 2 * np.log(np.pi) - gammaln(d / 2 + 1)) - d * np.log(radius)


def test_slerp_against_numpy_and_its_laws(compute):
    rng = np.random.default_rng(1)
    for d in (2, 3, 16):
        a, b, t = rng.normal(size=d) * 2, rng.normal(size=d), np.linspace(0, 1, 13)
        found = np.array(
            compute(
                "explore/walk/path",
                "return t.map((one) => slerp(a, b, one));",
                a=a.tolist(),
                b=b.tolist(),
                t=t.tolist(),
            )
        )
        u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
        across = (
            v - (v @ u) * u
        )  # the same arc without slerp's sines: turned in the plane of u and what of v is across it
        angle, across = np.arccos(u @ v), across / np.linalg.norm(across)
        norm = (1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)
        expected = norm[:, None] * (np.cos(t * angle)[:, None] * u + np.sin(t * angle)[:, None] * across)
        np.testing.assert_allclose(found, expected, atol=1e-12)
        np.testing.assert_allclose(found[[0, -1]], [a, b], atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), norm, atol=1e-12)
        directions = found / np.linalg.norm(found, axis=1)[:, None]
        np.testing.assert_allclose(
            np.arccos((directions[1:] * directions[:-1]).sum(1)), angle / 12, atol=1e-7
        )  # a constant rate


def test_slerp_where_a_great_circle_is_not_defined(compute):
    found = compute(
        "explore/walk/path",
        "const far = Array.from({ length: 16 }, (_, i) => Math.cos(i)), minus = far.map((value) => -2 * value);"
        "return { zero: slerp([0, 0], [2, 4], .25), to: slerp([2, 4], [0, 0], .25), both: slerp([0, 0], [0, 0], .5), "
        "same: slerp([1, 2], [1, 2], .3),"
        "turned: slerp([1, 0], [-3, 0], .5), almost: slerp([1, 0], [1, 1e-9], .5), far, many: slerp(far, minus, .5), "
        "end: slerp(far, minus, 1),"
        "opposite: [hasOpposite([[1, 2], [-2, -4]]), hasOpposite([[1, 2], [-2, -3]]), "
        "hasOpposite([[0, 0], [1, 1]])] };",
    )
    assert (found["zero"], found["to"], found["both"]) == ([0.5, 1], [1.5, 3], [0, 0])  # the straight line
    np.testing.assert_allclose(found["same"], [1, 2], atol=1e-12)
    np.testing.assert_allclose(found["turned"], [0, 2], atol=1e-12)  # counter-clockwise, the norm half-way from 1 to 3
    np.testing.assert_allclose(found["almost"], [1, 5e-10], atol=1e-15)
    far, many = np.array(found["far"]), np.array(found["many"])
    assert abs(far @ many) < 1e-12 and np.linalg.norm(many) == pytest.approx(1.5 * np.linalg.norm(far))
    np.testing.assert_allclose(found["end"], -2 * far, atol=1e-12)
    assert found["opposite"] == [True, False, False]


def test_walks_through_several_waypoints(compute):
    points = np.random.default_rng(2).normal(size=(5, 3))
    found = {
        way: np.array(compute("explore/walk/path", "return along(points, way, 41);", points=points.tolist(), way=way))
        for way in ("line", "circle", "curve")
    }
    for walk in found.values():
        np.testing.assert_allclose(walk[::10], points, atol=1e-12)  # each leg in the same time
    t = np.linspace(0, 4, 41)
    np.testing.assert_allclose(
        found["line"], [[np.interp(one, range(5), column) for column in points.T] for one in t], atol=1e-12
    )
    beyond = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    smooth = CubicHermiteSpline(np.arange(5), points, (beyond[2:] - beyond[:-2]) / 2)  # Catmull-Rom's tangents
    np.testing.assert_allclose(found["curve"], smooth(t), atol=1e-12)


def test_densities_against_numpy(compute):
    rng = np.random.default_rng(3)
    body = (
        "const model = { codes: { mean: columns, logVar: null, label: new Array(columns[0].length).fill(0) }, "
        "entry: { latent_dim: columns.length, shape } };"
        "return { found: densities(model, places), draws: model.priorDraws?.map((column) => [...column]) };"
    )
    for d, prior in ((2, "normal"), (2, "mixture"), (16, "normal")):
        codes, places = rng.normal(size=(2000, d)), rng.normal(size=(20, d)) * 2
        shape = catalogue.shape(prior)
        given = compute("explore/holes", body, columns=codes.T.tolist(), places=places.tolist(), shape=shape)
        q, p = (np.array([one[name] for one in given["found"]]) for name in "qp")
        np.testing.assert_allclose(q, log_density(codes, places), atol=1e-9)
        if d == 2:
            np.testing.assert_allclose(
                p, get_prior(prior).log_prob(torch.tensor(places, dtype=torch.float32)).numpy(), rtol=1e-5
            )
        else:
            draws = np.array(given["draws"]).T
            np.testing.assert_allclose(p, log_density(draws, places), atol=1e-9)
            assert draws.shape == (2000, 16) and abs(draws.mean()) < 0.02 and abs(draws.std() - 1) < 0.02
        assert [one["hole"] for one in given["found"]] == list((p - q > LOG_FIVE) & (d == 2))


# Codes are draws of N(0, I) without those of z₁ > 0.6745, a quarter of the mass; places: draws of that quarter.
CUT = """
const uniform = seededUniform(11), [n, m, cut] = [10_000, 400, 0.6745];
const normal = (count) => standardNormal(count, uniform);
const first = normal(2 * n), beyond = first.filter((z) => z > cut);
const columns = [first.filter((z) => z < cut).slice(0, n)];
for (let i = 1; i < d; i++) columns.push(normal(n));
const model = { codes: { mean: columns, logVar: null, label: columns[0] }, entry: { latent_dim: d, shape: null } };
const found = densities(model, [...beyond.slice(0, m)].map((z) => [z, ...normal(d - 1)]));
return [found.filter(({ q, p }) => p - q > HOLE).length / m, found.some(({ hole }) => hole)];
"""


def test_holes_are_marked_where_the_rule_finds_most_of_them_as_the_text_says(compute):
    about = " ".join(WORDS["about"])
    shares = re.search(r"(\d+) % of the .* in the plane, (\d+) % in 3 dim.*, (\d+) % in 16 and (\d+) % in 32", about)
    assert shares and "no hole is marked in more than 3 dimensions" in about
    for d, told in zip((2, 3, 16, 32), map(int, shares.groups())):
        found, marked = compute("explore/holes kernel/random", CUT, d=d)
        spread = math.sqrt(found * (1 - found) / 400)
        assert abs(found - told / 100) < 3 * spread + 0.01
        assert marked == (found > 0.5) == (d <= 3)
    assert "called a hole only where this rule finds one" in about


def test_gif_of_any_bytes_is_read_back(compute):
    rng = np.random.default_rng(4)
    width, height = 97, 83  # noise fills the table of strings, and it is begun anew; flat frames make its strings long
    frames = [
        rng.integers(0, 256, (height, width)),
        np.zeros((height, width), int),
        np.tile(np.arange(width), (height, 1)),
        rng.integers(0, 2, (height, width)) * 255,
    ]
    data = compute(
        "explore/walk/gif_encoder",
        "return [...encodeGif({ width, height, frames: frames.map((one) => Uint8Array.from(one)), delay: 20 })];",
        width=width, height=height, frames=[frame.ravel().tolist() for frame in frames],
    )  # fmt: skip
    with Image.open(io.BytesIO(bytes(data))) as gif:
        assert (gif.n_frames, gif.info["loop"], gif.info["duration"], gif.size) == (4, 0, 200, (width, height))
        for i, frame in enumerate(frames):
            gif.seek(i)
            np.testing.assert_array_equal(np.array(gif.convert("L")), frame)
    # every length about the places where codes get wider, one pixel high
    for n in (1, 2, 254, 255, 256, 257, 258, 766, 767, 768, 769, 3837, 3838, 3839, 3840, 5000):
        row = rng.integers(0, 256, n)
        data = compute(
            "explore/walk/gif_encoder",
            "return [...encodeGif({ width: row.length, height: 1, frames: [Uint8Array.from(row)], delay: 5 })];",
            row=row.tolist(),
        )
        with Image.open(io.BytesIO(bytes(data))) as gif:
            np.testing.assert_array_equal(np.array(gif.convert("L"))[0], row)


WAYPOINTS = """const codes = { mean: [[0, 0, 5, 5], [0, 1, 0, 1]].map((one) => Float32Array.from(one)), label: [0, 0, 1, 1] };
const model = { entry: { dataset: "mnist", latent_dim: 2, classes: ["0", "1"] }, codes };
let state = { walk: null, mean: [0, 0] };
const page = { panels: [{ model }, { model }], words, state: () => state, announce() {}, draw() {},
  set: (part) => ((state = { ...state, ...part }), waypoints.follow(state)) };
const waypoints = new Waypoints(page, () => {});
waypoints.example = write({ ...opening(page), stops: opening(page).stops(), dataset: "mnist" });
const seen = [];
const look = () => (waypoints.follow(state), seen.push([state.walk, waypoints.walk.stops, waypoints.isExample]));
look();
"""


def waypoints(compute, acts: str) -> list:
    modules = "explore/walk/waypoints explore/walk/examples explore/walk/path"
    return compute(modules, WAYPOINTS + acts + "return seen;", words=WORDS)


def test_the_tool_opens_on_two_test_images_and_ones_own_waypoint_takes_their_place(compute):
    example = [None, [0, 2], True]  # the classes' means are (0, ½) and (5, ½)
    assert waypoints(
        compute, "waypoints.add(3); look(); state.walk = null; look(); waypoints.turn(false); look();"
    ) == [
        example,
        ["mnist:3", [3], False],
        example,  # Back
        [None, [], False],
    ]
    assert waypoints(compute, "waypoints.set([1, 2]); look(); waypoints.set([]); look();") == [
        example,
        ["mnist:1;mnist:2", [1, 2], False],
        [None, [], False],  # Clear
    ]


def test_the_opening_walk_joins_the_classes_that_are_furthest_apart(compute):
    mean = np.array([[0, 0], [0.2, 0], [4, 0], [4, 0.5], [9, 0], [9, 1]], np.float32)
    body = """const codes = { mean: mean.map((one) => Float32Array.from(one)), label: [0, 0, 1, 1, 2, 2] };
    const panel = (dataset) => ({ model: { codes, entry: { dataset, classes: ["a", "b", "c", "none of these"] } } });
    return [["one", "one"], ["one", "other"]].map((pair) => {
      const { stops, images } = opening({ panels: pair.map(panel) });
      return { stops: stops(), images: Boolean(images) };
    });"""
    one, other = compute("explore/walk/examples", body, mean=mean.T.tolist())
    assert one == {"stops": [0, 4], "images": True}
    assert other["images"] is False and np.shape(other["stops"]) == (2, 2)
