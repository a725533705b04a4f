"""What people really photographed and drew, as data sets in the form of MNIST.

- photos: phone photos of clothing on floors, sheets and hangers, as images of Fashion-MNIST, by who
  sent them (clothing-dataset, A. Grigorev and contributors, CC0)
- photos_as_digits: those photos taken for drawings, as images of MNIST, which they are not
- pens: digits, and capital letters that are none, as images of MNIST, by the group of writers
  (UNIPEN train_r01_v07, International Unipen Foundation, doi 10.5281/zenodo.1195803, CC BY 4.0)

    python -m fmnist.people PHOTOS

makes the files anew, when the steps from picture to image have changed. PHOTOS is the folder
`images` of https://github.com/alexeygrigorev/clothing-dataset at commit 7ed86a9. The strokes of the
pens are shipped, and so is a table of the photos, with the classes and the split that this project
gave them: nobody's pictures are in both.
"""

import argparse
import csv
import functools
import gzip
import hashlib
import json
import os
import random
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from fmnist import files
from fmnist.datasets import FASHION_MNIST, MNIST
from fmnist.pictures import PictureError, size_within
from fmnist.preprocess import SETTINGS, garment_cut_out, preprocess

FOLDER = Path(__file__).parent / "peoplesets"
SPLITS = ("train", "validation")
VALIDATION_WRITERS = {"apa", "art"}  # groups of UNIPEN
CANVAS = 400  # pixels a side of a drawing
# Pixels of the longest side: twice an image's, so that what is altered stays true.
CUT_OUT_SIDE = 56
MADE = FOLDER / "made.json"  # what the files were made with, and their checksums
UNSIGNED_BYTE, SHORT = 0x08, 0x0B  # types in an IDX file, as MNIST's home page describes it
PARTS = {  # files of a split
    "pixels": "images-idx3-ubyte.gz",
    "classes": "classes-idx2-ubyte.gz",
    "people": "people-idx1-short.gz",
    "second_views": "second-views-idx3-ubyte.gz",
    "cut_outs": "cut-outs-idx3-ubyte.gz",
}
# Only images to learn from are altered, and only those to be measured are looked at twice.
ONLY_OF = {"cut_outs": "train", "second_views": "validation"}


class Examples(NamedTuple):
    """Pictures that people made, as images.

    pixels: (n, 28, 28) uint8, 0 = background
    classes: (n, 10) bool, those that are right: one, several where it is a matter of taste, or none
    people: (n,) int16, who made it: the number of a sender of photos or of a group of writers
    views: (n, 1, 28, 28), the same as pixels, or (n, 2, 28, 28) of the validation people's photos:
        with what they are when cut out another way, as `fmnist.preprocess.Preprocessed` has them
    """

    pixels: np.ndarray
    classes: np.ndarray
    people: np.ndarray
    views: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """(n,) bool, which have a class."""
        return np.asarray(self.classes.any(axis=1))


@functools.cache
def load(name: str, split: str) -> Examples:
    """The "photos", "photos_as_digits" or "pens" of the "train" or the "validation" people."""
    pixels, classes, people = (_read(name, split, part) for part in ("pixels", "classes", "people"))
    views = [pixels]
    if name == "photos" and split == ONLY_OF["second_views"]:
        views.append(_read(name, split, "second_views"))
    return Examples(pixels, classes.astype(bool), people, np.stack(views, axis=1))


@functools.cache
def cut_outs() -> np.ndarray:
    """The garments on the photos of the training people, larger than `load` gives them.

    (n, 56, 56) uint8, each in the upper left corner, 0 = background: to be altered first and then
    made as small as an image.
    """
    return _read("photos", "train", "cut_outs")


def _read(name: str, split: str, part: str) -> np.ndarray:
    content = gzip.decompress((FOLDER / name / f"{split}-{PARTS[part]}").read_bytes())
    kind, dimensions = content[2:4]
    shape = np.frombuffer(content, ">u4", count=dimensions, offset=4)
    dtype = {UNSIGNED_BYTE: "u1", SHORT: ">i2"}[kind]
    return np.frombuffer(content, dtype, offset=4 + 4 * dimensions).reshape(shape)


# Pens


def strokes(name: str) -> list[dict[str, Any]]:
    """The "digits" or "letters" of the pens: id, source (the group of writers), label, strokes.

    A stroke is a list of points (x, y), right and down; the longer side of the drawing is 1.
    """
    with gzip.open(FOLDER / "pens" / f"{name}.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def draw(item: dict[str, Any]) -> Image.Image:
    """An item of `strokes` as a brush leaves it on a pad: RGBA, black ink, 400 × 400 pixels.

    Its size, place and brush are of many kinds and follow from the item's id.
    """
    rng = random.Random(zlib.crc32(item["id"].encode()))
    size = CANVAS * rng.uniform(0.35, 0.85)
    brush = max(4, CANVAS * rng.uniform(0.015, 0.06))
    points = np.concatenate(item["strokes"]) * size
    x, y = (rng.uniform(brush, max(brush, CANVAS - side - brush)) for side in points.max(axis=0))
    ink = Image.new("L", (2 * CANVAS, 2 * CANVAS))  # reduced below, so that edges are smooth
    pen = ImageDraw.Draw(ink)
    for stroke in item["strokes"]:
        path = [(2 * (x + size * right), 2 * (y + size * down)) for right, down in stroke]
        if len(path) > 1:
            pen.line(path, fill=255, width=round(2 * brush), joint="curve")
        for right, down in (path[0], path[-1]):
            pen.ellipse((right - brush, down - brush, right + brush, down + brush), fill=255)
    drawing = Image.new("RGBA", (CANVAS, CANVAS))
    drawing.putalpha(ink.resize((CANVAS, CANVAS), Image.Resampling.LANCZOS))
    return drawing


# Photos


def photo_table() -> list[dict[str, str]]:
    """A line a photo: image (its file's name without .jpg), split, sender, kind, classes.

    kind is the public set's own label; classes are names of Fashion-MNIST joined by "|", none for
    hats, shorts and skirts.
    """
    with (FOLDER / "photos" / "photos.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# Making the files


def pen_image(item: dict[str, Any]) -> np.ndarray:
    """An item of `strokes` as an image of MNIST: (28, 28) uint8."""
    return preprocess(draw(item), MNIST.name).pixels


def photo_images(path: Path) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """A photo as two views of Fashion-MNIST and an image of MNIST, and its cut-out.

    The image of MNIST is None if nothing on the photo passes for ink.
    """
    with Image.open(path) as file:
        photo = ImageOps.exif_transpose(file).convert("RGB")
    try:
        digit = preprocess(photo, MNIST.name).pixels
    except PictureError:
        digit = None
    return preprocess(photo, FASHION_MNIST.name).two_views, digit, cut_out(photo)


def cut_out(photo: Image.Image) -> np.ndarray:
    """The garment on a photo as `cut_outs` gives it: (56, 56) uint8."""
    garment = garment_cut_out(photo)
    width, height = size_within(garment.shape[::-1], CUT_OUT_SIDE)
    grey, inside = (
        cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
        for values in (garment, (garment > 0).astype(np.float32))
    )
    square = np.zeros((CUT_OUT_SIDE, CUT_OUT_SIDE), np.uint8)
    square[:height, :width] = np.maximum(grey, 1) * (inside > 0.02)  # GrabCut's edge stays soft
    return square


def make(photos: Path) -> None:
    """Write all files, which takes minutes. Raises FileNotFoundError if a photo is missing."""
    pens, table = strokes("digits") + strokes("letters"), photo_table()
    paths = [photos / f"{line['image']}.jpg" for line in table]
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        pen_images = list(processes.map(pen_image, pens, chunksize=50))
        garments, as_digits, large = zip(
            *processes.map(photo_images, paths, chunksize=10), strict=True
        )
    groups = sorted({item["source"] for item in pens})
    _write(
        "pens",
        ["validation" if item["source"] in VALIDATION_WRITERS else "train" for item in pens],
        pixels=pen_images,
        classes=[_classes(str(item["label"]), MNIST.labels) for item in pens],
        people=[np.array(groups.index(item["source"]), np.int16) for item in pens],
    )
    splits = [line["split"] for line in table]
    senders = [np.array(line["sender"], np.int16) for line in table]
    classes = [_classes(line["classes"], FASHION_MNIST.labels) for line in table]
    _write(
        "photos",
        splits,
        pixels=[first for first, _ in garments],
        second_views=[second for _, second in garments],
        classes=classes,
        people=senders,
        cut_outs=large,
    )
    inked = [index for index, image in enumerate(as_digits) if image is not None]
    _write(
        "photos_as_digits",
        [splits[index] for index in inked],
        pixels=[as_digits[index] for index in inked],
        classes=[np.zeros(10, np.uint8)] * len(inked),
        people=[senders[index] for index in inked],
    )
    made = {"settings": SETTINGS, "sha256": checksums()}
    files.write(MADE, (json.dumps(made, indent=1) + "\n").encode())


def checksums() -> dict[str, str]:
    """SHA-256 of the unpacked files, by their path in FOLDER; gzip's wrappers differ."""
    return {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(
            gzip.decompress(path.read_bytes())
        ).hexdigest()
        for path in sorted(FOLDER.glob("*/*-idx*.gz"))
    }


def _classes(names: str, labels: Sequence[str]) -> np.ndarray:
    """(10,) uint8, 1 for each class that is named."""
    named = names.split("|")
    return np.array([label in named for label in labels], np.uint8)


def _write(name: str, splits: Sequence[str], **parts: Iterable[np.ndarray]) -> None:
    for part, values in parts.items():
        for split in SPLITS:
            if split != ONLY_OF.get(part, split):
                continue
            chosen = [value for value, its in zip(values, splits, strict=True) if its == split]
            path = FOLDER / name / f"{split}-{PARTS[part]}"
            path.parent.mkdir(exist_ok=True)
            files.write(path, _idx(np.stack(chosen)))


def _idx(values: np.ndarray) -> bytes:
    kind = SHORT if values.dtype == np.int16 else UNSIGNED_BYTE
    header = bytes([0, 0, kind, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    content = header + values.astype(values.dtype.newbyteorder(">")).tobytes()
    return gzip.compress(content, 9, mtime=0)  # no time in it: the same images, the same file


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="the folder of the photos")
    try:
        make(parser.parse_args().photos)
    except FileNotFoundError as error:
        raise SystemExit(f"{error.filename} is missing: name the folder of the photos.") from None


if __name__ == "__main__":
    main()
