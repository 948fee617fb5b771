"""A picture file of any kind is read right, or the reason is given; of a folder nothing is left out without a word."""

from __future__ import annotations

import sys
import types
from collections import Counter

import numpy as np
import pytest
from PIL import Image, ImageFile

from explorer.data import folder, picture

from .odd_pictures import BIT, COLOURS, GREY, GREYS, LA, ODD, PALETTE, RGB, RGBA, SEE_THROUGH, SIDE, write

pytestmark = pytest.mark.filterwarnings("ignore")  # Pillow's, of odd files

CENTRES = [SIDE // 4, 3 * SIDE // 4]  # of the quarters, down and across


def quarters(image: np.ndarray) -> np.ndarray:
    """The colours in the middle of each: (2, 2, 3)."""
    return image[:, CENTRES][:, :, CENTRES].transpose(1, 2, 0).astype(int)


def expected(found: np.ndarray) -> np.ndarray:
    return np.asarray(found, int) if np.ndim(found) == 3 else np.repeat(np.asarray(found, int)[..., None], 3, -1)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A folder with all odd files."""
    path = tmp_path_factory.mktemp("odd")
    write(path)
    return path


RIGHT = [one for one in ODD if one.quarters is not None]
WRONG = [one for one in ODD if one.reason is not None]


@pytest.mark.parametrize("one", RIGHT, ids=lambda one: one.name)
def test_a_picture_of_any_kind_is_read_right(odd, one):
    found = quarters(picture.open_square(odd / one.name, SIDE))
    assert np.abs(found - expected(one.quarters)).max() <= one.tolerance, found.tolist()


def test_nothing_in_a_folder_is_left_out_without_a_word(odd):
    found = folder.read(odd, SIDE)
    assert len(found.train.images) + len(found.test.images) == len(RIGHT)
    skipped = {entry.partition(" (")[0].rstrip("/"): entry for entry in found.skipped}
    assert sorted(skipped) == sorted(one.name for one in WRONG)
    for one in WRONG:
        assert one.reason in skipped[one.name]
        assert str(odd) not in skipped[one.name]
    assert found.others == Counter(one.ending for one in ODD if one.ending is not None)
    assert "14 files are no pictures: .txt 10, .csv 2, without an ending 1, .pdf 1." in folder.problems(found)


def test_a_photograph_of_a_phone_is_decoded_in_part(tmp_path):
    image = Image.new("L", (9248, 6944), 30)  # 64 megapixels
    image.paste(220, (0, 0, 9248, 3472))
    for kind in ("JPEG", "MPO"):
        image.save(tmp_path / "x.jpg", kind)
        found = picture.open_square(tmp_path / "x.jpg", 64)
        assert np.abs(found[:, [10, 50], 32].astype(int) - [220, 30]).max() <= 2


def test_what_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    """The limits are lowered: 300 x 100 pixels are too many for all but a JPEG that is decoded in part."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    monkeypatch.setattr(picture, "MOST_PIXELS", 10_000)
    image = RGB.resize((300, 100))
    image.save(tmp_path / "x.png")
    with pytest.raises(Image.DecompressionBombError):
        picture.open_square(tmp_path / "x.png", 16)
    image.save(tmp_path / "x.jpg")
    assert picture.open_square(tmp_path / "x.jpg", 16).shape == (3, 16, 16)
    assert picture.shorter_side(tmp_path / "x.jpg") == 100
    monkeypatch.setattr(picture, "MOST_PIXELS_OF_A_PROGRESSIVE_JPEG", 10_000)
    image.save(tmp_path / "p.jpg", progressive=True)
    monkeypatch.setattr(picture, "MOST_PIXELS_OF_A_JPEG", 20_000)
    for name in ("p.jpg", "x.jpg"):
        with pytest.raises(ValueError, match="300 x 100 pixels are too many"):
            picture.open_square(tmp_path / name, 16)


def test_heic_is_read_where_pillow_heif_is_installed(tmp_path, monkeypatch):
    registered = []
    module = types.SimpleNamespace(register_heif_opener=lambda: registered.append(True))
    monkeypatch.setitem(sys.modules, "pillow_heif", module)
    picture.suffixes.cache_clear()
    assert ".heic" in picture.suffixes() and registered == [True]
    picture.suffixes.cache_clear()


@pytest.mark.parametrize(
    "image, shown",
    [
        (BIT.convert("1"), np.array([[0, 255], [255, 0]])),
        (GREY, GREYS),
        (LA, None),
        (PALETTE, COLOURS),
        (PALETTE.convert("PA"), COLOURS),
        (RGB, COLOURS),
        (RGBA, SEE_THROUGH),
        (RGBA.convert("RGBa"), SEE_THROUGH),
        (RGB.convert("RGBX"), COLOURS),
        (RGB.convert("CMYK"), COLOURS),
        (RGB.convert("YCbCr"), COLOURS),
        (RGB.convert("HSV"), COLOURS),
        (GREY.convert("I"), GREYS),
        (GREY.convert("F"), GREYS),
        (GREY.convert("I;16"), GREYS),
        (GREY.convert("I;16B"), GREYS),
        (GREY.convert("I;16L"), GREYS),
        (GREY.convert("I;16N"), GREYS),
    ],
    ids=lambda value: getattr(value, "mode", ""),
)
def test_every_mode_of_pillow_is_read_right(tmp_path, monkeypatch, image, shown):
    """Also those that no format has which Pillow can write."""
    shown = np.where([[True, False], [False, False]], 255, GREYS) if shown is None else shown

    class Opened(ImageFile.ImageFile):
        def _open(self) -> None:
            self._mode, self._size, self.tile = image.mode, image.size, []

        def load(self) -> None:
            self.im = image.im

    (tmp_path / "x").write_bytes(b"x")
    monkeypatch.setattr(picture, "_open", lambda file: Opened(str(file)))
    found = quarters(picture.open_square(tmp_path / "x", SIDE))
    assert np.abs(found - expected(shown)).max() <= 5, found.tolist()
