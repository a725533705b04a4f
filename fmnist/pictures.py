"""Read a picture from outside, whatever it is: a file, a PIL image or an array of pixels.

What comes out is 8-bit, upright and small; what cannot be read is refused with one sentence.
"""

import os
from pathlib import Path

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
FULL_SCALES = (255, 4095, 65535)  # 8, 12 and 16 bits, the depths that cameras and scanners write


class PictureError(ValueError):
    """There is no picture to be answered; the text is a sentence for whoever sent it."""


def open_picture(source) -> Image.Image:
    """The picture in `source` as 8-bit "L" or "RGB", or as "RGBA" if some of it is transparent.

    source: a path (str or Path), a PIL image, or an array of (height, width) grey,
        (height, width, 3) RGB or (height, width, 4) RGBA: integers from 0, floats of 0 to 1

    Turned upright as its EXIF says, its longest side at most 800 pixels; of an animation, the first
    frame. Raises PictureError if there is no picture in it. Safe from many threads.
    """
    if isinstance(source, str | Path):
        _check_file(source)
        with open(source, "rb") as file:
            image = _recognised(file)
            _check_size(image.size, _most_pixels(image), image.format)
            image.draft(None, _working_size(image.size))  # JPEG: decodes at 1/2, 1/4 or 1/8
            return _decoded(image)
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


def _recognised(file) -> Image.Image:
    """The picture in a file, not decoded yet.

    What Image.open does, less two things: it warns of big pictures in its own words, which only
    process-wide settings can silence, and it tries every format, down to PostScript programs.
    """
    Image.init()
    start = file.read(16)
    for name in MAX_PIXELS:
        factory, accepts = Image.OPEN[name]
        # What `accepts` says may also be a text: what Pillow lacks for this format.
        if accepts and accepts(start) is True:
            file.seek(0)
            try:
                return factory(file, "")
            except MemoryError:
                raise
            except Exception:  # decoders raise whatever a broken header made them stumble over
                break
    raise PictureError(
        "This file is not a picture that can be read: send a JPEG, PNG, WebP, GIF, BMP, TIFF or "
        "AVIF file."
    )


def _most_pixels(image: Image.Image) -> int:
    if image.info.get("progressive"):
        return MAX_PIXELS_PROGRESSIVE
    return MAX_PIXELS[str(image.format)]


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
        image = _eight_bit(image)
    except (PictureError, MemoryError):
        raise
    except Exception:  # as above: OSError, SyntaxError, struct.error, EOFError, zlib.error, ...
        raise PictureError(
            "This picture is damaged or cut short: save it again, or send another one."
        ) from None
    if image.size != (size := _working_size(image.size)):
        image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
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
