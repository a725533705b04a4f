"""From a picture to an image as the data set has them, by the steps with which it was made.

Digits (MNIST, Y. LeCun's page): the ink fitted into 20×20, its centre of mass in the middle of
28×28, bright on black. Clothing (Fashion-MNIST, arXiv 1708.07747, section 2): the background away,
the longest edge 28, sharpened, extended to a square, negated. Before that come the steps that make
a sketch look like pen on paper and a phone's photo like a product photo.

What was chosen on real photos was chosen on 600 of clothing-dataset-small (A. Grigorev), by the
share that the networks get right; on real drawings, on 6,366 digits of UNIPEN. SETTINGS lists the
constants: after a change of one the networks have to be calibrated and evaluated again.
"""

import functools
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from fmnist.datasets import DATASETS, FASHION_MNIST, MNIST, lookup, test_set
from fmnist.pictures import PictureError, open_picture, size_within

Picture = str | Path | Image.Image | np.ndarray  # what `open_picture` takes

SIDE = 28
PLAIN = 0.05 * 255  # Fashion-MNIST's own: within 5 % of the full range it is still the background
STEP_SIZE = 320  # pixels of the longest side of the pictures between

DIGIT_BOX = 20  # MNIST's
# Pixels: the median stroke width of MNIST's training images (5 %: 1.8, 95 %: 3.9). With strokes
# redrawn so wide 96.1 % of real drawings were right instead of 94.7 %.
STROKE = 2.6
STROKE_SIZE = 160  # strokes are measured and redrawn at 8 times MNIST's 20 pixels
THINNEST = 0.5  # of its width: a stroke is thinned no further, so that its thin parts stay
SPECK = 0.15  # of the longest part: shorter ones are dropped; a 5's loose top has 0.3 and more
SPECK_AREA = 0.06  # of the largest part: what is left of a table's edge is long but thin
SMALLEST_INSIDE = 0.05  # of the picture's side: the least that a digit beside a table's edge has
BELONGS = 0.25  # of the narrower part's width lies above or below the other part
FIGURE_HEIGHT = 0.4  # of the tallest figure's: lower ones are strokes of another one
BESIDE = 0.5  # of the lower figure's height is beside the other
NO_DIGIT = "No digit stands out in this picture: use more contrast, or move closer."
MIN_CONTRAST = 20  # of 255: pencil on paper has 40 and more, a camera's noise less than 15
DIGIT_EDGE = 0.95  # of the picture's edge is background: a stroke of the digit may touch it
PAPER_SIZE, PAPER_WINDOW = 64, 25  # the paper is the median around; a pen is thinner than half

GARMENT_EDGE = 0.75  # of the picture's edge is background: the garment may touch one of four sides
# Of 255: a product photo's background is one colour but for JPEG's noise, no sheet is. With 2
# instead of PLAIN, 11 of 16 photos on black or white cloth were right instead of 8.
RETOUCHED = 2
SMALLEST_GARMENT, LARGEST_GARMENT = 0.03, 0.97  # of the picture: else nothing was cut out
BLACK_CORNER = 8  # of 255: darker ones are background
BLACK_CORNERS = 3  # or more have 59,984 of the 60,000 training images
# Times its height: the data set's tops have 0.71 to 0.79 (medians of the classes). Other widths
# than 0.8 did not help on real photos.
TOP_WIDTH = 0.8
WIDEST_TOP = 1.5  # times its height: what is wider is a shoe from the side
# ImageMagick's -sharpen 1x1.0: a negative Gaussian with a centre that keeps the brightness.
SHARPEN = -np.exp(-np.array([[2, 1, 2], [1, 0, 1], [2, 1, 2]]) / 2)
SHARPEN[1, 1] = -2 * SHARPEN.sum()
SHARPEN /= SHARPEN.sum()
# Pixels of the image, a Gaussian's deviation: hides folds and grain that no studio has. On real
# photos the large network was right on 61 % instead of 58.3 % of those sharpened.
SOFTNESS = 0.45


class GrabCut(NamedTuple):
    """How GrabCut runs: `size`, pixels of the longest side, and `margin`, pixels of that size.

    As much on each side is surely background.
    """

    size: int
    margin: int


# Of a phone's photo there are two cut-outs, which fail on different photos, and the answer is the
# mean of the answers to both: of the validation people's garments the large network is right on
# 79.7 % so, on 78.0 and 77.3 % with the first or the second alone; negative log-likelihood 0.64,
# 0.66, 0.69. As good as 160 and 3: 160 and 6, 192 and 8, an ellipse for the frame; three cut-outs
# gain 0.01 more. A majority of three or five masks was no better than the first.
GRABCUTS = (GrabCut(128, 1), GrabCut(160, 3))
# In training more cut-outs fail, and networks learn to know those, too: trained on cut-outs with 1
# pixel the large network was right on 76.8 % instead of 78.0 %.
GRABCUT_IN_TRAINING = GrabCut(128, 5)
GRABCUT_ROUNDS = 5

Frame = tuple[float, float, float, float]
WHOLE: Frame = (0, 0, 1, 1)


@dataclass(frozen=True)
class Preprocessed:
    """A picture as an image of the data set.

    `views`: (n, 28, 28) uint8, 0 = background: one, or two where the picture was cut out in two
    ways, the better one first; the answer is the mean of those to all. `steps`: the pictures
    between the one sent and these by name, in their order, "L" or "RGB", at most 320 pixels a side.
    `frame`: where the first view's left, top, right and bottom edge lie in the picture sent, in
    shares of its width and height; outside of it where they are below 0 or above 1. `figures`: how
    many drawings there are, side by side.
    """

    views: np.ndarray
    steps: dict[str, Image.Image]
    frame: Frame = WHOLE
    figures: int = 1

    @property
    def pixels(self) -> np.ndarray:
        """(28, 28) uint8: the first of the views."""
        return self.views[0]

    @property
    def two_views(self) -> np.ndarray:
        """(2, 28, 28) uint8: the views, to be stacked with others'; one alone is there twice."""
        return self.views[[0, -1]]


def preprocess(
    picture: Picture, dataset: str, *, ink: str = "auto", cut_out: bool | None = None
) -> Preprocessed:
    """Turn a picture into an image of "mnist" or "fashion_mnist".

    ink: for digits, whether the ink is "dark"er or "light"er than the background, or "auto"; on a
        transparent canvas the ink is what is not transparent
    cut_out: for clothing, True takes the background away, False leaves it in, None decides

    Images of the data sets come out as they went in. Raises PictureError if there is nothing to
    see, and ValueError if dataset or ink is not one of these.
    """
    return preprocess_opened(open_picture(picture), dataset, ink=ink, cut_out=cut_out)


def preprocess_opened(
    picture: Image.Image, dataset: str, *, ink: str = "auto", cut_out: bool | None = None
) -> Preprocessed:
    """The same of what `open_picture` has given."""
    if dataset not in DATASETS:
        raise ValueError(f"There is no data set {dataset!r}: choose one of {', '.join(DATASETS)}.")
    if ink not in ("auto", "dark", "light"):
        raise ValueError(f"There is no ink {ink!r}: choose auto, dark or light.")
    steps = lookup(PREPROCESSING, dataset, "fmnist.preprocess.PREPROCESSING")
    if ink == "auto" and cut_out is None and _is_test_image(picture, dataset):
        return Preprocessed(np.asarray(picture)[np.newaxis], {"Picture": picture})
    return steps(picture, ink=ink, cut_out=cut_out)


def _is_test_image(picture: Image.Image, dataset: str) -> bool:
    """Whether it is one of the test images, of which the steps would take a few for photos."""
    return (
        picture.size == (SIDE, SIDE)
        and picture.mode == "L"
        and bool((test_set(dataset).pixels == np.asarray(picture)).all(axis=(1, 2)).any())
    )


# Digits


def _digit(picture: Image.Image, *, ink: str, **_) -> Preprocessed:
    found, plain = _ink(picture, ink)
    parts = _parts(found > 127)
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
    top, bottom, left, right = _box(ink > 0)
    scale = max(bottom - top, right - left) / STROKE_SIZE  # pixels of ink for one of the strokes'
    side = SIDE * scale * max(cropped(strokes).shape) / DIGIT_BOX
    margin = STROKE_SIZE // 8
    (x, y), (across, down) = _centre_of_mass(strokes), _centre_of_mass(pixels)
    x = left + scale * (x + 0.5 - margin) - side * (across + 0.5) / SIDE
    y = top + scale * (y + 0.5 - margin) - side * (down + 0.5) / SIDE
    return _in_shares((x, y, x + side, y + side), ink.shape)


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
        alpha = np.asarray(_shrunk(picture.getchannel("A")))
        if alpha.max() < MIN_CONTRAST:
            raise PictureError("Nothing is drawn yet: draw a digit first.")
        if alpha.mean() < 128:  # a drawing; otherwise a picture with some transparent part
            return _strengthened(alpha, alpha.max()), True
        picture = _on_white(picture)
    pixels = np.atleast_3d(np.asarray(_shrunk(picture)))
    background, plain = _background(pixels)
    difference = background.astype(np.float32) - pixels
    if polarity == "auto":  # ink is rare and far from the background: the skew has its sign
        polarity = "dark" if (difference**3).sum() > 0 else "light"
    difference = difference if polarity == "dark" else -difference
    # The channel that differs most: yellow ink on white is as bright as the paper, but not as blue.
    difference = difference.max(axis=2).clip(0).astype(np.uint8)
    threshold, _ = cv2.threshold(difference, 0, 255, cv2.THRESH_OTSU)
    strong = difference[difference > threshold]
    if not strong.size or (strength := np.percentile(strong, 75)) < MIN_CONTRAST:
        raise PictureError(NO_DIGIT)
    return _strengthened(difference, difference.max() if plain else strength), plain


def _background(pixels: np.ndarray) -> tuple[np.ndarray, bool]:
    """The background at each pixel of (h, w, channels), and whether it is one plain colour."""
    colour = _plain_background(pixels, share=DIGIT_EDGE, within=PLAIN)
    if colour is not None:
        return colour, True
    height, width, channels = pixels.shape
    small = np.asarray(cv2.resize(pixels, size_within((width, height), PAPER_SIZE)))
    paper = cv2.medianBlur(small.copy(), PAPER_WINDOW)
    return cv2.resize(paper, (width, height)).reshape(height, width, channels), False


def _strengthened(ink: np.ndarray, full: float) -> np.ndarray:
    return np.minimum(np.rint(ink * (255 / full)), 255).astype(np.uint8)


class _Parts(NamedTuple):
    """Connected parts: labels (h, w), 0 = none, and a box (x, y, width, height) and area a label.

    The box of label 0 is empty and at the origin.
    """

    labels: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray


def _parts(mask: np.ndarray) -> _Parts:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), ltype=cv2.CV_16U)
    stats[0] = 0
    return _Parts(labels, stats[:, : cv2.CC_STAT_AREA], stats[:, cv2.CC_STAT_AREA])


def _inside(parts: _Parts) -> np.ndarray:
    """Which parts end within the picture, as a table beside the paper does not; or else all."""
    x, y, width, height = parts.boxes.T
    down, across = parts.labels.shape
    inside = (x > 0) & (y > 0) & (x + width < across) & (y + height < down)
    sizes = np.where(inside, np.maximum(width, height), 0)
    enough = sizes.max() >= SMALLEST_INSIDE * max(down, across)
    return inside if enough else np.full_like(inside, True)


def _no_specks(parts: _Parts, among: np.ndarray) -> np.ndarray:
    """Which parts are no specks beside the largest of those among which they are."""
    sizes = parts.boxes[:, 2:].max(axis=1)
    long = sizes >= SPECK * sizes[among].max(initial=0)
    large = parts.areas >= SPECK_AREA * parts.areas[among].max(initial=0)
    return long & large


def _only(ink: np.ndarray, parts: _Parts, keep: np.ndarray) -> np.ndarray:
    """The ink of the parts to keep, with the soft pixel around them."""
    if keep[1:].all():
        return ink
    kept = np.append(False, keep[1:])[parts.labels].astype(np.uint8)
    return ink * cv2.dilate(kept, np.ones((3, 3), np.uint8))


def _is_mnist_image(ink: np.ndarray) -> bool:
    """Whether it is fitted and centred already; MNIST rounds, so that it is up to a pixel off."""
    if ink.shape != (SIDE, SIDE):
        return False
    centre = np.array(_centre_of_mass(ink))
    return max(cropped(ink).shape) == DIGIT_BOX and np.abs(centre - (SIDE - 1) / 2).max() <= 1


def _even_strokes(ink: np.ndarray) -> np.ndarray:
    """The ink redrawn with strokes as wide as MNIST's, its longest side 160 pixels before that.

    Brushes are of any width; shrunk to 20 pixels, thin strokes fade and thick ones run together.
    In a stroke of width w the mean distance to its edge is w / 4. Moving the edges out by r gives
    (w + 2r) / (160 + 2r), which is to be STROKE / 20.
    """
    ink = _scaled(cropped(ink), STROKE_SIZE)
    margin = STROKE_SIZE // 8
    mask = np.pad(ink, margin) > 127
    if not mask.any():  # scattered dots, each too small to be left in what is so much smaller
        raise PictureError(NO_DIGIT)
    inside, outside = (
        cv2.distanceTransform(part.view(np.uint8), cv2.DIST_L2, 5) for part in (mask, ~mask)
    )
    stroke = 4 * inside[mask].mean()
    target = STROKE / DIGIT_BOX
    grow = (target * STROKE_SIZE - stroke) / (2 * (1 - target))
    grow = max(grow, -stroke * (1 - THINNEST) / 2)
    redrawn = np.clip(inside - outside + grow + 0.5, 0, 1) * 255
    return redrawn.astype(np.uint8)


def centred_digit(ink: np.ndarray) -> np.ndarray:
    """Ink fitted into 20×20, its centre of mass in the middle of (28, 28), nothing cut off."""
    ink = cropped(ink)
    width, height = size_within(ink.shape[::-1], DIGIT_BOX)
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


# Clothing


def _garment(picture: Image.Image, *, cut_out: bool | None, **_) -> Preprocessed:
    picture = _shrunk(picture)
    if _is_blank(picture):
        raise PictureError("This picture is blank: choose one that shows clothing.")
    if _is_fashion_image(picture):
        grey = np.asarray(picture.convert("L"))
        whole = 0, grey.shape[0], 0, grey.shape[1]
        frame = _garment_frame(whole, grey.shape, picture)
        return Preprocessed(_squared(grey)[np.newaxis], {"Picture": picture}, frame)
    garments = _cut_outs(picture, cut_out, GRABCUTS)
    on_white = [_on_white_ground(garment) for garment in garments]
    softness = SOFTNESS if garments[0].is_phone_photo else 0
    views = np.stack([_fitted_garment(_negated(pixels), softness) for pixels in on_white])
    frame = _garment_frame(garments[0].box, on_white[0].shape, picture)
    untouched = garments[0].mask.shape == picture.size[::-1] and garments[0].mask.all()
    names = ["Picture" if untouched else "Cut out", "Cut out another way"]
    steps = dict(zip(names, map(Image.fromarray, on_white), strict=False))
    return Preprocessed(views, steps, frame)


def _garment_frame(
    box: tuple[int, int, int, int], became: tuple[int, ...], picture: Image.Image
) -> Frame:
    """Where the image lies in the picture, of which this box became pixels of that shape."""
    top, bottom, left, right = box
    height, width = became[:2]
    across = max(height, width) / width * (right - left) / 2
    down = max(height, width) / height * (bottom - top) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    return _in_shares((x - across, y - down, x + across, y + down), picture.size[::-1])


def garment_cut_out(image) -> np.ndarray:
    """The garment on a photo to train on, before it is made small.

    (h, w) uint8, negated, 0 = background.

    image: whatever `open_picture` takes. h and w are at most 320; what is garment is above 0.
    """
    picture = _shrunk(open_picture(image))
    if _is_fashion_image(picture):
        return np.asarray(picture.convert("L"))
    (garment,) = _cut_outs(picture, None, [GRABCUT_IN_TRAINING])
    return np.maximum(_negated(garment.pixels), 1) * garment.mask


class _Garment(NamedTuple):
    """What was cut out of a picture: pixels (h, w, 3) uint8, and a mask (h, w) of what of it.

    `box`: its top, bottom, left and right in the picture.
    """

    pixels: np.ndarray
    mask: np.ndarray
    is_phone_photo: bool
    box: tuple[int, int, int, int]


def _on_white_ground(garment: _Garment) -> np.ndarray:
    pixels = np.where(garment.mask[..., None], garment.pixels, 255).astype(np.uint8)
    return _sleeves_in(pixels) if garment.is_phone_photo else pixels


def _cut_outs(
    picture: Image.Image, cut_out: bool | None, grabcuts: Sequence[GrabCut]
) -> list[_Garment]:
    """What is cut out in each of these ways, or once where GrabCut is not needed."""
    pixels = np.asarray(_on_white(picture))
    background = _plain_background(pixels, share=GARMENT_EDGE, within=RETOUCHED)
    is_phone_photo = False
    if picture.mode == "RGBA":
        masks = [np.asarray(picture.getchannel("A")) > 127]
    elif cut_out is False:
        masks = [np.ones(pixels.shape[:2], bool)]
    elif background is not None:
        masks = [~_outside(np.abs(pixels - background).max(axis=2) <= PLAIN)]
    else:
        is_phone_photo = True
        with ThreadPoolExecutor(len(grabcuts)) as threads:
            masks = list(threads.map(functools.partial(_grabcut, pixels), grabcuts))
    return [_garment_in(pixels, mask, is_phone_photo) for mask in masks]


def _garment_in(pixels: np.ndarray, mask: np.ndarray, is_phone_photo: bool) -> _Garment:
    if not SMALLEST_GARMENT < mask.mean() < LARGEST_GARMENT:  # all of the picture then, as it is
        mask = np.ones_like(mask)
    top, bottom, left, right = _box(mask)
    inside = np.s_[top:bottom, left:right]
    return _Garment(pixels[inside], mask[inside], is_phone_photo, (top, bottom, left, right))


def _is_blank(picture: Image.Image) -> bool:
    pixels = np.asarray(_on_white(picture)).reshape(-1, 3)
    return bool(np.ptp(pixels, axis=0).max() <= PLAIN)


def _negated(pixels: np.ndarray) -> np.ndarray:
    return 255 - cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def garment_image(pixels: np.ndarray) -> np.ndarray:
    """What becomes of a garment as on product photos, (h, w) uint8 on 0: (28, 28) uint8."""
    return _fitted_garment(cropped(pixels), 0)


def photo_image(cut_out: np.ndarray, *, softness: float = SOFTNESS) -> np.ndarray:
    """What becomes of a cut-out of a phone photo, (h, w) uint8, 0 = background: (28, 28) uint8.

    softness: the deviation of the Gaussian that softens it, in pixels of the image
    """
    return _fitted_garment(_sleeves_in(cropped(cut_out)), softness)


def _fitted_garment(grey: np.ndarray, softness: float) -> np.ndarray:
    small = _scaled(grey, SIDE)
    if softness:
        return cv2.GaussianBlur(_squared(small), (0, 0), softness)
    return _squared(_sharpened(small))


def _is_fashion_image(picture: Image.Image) -> bool:
    """Whether it is of the data set, or one enlarged: grey on black, already negated."""
    pixels = np.atleast_3d(np.asarray(picture))
    if picture.mode == "RGBA" or (pixels != pixels[..., :1]).any():
        return False
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1], 0]
    return (corners < BLACK_CORNER).sum() >= BLACK_CORNERS


def _sleeves_in(pixels: np.ndarray) -> np.ndarray:
    """A garment laid out wide, made as narrow as those of the data set.

    On a floor sleeves are spread, on the data set's photos they hang.
    """
    height, width = pixels.shape[:2]
    narrow = round(TOP_WIDTH * height)
    if not narrow < width <= WIDEST_TOP * height:
        return pixels
    return cv2.resize(pixels, (narrow, height), interpolation=cv2.INTER_AREA)


def _grabcut(pixels: np.ndarray, grabcut: GrabCut) -> np.ndarray:
    """GrabCut (C. Rother, V. Kolmogorov, A. Blake 2004) from a frame that is surely background."""
    height, width = pixels.shape[:2]
    size, margin = size_within((width, height), grabcut.size), grabcut.margin
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    states = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    states[margin:-margin, margin:-margin] = cv2.GC_PR_FGD
    if not (states == cv2.GC_PR_FGD).any():
        return np.ones((height, width), bool)
    cv2.setRNGSeed(0)  # of this thread only: the same picture, the same mask
    whole = (0, 0, *size)  # the frame is in the states, and this goes unread
    colours, others = np.zeros((1, 65)), np.zeros((1, 65))  # which GrabCut fills
    cv2.grabCut(small, states, whole, colours, others, GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    parts = _parts((states == cv2.GC_FGD) | (states == cv2.GC_PR_FGD))
    mask = ~_outside(parts.labels != parts.areas.argmax())  # the largest part, its holes filled
    return cv2.resize(mask.astype(np.float32), (width, height)) > 0.5


def _outside(background: np.ndarray) -> np.ndarray:
    """Those parts of the background that reach the edge of the picture: the rest are holes."""
    labels = _parts(background).labels
    reached = np.unique(_edge(labels))
    return np.isin(labels, reached[reached > 0])


def _box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is in the mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def _sharpened(grey: np.ndarray) -> np.ndarray:
    return cv2.filter2D(grey, -1, SHARPEN, borderType=cv2.BORDER_REPLICATE)


def _squared(pixels: np.ndarray) -> np.ndarray:
    """Extended to a square with background, in the middle, and brought to 28×28."""
    height, width = pixels.shape
    side = max(height, width)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = pixels
    return cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


# Both


def _scaled(pixels: np.ndarray, longest: int) -> np.ndarray:
    """Pixels (h, w), made smaller or larger until the longest side is this."""
    size = size_within(pixels.shape[::-1], longest)
    shrinks = longest < max(pixels.shape)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def _in_shares(edges: Frame, shape: tuple[int, ...]) -> Frame:
    """Left, top, right and bottom as shares of a picture of this height and width."""
    left, top, right, bottom = edges
    height, width = shape[:2]
    return left / width, top / height, right / width, bottom / height


def _shrunk(picture: Image.Image) -> Image.Image:
    """The picture, made smaller if its longest side is more than 320 pixels."""
    if max(picture.size) <= STEP_SIZE:
        return picture
    return picture.resize(size_within(picture.size, STEP_SIZE), Image.Resampling.BILINEAR)


def _on_white(picture: Image.Image) -> Image.Image:
    """As RGB, what is transparent white, as browsers show it."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _edge(pixels: np.ndarray) -> np.ndarray:
    """The pixels along the four edges: (n, ...)."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def _plain_background(pixels: np.ndarray, share: float, within: float) -> np.ndarray | None:
    """The colour that at least this share of the edge has, give or take `within`, or None."""
    edge = _edge(pixels)
    colour = np.median(edge, axis=0)
    plain = (np.abs(edge - colour).max(axis=1) <= within).mean() >= share
    return colour if plain else None


def cropped(pixels: np.ndarray) -> np.ndarray:
    """Without the rows and columns of background around (h, w), some of which is not background."""
    top, bottom, left, right = _box(pixels > 0)
    return pixels[top:bottom, left:right]


PREPROCESSING: dict[str, Callable[..., Preprocessed]] = {  # the steps of each data set
    MNIST.name: _digit,
    FASHION_MNIST.name: _garment,
}
# What they depend on, as JSON values, for the record of a network.
SETTINGS: dict[str, dict[str, Any]] = {
    MNIST.name: {
        "side": SIDE,
        "step_size": STEP_SIZE,
        "plain": PLAIN,
        "digit_box": DIGIT_BOX,
        "stroke": STROKE,
        "stroke_size": STROKE_SIZE,
        "thinnest": THINNEST,
        "speck": SPECK,
        "speck_area": SPECK_AREA,
        "smallest_inside": SMALLEST_INSIDE,
        "min_contrast": MIN_CONTRAST,
        "digit_edge": DIGIT_EDGE,
        "paper_size": PAPER_SIZE,
        "paper_window": PAPER_WINDOW,
    },
    FASHION_MNIST.name: {
        "side": SIDE,
        "step_size": STEP_SIZE,
        "plain": PLAIN,
        "garment_edge": GARMENT_EDGE,
        "retouched": RETOUCHED,
        "smallest_garment": SMALLEST_GARMENT,
        "largest_garment": LARGEST_GARMENT,
        "black_corner": BLACK_CORNER,
        "black_corners": BLACK_CORNERS,
        "top_width": TOP_WIDTH,
        "widest_top": WIDEST_TOP,
        "sharpen": SHARPEN.round(6).tolist(),
        "softness": SOFTNESS,
        "grabcuts": [list(grabcut) for grabcut in GRABCUTS],
        "grabcut_in_training": list(GRABCUT_IN_TRAINING),
        "grabcut_rounds": GRABCUT_ROUNDS,
    },
}
