"""The command line of training: where bundles land, what it refuses, and how it ends."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import torch

import train
from explorer import bundle, datasets, training
from explorer.config import Config, recipe

ROOT = Path(__file__).resolve().parent.parent
QUICK = ["--dataset", "digits", "--epochs", "1", "--device", "cpu"]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A folder in the place of the repository's."""
    monkeypatch.setattr(train, "HERE", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


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
    def short(dataset, kind):
        full = recipe(dataset, kind)
        return Config(full.model, training.TrainingConfig(dataset, epochs=1))

    monkeypatch.setattr(train, "recipe", short)
    assert train.main(["--dataset", "digits", "--device", "cpu"]) == 0
    first = {folder.name: bundle.load_bundle(folder).digest for folder in bundle.find_bundles(home / "pretrained")}
    assert list(first) == ["digits-aae", "digits-vae"]
    assert train.main(["--dataset", "digits", "--device", "cpu", "--seed", "1"]) == 0  # changed: it does not
    assert {folder.name: bundle.load_bundle(folder).digest for folder in bundle.find_bundles(home / "pretrained")} == first
    assert len(bundle.find_bundles(home / "runs")) == 2


@pytest.mark.parametrize(
    "changes, expected",
    [
        ([], "pretrained/mnist-vae"),
        (["--epochs", str(recipe("mnist", "vae").training.epochs)], "pretrained/mnist-vae"),  # what the recipe says anyway
        (["--device", "cpu", "--data-dir", "elsewhere"], "pretrained/mnist-vae"),
        (["--epochs", "5"], "runs/mnist-vae-20250102-030405"),
        (["--batch-size", "128"], "runs/mnist-vae-20250102-030405"),
        (["--lr", "0.1"], "runs/mnist-vae-20250102-030405"),
        (["--seed", "1"], "runs/mnist-vae-20250102-030405"),
        (["--latent-dim", "3"], "runs/mnist-vae-20250102-030405"),
        (["--dataset", "digits"], "pretrained/digits-vae"),
        (["--epochs", "5", "--out", "here"], "here/mnist-vae"),
        (["--out", "here"], "here/mnist-vae"),
    ],
)
def test_only_full_recipes_go_to_pretrained(home, changes, expected):
    options = train.parse(changes)
    config = train.configure("vae", options)
    assert (home / train.destination(config, options, datetime(2025, 1, 2, 3, 4, 5))) == home / expected


def test_options_reach_the_configuration():
    options = train.parse(["--dataset", "digits", "--epochs", "7", "--batch-size", "9", "--lr", "0.5", "--latent-dim", "4", "--seed", "3"])
    config = train.configure("aae", options)
    assert (config.model.kind, config.model.latent_dim, config.training.dataset) == ("aae", 4, "digits")
    assert (config.training.epochs, config.training.batch_size, config.training.lr, config.training.seed) == (7, 9, 0.5, 3)
    assert train.configure("vae", train.parse([])) == recipe("mnist", "vae")


@pytest.mark.parametrize("kind", ["ae", "vae", "aae"])
def test_what_is_measured_is_what_is_written(home, capsys, kind):
    assert train.main([*QUICK, "--epochs", "2", "--model", kind, kind, "--out", "out", "--latent-dim", "3"]) == 0
    (folder,) = bundle.find_bundles(home / "out")
    opened, test_set = bundle.load_bundle(folder), datasets.load("digits", "test")
    assert opened.config.model.latent_dim == 3 and [entry["epoch"] for entry in opened.history] == [1, 2]
    again = training.evaluate(opened.model(), test_set.images, torch.device("cpu"))
    assert opened.metrics["device"].startswith("cpu") and opened.metrics["seconds"] > 0
    assert {name: value for name, value in opened.metrics.items() if name not in ("seconds", "device")} == again.metrics
    np.testing.assert_array_equal(opened.codes.mean, again.mean)
    np.testing.assert_array_equal(opened.codes.label, test_set.labels)
    output = capsys.readouterr().out
    assert output.count("\ndigits-") == 1  # named twice, trained once
    row = next(line for line in output.splitlines() if line.startswith(kind.upper()))
    assert row.split()[1:3] == ["digits", "2"] and f"{opened.metrics['reconstruction']:.2f}" in row
    assert ("negative_elbo" in opened.metrics) == (kind == "vae") == (f"{opened.metrics.get('negative_elbo', -1):.2f}" in row)


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
    assert train.main([*QUICK, "--epochs", "2", "--batch-size", "500", "--model", "vae"]) == 0
    last = screen.getvalue().split("\r")[-1]
    assert "epoch 2/2" in last and "6/6" in last and "reconstruction" in last  # two epochs of three steps
    assert "epoch 2/2:" not in capsys.readouterr().out


def test_help():
    done = subprocess.run([sys.executable, "train.py", "--help"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0 and done.stderr == ""
    for text in ("--dataset", "--model", "--epochs", "--device", "--data-dir", "--out", "--dry-run", "Ctrl-C", "pretrained/"):
        assert text in done.stdout


# What is refused: exit code 2, and a sentence.


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--epochs", "0"], "epochs must be a whole number of at least 1, not 0"),
        (["--epochs", "-3"], "epochs must be a whole number of at least 1, not -3"),
        (["--batch-size", "0"], "batch_size must be a whole number of at least 1, not 0"),
        (["--latent-dim", "0"], "latent_dim must be a whole number of at least 1, not 0"),
        (["--lr", "-0.1"], "lr must be above 0, not -0.1"),
        (["--lr", "nan"], "lr must be above 0, not nan"),
        (["--seed", "-1"], "seed must be a whole number from 0"),
        (["--seed", "99999999999999999999"], "seed must be a whole number from 0"),
        (["--device", "warp-drive"], "device 'warp-drive' cannot be used here: "),
        (["--device", "cuda:99"], "device 'cuda:99' cannot be used here: "),
    ],
)
def test_values_that_are_refused(home, capsys, arguments, message):
    assert train.main([*QUICK, *arguments]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(message) and errors.count("\n") == 1
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--dataset", "cifar"], ["--model", "gan"], ["--epochs", "many"], ["--nonsense"]])
def test_words_that_are_not_understood(home, capsys, arguments):
    with pytest.raises(SystemExit) as end:
        train.main(arguments)
    assert end.value.code == 2
    assert "train.py: error:" in capsys.readouterr().err.replace(Path(sys.argv[0]).name, "train.py")


def test_a_folder_that_holds_something_else(home, capsys):
    (home / "out" / "digits-aae").mkdir(parents=True)
    (home / "out" / "digits-aae" / "notes.txt").write_text("precious")
    assert train.main([*QUICK, "--out", "out"]) == 2
    output = capsys.readouterr()
    assert "digits-aae: " in output.err and "holds something that is no bundle" in output.err and output.err.count("\n") == 1
    assert files(home / "out" / "digits-aae") == [home / "out" / "digits-aae" / "notes.txt"]
    assert bundle.load_bundle(home / "out" / "digits-vae") and "VAE" in output.out  # what was done is kept, and shown


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
    assert errors.startswith(f"digits-{kind}: ") and errors.strip().endswith("Nothing was written. A smaller --lr usually helps.")
    assert errors.count("\n") == 1 and files(home) == []


# Interruption.


def interrupt(*arguments, **options):
    raise KeyboardInterrupt


@pytest.mark.parametrize("owner, function", [(training, "evaluate"), (training, "round_to_half"), (os, "replace"), (os, "fsync")])
def test_an_interruption_keeps_what_was_there(home, capsys, monkeypatch, owner, function):
    assert train.main([*QUICK, "--out", "out", "--model", "vae"]) == 0
    before = bundle.load_bundle(home / "out" / "digits-vae").digest
    capsys.readouterr()
    monkeypatch.setattr(owner, function, interrupt)
    assert train.main([*QUICK, "--out", "out", "--model", "vae", "--seed", "1"]) == 130
    errors = capsys.readouterr().err
    assert "Interrupted while training digits-vae" in errors and "out/digits-vae is as it was. Bundles kept: none." in errors
    assert bundle.load_bundle(home / "out" / "digits-vae").digest == before
    assert not [file for file in files(home) if file.suffix == ".part"]


def test_an_interruption_before_training(home, capsys, monkeypatch):
    monkeypatch.setattr(datasets, "load", interrupt)
    assert train.main(QUICK) == 130
    assert capsys.readouterr().err.strip() == "Interrupted before anything was trained; nothing was written."
    assert list(home.iterdir()) == []


def signalled(out: Path, epochs: int, moment: int, number: signal.Signals) -> subprocess.CompletedProcess:
    """Trains in another process, which gets the signal after the first epoch of the model of that position."""
    command = [sys.executable, "train.py", "--dataset", "digits", "--epochs", str(epochs), "--device", "cpu", "--out", str(out)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )  # fmt: skip
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if sum(line.startswith("epoch 1/") for line in lines) == moment:
                process.send_signal(number)
                break
        rest, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    return subprocess.CompletedProcess(command, process.returncode, "".join(lines) + rest, errors)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_the_first_training_writes_nothing(tmp_path, number):
    done = signalled(tmp_path / "out", 100_000, 1, number)
    assert done.returncode == 130, done.stderr
    assert "Interrupted while training digits-vae: it was not written" in done.stderr and "Bundles kept: none." in done.stderr
    assert "Traceback" not in done.stderr and "\r" not in done.stdout + done.stderr
    assert files(tmp_path) == []


def test_ctrl_c_in_the_second_training_keeps_the_first(tmp_path):
    done = signalled(tmp_path / "out", 15, 2, signal.SIGINT)
    assert done.returncode == 130, done.stderr
    vae = tmp_path / "out" / "digits-vae"
    assert "Interrupted while training digits-aae: it was not written" in done.stderr and f"Bundles kept: {vae}." in done.stderr
    assert "Traceback" not in done.stderr
    assert bundle.find_bundles(tmp_path / "out") == [vae] and {file.parent for file in files(tmp_path)} == {vae}
    assert bundle.load_bundle(vae).config.training.epochs == 15
    assert any(line.startswith("VAE ") for line in done.stdout.splitlines())  # its numbers are shown


# What it needs.


def test_training_runs_where_the_app_is_not_installed():
    program = (
        "import sys\n"
        "for name in ('streamlit', 'plotly', 'umap'): sys.modules[name] = None  # an import of it fails\n"
        "import train; assert 'torch' not in sys.modules\n"
        "import explorer.training, explorer.bundle, explorer.datasets\n"
        "sys.exit(train.main(['--dataset', 'digits', '--device', 'cpu', '--dry-run']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(dry run: nothing written)") == 2
