"""Read a picture from outside, whatever it is: a file, a PIL image or an array of pixels.

What comes out is 8-bit, upright and small; what cannot be read is refused with one sentence.
"""

import io
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

WORKING_SIZE = 800  # pixels of the longest side: ample for 28×28, and 1/4 of a 12-megapixel photo
# The formats that are read, and the pixels of each that take 150 MB at most: WebP takes 17 bytes a
# pixel, AVIF 12, others 9, but JPEG is decoded small, and phones take up to 50 million of it.
MAX_PIXELS = {
    "JPEG": 64_000_000,
    "PNG": 16_100_000,
    "WEBP": 8_000_000,
    "GIF": 16_100_000,
    "BMP": 16_100_000,
    "TIFF": 16_100_000,
    "AVIF": 12_600_000,
}
MAX_PIXELS_PROGRESSIVE = 16_100_000  # such a JPEG is kept whole while its scans come in
MISSING_LINES = 0.1  # of a JPEG's scan lines: with fewer cut off it is read, as browsers do
END_OF_IMAGE = b"\xff\xd9"  # ITU-T T.81, table B.1
# What the "ftyp" box of a HEIC file names, ISO/IEC 23008-12:2022, annex B; AVIF names its own.
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
CONTAINER_BRANDS = {b"mif1", b"msf1"}  # of both
AVIF_BRANDS = {b"avif", b"avis"}
DAMAGED = "This picture is damaged or cut short: save it again, or send another one."
FLAT = {28 * 28, 28 * 28 * 3}  # values of an image of the data sets, laid out in one line
FULL_SCALES = (255, 4095, 65535)  # 8, 12 and 16 bits, the depths that cameras and scanners write


class PictureError(ValueError):
    """There is no picture to be answered; the text is a sentence for whoever sent it."""


def open_picture(source) -> Image.Image:
    """The picture in `source` as 8-bit "L" or "RGB", or as "RGBA" if some of it is transparent.

    source: a path (str or Path), a file that is open in binary mode, a PIL image, or an array of
        (height, width) or (height, width, 1) grey, (height, width, 3) RGB or (height, width, 4)
        RGBA: integers from 0, floats of 0 to 1

    Turned upright as its EXIF says, its longest side at most 800 pixels; of an animation or of
    several pictures, the first. Raises PictureError if there is no picture in it. Safe from many
    threads.
    """
    if isinstance(source, str | Path):
        _check_file(source)
        with open(source, "rb") as file:
            return _read(file)
    if isinstance(source, io.TextIOBase):
        raise PictureError("This file is open as text: open it in binary mode, as with mode “rb”.")
    if isinstance(source, list | tuple | dict | set):
        raise PictureError(
            f"A {type(source).__name__} is not one picture: give a path, an image or an array."
        )
    if callable(getattr(source, "read", None)) and callable(getattr(source, "seek", None)):
        return _read(source)
    if isinstance(source, np.ndarray):
        source = _from_array(source)
    if not isinstance(source, Image.Image):
        raise PictureError("There is no picture: draw one, or choose a picture file.")
    _check_size(source.size, max(MAX_PIXELS.values()))
    return _decoded(source)


def _check_file(path: str | Path) -> None:
    name = Path(path).name
    if os.path.isdir(path):
        raise PictureError(f"“{name}” is a folder: choose a picture file in it.")
    if not os.path.isfile(path):
        raise PictureError(f"There is no file “{name}”: check its name and folder.")
    if not os.access(path, os.R_OK):
        raise PictureError(f"There is no permission to read “{name}”: change its permissions.")
    if os.path.getsize(path) == 0:
        raise PictureError(f"“{name}” is empty: send the picture again.")


def _read(file: BinaryIO) -> Image.Image:
    kind = _kind(file)
    image = _opened(kind, file)
    if kind != "JPEG":
        return _decoded(image)
    try:
        return _decoded(image)
    except PictureError:
        return _without_its_end(file)


def _kind(file: BinaryIO) -> str:
    """Which of the formats of MAX_PIXELS a file begins like. Raises PictureError if like none.

    What Image.open does, less two things: it warns of big pictures in its own words, which only
    process-wide settings can silence, and it tries every format, down to PostScript programs.
    """
    Image.init()
    file.seek(0)
    start = file.read(64)
    if not start:
        raise PictureError("This file is empty: send the picture again.")
    if start[4:8] == b"ftyp" and _is_heic(start):
        raise PictureError(
            "This is a HEIC photo, which cannot be read here: share it as JPEG, or choose Settings "
            "› Camera › Formats › Most Compatible on an iPhone and take it again."
        )
    for kind in MAX_PIXELS:
        # What `accepts` says may also be a text: what Pillow lacks for this format.
        if (accepts := Image.OPEN[kind][1]) and accepts(start[:16]) is True:
            return kind
    raise PictureError(
        "This file is not a picture that can be read: send a JPEG, PNG, WebP, GIF, BMP, TIFF or "
        "AVIF file."
    )


def _is_heic(start: bytes) -> bool:
    """Whether the "ftyp" box at the start of a file names HEIC among its brands of 4 bytes."""
    box = start[8 : min(int.from_bytes(start[:4]), len(start))]
    brands = {box[place : place + 4] for place in range(0, len(box), 4)}
    return bool(brands & HEIC_BRANDS or (brands & CONTAINER_BRANDS and not brands & AVIF_BRANDS))


def _opened(kind: str, file: "BinaryIO | _Ended") -> Image.Image:
    """The picture in a file of this format, not decoded yet; a JPEG is to be decoded small.

    Pillow calls a JPEG behind which there are more pictures "MPO"; the first is the one meant.
    """
    file.seek(0)
    try:
        image: Image.Image = Image.OPEN[kind][0](file, "")  # type: ignore[arg-type]
    except MemoryError:
        raise
    except Exception:  # decoders raise whatever a broken header made them stumble over
        raise PictureError(DAMAGED) from None
    most = MAX_PIXELS_PROGRESSIVE if image.info.get("progressive") else MAX_PIXELS[kind]
    _check_size(image.size, most, kind)
    image.draft(None, _working_size(image.size))  # JPEG: decodes at 1/2, 1/4 or 1/8
    return image


def _without_its_end(file: BinaryIO) -> Image.Image:
    """A JPEG of which the end is cut off. Raises PictureError if more than a tenth is missing."""
    image = _opened("JPEG", _Ended(file))
    picture = _decoded(image)
    # libjpeg makes blocks that are missing exactly so grey, and no photo ends in lines of that.
    lines = np.asarray(image).reshape(image.height, -1)
    seen = np.flatnonzero(((lines != 128) & (lines != 127)).any(axis=1))
    if len(seen) == 0 or seen[-1] + 1 < (1 - MISSING_LINES) * len(lines):
        raise PictureError(DAMAGED)
    return picture


class _Ended:
    """A file that lacks its last bytes, which goes on as if a JPEG ended there."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size) or END_OF_IMAGE


def _check_size(size: tuple[int, int], most: int, kind: str | None = "picture") -> None:
    """Refuse what would fill the memory once decoded: a PNG of 14 KB can hold 120 megapixels."""
    width, height = size
    if width * height > most:
        raise PictureError(
            f"This {kind} has {width} × {height} pixels, more than the {most // 10**6} million "
            "allowed: send a smaller one, or a plain JPEG."
        )
    if width * height == 0:
        raise PictureError("This picture has no pixels: send another one.")


def _working_size(size: tuple[int, int]) -> tuple[int, int]:
    return size_within(size, min(WORKING_SIZE, max(size)))


def size_within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """(width, height) scaled until the longest side is this, the other at least 1."""
    scale = longest / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _decoded(image: Image.Image) -> Image.Image:
    try:
        told = {"exif": image.info["exif"]} if "exif" in image.info else {}
        image = _eight_bit(image)
    except (PictureError, MemoryError):
        raise
    except Exception:  # as above: OSError, SyntaxError, struct.error, EOFError, zlib.error, ...
        raise PictureError(DAMAGED) from None
    if image.size != (size := _working_size(image.size)):
        image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    image.info.update(told)
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # EXIF that cannot be read does not make the picture unreadable
        return image


def _eight_bit(image: Image.Image) -> Image.Image:
    """The image in mode "L" or "RGB", or "RGBA" if some of it is transparent."""
    if image.mode == "F" or image.mode.startswith("I"):
        return Image.fromarray(_scaled(np.asarray(image)))
    if image.has_transparency_data:
        image = _converted(image, "RGBA")
        if image.getchannel("A").getextrema() != (255, 255):
            return image
    return _converted(image, "L" if image.mode in ("1", "L") else "RGB")


def _converted(image: Image.Image, mode: str) -> Image.Image:
    """What `convert` gives, without the copy that it makes of a picture in this mode already."""
    image.load()
    return image if image.mode == mode else image.convert(mode)


def _from_array(pixels: np.ndarray) -> Image.Image:
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim == 4 or (pixels.ndim == 3 and pixels.shape[1:] == (28, 28)):
        raise PictureError(
            f"An array of shape {pixels.shape} holds several pictures: give one at a time."
        )
    if pixels.ndim == 2 and pixels.shape[0] == 1 and pixels.shape[1] in FLAT:
        raise PictureError(
            f"An array of shape {pixels.shape} is a picture laid out in one line: give it its "
            "height and width back, as with reshape(28, 28)."
        )
    if pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[2] in (3, 4)):
        raise PictureError(
            f"An array of shape {pixels.shape} is not a picture: give (height, width) for grey, or "
            "(height, width, 3 or 4) for colour."
        )
    if pixels.dtype.kind not in "buif":
        raise PictureError(
            f"An array of {pixels.dtype} is not a picture: give numbers from 0 to 255."
        )
    if pixels.size == 0:
        raise PictureError("This picture has no pixels: send another one.")
    return Image.fromarray(pixels if pixels.dtype == np.uint8 else _scaled(pixels))


def _scaled(values: np.ndarray) -> np.ndarray:
    """Values of more than 8 bits, or of 0 to 1, as uint8: the whole range kept, nothing clipped."""
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)) or low < 0:
        raise PictureError(
            "This picture has values that are negative or not finite: give 0 to 1, or 0 to 255."
        )
    fractions = values.dtype.kind in "fb" and high <= 1
    full = 1 if fractions else next((scale for scale in FULL_SCALES if high <= scale), high)
    scaled = np.empty(values.size, np.uint8)
    for start in range(0, values.size, 2**20):  # in parts: fractions take 4 bytes a pixel
        part = values.reshape(-1)[start : start + 2**20]
        np.rint(
            np.multiply(part, 255 / full, dtype=np.float32),
            out=scaled[start:][: part.size],
            casting="unsafe",
        )
    return scaled.reshape(values.shape)
