"""Digits, as in MNIST (Y. LeCun's page): the ink fitted into 20×20, bright on black.

Its centre of mass lies in the middle of 28×28. Before that come the steps that make a sketch or a
photo look like pen on paper.
"""

import contextlib
import functools
import itertools
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from fmnist.pictures.lines import is_box, no_frames, no_underlines, without_lines
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
    edge_pixels,
    in_shares,
    over_white,
    plain_background,
    scaled_to,
    shrunk,
)
from fmnist.pictures.sheets import opaque_sheet, plate_in, sheet_in

BELONGS = 0.25  # of the narrower part's width lies above or below the other part
FIGURE_HEIGHT = 0.4  # of the tallest figure's: lower ones are strokes of another one
BESIDE = 0.5  # of the lower figure's height is beside the other
MOST_DIGITS = 12  # that are read as a number
DOT = 0.75  # of the pen's width, across: smaller ones are dirt
WIDE = 1.1  # times as wide as high: 3 % of digits are, and most figures of digits that touch
ONE_PEN = 2.4  # times as wide may one figure's strokes be as another's: a shadow's are three times
FRAMED = "Something is drawn around the digit: leave that out, or move closer."
BESIDE_DIGIT = (
    "The digit does not stand out from its surroundings: move closer, so that only paper is seen "
    "around it."
)
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
    thin: float = 0.1  # of the middle of the strokes is in parts as thin, and as much in thick ones
    uneven: float = 2.5  # times as wide: each part of such strokes is thinned by its own width
    speck: float = 0.15  # of the longest part: shorter ones go; a 5's loose top has 0.3 and more
    speck_area: float = 0.06  # of the largest part: the rest of a table's edge is long but thin
    smallest_inside: float = 0.05  # of the picture's side: a digit beside a table's edge
    min_contrast: int = 20  # of 255: pencil on paper has 40, a camera's noise less than 15
    digit_edge: float = 0.95  # of the picture's edge is background: a stroke may touch it
    paper_size: int = 64  # pixels of the longest side, at which the paper's colour is measured
    # Of these pixels the paper is the median; a pen is thinner than half. The narrower one is for
    # shadows with an edge.
    paper_windows: tuple[int, ...] = (25, 11)
    clean: float = 0.7  # of the ink is no part that reaches the edge: the wider window does
    sheet_edge: float = 0.015  # of the side of a sheet: its edge is no ink
    tiny: int = 40  # pixels: so small a picture has no grain
    lined: float = 0.3  # of the ink at least lies inside where no lines run through it
    two_colours: float = 0.8  # of the variance is between ink and paper: there is nothing else
    near_edge: float = 0.08  # of the picture's side: a digit without margin comes as near
    most_ink: float = 0.9  # of the ink is one part, where it reaches all edges


SETTINGS = DigitSettings()


def preprocess_digit(picture: Image.Image, *, ink: str, **_) -> Preprocessed:
    found = _ink(picture, ink)
    if _is_mnist_image(found.ink):
        return Preprocessed(found.ink[np.newaxis], {"Ink": Image.fromarray(found.ink)})
    parts = connected_parts(found.ink > 127)
    keep, doubt = np.full(len(parts.areas), True), None
    if found.ground is not None:
        parts, keep, doubt = _on_the_ground(found, parts)
    elif found.is_photo:
        keep = _no_lines_through(parts)
    among = keep
    keep = no_underlines(parts, no_frames(parts, among & _no_specks(parts, among)))
    large = _no_specks(parts, keep)
    keep = keep & large
    kept = _masked(found.ink, parts, keep) if found.is_photo else _only(found.ink, parts, keep)
    if doubt is None and found.is_photo and is_box(kept > 127):
        doubt = FRAMED
    steps = {"Ink": Image.fromarray(_only(found.ink, parts, among))}
    strokes, pixels, frame = _redrawn(kept)
    steps["Even strokes"] = Image.fromarray(strokes)
    figures, row = _figures(parts, keep)
    if row and not _is_number(row, parts, among & ~large):
        row = []
    digits = tuple(_digit(found.ink, parts, each.labels) for each in row)
    wide = figures == 1 and _is_wide(kept)
    return Preprocessed(pixels[np.newaxis], steps, frame, figures, digits, wide, doubt)


def _digit(ink: np.ndarray, parts: Parts, labels: tuple[int, ...]) -> Preprocessed:
    """One digit of several: the image of these parts of the ink alone."""
    own = _masked(ink, parts, np.isin(np.arange(len(parts.areas)), labels))
    _, pixels, frame = _redrawn(own)
    return Preprocessed(pixels[np.newaxis], {}, frame, wide=_is_wide(own))


def _redrawn(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, Frame]:
    """A digit's ink in even strokes, the (28, 28) image of it, and where that lies in the ink."""
    strokes = _even_strokes(ink)
    pixels = centred_digit(strokes)
    return strokes, pixels, _digit_frame(ink, strokes, pixels)


def _is_wide(ink: np.ndarray) -> bool:
    height, width = cropped(ink).shape
    return width > WIDE * height


def _on_the_ground(found: "_Ink", parts: Parts) -> tuple[Parts, np.ndarray, str | None]:
    """The parts that lie on the ground, which of them are ink, and what is to be doubted."""
    assert found.ground is not None
    keep, enough = _inside(parts, found.ground)
    if enough and parts.areas[keep].sum() > SETTINGS.lined * parts.areas.sum():
        return parts, keep, None
    unlined = connected_parts(without_lines(found.ink > 127))
    inside, some = _inside(unlined, found.ground)
    if some and parts.areas[keep].max(initial=0) < unlined.areas[inside].max(initial=0):
        return unlined, inside, None
    if enough:
        return parts, keep, None
    return parts, np.full(len(parts.areas), True), BESIDE_DIGIT


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


MOST_PARTS = 300  # of what may be a number; joining thousands into figures takes a second


class _Figure(NamedTuple):
    """A figure beside others: its edges in pixels, and the labels of its parts."""

    left: int
    top: int
    right: int
    bottom: int
    labels: tuple[int, ...]

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def with_(self, other: "_Figure") -> "_Figure":
        return _Figure(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.labels + other.labels,
        )

    def is_above(self, other: "_Figure") -> bool:
        """Whether it lies above or below the other, or over it."""
        narrower = min(self.right - self.left, other.right - other.left)
        overlap = min(self.right, other.right) - max(self.left, other.left)
        return overlap > BELONGS * narrower

    def is_beside(self, other: "_Figure") -> bool:
        overlap = min(self.bottom, other.bottom) - max(self.top, other.top)
        return overlap >= BESIDE * min(self.height, other.height)


def _figures(parts: Parts, keep: np.ndarray) -> tuple[int, list[_Figure]]:
    """How many figures the parts form, at least 1, and which, from left to right.

    The latter only if these are several in a row, with nothing else beside them. Parts that lie
    above each other belong together, as do a 5 and its loose top.
    """
    figures: list[_Figure] = []
    labels = np.flatnonzero(keep & (parts.areas > 0)).tolist()
    if len(labels) > MOST_PARTS:
        return 1, []
    for label in labels:
        x, y, width, height = parts.boxes[label].tolist()
        figures.append(_Figure(x, y, x + width, y + height, (label,)))
    figures.sort()
    joined = figures[:1]
    for figure in figures[1:]:
        if figure.is_above(joined[-1]):
            joined[-1] = joined[-1].with_(figure)
        else:
            joined.append(figure)
    tallest = max((figure.height for figure in joined), default=0)
    tall = [figure for figure in joined if figure.height >= FIGURE_HEIGHT * tallest]
    beside = sum(one.is_beside(other) for one, other in itertools.pairwise(tall))
    in_a_row = 0 < beside == len(joined) - 1 <= MOST_DIGITS - 1
    return 1 + beside, joined if in_a_row else []


def _is_number(row: list[_Figure], parts: Parts, specks: np.ndarray) -> bool:
    """Whether figures in a row are of one pen, and no dot of it is between them, as in 1.5."""
    depths = cv2.distanceTransform((parts.labels > 0).view(np.uint8), cv2.DIST_L2, 5)
    widths = [_width(depths[np.isin(parts.labels, figure.labels)]) for figure in row]
    left, _, width, _ = parts.boxes.T
    between = (left >= row[0].right) & (left + width <= row[-1].left)
    dot = np.pi / 4 * (DOT * min(widths)) ** 2
    has_dots = (parts.areas[specks & between] >= dot).any()
    return max(widths) <= ONE_PEN * min(widths) and not has_dots


def digit_image(ink: np.ndarray) -> np.ndarray:
    """What becomes of ink, (h, w) uint8, 255 = ink: (28, 28) uint8.

    Raises PictureError if there is none, or only dots.
    """
    return centred_digit(_even_strokes(ink))


def _no_lines_through(parts: Parts) -> np.ndarray:
    """Which parts do not run from edge to edge, or else all."""
    x, y, width, height = parts.boxes.T
    down, across = parts.labels.shape
    through = ((x == 0) & (x + width == across)) | ((y == 0) & (y + height == down))
    left = np.where(through, 0, parts.boxes[:, 2:].max(axis=1)).max()
    return ~through if left >= SETTINGS.smallest_inside * max(down, across) else through | True


class _Ink(NamedTuple):
    """How much ink there is at each pixel: (h, w) uint8, 255 = ink, at most 320 pixels a side.

    ground: (h, w) bool, the sheet that it is on, whose edge and what reaches it is no ink; None if
        there is nothing but ink and one plain colour
    is_photo: whether there may be grain in it
    """

    ink: np.ndarray
    ground: np.ndarray | None
    is_photo: bool


def _ink(picture: Image.Image, polarity: str) -> _Ink:
    ground = None
    if picture.mode == "RGBA":
        alpha = np.asarray(shrunk(picture.getchannel("A")))
        if alpha.max() < SETTINGS.min_contrast:
            raise PictureError("Nothing is drawn yet: draw a digit first.")
        shown = np.asarray(shrunk(picture))[..., :3]
        if alpha.mean() < 128:  # a drawing; otherwise a picture with some transparent part
            ground = opaque_sheet(alpha, shown)
            if ground is None:
                return _Ink(_strengthened(alpha, alpha.max()), None, False)
        picture = over_white(picture)
    pixels = np.atleast_3d(np.asarray(shrunk(picture)))
    if ground is not None:  # whose edge is cut clean, so that it is not taken for ink
        return _on_sheet(np.ascontiguousarray(shown), ground, polarity)._replace(ground=None)
    colour = plain_background(pixels, share=SETTINGS.digit_edge, within=PLAIN)
    if colour is not None:
        difference = _difference(pixels, colour.astype(np.float32), polarity)
        plate = plate_in(difference > difference.max() / 2)
        if plate is not None:
            return _on_sheet(pixels, plate, polarity)
        _strength(difference)
        return _Ink(_strengthened(difference, difference.max()), None, max(pixels.shape) > SIDE)
    tight = _without_margin(pixels, polarity)
    if tight is not None:
        return _Ink(tight, None, True)
    sheet = sheet_in(pixels)
    if sheet is not None:
        with contextlib.suppress(PictureError):  # then it was a table, or light
            return _on_sheet(pixels, sheet, polarity)
    return _on_paper(pixels, polarity)


def _on_sheet(pixels: np.ndarray, sheet: np.ndarray, polarity: str) -> _Ink:
    """Ink on a sheet that does not fill the picture, without the sheet's own edge."""
    side = max(1, round(SETTINGS.sheet_edge * np.sqrt(sheet.sum())))
    padded = np.pad(sheet, 1).astype(np.uint8)
    inner = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=side)[1:-1, 1:-1] > 0
    if not inner.any():
        raise PictureError(NO_DIGIT)
    colour = np.median(pixels[inner], axis=0)
    only = np.where(inner[..., None], pixels, colour.astype(np.uint8))
    top, bottom, left, right = bounding_box(inner)
    within = np.s_[top:bottom, left:right]
    found = _on_paper(np.ascontiguousarray(only[within]), polarity)
    ink = np.zeros(sheet.shape, np.uint8)
    ink[within] = np.where(inner[within], found.ink, 0)
    if not (ink > 127).any():  # what there is lies beside the sheet
        raise PictureError(NO_DIGIT)
    return _Ink(ink, inner, True)


def _on_paper(pixels: np.ndarray, polarity: str) -> _Ink:
    """Ink on paper, in whatever light: what differs from the colour around it."""
    found = None
    for window in SETTINGS.paper_windows:
        background = _background(pixels, window)
        difference = _difference(pixels, background, polarity)
        ink = _strengthened(difference, _strength(difference))
        whole = np.ones(pixels.shape[:2], bool)
        parts = connected_parts(ink > 127)
        inside, enough = _inside(parts, whole)
        share = parts.areas[inside].sum() / max(1, parts.areas.sum()) if enough else 0
        if found is None or share > found[0]:
            found = share, _Ink(ink, whole, True)
        if share > SETTINGS.clean:
            break
    assert found
    return found[1]


def _difference(pixels: np.ndarray, background: np.ndarray, polarity: str) -> np.ndarray:
    """How far each pixel is from the background, towards the ink: (h, w) uint8."""
    difference = background - pixels
    if polarity == "auto":  # ink is rare and far from the background: the skew has its sign
        polarity = "dark" if (np.square(difference) * difference).sum() > 0 else "light"
    if polarity == "light":
        difference = -difference
    elif background.ndim == 3:  # ink reflects a share of the light, which is less in a shadow
        light = np.maximum(_highest(background)[..., np.newaxis], 1)  # black paper reflects none
        difference = difference * (light.max() / np.maximum(light, light.max() / 4))
    # The channel that differs most: yellow ink on white is as bright as the paper, but not as blue.
    return _highest(difference).clip(0, 255).astype(np.uint8)


def _highest(channels: np.ndarray) -> np.ndarray:
    """The maximum of (h, w, channels) over the channels; `max(axis=2)` takes four times as long."""
    return functools.reduce(np.maximum, np.moveaxis(channels, 2, 0))


def _strength(difference: np.ndarray) -> float:
    """How far ink is from the background. Raises PictureError if there is no ink."""
    threshold, _ = cv2.threshold(difference, 0, 255, cv2.THRESH_OTSU)
    strong = difference[difference > threshold]
    if not strong.size or (strength := np.percentile(strong, 75)) < SETTINGS.min_contrast:
        raise PictureError(NO_DIGIT)
    return float(strength)


def _background(pixels: np.ndarray, window: int) -> np.ndarray:
    """The paper's colour at each pixel of (h, w, channels): float32 of the same shape."""
    height, width = pixels.shape[:2]
    small = np.asarray(cv2.resize(pixels, size_within((width, height), SETTINGS.paper_size)))
    paper = cv2.medianBlur(small.copy(), window)
    return cv2.resize(paper, (width, height)).reshape(pixels.shape).astype(np.float32)


def _without_margin(pixels: np.ndarray, polarity: str) -> np.ndarray | None:
    """The ink of a digit that reaches all edges of its picture, of two even colours, or None."""
    grey = pixels.max(axis=2) if pixels.shape[2] == 1 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    bright = grey > threshold
    share = bright.mean()
    if not 0 < share < 1:
        return None
    high, low = float(np.median(grey[bright])), float(np.median(grey[~bright]))
    between = share * (1 - share) * (grey[bright].mean() - grey[~bright].mean()) ** 2
    small = max(grey.shape) <= SETTINGS.tiny
    if high - low < 3 * SETTINGS.min_contrast or between < grey.var() * SETTINGS.two_colours:
        return None
    if polarity == "auto":
        polarity = "light" if _is_ink(bright, grey) else "dark"
    ink = bright if polarity == "light" else ~bright
    if not small and not _reaches_all_edges(ink):
        return None
    scaled = (grey.astype(np.float32) - low) / (high - low)
    scaled = scaled if polarity == "light" else 1 - scaled
    return (scaled.clip(0, 1) * 255).astype(np.uint8)


def _is_ink(mask: np.ndarray, grey: np.ndarray) -> bool:
    """Whether what is bright is the ink, and what is dark is not."""
    height, width = mask.shape
    if max(height, width) > 2.2 * min(height, width):  # a one: its middle is ink
        inner = grey[height // 8 : height - height // 8, width // 4 : width - width // 4]
        return bool(inner.mean() > edge_pixels(grey).mean())
    return bool(mask.mean() < 0.5)


def _reaches_all_edges(ink: np.ndarray) -> bool:
    """Whether one part that is most of the ink comes near all four edges, and lies along none."""
    parts = connected_parts(ink)
    largest = parts.labels == parts.areas.argmax()
    if largest.sum() < SETTINGS.most_ink * ink.sum():
        return False
    deep = max(1, round(SETTINGS.near_edge * max(ink.shape)))
    sides = largest[:deep], largest[-deep:], largest[:, :deep], largest[:, -deep:]
    edges = largest[0], largest[-1], largest[:, 0], largest[:, -1]
    return all(side.any() for side in sides) and not any(edge.mean() > 0.9 for edge in edges)


def _strengthened(ink: np.ndarray, full: float) -> np.ndarray:
    return np.minimum(np.rint(ink * (255 / full)), 255).astype(np.uint8)


def _inside(parts: Parts, ground: np.ndarray) -> tuple[np.ndarray, bool]:
    """Which parts end within the ground, as a table beside the paper does not.

    And whether any of these is large enough for a digit.
    """
    rim = np.pad(ground, 1)
    rim = rim[1:-1, 1:-1] & ~(cv2.erode(rim.astype(np.uint8), np.ones((3, 3)))[1:-1, 1:-1] > 0)
    inside = np.full(len(parts.areas), True)
    inside[np.unique(parts.labels[rim])] = False
    sizes = np.where(inside, parts.boxes[:, 2:].max(axis=1), 0)
    across = np.sqrt(ground.sum())
    return inside, bool(sizes.max() >= SETTINGS.smallest_inside * across)


def _no_specks(parts: Parts, among: np.ndarray) -> np.ndarray:
    """Which parts are no specks beside the largest of those among which they are."""
    sizes = parts.boxes[:, 2:].max(axis=1)
    long = sizes >= SETTINGS.speck * sizes[among].max(initial=0)
    large = parts.areas >= SETTINGS.speck_area * parts.areas[among].max(initial=0)
    return long & large


def _only(ink: np.ndarray, parts: Parts, keep: np.ndarray) -> np.ndarray:
    """The ink of the parts to keep, with the soft pixel around them."""
    return ink if keep[1:].all() else _masked(ink, parts, keep)


def _masked(ink: np.ndarray, parts: Parts, keep: np.ndarray) -> np.ndarray:
    """The same, also where all parts are kept: the paper's grain is none."""
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
    Moving the edges of strokes of width w out by r gives (w + 2r) / (160 + 2r), which is to be
    stroke / 20.
    """
    ink = scaled_to(cropped(ink), SETTINGS.stroke_size)
    margin = SETTINGS.stroke_size // 8
    mask = np.pad(ink, margin) > 127
    if not mask.any():  # scattered dots, each too small to be left in what is so much smaller
        raise PictureError(NO_DIGIT)
    inside, outside = (
        cv2.distanceTransform(part.view(np.uint8), cv2.DIST_L2, 5) for part in (mask, ~mask)
    )
    stroke = _width(inside[mask])
    target = SETTINGS.stroke / SETTINGS.digit_box
    grow = (target * SETTINGS.stroke_size - stroke) / (2 * (1 - target))
    if grow < 0 and (middle := _middle(inside)).any():
        half = inside[middle]
        thin, thick = np.quantile(half, (SETTINGS.thin, 1 - SETTINGS.thin))
        if thick > SETTINGS.uneven * thin:
            redrawn = _each_as_wide(inside - outside, middle, target * SETTINGS.stroke_size / 2)
            return (np.clip(redrawn + 0.5, 0, 1) * 255).astype(np.uint8)
    grow = max(grow, -stroke * (1 - SETTINGS.thinnest) / 2)
    redrawn = np.clip(inside - outside + grow + 0.5, 0, 1) * 255
    return redrawn.astype(np.uint8)


def _width(depths: np.ndarray) -> np.floating:
    """A stroke's width, by its pixels' distances to its edge: their mean is a quarter of it."""
    return 4 * depths.mean()


def _middle(inside: np.ndarray) -> np.ndarray:
    """Where the middle of the strokes is: (h, w) bool, of each pixel's distance to the edge."""
    around = cv2.dilate(inside, np.ones((3, 3), np.uint8))
    return (inside > 1) & (inside >= around - 0.05)


def _each_as_wide(depth: np.ndarray, middle: np.ndarray, half: float) -> np.ndarray:
    """How deep each pixel is in strokes that are all redrawn this wide about their middle.

    depth: how deep it is in the strokes as they are, negative outside; half: half of the width
    """
    _, nearest = cv2.distanceTransformWithLabels(
        (~middle).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    widths = np.zeros(nearest.max() + 1, np.float32)
    widths[nearest[middle]] = depth[middle]
    return depth - widths[nearest] + half


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
