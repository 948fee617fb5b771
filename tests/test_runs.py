"""Trainings beside the app: the same numbers as `training.fit`, whatever the commands; a queue; no leftovers."""

from __future__ import annotations

import builtins
import dataclasses
import gc
import json
import re
import shlex
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from safetensors.numpy import load as load_tensors

import train
from explorer.address import practice as choices
from explorer.background import runs, sessions
from explorer.background.pool import Pool
from explorer.config import KINDS, Change, Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.serving import catalogue
from explorer.serving import runs_route as asked
from explorer.store import bundle
from explorer.training import devices, evaluation, job, saving
from explorer.training import fit as training
from explorer.ui.scoreboard_table import table

EPOCHS, STEPS = 3, 6  # of the small trainings here; digits' 1,437 images in batches of 256


def config(kind: str = "vae", **changes) -> Config:
    settings = {"epochs": EPOCHS, "batch_size": 256, "adversarial_weight": 5.0} | changes
    return Config(ModelConfig(kind, image_side=8, hidden=(16,)), TrainingConfig("digits", **settings))


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def few_draws(monkeypatch) -> None:
    """A saved run is measured with few draws of the prior: the metrics themselves are tested elsewhere."""
    monkeypatch.setattr(evaluation, "SETS", 2)


@pytest.fixture
def folders(tmp_path) -> runs.Folders:
    return runs.Folders(tmp_path / "data", tmp_path / "runs")


@pytest.fixture
def pool() -> Pool:
    return Pool(2)


@pytest.fixture
def run(pool, folders):
    made = []

    def make(one: Config | None = None, within: Pool = pool) -> runs.Run:
        made.append(runs.Run(one or config(), within, folders))
        return made[-1]

    yield make
    for one in made:
        one.close()


def straight(one: Config) -> training.Report:
    """The last report of the training, done without a pause."""
    return list(training.fit(one, datasets.load("digits", "train").images, torch.device("cpu")))[-1]


# The same numbers, however it is steered.


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_training_fit(run, kind):
    one = run(config(kind))
    one.play()
    wait_for(lambda: one.state == "finished")
    expected = straight(config(kind))
    assert one.history == expected.history and one.taken == EPOCHS * STEPS
    for name, weight in expected.model.state_dict().items():
        torch.testing.assert_close(one._model.state_dict()[name], weight, rtol=0, atol=0)
    for entry in one.history:
        (point,) = [point for point in one.points if point["at"] == entry["epoch"] * STEPS]
        assert point["reconstruction"] == pytest.approx(entry["reconstruction"], rel=1e-6)


@pytest.mark.parametrize("window", [4, 100])
def test_a_curve_does_not_jump_where_points_lie_close_together(run, monkeypatch, window):
    """Each point is the mean over the last steps, as many as an epoch has or the window, wherever other points lie."""
    monkeypatch.setattr(runs, "WINDOW", window)
    reports = training.fit(config(), datasets.load("digits", "train").images, torch.device("cpu"))
    losses = [report.losses["reconstruction"].item() for report in reports]
    one = run()
    one.finish_epoch()
    wait_for(lambda: one.taken == STEPS and one.state == "paused")
    for taken in (STEPS + 1, STEPS + 2):
        one.step()
        wait_for(lambda taken=taken: one.taken == taken and one.state == "paused")
    one.play()
    wait_for(lambda: one.state == "finished")
    assert {STEPS, STEPS + 1, STEPS + 2, 3 * STEPS} <= {point["at"] for point in one.points}
    for point in one.points[1:]:
        last = losses[: point["at"]][-min(window, STEPS) :]
        assert point["reconstruction"] == pytest.approx(np.mean(last), rel=1e-6)


def test_steps_pauses_and_epochs_change_no_number(run):
    one = run()
    one.prepare()
    wait_for(lambda: one.snapshot is not None and one.state == "ready")
    assert one.taken == 0 and one.points[0]["at"] == 0
    for taken in (1, 2, 3):
        one.step()
        wait_for(lambda: one.state == "paused")
        assert one.taken == taken == one.points[-1]["at"] and "sliced_w2_squared" in one.points[-1]
    one.finish_epoch()
    wait_for(lambda: one.state == "paused")
    assert one.taken == STEPS and len(one.history) == 1
    one.finish_epoch()
    wait_for(lambda: one.state == "paused" and one.taken == 2 * STEPS)
    one.set_pace(50.0)
    one.play()
    one.pause()
    wait_for(lambda: one.state == "paused")
    assert one.taken < EPOCHS * STEPS
    one.set_pace(None)
    one.play()
    wait_for(lambda: one.state == "finished")
    assert one.history == straight(config()).history
    for call in (one.play, one.step, one.pause, one.stop):  # a finished one stays as it is
        call()
    assert one.state == "finished" and one.taken == EPOCHS * STEPS


def test_an_epoch_as_the_first_thing_is_a_whole_one(run):
    one = run()
    one.finish_epoch()
    wait_for(lambda: one.state == "paused")
    assert one.taken == STEPS


def test_what_is_looked_at_first_is_the_untrained_model_and_then_moves(run):
    one = run()
    one.step()
    wait_for(lambda: one.state == "paused")
    first, before = one.snapshot, one.points[0]
    assert before["at"] == 0 and set(before) == {"at", "sliced_w2_squared", "coverage"}
    assert first.mean.shape == first.z.shape == (360, 2) and first.manifold.shape == (256, 64)
    one.step()
    wait_for(lambda: one.state == "paused")
    assert not np.array_equal(one.snapshot.mean, first.mean) and one.revision == 3


def test_a_slow_pace_is_kept_and_can_be_left_at_once(run):
    one = run(config(epochs=1000))
    one.set_pace(0.02)
    one.play()
    wait_for(lambda: one.taken == 1)
    time.sleep(0.2)
    assert one.taken == 1 and one.state == "running"
    one.pause()
    wait_for(lambda: one.state == "paused", 20)
    assert one.taken == 1


# The queue.


def test_no_more_at_once_than_the_pool_has_and_the_others_see_their_place(run):
    small = Pool(2)
    made = [run(config(epochs=1000, seed=i), small) for i in range(5)]
    for one in made:
        one.play()
    wait_for(lambda: [one.state for one in made] == ["running"] * 2 + ["waiting"] * 3)
    assert [small.place(one) for one in made] == [0, 0, 1, 2, 3] and small.threads() == 2
    made[3].pause()
    assert made[3].state == "ready" and small.place(made[4]) == 2
    wait_for(lambda: made[0].taken > 0)
    made[0].pause()  # a paused one gives its place
    wait_for(lambda: made[0].state == "paused" and made[2].state == "running")
    assert small.place(made[4]) == 1
    made[1].stop()
    wait_for(lambda: made[4].state == "running")
    assert made[1].state == "stopped"
    made[0].play()
    assert made[0].state == "waiting" and made[0].taken > 0
    for one in made:
        one.close()
    wait_for(lambda: small.threads() == 0)


def test_one_run_is_never_at_work_twice(pool):
    class Counting:
        inside = most = calls = 0
        has_work = True

        def work(self):
            self.inside += 1
            self.most = max(self.most, self.inside)
            time.sleep(0.002)
            self.calls += 1
            self.inside -= 1

    one = Counting()
    for _ in range(50):
        pool.submit(one)
        time.sleep(0.001)
    wait_for(lambda: pool.threads() == 0)
    assert one.most == 1 and 2 <= one.calls <= 50


# Failures.


def test_a_diverged_training_says_so_and_another_goes_on(run, pool):
    one = run(config("ae", lr=1e30))
    one.play()
    wait_for(lambda: one.state == "failed")
    (step,) = re.findall(rf"at epoch 1, step (\d+) of {STEPS}", one.problem)
    assert one.taken == int(step) < STEPS - 1 and "--lr" not in one.problem and "Nothing was written" not in one.problem
    assert one._model is None and pool.threads() <= 1
    one.play()
    assert one.state == "failed"
    other = run()
    other.play()
    wait_for(lambda: other.state == "finished")


def test_a_dataset_that_is_not_there_is_said(run, folders):
    missing = Config(ModelConfig("ae"), TrainingConfig("mnist", 1))
    one = run(missing)
    one.play()
    wait_for(lambda: one.state == "failed")
    assert one.problem == "Dataset mnist is not on the server: fetch it."


def test_an_unexpected_error_is_said_and_logged(run, monkeypatch, caplog):
    monkeypatch.setattr(training, "fit", lambda *arguments, **options: 1 / 0)
    one = run()
    one.play()
    wait_for(lambda: one.state == "failed")
    assert one.problem == "ZeroDivisionError: division by zero" and "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "error", [ImportError("libtorch_cpu.so: cannot open shared object file"), OSError("no such library"), MemoryError()]
)
def test_torch_that_cannot_be_imported_is_said_and_tried_again(run, pool, monkeypatch, error):
    def refuse(name, *arguments, of=builtins.__import__):
        if name == "torch" or (name == "explorer" and "training" in (arguments[2] or ())):
            raise error
        return of(name, *arguments)

    made = [run(config(seed=seed)) for seed in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", refuse)
        for one in made:
            one.play()
        wait_for(lambda: [one.state for one in made] == ["failed"] * 3)
        wait_for(lambda: pool.threads() == 0)
    for one in made:
        assert (str(error) or "short of memory") in one.problem
        assert ("requirements.txt" in one.problem) == isinstance(error, ImportError)
    one = run()
    one.play()
    wait_for(lambda: one.state == "finished")


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes")]
)
def test_too_little_memory_is_said_in_plain_words(run, monkeypatch, error):
    def refuse(*arguments, **options):
        raise error

    monkeypatch.setattr(training, "fit", refuse)
    one = run()
    one.play()
    wait_for(lambda: one.state == "failed")
    assert one.problem.startswith("the server is short of memory")


def test_no_error_ends_a_thread_of_the_pool(pool):
    class Broken:
        has_work = True

        def __init__(self, error):
            self.error = error

        def work(self):
            raise self.error

    for error in (RuntimeError("odd"), MemoryError(), KeyboardInterrupt(), SystemExit()):
        for _ in range(pool.size + 1):
            pool.submit(one := Broken(error))
            wait_for(lambda one=one: not pool.is_at_work(one) and not pool.place(one))
    wait_for(lambda: pool.threads() == 0)


def test_a_thread_that_cannot_start_leaves_no_run_waiting_for_ever(run, pool, monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    one = run()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        one.play()
        assert one.state == "failed" and "thread" in one.problem
        runs.warm()  # what only saves time later raises nothing
    other = run()
    other.play()
    wait_for(lambda: other.state == "finished")


def test_a_save_that_fails_leaves_the_run_to_be_saved_again(run, folders, monkeypatch):
    one = run()
    one.play()
    wait_for(lambda: one.state == "finished")
    with monkeypatch.context() as patch:
        patch.setattr(
            saving, "write", lambda *arguments, **options: (_ for _ in ()).throw(bundle.BundleError("the disk is full"))
        )
        one.save()
        wait_for(lambda: one.problem is not None and one.state == "finished")
    assert one.problem == "the disk is full" and one.saved is None and bundle.find_bundles(folders.runs) == []
    one.save()
    wait_for(lambda: one.saved is not None)
    assert one.problem is None and [path.name for path in bundle.find_bundles(folders.runs)] == [one.saved]


def test_a_saving_that_is_stopped_leaves_the_run_to_be_saved_again(run, folders, monkeypatch):
    one = run()
    one.play()
    wait_for(lambda: one.state == "finished")
    goes_on, measure = threading.Event(), saving.measure

    def slowly(*arguments, progress, **options):
        progress(0.25)
        goes_on.wait(60)
        return measure(*arguments, progress=progress, **options)

    with monkeypatch.context() as patch:
        patch.setattr(saving, "measure", slowly)
        one.save()
        wait_for(lambda: one.state == "saving" and one.measured == 0.25)
        one.stop()
        assert one.state == "finished"
        goes_on.set()
        wait_for(lambda: not one.pool.is_at_work(one))
    assert (one.state, one.saved, one.problem) == ("finished", None, None) and not folders.runs.exists()
    one.save()
    wait_for(lambda: one.saved is not None)
    assert one.measured > 0.99


# What is saved.


@pytest.mark.parametrize(
    "kind, changes",
    [
        ("vae", {"beta": 4, "prior": "mixture"}),
        ("aae", {"adversarial_weight": 3, "discriminator_lr": 0.002, "hidden": [24, 12]}),
    ],
)
def test_a_saved_run_is_what_the_command_line_trains(run, folders, tmp_path, monkeypatch, kind, changes):
    chosen = (
        choices.start(kind, "digits")
        | {"epochs": 2, "lr": 0.004, "batch_size": 128, "seed": 7, "hidden": [16]}
        | changes
    )
    one = run(choices.to_config(chosen))
    one.play()
    wait_for(lambda: one.state == "finished")
    one.save()
    wait_for(lambda: one.saved is not None)
    monkeypatch.setattr(job, "ROOT", tmp_path / "line")
    assert train.main([*shlex.split(choices.command(chosen))[2:], "--device", str(devices.choose_device())]) == 0
    (path,) = bundle.find_bundles(tmp_path / "line" / "runs")
    ours, theirs = bundle.load_bundle(folders.runs / one.saved), bundle.load_bundle(path)
    assert ours.config == theirs.config and ours.history == theirs.history
    assert ours.metrics | {"seconds": 0} == theirs.metrics | {"seconds": 0}
    for name, weight in theirs.weights.items():
        np.testing.assert_array_equal(ours.weights[name], weight)
    np.testing.assert_array_equal(ours.codes.mean, theirs.codes.mean)


def test_only_a_finished_run_is_saved_and_once(run, folders):
    one = run(config(epochs=1000))
    one.step()
    wait_for(lambda: one.state == "paused")
    one.save()
    assert one.state == "paused"
    one.stop()
    one.save()
    assert one.state == "stopped" and not folders.runs.exists()


# Settings that change while it trains.


def test_settings_change_from_the_next_step_on_and_the_bundle_says_so(run, folders):
    one = run(config(epochs=2))
    one.finish_epoch()
    wait_for(lambda: one.state == "paused")
    for beta in (2.0, 4.0):  # only what a step was taken with counts
        one.change(config(epochs=2, beta=beta), {"beta": beta})
    assert one.config.training.beta == 1 and one.changes == []
    one.step()
    wait_for(lambda: one.state == "paused" and one.taken == STEPS + 1)
    expected = [Change("beta", 1.0, 4.0, STEPS, STEPS)]
    assert (one.config.training.beta, one.chosen, one.changes) == (4.0, {"beta": 4.0}, expected)
    one.change(config(epochs=2, beta=4.0, lr=0.01))
    one.play()
    wait_for(lambda: one.state == "finished")
    expected.append(Change("lr", 0.002, 0.01, STEPS + 1, STEPS))
    one.save("halfway: β > 1")
    wait_for(lambda: one.saved is not None)
    saved = bundle.load_bundle(folders.runs / one.saved)
    assert saved.name == "halfway β 1" and list(saved.changes) == one.changes == expected
    assert saved.config == config(epochs=2, beta=4.0, lr=0.01)
    entry = catalogue.describe(f"runs/{saved.name}", saved)
    assert {"β = 1 until epoch 1.0", "learning rate = 0.002 until epoch 1.2"} <= set(entry["changes"])
    told = "Settings were changed while it trained: β = 1 until epoch 1.0, learning rate = 0.002 until epoch 1.2."
    assert entry["holds"].endswith(told)
    minimised = table([entry | {"run": True, "saved": 0}])["what is minimised"][0]
    assert minimised.endswith("; β = 1 until epoch 1.0; learning rate = 0.002 until epoch 1.2")


def test_a_change_before_the_first_step_is_where_it_begins(run):
    one = run()
    one.prepare()
    wait_for(lambda: one.snapshot is not None)
    one.change(config(beta=4.0))
    one.play()
    wait_for(lambda: one.state == "finished")
    assert one.changes == [] and one.history == straight(config(beta=4.0)).history


def test_a_setting_that_is_put_back_before_the_next_step_has_not_changed(run):
    one = run()
    one.step()
    wait_for(lambda: one.state == "paused")
    one.change(config(beta=4.0))
    one.change(config())
    one.play()
    wait_for(lambda: one.state == "finished")
    assert one.changes == [] and one.history == straight(config()).history


@pytest.mark.parametrize("changes", [{"epochs": 5}, {"batch_size": 64}, {"seed": 1}, {"beta": 2.0, "r1": 1.0}])
def test_what_cannot_change_while_it_trains_is_refused(run, changes):
    one = run()
    one.step()
    wait_for(lambda: one.state == "paused")
    with pytest.raises(ValueError, match="reset it first"):
        one.change(config(**changes))
    one.step()
    wait_for(lambda: one.taken == 2)
    assert one.config == config()


def test_the_untrained_model_counts_as_ready_wherever_it_waits(run, folders):
    """It must not lock the choices, nor look like a training."""
    small = Pool(1)
    busy = runs.Run(config(epochs=1000), small, folders)
    busy.play()
    wait_for(lambda: busy.taken > 0)
    one = run(within=small)
    one.prepare()
    assert one.state == "ready" and small.place(one) == 1
    one.play()
    assert one.state == "waiting"
    busy.close()
    wait_for(lambda: one.state == "finished")


# Names.


@pytest.mark.parametrize(
    "typed, folder",
    [("my β 4", "my β 4"), ("  a/b\\c:d  ", "a b c d"), ("..hidden.", "hidden"), ("x" * 300, "x" * 60), ("con\n", "con"),
     ("\ud800", ""), ("../..", "")],
)  # fmt: skip
def test_a_name_becomes_a_folder_of_any_system(typed, folder):
    assert saving.in_folders(typed) == folder


def test_runs_of_one_name_are_two(tmp_path):
    made = [saving.fresh_folder(tmp_path, "β = 4", None).name for _ in range(3)]
    assert made == ["β = 4", "β = 4 (2)", "β = 4 (3)"]


@pytest.mark.parametrize(
    "changes, name",
    [({}, "VAE"), ({"beta": 4}, "VAE β = 4"), ({"seed": 3}, "VAE, seed 3"), ({"prior": "swiss-roll"}, "VAE swiss roll"),
     ({"kind": "aae", "adversarial_weight": 0}, "AAE, adversary 0")],
)  # fmt: skip
def test_a_run_is_named_by_what_differs_from_its_recipe(changes, name):
    chosen = choices.start(changes.get("kind", "vae"), "digits") | changes
    assert catalogue.name_of(choices.to_config(chosen)) == name


# Sessions.


@pytest.fixture
def registry(folders):
    found = sessions.SessionRegistry(folders, 2)
    yield found
    found.close()
    wait_for(lambda: found.pool.threads() == 0)


def test_reset_and_start_again_give_the_same_numbers(registry):
    session = registry.join("one")
    session.command("a", "start", config())
    wait_for(lambda: session.runs["a"].state == "finished")
    first, first_points = session.runs["a"], list(session.runs["a"].points)
    session.command("a", "reset", config())
    wait_for(lambda: session.runs["a"].state == "ready" and session.runs["a"].revision == 1)
    again = session.runs["a"]
    assert again is not first and again.taken == 0 and again.points == first_points[:1]
    session.command("a", "step", config())
    wait_for(lambda: again.state == "paused")
    session.command("a", "start", config())
    wait_for(lambda: again.state == "finished")
    assert session.runs["a"] is again and again.history == first.history
    session.command("a", "reset", config(seed=1))
    session.command("a", "start", config(seed=1))
    wait_for(lambda: session.runs["a"].state == "finished")
    assert session.runs["a"].history != first.history


def test_the_untrained_take_the_choices_of_the_start(registry):
    session = registry.join("one")
    session.command("b", "reset", config())
    wait_for(lambda: session.runs["b"].state == "ready")
    session.command("b", "step", config(seed=3))
    assert session.runs["b"].config.training.seed == 3


def test_the_untrained_model_is_made_again_for_other_settings_but_ends_no_training(registry):
    """The page asks for it by what it knows, and a step may have been asked for since."""
    session = registry.join("one")
    session.command("a", "prepare", config())
    first = session.runs["a"]
    session.command("a", "prepare", config())
    assert session.runs["a"] is first
    session.command("a", "prepare", config(seed=3))
    run = session.runs["a"]
    assert run is not first and run.config == config(seed=3)
    session.command("a", "step", config(seed=3))
    session.command("a", "prepare", config())  # sent before the page knew of the step
    assert session.runs["a"] is run
    wait_for(lambda: run.taken == 1)
    session.command("a", "prepare", config())
    assert session.runs["a"] is run
    session.command("a", "stop")
    session.command("a", "prepare", config())
    assert session.runs["a"] is run


def test_a_command_that_comes_again_is_obeyed_once(registry):
    session = registry.join("one")
    chosen = choices.start("vae", "digits")

    def ask(action: str, number: str) -> None:
        asked._command(session, "a", json.dumps({"action": action, "chosen": chosen, "number": number}).encode())

    ask("reset", "page.1")
    run = session.runs["a"]
    for _ in range(3):
        ask("step", "page.2")
        wait_for(lambda: run.state == "paused")
    ask("reset", "page.1")
    assert session.runs["a"] is run and run.taken == 1
    ask("step", "another.2")
    wait_for(lambda: run.taken == 2)


def test_a_command_that_was_refused_is_refused_again(registry):
    session = registry.join("one")
    for _ in range(2):
        with pytest.raises(ValueError, match="configuration"):
            session.command("a", "start", number="page.1")


def test_what_a_session_had_is_freed_when_it_has_left(registry, monkeypatch):
    monkeypatch.setattr(registry, "GRACE", 0.2)
    connected, checks = [True], []
    session = registry.join("one", lambda: checks.append(1) or connected[0])
    session.command("a", "pace", pace=50.0)
    session.command("a", "start", config(epochs=1000))
    session.command("b", "step", config("aae"))
    wait_for(lambda: session.runs["a"].taken > 3 and session.runs["b"].state == "paused")
    models = [weakref.ref(session.runs[side]._model) for side in "ab"]
    checks.clear()
    wait_for(lambda: len(checks) > 2 * sessions.CHECKS)
    assert not session.closed
    connected[0] = False
    wait_for(lambda: session.closed)  # to ask the registry for the session would keep it
    session = None
    wait_for(
        lambda: (
            registry.pool.threads() == 0
            and not [thread for thread in threading.enumerate() if thread.name.startswith("training")]
        )
    )
    assert registry._timer is None  # nothing is left to look for
    # a thread that has just ended holds what its frame held until it is collected
    wait_for(lambda: gc.collect() >= 0 and [model() for model in models] == [None, None])


def test_a_session_that_comes_back_or_whose_page_asks_keeps_its_trainings(registry):
    def check(times: int) -> None:
        """What the timer does in `times` tenths of the grace."""
        for _ in range(times):
            registry._timer.cancel()
            registry._check()

    session = registry.join("one")
    check(sessions.CHECKS)
    assert registry.join("one") is session  # it is back
    check(sessions.CHECKS)
    for _ in range(3):
        assert registry.find("one") is session
        check(sessions.CHECKS)
    assert not session.closed
    check(1)
    assert session.closed and registry.find("one") is None
    with pytest.raises(ValueError, match="ended"):
        session.command("a", "start", config())


def test_the_time_that_the_machine_slept_ends_nothing(registry, monkeypatch):
    session = registry.join("one")
    awake = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: awake() + 10_000)
    registry._timer.cancel()
    registry._check()  # the timer rings when the machine is awake again
    assert not session.closed and registry.find("one") is session
    registry._timer.cancel()


def test_a_session_takes_over_the_trainings_of_the_one_before(registry, monkeypatch):
    monkeypatch.setattr(registry, "GRACE", 0.2)
    checks: list[int] = []
    before, now = registry.new_token(), registry.new_token()
    session = registry.join(before)
    session.command("a", "pace", pace=50.0)
    session.command("a", "start", config(epochs=1000))
    run = session.runs["a"]
    own = registry.join(now, lambda: checks.append(1) or True)
    assert registry.take_over(now, before)
    assert registry.find(now) is session and registry.find(before) is None and own.closed
    checks.clear()
    wait_for(lambda: len(checks) > 2 * sessions.CHECKS)  # it is held by its new session
    assert registry.find(now) is session and run.state == "running"
    assert (
        not registry.take_over(now, before)
        and not registry.take_over(now, now)
        and not registry.take_over("nobody's", now)
    )
    assert registry.find(now) is session
    assert registry.issued(before) and not sessions.SessionRegistry(registry.folders, 1).issued(before)


def test_a_session_that_cannot_be_looked_for_is_away(registry, monkeypatch):
    def broken():
        raise RuntimeError("no runtime")

    monkeypatch.setattr(registry, "GRACE", 0.3)
    session, other = registry.join("one", broken), registry.join("two", lambda: True)
    wait_for(lambda: session.closed)
    assert not other.closed


def test_sessions_are_checked_though_a_thread_could_not_start(registry, monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(registry, "GRACE", 0.3)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        session = registry.join("one")
    registry.join("two")
    wait_for(lambda: session.closed)


def test_a_training_that_was_left_makes_room_for_those_that_wait(run, folders):
    small, left = Pool(1), [False]
    first = runs.Run(config(epochs=1000), small, folders, left=lambda: left[0])
    first.play()
    wait_for(lambda: first.taken > 3)
    other = run(within=small)
    other.play()
    time.sleep(0.3)
    assert other.state == "waiting" and first.state == "running"
    left[0] = True
    wait_for(lambda: other.taken > 0)
    assert first.state == "waiting"
    wait_for(lambda: other.state == "finished")
    taken = first.taken
    wait_for(lambda: first.taken > taken)  # and goes on when there is room
    assert first.state == "running"
    first.close()


# What the page is told.


def test_only_what_is_new_is_told(registry):
    session = registry.join("one")
    nothing = {side: (0, 0, 0) for side in "ab"}
    assert json.loads(bytes(load_tensors(asked.answer(session, nothing))["status"])) == {"a": None, "b": None}
    session.command("a", "step", config("vae"), {"kind": "vae"})
    run = session.runs["a"]
    wait_for(lambda: run.state == "paused")
    told = load_tensors(asked.answer(session, nothing))
    status = json.loads(bytes(told["status"]))["a"]
    assert (status["taken"], status["steps"], status["epochs"], status["state"], status["chosen"]) == (
        1,
        STEPS,
        EPOCHS,
        "paused",
        {"kind": "vae"},
    )
    assert [point["at"] for point in status["points"]] == [0, 1]
    np.testing.assert_array_equal(told["a.mean"], run.snapshot.mean)
    np.testing.assert_array_equal(told["a.z"], run.snapshot.z)
    np.testing.assert_array_equal(told["a.label"], datasets.load("digits", "test").labels)
    told = load_tensors(asked.answer(session, {"a": (run.id, run.revision, 2), "b": (0, 0, 0)}))
    assert set(told) == {"status"} and json.loads(bytes(told["status"]))["a"]["points"] == []
    told = load_tensors(asked.answer(session, {"a": (run.id + 1, run.revision, 2), "b": (0, 0, 0)}))  # of another run
    assert "a.mean" in told and len(json.loads(bytes(told["status"]))["a"]["points"]) == 2
    run.points[-1]["reconstruction"] = float("nan")
    assert (
        json.loads(bytes(load_tensors(asked.answer(session, nothing))["status"]), parse_constant=pytest.fail)["a"][
            "points"
        ][-1]["reconstruction"]
        is None
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"action": "fly"}', b'{"action": "pace", "pace": -1}', b'{"action": "pace", "pace": []}',
        b'{"action": "start"}', b'{"action": "save", "name": 5}',
        b'{"action": "pause", "number": 5}',
     b'{"action": "start", "chosen": {}}', b'{"action": "start", "chosen": {"kind": ["vae"]}}', b'\xff'],
)  # fmt: skip
def test_a_bad_command_is_refused(registry, body):
    with pytest.raises(ValueError):
        asked._command(registry.join("one"), "a", body)
    with pytest.raises(ValueError):
        asked._command(registry.join("one"), "c", b'{"action": "pause"}')
    assert registry.join("one").runs == {"a": None, "b": None}


def test_everything_that_can_be_chosen_starts(registry):
    session = registry.join("one")
    for prior in ("normal", "mixture", "swiss-roll"):
        for kind in ("ae", "vae", "aae"):
            chosen = choices.start(kind, "digits") | {"prior": prior}
            asked._command(session, "a", json.dumps({"action": "step", "chosen": chosen}).encode())
            run = session.runs["a"]
            wait_for(lambda run=run: run.state == "paused")
            assert run.taken == 1 and run.problem is None and run.chosen == chosen
            session.command("a", "stop")


def test_the_page_has_another_configuration_than_the_recipe_only_where_it_says(registry):
    for kind in ("ae", "vae", "aae"):
        for dataset in ("digits", "mnist"):
            recipe = choices.recipe(dataset, kind)
            mine = choices.to_config(choices.start(kind, dataset))
            assert (
                dataclasses.replace(mine, training=dataclasses.replace(mine.training, epochs=recipe.training.epochs))
                == recipe
            )


def threads_of_another() -> int:
    """As many as torch has for what a page computes in a thread of its own."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(torch.get_num_threads).result()


def test_a_training_computes_in_one_thread_and_pages_in_as_many_as_before(run, monkeypatch):
    fit, seen = training.fit, []

    def watched(*arguments, **options):
        for report in fit(*arguments, **options):
            seen.append(torch.get_num_threads())
            yield report

    monkeypatch.setattr(training, "fit", watched)
    monkeypatch.setattr(runs, "_warmed", False)
    try:
        torch.set_num_threads(3)
        runs.warm()
        wait_for(lambda: runs._warmed)
        wait_for(lambda: "training's imports" not in {thread.name for thread in threading.enumerate()})
        one = run()
        one.play()
        wait_for(lambda: one.state == "finished")
        assert set(seen) == {1} and threads_of_another() == 3
    finally:
        torch.set_num_threads(1)
