"""A training in JavaScript, in Node: its numbers, its measurements, and the bundle that Python opens."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
import json
import math
import zipfile

import numpy as np
import pytest
import torch

from explorer import metrics
from explorer.address import practice
from explorer.background import snapshot
from explorer.config import KINDS, PRIORS, Config, ModelConfig, TrainingConfig, recipe, with_prior
from explorer.data import datasets
from explorer.models import build
from explorer.priors import get_prior
from explorer.settings import IN_FORM
from explorer.store import bundle
from explorer.training import evaluation
from explorer.training.recording import manifold_grid

from .training import CASES, config_of, double_model, name_of, settings_of, tensors_of

TRAINER = "kernel/training/trainer kernel/training/evaluation kernel/training/bundle"
# `train` and `test` are splits of little-endian bytes
BEGIN = (
    "const trainer = new Trainer(settings, train); const run = (n) => Array.from({ length: n }, () => trainer.step());"
)


def split(images: np.ndarray, labels: np.ndarray) -> dict:
    return {"images": images.astype(np.uint8).tobytes(), "labels": labels.astype(np.uint8).tobytes()}


def digits(part: str, count: int | None = None) -> dict:
    found = datasets.load("digits", part)
    return split(found.images[:count], found.labels[:count])


def small_images(config: Config, count: int = 15) -> dict:
    rng = np.random.default_rng(0)
    return split(rng.integers(0, 256, (count, config.model.pixels)), rng.integers(0, 10, count))


def digits_config(kind: str, **training) -> Config:
    fields = {"epochs": 2, "batch_size": 64, "adversarial_weight": 20.0, **training}
    return Config(ModelConfig(kind, image_side=8, hidden=(32, 16)), TrainingConfig("digits", **fields))


def settings(config: Config) -> dict:
    return settings_of(config, build(config.model, seed=0))


@pytest.mark.parametrize("changes", CASES, ids=name_of)
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(compute, changes):
    config = config_of(changes)
    other = dataclasses.replace(config, training=dataclasses.replace(config.training, seed=config.training.seed + 1))
    body = BEGIN + "return { reports: run(4), weights: trainer.result.tensors() };"
    one, same, another = (
        compute(TRAINER, body, settings=settings(one), train=small_images(config)) for one in (config, config, other)
    )
    assert one == same
    assert one["reports"][0]["terms"] != another["reports"][0]["terms"]
    assert all(math.isfinite(value) for report in one["reports"] for value in report["terms"].values())


def test_a_training_counts_its_steps_and_writes_an_entry_for_each_epoch(compute):
    config = config_of({"kind": "vae", "epochs": 3, "batch_size": 6})
    found = compute(
        TRAINER, BEGIN + "const reports = run(9); return { reports, history: trainer.history, done: trainer.done };",
        settings=settings(config), train=small_images(config, 15),  # batches of 6, 6 and 3
    )  # fmt: skip
    places = [(one["epoch"], one["step"], one["steps"], one["taken"], one["done"]) for one in found["reports"]]
    assert places == [(i // 3 + 1, i % 3 + 1, 3, i + 1, i == 8) for i in range(9)] and found["done"]
    assert [entry["epoch"] for entry in found["history"]] == [1, 2, 3]
    for entry in found["history"]:
        own = [one["terms"] for one in found["reports"] if one["epoch"] == entry["epoch"]]
        for name in ("total", "reconstruction", "kl"):
            assert entry[name] == pytest.approx(np.mean([terms[name] for terms in own]), rel=1e-12)


def test_an_epoch_shows_each_image_once(compute):
    config = config_of({"kind": "ae", "batch_size": 4})
    found = compute(
        TRAINER,
        BEGIN + "const seen = []; const { one } = trainer, take = one.take.bind(one);"
        "one.take = (x, ...rest) => { seen.push(...x); return take(x, ...rest); }; run(8); return seen;",
        settings=settings(config), train=small_images(config, 15),
    )  # fmt: skip
    images = np.frombuffer(small_images(config, 15)["images"], np.uint8).reshape(15, -1) / np.float32(255)
    epochs = np.array(found, np.float32).reshape(2, 15, -1)
    in_order = [np.lexsort(one.T) for one in (images, *epochs)]
    for epoch, order in zip(epochs, in_order[1:], strict=True):
        np.testing.assert_allclose(epoch[order], images[in_order[0]], rtol=1e-6)
    assert not np.array_equal(epochs[0], epochs[1]) and not np.allclose(epochs[0], images)


def test_the_result_is_the_running_average_of_the_weights(compute):
    config = config_of({"kind": "vae", "average": 0.8})
    found = compute(
        TRAINER,
        BEGIN + "const at = (model) => [...model.encoder.weights, ...model.decoder.weights];"
        "const all = [at(trainer.model)]; for (let i = 0; i < 6; i++) { run(1); all.push(at(trainer.model)); }"
        "return { all, result: at(trainer.result) };",
        settings=settings(config), train=small_images(config),
    )  # fmt: skip
    average, *weights = np.array(found["all"])
    for taken, one in enumerate(weights, 1):
        decay = min(0.8, taken / (taken + 10))  # as in explorer/training/fit.py
        average = decay * average + (1 - decay) * one
    np.testing.assert_allclose(found["result"], average, rtol=1e-5, atol=1e-7)
    assert np.abs(average - weights[-1]).max() > 1e-4


def test_the_first_weights_are_distributed_as_torchs(compute):
    config = Config(ModelConfig("aae", image_side=8, frequencies=400), TrainingConfig("digits", 1))
    found = compute(
        TRAINER, BEGIN + "return trainer.model.tensors();", settings=settings(config), train=digits("train", 9)
    )
    model = build(config.model, seed=0)
    assert {name: one["shape"] for name, one in found.items()} == {
        name: list(tensor.shape) for name, tensor in model.state_dict().items()
    }
    for name, tensor in model.state_dict().items():
        values = np.array(found[name]["values"])
        if tensor.numel() > 500:
            assert values.std() == pytest.approx(tensor.std().item(), rel=0.1), name
        assert np.abs(values).max() <= tensor.abs().max().item() * 1.5


def test_a_training_that_diverges_names_the_term_and_the_step(compute):
    config = config_of({"kind": "vae", "lr": 1e30})
    found = compute(
        TRAINER,
        BEGIN + "try { run(9); } catch (error) { return [error.term, error.value, error.at.epoch, error.at.step,"
        " error instanceof Diverged]; }",
        settings=settings(config), train=small_images(config),
    )  # fmt: skip
    term, value, epoch, step, is_diverged = found
    assert term in ("reconstruction", "kl") and not math.isfinite(value) and epoch == 1 and step >= 2 and is_diverged


def test_convolutions_are_refused(compute):
    config = Config(ModelConfig("ae", image_side=16, network="conv", hidden=(4, 8)), TrainingConfig("digits", 1))
    body = "try { new Trainer(settings, train); } catch (error) { return error.message; }"
    train = {"images": b"", "labels": b""}
    assert (
        compute(TRAINER, body, settings=settings(config), train=train) == "a network of the kind conv cannot learn here"
    )


# Measurements.


@pytest.mark.parametrize("k", [2, 3])
def test_the_metrics_are_pythons(compute, k):
    rng = np.random.default_rng(1)
    codes, draws = 0.8 * rng.standard_normal((150, k)) + 0.1, rng.standard_normal((150, k))
    mean, log_var = rng.standard_normal((60, k)), rng.normal(-2, 0.3, (60, k))
    z, log_prior = mean + np.exp(log_var / 2) * rng.standard_normal((60, k)), rng.normal(-2, 0.1, 60)
    labels = rng.integers(0, 4, (2, 150))
    found = compute(
        "kernel/training/metrics",
        "const [a, b, m, v, z, p] = sets.map((set) => Float64Array.from(set.flat()));"
        "return { coverage: coverage(a, b, k), knn_kl: knnKl(a, b, k), sliced: slicedW2Squared(a, b, k),"
        "surgery: elboSurgery(m, v, z, p, k), accuracy: knnLabelAccuracy(a, labels[0], b, labels[1], k) };",
        sets=[one.tolist() for one in (codes, draws, mean, log_var, z, log_prior)], labels=labels.tolist(), k=k,
    )  # fmt: skip
    assert found["coverage"] == metrics.coverage(codes, draws)
    assert found["knn_kl"] == pytest.approx(metrics.knn_kl(codes, draws), rel=1e-9)
    # in more dimensions than two its random directions are others
    assert found["sliced"] == pytest.approx(metrics.sliced_w2_squared(codes, draws), rel=1e-9 if k == 2 else 0.3)
    surgery = metrics.elbo_surgery(mean, log_var, z, log_prior)
    assert found["surgery"] == pytest.approx(surgery._asdict(), rel=1e-9)
    assert found["accuracy"] == metrics.knn_label_accuracy(codes, labels[0], draws, labels[1])


def test_a_null_is_the_mean_and_spread_of_the_estimator_on_draws(compute):
    found = compute(
        "kernel/training/metrics kernel/training/steps kernel/random",
        "const draws = new Draws(null, 2, seededUniform(1));"
        "return nullOf(coverage, () => draws.prior(360, null), 2, 20);",
    )
    exact = 1 - 0.5**5  # see metrics.coverage
    assert found[0] == pytest.approx(exact, abs=4 * found[1] / math.sqrt(20))
    rng = np.random.default_rng(2)
    expected = metrics.null_of(metrics.coverage, lambda n: rng.standard_normal((n, 2)), 360, 20)
    assert found[1] == pytest.approx(expected.std, rel=0.8) and found[1] > 0


@pytest.mark.parametrize(
    "kind, prior", [("vae", "normal"), ("vae", "mixture"), ("aae", "swiss-roll"), ("ae", "normal")]
)
def test_a_snapshot_is_the_servers(compute, kind, prior):
    config = config_of({"kind": kind, "prior": prior, "image_side": 8, "hidden": (12,)})
    model = build(config.model, seed=2)
    test = datasets.load("digits", "test")
    body = (
        "const model = new Autoencoder(settings, () => 0.5); model.take(tensors);"
        "const snapshots = new Snapshots(settings, test);"
        "return { ...snapshots.take(model), null: snapshots.null, noise: snapshots.noise, draws: snapshots.draws };"
    )
    tensors = {name: {"values": tensor.flatten().tolist()} for name, tensor in model.state_dict().items()}
    found = compute(
        f"{TRAINER} kernel/training/autoencoder", body, settings=settings(config), tensors=tensors, test=digits("test")
    )
    with torch.no_grad():
        mean, log_var = model.encode(torch.from_numpy(test.pixels()))
        pictures = torch.sigmoid(model.decode(manifold_grid(prior, 16))) * 255
    close = functools.partial(np.testing.assert_allclose, atol=1e-5)
    codes = np.array(found["mean"]).reshape(-1, 2)
    close(codes, mean.numpy())
    if log_var is not None:
        noise = np.array(found["noise"]).reshape(-1, 2)
        codes = np.array(found["z"]).reshape(-1, 2)
        close(codes, (mean + (log_var / 2).exp() * torch.from_numpy(noise)).numpy())
    else:
        assert found["z"] is None
    assert np.abs(np.array(found["manifold"]) - pictures.round().numpy().ravel()).max() <= 1
    draws = np.array(found["draws"]).reshape(-1, 2)
    assert found["distances"] == pytest.approx(
        {name: estimator(codes, draws) for name, estimator in snapshot.ESTIMATORS.items()}, rel=1e-6
    )
    for name, null in snapshot.null_bands(prior, len(test.labels)).items():  # of other draws
        assert found["null"][name][0] == pytest.approx(null.mean, abs=null.std * 4 * math.sqrt(2 / 20))
        assert found["null"][name][1] == pytest.approx(null.std, rel=0.9)


def test_draws_of_each_prior_come_from_it(compute):
    for name in ("normal", "mixture", "swiss-roll"):
        prior = get_prior(name).double()
        found = compute(
            "kernel/training/steps kernel/random",
            "const draws = new Draws(shape, 2, seededUniform(4));"
            "return [draws.prior(4000, null), draws.prior(4000, new Uint8Array(4000).fill(3))];",
            shape=settings(config_of({"kind": "aae", "prior": name}))["shape"],
        )
        z, of_label = (torch.tensor(one, dtype=torch.float64).view(-1, 2) for one in found)
        own = prior.sample(40_000, 2, torch.Generator().manual_seed(0)).double()
        for moment in (z.mean(0) - own.mean(0), z.std(0) - own.std(0)):
            assert (moment.abs() < 4 * own.std(0) / math.sqrt(4000)).all()
        log_p, expected = prior.log_prob(z), prior.log_prob(own)
        assert abs(log_p.mean() - expected.mean()) < 4 * expected.std() / math.sqrt(4000)
        if name == "mixture":
            assert (prior.component_log_prob(of_label).argmax(-1) == 3).double().mean() > 0.95


@pytest.mark.parametrize("prior", ["normal", "swiss-roll"])
def test_the_importance_weighted_bound_is_pythons(compute, prior):
    config = config_of({"kind": "vae", "prior": prior, "image_side": 8, "hidden": (12,)})
    model, test = double_model(config), datasets.load("digits", "test")
    body = (
        "const model = new Autoencoder(settings, () => 0.5); model.take(tensors); const shares = [];"
        "const x = pixelsOf(images), draws = new Draws(settings.shape, 2, seededUniform(3));"
        "const work = importanceWeightedBound(model, x, encode(model, x), 200, draws);"
        "let next; while (!(next = work.next()).done) shares.push(next.value);"
        "return [next.value, shares];"
    )
    found, shares = compute(
        f"{TRAINER} kernel/training/autoencoder kernel/training/steps kernel/random", body,
        settings=settings_of(config, model), tensors=tensors_of(model), images=test.images[:40].tobytes(),
    )  # fmt: skip
    assert shares[-1] == 1 and len(shares) == 40
    x = torch.from_numpy(test.pixels()[:40]).double()
    with torch.no_grad():
        bounds = [
            evaluation.importance_weighted_bound(model, x, 200, torch.Generator().manual_seed(seed))
            for seed in range(8)
        ]
    assert np.std(bounds, ddof=1) < 0.1
    assert found == pytest.approx(np.mean(bounds), abs=5 * np.std(bounds, ddof=1))


# The result as a bundle.


@pytest.mark.parametrize("kind", KINDS)
def test_python_opens_a_bundle_that_was_trained_here(compute, tmp_path, kind):
    config = digits_config(kind, beta=1e-5, lr=3e-3)  # numbers that Python and JavaScript write in other ways
    found = compute(
        TRAINER,
        BEGIN + "while (!trainer.done) trainer.step(); const model = trainer.finished();"
        "const evaluated = evaluate(model, settings, test, train);"
        "return bundleFiles({ config: settings.config, model, history: trainer.history, evaluated, labels: test.labels,"
        "cost: { seconds: 1.5, device: 'a browser · Gerät' } });",
        settings=settings(config), train=digits("train"), test=digits("test"),
    )  # fmt: skip
    for file in found:
        (tmp_path / file["name"]).write_bytes(bytes(file["bytes"]))
    opened = bundle.load_bundle(tmp_path)
    assert opened.config == config and opened.metrics["device"] == "a browser · Gerät"
    assert [entry["epoch"] for entry in opened.history] == [1, 2]
    test = datasets.load("digits", "test")
    np.testing.assert_array_equal(opened.codes.label, test.labels)
    model = opened.model()
    with torch.no_grad():
        mean, log_var = model.encode(torch.from_numpy(test.pixels()))
    np.testing.assert_allclose(opened.codes.mean, mean.numpy(), atol=1e-4)
    if log_var is not None:
        np.testing.assert_allclose(opened.codes.log_var, log_var.numpy(), atol=1e-4)
    # the same measurements on the server, with other draws
    train = datasets.load("digits", "train")
    expected = evaluation.evaluate(model, test, torch.device("cpu"), train=train).metrics
    assert set(opened.metrics) - {"seconds", "device"} <= set(expected)
    exact = ("images", "reconstruction", "label_accuracy")
    assert [opened.metrics[name] for name in exact] == pytest.approx([expected[name] for name in exact], rel=1e-4)
    for name in ("negative_elbo", "kl", "reconstruction_sampled", "mutual_information", "marginal_kl"):
        if name in expected:
            assert opened.metrics[name] == pytest.approx(expected[name], rel=0.03, abs=0.05), name
    for name in ("coverage", "sliced_w2_squared", "knn_kl"):  # between draws of z they differ by a tenth
        assert opened.metrics[name] == pytest.approx(expected[name], rel=0.3, abs=0.05), name
        assert opened.metrics[f"{name}_null"][0] == pytest.approx(expected[f"{name}_null"][0], rel=0.1, abs=0.05)
    assert opened.metrics["code_std"] == pytest.approx(expected["code_std"], rel=0.2)


def test_settings_change_from_the_next_step_on_and_the_bundle_names_the_changes(compute, tmp_path):
    config = config_of({"kind": "vae", "epochs": 4, "batch_size": 4, "beta": 1.0, "image_side": 8})
    changed = dataclasses.replace(config, training=dataclasses.replace(config.training, beta=40.0, lr=0.004))
    body = (
        BEGIN + "if (at === 0) trainer.change(later); const reports = run(at); trainer.change(later);"
        "while (!trainer.done) reports.push(trainer.step()); const model = trainer.finished();"
        "const evaluated = evaluate(model, trainer.settings, train, train), { history, changes } = trainer;"
        "const { config } = trainer.settings, labels = train.labels;"
        "const files = bundleFiles({ config, model, history, evaluated, labels, changes });"
        "return { reports, changes, files };"
    )
    given = {"settings": settings(config), "train": small_images(config), "later": dataclasses.asdict(changed.training)}
    plain, late, early = (compute(TRAINER, body, **given, at=at) for at in (16, 6, 0))
    assert plain["reports"][:6] == late["reports"][:6] and plain["reports"][7:] != late["reports"][7:]
    terms = late["reports"][6]["terms"]
    assert terms["total"] == pytest.approx(terms["reconstruction"] + 40 * terms["kl"])
    assert early["changes"] == []  # it began with them
    for file in late["files"]:
        (tmp_path / file["name"]).write_bytes(bytes(file["bytes"]))
    opened = bundle.load_bundle(tmp_path)
    assert opened.config == changed
    assert {(one.setting, one.before, one.after, one.step, one.steps) for one in opened.changes} == {
        ("beta", 1.0, 40.0, 6, 4), ("lr", config.training.lr, 0.004, 6, 4),
    }  # fmt: skip


@pytest.mark.parametrize("length", [0, 3, 55, 56, 64, 1000])
def test_the_digests_are_sha_256(compute, length):
    content = np.random.default_rng(length).bytes(length)
    assert (
        compute("kernel/training/sha256", "return sha256(content)", content=content)
        == hashlib.sha256(content).hexdigest()
    )


def test_half_precision_is_numpys(compute):
    rng = np.random.default_rng(0)
    every = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    every = every[np.isfinite(every)]
    middles = (np.sort(every)[:-1] + np.sort(every)[1:]) / 2  # equally near to two numbers
    values = np.concatenate(
        [every, middles, [65519.9, 65520, 1e30, -1e30], 10 ** rng.uniform(-9, 5, 2000) * rng.choice([-1, 1], 2000)]
    ).astype(np.float32)
    found = compute("kernel/training/half", "return toHalf(values)", values=values)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(np.array(found, np.uint16), values.astype(np.float16).view(np.uint16))


def test_a_manifest_is_written_as_python_writes_it(compute):
    rng = np.random.default_rng(0)
    numbers = [0, 1, -3, 0.1, 1e-5, 1.25e-7, -2.5e-10, 123456789.125, 1e15, 1e21, 1.5e300, 5e-324, 0.0001, 0.00012345]
    numbers += (10 ** rng.uniform(-12, 12, 300)).tolist()
    value = {"b": numbers, "a": {"é": 'ü\n"\\ \x7f 😀', "Z": None, "0": [True, False, []]}, "c": {}}
    # what Python reads from JavaScript's JSON
    text, written = compute("kernel/training/bundle", "return [JSON.stringify(value), pythonJson(value)]", value=value)
    assert written == json.dumps(json.loads(text), sort_keys=True)


def test_a_bundle_is_packed_for_a_download(compute, tmp_path):
    content = [np.random.default_rng(i).bytes(1000 * i) for i in range(3)]
    found = compute(
        "kernel/training/zip",
        "const files = content.map((bytes, i) => ({ name: `file${i}.bin`, bytes }));"
        "return zip(files, 'VAE-β-4', new Date(2031, 1, 28, 13, 45, 58));",
        content=content,
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(bytes(found))) as packed:
        assert packed.testzip() is None
        assert {name: packed.read(name) for name in packed.namelist()} == {
            f"VAE-β-4/file{i}.bin": one for i, one in enumerate(content)
        }
        assert {one.date_time for one in packed.infolist()} == {(2031, 2, 28, 13, 45, 58)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prior", PRIORS)
def test_choices_stand_for_the_same_configuration_as_on_the_server(compute, kind, prior):
    chosen = practice.start(kind, "digits") | {
        "prior": prior, "beta": 2.5, "adversarial_weight": 45.0, "hidden": [64, 32, 16], "lr": 0.003,
        "discriminator_lr": 0.004, "epochs": 17, "batch_size": 32, "seed": 8,
    }  # fmt: skip
    found = compute(
        "kernel/training/config", "return configOf(recipe, chosen, settings)",
        recipe=with_prior(recipe("digits", kind), prior).to_dict(), chosen=chosen,
        settings=[{"name": setting.name, "only_for": setting.only_for} for setting in IN_FORM],
    )  # fmt: skip
    assert Config.from_dict(found) == practice.to_config(chosen)
