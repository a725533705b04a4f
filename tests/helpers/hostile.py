"""Files that are small and ask for much."""

import html
import io
import re
import struct
import zlib

import numpy as np
from PIL import Image


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """One of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(extra: bytes) -> bytes:
    """A PNG as the pad sends it, but for chunks between its header and its pixels."""
    from fmnist.ui.pad import SIDE

    png = saved(Image.new("RGBA", (SIDE, SIDE)), "PNG")
    return png[:33] + extra + png[33:]


def noise(width: int, height: int, mode: str) -> Image.Image:
    """It compresses badly, as photos do."""
    return Image.effect_noise((256, 256), 60).resize((width, height)).convert(mode)


def jpeg_of_scans() -> bytes:
    """A progressive JPEG whose last scan comes 600 times."""
    jpeg = saved(Image.new("L", (4000, 4000), 99), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * 600 + jpeg[-2:]


def tiff_of_tags() -> bytes:
    """3,000 tags, each of which is the same megabyte."""
    tags = [(256, 4, 1, 9), (257, 4, 1, 9), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 40_000)]
    tags += [(278, 4, 1, 9), (279, 4, 1, 81)]
    tags += [(40_000 + number, 1, 1_000_000, 40_000) for number in range(3_000)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(4)
    return head.ljust(40_000, b"\0") + bytes(1_000_000)


FILES = {
    "lossless WebP of 64 megapixels": lambda: webp_header(8000, 8000),
    "lossless WebP of 7.9 megapixels": lambda: saved(
        Image.new("RGB", (2820, 2820)), "WEBP", lossless=True
    ),
    "PNG of 120 megapixels": lambda: saved(Image.new("1", (12_000, 10_000)), "PNG"),
    "PNG of 16 megapixels, transparent": lambda: saved(
        Image.new("RGBA", (4010, 4010), (9, 9, 9, 9)), "PNG"
    ),
    "PNG of 16 megapixels, 16 bits": lambda: saved(
        Image.fromarray(np.zeros((4010, 4010), np.uint16)), "PNG"
    ),
    "PNG of 16 megapixels, palette": lambda: saved(
        Image.new("P", (4010, 4010)), "PNG", transparency=0
    ),
    "GIF of 16 megapixels": lambda: saved(Image.new("P", (4010, 4010)), "GIF"),
    "TIFF of 16 megapixels, CMYK": lambda: saved(
        Image.new("CMYK", (4010, 4010)), "TIFF", compression="tiff_lzw"
    ),
    "AVIF of 12.5 megapixels": lambda: saved(Image.new("RGB", (3535, 3535)), "AVIF", speed=10),
    "JPEG of 64 megapixels, CMYK": lambda: saved(Image.new("CMYK", (8000, 8000)), "JPEG"),
    "progressive JPEG of 64 megapixels": lambda: saved(
        Image.new("L", (8000, 8000)), "JPEG", progressive=True
    ),
    "progressive JPEG of 600 scans": jpeg_of_scans,
    "JPEG of fill bytes": lambda: b"\xff\xd8" + b"\xff" * 20_000_000,
    "GIF of comments": lambda: b"GIF89a\x09\0\x09\0\0\0\0" + b"\x21\xfe\x01a\0" * 1_000_000,
    "PNG of tiny chunks": lambda: png_with(chunk(b"aaAa") * 1_000_000),
    "PNG of texts": lambda: png_with(
        chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000))) * 60
    ),
    "TIFF of tags that share a block": tiff_of_tags,
}


def webp_header(width: int, height: int) -> bytes:
    """34 bytes that say: lossless, one colour, so many pixels."""
    small = saved(Image.new("RGB", (16, 16)), "WEBP", lossless=True)
    size = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return small[:21] + size + small[25:]


def asked(server, function: str, content: bytes) -> tuple[bool, str]:
    """Whether /classify or the page answers for a file that is uploaded, and the sentence."""
    return asked_for(server, function, server.upload(content))


def asked_for(server, function: str, picture) -> tuple[bool, str]:
    """The same for what is sent as an upload's path."""
    panel = ("mnist", "large", "auto", "auto")
    data = (picture, *panel) if function == "classify" else (*panel, "photo", "", picture)
    good, said = server.ask(function, *data)
    if not good:
        return False, said
    problem = function == "answered" and re.search('<p class="problem".*?>(.*)</p>', said[0])
    return (False, html.unescape(problem[1])) if problem else (True, "an answer")
