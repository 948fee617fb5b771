"""Checkpoints on disk: what is saved comes back to the bit, whatever is wrong is said, and nothing is lost."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load as load_tensors
from safetensors.torch import save as save_tensors

from explorer.config import KINDS, Config, ModelConfig, TrainingConfig
from explorer.data import datasets
from explorer.training import checkpoint
from explorer.training import fit as training
from explorer.training.checkpoint import (
    CheckpointError,
    checkpoint_file,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from explorer.training.fit import Checkpoint

CPU = torch.device("cpu")
TARGET = Path("somewhere") / "digits-vae"


def config(kind: str = "vae", **changes) -> Config:
    model = ModelConfig(kind, image_side=8, hidden=(6,), discriminator_hidden=(5,))
    return Config(model, dataclasses.replace(TrainingConfig("digits", epochs=3, batch_size=16), **changes))


def some_checkpoint(seed: int = 0) -> Checkpoint:
    generator = torch.Generator().manual_seed(seed)
    tensors = {
        "model.weight": torch.randn(30, 40, generator=generator),
        "optimiser0.0.step": torch.tensor(12.0),
        "shuffling": generator.get_state(),  # uint8
        "empty": torch.zeros(0, 3),
    }
    return Checkpoint(config(), 2, [{"epoch": 1, "total": 1 / 3}, {"epoch": 2, "total": 2.5e-7}], tensors)


@pytest.fixture
def file(tmp_path) -> Path:
    """A checkpoint's, in a folder of its own."""
    file = checkpoint_file(tmp_path / "checkpoints", config())
    save_checkpoint(file, some_checkpoint(), TARGET)
    return file


def assert_equal(one: Checkpoint, other: Checkpoint) -> None:
    assert (one.config, one.epoch, one.history) == (other.config, other.epoch, other.history)
    assert set(one.tensors) == set(other.tensors)
    for name, tensor in one.tensors.items():
        assert tensor.dtype == other.tensors[name].dtype and torch.equal(tensor, other.tensors[name]), name


# A round trip.


def test_what_is_saved_comes_back(file):
    saved = load_checkpoint(file)
    assert_equal(saved.checkpoint, some_checkpoint())
    assert saved.target == TARGET
    assert list(file.parent.iterdir()) == [file]
    arrays = load_tensors(file.read_bytes())  # plain safetensors
    np.testing.assert_array_equal(arrays["model.weight"], some_checkpoint().tensors["model.weight"].numpy())


def test_where_there_is_none(tmp_path):
    assert load_checkpoint(tmp_path / "missing") is None
    assert load_checkpoint(tmp_path / "missing" / "below") is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_goes_on_from_the_disk_to_the_same_weights(tmp_path, kind):
    images = datasets.load("digits", "train").images[:50]
    file = checkpoint_file(tmp_path, config(kind))
    for report in training.fit(config(kind), images, CPU):
        if report.checkpoint is not None and report.epoch == 2:
            save_checkpoint(file, report.checkpoint(), TARGET)
    saved = load_checkpoint(file).checkpoint
    assert saved.config == config(kind) and saved.epoch == 2 and saved.history == report.history[:2]
    *_, resumed = training.fit(saved.config, images, CPU, resume=saved)
    assert resumed.history == report.history
    for name, weight in report.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], weight), name


def test_tensors_that_lie_across_or_have_a_gradient_are_saved(tmp_path):
    across, parameter = torch.arange(12.0).view(3, 4).T, torch.ones(2, requires_grad=True)
    one = dataclasses.replace(some_checkpoint(), tensors={"across": across, "parameter": parameter})
    save_checkpoint(tmp_path / "file", one, TARGET)
    assert_equal(load_checkpoint(tmp_path / "file").checkpoint, one)


# Where it lies.


def test_another_configuration_lies_elsewhere(tmp_path):
    base = config("aae")
    others = [
        dataclasses.replace(base, training=dataclasses.replace(base.training, **change))
        for change in (
            {"epochs": 4}, {"batch_size": 17}, {"lr": 1e-3}, {"seed": 1}, {"beta": 0.5}, {"adversarial_weight": 1.0},
            {"discriminator_lr": 0.1}, {"r1": 0.2}, {"smoothing": 0.3}, {"average": 0.5}, {"dataset": "mnist"},
        )
    ] + [
        dataclasses.replace(base, model=dataclasses.replace(base.model, **change))
        for change in ({"kind": "vae"}, {"latent_dim": 3}, {"hidden": (7,)}, {"prior": "mixture"},
            {"discriminator_hidden": (4,)}, {"image_side": 9})
    ]  # fmt: skip
    found = {checkpoint_file(tmp_path, one) for one in [base, *others]}
    assert len(found) == 1 + len(others) and all(file.parent == tmp_path for file in found)


def test_the_same_configuration_lies_in_the_same_place_in_every_process(tmp_path):
    back = Config.from_dict(json.loads(json.dumps(config().to_dict())))
    assert checkpoint_file(tmp_path, back) == checkpoint_file(tmp_path, config())
    name = checkpoint_file(tmp_path, config()).name
    assert name.startswith("digits-vae.") and name.endswith(".safetensors")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="this system does not say which files are mapped")
def test_a_checkpoint_that_was_loaded_is_not_mapped(tmp_path):
    # Windows refuses to replace a file that is mapped, and a resumed training replaces its checkpoint
    file = checkpoint_file(tmp_path, config())
    save_checkpoint(file, some_checkpoint(), TARGET, {"mean": torch.ones(3)})
    loaded = load_checkpoint(file)
    assert file.name not in Path("/proc/self/maps").read_text(encoding="utf-8")
    assert loaded.recorded["mean"].sum() == 3 and loaded.checkpoint.tensors["model.weight"].isfinite().all()


# What is wrong is said, with the file's name and the remedy.


def rewrite(file: Path, metadata: dict | None, tensors=None) -> None:
    file.write_bytes(save_tensors(some_checkpoint().tensors if tensors is None else tensors, metadata=metadata))


def about(file: Path, **changes) -> dict:
    """The metadata, changed."""
    with checkpoint.safe_open(file, framework="pt") as opened:
        return {"about": json.dumps(json.loads(opened.metadata()["about"]) | changes)}


def turn_into_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def drop_a_tensor(file: Path) -> None:
    tensors = some_checkpoint().tensors
    del tensors["model.weight"]
    rewrite(file, about(file), tensors)


WRONG = {
    **{
        f"truncated at {share:.0%}": lambda file, share=share: file.write_bytes(
            file.read_bytes()[: int(share * file.stat().st_size)]
        )
        for share in (0, 0.01, 0.5, 0.99)
    },
    "a byte too many": lambda file: file.write_bytes(file.read_bytes() + b"0"),
    "garbage": lambda file: file.write_bytes(b"garbage" * 1000),
    "a folder in its place": turn_into_a_folder,
    "another program's": lambda file: rewrite(file, None),
    "another program's, with metadata": lambda file: rewrite(file, {"format": "pt"}),
    "no JSON": lambda file: rewrite(file, {"about": "{"}),
    "a list": lambda file: rewrite(file, {"about": "[1]"}),
    "no configuration": lambda file: rewrite(file, about(file, config=None)),
    "another epoch": lambda file: rewrite(file, about(file, epoch=1)),
    "another history": lambda file: rewrite(file, about(file, history=[])),
    "another target": lambda file: rewrite(file, about(file, target="elsewhere")),
    "another training's tensors": lambda file: rewrite(file, about(file), some_checkpoint(seed=1).tensors),
    "a tensor missing": drop_a_tensor,
}


@pytest.mark.parametrize("damage", WRONG.values(), ids=WRONG)
def test_a_damaged_checkpoint_says_which_file_and_what_to_do(file, damage):
    assert load_checkpoint(file) is not None
    damage(file)
    with pytest.raises(CheckpointError) as error:
        load_checkpoint(file)
    message = str(error.value)
    assert message.startswith(f"{file} cannot be read (") and message.endswith(
        ". Remove it, and train anew without --resume."
    )
    assert "\n" not in message


def test_a_flipped_bit_is_found_or_changes_nothing(file):
    content, found = file.read_bytes(), 0
    positions = np.linspace(0, len(content) - 1, 400).astype(int)
    for position in positions:
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        file.write_bytes(flipped)
        try:
            saved = load_checkpoint(file)
        except CheckpointError:
            found += 1
        else:  # 1e-07 turned into 1E-07
            assert_equal(saved.checkpoint, some_checkpoint())
            assert saved.target == TARGET
    assert found > 0.99 * len(positions)


# Writing.


def test_a_checkpoint_is_replaced_at_once(file, monkeypatch):
    newer = dataclasses.replace(some_checkpoint(seed=1), epoch=3)

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(
            CheckpointError,
            match=r"cannot be written: No space left on device. Make room, or train with --checkpoint-every inf",
        ) as error:
            save_checkpoint(file, newer, TARGET)
    assert str(error.value).startswith(str(file))
    assert_equal(load_checkpoint(file).checkpoint, some_checkpoint())
    assert list(file.parent.iterdir()) == [file]
    save_checkpoint(file, newer, TARGET)
    assert_equal(load_checkpoint(file).checkpoint, newer)


def test_a_file_in_the_folders_place(tmp_path):
    (tmp_path / "checkpoints").write_text("precious", encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"checkpoints/digits-vae.* cannot be written: "):
        save_checkpoint(checkpoint_file(tmp_path / "checkpoints", config()), some_checkpoint(), TARGET)
    assert (tmp_path / "checkpoints").read_text(encoding="utf-8") == "precious"


def test_removing_takes_what_a_crash_left_and_nothing_else(file):
    other = checkpoint_file(file.parent, config("aae"))
    save_checkpoint(other, some_checkpoint(), TARGET)
    (file.parent / f"{file.name}k3x_9.part").write_bytes(b"half")
    (file.parent / f"{other.name}q.part").write_bytes(b"half")
    remove_checkpoint(file)
    assert {path.name for path in file.parent.iterdir()} == {other.name, f"{other.name}q.part"}
    remove_checkpoint(file)  # there is none any more
    remove_checkpoint(file.parent / "missing" / "file")
    assert load_checkpoint(other) is not None
