"""Moments of a training: they are its own, they change nothing in it, and they survive a kill and the disk."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import norm

from explorer import steps
from explorer.config import KINDS, Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.data.datasets import Split
from explorer.models import build
from explorer.store import bundle, bundle_checks
from explorer.store.bundle import BundleError, load_bundle
from explorer.training import fit as training
from explorer.training import recording
from explorer.training.checkpoint import load_checkpoint, save_checkpoint
from explorer.training.recording import Recorder

from .small_bundles import metrics

CPU = torch.device("cpu")
N, BATCH = 50, 16


def config(kind: str = "vae", epochs: int = 2, **model) -> Config:
    return Config(
        ModelConfig(kind, image_side=8, hidden=(16,), discriminator_hidden=(8,), **model),
        TrainingConfig("digits", epochs, BATCH, smoothing=0.5),
    )


LABELLED = config("aae", prior="mixture", label_informed=True)
WAVING = config("aae", frequencies=3)
RECORDED = {kind: config(kind) for kind in KINDS} | {"aae": WAVING, "labels": LABELLED}


@pytest.fixture(scope="module")
def train() -> Split:
    whole = datasets.load("digits", "train")
    return Split(whole.images[:N], whole.labels[:N])


@pytest.fixture(scope="module")
def test() -> Split:
    whole = datasets.load("digits", "test")
    return Split(whole.images[:40], whole.labels[:40])


def record(config: Config, train: Split, test: Split):
    """The recorder and the training's last report."""
    recorder = Recorder(config, test, CPU)
    for report in training.fit(config, train.images, CPU, labels=train.labels):
        recorder.see(report)
    return recorder, report


def test_a_wild_beginning_is_recorded_as_the_largest_numbers(train, test):
    recorder, _ = record(config(), train, test)
    wild = recorder.tensors()
    wild["mean"][0], wild["log_var"][0] = -1e6, 200.0
    arrays = Recorder(config(), test, CPU, wild).arrays()
    assert arrays["mean"].dtype == arrays["log_var"].dtype == np.float16
    assert (arrays["mean"][0] == -65504).all() and (arrays["log_var"][0] == 80).all()
    np.testing.assert_array_equal(arrays["mean"][1:], wild["mean"][1:].numpy().astype(np.float16))
    bundle_checks.check_recording(arrays, config(), len(test.images))


@pytest.mark.parametrize("steps", [1, 8, 29, 1_000, 14_100])
def test_moments_begin_untrained_end_at_the_last_step_and_are_dense_at_the_start(steps):
    found = recording.moments(steps)
    assert found[0] == 0 and found[-1] == steps and len(set(found)) == len(found) <= recording.MOMENTS
    gaps = np.diff(found)
    assert (gaps > 0).all() and (np.diff(gaps) >= -1).all()  # they only grow, but for rounding
    assert steps < 1_000 or found[1] <= 1


def test_the_manifolds_grid_follows_the_priors_quantiles():
    grid = recording.manifold_grid("normal").numpy()
    outermost = norm.ppf(0.5 / recording.TILES)
    np.testing.assert_allclose(grid[0], [outermost, -outermost], rtol=1e-5)  # top left
    np.testing.assert_allclose(grid[recording.TILES - 1], [-outermost, -outermost], rtol=1e-5)
    np.testing.assert_allclose(
        norm.cdf(grid[-recording.TILES :, 0]), (np.arange(recording.TILES) + 0.5) / recording.TILES, rtol=1e-5
    )
    plain = recording.manifold_grid("mixture").numpy()
    np.testing.assert_allclose(np.diff(plain[: recording.TILES, 0]), 2 * recording.REACH / recording.TILES, rtol=1e-5)


def test_a_tile_of_the_manifold_is_its_codes_picture():
    model = build(config().model, seed=0)
    grid = recording.manifold_grid("normal")
    mosaic = recording.decode_manifold(model, grid)
    row, column = 3, 11
    tile = mosaic[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
    expected = 255 * torch.sigmoid(model.decode(grid[recording.TILES * row + column])).detach().view(8, 8).numpy()
    assert np.abs(tile - expected).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("one", RECORDED.values(), ids=RECORDED)
def test_what_is_recorded_is_the_trainings_own(one, train, test):
    recorder, last = record(one, train, test)
    found = recorder.arrays()
    assert found["step"].tolist() == recording.moments(8) and found["row"].tolist() == list(range(40))
    x = torch.from_numpy(test.images).float() / 255
    first, final = build(one.model, seed=one.training.seed), last.model
    for at, model in ((0, first), (-1, final)):
        np.testing.assert_allclose(found["mean"][at], model.encode(x).mean.detach().numpy(), atol=2e-3)
        mosaic = recorder.taken["manifold"][at].numpy()
        assert np.array_equal(mosaic, recording.decode_manifold(model, recorder.grid))
    assert ("kl" in found) == ("log_var" in found) == (one.model.kind == "vae")
    assert ("adversarial" in found) == ("logit" in found) == one.model.sibling.discriminator
    height, width = len(found["step"]) * recording.TILES * 8, recording.TILES * 8
    with Image.open(io.BytesIO(found["manifold"].tobytes())) as picture:
        assert picture.size == (width, height)
        assert (
            np.abs(np.asarray(picture.convert("L")).astype(float) - np.concatenate(recorder.taken["manifold"])).mean()
            < 8
        )  # it is lossy


@pytest.mark.parametrize("one", [WAVING, LABELLED, config("aae-textbook")], ids=["waves", "labels", "textbook"])
def test_the_learnt_part_and_log_p_add_up_to_the_logit(one, train, test):
    recorder, last = record(one, train, test)
    found, judge = recorder.arrays(), last.model.discriminator
    points = found["logit"].shape[-1]
    assert found["logit"].shape == (
        (len(found["step"]), 10, 24, 24) if judge.label_informed else (len(found["step"]), 1, 64, 64)
    )
    i, j = 5, 17  # rows are z₂, columns z₁
    side = np.linspace(-recording.REACH, recording.REACH, points)
    z = torch.tensor([[side[j], side[i]]], dtype=torch.float32)
    labels = [torch.tensor([7])] if judge.label_informed else []
    log_p = judge.prior.log_prob(z, *labels, smoothing=float(found["smoothing"][-1])) * judge.given_prior
    at = found["logit"][-1, 7 if labels else 0, i, j]
    assert float(at) + log_p.item() == pytest.approx(judge(z, *labels).item(), abs=5e-3)
    assert found["smoothing"][-1] == judge.prior.guide  # the noise is gone at the end
    noise = 0.5 if one.model.kind == "aae" else 0  # the textbook's sees no noise
    assert found["smoothing"][1] == pytest.approx(
        max(noise * (1 - recording.moments(8)[1] / 8 / steps.SMOOTHED), judge.prior.guide)
    )


@pytest.mark.parametrize("one", [config("vae"), WAVING], ids=["vae", "aae"])
def test_recording_changes_nothing_in_the_training(one, train, test):
    _, watched = record(one, train, test)
    *_, alone = training.fit(one, train.images, CPU, labels=train.labels)
    assert watched.history == alone.history
    for name, weight in alone.model.state_dict().items():
        assert torch.equal(weight, watched.model.state_dict()[name]), name


@pytest.mark.parametrize(
    "one",
    [config("vae", 3), dataclasses.replace(WAVING, training=dataclasses.replace(WAVING.training, epochs=3))],
    ids=["vae", "aae"],
)
def test_a_killed_recording_goes_on_to_the_same_moments(one, train, test, tmp_path):
    whole, _ = record(one, train, test)
    before, file = Recorder(one, test, CPU), tmp_path / "checkpoint"
    for report in training.fit(one, train.images, CPU):
        before.see(report)
        if report.epoch == 2 and report.checkpoint:
            save_checkpoint(file, report.checkpoint(), tmp_path, before.tensors())
            break
    saved = load_checkpoint(file)
    after = Recorder(one, test, CPU, saved.recorded)
    for report in training.fit(one, train.images, CPU, resume=saved.checkpoint):
        after.see(report)
    expected, found = whole.arrays(), after.arrays()
    assert expected.keys() == found.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(array, found[name], err_msg=name)


def test_more_than_two_dimensions_are_not_recorded(test):
    with pytest.raises(ValueError, match="two dimensions can be recorded, not of 3"):
        Recorder(config(latent_dim=3), test, CPU)


# On the disk.


def saved(path, one: Config, train: Split, test: Split):
    recorder, last = record(one, train, test)
    log_var = np.zeros((40, 2), np.float32) if one.model.kind == "vae" else None
    codes = bundle.Codes(np.zeros((40, 2), np.float32), log_var, test.labels)
    bundle.save_bundle(path, last.model, one, metrics(one, 40), last.history, codes, recorder.arrays())
    return recorder.arrays()


@pytest.mark.parametrize("one", [config("vae"), LABELLED, config("ae")], ids=["vae", "labels", "ae"])
def test_a_recording_comes_back_from_the_disk(one, train, test, tmp_path):
    expected = saved(tmp_path / "one", one, train, test)
    found = load_bundle(tmp_path / "one").recording
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(array, found[name])


def test_a_damaged_recording_is_named(train, test, tmp_path):
    saved(tmp_path / "one", config(), train, test)
    (file,) = (tmp_path / "one").glob("recording.*")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(BundleError, match=r"recording\..*truncated or was changed"):
        load_bundle(tmp_path / "one")


def test_a_recording_that_does_not_fit_is_refused(train, test, tmp_path):
    recorder, last = record(config(), train, test)
    arrays = recorder.arrays()
    arrays["mean"] = arrays["mean"][:-1]
    codes = bundle.Codes(np.zeros((40, 2), np.float32), np.zeros((40, 2), np.float32), test.labels)
    bundle.save_bundle(tmp_path / "one", last.model, config(), metrics(config(), 40), last.history, codes, arrays)
    with pytest.raises(BundleError, match="the array mean has shape"):
        load_bundle(tmp_path / "one")
