"""A folder of pictures as people have them: the modes, depths, orientations and endings that Pillow writes, and others.

`write` makes it. All show the same four quarters, so that a picture that is turned, dark or of wrong colours is found.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms, features

SIDE = 32
COLOURS = np.array([[(200, 40, 40), (40, 180, 60)], [(40, 60, 200), (220, 220, 220)]], np.uint8)  # of the quarters
GREYS = np.array([[30, 90], [160, 255]], np.uint8)
STRETCHED = np.rint((GREYS - 30.0) * 255 / 225).astype(np.uint8)  # where black is the smallest value
BITS = np.array([[0, 255], [255, 0]], np.uint8)
ORIENTATION = 0x0112  # in EXIF
UPRIGHT = {  # what turns an upright picture into one that is stored with that orientation
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip


class Odd(NamedTuple):
    """A file, and what is right to do with it."""

    name: str
    write: Callable[[Path], object]
    quarters: np.ndarray | None = None  # what it shows: (2, 2) or (2, 2, 3)
    tolerance: int = 1
    reason: str | None = None  # why it is skipped
    ending: str | None = None  # under which it is counted as no picture


def spread(quarters: np.ndarray, side: int = SIDE) -> np.ndarray:
    return quarters.repeat(side // 2, 0).repeat(side // 2, 1)


RGB, GREY, BIT = (Image.fromarray(spread(quarters)) for quarters in (COLOURS, GREYS, BITS))
SEE_THROUGH = COLOURS.copy()  # what is shown where the last quarter is transparent
SEE_THROUGH[1, 1] = 255
GREY_SEE_THROUGH = GREYS.copy()
GREY_SEE_THROUGH[0, 0] = 255


def with_alpha(image: Image.Image, at: tuple[int, int]) -> Image.Image:
    """Transparent in one quarter."""
    alpha = np.full((2, 2), 255, np.uint8)
    alpha[at] = 0
    image = image.copy()
    image.putalpha(Image.fromarray(spread(alpha)))
    return image


RGBA, LA = with_alpha(RGB, (1, 1)), with_alpha(GREY, (0, 0))
PALETTE = RGB.quantize(8)


def saved(image: Image.Image, kind: str | None = None, **options) -> Callable[[Path], None]:
    """kind: Pillow's name of the format, where the file's ending is another's."""
    return lambda path: image.save(path, kind, **options)


def content(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def bytes_of(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data)


def numbers(scale: float, kind: str, shift: float = 0.0) -> np.ndarray:
    """GREYS as other numbers: 255 is `scale` above `shift`."""
    return (spread(GREYS).astype(np.float64) / 255 * scale + shift).astype(kind)


def turned(orientation: int, image: Image.Image = RGB) -> tuple[Image.Image, Image.Exif]:
    """A picture as a camera stores it that was held so, with the entry that says how to turn it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return (image if UPRIGHT[orientation] is None else image.transpose(UPRIGHT[orientation])), exif


# Files that Pillow does not write.


def png(
    values: np.ndarray, depth: int, colour_type: int, *chunks: tuple[bytes, bytes], interlaced: bool = False
) -> bytes:
    """values: (height, width, channels), of 8 or 16 bits, or (height, bytes of packed bits)."""
    height, width = values.shape[0], values.shape[1] * (8 // depth if depth < 8 else 1)
    head = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    rows = values.astype(">u2" if depth == 16 else np.uint8)
    if interlaced:  # Adam7: (first column, step, first row, step)
        passes = [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)]
        parts = [rows[y::down, x::across] for x, across, y, down in passes]
    else:
        parts = [rows]
    data = b"".join(b"\0" + row.tobytes() for part in parts for row in part)
    every = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in every
    )


def tiff(data: bytes, bits: tuple[int, ...], *, photometric: int = 1, sample: int = 1, big: bool = False) -> bytes:
    """An uncompressed TIFF of one strip. bits: of each channel; sample: 1 unsigned, 2 signed, 3 floating point."""
    order = ">" if big else "<"
    entries = {
        256: (4, [SIDE]), 257: (4, [SIDE]), 258: (3, list(bits)), 259: (3, [1]), 262: (3, [photometric]), 273: (4, [8]),
        277: (3, [len(bits)]), 278: (4, [SIDE]), 279: (4, [len(data)]), 339: (3, [sample] * len(bits)),
    }  # fmt: skip
    at = 8 + len(data) + len(data) % 2
    directory, beyond = b"", b""
    outside = at + 2 + 12 * len(entries) + 4
    for tag, (kind, values) in sorted(entries.items()):
        body = struct.pack(order + {3: "H", 4: "I"}[kind] * len(values), *values)
        if len(body) > 4:
            beyond, body = beyond + body, struct.pack(order + "I", outside + len(beyond))
        directory += struct.pack(order + "HHI", tag, kind, len(values)) + body.ljust(4, b"\0")
    head = (b"MM" if big else b"II") + struct.pack(order + "HI", 42, at)
    return head + data.ljust(at - 8, b"\0") + struct.pack(order + "H", len(entries)) + directory + b"\0\0\0\0" + beyond


def twelve_bits(values: np.ndarray) -> bytes:
    """Two numbers in three bytes."""
    first, second = values.reshape(-1, 2).T.astype(np.uint32)
    return np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], -1).astype(np.uint8).tobytes()


def fits(values: np.ndarray) -> bytes:
    cards = {"SIMPLE": "T", "BITPIX": "-32", "NAXIS": "2", "NAXIS1": str(SIDE), "NAXIS2": str(SIDE)}
    head = "".join(f"{name:<8}= {value:>20}".ljust(80) for name, value in cards.items()) + "END".ljust(80)
    data = values[::-1].astype(">f4").tobytes()  # the bottom row first
    return head.ljust(2880).encode() + data.ljust(-(-len(data) // 2880) * 2880, b"\0")


def sun_raster() -> bytes:
    return (
        struct.pack(">8I", 0x59A66A95, SIDE, SIDE, 24, SIDE * SIDE * 3, 1, 0, 0) + spread(COLOURS)[..., ::-1].tobytes()
    )


def xpm() -> bytes:
    letters = np.array([["a", "b"], ["c", "d"]])
    colours = [
        f'"{letter} c #{bytes(colour).hex()}",' for letter, colour in zip(letters.ravel(), COLOURS.reshape(4, 3))
    ]
    rows = ",\n".join('"' + "".join(row) + '"' for row in spread(letters))
    return "\n".join(["/* XPM */", "static char *x[] = {", f'"{SIDE} {SIDE} 4 1",', *colours, rows, "};"]).encode()


def psd() -> bytes:
    planes = np.moveaxis(spread(COLOURS), -1, 0).tobytes()
    return b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, SIDE, SIDE, 8, 3) + bytes(12) + b"\0\0" + planes


def lab() -> Image.Image:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(RGB, *profiles, outputMode="LAB")


def cursor() -> bytes:
    """An icon whose kind is 2."""
    icon = bytearray(content(RGB, "ICO", sizes=[(SIDE, SIDE)], bitmap_format="bmp"))
    icon[2] = 2
    return bytes(icon)


def bomb(width: int, height: int) -> bytes:
    """A PNG that says that it is large."""
    return png(np.zeros((1, 1, 1)), 8, 0).replace(struct.pack(">II", 1, 1), struct.pack(">II", width, height))


def with_head_of(data: bytes) -> bytes:
    """The checksum of IHDR made right."""
    return data[:29] + struct.pack(">I", zlib.crc32(data[12:29])) + data[33:]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


ALPHA = np.array([[65535, 65535], [65535, 0]])
RGB16 = spread(COLOURS).astype(np.uint16) * 257
RGB12 = (spread(COLOURS).astype(np.float64) / 255 * 4095).astype(np.uint16)
RGBA16 = np.concatenate([RGB16, spread(ALPHA)[..., None]], -1)
GREY16 = spread(GREYS).astype(np.uint16) * 257
LA16 = np.stack([GREY16, spread(ALPHA)], -1)
PNG = content(RGB, "PNG")
JPEG = content(RGB, "JPEG", quality=95)
LOSSY = 12  # by which a compressed picture may differ

NO_KIND = "no picture of a known kind"
ODD = [
    # PNG
    Odd("modes/1.png", saved(BIT.convert("1")), BITS),
    Odd("modes/l.png", saved(GREY), GREYS),
    Odd("modes/la.png", saved(LA), GREY_SEE_THROUGH),
    Odd("modes/p.png", saved(PALETTE), COLOURS),
    Odd("modes/p-2-bits.png", saved(RGB.quantize(4), bits=2), COLOURS),
    Odd("modes/p-4-bits.png", saved(PALETTE, bits=4), COLOURS),
    Odd("modes/p-transparent.png", saved(PALETTE, transparency=PALETTE.getpixel((24, 24))), SEE_THROUGH),
    Odd("modes/p-half-transparent.png", saved(RGBA.quantize(8)), SEE_THROUGH),
    Odd("modes/rgb.png", saved(RGB), COLOURS),
    Odd("modes/rgba.png", saved(RGBA), SEE_THROUGH),
    Odd("modes/l-transparent.png", saved(GREY, transparency=30), GREY_SEE_THROUGH),
    Odd("modes/rgb-transparent.png", saved(RGB, transparency=(220, 220, 220)), SEE_THROUGH),
    Odd("modes/interlaced.png", bytes_of(png(spread(COLOURS), 8, 2, interlaced=True)), COLOURS),
    Odd("modes/4-bits.png", bytes_of(png(spread(GREYS)[:, ::2] // 17 * 17, 4, 0)), GREYS // 17 * 17),
    Odd("depths/i16.png", saved(Image.fromarray(GREY16)), GREYS),
    Odd("depths/i16-in-12-bits.png", saved(Image.fromarray(numbers(4095, "uint16"))), GREYS),
    Odd("depths/i16-in-8-bits.png", saved(Image.fromarray(numbers(255, "uint16"))), GREYS),
    Odd("depths/i16-black.png", saved(Image.fromarray(numbers(0, "uint16"))), GREYS * 0),
    Odd(
        "depths/i16-transparent.png",
        bytes_of(png(GREY16[..., None], 16, 0, (b"tRNS", struct.pack(">H", 30 * 257)))),
        GREY_SEE_THROUGH,
    ),
    Odd("depths/rgb16.png", bytes_of(png(RGB16, 16, 2)), COLOURS),
    Odd("depths/rgb16-in-12-bits.png", bytes_of(png(RGB12, 16, 2)), COLOURS, 17),
    Odd("depths/rgb16-black.png", bytes_of(png(RGB16 * 0, 16, 2)), GREYS * 0),
    Odd("depths/rgba16.png", bytes_of(png(RGBA16, 16, 6)), SEE_THROUGH),
    Odd(
        "depths/rgba16-in-12-bits.png",
        bytes_of(png(np.concatenate([RGB12, spread(ALPHA)[..., None]], -1), 16, 6)),
        SEE_THROUGH,
        17,
    ),
    Odd("depths/la16.png", bytes_of(png(LA16, 16, 4)), np.where(ALPHA == 0, 255, GREYS)),
    # TIFF
    Odd("modes/1.tif", saved(BIT.convert("1")), BITS),
    Odd("modes/1-fax.tif", saved(BIT.convert("1"), compression="group4"), BITS),
    Odd("modes/l.tif", saved(GREY), GREYS),
    Odd("modes/la.tif", saved(LA), GREY_SEE_THROUGH),
    Odd("modes/p.tif", saved(PALETTE), COLOURS),
    Odd("modes/rgb.tiff", saved(RGB), COLOURS),
    Odd("modes/rgba.tiff", saved(RGBA), SEE_THROUGH),
    Odd("modes/cmyk.tif", saved(RGB.convert("CMYK")), COLOURS, 3),
    Odd("modes/ycbcr.tif", saved(RGB.convert("YCbCr")), COLOURS, 3),
    Odd("modes/lab.tif", saved(lab()), COLOURS, 8),
    Odd("modes/lzw.tif", saved(RGB, compression="tiff_lzw"), COLOURS),
    Odd("modes/deflate.tif", saved(RGB, compression="tiff_adobe_deflate"), COLOURS),
    Odd("modes/packbits.tif", saved(RGB, compression="packbits"), COLOURS),
    Odd("modes/jpeg.tif", saved(RGB, compression="jpeg", quality=95), COLOURS, LOSSY),
    Odd("modes/pages.tif", saved(RGB, save_all=True, append_images=[GREY]), COLOURS),
    Odd("modes/white-is-0.tif", bytes_of(tiff((255 - spread(GREYS)).tobytes(), (8,), photometric=0)), GREYS),
    Odd("modes/4-bits.tif", bytes_of(tiff((spread(GREYS)[:, ::2] // 17 * 17).tobytes(), (4,))), GREYS // 17 * 17),
    Odd("depths/i16.tif", saved(Image.fromarray(GREY16)), GREYS),
    Odd("depths/i16-big-endian.tif", bytes_of(tiff(GREY16.astype(">u2").tobytes(), (16,), big=True)), GREYS),
    Odd("depths/i16-in-12-bits.tif", saved(Image.fromarray(numbers(4095, "uint16"))), GREYS),
    Odd("depths/12-bits.tif", bytes_of(tiff(twelve_bits(numbers(4095, "uint16")), (12,))), GREYS),
    Odd("depths/signed16.tif", bytes_of(tiff(numbers(2000, "<i2", -1000).tobytes(), (16,), sample=2)), STRETCHED),
    Odd("depths/i32.tif", saved(Image.fromarray(numbers(2**31 - 1, "int32"))), GREYS),
    Odd("depths/i32-in-20-bits.tif", saved(Image.fromarray(numbers(2**20, "int32"))), GREYS),
    Odd("depths/i32-negative.tif", saved(Image.fromarray(numbers(3000, "int32", -1000))), STRETCHED),
    Odd("depths/f-to-1.tif", saved(Image.fromarray(numbers(1, "float32"))), GREYS),
    Odd("depths/f-to-1-dark.tif", saved(Image.fromarray(numbers(0.5, "float32"))), GREYS // 2),
    Odd("depths/f-to-255.tif", saved(Image.fromarray(numbers(255, "float32"))), GREYS),
    Odd("depths/f-to-5.tif", saved(Image.fromarray(numbers(5, "float32"))), GREYS),
    Odd("depths/f-to-65535.tif", saved(Image.fromarray(numbers(65535, "float32"))), GREYS),
    Odd("depths/f-black.tif", saved(Image.fromarray(numbers(0, "float32"))), GREYS * 0),
    Odd("depths/f-negative.tif", saved(Image.fromarray(numbers(2, "float32", -1))), STRETCHED),
    Odd("depths/f-nan.tif", saved(Image.fromarray(numbers(np.nan, "float32"))), reason="its values are not all finite"),
    Odd(
        "depths/f-inf.tif",
        saved(Image.fromarray(numbers(np.inf, "float32", 1))),
        reason="its values are not all finite",
    ),
    Odd("depths/rgb16.tif", bytes_of(tiff(RGB16.tobytes(), (16, 16, 16), photometric=2)), COLOURS),
    Odd("depths/rgb16-in-12-bits.tif", bytes_of(tiff(RGB12.tobytes(), (16, 16, 16), photometric=2)), COLOURS, 17),
    Odd(
        "depths/rgb-float.tif",
        bytes_of(tiff(spread(COLOURS).astype("<f4").tobytes(), (32,) * 3, photometric=2, sample=3)),
        reason=NO_KIND,
    ),
    # JPEG
    Odd("jpeg/l.jpg", saved(GREY, quality=95), GREYS, LOSSY),
    Odd("jpeg/cmyk.jpg", saved(RGB.convert("CMYK"), quality=95), COLOURS, LOSSY),
    Odd("jpeg/progressive.jpg", saved(RGB, quality=95, progressive=True), COLOURS, LOSSY),
    Odd("jpeg/no-subsampling.jpg", saved(RGB, quality=95, subsampling=0), COLOURS, LOSSY),
    Odd("jpeg/two-pictures.mpo", saved(RGB, save_all=True, append_images=[GREY], quality=95), COLOURS, LOSSY),
    Odd("jpeg/two-pictures.jpg", saved(RGB, "MPO", save_all=True, append_images=[GREY], quality=95), COLOURS, LOSSY),
    Odd("jpeg/profile.jpg", saved(RGB, quality=95, icc_profile=b"no profile"), COLOURS, LOSSY),
    Odd("jpeg/bad-exif.jpg", saved(RGB, quality=95, exif=b"Exif\0\0II*\0\xff\xff\xff\xff"), COLOURS, LOSSY),
    *(
        Odd(f"suffixes/a.{suffix}", saved(RGB, "JPEG", quality=95), COLOURS, LOSSY)
        for suffix in ("jpg", "jpeg", "jpe", "jfif", "JPG", "JFIF")
    ),
    Odd("suffixes/without", saved(RGB, "JPEG", quality=95), COLOURS, LOSSY),
    Odd("suffixes/without-2", saved(RGB, "PNG"), COLOURS),
    Odd("suffixes/png.jpg", saved(RGB, "PNG"), COLOURS),
    Odd("suffixes/webp.jpg", saved(RGB, "WEBP", lossless=True), COLOURS),
    Odd("suffixes/jpg.png", saved(RGB, "JPEG", quality=95), COLOURS, LOSSY),
    # other formats
    Odd("formats/lossy.webp", saved(RGB, quality=95), COLOURS, LOSSY),
    Odd("formats/lossless.webp", saved(RGB, lossless=True), COLOURS),
    Odd("formats/rgba.webp", saved(RGBA, lossless=True), SEE_THROUGH),
    Odd(
        "formats/animated.webp", saved(RGB, save_all=True, append_images=[GREY.convert("RGB")], lossless=True), COLOURS
    ),
    Odd("formats/animated.png", saved(RGB, save_all=True, append_images=[GREY.convert("RGB")]), COLOURS),
    Odd("formats/a.apng", saved(RGB, "PNG", save_all=True, append_images=[GREY.convert("RGB")]), COLOURS),
    Odd("formats/p.gif", saved(PALETTE), COLOURS),
    Odd("formats/l.gif", saved(GREY), GREYS),
    Odd("formats/transparent.gif", saved(PALETTE, transparency=PALETTE.getpixel((24, 24))), SEE_THROUGH),
    Odd("formats/animated.gif", saved(PALETTE, save_all=True, append_images=[GREY]), COLOURS),
    Odd("formats/1.bmp", saved(BIT.convert("1")), BITS),
    Odd("formats/l.bmp", saved(GREY), GREYS),
    Odd("formats/p.bmp", saved(PALETTE), COLOURS),
    Odd("formats/rgb.bmp", saved(RGB), COLOURS),
    Odd("formats/rgba.bmp", saved(RGBA), COLOURS),
    Odd("formats/a.dib", saved(RGB), COLOURS),
    Odd("formats/a.pbm", saved(BIT.convert("1")), BITS),
    Odd("formats/a.pgm", saved(GREY), GREYS),
    Odd("formats/16-bits.pgm", bytes_of(b"P5 32 32 65535\n" + GREY16.astype(">u2").tobytes()), GREYS),
    Odd("formats/12-bits.pgm", bytes_of(b"P5 32 32 4095\n" + numbers(4095, ">u2").tobytes()), GREYS),
    Odd("formats/letters.pgm", bytes_of(b"P2 32 32 255\n" + " ".join(map(str, spread(GREYS).ravel())).encode()), GREYS),
    Odd("formats/a.ppm", saved(RGB), COLOURS),
    Odd("formats/a.pnm", saved(RGB), COLOURS),
    Odd("formats/a.pfm", saved(Image.fromarray(numbers(1, "float32"))), GREYS),
    Odd("formats/rgb.tga", saved(RGB), COLOURS),
    Odd("formats/rgba.tga", saved(RGBA), SEE_THROUGH),
    Odd("formats/rle.tga", saved(RGB, compression="tga_rle"), COLOURS),
    Odd("formats/rgb.pcx", saved(RGB), COLOURS),
    Odd("formats/p.pcx", saved(PALETTE), COLOURS),
    Odd("formats/1.pcx", saved(BIT.convert("1")), BITS),
    Odd("formats/a.sgi", saved(RGB), COLOURS),
    Odd("formats/a.bw", saved(GREY), GREYS),
    Odd("formats/a.rgba", saved(RGBA), SEE_THROUGH),
    Odd("formats/16-bits.sgi", saved(GREY, bpc=2), GREYS),
    Odd("formats/a.jp2", saved(RGB), COLOURS, LOSSY),
    Odd("formats/l.j2k", saved(GREY), GREYS, LOSSY),
    Odd("formats/rgba.jpx", saved(RGBA), SEE_THROUGH, LOSSY),
    Odd("formats/16-bits.jp2", saved(Image.fromarray(GREY16)), GREYS, LOSSY),
    Odd("formats/a.dds", saved(RGB), COLOURS),
    Odd("formats/rgba.dds", saved(RGBA), SEE_THROUGH),
    Odd("formats/a.ico", saved(RGB, sizes=[(SIDE, SIDE)]), COLOURS),
    Odd("formats/a.cur", bytes_of(cursor()), COLOURS),
    Odd("formats/a.icns", saved(RGB.resize((128, 128), Image.Resampling.NEAREST)), COLOURS),
    Odd("formats/a.im", saved(RGB), COLOURS),
    Odd("formats/a.msp", saved(BIT.convert("1")), BITS),
    Odd("formats/a.xbm", saved(BIT.convert("1")), BITS),
    Odd("formats/a.xpm", bytes_of(xpm()), COLOURS),
    Odd("formats/a.qoi", saved(RGB), COLOURS),
    Odd("formats/a.blp", saved(PALETTE), COLOURS),
    Odd("formats/a.ras", bytes_of(sun_raster()), COLOURS),
    Odd("formats/a.psd", bytes_of(psd()), COLOURS),
    Odd("formats/a.fits", bytes_of(fits(numbers(1, "float32"))), GREYS),
    *([Odd("formats/a.avif", saved(RGB, quality=95), COLOURS, LOSSY)] if features.check("avif") else []),
    # turned cameras
    *(
        Odd(f"turned/{orientation}.{kind}", saved(image, exif=exif, **options), COLOURS, LOSSY)
        for orientation in UPRIGHT
        for image, exif in [turned(orientation)]
        for kind, options in {
            "jpg": {"quality": 95},
            "png": {},
            "webp": {"lossless": True},
            "tif": {},
            "avif": {"quality": 95},
        }.items()
        if kind != "avif" or features.check("avif")
    ),
    Odd("turned/i16.tif", saved(Image.fromarray(GREY16).transpose(UPRIGHT[6]), exif=turned(6)[1]), GREYS),
    Odd("turned/none.jpg", saved(RGB, quality=95, exif=turned(1)[1]), COLOURS, LOSSY),
    # damaged files, and others by those names
    Odd("damaged/cut.png", bytes_of(PNG[: len(PNG) // 2]), reason=""),
    Odd("damaged/cut.jpg", bytes_of(JPEG[: len(JPEG) // 2]), reason="runcated"),
    Odd("damaged/empty.jpg", bytes_of(b""), reason=NO_KIND),
    Odd("damaged/page.jpg", bytes_of(b"<!doctype html><html><body>404</body></html>"), reason=NO_KIND),
    Odd("damaged/drawing.png", bytes_of(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), reason=NO_KIND),
    Odd("damaged/noise.jpg", bytes_of(np.random.default_rng(0).bytes(500)), reason=NO_KIND),
    Odd("damaged/bomb.png", bytes_of(with_head_of(bomb(60_000, 60_000))), reason="3600000000 pixels"),
    Odd("damaged/large.png", bytes_of(with_head_of(bomb(9_000, 9_000))), reason="9000 x 9000 pixels are too many"),
    Odd(
        "damaged/text-bomb.png",
        bytes_of(png(spread(COLOURS), 8, 2, (b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))))),
        reason="too large",
    ),
    Odd("damaged/phone.heic", bytes_of(b"\0\0\0\x18ftypheic" + bytes(40)), reason="pillow-heif"),
    Odd("damaged/new.jxl", bytes_of(b"\xff\x0a" + bytes(40)), reason=NO_KIND),
    Odd("damaged/phone.jpg", bytes_of(b"\0\0\0\x18ftypmif1" + bytes(40)), reason=""),
    Odd("damaged/data.h5", bytes_of(b"\x89HDF\r\n\x1a\n" + bytes(40)), reason="HDF5"),
    Odd("damaged/nowhere.jpg", link("gone.jpg"), reason="No such file or directory"),
    Odd("damaged/nowhere", link("gone"), reason="No such file or directory"),
    Odd("damaged/circle.jpg", link("circle.jpg"), reason="symbolic links"),
    Odd("damaged/pipe.jpg", pipe, reason="neither a file nor a folder"),
    Odd("damaged/up", link(".."), reason="the same folder as"),
    # no pictures
    *(Odd(f"others/{i}.txt", bytes_of(b"text"), ending=".txt") for i in range(10)),
    Odd("others/table.csv", bytes_of(b"a,b"), ending=".csv"),
    Odd("others/TABLE.CSV", bytes_of(b"a,b"), ending=".csv"),
    Odd("others/README", bytes_of(b"read me"), ending=""),
    Odd("others/film.pdf", bytes_of(b"%PDF-1.4"), ending=".pdf"),
    # what is passed over without a word
    *(
        Odd(name, bytes_of(PNG))
        for name in (
            ".DS_Store",
            "modes/._rgb.png",
            "modes/Thumbs.db",
            "others/desktop.ini",
            "__MACOSX/._a.png",
            "__MACOSX/b.png",
            ".git/c.png",
            "modes/.hidden.png",
        )
    ),
]


def write(folder: Path) -> list[Odd]:
    """Writes all of ODD below a folder, and returns them."""
    for odd in ODD:
        path = folder / odd.name
        path.parent.mkdir(parents=True, exist_ok=True)
        odd.write(path)
    return ODD
