"""Remake the files of `fmnist.data.people`: `python -m fmnist people PHOTOS`.

Do this whenever preprocessing changes. PHOTOS is the folder `images` of
https://github.com/alexeygrigorev/clothing-dataset at commit 7ed86a9.
"""

import json
import os
import random
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from fmnist.data import files, idx
from fmnist.data.datasets import FASHION_MNIST, MNIST
from fmnist.data.people import (
    MADE,
    ONLY_OF,
    SPLITS,
    checksums,
    classes_of,
    drawings,
    file_of,
    photo_table,
    split_of,
    strokes,
)
from fmnist.pictures.clothing import garment_cut_out
from fmnist.pictures.opening import PictureError, size_within
from fmnist.pictures.preprocessing import preprocess, settings_of
from fmnist.training.drawings import enclosed

CANVAS = 400  # pixels a side of a drawing
# Pixels of the longest side: twice an image's, so that augmentation loses no detail.
CUT_OUT_SIDE = 56


def draw(item: dict[str, Any], *, filled: bool = False) -> Image.Image:
    """An item of `strokes`, drawn with a brush on a pad: RGBA, black ink, 400 × 400 pixels.

    Size, place and brush vary from item to item, and follow from the item's id.

    filled: whether what the lines enclose is ink, too, as by a bucket
    """
    rng = random.Random(zlib.crc32(item["id"].encode()))
    size = CANVAS * rng.uniform(0.35, 0.85)
    brush = max(4, CANVAS * rng.uniform(0.015, 0.06))
    points = np.concatenate(item["strokes"]) * size
    x, y = (rng.uniform(brush, max(brush, CANVAS - side - brush)) for side in points.max(axis=0))
    ink = Image.new("L", (2 * CANVAS, 2 * CANVAS))  # reduced below to smooth the edges
    pen = ImageDraw.Draw(ink)
    for stroke in item["strokes"]:
        path = [(2 * (x + size * right), 2 * (y + size * down)) for right, down in stroke]
        if len(path) > 1:
            pen.line(path, fill=255, width=round(2 * brush), joint="curve")
        for right, down in (path[0], path[-1]):
            pen.ellipse((right - brush, down - brush, right + brush, down + brush), fill=255)
    if filled:
        ink = Image.fromarray(255 * enclosed(np.asarray(ink)))
    drawing = Image.new("RGBA", (CANVAS, CANVAS))
    drawing.putalpha(ink.resize((CANVAS, CANVAS), Image.Resampling.LANCZOS))
    return drawing


def pen_image(item: dict[str, Any]) -> np.ndarray:
    """An item of `strokes` or `drawings` as an image of MNIST: (28, 28) uint8."""
    return preprocess(draw(item), MNIST.name).pixels


def garment_images(item: dict[str, Any]) -> np.ndarray:
    """An item of `drawings` as images of Fashion-MNIST, outlined and filled: (2, 28, 28) uint8."""
    drawn = draw(item), draw(item, filled=True)
    return np.stack([preprocess(each, FASHION_MNIST.name).pixels for each in drawn])


def photo_images(path: Path) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """A photo as two views for Fashion-MNIST, as an image of MNIST, and as a cut-out.

    The image of MNIST is None if nothing in the photo passes for ink.
    """
    with Image.open(path) as file:
        photo = ImageOps.exif_transpose(file).convert("RGB")
    try:
        digit = preprocess(photo, MNIST.name).pixels
    except PictureError:
        digit = None
    return preprocess(photo, FASHION_MNIST.name).two_views, digit, cut_out(photo)


def cut_out(photo: Image.Image) -> np.ndarray:
    """The garment in a photo, as `cut_outs` gives it: (56, 56) uint8."""
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
    """Write all files; takes minutes. Raises FileNotFoundError if a photo is missing."""
    pens, table = taught_strokes(), photo_table()
    paths = [photos / f"{line['image']}.jpg" for line in table]
    held_out = [item for item in drawings() if split_of(item) == "validation"]
    drawn = [item for item in held_out if item["clothing"] != "?"]
    no_digits = [item for item in held_out if item["digit"] != "?"]
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        pen_images = list(processes.map(pen_image, pens, chunksize=50))
        drawn_images = list(processes.map(garment_images, drawn, chunksize=50))
        drawn_as_digits = list(processes.map(pen_image, no_digits, chunksize=50))
        garments, as_digits, large = zip(
            *processes.map(photo_images, paths, chunksize=10), strict=True
        )
    groups = sorted({item["source"] for item in pens})
    _write(
        "pens",
        [split_of(item) for item in pens],
        pixels=pen_images,
        classes=[classes_of(str(item["label"]), MNIST.labels) for item in pens],
        people=[np.array(groups.index(item["source"]), np.int16) for item in pens],
    )
    words = sorted({item["word"] for item in held_out})
    _write(
        "drawings",
        ["validation"] * len(drawn),
        pixels=[outline for outline, _ in drawn_images],
        filled=[filled for _, filled in drawn_images],
        classes=[classes_of(item["clothing"], FASHION_MNIST.labels) for item in drawn],
        people=[np.array(words.index(item["word"]), np.int16) for item in drawn],
    )
    _write(
        "drawings_as_digits",
        ["validation"] * len(no_digits),
        pixels=drawn_as_digits,
        classes=[np.zeros(10, np.uint8)] * len(no_digits),
        people=[np.array(words.index(item["word"]), np.int16) for item in no_digits],
    )
    splits = [line["split"] for line in table]
    senders = [np.array(line["sender"], np.int16) for line in table]
    classes = [classes_of(line["classes"], FASHION_MNIST.labels) for line in table]
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
    settings = {dataset: settings_of(dataset) for dataset in (MNIST.name, FASHION_MNIST.name)}
    made = {"settings": settings, "sha256": checksums()}
    files.write(MADE, (json.dumps(made, indent=1) + "\n").encode())


# Characters of other scripts that look like a digit, so that nothing is to be learned from them.
LIKE_DIGITS = {
    *(f"Early_Aramaic {number}" for number in ("01", "02", "03", "04", "06", "07", "10", "12")),
    *(f"Early_Aramaic {number}" for number in ("14", "16", "17", "20")),
    *(f"Korean {number}" for number in ("21", "22", "27", "33")),
    *(f"Japanese_(katakana) {number}" for number in ("24", "27", "46")),
}


def taught_strokes() -> list[dict[str, Any]]:
    """The pens' digits and letters, but for training characters that are LIKE_DIGITS."""
    return [
        item for item in strokes("digits") + strokes("letters") if item["label"] not in LIKE_DIGITS
    ]


def _write(name: str, splits: Sequence[str], **parts: Iterable[np.ndarray]) -> None:
    for part, values in parts.items():
        for split in SPLITS:
            chosen = [value for value, its in zip(values, splits, strict=True) if its == split]
            if split != ONLY_OF.get(part, split) or not chosen:
                continue
            path = file_of(name, split, part)
            path.parent.mkdir(exist_ok=True)
            files.write(path, idx.encode(np.stack(chosen)))
