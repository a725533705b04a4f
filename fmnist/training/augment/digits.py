"""Augment digits, as images of MNIST, the way handwriting varies.

Magnitudes are standard deviations, set by eye so that a person can still name the digit.
"""

import cv2
import numpy as np

from fmnist.pictures.digits import centred_digit
from fmnist.pictures.pixels import SIDE
from fmnist.training.augment.warping import CENTRE, elastic_distortion, rotation

COORDINATES = np.mgrid[:SIDE, :SIDE][::-1].astype(np.float32) - CENTRE  # x and y of each pixel
DIGIT_ROTATION = 0.1  # radians: 6°, as the paper may lie
DIGIT_SLANT = 0.12  # pixels sideways per pixel down: the greatest difference between hands
DIGIT_STRETCH = 0.08  # of the logarithm of width and height: 8 %
DIGIT_DISTORTION = 0.7  # pixels: an unsteady hand; a stroke is 2.6 wide
ADDED_STROKE = 0.2  # of zeros, ones and sevens: rare in MNIST, universal in some countries
ADDED_WIDTHS = (2, 3)  # pixels, like MNIST's strokes
ADDED_JITTER = 1.5  # pixels, of each end


def augment_digit(pixels: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Rotate, slant, stretch and distort it; sometimes add a stroke, as some people do."""
    if label in ADDED and rng.random() < ADDED_STROKE:
        pixels = pixels.copy()
        line = ADDED[label](pixels, rng)
        polyline(pixels, line, width=int(rng.integers(ADDED_WIDTHS[0], ADDED_WIDTHS[1] + 1)))
        pixels = centred_digit(pixels)
    slant = rng.normal(0, DIGIT_SLANT)
    wide, high = np.exp(rng.normal(0, DIGIT_STRETCH, 2))
    matrix = rotation(rng.normal(0, DIGIT_ROTATION)) @ [[wide, slant], [0, high]]
    x, y = np.tensordot(matrix, COORDINATES, 1)
    return elastic_distortion(pixels, x, y, DIGIT_DISTORTION, rng)


def _slash(_, rng):
    """Through a zero, from bottom to top."""
    return np.array([(9, 26), (19, 1)]) + rng.normal(0, ADDED_JITTER, (2, 2))


def _upstroke(pixels, rng):
    """To the tip of a one, from its left."""
    rows, columns = np.nonzero(pixels > 127)
    x, y = columns[rows.argmin()], rows.min()
    return np.array([(x - rng.uniform(3, 9), y + rng.uniform(1, 9)), (x, y)])


def _bar(_, rng):
    """Across a seven."""
    return np.array([(9, 14), (19, 14)]) + rng.normal(0, ADDED_JITTER, (2, 2))


ADDED = {0: _slash, 1: _upstroke, 7: _bar}  # lines of points (x, y)


def polyline(pixels: np.ndarray, points: np.ndarray, width: int) -> None:
    """Draw a line through points (n, 2), x and y in pixels, into (h, w) uint8."""
    sixteenths = np.round(points * 16).astype(np.int32)
    cv2.polylines(pixels, [sixteenths], False, 255, width, cv2.LINE_AA, shift=4)
