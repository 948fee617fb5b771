"""A folder of pictures as a dataset: what is read and skipped, and that a model recognises its pictures again."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import train
from explorer import config
from explorer.config import ModelConfig, Pictures, TrainingConfig
from explorer.data import folder, picture
from explorer.data.datasets import DatasetError
from explorer.models import build
from explorer.serving import bundles, cached, catalogue, places, umaps_route
from explorer.serving import pictures as serving_pictures
from explorer.store import bundle
from explorer.training import evaluation, job, recording
from explorer.training import fit as training

from .pictures import CLASSES, disc, generate

CPU = torch.device("cpu")


@pytest.fixture
def discs(tmp_path) -> Path:
    """Sixty pictures of 20 x 20 in four classes."""
    generate(tmp_path / "My discs!", 60, 20)
    return tmp_path / "My discs!"


def save(path: Path, pixels: np.ndarray | Image.Image, **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(path, **options)
    return path


# ---- reading


def test_a_folder_is_read_class_by_class(discs):
    seen = []
    found = folder.read(discs, progress=lambda done, count: seen.append((done, count)))
    assert seen == [(i, 60) for i in range(1, 61)] and found.skipped == []
    assert (found.side, found.channels, found.pictures.class_names) == (
        24,
        3,
        tuple(CLASSES),
    )  # the least usual side that 20 does not exceed
    assert len(found.train.images) == 50 and len(found.test.images) == 10
    assert (
        found.train.images.shape[1] == 3 * 24 * 24 and found.train.images.dtype == found.train.labels.dtype == np.uint8
    )
    assert np.bincount(np.concatenate([found.train.labels, found.test.labels])).tolist() == [15, 15, 15, 15]
    middle = found.train.images.reshape(50, 3, 24, 24)[:, :, 12, 12].astype(int)  # of a disc: red, green, blue
    for label, brightest in enumerate((2, 1, 0)):
        assert (middle[found.train.labels == label].argmax(1) == brightest).all()


def test_the_split_follows_from_the_names_alone(discs):
    first = folder.read(discs, 16)
    again = folder.read(shutil.copytree(discs, discs.parent / "copy"), 16)
    for split in ("train", "test"):
        for one, other in zip(getattr(first, split), getattr(again, split)):
            np.testing.assert_array_equal(one, other)
    assert first.pictures.digest == again.pictures.digest and first.pictures.checks == again.pictures.checks
    save(discs / "red" / "00002.png", disc(20, 0.9, 0.3, 1))
    assert folder.read(discs, 16).pictures.digest != first.pictures.digest


def test_pictures_in_no_sub_folder_are_one_class(tmp_path):
    generate(tmp_path / "a", 48, 16)
    flat = tmp_path / "flat"
    flat.mkdir()
    for file in (tmp_path / "a").glob("*/*.png"):
        file.rename(flat / file.name)
    assert folder.read(flat).pictures.class_names == ("flat",)
    save(flat / "deep" / "er" / "x.png", disc(16, 0, 0.3, 1))
    save(flat / ".hidden" / "x.png", disc(16, 0, 0.3, 1))
    assert folder.read(flat).pictures.class_names == ("deep", "flat")


@pytest.mark.parametrize("tint, channels", [(0, 1), (2, 1), (3, 3)])
def test_pictures_are_grey_where_every_one_is(tmp_path, tint, channels):
    greys = np.random.default_rng(0).integers(0, 250, (48, 16, 16), dtype=np.uint8)
    for i, grey in enumerate(greys):
        save(tmp_path / f"{i:02}.png", grey)
    save(tmp_path / "47.png", np.stack([greys[47] + np.uint8(tint), greys[47], greys[47]], -1))
    found = folder.read(tmp_path)
    assert found.channels == channels and found.train.images.shape[1] == channels * 256
    if channels == 1:
        kept = {image.tobytes() for image in np.concatenate([found.train.images, found.test.images])}
        assert {grey.tobytes() for grey in greys[:47]} < kept


def test_what_cannot_be_read_is_named_and_skipped(discs, monkeypatch):
    monkeypatch.setattr(picture, "MOST_PIXELS", 10_000)
    whole = (discs / "red" / "00002.png").read_bytes()
    (discs / "red" / "text.png").write_text("no picture", encoding="utf-8")
    (discs / "red" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (discs / "red" / "empty.jpg").write_bytes(b"")
    (discs / "red" / "notes.txt").write_text("not even looked at", encoding="utf-8")
    save(discs / "red" / "huge.png", np.zeros((101, 100), np.uint8))
    found = folder.read(discs)
    assert [entry.partition(" (")[0] for entry in found.skipped] == [
        "red/cut.png",
        "red/empty.jpg",
        "red/huge.png",
        "red/text.png",
    ]
    assert "100 x 101 pixels are too many" in found.skipped[2] and "no picture of a known kind" in found.skipped[3]
    assert not any(str(discs) in entry for entry in found.skipped)
    assert len(found.train.images) + len(found.test.images) == 60
    many, others = folder.problems(found._replace(skipped=found.skipped * 3))
    assert many.startswith("12 could not be read, and were skipped: red/cut.png (") and many.endswith(", and 7 more.")
    assert others == "1 file is no picture: .txt 1."


def test_there_is_nothing_to_say_of_good_pictures(discs):
    assert folder.problems(folder.read(discs)) == []


def test_a_picture_larger_than_pillow_dares_to_open_is_skipped(discs):
    bomb = bytearray((discs / "red" / "00002.png").read_bytes())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # width and height, in the header; 3.6 billion pixels
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    (discs / "red" / "bomb.png").write_bytes(bomb)
    [entry] = folder.read(discs).skipped
    assert entry.startswith("red/bomb.png (Image size (3600000000 pixels)")


def test_bad_folders_get_one_sentence(discs, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DatasetError, match=r"There is no picture in .*empty: name a folder .* with --data-dir\.$"):
        folder.read(empty)
    with pytest.raises(DatasetError, match=r"The folder .*nowhere cannot be opened \(No such file or directory\)"):
        folder.read(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(DatasetError, match=r"folder .*circle cannot be opened \(Too many levels of symbolic links\)"):
        folder.read(tmp_path / "circle")
    with pytest.raises(DatasetError, match="The side must be a multiple of 4 from 16 to 64 pixels, not 30"):
        folder.read(discs, 30)
    for file in sorted(discs.glob("*/*.png"))[39:]:
        file.write_bytes(b"x")
    with pytest.raises(
        DatasetError,
        match=r"In .* 39 pictures can be read; 40 are needed at least\. 21 could not be read, and were skipped: .*, "
        r"and 16 more\.$",
    ):
        folder.read(discs)


@pytest.mark.parametrize("size, side", [((10, 900), 16), ((32, 40), 32), ((33, 33), 48), ((500, 400), 64)])
def test_the_usual_side_of_pictures(tmp_path, size, side):
    for i in range(3):
        save(tmp_path / f"{i}.png", Image.new("L", size))
    (tmp_path / "a.png").write_bytes(b"x")
    assert folder._usual_side(tmp_path, ["0.png", "1.png", "2.png", "a.png"]) == side


@pytest.mark.parametrize("splits", [("train", "val"), ("Train", "test", "validation"), ("train",)])
def test_the_folders_in_train_and_val_are_the_classes(tmp_path, splits):
    for i, split in enumerate(splits):
        generate(tmp_path / split, 96, 16, seed=i)
    found = folder.read(tmp_path)
    assert found.pictures.class_names == tuple(CLASSES)
    counts = np.bincount(np.concatenate([found.train.labels, found.test.labels]))
    assert counts.tolist() == [24 * len(splits)] * 4
    [sentence] = folder.problems(found)
    places = ", ".join(f"{split}/" for split in sorted(splits))
    assert sentence.startswith(f"The classes are the folders in {places}: all pictures are pooled")
    save(tmp_path / splits[0] / "of no class.png", disc(16, 0, 0.3, 1))
    assert folder.read(tmp_path).pictures.class_names == (*sorted([*CLASSES, splits[0]]),)


def test_a_folder_around_the_classes_gets_a_hint(discs, tmp_path):
    (tmp_path / "around").mkdir()
    discs.rename(tmp_path / "around" / "discs")
    found = folder.read(tmp_path / "around")
    assert found.pictures.class_names == ("discs",)
    [sentence] = folder.problems(found)
    assert sentence.startswith("All pictures are in discs/, which is the only class: name discs/ itself if")


@pytest.mark.parametrize("names", [("train", "val", "other"), ("trainings", "val")])
def test_train_is_a_class_beside_others(tmp_path, names):
    for i, name in enumerate(names):
        generate(tmp_path / name, 48, 16, seed=i)
    assert folder.read(tmp_path).pictures.class_names == tuple(sorted(names))


def test_flat_folders_train_and_val_are_classes(discs):
    (discs / "red").rename(discs / "train")
    (discs / "green").rename(discs / "val")
    assert folder.read(discs).pictures.class_names == ("blue", "train", "val", "yellow")


def test_linked_folders_are_read_once(discs, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(discs / "red", elsewhere / "red")
    (discs / "a link").symlink_to(elsewhere / "red")
    (discs / "again").symlink_to(discs / "a link")
    (discs / "blue" / "up").symlink_to("..")
    (elsewhere / "red" / "blue").symlink_to(discs / "blue")
    (discs / "gone").symlink_to(tmp_path / "gone")
    found = folder.read(discs)
    assert found.pictures.class_names == ("a link", "blue", "green", "yellow")
    assert len(found.train.images) + len(found.test.images) == 60
    assert found.skipped == [
        "a link/blue/ (the same folder as blue/, which is read already)",
        "again/ (the same folder as a link/, which is read already)",
        "blue/up/ (the same folder as My discs!/, which is read already)",
        "gone (No such file or directory)",
    ]
    cached.listed.clear()
    for row in range(len(found.test.images)):
        recipe = config.folder_recipe(found.pictures, "vae", found.side, found.channels, 50)
        image = folder.test_image(recipe, folder.test_files(found.pictures), row)
        np.testing.assert_array_equal(image, found.test.images[row])


@pytest.fixture
def opened(monkeypatch) -> list[Path]:
    """The files that were opened to see whether they are pictures."""
    opened: list[Path] = []
    monkeypatch.setattr(folder, "is_picture", lambda file, real=folder.is_picture: opened.append(file) or real(file))
    return opened


def test_a_folder_with_more_pictures_than_were_trained_on_is_left_at_once(discs, opened):
    pictures = folder.read(discs).pictures
    for i in range(100):
        save(discs / "a" / f"{i}.png", disc(20, 0.8, 0.3, 1))
        (discs / "a" / f"program {i}").write_bytes(b"\x7fELF")
    opened.clear()
    with pytest.raises(DatasetError, match="are gone or have changed since"):
        folder.test_files(pictures)
    assert opened == []


@pytest.mark.parametrize(
    "limit, what", [("MOST_OPENED", "files without an ending"), ("MOST_OTHERS", "files and folders")]
)
def test_a_folder_that_is_none_of_pictures_is_left_soon(discs, monkeypatch, opened, limit, what):
    pictures = folder.read(discs).pictures
    monkeypatch.setattr(folder, limit, 20)
    for i in range(100):
        (discs / "blue" / f"program {i}").write_bytes(b"\x7fELF")
        (discs / "blue" / f"{i}.json").write_bytes(b"{}")
    with pytest.raises(DatasetError, match=f"has more than 20 {what} that are no pictures: name a folder of pictures"):
        folder.read(discs)
    assert len(opened) <= 21
    with pytest.raises(DatasetError, match="are gone or have changed since"):
        folder.test_files(pictures)
    assert len(opened) <= 42


def test_pictures_without_an_ending_are_found_however_many_there_are(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "MOST_OPENED", 3)
    for i in range(60):
        save(tmp_path / "in" / f"{i}", disc(20, 0.8, 0.3, 1), format="png")
    found = folder.read(tmp_path / "in")
    assert len(found.train.images) + len(found.test.images) == 60 and len(folder.test_files(found.pictures)) == 10


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="Linux has it")
def test_the_folders_of_a_process_are_no_pictures(discs, monkeypatch):
    """They link to all of the disk, and reading some of their files never ends."""
    monkeypatch.setattr(folder, "MOST_OTHERS", 2_000)
    monkeypatch.setattr(folder, "MOST_OPENED", 20)
    with pytest.raises(DatasetError, match=r"no pictures|no picture in"):
        folder.read("/proc/self")
    with pytest.raises(DatasetError, match="are gone or have changed since"):
        folder.test_files(dataclasses.replace(folder.read(discs).pictures, folder="/proc/self"))


def test_a_class_without_a_picture_that_can_be_read_is_none(discs):
    for file in (discs / "green").iterdir():
        file.write_bytes(b"x")
    found = folder.read(discs)
    assert found.pictures.class_names == ("blue", "red", "yellow")
    assert np.bincount(np.concatenate([found.train.labels, found.test.labels])).tolist() == [15, 15, 15]


def test_a_folder_that_may_not_be_opened_is_named(discs, monkeypatch):
    def scandir(path, scandir=os.scandir):
        if str(path).endswith("red"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert folder.read(discs).skipped == ["red/ (Permission denied)"]


@pytest.mark.parametrize("tones, said", [
    ((0,), "All 60 pictures are black: there is nothing to learn from them."),
    ((255,), "All 60 pictures are white: there is nothing to learn from them."),
    ((77,), "All 60 pictures are the same: there is nothing to learn from them."),
    ((0, 255), "Only 2 of the 60 pictures differ from each other."),
])  # fmt: skip
def test_pictures_without_anything_to_learn_are_a_warning(tmp_path, tones, said):
    for i in range(60):
        save(tmp_path / f"{i}.png", np.full((16, 16), tones[i % len(tones)], np.uint8))
    assert folder.problems(folder.read(tmp_path)) == [said]


def test_a_class_a_picture_is_a_warning(tmp_path):
    rng = np.random.default_rng(0)
    for i in range(60):
        save(tmp_path / str(i) / "x.png", rng.integers(0, 256, (16, 16), np.uint8))
    [sentence] = folder.problems(folder.read(tmp_path))
    assert sentence.startswith("60 of the 60 classes have no pictures in one of the two splits: label accuracy says")


# ---- one picture


def test_the_middle_square_is_taken(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, :20], wide[:, 20:40], wide[:, 40:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    np.testing.assert_array_equal(
        picture.open_square(save(tmp_path / "x.png", wide), 20), np.moveaxis(wide[:, 20:40], -1, 0)
    )


def test_a_picture_is_turned_as_its_exif_entry_says(tmp_path):
    upright = np.zeros((32, 32, 3), np.uint8)
    upright[:16] = (250, 10, 10)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    file = save(tmp_path / "x.jpg", np.ascontiguousarray(np.rot90(upright)), exif=exif, quality=95)
    assert np.abs(picture.open_square(file, 32).astype(int) - np.moveaxis(upright, -1, 0))[:, :12].max() < 30


def test_what_is_transparent_becomes_white(tmp_path):
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[:, :8] = (200, 0, 0, 255)
    pixels[:, 8:] = (0, 0, 0, 0)
    image = picture.open_square(save(tmp_path / "x.png", pixels), 16)
    assert image[:, 0, 0].tolist() == [200, 0, 0] and image[:, 0, 15].tolist() == [255, 255, 255]
    palette = Image.fromarray(pixels[..., :3]).convert("P", palette=Image.Palette.ADAPTIVE)
    see_through = palette.getpixel((15, 0))
    assert picture.open_square(save(tmp_path / "p.gif", palette, transparency=see_through), 16)[:, 0, 15].tolist() == [
        255,
        255,
        255,
    ]


def test_sixteen_bits_become_eight(tmp_path):
    grey = np.full((16, 16), 0x8080, np.uint16)
    assert (picture.open_square(save(tmp_path / "x.png", grey), 16) == 0x80).all()


# ---- the networks


@pytest.mark.parametrize("kind", config.KINDS)
@pytest.mark.parametrize("side, channels", [(16, 1), (28, 3), (44, 1), (64, 3)])
def test_every_side_has_a_pair_as_the_bundle_expects_it(kind, side, channels):
    pictures = Pictures("/x", ("a",), "0" * 16, "")
    recipe = config.folder_recipe(pictures, kind, side, channels, 1000)
    model = build(recipe.model, seed=0)
    assert {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()} == bundle.expected_weights(recipe)
    x = torch.rand(5, channels * side * side)
    mean = model.encode(x).mean
    assert mean.shape == (5, 2) and model.decode(mean).shape == x.shape
    many = model.decode(mean.expand(3, 5, 2))
    assert many.shape == (3, *x.shape) and torch.allclose(many[2], model.decode(mean), atol=1e-5)
    images = torch.arange(5 * x.shape[1]).remainder(256).byte().view(5, -1)
    assert torch.allclose(evaluation._encode(model, images).mean[:1], model.encode(images[:1] / 255).mean, atol=1e-5)


def serving_pictures_lie_channel_by_channel():
    model = build(ModelConfig("ae", image_side=16, channels=3, network="conv", hidden=(4, 8)), seed=0)
    x = torch.rand(1, 3 * 16 * 16)
    first = torch.nn.functional.conv2d(
        x.view(1, 3, 16, 16), model.encoder.body[0][1].weight, model.encoder.body[0][1].bias, stride=2, padding=1
    )
    assert torch.allclose(first, model.encoder.body[0][:2](x))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"image_side": 30}, "image_side must be a multiple of 4 from 16 to 64 for convolutions, not 30"),
        ({"hidden": (4, 8, 8, 8, 8, 8, 8)}, "hidden must be channels of convolutions that each halve the side 32"),
        ({"hidden": (4,)}, "hidden must be channels"),
        ({"channels": 2}, "channels must be 1 or 3, not 2"),
        ({"network": "cnn"}, "network 'cnn' is unknown; there are mlp, conv"),
    ],
)
def test_a_model_that_cannot_be_built_is_refused(changes, message):
    good = {"image_side": 32, "channels": 3, "network": "conv", "hidden": (4, 8)}
    with pytest.raises(ValueError, match=message):
        config.Config(ModelConfig("vae", **good | changes), TrainingConfig("folder", 1), Pictures("/x", ("a",), "", ""))


def test_only_a_folder_comes_with_pictures():
    with pytest.raises(ValueError, match="comes with what its pictures are"):
        config.Config(ModelConfig("vae"), TrainingConfig("mnist", 1), Pictures("/x", ("a",), "", ""))
    with pytest.raises(ValueError, match="comes with what its pictures are"):
        config.Config(ModelConfig("vae"), TrainingConfig("folder", 1))
    with pytest.raises(ValueError, match="from 1 to 256 classes, not 257"):
        config.Config(
            ModelConfig("vae"), TrainingConfig("folder", 1), Pictures("/x", tuple(map(str, range(257))), "", "")
        )


@pytest.mark.parametrize(
    "path, name",
    [
        ("/a/My Flowers (2)", "my-flowers-2"),
        ("/a/b/", "b"),
        ("C:\\pictures\\Dogs", "dogs"),
        ("/a/日本", "pictures"),
        ("/", "pictures"),
    ],
)
def test_a_folder_gives_the_bundle_its_name(path, name):
    pictures = Pictures(path, ("a",), "0123456789", "")
    recipe = config.folder_recipe(pictures, "vae", 32, 3, 1000)
    assert re.fullmatch(f"folder-{name}-[0-9a-f]{{6}}-vae", recipe.name) and recipe.dataset == f"{name}-012345"
    assert config.Config.from_dict(recipe.to_dict()) == recipe


@pytest.mark.parametrize(
    "path, label",
    [("/a/кошки 🐱", "кошки 🐱"), ("C:\\pictures\\Dogs", "Dogs"), ("/a/b/", "b"), ("/", "pictures")],
)
def test_a_folder_keeps_its_own_name_for_people(path, label):
    assert Pictures(path, ("a",), "0123456789", "").label == label


@pytest.mark.parametrize("folders", [("кошки 🐱", "собаки"), ("a/train", "b/train")])
@pytest.mark.parametrize("seeds", [(0, 0), (0, 1)], ids=["equal pictures", "other pictures"])
def test_two_folders_never_share_a_bundle(home, folders, seeds):
    for name, seed in zip(folders, seeds):
        generate(home / name, 48, 16, seed)
        assert run("--model", "ae", "--data-dir", str(home / name), "--out", "made") == 0
    opened = [bundle.load_bundle(path) for path in bundle.find_bundles(home / "made")]
    assert sorted(one.config.pictures.folder for one in opened) == sorted(str(home / name) for name in folders)


def test_a_manifold_in_colour_lies_tile_by_tile():
    model = build(ModelConfig("ae", image_side=16, channels=3, network="conv", hidden=(4, 8)), seed=0)
    grid = recording.manifold_grid("normal", 5)
    sheet = recording.decode_manifold(model, grid)
    assert sheet.shape == (80, 80, 3)
    with torch.no_grad():
        one = (torch.sigmoid(model.decode(grid[7:8])) * 255).round().byte().view(3, 16, 16)
    np.testing.assert_array_equal(sheet[16:32, 32:48], one.permute(1, 2, 0))


# ---- from the command line to the bundle


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(job, "ROOT", tmp_path)
    monkeypatch.setattr(job, "IMPORTANCE_SAMPLES", 20)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    return train.main(
        [
            "--dataset",
            "folder",
            "--data-dir",
            "My discs!",
            "--epochs",
            "1",
            "--batch-size",
            "25",
            "--hidden",
            "4",
            "8",
            "--device",
            "cpu",
            *arguments,
        ]
    )


def test_a_folder_is_trained_and_remembered(discs, home, capsys, monkeypatch):
    (discs / "red" / "text.png").write_text("no picture", encoding="utf-8")
    assert run("--side", "20", "--prior", "mixture") == 0
    output = capsys.readouterr()
    assert (
        "60 pictures in 4 classes, colour, 20 x 20" in output.out
        and "1 could not be read, and was skipped: red/text.png (" in output.err
    )
    opened = {one.config.model.kind: one for one in map(bundle.load_bundle, bundle.find_bundles(home / "runs"))}
    assert list(opened) == ["aae", "vae"]
    found = folder.read(discs, 20)
    for one in opened.values():
        assert one.config.pictures == found.pictures and one.config.pictures.class_names == tuple(CLASSES)
        np.testing.assert_array_equal(one.codes.label, found.test.labels)
        assert one.recording["manifold"].dtype == np.uint8
        codes = evaluation._encode(one.model(), torch.from_numpy(found.test.images)).mean
        np.testing.assert_allclose(codes, one.codes.mean, atol=1e-4)  # the test images are those of the codes

    monkeypatch.setattr(places, "FOLDERS", {"": home / "pretrained", "runs/": home / "runs"})
    cached.listed.clear()
    entry = catalogue.in_full(catalogue.current().entries)[0]
    assert (entry["dataset"], entry["image_side"], entry["channels"], entry["classes"]) == (
        opened["aae"].config.dataset,
        20,
        3,
        list(CLASSES),
    )
    assert (
        entry["choice"].startswith("AAE mixture · My discs! · runs/folder-my-discs-")
        and entry["confusable"] == (0, 1)
        and entry["originals"] is True
    )
    for row in (0, len(found.test.images) - 1):
        assert catalogue.images_of_dataset(entry["dataset"]).one(row).tobytes() == found.test.images[row].tobytes()
    with pytest.raises(LookupError, match=f"has test images 0 to {len(found.test.images) - 1}"):
        catalogue.images_of_dataset(entry["dataset"]).one(len(found.test.images)).tobytes()
    assert bundles.reconstruction_errors(entry["digest"]) is not None
    assert umaps_route.source(entry["digest"], "pixels") == entry["dataset"]
    np.testing.assert_array_equal(umaps_route.points(entry["digest"], "pixels"), found.test.pixels())

    # the folder changes: first one picture, then the number of files, then all is gone
    changed = discs / folder.test_files(found.pictures)[3]
    save(changed, disc(20, 0.8, 0.3, 1))
    assert catalogue.images_of_dataset(entry["dataset"]).one(2).tobytes()
    with pytest.raises(
        DatasetError,
        match=r"^The pictures in the folder My discs! are gone or have changed since the model was trained\.$",
    ):
        catalogue.images_of_dataset(entry["dataset"]).one(3).tobytes()
    assert [row for row, _ in serving_pictures.read_rows(catalogue.images_of_dataset(entry["dataset"]), [2, 3, 4])] == [
        2,
        4,
    ]  # one picture keeps no other back
    with pytest.raises(DatasetError, match="are gone or have changed"):
        bundles.reconstruction_errors(entry["digest"])
    with pytest.raises(LookupError, match="are gone or have changed"):
        umaps_route.points(entry["digest"], "pixels")
    for change in (lambda: [(discs / f"{i}.png").write_bytes(b"x") for i in range(6)], lambda: shutil.rmtree(discs)):
        change()
        cached.listed.clear()
        assert catalogue.in_full(catalogue.current().entries)[0]["originals"] is False
        with pytest.raises(DatasetError):
            catalogue.images_of_dataset(entry["dataset"]).one(2).tobytes()
        with pytest.raises(LookupError, match="the folder's pictures are gone or have changed"):
            umaps_route.source(entry["digest"], "pixels")


def test_names_that_are_no_utf8_are_trained_and_shown(home, monkeypatch):
    """As an old tar or a Latin-1 disk leaves them: in the folder's path, a class and a file."""
    generate(home / "made", 60, 20)
    discs = os.fsencode(home) + b"/caf\xe9 \xd1\x8f"
    os.rename(home / "made", discs)
    os.rename(discs + b"/red", discs + b"/r\xf6d")
    os.rename(discs + b"/r\xf6d/00002.png", discs + b"/r\xf6d/\xff.png")
    os.rename(discs + b"/blue", discs + b"/r\xf6d<b>")
    assert run("--model", "vae", "--data-dir", os.fsdecode(discs), "--out", "runs") == 0
    monkeypatch.setattr(places, "FOLDERS", {"": home / "pretrained", "runs/": home / "runs"})
    cached.listed.clear()
    [entry] = catalogue.current().entries
    assert entry["classes"] == ["green", "r\\xf6d", "r\\xf6d<b>", "yellow"]
    assert entry["choice"].startswith("VAE · caf\\xe9 я · runs/folder-caf-")
    json.dumps(entry, ensure_ascii=False).encode()
    found = folder.read(os.fsdecode(discs), entry["image_side"])
    for row in range(len(found.test.images)):
        assert catalogue.images_of_dataset(entry["dataset"]).one(row).tobytes() == found.test.images[row].tobytes()
    shutil.rmtree(discs)
    cached.listed.clear()
    assert (
        catalogue.why_no_image(entry["dataset"], 0)
        == "The pictures in the folder caf\\xe9 я are gone or have changed since the model was trained."
    )
    assert train.main(["--evaluate", "--out", "runs", "--device", "cpu"]) == train.FAILED


def test_a_folder_that_changed_is_listed_once_a_minute(discs, home, monkeypatch):
    assert run("--model", "vae", "--out", "runs") == 0
    for i in range(6):
        save(discs / "red" / f"more {i}.png", disc(20, 0.8, 0.3, 1))
    monkeypatch.setattr(places, "FOLDERS", {"": home / "pretrained", "runs/": home / "runs"})
    cached.listed.clear()
    listed = []
    monkeypatch.setattr(
        folder, "list_files", lambda *asked, real=folder.list_files: listed.append(asked) or real(*asked)
    )
    for _ in range(5):
        [entry] = catalogue.current().entries
        assert "are gone or have changed" in catalogue.why_no_image(entry["dataset"], 0)
    assert len(listed) == 1


def test_a_folder_is_measured_again_while_its_pictures_are_the_same(discs, home, capsys):
    assert run("--model", "vae", "--out", "made") == 0
    [path] = bundle.find_bundles(home / "made")
    before = bundle.load_bundle(path).metrics
    assert train.main(["--evaluate", "--out", "made", "--device", "cpu"]) == 0
    after = bundle.load_bundle(path).metrics
    assert (
        after["negative_elbo"] == pytest.approx(before["negative_elbo"], rel=1e-6) and after["importance_samples"] == 2
    )
    save(discs / "red" / "00002.png", disc(20, 0.8, 0.3, 1))
    capsys.readouterr()
    assert train.main(["--evaluate", "--out", "made", "--device", "cpu"]) == train.FAILED
    assert f"are not those that {path.name} was trained on: put them back, or train again." in capsys.readouterr().err


def test_other_bundles_are_measured_where_a_folder_has_changed(discs, home, capsys):
    assert run("--model", "ae", "--out", "made") == 0
    [changed] = bundle.find_bundles(home / "made")
    quick = ["--dataset", "digits", "--model", "ae", "--epochs", "1", "--device", "cpu"]
    assert train.main([*quick, "--out", "made"]) == 0
    shutil.copytree(home / "made" / "digits-ae", home / "made" / "the-last-one")
    save(discs / "red" / "00002.png", disc(20, 0.8, 0.3, 1))
    before = {path.name: (path / "bundle.json").stat().st_mtime_ns for path in bundle.find_bundles(home / "made")}
    capsys.readouterr()
    assert train.main(["--evaluate", "--out", "made", "--device", "cpu"]) == train.FAILED
    output, errors = capsys.readouterr()
    assert errors.count("\n") == 1 and errors.startswith(f"{changed.name}: ") and "put them back" in errors
    after = {path.name: (path / "bundle.json").stat().st_mtime_ns for path in bundle.find_bundles(home / "made")}
    assert [name for name in before if after[name] != before[name]] == ["digits-ae", "the-last-one"]
    assert "made/the-last-one" in output.splitlines()[-1]


def test_a_folders_training_goes_on_where_it_was_killed(discs, home):
    found = folder.read(discs)
    recipe = config.folder_recipe(found.pictures, "vae", found.side, found.channels, 50)
    recipe = dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, epochs=2))
    whole = list(training.fit(recipe, found.train.images, CPU))
    kept = next(report.checkpoint() for report in training.fit(recipe, found.train.images, CPU) if report.checkpoint)
    *_, last = training.fit(recipe, found.train.images, CPU, resume=kept)
    for name, tensor in whole[-1].model.state_dict().items():
        assert torch.equal(tensor, last.model.state_dict()[name]), name


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--dataset", "folder"], "--dataset folder needs --data-dir: the folder of pictures"),
        (["--dataset", "digits", "--side", "32"], "--side is for --dataset folder"),
    ],
)
def test_options_that_do_not_go_together(arguments, message, capsys):
    with pytest.raises(SystemExit):
        train.main(arguments)
    assert message in capsys.readouterr().err


def test_an_empty_folder_is_one_sentence(home, capsys):
    (home / "My discs!").mkdir()
    assert run() == train.FAILED
    [sentence] = capsys.readouterr().err.splitlines()
    assert sentence.startswith("There is no picture in ")


@pytest.mark.parametrize(
    "name, shown",
    [
        ("a<b>", "a<b>"), ("'\"&`$", "'\"&`$"), ("日本", "日本"), ("кошки 🐱", "кошки 🐱"), ("👩\u200d🚀", "👩\u200d🚀"),
        ("x" * 60, "x" * 39 + "…"), ("caf\udce9", "caf\\xe9"), ("a\u202eb\nc\0"[:-1], "abc"), ("\n", "?"),
    ],
)  # fmt: skip
def test_class_names_are_shown_as_they_are(name, shown):
    pictures = Pictures("/x", (name,), "0" * 16, "")
    assert serving_pictures.images_of(config.folder_recipe(pictures, "vae", 32, 3, 1000)).class_names == [shown]
