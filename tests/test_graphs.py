"""CUDA graphs: what is captured gives the numbers of what is not. Most of it needs a GPU; the rest pretends one."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import math
import threading
import types

import numpy as np
import pytest
import torch

from explorer import metrics, steps
from explorer.background import runs
from explorer.config import RECIPES, ZOO, Config, ModelConfig, Pictures, TrainingConfig, folder_recipe
from explorer.data import datasets
from explorer.training import evaluation, graphs
from explorer.training import fit as training
from explorer.training.accelerated import Accelerated
from explorer.training.diverged import TrainingDiverged
from explorer.training.recording import Recorder

from .test_devices import AtOnce

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
IMAGES = 2_040  # of MNIST: eight steps an epoch, the last one of a smaller batch
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU with CUDA")


def small(**changes) -> Config:
    return Config(ModelConfig("vae", image_side=8, hidden=(16,)), TrainingConfig("digits", 2, 16, **changes))


# The table of what varies from step to step.


@pytest.mark.parametrize(
    "name", ["mnist-vae", "mnist-aae", "fashion-mnist-aae", "mnist-aae-mixture-labels", "mnist-aae-textbook"]
)
def test_the_table_of_an_epoch_has_the_numbers_of_the_schedules(name):
    config = dataclasses.replace(
        RECIPES[name], training=dataclasses.replace(RECIPES[name].training, epochs=5, batch_size=16)
    )
    images, labels = np.zeros((150, config.model.pixels), np.uint8), np.zeros(150, np.uint8)
    kind = steps.step_of(config.model.kind)
    run = training._Run(config, images, labels, CPU, training.ALONE, print, captured=True, step_type=kind)
    names, part = list(run._named), config.training
    seen = []
    for epoch in range(1, 6):
        run.begin(epoch)
        seen += run.scalars.tolist()
    for step, row in enumerate(seen, start=1):
        progress, found = step / 50, dict(zip(names, row))
        expected = {"lr0": part.lr * steps.one_cycle(progress)}
        expected["new in the average"] = 1 - min(part.average, step / (step + 10))
        if config.model.kind == "aae-textbook":
            expected |= dict.fromkeys(("lr1", "lr2"), part.discriminator_lr * steps.one_cycle(progress))
        if config.model.kind == "aae":
            start, end = steps.DETAIL
            expected["lr1"] = part.discriminator_lr * steps.one_cycle(progress)
            expected["adversarial_weight"] = part.adversarial_weight_after(progress)
            expected["smoothing"] = part.smoothing * max(0, 1 - progress / steps.SMOOTHED)
            expected["detail"] = min(1, max(0, (progress - start) / (end - start)))
        assert found == expected
    assert len(seen) == 50


def test_each_step_reads_its_own_row(monkeypatch):
    read = []

    def take(self, x, labels=None, step=steps.step_of("vae").take):
        read.append(self.optimisers and float(next(iter(self.optimisers)).param_groups[0]["lr"]))
        return step(self, x, labels)

    monkeypatch.setattr(steps.step_of("vae"), "take", take)
    images = datasets.load("digits", "train").images[:50]
    first = list(training.fit(small(), images, CPU))[3].checkpoint
    assert first is not None
    expected = [2e-3 * steps.one_cycle(step / 8) for step in range(1, 9)]
    assert read == expected
    *_, kept = (
        report.checkpoint() for report in training.fit(small(), images, CPU) if report.epoch == 1 and report.checkpoint
    )
    read.clear()
    list(training.fit(small(), images, CPU, resume=kept))
    assert read == expected[4:]


# What is called, captured and replayed, on a pretended GPU.


class PretendedGenerator:
    """A generator of CUDA, which can take over the state of another one."""

    def __init__(self, device=None):
        self.state = torch.zeros(16, dtype=torch.uint8)

    def get_state(self):
        return self.state

    def set_state(self, state):
        self.state = state

    def graphsafe_get_state(self):
        return self

    def graphsafe_set_state(self, other):
        self.state = other.state


class PretendedGraph:
    def __init__(self):
        self.replays = 0

    def register_generator_state(self, generator):
        self.generator = generator

    def replay(self):
        self.replays += 1


@pytest.fixture
def pretended(monkeypatch):
    """Streams and graphs that do nothing: a capture calls the function once."""
    stream = types.SimpleNamespace(wait_stream=lambda other: None)
    monkeypatch.setattr(torch.cuda, "device", lambda device: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: stream)
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", PretendedGraph)
    monkeypatch.setattr(torch.cuda, "graph", lambda graph, **options: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch, "Generator", PretendedGenerator)
    monkeypatch.setattr(torch.cuda, "default_generators", [PretendedGenerator()], raising=False)


def test_the_first_call_is_plain_the_second_is_captured_and_all_later_ones_are_replayed(pretended):
    called, said = [], []
    replay = graphs.Replay(lambda *arguments: called.append(arguments), CUDA, [torch.Generator()], said.append)
    for arguments in [(256, None), (96, None), (256, None), (256, None), (96, None), (256, True), (256, None)]:
        replay(*arguments)
    assert called == [(256, None), (96, None), (256, None), (96, None), (256, True)]
    assert {key: graph and graph.replays for key, graph in replay.graphs.items()} == {
        (256, None): 3, (96, None): 1, (256, True): None,
    }  # fmt: skip
    assert said == []


def test_what_was_captured_is_forgotten_where_settings_change(pretended):
    called = []
    replay = graphs.Replay(lambda size: called.append(size), CUDA, [torch.Generator()], print)
    for _ in range(3):
        replay(256)
    assert called == [256, 256]  # plain, captured; then replayed
    replay.forget()
    for _ in range(3):
        replay(256)
    assert called == [256] * 4


def test_where_a_capture_fails_a_sentence_says_so_once_and_every_step_is_taken(pretended, monkeypatch):
    called, said = [], []

    @contextlib.contextmanager
    def refuse(graph, **options):
        yield
        raise RuntimeError("operation not permitted when stream is capturing\nmore")

    monkeypatch.setattr(torch.cuda, "graph", refuse)
    replay = graphs.Replay(called.append, CUDA, [torch.Generator()], said.append)
    for _ in range(5):
        replay("batch")
    assert len(called) == 6  # five steps, and one that was to be captured and changed nothing
    (sentence,) = said
    assert "cannot be captured" in sentence and "not permitted" in sentence and "goes on without it" in sentence


def test_nothing_is_captured_on_the_cpu_and_where_it_is_not_possible(pretended):
    for device, possible in ((CPU, True), (CUDA, False)):
        called = []
        replay = graphs.Replay(called.append, device, [], print, possible)
        for _ in range(4):
            replay("batch")
        assert called == ["batch"] * 4 and not replay.graphs


# What takes long in measuring.


@pytest.mark.parametrize("device", [CPU, pytest.param(CUDA, marks=needs_cuda)], ids=["cpu", "cuda"])
@pytest.mark.parametrize("dimensions", [2, 16])
def test_a_gpu_measures_what_the_processor_does(device, dimensions, monkeypatch):
    random = np.random.default_rng(dimensions)
    codes, draws, means, log_vars = random.standard_normal((4, 700, dimensions)).astype(np.float32)
    labels = random.integers(0, 10, 700)
    backend = Accelerated(device)
    for entries in (100_000_000, 2_000):  # at once, and in parts
        monkeypatch.setattr("explorer.training.accelerated.ENTRIES", entries)
        for estimator in (metrics.coverage, metrics.knn_kl, metrics.sliced_w2_squared):
            assert estimator(codes, draws, backend=backend) == pytest.approx(estimator(codes, draws), rel=1e-9)
        arguments = (means, log_vars, codes, draws[:, 0])
        found = metrics.elbo_surgery(*arguments, backend=backend)
        assert found == pytest.approx(metrics.elbo_surgery(*arguments), rel=1e-9)
        arguments = (codes, labels, draws, labels)
        assert metrics.knn_label_accuracy(*arguments, backend=backend) == metrics.knn_label_accuracy(*arguments)
    points = random.standard_normal((50, dimensions))
    for of in (None, points[:20] + 0.1):
        np.testing.assert_array_equal(backend.nearest(3, points, of), metrics.PROCESSOR.nearest(3, points, of))


# On a GPU.


def folder(kind: str, channels: int) -> Config:
    return folder_recipe(Pictures("/pictures", ("a", "b"), "00", ""), kind, 16, channels, 1_000)


FOLDERS = {
    f"folder of {('grey', 'colour')[c == 3]} pictures, {k}": folder(k, c) for k in ("vae", "aae") for c in (1, 3)
}
TRAINED = [
    *(pytest.param(c, id=c.name, marks=pytest.mark.needs_dataset(c.training.dataset)) for c in map(RECIPES.get, ZOO)),
    *(pytest.param(config, id=name) for name, config in FOLDERS.items()),
]  # fmt: skip


def data_of(config: Config, data_dir, split: str = "train") -> datasets.Split:
    if config.pictures is None:
        found = datasets.load(config.training.dataset, split, data_dir(config.training.dataset))
        return datasets.Split(found.images[:IMAGES], found.labels[:IMAGES])
    random = np.random.default_rng(0)
    return datasets.Split(
        random.integers(0, 256, (1_000, config.model.pixels), np.uint8), (np.arange(1_000) % 2).astype(np.uint8)
    )


def short(config: Config, epochs: int = 6) -> Config:
    return dataclasses.replace(config, training=dataclasses.replace(config.training, epochs=epochs))


def fit(config: Config, data: datasets.Split, captured: bool = True, recorder=None, resume=None):
    """The last report. Fails if a capture did."""
    said: list[str] = []
    options = {"labels": data.labels, "say": said.append, "captured": captured, "resume": resume}
    for report in training.fit(config, data.images, CUDA, **options):
        if recorder:
            recorder.see(report)
    assert said == []
    return report


@pytest.fixture
def replays(monkeypatch):
    """Counts replays of graphs."""
    counted = []
    replay = torch.cuda.CUDAGraph.replay
    monkeypatch.setattr(torch.cuda.CUDAGraph, "replay", lambda self: (counted.append(1), replay(self)))
    return counted


@needs_cuda
@pytest.mark.parametrize("config", TRAINED)
def test_captured_steps_have_the_losses_and_weights_of_uncaptured_ones(config, data_dir, replays):
    config, data = short(config), data_of(config, data_dir)
    recorded = [Recorder(config, data, CUDA) if config.model.latent_dim == 2 else None for _ in range(2)]
    plain = fit(config, data, captured=False, recorder=recorded[0])
    assert not replays
    captured = fit(config, data, recorder=recorded[1])
    assert len(replays) > 0.6 * plain.steps * 6
    assert captured.history == plain.history
    weights = plain.model.state_dict()
    assert all(torch.equal(weight, weights[name]) for name, weight in captured.model.state_dict().items())
    for name, array in recorded[0].arrays().items() if recorded[0] else ():
        np.testing.assert_array_equal(recorded[1].arrays()[name], array)


@needs_cuda
@pytest.mark.parametrize("name", ["digits-vae", "digits-aae"])
def test_a_captured_training_that_is_resumed_has_the_same_result(name, data_dir):
    config = short(RECIPES[name])
    data, kept = data_of(config, data_dir), []
    for report in training.fit(config, data.images, CUDA, labels=data.labels):
        if report.checkpoint:
            found = report.checkpoint()
            tensors = {name: tensor.cpu().clone() for name, tensor in found.tensors.items()}
            kept.append(dataclasses.replace(found, tensors=tensors))
    for checkpoint in kept[1:-1]:
        resumed = fit(config, data, resume=checkpoint)
        assert resumed.history == report.history
        weights = resumed.model.state_dict()
        assert all(torch.equal(weight, weights[name]) for name, weight in report.model.state_dict().items())


@needs_cuda
def test_a_step_that_cannot_be_captured_is_taken_as_before(monkeypatch, data_dir):
    def take(self, x, labels=None, step=steps.step_of("vae").take):
        losses = step(self, x, labels)
        assert math.isfinite(losses["total"].item())  # waits for the GPU: a capture refuses it
        return losses

    config = short(RECIPES["digits-vae"])
    data = data_of(config, data_dir)
    expected = fit(config, data, captured=False)
    monkeypatch.setattr(steps.step_of("vae"), "take", take)
    said: list[str] = []
    *_, report = training.fit(config, data.images, CUDA, say=said.append)
    assert len(said) == 1 and "cannot be captured" in said[0]
    assert report.history == expected.history
    torch.randn(3, device=CUDA)  # the default generator is still of use


@needs_cuda
def test_a_captured_training_that_diverges_is_named(data_dir):
    config = dataclasses.replace(
        RECIPES["digits-vae"], training=dataclasses.replace(RECIPES["digits-vae"].training, lr=1e30, epochs=6)
    )
    data, said = data_of(config, data_dir), []
    for captured in (False, True):
        with pytest.raises(TrainingDiverged) as raised:
            fit(config, data, captured)
        said.append(str(raised.value))
    assert said[0] == said[1]


@needs_cuda
@pytest.mark.parametrize("name", ["digits-vae", "digits-aae"])
def test_a_model_measures_the_same_on_a_gpu(name, data_dir):
    config = short(RECIPES[name], 20)
    data, test = data_of(config, data_dir), data_of(config, data_dir, "test")
    model, measured = evaluation.round_to_half(fit(config, data).model), []
    for device in (CUDA, CPU):
        measured.append(evaluation.evaluate(model, test, device, train=data, importance_samples=5).metrics)
    gpu, cpu = measured
    assert gpu.keys() == cpu.keys()
    for metric, value in cpu.items():
        np.testing.assert_allclose(gpu[metric], value, rtol=1e-3, atol=2e-3, err_msg=metric)


@needs_cuda
def test_trainings_in_threads_are_captured_beside_each_other(data_dir):
    config = short(RECIPES["digits-aae"], 20)
    data, results = data_of(config, data_dir), {}
    expected = fit(config, data, captured=False).history

    def train(i: int) -> None:
        results[i] = fit(config, data).history

    threads = [threading.Thread(target=train, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results.get(i) for i in range(3)] == [expected] * 3


@needs_cuda
def test_a_captured_step_follows_settings_that_change(replays):
    config, data = short(RECIPES["digits-vae"], 2), datasets.load("digits", "train")
    after = dataclasses.replace(config.training, beta=40.0)

    def losses(captured: bool) -> list[float]:
        reports = training.fit(config, data.images, CUDA, labels=data.labels, captured=captured)
        first = [float(report.losses["total"]) for report in itertools.islice(reports, 5)]
        changed = float(reports.send(after).losses["total"])
        return [*first, changed, *(float(report.losses["total"]) for report in reports)]

    assert losses(True) == losses(False) and replays


@needs_cuda
def test_the_practice_page_steps_pauses_and_finishes_a_captured_training(tmp_path, data_dir, replays):
    config = short(RECIPES["digits-aae"], 3)
    run = runs.Run(config, AtOnce(), runs.Folders(tmp_path / "data", tmp_path / "runs"))
    for _ in range(5):
        run.step()
    assert (run.state, run.taken) == ("paused", 5)
    run.finish_epoch()
    assert run.taken == run.steps
    run.play()
    assert (run.state, run.problem, run.note) == ("finished", None, None)
    data = datasets.load("digits", "train")
    assert replays and run.history == fit(config, data, captured=False).history
    at, means = run.steps, run.points[-1]
    assert at and all(math.isfinite(means[name]) for name in ("total", "adversarial", "coverage"))
    run.save()
    assert run.problem is None and run.saved
