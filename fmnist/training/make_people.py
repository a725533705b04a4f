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
    VALIDATION_WRITERS,
    checksums,
    file_of,
    photo_table,
    strokes,
)
from fmnist.pictures.clothing import garment_cut_out
from fmnist.pictures.opening import PictureError, size_within
from fmnist.pictures.preprocessing import preprocess, settings_of

CANVAS = 400  # pixels a side of a drawing
# Pixels of the longest side: twice an image's, so that augmentation loses no detail.
CUT_OUT_SIDE = 56


def draw(item: dict[str, Any]) -> Image.Image:
    """An item of `strokes`, drawn with a brush on a pad: RGBA, black ink, 400 × 400 pixels.

    Size, place and brush vary from item to item, and follow from the item's id.
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
    drawing = Image.new("RGBA", (CANVAS, CANVAS))
    drawing.putalpha(ink.resize((CANVAS, CANVAS), Image.Resampling.LANCZOS))
    return drawing


def pen_image(item: dict[str, Any]) -> np.ndarray:
    """An item of `strokes` as an image of MNIST: (28, 28) uint8."""
    return preprocess(draw(item), MNIST.name).pixels


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
    settings = {dataset: settings_of(dataset) for dataset in (MNIST.name, FASHION_MNIST.name)}
    made = {"settings": settings, "sha256": checksums()}
    files.write(MADE, (json.dumps(made, indent=1) + "\n").encode())


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
            path = file_of(name, split, part)
            path.parent.mkdir(exist_ok=True)
            files.write(path, idx.encode(np.stack(chosen)))
