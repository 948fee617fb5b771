"""The tool Draw's arithmetic, in Node: the form of each dataset against NumPy, the encoders against torch."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from explorer.data import originals
from explorer.serving import pictures
from explorer.store.bundle import load_bundle
from explorer.ui.texts.en.explore_draw import WORDS

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


SHIPPED = sorted(path.parent.name for path in (ROOT / "pretrained").glob("*/bundle.json"))


TEXTS = {name: (ROOT / "pretrained" / name / "bundle.json").read_text(encoding="utf-8") for name in SHIPPED}


PLANAR = [name for name in SHIPPED if json.loads(TEXTS[name])["config"]["model"]["latent_dim"] == 2]


def box_of(image: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def half_up(value: float) -> int:
    return int(np.floor(value + 0.5))


def area_means(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resizes by the mean over the area that each new pixel covers; enlarges by Pillow's bilinear interpolation."""
    for axis, size in ((0, height), (1, width)):
        if size <= image.shape[axis]:
            fine = np.repeat(image, size, axis)
            shape = list(image.shape)
            shape[axis : axis + 1] = [size, -1]
            image = fine.reshape(shape).mean(axis + 1)
        else:
            new = (size, image.shape[0]) if axis else (image.shape[1], size)
            image = np.array(Image.fromarray(image.astype(np.float32), "F").resize(new, Image.BILINEAR))
    return image


def mnist_form(image: np.ndarray) -> np.ndarray:
    box = box_of(image / image.max())
    scale = 20 / max(box.shape)
    small = area_means(box, *(max(1, half_up(size * scale)) for size in box.shape))
    centre = [float((small.sum(1 - axis) @ np.arange(small.shape[axis])) / small.sum()) for axis in (0, 1)]
    top, left = (int(np.clip(half_up(14 - at), 0, 28 - size)) for at, size in zip(centre, small.shape))
    result = np.zeros((28, 28))
    result[top : top + small.shape[0], left : left + small.shape[1]] = small
    return result


def digits_form(image: np.ndarray) -> np.ndarray:
    box = box_of(image / image.max())
    width = min(20, max(1, half_up(box.shape[1] * 32 / box.shape[0])))
    bitmap = np.zeros((32, 32))
    left = (32 - width) // 2
    bitmap[:, left : left + width] = area_means(box, 32, width) >= 0.5
    return np.floor(bitmap.reshape(8, 4, 8, 4).sum((1, 3)) * 255 / 16 + 0.5) / 255


def fitted_form(image: np.ndarray, side: int = 28) -> np.ndarray:
    box = box_of(image)
    small = area_means(box, *(max(1, half_up(size * side / max(box.shape))) for size in box.shape))
    result = np.zeros((side, side))
    top, left = ((side - size) // 2 for size in small.shape)
    result[top : top + small.shape[0], left : left + small.shape[1]] = small
    return result


FORMS = {
    "mnist": (mnist_form, 28),
    "digits": (digits_form, 8),
    "fashion-mnist": (fitted_form, 28),
    "kmnist": (fitted_form, 28),
}


TO_FORMS = """return given.images.map(({ bytes, width, height }) => {
  const values = new Float32Array(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)).buffer);
  return [...toForm({ values, width, height }, given.entry)]; });"""


def in_form(compute, images: list[np.ndarray], dataset: str, side: int) -> list[np.ndarray]:
    sent = [
        {
            "bytes": base64.b64encode(np.float32(image).tobytes()).decode(),
            "width": image.shape[1],
            "height": image.shape[0],
        }
        for image in images
    ]
    return [
        np.array(found)
        for found in compute(
            "explore/draw/forms", TO_FORMS, given={"images": sent, "entry": {"dataset": dataset, "image_side": side}}
        )
    ]


def scribble(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A few strokes of grey on black, not near the border."""
    image = np.zeros((height, width))
    for _ in range(3):
        (y0, y1), (x0, x1) = np.sort(rng.integers(2, height - 2, 2)), np.sort(rng.integers(2, width - 2, 2))
        image[y0 : y0 + max(2, height // 12), x0 : x1 + 1] = image[y0 : y1 + 1, x0 : x0 + max(2, width // 12)] = (
            rng.uniform(0.3, 0.9)
        )
    return image


@pytest.mark.parametrize("dataset", FORMS)
def test_the_form_of_each_dataset_against_numpy(compute, dataset):
    form, side = FORMS[dataset]
    rng = np.random.default_rng(1)
    images = [scribble(rng, height, width) for height, width in ((280, 280), (97, 203), (300, 31), (12, 9))]
    for image, found in zip(images, in_form(compute, images, dataset, side)):
        expected = form(np.float32(image)).ravel()
        assert np.isfinite(found).all() and found.max() > 0.1
        # counts of pixels: one at just a half may fall either way
        np.testing.assert_allclose(found, expected, atol=1 / 16 + 1e-6 if dataset == "digits" else 1e-5)
        assert (np.abs(found - expected) > 1e-5).sum() <= 2
    assert not in_form(compute, [np.zeros((5, 5))], dataset, side)[0].any()


def test_digits_of_mnist_come_back_shifted_and_enlarged(compute):
    images = originals.sheet("mnist").reshape(-1, 28, 28)[:12] / 255
    # exactly ten times as large; and by 7.3, with smooth edges, so that the old pixels are not to be found again
    exact = [
        np.pad(np.kron(image, np.ones((10, 10))), ((number, 30), (5, 3 * number)))
        for number, image in enumerate(images)
    ]
    smooth = [
        np.array(Image.fromarray(image.astype(np.float32), "F").resize((204, 204), Image.BICUBIC)).clip(0, 1)
        for image in images
    ]
    smooth = [np.pad(np.where(image < 0.02, 0, image), ((9, 60), (44, number))) for number, image in enumerate(smooth)]
    near, far = (
        [
            np.abs(found.reshape(28, 28) - image / image.max()).mean()
            for found, image in zip(in_form(compute, enlarged, "mnist", 28), images)
        ]
        for enlarged in (exact, smooth)
    )
    assert max(near) < 1e-4
    assert np.median(far) < 0.03  # of 0.13 that all pixels have on average


def test_paper_ink_and_luminance_against_numpy(compute):
    rng = np.random.default_rng(2)
    paper = 0.8 + 0.02 * rng.standard_normal((60, 50))
    paper[20:40, 22:28] = 0.15
    code = """const picture = { values: Float32Array.from(given.flat()), width: given[0].length, height: given.length };
      const paper = readPaper(picture), ink = (dark) => [...toInk(picture, paper, dark).values];
      return { paper, dark: ink(true), light: ink(false) };"""
    found = compute("explore/draw/forms", code, given=paper.tolist())
    border = np.float32(np.concatenate([paper[0], paper[-1], paper[1:-1, 0], paper[1:-1, -1]]))
    assert found["paper"]["dark"] is True
    middle = np.sort(border)[len(border) // 2]
    assert found["paper"]["paper"] == pytest.approx(middle, abs=1e-6)
    dark = np.array(found["dark"]).reshape(60, 50)
    np.testing.assert_allclose(dark[20:40, 22:28], (middle - 0.15) / middle, atol=1e-5)
    assert (dark > 0).sum() == 20 * 6  # all the noise is paper
    assert compute("explore/draw/forms", code, given=(1 - paper).tolist())["paper"]["dark"] is False
    pixels = rng.integers(0, 256, (7, 3))
    rgba = np.concatenate([pixels, np.full((7, 1), 255)], 1)
    np.testing.assert_allclose(
        compute(
            "explore/draw/picture_file",
            "return [...luminance(Uint8ClampedArray.from(given.flat()))]",
            given=rgba.tolist(),
        ),
        pixels @ [0.2126, 0.7152, 0.0722] / 255,
        atol=1e-6,
    )
    hole = [[0, 0, 0, 255], [0, 0, 0, 0]]  # black ink on nothing: the nothing is white paper
    assert compute(
        "explore/draw/picture_file", "return [...luminance(Uint8ClampedArray.from(given.flat()))]", given=hole
    ) == [0, 1]


ENCODE = """const models = new Models(base);
  const encoder = await models.encoder(given.entry);
  const bytes = Uint8Array.from(atob(given.pixels), (c) => c.charCodeAt(0)), n = given.size;
  return Array.from({ length: bytes.length / n }, (_, i) => {
    const image = Float32Array.from(bytes.subarray(i * n, (i + 1) * n), (v) => v / 255);
    const { mean, logVar } = encoder.encode(image);
    return [...mean, ...(logVar ?? [])];
  });"""


@pytest.mark.parametrize(
    "name",
    [
        name if name in ("mnist-vae", "mnist-aae", "digits-vae") else pytest.param(name, marks=pytest.mark.slow)
        for name in PLANAR
    ],
)
def test_two_hundred_images_through_the_browsers_encoder_against_torch(compute, name):
    bundle = load_bundle(ROOT / "pretrained" / name)
    images = pictures.images_of(bundle.config).all()[:200]
    found = compute(
        "kernel/models",
        ENCODE,
        given={
            "entry": {"name": name, "digest": bundle.digest},
            "pixels": base64.b64encode(images.tobytes()).decode(),
            "size": images.shape[1],
        },
    )
    with torch.no_grad():
        encoded = bundle.model().encode(torch.from_numpy(images).float() / 255)
    expected = torch.cat([encoded.mean, encoded.log_var], 1) if bundle.config.model.kind == "vae" else encoded.mean
    found = np.array(found)
    assert found.shape == tuple(expected.shape) and np.isfinite(found).all()
    assert np.abs(found - expected.numpy()).max() < 1e-2
    assert np.abs(found[:, :2] - bundle.codes.mean[:200]).max() < 1e-2  # and the codes on the map


STROKE = [{"x": 12.5, "y": 30.25, "width": 22}, {"x": 99, "y": 31, "width": 22}]


@pytest.mark.parametrize(
    "drawn, pick, restored",
    [
        ({"base": None, "strokes": [STROKE]}, None, {"pick": None, "picture": None, "colour": False}),
        # the drawing lies beneath an image that was picked meanwhile
        ({"base": None, "strokes": [STROKE]}, "mnist:3", {"pick": None, "picture": None, "colour": False}),
        ({"base": {"colour": True}, "strokes": []}, None, {"pick": None, "picture": "data:", "colour": True}),
        ({"base": {"pick": "mnist:3"}, "strokes": [STROKE]}, "mnist:3", {"pick": "mnist:3", "picture": None}),
        ({"base": {"pick": "mnist:3"}, "strokes": [STROKE]}, "mnist:4", None),
        ({"base": {"pick": "mnist:3"}, "strokes": []}, "mnist:3", None),  # the address holds it
        ({"base": None, "strokes": []}, None, None),
    ],
)
def test_a_drawing_is_kept_for_the_tab(compute, drawn, pick, restored):
    found = compute(
        "explore/draw/kept",
        """const stored = new Map();
        globalThis.sessionStorage = {
          getItem: (key) => stored.get(key) ?? null,
          setItem: (key, value) => stored.set(key, value), removeItem: (key) => stored.delete(key),
        };
        keep({ base: null, strokes: [[{ x: 9, y: 9, width: 9 }]] }); // an earlier one, which it replaces
        if (drawn.base) drawn.base.canvas = { toDataURL: () => "data:" };
        keep(drawn);
        const found = kept(pick);
        delete globalThis.sessionStorage;
        return found;""",
        drawn=drawn, pick=pick,
    )  # fmt: skip
    assert found == (restored and {"colour": False, "strokes": drawn["strokes"]} | restored)


def test_where_the_browser_forbids_the_storage_nothing_is_kept(compute):
    code = """Object.defineProperty(globalThis, "sessionStorage", {
      configurable: true, get() { throw new Error("forbidden"); } });
    keep({ base: null, strokes: [[{ x: 1, y: 2, width: 3 }]] });
    const found = kept(null);
    delete globalThis.sessionStorage;
    return found;"""
    assert compute("explore/draw/kept", code) is None


VERDICT = """const { mean, label, errors } = given;
const model = { entry, codes: { mean, label: Uint8Array.from(label) } };
return errors.map(({ at, error }) => verdictOf({ mean: at, error }, model, words));"""


def verdicts(compute, places: list, label: list[int], **entry) -> list[str]:
    """The verdicts on codes with a BCE, {at, error}, among test images at `mean` with these classes."""
    given = {"mean": [[0.1 * i for i in range(12)] + [9.0] * 12, [0.0] * 24], "label": label, "errors": places}
    entry = {"classes": ["cat", "dog"], "metrics": {"reconstruction": 100.4}} | entry
    return compute("explore/draw/verdict", VERDICT, given=given, entry=entry, words=WORDS)


def test_a_verdict_names_the_class_of_the_nearest_codes_and_the_error_beside_the_typical_one(compute):
    label = [0] * 9 + [1] * 3 + [1] * 12
    here, there, lost = {"at": [0, 0], "error": 74.2}, {"at": [9, 0], "error": 200.8}, {"at": [0, 0], "error": 200.9}
    assert verdicts(compute, [here, there, lost], label) == [
        "a cat (9 of 10 nearest codes), BCE 74 (typical 100)",
        "a dog (10 of 10 nearest codes), BCE 201 (typical 100)",
        "nothing like what it learnt, BCE 201 (typical 100)",
    ]
    halves = [1] * 5 + [0] * 7 + [1] * 12
    assert verdicts(compute, [here], halves) == ["a dog or a cat (5 and 5 of 10 nearest codes), BCE 74 (typical 100)"]
    assert verdicts(compute, [here], label, classes=["all"]) == ["BCE 74 (typical 100)"]
    assert verdicts(compute, [lost], label, metrics={}) == ["a cat (9 of 10 nearest codes), BCE 201"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SHIPPED if name.startswith(("mnist", "fashion"))])
def test_at_most_three_percent_of_the_test_images_are_called_nothing_like_what_was_learnt(compute, name):
    bundle, factor = load_bundle(ROOT / "pretrained" / name), compute("explore/draw/verdict", "return STRANGE;")
    x = torch.from_numpy(originals.sheet(name.split("-vae")[0].split("-aae")[0].split("-ae")[0]) / 255.0).float()
    with torch.no_grad():
        logits = bundle.model().decode(torch.from_numpy(bundle.codes.mean))
    error = F.binary_cross_entropy_with_logits(logits, x.reshape(len(x), -1), reduction="none").sum(1).numpy()
    assert np.isfinite(error).all() and error.mean() == pytest.approx(bundle.metrics["reconstruction"], rel=1e-3)
    assert (error > factor * error.mean()).mean() <= 0.03
