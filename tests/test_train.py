"""The command line of training: where bundles land, what it refuses, and how it ends."""

from __future__ import annotations

import dataclasses
import errno
import io
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import warnings
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import train
from explorer import projection, steps
from explorer.config import RECIPES, ZOO, Config, recipe
from explorer.data import datasets
from explorer.store import bundle
from explorer.training import batch, checkpoint, devices, evaluation, job
from explorer.training import fit as training
from tests.pictures import generate
from tests.pretended import pretended_accelerator
from tests.quick_training import IMAGES, SAMPLES, Command, make_quick

ROOT = Path(__file__).resolve().parent.parent
QUICK = ["--dataset", "digits", "--epochs", "1", "--device", "cpu"]
COST = ("seconds", "device", "resumed_after")  # what is not measured on the test set


def no_map(codes):
    raise AssertionError("codes of two dimensions or less need no map")


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A folder in the place of the repository's."""
    make_quick(tmp_path, monkeypatch.setattr)
    monkeypatch.setattr(projection, "umap", no_map)  # it would compile for a minute
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def shorten(monkeypatch, *names: str, epochs: int = 1) -> None:
    """Makes recipes of that many epochs the full ones."""
    for name in names:
        full = RECIPES[name]
        monkeypatch.setitem(
            RECIPES, name, dataclasses.replace(full, training=dataclasses.replace(full.training, epochs=epochs))
        )


def measured(opened: bundle.Bundle) -> dict:
    return {name: value for name, value in opened.metrics.items() if name not in COST}


def assert_same_result(one: bundle.Bundle, other: bundle.Bundle) -> None:
    """Bit for bit, whatever it took."""
    assert one.config == other.config and one.history == other.history
    assert measured(one) == measured(other)
    assert set(one.weights) == set(other.weights)
    for name, weight in one.weights.items():
        np.testing.assert_array_equal(weight, other.weights[name])
    np.testing.assert_array_equal(one.codes.mean, other.codes.mean)


# Where bundles land, and what is in them.


def test_a_shortened_recipe_lands_in_runs(home, capsys):
    assert train.main(QUICK) == 0
    folders = bundle.find_bundles(home / "runs")
    assert [folder.name.rsplit("-", 2)[0] for folder in folders] == ["digits-aae", "digits-vae"]
    assert {file.parent for file in files(home)} == set(folders)  # and nowhere else
    output = capsys.readouterr()
    for folder in folders:
        datetime.strptime(folder.name.split("-", 2)[2], "%Y%m%d-%H%M%S")
        assert str(folder.relative_to(home)) in output.out
    assert output.err == ""


def test_a_full_recipe_refreshes_pretrained(home, monkeypatch):
    shorten(monkeypatch, "digits-vae", "digits-aae")
    assert train.main(["--dataset", "digits", "--device", "cpu"]) == 0
    first = {folder.name: bundle.load_bundle(folder).digest for folder in bundle.find_bundles(home / "pretrained")}
    assert list(first) == ["digits-aae", "digits-vae"]
    assert train.main(["--dataset", "digits", "--device", "cpu", "--seed", "1"]) == 0  # changed: it does not
    assert {
        folder.name: bundle.load_bundle(folder).digest for folder in bundle.find_bundles(home / "pretrained")
    } == first
    assert len(bundle.find_bundles(home / "runs")) == 2


@pytest.mark.parametrize(
    "changes, expected",
    [
        ([], "pretrained/mnist-vae"),
        (
            ["--epochs", str(recipe("mnist", "vae").training.epochs)],
            "pretrained/mnist-vae",
        ),  # what the recipe says anyway
        (["--device", "cpu", "--data-dir", "elsewhere"], "pretrained/mnist-vae"),
        (["--epochs", "5"], "runs/mnist-vae-20250102-030405"),
        (["--batch-size", "128"], "runs/mnist-vae-20250102-030405"),
        (["--lr", "0.1"], "runs/mnist-vae-20250102-030405"),
        (["--seed", "1"], "runs/mnist-vae-20250102-030405"),
        (["--hidden", "64", "32"], "runs/mnist-vae-20250102-030405"),
        (["--prior", "mixture"], "pretrained/mnist-vae-mixture"),  # that is the recipe, with its r1 and smoothing
        (["--prior", "mixture", "--lr", "0.1"], "runs/mnist-vae-mixture-20250102-030405"),
        (["--model", "aae", "--prior", "swiss-roll", "--adversarial-weight", "200"], "pretrained/mnist-aae-swiss-roll"),
        (
            ["--model", "aae", "--prior", "swiss-roll"],
            "runs/mnist-aae-swiss-roll-20250102-030405",
        ),  # a prior does not bring its recipe's weight
        (
            ["--model", "aae", "--adversarial-weight", "3", "--discriminator-lr", "0.1"],
            "runs/mnist-aae-20250102-030405",
        ),
        (["--latent-dim", "3"], "runs/mnist-vae-3d-20250102-030405"),
        (["--beta", "4"], "runs/mnist-vae-beta4-20250102-030405"),
        (["--beta", "40"], "runs/mnist-vae-beta40-20250102-030405"),  # there is such a recipe, and it is shorter
        (["--beta", "40", "--epochs", str(RECIPES["mnist-vae-beta40"].training.epochs)], "pretrained/mnist-vae-beta40"),
        (["--dataset", "digits"], "pretrained/digits-vae"),
        (["--recipe", "mnist-vae-beta0.1"], "pretrained/mnist-vae-beta0.1"),
        (["--recipe", "mnist-aae-mixture-labels"], "pretrained/mnist-aae-mixture-labels"),
        (["--recipe", "mnist-aae-mixture-labels", "--seed", "1"], "runs/mnist-aae-mixture-labels-20250102-030405"),
        (
            ["--recipe", "mnist-vae-16d", "--latent-dim", "2"],
            "runs/mnist-vae-20250102-030405",
        ),  # narrower than the recipe of that name
        (["--epochs", "5", "--out", "here"], "here/mnist-vae"),
        (["--out", "here"], "here/mnist-vae"),
    ],
)
def test_only_full_recipes_go_to_pretrained(home, changes, expected):
    options = train.parse(changes)
    config = job.configure(options)[0]
    assert (home / job.destination(config, options, datetime(2025, 1, 2, 3, 4, 5))) == home / expected


def test_options_reach_the_configuration():
    arguments = "--dataset digits --model ae aae --epochs 7 --batch-size 9 --lr 0.5 --beta 0.25 --latent-dim 4 --seed 3"
    configs = job.configure(train.parse(arguments.split()))
    assert [config.model.kind for config in configs] == ["ae", "aae"]
    for config in configs:
        full = recipe("digits", config.model.kind)
        assert config.model == dataclasses.replace(full.model, latent_dim=4)
        changes = {"epochs": 7, "batch_size": 9, "lr": 0.5, "beta": 0.25, "seed": 3}
        assert config.training == dataclasses.replace(full.training, **changes)
    assert job.configure(train.parse([])) == [recipe("mnist", "vae"), recipe("mnist", "aae")]


# Recipes.


def test_recipes_by_their_names():
    def chosen(*names: str) -> list[Config]:
        return job.configure(train.parse(["--recipe", *names]))

    for name in RECIPES:
        assert chosen(name) == [RECIPES[name]]
    assert chosen("kmnist-ae", "mnist-vae") == [
        RECIPES["kmnist-ae"],
        RECIPES["mnist-vae"],
    ]  # in the order in which they are named
    assert chosen("all") == [RECIPES[name] for name in ZOO]
    assert chosen(ZOO[-1], "all") == [RECIPES[name] for name in (ZOO[-1], *ZOO[:-1])]  # each once
    beta = job.configure(train.parse(["--recipe", "mnist-vae-beta40", "mnist-aae", "--epochs", "3"]))
    assert [(config.training.beta, config.training.epochs) for config in beta] == [(40.0, 3), (1.0, 3)]


def test_recipe_all_makes_every_model_that_ships(home, capsys, monkeypatch):
    shorten(monkeypatch, "digits-ae", "digits-vae", "digits-aae")
    monkeypatch.setattr(job, "ZOO", ("digits-aae", "digits-ae"))
    assert train.main(["--recipe", "all", "--device", "cpu"]) == 0
    assert [path.name for path in bundle.find_bundles(home / "pretrained")] == ["digits-aae", "digits-ae"]
    assert {file.parent for file in files(home)} == {home / "pretrained" / name for name in ("digits-aae", "digits-ae")}
    rows = [line.split()[0] for line in capsys.readouterr().out.splitlines() if "pretrained/" in line]
    assert rows == ["digits-aae", "digits-ae"]


def test_a_recipe_with_another_prior(home, capsys, monkeypatch):
    base, labelled = recipe("digits", "aae"), "digits-aae-mixture-labels"
    model = dataclasses.replace(base.model, prior="mixture", label_informed=True)
    one = Config(model, dataclasses.replace(base.training, epochs=2, smoothing=1.0))
    monkeypatch.setitem(RECIPES, labelled, one)
    assert train.main(["--recipe", labelled, "--device", "cpu"]) == 0
    opened = bundle.load_bundle(home / "pretrained" / labelled)
    assert opened.config == one and opened.name == one.name
    assert 0 <= opened.metrics["own_component"] <= 1
    assert opened.weights["discriminator.body.0.weight"].shape == (256, 2 + 10)  # codes and labels
    assert f"{labelled}: 2 epochs on {IMAGES['train']} images, seed 0" in capsys.readouterr().out


def test_a_mixture_does_not_fill_three_dimensions(home, capsys):
    assert train.main(["--recipe", "mnist-vae", "mnist-aae-mixture", "--latent-dim", "3"]) == 2
    errors = capsys.readouterr().err
    assert errors == "the prior mixture lies in the plane: latent_dim must be 2, not 3\n"
    assert list(home.iterdir()) == []


# What is in a bundle.


@pytest.mark.parametrize("kind", ["ae", "vae", "aae"])
@pytest.mark.parametrize("latent_dim", [2, 3])
def test_what_is_measured_is_what_is_written(home, capsys, monkeypatch, kind, latent_dim):
    samples = 500 if latent_dim == 2 else SAMPLES
    monkeypatch.setattr(job, "IMPORTANCE_SAMPLES", samples)
    monkeypatch.setattr(batch.time, "perf_counter", itertools.count().__next__)  # a second passes at each call
    monkeypatch.setattr(projection, "umap", flat_map if latent_dim > 2 else no_map)
    assert (
        train.main([*QUICK, "--epochs", "2", "--model", kind, kind, "--out", "out", "--latent-dim", str(latent_dim)])
        == 0
    )
    (folder,) = bundle.find_bundles(home / "out")
    opened, test_set = bundle.load_bundle(folder), datasets.load("digits", "test")
    assert opened.config.model.latent_dim == latent_dim and [entry["epoch"] for entry in opened.history] == [1, 2]
    cpu, train_set = torch.device("cpu"), datasets.load("digits", "train")
    again = evaluation.evaluate(opened.model(), test_set, cpu, train=train_set, importance_samples=samples)
    assert opened.metrics["device"].startswith("cpu") and opened.metrics["seconds"] > 0
    assert "label_accuracy" in opened.metrics and "resumed_after" not in opened.metrics
    assert measured(opened) == again.metrics
    np.testing.assert_array_equal(opened.codes.mean, again.mean.astype(np.float32 if latent_dim == 2 else np.float16))
    np.testing.assert_array_equal(opened.codes.label, test_set.labels)
    assert (opened.codes.umap is None) == (latent_dim == 2)
    output = capsys.readouterr().out
    name = opened.config.name
    assert output.count(f"\n{name}: 2 epochs") == 1  # named twice, trained once
    header, row = (
        next(line for line in output.splitlines() if line.startswith(start)) for start in ("model ", f"{name} ")
    )
    assert (
        row.split()[:2] == [name, "2"]
        and f"{opened.metrics['reconstruction']:.2f}" in row
        and row.endswith("out/" + name)
    )
    for column, metric in (("KL", "kl"), ("-ELBO", "negative_elbo"), ("-log p(x) <=", "negative_log_likelihood")):
        assert (metric in opened.metrics) == (kind == "vae")
        shown = row[header.index(f"  {column} ") + 2 :].split()[0]
        assert shown == (f"{opened.metrics[metric]:.2f}" if kind == "vae" else "-")


def without_umap(codes):
    raise ImportError("No module named 'umap'")


def flat_map(codes: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(codes[:, :2] * 2, dtype=np.float32)


def test_codes_of_more_than_two_dimensions_come_with_a_map(home, capsys, monkeypatch):
    monkeypatch.setattr(projection, "umap", flat_map)
    assert train.main([*QUICK, "--model", "ae", "--latent-dim", "3", "--out", "out"]) == 0
    opened = bundle.load_bundle(home / "out" / "digits-ae-3d")
    mean = evaluation.evaluate(opened.model(), datasets.load("digits", "test"), torch.device("cpu")).mean
    np.testing.assert_array_equal(opened.codes.umap, flat_map(mean))
    np.testing.assert_array_equal(opened.codes.mean, mean.astype(np.float16))
    assert "map" not in capsys.readouterr().out


def test_where_umap_is_not_installed_the_map_is_added_later_and_kept(home, capsys, monkeypatch):
    monkeypatch.setattr(projection, "umap", without_umap)
    assert train.main([*QUICK, "--model", "ae", "--latent-dim", "3", "--out", "out"]) == 0
    assert "digits-ae-3d: umap-learn is not installed, so there is no map yet." in capsys.readouterr().out
    path = home / "out" / "digits-ae-3d"
    before = bundle.load_bundle(path)
    assert before.codes.umap is None

    assert train.main(["--evaluate", "--out", "out"]) == 0  # it still is not
    assert "`python train.py --evaluate` adds it" in capsys.readouterr().out
    assert bundle.load_bundle(path).digest == before.digest

    monkeypatch.setattr(projection, "umap", flat_map)
    assert train.main(["--evaluate", "--out", "out"]) == 0
    mapped = bundle.load_bundle(path)
    assert mapped.codes.umap.shape == (IMAGES["test"], 2)
    assert_same_result(mapped, before)

    for umap in (without_umap, no_map):  # a map that is there is neither lost nor made again
        monkeypatch.setattr(projection, "umap", umap)
        capsys.readouterr()
        assert train.main(["--evaluate", "--out", "out"]) == 0
        assert "umap-learn" not in capsys.readouterr().out
        assert bundle.load_bundle(path).digest == mapped.digest


def failing_umap(codes):
    raise RuntimeError("cannot cache function 'rdist': no locator available\nfor file layouts.py")


def test_a_map_that_fails_does_not_cost_the_model(home, capsys, monkeypatch):
    monkeypatch.setattr(projection, "umap", failing_umap)
    assert train.main([*QUICK, "--model", "ae", "--latent-dim", "3", "--out", "out"]) == 0
    opened = bundle.load_bundle(home / "out" / "digits-ae-3d")
    assert opened.codes.umap is None
    output = capsys.readouterr()
    reason = "RuntimeError: cannot cache function 'rdist': no locator available"
    assert f"digits-ae-3d: umap-learn failed ({reason}), so there is no map yet." in output.out
    assert output.err == ""

    monkeypatch.setattr(projection, "umap", flat_map)  # as it says
    assert train.main(["--evaluate", "--out", "out"]) == 0
    assert bundle.load_bundle(home / "out" / "digits-ae-3d").codes.umap.shape == (IMAGES["test"], 2)


def test_a_dry_run_writes_nothing(home, capsys):
    assert train.main([*QUICK, "--model", "ae", "vae", "aae", "--dry-run"]) == 0
    assert list(home.iterdir()) == []
    output = capsys.readouterr().out
    assert output.count("(dry run: nothing written)") == 3
    assert "epoch 1/1" not in output  # one batch is no epoch


# What a reader of the output sees.


def test_without_a_terminal_there_is_a_line_an_epoch(home, capsys):
    assert train.main([*QUICK, "--epochs", "3", "--model", "vae"]) == 0
    output = capsys.readouterr()
    assert "\r" not in output.out + output.err and "\x1b" not in output.out + output.err
    epochs = [line for line in output.out.splitlines() if line.startswith("epoch ")]
    assert [line.split(":")[0] for line in epochs] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert all(name in epochs[0] for name in ("total ", "reconstruction ", "kl "))


def test_in_a_terminal_there_is_one_bar_for_the_whole_training(home, capsys, monkeypatch):
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    assert train.main([*QUICK, "--epochs", "2", "--batch-size", "100", "--model", "vae"]) == 0
    last = screen.getvalue().split("\r")[-1]
    assert "epoch 2/2" in last and "6/6" in last and "reconstruction" in last  # two epochs of three steps
    assert "epoch 2/2:" not in capsys.readouterr().out


def test_help():
    done = subprocess.run([sys.executable, "train.py", "--help"], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0 and done.stderr == ""
    options = (
        "--dataset",
        "--model",
        "--recipe",
        "--beta",
        "--epochs",
        "--device",
        "--data-dir",
        "--out",
        "--resume",
        "--evaluate",
        "--dry-run",
    )
    for text in (*options, "Ctrl-C", "pretrained/"):
        assert text in done.stdout
    assert set(RECIPES) <= set(done.stdout.replace(",", " ").replace(".\n", " ").replace(". ", " ").split())


# What is refused: exit code 2, and a sentence.


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--epochs", "0"], "epochs must be a whole number from 1 to 1,000,000, not 0"),
        (["--epochs", "-3"], "epochs must be a whole number from 1 to 1,000,000, not -3"),
        (["--batch-size", "0"], "batch_size must be a whole number from 1 to 1,000,000, not 0"),
        (["--latent-dim", "0"], "latent_dim must be a whole number from 1 to 1,024, not 0"),
        (["--hidden", "64", "0"], "hidden must be 1 to 32 whole numbers of at least 1, not (64, 0)"),
        (["--threads", "0"], "--threads must be from 1 to 1,024, not 0"),
        (["--threads", "9" * 25], "--threads must be from 1 to 1,024, not 9999999999999999999999999"),
        (["--batch-size", "9" * 25], "batch_size must be a whole number from 1 to 1,000,000, not 99999999"),
        (["--batch-size", str(2**63)], "batch_size must be a whole number from 1 to 1,000,000, not 92233720"),
        (["--epochs", "9" * 25], "epochs must be a whole number from 1 to 1,000,000, not 99999999"),
        (["--latent-dim", "1000000000"], "latent_dim must be a whole number from 1 to 1,024, not 1000000000"),
        (["--latent-dim", "1"], "--latent-dim must be at least 2: the explorer draws no codes of one dimension"),
        (["--hidden", "1000000000"], "the widths (1000000000,) make 132,000,000,000 weights: there may be at most "),
        (["--adversarial-weight", "-1"], "adversarial_weight must be 0 or more, not -1.0"),
        (["--beta", "-1"], "beta must be 0 or more, not -1.0"),
        (["--lr", "-0.1"], "lr must be above 0, not -0.1"),
        (["--lr", "nan"], "lr must be above 0, not nan"),
        (["--seed", "-1"], "seed must be a whole number from 0"),
        (["--seed", "99999999999999999999"], "seed must be a whole number from 0"),
        (["--device", "warp-drive"], "device 'warp-drive' cannot be used here: "),
        (["--device", "cuda:99"], "device 'cuda:99' cannot be used here: "),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["", "dry"])
def test_values_that_are_refused(home, capsys, arguments, message, dry):
    assert train.main([*QUICK, *arguments, *dry]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(message) and errors.count("\n") == 1
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--dataset", "cifar"], "argument --dataset: invalid choice: 'cifar'"),
        (["--model", "gan"], "argument --model: invalid choice: 'gan'"),
        (["--recipe", "mnist-cube"], "argument --recipe: invalid choice: 'mnist-cube'"),
        (
            ["--recipe", "mnist-vae", "--model", "vae"],
            "--recipe names model and dataset: leave out --model and --dataset",
        ),
        (
            ["--recipe", "all", "--dataset", "digits"],
            "--recipe names model and dataset: leave out --model and --dataset",
        ),
        (["--epochs", "many"], "argument --epochs: invalid int value: 'many'"),
        (["--beta", "much"], "argument --beta: invalid float value: 'much'"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_words_that_are_not_understood(home, capsys, arguments, message):
    with pytest.raises(SystemExit) as end:
        train.main(arguments)
    assert end.value.code == 2
    assert f"train.py: error: {message}" in capsys.readouterr().err
    assert list(home.iterdir()) == []


def test_a_folder_that_holds_something_else(home, capsys):
    (home / "out" / "digits-aae").mkdir(parents=True)
    (home / "out" / "digits-aae" / "notes.txt").write_text("precious", encoding="utf-8")
    assert train.main([*QUICK, "--out", "out"]) == 2
    output = capsys.readouterr()
    assert (
        "digits-aae: " in output.err
        and "holds something that is no bundle" in output.err
        and output.err.count("\n") == 1
    )
    assert files(home / "out" / "digits-aae") == [home / "out" / "digits-aae" / "notes.txt"]
    assert (
        bundle.load_bundle(home / "out" / "digits-vae") and "\ndigits-vae  " in output.out
    )  # what was done is kept, and shown


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--lr", "1e20"], id="loss"),
        pytest.param(["--lr", "1e12", "--batch-size", "5000"], id="weights after the only step"),
    ],
)
@pytest.mark.parametrize("kind", ["ae", "vae", "aae"])
def test_a_training_that_diverges(home, capsys, kind, arguments):
    assert train.main([*QUICK, "--model", kind, *arguments]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"digits-{kind}: ") and errors.strip().endswith(
        "Nothing was written. A smaller --lr usually helps."
    )
    assert errors.count("\n") == 1 and files(home) == []


# Errors that nobody expected: exit code 2, and a sentence too.

FULL = ": there is not enough memory."
ERRORS = {
    "of torch": (RuntimeError("CUDA error: misaligned address\nmore"), "(RuntimeError: CUDA error: misaligned address"),
    "of a device's memory": (torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB"), FULL),
    "of the memory": (MemoryError(), FULL),
    "of torch's allocator": (RuntimeError("DefaultCPUAllocator: can't allocate memory"), FULL),
    "of this program": (TypeError("unsupported operand"), "(TypeError: unsupported operand)."),
    "without words": (AssertionError(), "(AssertionError)."),
    "of the disk": (OSError(errno.EIO, "Input/output error"), "(Input/output error)."),
}
PLACES = {"step": (steps.objectives, "vae_loss"), "measuring": (evaluation, "evaluate"), "writing": (batch, "write")}


def failing(error: Exception):
    def fail(*arguments, **options):
        raise error

    return fail


@pytest.mark.parametrize("error, message", ERRORS.values(), ids=ERRORS)
def test_an_error_that_nobody_expected_ends_with_a_sentence(home, capsys, monkeypatch, error, message):
    monkeypatch.setattr(steps.objectives, "vae_loss", failing(error))
    assert train.main([*QUICK, "--model", "vae", "--out", "out"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("digits-vae: the training failed") and message in errors
    assert errors.count("\n") == 1 and "Nothing was written." in errors and files(home) == []


def test_a_checkpoint_that_stays_open_elsewhere_does_not_cost_the_model(home, capsys, monkeypatch):
    # Windows refuses to remove a file that another program has open
    def refuse(file, missing_ok=False, unlink=Path.unlink):
        if file.exists() and file.parent.name == "checkpoints" and file.suffix == ".safetensors":
            raise PermissionError(13, "Permission denied")
        unlink(file, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert train.main([*QUICK, "--model", "vae", "--out", "out", "--checkpoint-every", "0"]) == 0
    [kept] = checkpoints(home)
    assert bundle.load_bundle(home / "out" / "digits-vae").config.model.kind == "vae"
    output, errors = capsys.readouterr()
    assert (
        "digits-vae: the bundle is written." in errors
        and f"{kept} cannot be removed (Permission denied): remove it." in errors
    )
    assert "out/digits-vae" in output.splitlines()[-1]


@pytest.mark.parametrize("owner, name", PLACES.values(), ids=PLACES)
def test_what_was_finished_before_an_error_is_kept_and_shown(home, capsys, monkeypatch, owner, name):
    good = getattr(owner, name)

    calls: list[int] = []

    def fails_the_second_time(*arguments, **options):
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("CUDA error")
        return good(*arguments, **options)

    monkeypatch.setattr(owner, name, fails_the_second_time)
    arguments = [*QUICK, "--batch-size", "5000", "--model", "vae", "--out", "out"]
    assert train.main(arguments) == 0
    before = {file: file.read_bytes() for file in files(home)}
    capsys.readouterr()
    assert train.main([*arguments, "--model", "ae", "vae", "--seed", "1"]) == 2
    output = capsys.readouterr()
    assert output.err.startswith("digits-") and output.err.count("\n") == 1 and "CUDA error" in output.err
    assert before.items() <= {file: file.read_bytes() for file in files(home)}.items()


@pytest.mark.parametrize("owner, name", [(datasets, "load"), (devices, "choose_device"), (job, "configure")])
def test_an_error_before_training_ends_with_a_sentence(home, capsys, monkeypatch, owner, name):
    monkeypatch.setattr(owner, name, failing(KeyError("flavour")))
    assert train.main(QUICK) == 2
    errors = capsys.readouterr().err
    assert "flavour" in errors and errors.count("\n") == 1 and files(home) == []


def test_after_an_error_a_checkpoint_goes_on(home, capsys, monkeypatch):
    arguments = [*QUICK, "--model", "vae", "--out", "out", "--epochs", "2", "--checkpoint-every", "0"]
    with monkeypatch.context() as patch:
        patch.setattr(evaluation, "evaluate", failing(RuntimeError("CUDA error")))
        assert train.main(arguments) == 2
    assert capsys.readouterr().err.endswith("The same command with --resume goes on from the last checkpoint.\n")
    assert train.main([*arguments, "--resume"]) == 0
    assert bundle.load_bundle(home / "out" / "digits-vae").metrics["resumed_after"] == 2


@pytest.mark.parametrize("asked", [False, True])
def test_where_an_error_came_from_can_be_asked_for(home, capfd, monkeypatch, asked):
    def misspelt(*arguments, **options):
        return undefined_name  # noqa: F821

    monkeypatch.setattr(steps.objectives, "vae_loss", misspelt)
    monkeypatch.setenv("EXPLORER_TRACEBACK", "1" if asked else "")
    assert train.main([*QUICK, "--model", "vae", "--dry-run"]) == 2
    errors = capfd.readouterr().err
    assert ("Traceback" in errors and "in misspelt" in errors) == asked
    last = errors.splitlines()[-1]
    assert last.startswith("digits-vae: the training failed (NameError: ") and "EXPLORER_TRACEBACK=1" in last


# Sets from which there is little to learn.

ODD = {
    "black": (lambda i: np.zeros((16, 16)), 2, "All 48 pictures are black: "),
    "the same": (lambda i: np.arange(256).reshape(16, 16), 2, "All 48 pictures are the same: "),
    "a class a picture": (lambda i: np.random.default_rng(i).integers(0, 256, (16, 16)), 48, "48 of the 48 classes"),
}


@pytest.mark.parametrize("picture, classes, sentence", ODD.values(), ids=ODD)
def test_of_an_odd_set_a_sentence_says_what_is_wrong_and_no_library_warns(home, capfd, picture, classes, sentence):
    for i in range(48):
        folder = home / "odd" / f"{i % classes:02}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(i).astype(np.uint8)).save(folder / f"{i}.png")
    arguments = ["--dataset", "folder", "--epochs", "1", "--device", "cpu", "--data-dir", "odd", "--out", "out"]
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("ignore")
        for shown in (UserWarning, RuntimeWarning, FutureWarning):  # what a command line shows
            warnings.simplefilter("always", shown)
        assert train.main(arguments) == 0
    assert [str(warning.message) for warning in seen] == []
    assert len(bundle.find_bundles(home / "out")) == 2
    errors = capfd.readouterr().err
    assert errors.startswith(sentence) and errors.count("\n") == 1


# Names that an output cannot show.


LATIN = b"caf\xe9".decode("utf-8", "surrogateescape")


CATS = "кошки 🐱"


@pytest.mark.parametrize("encoding, name", [("ascii", CATS), ("cp1252", CATS), ("utf-8:strict", LATIN)])
def test_a_name_that_the_output_cannot_show_is_trained_on(home, monkeypatch, encoding, name):
    generate(home / name, 44, 16)
    (home / name / "red" / "кит.png").write_bytes(b"no picture")
    arguments = ["--dataset", "folder", "--data-dir", str(home / name), "--model", "ae", "--epochs", "1"]
    for command in (arguments, ["--evaluate"]):
        written = io.BytesIO()
        for stream, errors in (("stdout", "strict"), ("stderr", "backslashreplace")):  # as Python opens them
            monkeypatch.setattr(
                sys, stream, io.TextIOWrapper(written, encoding=encoding.partition(":")[0], errors=errors)
            )
        assert train.main([*command, "--device", "cpu", "--out", str(home / "out")]) == 0
    assert len(bundle.find_bundles(home / "out")) == 1


# Interruption.


def interrupt(*arguments, **options):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "owner, function", [(evaluation, "evaluate"), (evaluation, "round_to_half"), (os, "replace"), (os, "fsync")]
)
def test_an_interruption_keeps_what_was_there(home, capsys, monkeypatch, owner, function):
    assert train.main([*QUICK, "--out", "out", "--model", "vae"]) == 0
    before = bundle.load_bundle(home / "out" / "digits-vae").digest
    capsys.readouterr()
    monkeypatch.setattr(owner, function, interrupt)
    assert train.main([*QUICK, "--out", "out", "--model", "vae", "--seed", "1"]) == 130
    errors = capsys.readouterr().err
    assert (
        "Interrupted while training digits-vae" in errors
        and "out/digits-vae is as it was. Bundles kept: none." in errors
    )
    assert bundle.load_bundle(home / "out" / "digits-vae").digest == before
    assert not [file for file in files(home) if file.suffix == ".part"]


def test_an_interruption_before_training(home, capsys, monkeypatch):
    monkeypatch.setattr(datasets, "load", interrupt)
    assert train.main(QUICK) == 130
    assert capsys.readouterr().err.strip() == "Interrupted before anything was done; nothing was written."
    assert list(home.iterdir()) == []


def test_a_job_scheduler_that_ends_the_first_training_writes_nothing(home):
    arguments = ["--epochs", "100000", "--out", "out", "--checkpoint-every", "inf"]
    code, output, errors = Command(home, *arguments, epochs=1, number=signal.SIGTERM, later=0.01).end()
    assert code == 130, errors
    assert "Interrupted while training digits-vae: it was not written" in errors and "Bundles kept: none." in errors
    assert "Traceback" not in errors and "\r" not in output + errors
    assert files(home) == []


def test_ctrl_c_in_the_second_training_keeps_the_first(home, capsys):
    arguments = ["--epochs", "15", "--out", "out", "--checkpoint-every", "0"]
    code, output, errors = Command(home, *arguments, epochs=15 + 3, number=signal.SIGINT).end()
    assert code == 130, errors
    vae = home / "out" / "digits-vae"
    assert "Interrupted while training digits-aae: it was not written" in errors
    assert "Bundles kept: out/digits-vae. The same command with --resume goes on from the last checkpoint." in errors
    assert "Traceback" not in errors
    (left,) = files(home / "runs")  # the AAE's checkpoint
    assert bundle.find_bundles(home / "out") == [vae] and {file.parent for file in files(home)} == {vae, left.parent}
    assert any(line.startswith("digits-vae  ") for line in output.splitlines())  # its numbers are shown

    opened = bundle.load_bundle(vae)
    assert opened.config.training.epochs == 15
    assert train.main(["--dataset", "digits", "--device", "cpu", *arguments, "--resume"]) == 0
    output = capsys.readouterr().out
    assert "digits-vae: out/digits-vae is of this very configuration; kept" in output
    assert "digits-aae: 15 epochs" in output
    assert bundle.load_bundle(vae).digest == opened.digest and files(home / "runs") == []
    after = bundle.load_bundle(home / "out" / "digits-aae").metrics["resumed_after"]
    assert 2 <= after <= 15  # the checkpoint follows its epoch's line, so that of the third may have failed
    assert f"going on after epoch {after}" in output


# Killed, and resumed.

LONG = 12  # epochs
LONGER = ["--dataset", "digits", "--epochs", str(LONG), "--device", "cpu", "--out", "out"]


def trained(folder: Path, *arguments: str) -> Path:
    """Trains with that folder in the repository's place."""
    with pytest.MonkeyPatch.context() as patch:
        make_quick(folder, patch.setattr)
        patch.chdir(folder)
        assert train.main([*LONGER, *arguments]) == 0
    return folder / "out"


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> dict[str, bundle.Bundle]:
    """What the killed trainings would have come to."""
    return {
        path.name: bundle.load_bundle(path)
        for path in bundle.find_bundles(trained(tmp_path_factory.mktemp("unbroken")))
    }


@pytest.fixture(scope="module")
def older(tmp_path_factory) -> Path:
    """A folder of bundles that stood there before."""
    return trained(tmp_path_factory.mktemp("older"), "--epochs", "1", "--seed", "1")


RANDOM = random.Random(0)
MOMENTS = [
    pytest.param(1, 0.01, id="in the first epochs"),
    pytest.param(LONG, 0.02, id="while the first model is measured"),
    pytest.param(LONG + 5, 0.01, id="in the second model"),
    *(pytest.param(RANDOM.randrange(1, 2 * LONG), RANDOM.uniform(0, 0.03), marks=pytest.mark.slow) for _ in range(10)),
]


@pytest.mark.parametrize("epochs, later", MOMENTS)
def test_a_killed_training_goes_on_to_the_same_result(home, capsys, unbroken, older, epochs, later):
    shutil.copytree(older, home / "out")
    before = {path.name: bundle.load_bundle(path).digest for path in bundle.find_bundles(home / "out")}
    arguments = ["--epochs", str(LONG), "--out", "out", "--checkpoint-every", "0"]
    code, output, _ = Command(home, *arguments, epochs=epochs, number=signal.SIGKILL, later=later).end()
    assert code == -signal.SIGKILL, output
    for name, digest in before.items():  # what stood there opens; unless its successor was finished
        opened = bundle.load_bundle(home / "out" / name)
        if opened.digest != digest:
            assert name == "digits-vae" and epochs >= LONG
            assert_same_result(opened, unbroken[name])

    assert train.main([*LONGER, "--resume"]) == 0
    output = capsys.readouterr().out
    resumed = {path.name: bundle.load_bundle(path) for path in bundle.find_bundles(home / "out")}
    assert list(resumed) == ["digits-aae", "digits-vae"]
    for name, opened in resumed.items():
        assert_same_result(opened, unbroken[name])
        number, first = opened.metrics.get("resumed_after", 0), LONG if name == "digits-aae" else 0
        assert (
            number >= min(epochs - first - 1, LONG)
            or f"{name}: out/{name} is of this very configuration; kept" in output
        )
        assert (
            number == 0
            or f"{name}: {LONG} epochs on {IMAGES['train']} images, seed 0, going on after epoch {number}" in output
        )
    assert files(home / "runs") == []


def interrupt_after(monkeypatch, epoch: int, arguments: list[str]) -> None:
    """Trains, and presses Ctrl-C when the checkpoint after that epoch is on the disk."""

    def offer(self, report, offer=batch.Checkpoints.offer):
        offer(self, report)
        if report.epoch == epoch:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(batch.Checkpoints, "offer", offer)
        assert train.main([*arguments, "--checkpoint-every", "0"]) == 130


def checkpoints(home: Path) -> list[Path]:
    return files(home / "runs" / "checkpoints")


@pytest.mark.parametrize("kind, epoch", [("vae", 1), ("vae", LONG), ("aae", 7)])
def test_ctrl_c_and_resume(home, capsys, monkeypatch, unbroken, kind, epoch):
    name = f"digits-{kind}"
    interrupt_after(monkeypatch, epoch, [*LONGER, "--model", kind])
    assert len(checkpoints(home)) == 1 and files(home / "out") == []
    capsys.readouterr()
    assert train.main([*LONGER, "--model", kind, "--resume"]) == 0
    assert (
        f"{name}: {LONG} epochs on {IMAGES['train']} images, seed 0, going on after epoch {epoch}\n"
        in capsys.readouterr().out
    )
    resumed = bundle.load_bundle(home / "out" / name)
    assert_same_result(resumed, unbroken[name])
    assert resumed.metrics["resumed_after"] == epoch and checkpoints(home) == []


def test_interrupted_twice(home, monkeypatch, unbroken):
    interrupt_after(monkeypatch, 3, [*LONGER, "--model", "vae"])
    interrupt_after(monkeypatch, 7, [*LONGER, "--model", "vae", "--resume"])
    assert train.main([*LONGER, "--model", "vae", "--resume"]) == 0
    resumed = bundle.load_bundle(home / "out" / "digits-vae")
    assert_same_result(resumed, unbroken["digits-vae"])
    assert resumed.metrics["resumed_after"] == 7


def test_without_resume_it_trains_from_the_start_and_clears_the_checkpoint(home, capsys, monkeypatch, unbroken):
    interrupt_after(monkeypatch, 3, [*LONGER, "--model", "vae"])
    capsys.readouterr()
    assert train.main([*LONGER, "--model", "vae"]) == 0
    assert f"epoch 1/{LONG}:" in capsys.readouterr().out
    anew = bundle.load_bundle(home / "out" / "digits-vae")
    assert_same_result(anew, unbroken["digits-vae"])
    assert "resumed_after" not in anew.metrics and checkpoints(home) == []


def test_resume_with_nothing_to_resume_trains(home, capsys):
    arguments = [*QUICK, "--model", "vae"]
    assert train.main([*arguments, "--out", "a", "--resume"]) == 0
    assert "going on" not in capsys.readouterr().out
    assert train.main([*arguments, "--out", "b"]) == 0
    assert_same_result(bundle.load_bundle(home / "a" / "digits-vae"), bundle.load_bundle(home / "b" / "digits-vae"))


def untrained(*arguments, **options):
    raise AssertionError("nothing is to be trained")


@pytest.mark.parametrize("out", [["--out", "out"], []], ids=["out", "runs"])
def test_resume_keeps_what_the_command_finished(home, capsys, monkeypatch, out):
    assert train.main([*QUICK, "--model", "vae", *out]) == 0
    (path,) = bundle.find_bundles(home / (out[-1] if out else "runs"))
    before, moment = bundle.load_bundle(path), (path / "bundle.json").stat().st_mtime_ns
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setattr(training, "fit", untrained)
        assert train.main([*QUICK, "--model", "vae", *out, "--resume"]) == 0
    assert (path / "bundle.json").stat().st_mtime_ns == moment
    output = capsys.readouterr().out
    assert f"digits-vae: {path.relative_to(home)} is of this very configuration; kept" in output
    row = next(line for line in output.splitlines() if line.startswith("digits-vae  "))
    assert f"{before.metrics['reconstruction']:.2f}" in row and row.endswith(str(path.relative_to(home)))

    # of another configuration, or damaged: it is not kept
    assert train.main([*QUICK, "--model", "vae", *out, "--seed", "1", "--resume"]) == 0
    assert "kept" not in capsys.readouterr().out
    newest = path if out else next(found for found in bundle.find_bundles(home / "runs") if found != path)
    changed = bundle.load_bundle(newest)
    assert changed.config.training.seed == 1
    next(newest.glob("weights.*")).write_bytes(b"damaged")
    assert train.main([*QUICK, "--model", "vae", *out, "--seed", "1", "--resume"]) == 0
    assert "kept" not in capsys.readouterr().out
    whole = bundle.find_bundles(home / (out[-1] if out else "runs"))[-1]
    if out:
        assert_same_result(bundle.load_bundle(whole), changed)


class StoppedClock(datetime):
    @classmethod
    def now(cls):
        return cls(2025, 1, 2, 3, 4, 5)


def test_two_runs_of_the_same_second_do_not_share_a_folder(home, monkeypatch):
    monkeypatch.setattr(batch, "datetime", StoppedClock)
    for seed in "0", "1":
        assert train.main([*QUICK, "--model", "vae", "--seed", seed]) == 0
    paths = bundle.find_bundles(home / "runs")
    assert [path.name for path in paths] == ["digits-vae-20250102-030405", "digits-vae-20250102-030405-2"]
    assert [bundle.load_bundle(path).config.training.seed for path in paths] == [0, 1]


def test_a_resumed_bundle_lands_where_the_first_command_would_have_put_it(home, monkeypatch):
    monkeypatch.setattr(batch, "datetime", StoppedClock)
    interrupt_after(monkeypatch, 1, [*QUICK, "--model", "ae", "--epochs", "2"])
    monkeypatch.setattr(batch, "datetime", datetime)
    assert train.main([*QUICK, "--model", "ae", "--epochs", "2", "--resume"]) == 0
    assert [path.name for path in bundle.find_bundles(home / "runs")] == ["digits-ae-20250102-030405"]

    interrupt_after(monkeypatch, 1, [*QUICK, "--model", "ae", "--epochs", "2"])
    assert (
        train.main([*QUICK, "--model", "ae", "--epochs", "2", "--resume", "--out", "elsewhere"]) == 0
    )  # what is said now goes
    assert [path.name for path in bundle.find_bundles(home / "elsewhere")] == ["digits-ae"]


@pytest.mark.parametrize("out", [[], ["--out", "kept"], ["--out", "ABSOLUTE"]], ids=["runs", "relative", "absolute"])
def test_a_project_that_was_moved_gets_the_bundle_in_its_new_place(home, monkeypatch, out):
    old, new = home / "old", home / "new"
    old.mkdir()
    out = [str(old / "kept") if part == "ABSOLUTE" else part for part in out]
    arguments = [*QUICK, "--model", "ae", "--epochs", "2"]
    monkeypatch.setattr(job, "ROOT", old)
    monkeypatch.chdir(old)
    interrupt_after(monkeypatch, 1, [*arguments, *out])
    monkeypatch.chdir(home)
    old.rename(new)
    monkeypatch.setattr(job, "ROOT", new)
    monkeypatch.chdir(new)
    assert train.main([*arguments, "--resume"]) == 0
    assert not old.exists()
    (path,) = bundle.find_bundles(new / ("kept" if out else "runs"))
    assert bundle.load_bundle(path).metrics["resumed_after"] == 1


def test_a_bundle_outside_of_a_moved_project_lands_where_it_would_have(home, monkeypatch):
    old, new, outside = home / "old", home / "new", home / "outside"
    old.mkdir()
    arguments = [*QUICK, "--model", "ae", "--epochs", "2"]
    monkeypatch.setattr(job, "ROOT", old)
    interrupt_after(monkeypatch, 1, [*arguments, "--out", str(outside)])
    old.rename(new)
    monkeypatch.setattr(job, "ROOT", new)
    assert train.main([*arguments, "--resume"]) == 0
    assert [path.parent for path in bundle.find_bundles(outside)] == [outside]


# Devices.


def test_a_checkpoint_of_another_kind_of_device_goes_on_and_is_said_once(home, capsys, monkeypatch):
    arguments = ["--dataset", "digits", "--epochs", "2", "--model", "vae", "--out", "out"]
    with pretended_accelerator() as device:
        interrupt_after(monkeypatch, 1, [*arguments, "--device", str(device)])
        capsys.readouterr()
        assert train.main([*arguments, "--device", "cpu", "--resume"]) == 0
    output = capsys.readouterr()
    assert "going on after epoch 1" in output.out
    assert output.err.startswith("The checkpoint is of another kind of device") and output.err.count("\n") == 1
    assert bundle.load_bundle(home / "out" / "digits-vae").metrics["resumed_after"] == 1


@pytest.mark.parametrize("command", [[*QUICK[:4], "--model", "ae", "--out", "out"], ["--evaluate", "--out", "out"]])
def test_an_accelerator_that_cannot_be_used_is_left_with_a_sentence(home, capsys, monkeypatch, command):
    assert train.main([*QUICK, "--model", "ae", "--out", "out"]) == 0
    capsys.readouterr()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert train.main(command) == 0
    errors = capsys.readouterr().err
    assert errors.startswith("The accelerator of this machine cannot be used (") and errors.count("\n") == 1


def test_a_named_device_that_fails_in_its_first_step_is_refused(home, capsys, monkeypatch):
    monkeypatch.setattr(devices, "_take_one_step", failing(RuntimeError("no kernel image is available\nmore")))
    assert train.main([*QUICK[:4], "--device", "mps"]) == 2
    assert capsys.readouterr().err == "device 'mps' cannot be used here: no kernel image is available\n"


def test_a_device_that_gives_no_state_trains_without_checkpoints(home, capsys, monkeypatch):
    monkeypatch.setattr(training._Run, "tensors", failing(RuntimeError("get_state is not implemented")))
    arguments = [*QUICK, "--model", "ae", "--epochs", "3", "--out", "out", "--checkpoint-every", "0"]
    assert train.main(arguments) == 0
    errors = capsys.readouterr().err
    assert errors.startswith("No checkpoint can be made on this device (") and errors.count("\n") == 1
    assert bundle.load_bundle(home / "out" / "digits-ae")


def test_another_configurations_checkpoint_is_left_alone(home, capsys, monkeypatch, unbroken):
    arguments = [*LONGER, "--model", "vae"]
    interrupt_after(monkeypatch, 4, arguments)
    (file,) = checkpoints(home)
    content = file.read_bytes()
    for change in (
        ["--seed", "1", "--epochs", "1"],
        ["--lr", "0.001", "--epochs", "1"],
        ["--model", "ae", "--epochs", "1"],
    ):
        capsys.readouterr()
        assert train.main([*arguments, *change, "--out", "other", "--resume"]) == 0
        assert "going on" not in capsys.readouterr().out
        assert file.read_bytes() == content and checkpoints(home) == [file]
    assert train.main([*arguments, "--resume"]) == 0
    assert_same_result(bundle.load_bundle(home / "out" / "digits-vae"), unbroken["digits-vae"])


def halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) * 2 // 3] ^= 16  # in the tensors
    file.write_bytes(content)


def turn_into_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [halve, flip_a_bit, turn_into_a_folder, lambda file: file.write_bytes(b"")])
def test_a_damaged_checkpoint(home, capsys, monkeypatch, older, damage):
    shutil.copytree(older, home / "out")
    before = bundle.load_bundle(home / "out" / "digits-vae").digest
    arguments = [*QUICK, "--epochs", "3", "--model", "vae", "--out", "out"]
    interrupt_after(monkeypatch, 2, arguments)
    (file,) = checkpoints(home)
    damage(file)
    content = file.is_file() and file.read_bytes()
    capsys.readouterr()
    assert train.main([*arguments, "--resume"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"digits-vae: {file} cannot be read (") and errors.count("\n") == 1
    assert errors.endswith("Remove it, and train anew without --resume.\n")
    assert bundle.load_bundle(home / "out" / "digits-vae").digest == before
    assert file.exists() and (file.is_file() and file.read_bytes()) == content
    shutil.rmtree(file) if file.is_dir() else file.unlink()  # as it says
    assert train.main(arguments) == 0
    assert bundle.load_bundle(home / "out" / "digits-vae").config.training.epochs == 3


def test_a_checkpoint_that_cannot_be_written(home, capsys, monkeypatch):
    def full(file, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_to_disk", full)
    assert train.main([*QUICK, "--out", "out", "--checkpoint-every", "0"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("digits-vae: ") and errors.count("\n") == 1
    assert "cannot be written: No space left on device. Make room, or train with --checkpoint-every inf." in errors
    assert train.main([*QUICK, "--model", "vae", "--out", "out", "--checkpoint-every", "inf"]) == 0  # the remedy is one


def test_checkpoints_keep_their_distance(tmp_path, monkeypatch):
    written, now = [], [100.0]
    monkeypatch.setattr(checkpoint, "save_checkpoint", lambda *arguments: written.append(arguments))
    monkeypatch.setattr(batch.time, "monotonic", lambda: now[0])

    def reports(every: float, moments: list[float]) -> list[int]:
        now[0] = 100.0
        keep = batch.Checkpoints(tmp_path / "file", tmp_path / "target", every)
        written.clear()
        for epoch, seconds in enumerate(moments, start=1):
            now[0] = 100.0 + seconds
            keep.offer(training.Report(epoch, 3, 3, None, {}, [], lambda epoch=epoch: epoch))
            keep.offer(training.Report(epoch, 1, 3, None))  # a step inside an epoch has none
        assert all(arguments[::2] == (tmp_path / "file", tmp_path / "target") for arguments in written)
        return [arguments[1] for arguments in written]

    assert reports(10.0, [4.0, 9.0, 10.0, 15.0, 19.0, 21.0, 40.0]) == [3, 6, 7]
    assert reports(0.0, [0.0, 0.0, 5.0]) == [1, 2, 3]
    assert reports(float("inf"), [0.0, 1e9]) == []


def test_in_a_terminal_a_resumed_bar_begins_where_it_was(home, monkeypatch):
    arguments = [*QUICK, "--epochs", "4", "--batch-size", "100", "--model", "vae", "--out", "out"]  # twelve steps
    interrupt_after(monkeypatch, 3, arguments)
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    assert train.main([*arguments, "--resume"]) == 0
    bars = screen.getvalue().split("\r")
    assert not any(" 0/12" in bar for bar in bars) and any("9/12" in bar for bar in bars)
    assert "epoch 4/4" in bars[-1] and "12/12" in bars[-1]


def test_a_dry_run_leaves_checkpoint_and_bundle_alone(home, monkeypatch):
    arguments = [*QUICK, "--epochs", "3", "--model", "vae", "--out", "out"]
    interrupt_after(monkeypatch, 2, arguments)
    before = {file: file.read_bytes() for file in files(home)}
    for resume in ([], ["--resume"]):
        assert train.main([*arguments, "--dry-run", *resume]) == 0
        assert {file: file.read_bytes() for file in files(home)} == before


# Measuring again.


def forget(path: Path, **cost) -> bundle.Bundle:
    """Replaces a bundle's metrics by wrong ones, and its costs; returns what it was."""
    opened = bundle.load_bundle(path)
    kept = ("images", "device")  # without which a bundle does not open
    zeros = {name: [0.0] * len(value) if isinstance(value, list) else 0 for name, value in measured(opened).items()}
    wrong = zeros | {name: opened.metrics[name] for name in kept if name in opened.metrics} | cost
    bundle.save_bundle(path, opened.model(), opened.config, wrong, opened.history, opened.codes)
    return opened


def test_evaluate_measures_bundles_again(home, capsys, monkeypatch):
    shorten(monkeypatch, "digits-vae", "digits-aae")
    assert train.main(["--dataset", "digits", "--device", "cpu"]) == 0
    cost = {"seconds": 12.5, "device": "cuda (NVIDIA H200)", "resumed_after": 7}
    good = {path.name: forget(path, **cost) for path in bundle.find_bundles(home / "pretrained")}
    assert list(good) == ["digits-aae", "digits-vae"]
    capsys.readouterr()
    monkeypatch.setattr(training, "fit", untrained)
    assert train.main(["--evaluate", "--device", "cpu"]) == 0
    output = capsys.readouterr().out
    for name, before in good.items():
        after = bundle.load_bundle(home / "pretrained" / name)
        assert_same_result(after, before)
        assert {name: after.metrics[name] for name in COST} == cost
        row = next(line for line in output.splitlines() if line.startswith(f"{name}  "))
        assert "12.5" in row and f"{before.metrics['reconstruction']:.2f}" in row
    assert {file.parent for file in files(home)} == {home / "pretrained" / name for name in good}


def test_evaluate_keeps_to_the_folder_and_the_recipes_that_are_named(home, monkeypatch):
    assert train.main([*QUICK, "--model", "ae", "aae", "--out", "out"]) == 0
    good = {name: forget(home / "out" / name) for name in ("digits-ae", "digits-aae")}
    assert train.main(["--evaluate", "--recipe", "digits-ae", "--out", "out", "--device", "cpu"]) == 0
    assert_same_result(bundle.load_bundle(home / "out" / "digits-ae"), good["digits-ae"])
    assert bundle.load_bundle(home / "out" / "digits-aae").metrics["coverage"] == 0
    assert train.main(["--evaluate", "--recipe", "all", "--out", "out", "--device", "cpu"]) == 0
    assert_same_result(bundle.load_bundle(home / "out" / "digits-aae"), good["digits-aae"])


@pytest.mark.parametrize(
    "arguments, folder", [([], "pretrained"), (["--out", "empty"], "empty"), (["--recipe", "digits-ae"], "pretrained")]
)
def test_evaluate_without_a_bundle(home, capsys, arguments, folder):
    assert train.main(["--evaluate", *arguments]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("There is no bundle to measure in ") and folder in errors and errors.count("\n") == 1
    assert list(home.iterdir()) == []


def test_evaluate_says_which_bundle_is_broken(home, capsys):
    assert train.main([*QUICK, "--model", "ae", "vae", "--out", "out"]) == 0
    good = forget(home / "out" / "digits-ae")
    next((home / "out" / "digits-vae").glob("codes.*")).unlink()
    capsys.readouterr()
    assert train.main(["--evaluate", "--out", "out"]) == 2
    output = capsys.readouterr()
    assert "digits-vae" in output.err and "the file is missing" in output.err and output.err.count("\n") == 1
    assert_same_result(bundle.load_bundle(home / "out" / "digits-ae"), good)  # those before it are done, and shown
    assert "\ndigits-ae  " in output.out


def test_an_interrupted_evaluation_says_what_it_wrote(home, capsys, monkeypatch):
    assert train.main([*QUICK, "--model", "ae", "vae", "--out", "out"]) == 0
    good, wrong = forget(home / "out" / "digits-ae"), forget(home / "out" / "digits-vae")
    evaluate, calls = evaluation.evaluate, []

    def interrupted_the_second_time(*arguments, **options):
        calls.append(1)
        return evaluate(*arguments, **options) if len(calls) == 1 else interrupt()

    monkeypatch.setattr(evaluation, "evaluate", interrupted_the_second_time)
    capsys.readouterr()
    assert train.main(["--evaluate", "--out", "out"]) == 130
    assert (
        capsys.readouterr().err.strip()
        == "Interrupted. Bundles measured and written: out/digits-ae; the others are as they were."
    )
    assert_same_result(bundle.load_bundle(home / "out" / "digits-ae"), good)
    assert bundle.load_bundle(home / "out" / "digits-vae").metrics["coverage"] == 0 != wrong.metrics["coverage"]


def test_a_bundle_that_cannot_be_measured_is_named_and_the_others_are_measured(home, capsys, monkeypatch):
    assert train.main([*QUICK, "--model", "ae", "vae", "aae", "--out", "out"]) == 0
    good = {name: forget(home / "out" / name) for name in ("digits-aae", "digits-ae", "digits-vae")}
    next((home / "out" / "digits-aae").glob("codes.*")).unlink()  # the first in the alphabet
    evaluate = evaluation.evaluate

    def broken_for_the_vae(model, *arguments, **options):
        if model.config.kind == "vae":
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied\nmore")
        return evaluate(model, *arguments, **options)

    monkeypatch.setattr(evaluation, "evaluate", broken_for_the_vae)
    capsys.readouterr()
    assert train.main(["--evaluate", "--out", "out", "--device", "cpu"]) == 2
    output = capsys.readouterr()
    first, second = output.err.splitlines()
    assert first.startswith("digits-aae: ") and "the file is missing" in first
    assert second.startswith("digits-vae: measuring failed (RuntimeError: mat1 and mat2 shapes cannot be multiplied")
    assert_same_result(bundle.load_bundle(home / "out" / "digits-ae"), good["digits-ae"])
    assert "\ndigits-ae  " in output.out and "\ndigits-vae  " not in output.out
    assert bundle.load_bundle(home / "out" / "digits-vae").metrics["coverage"] == 0


def test_a_dry_run_of_measuring_writes_nothing(home, capsys):
    assert train.main([*QUICK, "--model", "ae", "vae", "--out", "out"]) == 0
    for name in ("digits-ae", "digits-vae"):
        forget(home / "out" / name)
    before = {file: (file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes()) for file in files(home)}
    capsys.readouterr()
    assert train.main(["--evaluate", "--dry-run", "--out", "out"]) == 0
    assert {file: (file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes()) for file in files(home)} == before
    assert capsys.readouterr().out.count("(dry run: nothing written)") == 2


IDLE = ["--model aae", "--dataset digits", "--epochs 7", "--batch-size 9", "--lr 0.1", "--beta 9", "--seed 1"]
IDLE += ["--resume", "--adversarial-weight 3", "--discriminator-lr 0.1", "--prior mixture", "--hidden 9"]
IDLE += ["--latent-dim 3", "--precision auto", "--checkpoint-every 1"]


@pytest.mark.parametrize("option", IDLE)
def test_options_that_do_nothing_while_measuring_are_refused(home, capsys, option):
    with pytest.raises(SystemExit) as end:
        train.main(["--evaluate", *option.split()])
    assert end.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.endswith(f": error: --evaluate measures bundles as they are: leave out {option.split()[0]}")


def test_options_that_measuring_takes(home):
    assert train.main([*QUICK, "--model", "ae", "--out", "out"]) == 0
    arguments = ["--recipe", "digits-ae", "--out", "out", "--device", "cpu", "--threads", "1", "--data-dir", "data"]
    assert train.main(["--evaluate", *arguments]) == 0


# What it needs.


def test_training_runs_where_the_app_is_not_installed():
    program = (
        "import sys\n"
        "for name in ('streamlit', 'plotly', 'umap'): sys.modules[name] = None  # an import of it fails\n"
        "import train; assert 'torch' not in sys.modules\n"
        "import explorer.training.fit, explorer.store.bundle, explorer.data.datasets\n"
        "from explorer.training import evaluation; evaluation.SETS = 2  # quick\n"
        "sys.exit(train.main(['--dataset', 'digits', '--device', 'cpu', '--dry-run']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(dry run: nothing written)") == 2
