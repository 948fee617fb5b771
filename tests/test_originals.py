"""The shipped sheets of test images: equal to the datasets, reproducible, and harmless if damaged."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from explorer.data import datasets, originals
from explorer.data.datasets import DatasetError, Split
from explorer.data.originals import DatasetOriginals

from .conftest import ROOT
from .test_datasets import idx_contents, put


@pytest.fixture
def sheets(tmp_path, monkeypatch):
    """A copy of the sheets' folder, in the place of the real one."""
    copy = tmp_path / "sheets"
    shutil.copytree(originals.SHEETS, copy)
    monkeypatch.setattr(originals, "SHEETS", copy)
    return copy


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.needs_dataset(name)) for name in originals.CHECKSUMS]
)
def test_a_sheet_has_the_pixels_of_the_test_set(name, data_dir):
    np.testing.assert_array_equal(originals.sheet(name), datasets.load(name, "test", data_dir(name)).images)


@pytest.mark.parametrize("name", originals.CHECKSUMS)
def test_a_sheet_is_an_image_a_hundred_by_a_hundred(name, tmp_path):
    """Read as a person would: with Pillow, and by hand."""
    with Image.open(ROOT / "pretrained" / "originals" / f"{name}.png") as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (2800, 2800))
        pixels = np.asarray(picture)
    images = DatasetOriginals(name, tmp_path / "no data")
    assert images.are_here() and images.all().shape == (10_000, 784) and images.all().dtype == np.uint8
    for row in (0, 1, 99, 100, 5_678, 9_999):
        top, left = row // 100 * 28, row % 100 * 28
        np.testing.assert_array_equal(images.one(row).reshape(28, 28), pixels[top : top + 28, left : left + 28])
    for row in (-1, 10_000):
        with pytest.raises(LookupError, match=f"^{name} has test images 0 to 9999$"):
            images.one(row)
    assert DatasetOriginals(name, tmp_path).all() is images.all()  # decoded once


def test_the_readme_names_the_checksums():
    text = (ROOT / "pretrained" / "README.md").read_text(encoding="utf-8")
    for name, checksum in originals.CHECKSUMS.items():
        file = originals.SHEETS / f"{name}.png"
        assert (
            checksum in text
            and f"{hashlib.sha256(file.read_bytes()).hexdigest()}  pretrained/originals/{name}.png" in text
        )


def cut(file):
    file.write_bytes(file.read_bytes()[:100_000])


def other_pixels(file):
    with Image.open(file) as picture:
        pixels = np.array(picture)
    pixels[5, 5] ^= 1
    Image.fromarray(pixels).save(file)


def other_size(file):
    Image.new("L", (28, 28)).save(file)


DAMAGES = {
    "missing": lambda file: file.unlink(), "empty": lambda file: file.write_bytes(b""), "cut": cut,
    "no picture": lambda file: file.write_text("MNIST", encoding="utf-8"),
    "other pixels": other_pixels, "other size": other_size, "a folder": lambda file: (file.unlink(), file.mkdir()),
}  # fmt: skip


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_sheet_is_a_sentence_or_the_dataset_takes_its_place(sheets, tmp_path, how):
    DAMAGES[how](sheets / "mnist.png")
    images = DatasetOriginals("mnist", tmp_path / "data")
    assert not images.are_here()
    for read in (images.all, lambda: images.one(3)):
        with pytest.raises(
            DatasetError,
            match=r"mnist\.png cannot be read \(.+\): restore it from the repository, or fetch the dataset mnist\.$",
        ):
            read()
    assert DatasetOriginals("fashion-mnist", tmp_path / "data").are_here()
    contents = idx_contents()
    put(tmp_path / "data", contents)
    assert images.are_here() and images.all().tobytes() == contents["t10k-images-idx3-ubyte"][16:]


def test_a_sheet_that_is_restored_is_read_again(sheets, tmp_path):
    good = (sheets / "mnist.png").read_bytes()
    images = DatasetOriginals("mnist", tmp_path)
    cut(sheets / "mnist.png")
    assert not images.are_here()
    (sheets / "mnist.png").write_bytes(good)
    assert images.are_here() and images.all().shape == (10_000, 784)
    put(tmp_path, {name: b"" for name in idx_contents()})  # a dataset that is damaged is not asked
    assert images.one(3).shape == (784,)


def test_datasets_without_a_sheet(tmp_path):
    digits, kmnist = (DatasetOriginals(name, tmp_path) for name in ("digits", "kmnist"))
    np.testing.assert_array_equal(digits.all(), datasets.load("digits", "test").images)
    assert digits.are_here() and not kmnist.are_here()
    with pytest.raises(DatasetError, match=r"^The pictures of kmnist are not on the server: fetch the dataset\.$"):
        kmnist.all()
    contents = idx_contents()
    put(tmp_path, contents, "KMNIST")
    assert kmnist.are_here() and kmnist.one(1).tobytes() == contents["t10k-images-idx3-ubyte"][16 + 784 : 16 + 2 * 784]


NOT_LATIN = "кошки" if os.name == "nt" else os.fsdecode(b"caf\xe9")  # not UTF-8, as a Latin-1 disk has it


def test_a_folder_that_the_output_cannot_show_is_escaped(tmp_path):
    script = (
        "import sys; from explorer.data import originals; originals.datasets.load = lambda name, *rest, **options: "
        "originals.datasets.Split(originals.sheet(name), None)\n"
        "originals.write_sheet = lambda images, file: None\n"  # what is written: see the next test
        "sys.exit(originals.main())"
    )
    command = [sys.executable, "-c", script, "--out", str(tmp_path / NOT_LATIN)]
    environment = os.environ | {"PYTHONIOENCODING": "ascii:strict", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=tmp_path, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "") and "mnist: written to" in ended.stdout and "\\" in ended.stdout


def save_uncompressed(self, save, file, **options) -> None:
    """Compression, tried in all ways, takes seconds a sheet and changes no pixel."""
    save(self, file, **options | {"optimize": False, "compress_level": 0})


def test_the_sheets_are_made_again_from_the_datasets(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Image.Image, "save", functools.partialmethod(save_uncompressed, Image.Image.save))
    shipped = {name: originals.sheet(name) for name in originals.CHECKSUMS}
    loaded = dict(shipped)
    monkeypatch.setattr(
        originals.datasets,
        "load",
        lambda name, split, data_dir, download: Split(loaded[name], np.zeros(10_000, np.uint8)),
    )
    assert originals.main(["--out", str(tmp_path / "made")]) == 0
    assert (
        len(
            re.findall(
                r"(?m)^[\w-]+: pretrained/originals/[\w-]+\.png has the test set's pixels",
                capsys.readouterr().out.replace(f"{ROOT}/", ""),
            )
        )
        == 2
    )
    monkeypatch.setattr(originals, "SHEETS", tmp_path / "made")
    for name, images in shipped.items():
        np.testing.assert_array_equal(originals.sheet(name), images)
    loaded["mnist"] = 255 - shipped["mnist"]
    assert originals.main([]) == 1
    assert "mnist.png does not have the test set's pixels" in capsys.readouterr().out
