"""Trainings on an accelerator that has no float64, as Apple's, and where an accelerator cannot be used."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from explorer import steps
from explorer.background import runs
from explorer.config import Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.serving import runs_route as asked
from explorer.training import checkpoint, devices, evaluation, saving
from explorer.training import fit as training
from explorer.training.recording import Recorder
from tests.pretended import pretended_accelerator
from tests.quick_training import make_quick

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch) -> None:
    make_quick(tmp_path, monkeypatch.setattr)


@pytest.fixture
def accelerator():
    with pretended_accelerator() as device:
        yield device


def config(kind: str = "vae", model=None, **changes) -> Config:
    if model is None:
        model = {}
    settings = {"epochs": 2, "batch_size": 64, "adversarial_weight": 5.0} | changes
    shape = ModelConfig(kind, image_side=8, hidden=(16,), discriminator_hidden=(8,), **model)
    return Config(shape, TrainingConfig("digits", **settings))


# The stand-in is as strict as what it stands for.


def test_the_pretended_accelerator_refuses_what_mps_refuses(accelerator):
    there = torch.ones(3, 2).to(accelerator)
    assert there.device == accelerator and (there + 1).device == accelerator and there.cpu().device == CPU
    made = lambda: torch.zeros(2, dtype=torch.float64, device=accelerator)  # noqa: E731
    for convert in (there.double, lambda: there.to(torch.float64), made):
        with pytest.raises(TypeError, match="does not support float64"):
            convert()
    with pytest.raises(TypeError, match="does not support float64"):
        torch.ones(2, dtype=torch.float64).to(accelerator)
    with pytest.raises(RuntimeError, match="same device"):
        there + torch.ones(3, 2)
    with pytest.raises(RuntimeError, match="generator"):
        torch.randn(3, generator=torch.Generator(), device=accelerator)
    with pytest.raises((RuntimeError, TypeError)):
        there.numpy()
    assert there.cpu().double().sum().item() == 6


# What must run there.


@pytest.fixture
def in_float32(monkeypatch):
    """Rates of learning on the CPU are float32, as on accelerators, so that results are equal to the last digit."""
    monkeypatch.setattr(training, "number_type", lambda device: torch.float32)


INFORMED = {"prior": "mixture", "label_informed": True, "frequencies": 3}
CONFIGS = {
    "ae": config("ae"),
    "vae": config("vae"),
    "aae": config("aae", smoothing=1.0),
    "aae-textbook": config("aae-textbook"),
    "vae, mixture": config("vae", {"prior": "mixture"}),
    "aae, labels": config("aae", INFORMED),
}


def trained(one: Config, device: torch.device, resume=None):
    """The reports, with a checkpoint after the first epoch, what a recorder saw, and what the model is worth."""
    train, test = datasets.load("digits", "train"), datasets.load("digits", "test")
    recorder, reports, kept = Recorder(one, test, device), [], None
    for report in training.fit(one, train.images, device, labels=train.labels, resume=resume):
        recorder.see(report)
        reports.append(report)
        if report.epoch == 1 and report.checkpoint is not None:
            kept = report.checkpoint()
            copies = {name: tensor.cpu().clone() for name, tensor in kept.tensors.items()}
            kept = dataclasses.replace(kept, tensors=copies)
    options = {"importance_samples": 3 if one.model.kind == "vae" else 0}
    model = evaluation.round_to_half(report.model)
    return report, kept, recorder.arrays(), evaluation.evaluate(model, test, device, train=train, **options)


@pytest.mark.parametrize("one", CONFIGS.values(), ids=CONFIGS)
def test_an_accelerator_without_float64_trains_and_measures_as_the_cpu_does(one, in_float32):
    expected, _, seen, measured = trained(one, CPU)
    with pretended_accelerator() as device:
        report, _, recorded, evaluation = trained(one, device)
        assert next(report.model.parameters()).device == device
    assert report.history == expected.history
    assert evaluation.metrics == measured.metrics
    np.testing.assert_array_equal(evaluation.mean, measured.mean)
    for name, array in seen.items():
        np.testing.assert_array_equal(recorded[name], array)


def test_convolutions_on_an_accelerator_without_float64(in_float32):
    shape = ModelConfig("vae", image_side=16, channels=3, network="conv", hidden=(4, 8, 16))
    one = Config(shape, TrainingConfig("digits", epochs=1, batch_size=20))
    images = np.random.default_rng(0).integers(0, 256, (50, shape.pixels), np.uint8)
    split = datasets.Split(images, np.arange(50, dtype=np.uint8) % 10)
    found = {}
    for name in ("cpu", "pretended"):
        with pretended_accelerator() as there:
            device = CPU if name == "cpu" else there
            *_, report = training.fit(one, images, device)
            found[name] = evaluation.evaluate(report.model, split, device, train=split, importance_samples=2).metrics
    assert found["cpu"] == found["pretended"]


class AtOnce:
    """A pool that does its work in the thread that asks for it."""

    def submit(self, run) -> None:
        try:
            run.work()
        except Exception as error:
            run.fail(error)

    def withdraw(self, run) -> None:
        pass

    def place(self, run) -> int:
        return 0

    def is_at_work(self, run) -> bool:
        return False


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start(kind): a training of the practice page, played to its end."""
    monkeypatch.setattr(runs, "_failed_on", [])

    def play(kind: str = "vae") -> runs.Run:
        run = runs.Run(config(kind), AtOnce(), runs.Folders(tmp_path / "data", tmp_path / "runs"))
        run.play()
        return run

    return play


@pytest.mark.parametrize("kind", ["ae", "vae", "aae"])
def test_the_practice_page_trains_and_saves_on_an_accelerator_without_float64(start, monkeypatch, in_float32, kind):
    monkeypatch.setattr(saving, "IMPORTANCE_SAMPLES", 3)
    expected = start(kind)
    with pretended_accelerator() as device:
        monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available=False: device)
        run = start(kind)
        assert (run.state, run.problem, run.note) == ("finished", None, None)
        assert next(run._model.parameters()).device == device
        assert run.history == expected.history
        np.testing.assert_array_equal(run.snapshot.manifold, expected.snapshot.manifold)
        run.save()
        assert run.problem is None and run.saved


# What cannot be used is left, with a sentence.

REASON = "CUDA error: no kernel image is available for execution on the device"


def broken(*arguments, **options):
    raise RuntimeError(f"{REASON}\nCUDA kernel errors might be asynchronously reported at some other API call")


BREAKS = {
    "no kernels": lambda patch: patch.setattr(devices, "_take_one_step", broken),
    "no fused optimiser": lambda patch: patch.setattr(devices, "adam", broken),
    "a driver that fails when it is asked for": lambda patch: patch.setattr(torch.cuda, "is_available", broken),
}


@pytest.mark.parametrize("cause", BREAKS.values(), ids=BREAKS)
def test_auto_steps_down_to_the_cpu_and_names_the_reason(accelerator, monkeypatch, cause):
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available=False: accelerator)
    said: list[str] = []
    assert devices.choose_device(say=said.append) == accelerator and said == []
    cause(monkeypatch)
    assert devices.choose_device(say=said.append) == CPU
    assert said == [f"The accelerator of this machine cannot be used ({REASON}), so the CPU is used."]


def test_a_named_device_on_which_a_step_fails_is_refused(accelerator, monkeypatch):
    assert devices.choose_device("mps:0") == accelerator
    monkeypatch.setattr(devices, "_take_one_step", broken)
    with pytest.raises(ValueError, match=f"^device 'mps:0' cannot be used here: {REASON}$"):
        devices.choose_device("mps:0")


def test_a_build_without_cuda_that_is_told_of_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    said: list[str] = []
    assert devices.choose_device(say=said.append) == CPU
    assert len(said) == 1 and "CUDA" in said[0] and said[0].endswith(", so the CPU is used.") and "\n" not in said[0]


def test_an_error_without_words_still_gives_a_sentence(monkeypatch):
    def mute(*arguments, **options):
        raise AssertionError

    monkeypatch.setattr(torch.cuda, "is_available", mute)
    said: list[str] = []
    assert devices.choose_device(say=said.append) == CPU
    assert said == ["The accelerator of this machine cannot be used (AssertionError), so the CPU is used."]


def test_the_practice_page_names_the_reason_and_trains_on_the_cpu(start, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    run = start()
    assert run.state == "finished" and "so the CPU is used" in run.note
    assert asked.describe(run)["note"] == run.note


def test_after_a_failure_on_an_accelerator_later_trainings_of_the_page_use_the_cpu(start, monkeypatch):
    with pretended_accelerator() as device:
        monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available=False: device)
        with monkeypatch.context() as patch:
            patch.setattr(steps.F, "hardshrink", broken)
            patch.setattr(training, "NEGLIGIBLE_STEPS", 3)
            failed = start()
        assert failed.state == "failed"
        assert REASON in failed.problem and "Trainings that start from now on use the CPU" in failed.problem
        later = start()
        assert later.state == "finished" and next(later._model.parameters()).device == CPU
        assert later.note == f"A training failed on {device}, so the CPU is used."


def test_what_did_not_fit_in_an_accelerators_memory_may_fit_later(start, monkeypatch):
    def full(*arguments, **options):
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pretended_accelerator() as device:
        monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available=False: device)
        with monkeypatch.context() as patch:
            patch.setattr(steps.objectives, "vae_loss", full)
            assert "memory" in (problem := start().problem) and "the CPU" not in problem
        assert next(start()._model.parameters()).device == device


# A checkpoint goes from one kind of device to another.


@pytest.mark.parametrize("kind", ["vae", "aae"])
@pytest.mark.parametrize("first, second", [("pretended", "cpu"), ("cpu", "pretended")])
def test_a_checkpoint_of_another_kind_of_device_goes_on(tmp_path, kind, first, second):
    one = config(kind)
    with pretended_accelerator() as there:
        device_of = {"cpu": CPU, "pretended": there}
        whole, kept, *_ = trained(one, device_of[first])
        file = checkpoint.checkpoint_file(tmp_path, one)
        checkpoint.save_checkpoint(file, kept, tmp_path / "target")
        saved = checkpoint.load_checkpoint(file).checkpoint
        assert training.goes_on_exactly(saved, device_of[first]) and not training.goes_on_exactly(
            saved, device_of[second]
        )
        report, *_ = trained(one, device_of[second], resume=saved)
        assert report.history[0] == whole.history[0] and len(report.history) == 2
        for name, value in report.history[1].items():  # other numbers, drawn from the same distributions
            assert value == pytest.approx(whole.history[1][name], rel=0.5)
        again, *_ = trained(one, device_of[second], resume=saved)
        assert again.history == report.history  # and the same ones each time
        same, *_ = trained(one, device_of[first], resume=saved)
        assert same.history == whole.history
