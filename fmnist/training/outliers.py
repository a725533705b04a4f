"""Made-up drawings that are not digits, from which a network learns to be unsure.

Outlier exposure: D. Hendrycks, M. Mazeika, T. Dietterich, arXiv 1812.04606. All are (28, 28) uint8
and preprocessed like drawings.
"""

from collections.abc import Callable

import cv2
import numpy as np

from fmnist.data import people
from fmnist.pictures.digits import centred_digit, digit_image
from fmnist.pictures.pixels import SIDE, cropped
from fmnist.training.augment.digits import polyline

CANVAS = 200  # pixels a side
PEN = (4, 13)  # pixels wide: from a pencil to a marker
OVERLAP = 0.3  # of the narrowest of several digits at most
Strokes = list[np.ndarray]  # of points (n, 2), x and y from 0 to 1


def digit_outlier(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A drawing of any of the KINDS; digits: (n, 28, 28) images, from which some are made."""
    shares = np.array([share for _, share in KINDS])
    make, _ = KINDS[rng.choice(len(KINDS), p=shares / shares.sum())]
    return make(digits, rng)


def several_digits(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two or three digits side by side, of different sizes, some of which touch or overlap."""
    count = 2 if rng.random() < 0.8 else 3
    parts = []
    for index in rng.integers(len(digits), size=count):
        digit = cropped(digits[index])
        scale = 3 * rng.uniform(0.6, 1.2)
        parts.append(cv2.resize(digit, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    overlap = round(OVERLAP * min(part.shape[1] for part in parts))
    gaps = rng.integers(-overlap, 2, count) if rng.random() < 0.4 else rng.integers(2, 50, count)
    height = max(len(part) for part in parts)
    width = sum(part.shape[1] for part in parts)
    pad = np.zeros((2 * height, width + np.maximum(gaps, 0).sum()), np.uint8)
    left = 0
    for part, gap in zip(parts, gaps, strict=True):
        middle = (len(pad) - len(part)) / 2
        wander = middle if rng.random() < 0.5 else 8  # pixels: scattered, or on a line
        top = int(np.clip(middle + rng.uniform(-wander, wander), 0, 2 * middle))
        place = pad[top : top + len(part), left : left + part.shape[1]]
        np.maximum(place, part, out=place)
        left = max(0, left + part.shape[1] + gap)
    return digit_image(pad)


def clothing(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A photo of clothing, preprocessed as a drawing."""
    photos = people.load("photos_as_digits", "train").pixels
    return photos[rng.integers(len(photos))]


def scribble(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A few lines anywhere."""
    count = rng.integers(2, 5)
    return _drawn([rng.random((rng.integers(2, 6), 2)) for _ in range(count)], 0.06, rng)


def cross(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An X or a plus."""
    ends = CROSSES[rng.integers(len(CROSSES))]
    return _drawn([np.array(line) for line in ends], 0.07, rng)


def dash(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A horizontal line."""
    return _drawn([np.array([(0, 0), (1, rng.normal(0, 0.08))])], 0, rng, bent=False)


def dots(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One to four dots, such as taps leave."""
    pad = np.zeros((CANVAS, CANVAS), np.uint8)
    for point in rng.integers(CANVAS // 4, 3 * CANVAS // 4, (rng.integers(1, 5), 2)).tolist():
        cv2.circle(pad, point, int(rng.integers(3, 20)), 255, -1, cv2.LINE_AA)
    return digit_image(pad)


def face(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A round face with eyes and a mouth."""
    apart, mouth = rng.uniform(0.1, 0.25), rng.uniform(0.15, 0.3)
    eyes = [np.array([(0.5 + side * apart, 0.35)] * 2) for side in (-1, 1)]
    strokes = [_arc(0.5, 0.5, 0.5, 0, 2 * np.pi), *eyes, _arc(0.5, 0.55, mouth, 0.2, np.pi - 0.2)]
    return _drawn(strokes, 0.015, rng, bent=False)


def noise(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Grains of any size, grey or black and white."""
    grains = rng.integers(0, 256, (rng.integers(3, SIDE + 1),) * 2, np.uint8)
    smoothness = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[rng.integers(3)]
    pixels = cv2.resize(grains, (SIDE, SIDE), interpolation=smoothness)
    return (pixels > rng.integers(60, 200)) * np.uint8(255) if rng.random() < 0.5 else pixels


def blot(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A filled box or ellipse."""
    width, height = rng.integers(4, 22, 2).tolist()
    pad = np.zeros((SIDE, SIDE), np.uint8)
    if rng.random() < 0.5:
        pad[:height, :width] = 255
    else:
        axes = width // 2 + 1, height // 2 + 1
        cv2.ellipse(pad, (SIDE // 2, SIDE // 2), axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    return centred_digit(pad)


CROSSES: list[list[list[tuple[float, float]]]] = [
    [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
    [[(0.5, 0), (0.5, 1)], [(0, 0.5), (1, 0.5)]],
]
KINDS: list[tuple[Callable[[np.ndarray, np.random.Generator], np.ndarray], float]] = [
    (several_digits, 0.40),  # how often each is made
    (clothing, 0.13),
    (scribble, 0.04),
    (cross, 0.14),
    (dash, 0.03),
    (dots, 0.03),
    (face, 0.06),
    (noise, 0.04),
    (blot, 0.04),
]


def _drawn(
    strokes: Strokes, jitter: float, rng: np.random.Generator, *, bent: bool = True
) -> np.ndarray:
    """Strokes as an unsteady hand draws them.

    jitter: standard deviation of each point, as a share of the drawing's size
    bent: whether to round the corners of half of the strokes
    """
    slant = [[rng.uniform(0.45, 1.2), rng.normal(0, 0.06)], [rng.normal(0, 0.15), 1]]
    pad, pen = np.zeros((CANVAS, CANVAS), np.uint8), int(rng.integers(*PEN))
    for stroke in strokes:
        points = stroke + rng.normal(0, jitter, stroke.shape)
        if bent and rng.random() < 0.5:
            points = _rounded(points)
        polyline(pad, (points @ slant) * CANVAS / 2 + CANVAS / 5, pen)
    return digit_image(pad)


def _rounded(points: np.ndarray) -> np.ndarray:
    """The line with its corners cut twice (G. Chaikin 1974)."""
    for _ in range(2):
        cut = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.concatenate([points[:1], np.stack(cut, 1).reshape(-1, 2), points[-1:]])
    return points


def _arc(x: float, y: float, radius: float, start: float, end: float) -> np.ndarray:
    angles = np.linspace(start, end, 24)
    return np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
