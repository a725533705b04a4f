"""Drawings to learn from: people's strokes, drawn anew each time with another pen.

Also garments that people drew rarely or never, traced from outlines of photographed ones: dresses,
shirts with buttons, boots, and coats other than jackets. Magnitudes are standard deviations, shares
are of the drawings, ranges are uniform.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

from fmnist.data import people
from fmnist.data.datasets import FASHION_MNIST
from fmnist.pictures.clothing import garment_image, photo_image
from fmnist.pictures.digits import digit_image
from fmnist.training.augment.digits import polyline
from fmnist.training.augment.warping import rotation

# Of points (x, y), as `people.strokes` gives them, or arrays (n, 2); the longer side is 1.
Strokes = Sequence[Sequence[Sequence[float]] | np.ndarray]

LONGEST = 112  # pixels of a drawing: four times an image's
PEN = (0.012, 0.12)  # of the pad: from less than a mouse's line to the pad's thickest pen
SIZE = (0.35, 0.95)  # of the pad: how large people draw
WIDEST = 0.2  # of the drawing: with a wider pen nothing can be told
TURN = 0.1  # radians: 6°
STRETCH = 0.12  # of the logarithm of width and height: 12 %
SLANT = 0.08  # sideways for each step down
UNSTEADY = 0.008  # of the drawing
HATCHES = (2.0, 5.0)  # times the pen's width apart
INNER = 0.5  # of the traced garments have the inner edges, too
DETAIL = (0.008, 0.03)  # of the drawing: how far the lines may be from the outline


class Drawn(NamedTuple):
    """Drawings: the strokes of each, and its right classes, (n, 10) of 0 and 1."""

    strokes: list[Strokes]
    classes: np.ndarray


@functools.cache
def garments() -> dict[str, Drawn]:
    """Drawn garments, by the word that was to be drawn."""
    of: dict[str, list[dict[str, Any]]] = {}
    for item in _to_train_on():
        if item["clothing"] not in ("", "?"):
            of.setdefault(item["word"], []).append(item)
    return {
        word: Drawn(
            [item["strokes"] for item in items],
            np.array([people.classes_of(item["clothing"], FASHION_MNIST.labels) for item in items]),
        )
        for word, items in of.items()
    }


@functools.cache
def no_garments() -> list[Strokes]:
    """Drawings of other things."""
    return [item["strokes"] for item in _to_train_on() if item["clothing"] == ""]


@functools.cache
def no_digits() -> list[Strokes]:
    """Drawings of other things than digits, garments among them."""
    return [item["strokes"] for item in _to_train_on() if item["digit"] == ""]


@functools.cache
def pens() -> list[Strokes]:
    """Digits, letters, characters of other scripts and symbols."""
    items = people.strokes("digits") + people.strokes("letters")
    return [item["strokes"] for item in items if people.split_of(item) == "train"]


@functools.cache
def _to_train_on() -> list[dict[str, Any]]:
    return [item for item in people.drawings() if people.split_of(item) == "train"]


def as_garment(strokes: Strokes, rng: np.random.Generator) -> np.ndarray:
    """A drawing as an image of Fashion-MNIST, outlined, hatched or filled: (28, 28) uint8."""
    ink, pen = _ink(strokes, rng, mirrored=rng.random() < 0.5)
    return garment_image(FINISHES[rng.integers(len(FINISHES))](ink, pen, rng))


def as_digit(strokes: Strokes, rng: np.random.Generator) -> np.ndarray:
    """A drawing as an image of MNIST: (28, 28) uint8."""
    ink, _ = _ink(strokes, rng)
    return digit_image(ink)


def on_paper(strokes: Strokes, rng: np.random.Generator) -> np.ndarray:
    """A drawing on paper as a photo of clothing becomes an image: (28, 28) uint8.

    Where nothing is cut out, the paper is left around it.
    """
    ink, _ = _ink(strokes, rng)
    ink = ink.astype(np.float32) / 255
    paper = rng.uniform(5, 110) if rng.random() < 0.5 else 0
    margin = rng.integers(0, LONGEST // 2) if paper else 0
    grey = paper + np.pad(ink, margin) * (rng.uniform(120, 255) - paper)
    return photo_image(grey.clip(0, 255).astype(np.uint8))


def _ink(
    strokes: Strokes, rng: np.random.Generator, *, mirrored: bool = False
) -> tuple[np.ndarray, int]:
    """The strokes as another hand and pen draw them: (h, w) uint8, 255 = ink; the pen's pixels."""
    wide, high = np.exp(rng.normal(0, STRETCH, 2))
    matrix = rotation(rng.normal(0, TURN)) @ [[wide, 0], [rng.normal(0, SLANT), high]]
    if mirrored:
        matrix = matrix * [[-1], [1]]
    ends = np.cumsum([len(stroke) for stroke in strokes])
    points = np.concatenate(strokes) @ matrix
    points += rng.normal(0, UNSTEADY, points.shape)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    scale = LONGEST / max(size.max(), 1e-3)
    share = np.exp(rng.uniform(*np.log(PEN))) / rng.uniform(*SIZE)
    pen = max(1, round(LONGEST * min(share, WIDEST)))
    width, height = (np.ceil(size * scale).astype(int) + 2 * pen + 2).tolist()
    ink = np.zeros((height, width), np.uint8)
    for line in np.split((points - low) * scale + pen + 1, ends[:-1]):
        polyline(ink, np.concatenate([line, line[-1:]]), pen)  # a single point is a dot
    return ink, pen


def _outlined(ink: np.ndarray, pen: int, rng: np.random.Generator) -> np.ndarray:
    return ink


def _filled(ink: np.ndarray, pen: int, rng: np.random.Generator) -> np.ndarray:
    """With what its lines enclose."""
    return np.maximum(ink, 255 * enclosed(ink))


def _hatched(ink: np.ndarray, pen: int, rng: np.random.Generator) -> np.ndarray:
    """With lines across what its lines enclose, as somebody fills it with a pen."""
    height, width = ink.shape
    reach, step = height + width, pen * rng.uniform(*HATCHES)
    turn = rotation(rng.uniform(0, np.pi))
    lines = np.zeros_like(ink)
    for offset in np.arange(-reach, reach, step):
        ends = np.array([(-reach, offset), (reach, offset)]) + rng.normal(0, 0.2 * step, (2, 2))
        polyline(lines, ends @ turn + (width / 2, height / 2), pen)
    return np.maximum(ink, lines * enclosed(ink))


FINISHES: tuple[Callable[[np.ndarray, int, np.random.Generator], np.ndarray], ...] = (
    _outlined,
    _outlined,
    _filled,
    _hatched,
)


def enclosed(ink: np.ndarray) -> np.ndarray:
    """(h, w) uint8, 1 where one cannot get to from outside without crossing a line."""
    around = np.pad((ink > 127).view(np.uint8), 1)
    cv2.floodFill(around, None, (0, 0), 2)
    return (around[1:-1, 1:-1] != 2).astype(np.uint8)


def traced(garment: np.ndarray, label: int, rng: np.random.Generator) -> Strokes:
    """The strokes of a photographed garment, as somebody traces it with what marks its class.

    garment: (n, n) uint8, 0 = background
    """
    large = cv2.resize(garment, (LONGEST, LONGEST), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (0, 0), 2)
    mask = (smooth > 24).astype(np.uint8)
    strokes = _contours(mask, rng, closed=True)
    if rng.random() < INNER:
        inside = cv2.erode(mask, np.ones((9, 9)))
        strokes += _contours((cv2.Canny(smooth, 30, 90) > 0) * inside, rng, closed=False)
    x, y, width, height = cv2.boundingRect(mask)
    mark = MARKS.get(FASHION_MNIST.labels[label])
    if mark and strokes:
        strokes += [points * (width, height) + (x, y) for points in mark(rng)]
    return [stroke.astype(np.float32) / LONGEST for stroke in strokes]


def _contours(mask: np.ndarray, rng: np.random.Generator, *, closed: bool) -> list[np.ndarray]:
    found, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    lines = []
    for contour in found:
        if cv2.arcLength(contour, closed) > LONGEST / 6:
            near = cv2.approxPolyDP(contour, LONGEST * rng.uniform(*DETAIL), closed)[:, 0]
            lines.append(np.concatenate([near, near[:1]]) if closed else near)
    return lines


def _zip(rng: np.random.Generator) -> list[np.ndarray]:
    """Down the middle of a coat."""
    return [np.array([(rng.normal(0.5, 0.02), 0.05), (rng.normal(0.5, 0.02), 1)])]


def _buttons(rng: np.random.Generator) -> list[np.ndarray]:
    """A collar, the edge down the middle, and three to six buttons along it."""
    middle, depth = rng.normal(0.5, 0.02), rng.uniform(0.1, 0.2)
    collar = [(middle - 0.15, 0.02), (middle, depth), (middle + 0.15, 0.02)]
    edge = np.array([(middle, depth), (middle, 1)])
    dots = [np.array([(middle + 0.06, y)] * 2) for y in np.linspace(0.25, 0.9, rng.integers(3, 7))]
    return [np.array(collar), edge, *dots]


def _sole(rng: np.random.Generator) -> list[np.ndarray]:
    height = rng.uniform(0.85, 0.93)
    return [np.array([(0.03, height), (0.97, height)])]


def _waist(rng: np.random.Generator) -> list[np.ndarray]:
    """Across a dress, or none."""
    height = rng.uniform(0.3, 0.5)
    return [np.array([(0.3, height), (0.7, height)])] if rng.random() < 0.4 else []


MARKS = {"Coat": _zip, "Shirt": _buttons, "Ankle boot": _sole, "Dress": _waist}
TRACED = [FASHION_MNIST.labels.index(name) for name in MARKS]
