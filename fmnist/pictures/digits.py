"""Digits, as in MNIST (Y. LeCun's page): the ink fitted into 20×20, bright on black.

Its centre of mass lies in the middle of 28×28. Before that come the steps that make a sketch or a
photo look like pen on paper.
"""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from fmnist.pictures.opening import PictureError, size_within
from fmnist.pictures.pixels import (
    PLAIN,
    SIDE,
    STEP_SIZE,
    Frame,
    Parts,
    Preprocessed,
    bounding_box,
    connected_parts,
    cropped,
    in_shares,
    over_white,
    plain_background,
    scaled_to,
    shrunk,
)

BELONGS = 0.25  # of the narrower part's width lies above or below the other part
FIGURE_HEIGHT = 0.4  # of the tallest figure's: lower ones are strokes of another one
BESIDE = 0.5  # of the lower figure's height is beside the other
NO_DIGIT = "No digit stands out in this picture: use more contrast, or move closer."


@dataclass(frozen=True)
class DigitSettings:
    """What an image of a digit depends on, as `dataclasses.asdict` gives it to a record."""

    side: int = SIDE
    step_size: int = STEP_SIZE
    plain: float = PLAIN
    digit_box: int = 20  # pixels: MNIST's
    stroke: float = 2.6  # pixels: the median stroke width of MNIST's training images
    stroke_size: int = 160  # pixels: strokes are redrawn at 8 times the size of the box
    thinnest: float = 0.5  # of its width: a stroke is thinned no further, so its thin parts stay
    speck: float = 0.15  # of the longest part: shorter ones go; a 5's loose top has 0.3 and more
    speck_area: float = 0.06  # of the largest part: the rest of a table's edge is long but thin
    smallest_inside: float = 0.05  # of the picture's side: a digit beside a table's edge
    min_contrast: int = 20  # of 255: pencil on paper has 40, a camera's noise less than 15
    digit_edge: float = 0.95  # of the picture's edge is background: a stroke may touch it
    paper_size: int = 64  # pixels of the longest side, at which the paper's colour is measured
    paper_window: int = 25  # of these pixels: the paper is their median; a pen is thinner than half


SETTINGS = DigitSettings()


def preprocess_digit(picture: Image.Image, *, ink: str, **_) -> Preprocessed:
    found, plain = _ink(picture, ink)
    parts = connected_parts(found > 127)
    keep = np.full(len(parts.areas), True) if plain else _inside(parts)
    found = _only(found, parts, keep)
    steps = {"Ink": Image.fromarray(found)}
    if _is_mnist_image(found):
        return Preprocessed(found[np.newaxis], steps)
    keep = keep & _no_specks(parts, keep)
    kept = _only(found, parts, keep)
    strokes = _even_strokes(kept)
    steps["Even strokes"] = Image.fromarray(strokes)
    pixels = centred_digit(strokes)
    frame = _digit_frame(kept, strokes, pixels)
    return Preprocessed(pixels[np.newaxis], steps, frame, _figures(parts.boxes[keep]))


def _digit_frame(ink: np.ndarray, strokes: np.ndarray, pixels: np.ndarray) -> Frame:
    """Where the image lies in the picture with the ink: their centres of mass fall together."""
    top, bottom, left, right = bounding_box(ink > 0)
    # Pixels of ink for one of the strokes'.
    scale = max(bottom - top, right - left) / SETTINGS.stroke_size
    side = SIDE * scale * max(cropped(strokes).shape) / SETTINGS.digit_box
    margin = SETTINGS.stroke_size // 8
    (x, y), (across, down) = _centre_of_mass(strokes), _centre_of_mass(pixels)
    x = left + scale * (x + 0.5 - margin) - side * (across + 0.5) / SIDE
    y = top + scale * (y + 0.5 - margin) - side * (down + 0.5) / SIDE
    return in_shares((x, y, x + side, y + side), ink.shape)


def _figures(boxes: np.ndarray) -> int:
    """How many figures the parts in these boxes are: at least 1.

    Parts that lie above each other belong together, as do a 5 and its loose top. Of pairs of digits
    94 % are found, and 1 % of single digits are taken for two: open fours, in two strokes.
    """
    figures: list[tuple[int, int, int, int]] = []  # left, top, right, bottom
    for x, y, width, height in sorted(boxes[boxes[:, 2] > 0].tolist()):
        box = (x, y, x + width, y + height)
        if figures:
            last = figures[-1]
            overlap = min(last[2], box[2]) - x
            if overlap > BELONGS * min(last[2] - last[0], width):
                left, top, right, bottom = zip(last, box, strict=True)
                figures[-1] = min(left), min(top), max(right), max(bottom)
                continue
        figures.append(box)
    tallest = max((bottom - top for _, top, _, bottom in figures), default=0)
    tall = [box for box in figures if box[3] - box[1] >= FIGURE_HEIGHT * tallest]
    beside = sum(
        min(one[3], other[3]) - max(one[1], other[1])
        >= BESIDE * min(one[3] - one[1], other[3] - other[1])
        for one, other in itertools.pairwise(tall)
    )
    return 1 + beside


def digit_image(ink: np.ndarray) -> np.ndarray:
    """What becomes of ink, (h, w) uint8, 255 = ink: (28, 28) uint8.

    Raises PictureError if there is none, or only dots.
    """
    return centred_digit(_even_strokes(ink))


def _ink(picture: Image.Image, polarity: str) -> tuple[np.ndarray, bool]:
    """How much ink there is at each pixel, and whether it is on one plain colour.

    (h, w) uint8, 255 = ink, at most 320 pixels a side.
    """
    if picture.mode == "RGBA":
        alpha = np.asarray(shrunk(picture.getchannel("A")))
        if alpha.max() < SETTINGS.min_contrast:
            raise PictureError("Nothing is drawn yet: draw a digit first.")
        if alpha.mean() < 128:  # a drawing; otherwise a picture with some transparent part
            return _strengthened(alpha, alpha.max()), True
        picture = over_white(picture)
    pixels = np.atleast_3d(np.asarray(shrunk(picture)))
    background, plain = _background(pixels)
    difference = background.astype(np.float32) - pixels
    if polarity == "auto":  # ink is rare and far from the background: the skew has its sign
        polarity = "dark" if (difference**3).sum() > 0 else "light"
    difference = difference if polarity == "dark" else -difference
    # The channel that differs most: yellow ink on white is as bright as the paper, but not as blue.
    difference = difference.max(axis=2).clip(0).astype(np.uint8)
    threshold, _ = cv2.threshold(difference, 0, 255, cv2.THRESH_OTSU)
    strong = difference[difference > threshold]
    if not strong.size or (strength := np.percentile(strong, 75)) < SETTINGS.min_contrast:
        raise PictureError(NO_DIGIT)
    return _strengthened(difference, difference.max() if plain else strength), plain


def _background(pixels: np.ndarray) -> tuple[np.ndarray, bool]:
    """The background at each pixel of (h, w, channels), and whether it is one plain colour."""
    colour = plain_background(pixels, share=SETTINGS.digit_edge, within=PLAIN)
    if colour is not None:
        return colour, True
    height, width, channels = pixels.shape
    small = np.asarray(cv2.resize(pixels, size_within((width, height), SETTINGS.paper_size)))
    paper = cv2.medianBlur(small.copy(), SETTINGS.paper_window)
    return cv2.resize(paper, (width, height)).reshape(height, width, channels), False


def _strengthened(ink: np.ndarray, full: float) -> np.ndarray:
    return np.minimum(np.rint(ink * (255 / full)), 255).astype(np.uint8)


def _inside(parts: Parts) -> np.ndarray:
    """Which parts end within the picture, as a table beside the paper does not; or else all."""
    x, y, width, height = parts.boxes.T
    down, across = parts.labels.shape
    inside = (x > 0) & (y > 0) & (x + width < across) & (y + height < down)
    sizes = np.where(inside, np.maximum(width, height), 0)
    enough = sizes.max() >= SETTINGS.smallest_inside * max(down, across)
    return inside if enough else np.full_like(inside, True)


def _no_specks(parts: Parts, among: np.ndarray) -> np.ndarray:
    """Which parts are no specks beside the largest of those among which they are."""
    sizes = parts.boxes[:, 2:].max(axis=1)
    long = sizes >= SETTINGS.speck * sizes[among].max(initial=0)
    large = parts.areas >= SETTINGS.speck_area * parts.areas[among].max(initial=0)
    return long & large


def _only(ink: np.ndarray, parts: Parts, keep: np.ndarray) -> np.ndarray:
    """The ink of the parts to keep, with the soft pixel around them."""
    if keep[1:].all():
        return ink
    kept = np.append(False, keep[1:])[parts.labels].astype(np.uint8)
    return ink * cv2.dilate(kept, np.ones((3, 3), np.uint8))


def _is_mnist_image(ink: np.ndarray) -> bool:
    """Whether it is fitted and centred already; MNIST rounds, so that it is up to a pixel off."""
    if ink.shape != (SIDE, SIDE):
        return False
    off_centre = np.abs(np.array(_centre_of_mass(ink)) - (SIDE - 1) / 2).max()
    return max(cropped(ink).shape) == SETTINGS.digit_box and off_centre <= 1


def _even_strokes(ink: np.ndarray) -> np.ndarray:
    """The ink redrawn with strokes as wide as MNIST's, its longest side 160 pixels before that.

    Brushes are of any width; shrunk to 20 pixels, thin strokes fade and thick ones run together.
    In a stroke of width w the mean distance to its edge is w / 4. Moving the edges out by r gives
    (w + 2r) / (160 + 2r), which is to be stroke / 20.
    """
    ink = scaled_to(cropped(ink), SETTINGS.stroke_size)
    margin = SETTINGS.stroke_size // 8
    mask = np.pad(ink, margin) > 127
    if not mask.any():  # scattered dots, each too small to be left in what is so much smaller
        raise PictureError(NO_DIGIT)
    inside, outside = (
        cv2.distanceTransform(part.view(np.uint8), cv2.DIST_L2, 5) for part in (mask, ~mask)
    )
    stroke = 4 * inside[mask].mean()
    target = SETTINGS.stroke / SETTINGS.digit_box
    grow = (target * SETTINGS.stroke_size - stroke) / (2 * (1 - target))
    grow = max(grow, -stroke * (1 - SETTINGS.thinnest) / 2)
    redrawn = np.clip(inside - outside + grow + 0.5, 0, 1) * 255
    return redrawn.astype(np.uint8)


def centred_digit(ink: np.ndarray) -> np.ndarray:
    """Ink fitted into 20×20, its centre of mass in the middle of (28, 28), nothing cut off."""
    ink = cropped(ink)
    width, height = size_within(ink.shape[::-1], SETTINGS.digit_box)
    ink = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    x, y = _centre_of_mass(ink)
    middle = (SIDE - 1) / 2
    right = np.clip(middle - x, 0, SIDE - width)
    down = np.clip(middle - y, 0, SIDE - height)
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cv2.warpAffine(ink, shift, (SIDE, SIDE))


def _centre_of_mass(ink: np.ndarray) -> tuple[float, float]:
    moments = cv2.moments(ink)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
