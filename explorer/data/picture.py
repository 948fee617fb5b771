"""Reads one picture file from any camera or program: upright, 8 bits each of red, green and blue, the central square.

Pictures that Pillow reads into 8 bits are unchanged. Integers of more bits, and floating-point numbers, do not specify
which value is white. Black is 0, and white is

- for integers 255, 4,095 or 65,535 (8, 12 or 16 bits), the smallest of these that no value exceeds;
- for floating-point numbers 1, if no value exceeds it;
- otherwise the picture's largest value; if some values are negative, black is the smallest.

Colours of 16 bits are reduced to 8 bits; 12 bits stored in 16 to 4 bits. Transparent pixels become white, because such
pictures are mostly made for a white page.
"""

from __future__ import annotations

import contextlib
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 64_000_000  # decoded at once: a small file may contain a picture that would fill the memory
MOST_PIXELS_OF_A_JPEG = 256_000_000  # only a part is decoded; phones make pictures of 200 million
MOST_PIXELS_OF_A_PROGRESSIVE_JPEG = 72_000_000  # all of it is in memory, with up to six bytes per pixel
WHITES = (255, 4095, 65535)
SUFFIXES = {".avif", ".heic", ".heif", ".hif", ".jxl", ".webp"}  # endings of pictures that not every Pillow can open
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}  # ISO/IEC 23008-12


@cache
def suffixes() -> set[str]:
    """The endings of picture files, in lower case: those of all formats that this Pillow opens, and SUFFIXES."""
    from PIL import Image

    with contextlib.suppress(ImportError):
        from pillow_heif import register_heif_opener

        register_heif_opener()
    known = Image.registered_extensions()  # also registers all formats
    opened = {*Image.OPEN, "MPO"}  # MPO is opened as JPEG
    return SUFFIXES | {suffix for suffix, kind in known.items() if kind in opened}


def is_picture(file: Path) -> bool:
    """Whether the content of a file without an ending is a picture's."""
    try:
        with warnings.catch_warnings(action="ignore"), _open(file):
            return True
    except Exception:  # Pillow raises a dozen kinds for damaged files
        return False


def shorter_side(file: Path) -> int:
    """The shorter side of a picture, in pixels. Raises Pillow's errors for a file that it cannot read."""
    with _open(file) as image:
        return min(image.size)


def open_square(file: Path, side: int) -> np.ndarray:
    """The central square, resized: (3, side, side) uint8. Raises Pillow's errors for a file that it cannot read."""
    from PIL import Image, ImageOps

    with _open(file) as image:
        _check_size(image)
        image.draft(image.mode, (2 * side, 2 * side))  # decodes a large JPEG at a lower resolution
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"{image.width} x {image.height} pixels are too many")
        in_sixteen = any(";16" in str(tile[3]) for tile in image.tile)
        upright = ImageOps.exif_transpose(image)
        picture = ImageOps.fit(_in_colour(upright, in_sixteen), (side, side), Image.Resampling.BILINEAR)
    return np.asarray(picture).transpose(2, 0, 1)


def reason(file: Path, error: Exception) -> str:
    """The reason why a file could not be opened, in a few words without its path."""
    if type(error).__name__ == "UnidentifiedImageError":
        with contextlib.suppress(OSError), open(file, "rb") as stream:
            head = stream.read(12)
            if head[4:8] == b"ftyp" and head[8:] in HEIF_BRANDS:
                return "HEIC, which is read where the package pillow-heif is installed"
        return "no picture of a known kind"
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(text.split()).rstrip(".") or type(error).__name__


def _open(file: Path) -> Image:
    """The picture, of which only the header has been read. A JPEG may exceed Pillow's limit of pixels."""
    from PIL import Image, JpegImagePlugin

    suffixes()  # registers all formats
    try:
        return Image.open(file)
    except Image.DecompressionBombError:
        with open(file, "rb") as stream:
            if stream.read(3) != b"\xff\xd8\xff":
                raise
        return JpegImagePlugin.JpegImageFile(file)


def _check_size(image: Image) -> None:
    """Raises ValueError for a JPEG that is too large even at a lower resolution."""
    if image.format not in ("JPEG", "MPO"):
        return
    progressive = "progressive" in image.info
    most = MOST_PIXELS_OF_A_PROGRESSIVE_JPEG if progressive else MOST_PIXELS_OF_A_JPEG
    if image.width * image.height > most:
        raise ValueError(f"{image.width} x {image.height} pixels are too many")


def _in_colour(image: Image, in_sixteen: bool) -> Image:
    """The picture in RGB of 8 bits. in_sixteen: the file has 16 bits, of which Pillow keeps the upper 8 of colours."""
    from PIL import Image

    if image.mode == "F" or image.mode.startswith("I"):
        return Image.fromarray(_in_eight_bits(np.asarray(image), image.info.get("transparency"))).convert("RGB")
    if image.has_transparency_data:
        image = _spread(image.convert("RGBA"), in_sixteen)
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return _spread(image.convert("RGB"), in_sixteen)


def _in_eight_bits(values: np.ndarray, clear: object = None) -> np.ndarray:
    """The values of any type, scaled to (height, width) uint8. clear: a transparent value.

    Raises ValueError for NaN and infinity.
    """
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("its values are not all finite")
    whites = WHITES if np.issubdtype(values.dtype, np.integer) else (1,)
    white = next((white for white in whites if low >= 0 and high <= white), high)
    if white in WHITES:
        found = (values.astype(np.uint32) * 255 // white).astype(np.uint8)
    else:
        black = min(low, 0.0)
        found = np.rint((values.astype(np.float32) - black) * (255 / ((white - black) or 1))).astype(np.uint8)
    if isinstance(clear, int):
        found[values == clear] = 255
    return found


def _spread(image: Image, in_sixteen: bool) -> Image:
    """Scales colours of 12 bits in 16, of which Pillow kept the upper 4, to the full range; transparency stays."""
    if not in_sixteen or max(high for _, high in image.getextrema()[:3]) > 15:
        return image
    brighter, same = [min(255, 17 * value) for value in range(256)], list(range(256))
    return image.point(brighter * 3 + same * (len(image.getbands()) - 3))
