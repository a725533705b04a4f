"""From a picture to a row of the data set, by the steps with which the data set itself was made.

Digits (MNIST, Y. LeCun's page): the ink fitted into 20×20, its centre of mass in the middle of
28×28, bright on black. Clothing (Fashion-MNIST, arXiv 1708.07747, section 2): the background away,
the longest edge 28, sharpened, extended to a square, negated. Before that come the steps that make
a sketch look like pen on paper and a phone's photo like a product photo.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from fmnist.datasets import DATASETS
from fmnist.pictures import PictureError, open_picture

SIDE = 28
PLAIN = 0.05 * 255  # Fashion-MNIST's own: within 5 % of the full range it is still the ground
STEP_SIZE = 320  # pixels of the longest side of the pictures between

DIGIT_BOX = 20  # MNIST's
STROKE = 2.6  # pixels: the median stroke width in MNIST's training rows (5 %: 1.8, 95 %: 3.9)
STROKE_SIZE = 160  # strokes are measured and redrawn at 8 times MNIST's 20 pixels
SPECK = 0.15  # of the longest part: shorter ones are dropped; a 5's loose top has 0.3 and more
SPECK_AREA = 0.06  # of the largest part: what is left of a table's edge is long but thin
MIN_CONTRAST = 20  # of 255: pencil on paper has 40 and more, a camera's noise less than 15
GROUND_SIZE, GROUND_WINDOW = 64, 25  # the paper is the median around; a pen is thinner than half

RETOUCHED = 2  # of 255: a product photo's ground is one colour but for JPEG's noise, no sheet is
TOP_WIDTH, WIDEST_TOP = 0.8, 1.5  # of the height
# ImageMagick's -sharpen 1x1.0: a negative Gaussian with a centre that keeps the brightness.
SHARPEN = -np.exp(-np.array([[2, 1, 2], [1, 0, 1], [2, 1, 2]]) / 2)
SHARPEN[1, 1] = -2 * SHARPEN.sum()
SHARPEN /= SHARPEN.sum()
SOFTNESS = 0.45  # pixels of a row: hides folds and grain that no studio has; chosen on real photos
GRABCUT_SIZE = 128  # pixels of the longest side: enough for 28, and fast
GRABCUT_MARGIN = 0.04  # of each side: surely ground, since people aim at the garment


@dataclass(frozen=True)
class Row:
    """A picture as a row of the data set: `pixels` (28, 28) uint8, 0 = background.

    `steps`: the pictures between input and row by name, in their order, "L" or "RGB", at most 320
    pixels a side.
    """

    pixels: np.ndarray
    steps: dict[str, Image.Image]


def to_row(image, dataset: str, ink: str = "auto", cut_out: bool | None = None) -> Row:
    """Turn a picture (whatever `open_picture` takes) into a row of "mnist" or "fashion_mnist".

    ink: for digits, whether the ink is "dark"er or "light"er than the ground, or "auto"; on a
        transparent canvas the ink is what is not transparent
    cut_out: for clothing, True takes the background away, False leaves it in, None decides

    Rows of the data sets come out as they went in. Raises PictureError if there is nothing to see,
    and ValueError if dataset or ink is not one of these.
    """
    if dataset not in DATASETS:
        raise ValueError(f"There is no data set {dataset!r}: choose one of {', '.join(DATASETS)}.")
    if ink not in ("auto", "dark", "light"):
        raise ValueError(f"There is no ink {ink!r}: choose auto, dark or light.")
    picture = open_picture(image)
    return _digit(picture, ink) if dataset == "mnist" else _garment(picture, cut_out)


# Digits


def _digit(picture: Image.Image, polarity: str) -> Row:
    ink = _ink(picture, polarity)
    steps = {"Ink": Image.fromarray(ink)}
    if _is_mnist_row(ink):
        return Row(ink, steps)
    strokes = _even_strokes(_without_specks(ink))
    return Row(centred_digit(strokes), steps | {"Even strokes": Image.fromarray(strokes)})


def digit_row(ink: np.ndarray) -> np.ndarray:
    """What becomes of ink, (h, w) uint8, 255 = ink and some of it there: (28, 28) uint8."""
    return centred_digit(_even_strokes(ink))


def _ink(picture: Image.Image, polarity: str) -> np.ndarray:
    """How much ink there is at each pixel: (h, w) uint8, 255 = ink, at most 320 pixels a side."""
    if picture.mode == "RGBA":
        alpha = np.asarray(_fitted(picture.getchannel("A")))
        if alpha.max() < MIN_CONTRAST:
            raise PictureError("Nothing is drawn yet: draw a digit first.")
        if alpha.mean() < 128:  # a drawing; otherwise a picture with some transparent part
            return _strengthened(alpha, alpha.max())
        picture = _on_white(picture)
    pixels = np.atleast_3d(np.asarray(_fitted(picture)))
    ground, plain = _ground(pixels)
    difference = ground.astype(np.float32) - pixels
    if polarity == "auto":  # ink is what is rare and far from the ground: the skew has its sign
        polarity = "dark" if (difference**3).sum() > 0 else "light"
    difference = difference if polarity == "dark" else -difference
    # The channel that differs most: yellow ink on white is as bright as the paper, but not as blue.
    difference = difference.max(axis=2).clip(0).astype(np.uint8)
    threshold, _ = cv2.threshold(difference, 0, 255, cv2.THRESH_OTSU)
    strong = difference[difference > threshold]
    if not strong.size or (strength := np.percentile(strong, 75)) < MIN_CONTRAST:
        raise PictureError(
            "No digit stands out in this picture: draw one with more contrast, or come closer."
        )
    if plain:
        return _strengthened(difference, difference.max())
    return _without_edges(_strengthened(difference, strength))


def _ground(pixels: np.ndarray) -> tuple[np.ndarray, bool]:
    """The ground's colour at each pixel of (h, w, channels), and whether it is one plain colour."""
    colour = _plain_ground(
        pixels, share=0.95, within=PLAIN
    )  # a stroke of the digit may touch the edge
    if colour is not None:
        return colour, True
    height, width, channels = pixels.shape
    small = np.asarray(cv2.resize(pixels, _size_within((width, height), GROUND_SIZE)))
    ground = cv2.medianBlur(small.copy(), GROUND_WINDOW)
    return cv2.resize(ground, (width, height)).reshape(height, width, channels), False


def _strengthened(ink: np.ndarray, full: float) -> np.ndarray:
    return np.minimum(np.rint(ink * (255 / full)), 255).astype(np.uint8)


def _without_edges(ink: np.ndarray) -> np.ndarray:
    """Without what runs out of the picture, such as the table beside the paper, if more is left."""
    labels, boxes = _parts(ink > 127)
    x, y, width, height = boxes.T
    inside = (x > 0) & (y > 0) & (x + width < ink.shape[1]) & (y + height < ink.shape[0])
    sizes = np.where(inside, np.maximum(width, height), 0)
    return _only(ink, labels, inside) if sizes.max() >= 0.05 * max(ink.shape) else ink


def _without_specks(ink: np.ndarray) -> np.ndarray:
    labels, boxes = _parts(ink > 127)
    sizes = boxes[:, 2:].max(axis=1)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    keep = (sizes >= SPECK * sizes.max()) & (areas >= SPECK_AREA * areas.max())
    return _only(ink, labels, keep)


def _parts(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Connected parts: labels (h, w), 0 = none, and a box (x, y, width, height) a label.

    The box of label 0 is empty and at the origin.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    stats[0] = 0
    return labels, stats[:, :4]


def _only(ink: np.ndarray, labels: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """The ink of the parts to keep, with the soft pixel around them."""
    dropped = ~keep
    dropped[0] = False
    if not dropped.any():
        return ink
    keep = keep & (np.arange(len(keep)) > 0)
    return ink * cv2.dilate(keep[labels].astype(np.uint8), np.ones((3, 3), np.uint8))


def _is_mnist_row(ink: np.ndarray) -> bool:
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
    ink = cropped(ink)
    height, width = ink.shape
    scale = STROKE_SIZE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    margin = STROKE_SIZE // 8
    mask = cv2.copyMakeBorder(ink, *[margin] * 4, cv2.BORDER_CONSTANT) > 127
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    stroke = 4 * inside[mask].mean()
    target = STROKE / DIGIT_BOX
    grow = (target * STROKE_SIZE - stroke) / (2 * (1 - target))
    grow = max(grow, -stroke / 4)  # thinned by half at most: thin parts of a thick stroke stay
    redrawn = np.clip(inside - outside + grow + 0.5, 0, 1) * 255
    return redrawn.astype(np.uint8)


def centred_digit(ink: np.ndarray) -> np.ndarray:
    """Ink fitted into 20×20, its centre of mass in the middle of (28, 28), nothing cut off."""
    ink = cropped(ink)
    scale = DIGIT_BOX / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    ink = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    x, y = _centre_of_mass(ink)
    middle = (SIDE - 1) / 2
    right = np.clip(middle - x, 0, SIDE - width)
    down = np.clip(middle - y, 0, SIDE - height)
    return cv2.warpAffine(ink, np.float32([[1, 0, right], [0, 1, down]]), (SIDE, SIDE))


def _centre_of_mass(ink: np.ndarray) -> tuple[float, float]:
    moments = cv2.moments(ink)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


# Clothing


def _garment(picture: Image.Image, cut_out: bool | None) -> Row:
    picture = _fitted(picture)
    pixels = np.asarray(_on_white(picture))
    if np.ptp(pixels.reshape(-1, 3), axis=0).max() <= PLAIN:
        raise PictureError("This picture is blank: choose one that shows a piece of clothing.")
    if _is_fashion_row(picture):
        return Row(_squared(np.asarray(picture.convert("L"))), {"Picture": picture})
    ground = _plain_ground(pixels, share=0.75, within=RETOUCHED)  # it may touch a side
    by_hand = False  # with a phone and in a room, not in a studio
    if picture.mode == "RGBA":
        mask = np.asarray(picture.getchannel("A")) > 127
    elif cut_out is False:
        mask = np.ones(pixels.shape[:2], bool)
    elif ground is not None:
        mask = ~_outside(np.abs(pixels - ground).max(axis=2) <= PLAIN)
    else:
        mask, by_hand = _grabcut(pixels), True
    if not 0.03 < mask.mean() < 0.97:  # nothing found, or no ground: all of it, as it is
        mask = np.ones_like(mask)
    pixels = np.where(mask[..., None], pixels, 255).astype(np.uint8)
    top, bottom, left, right = _box(mask)
    pixels = pixels[top:bottom, left:right]
    if by_hand:
        pixels = _sleeves_in(pixels)
    garment = 255 - cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    row = _fitted_garment(garment, SOFTNESS if by_hand else 0)
    return Row(row, {"Cut out": Image.fromarray(pixels)})


def garment_row(pixels: np.ndarray, softness: float = 0) -> np.ndarray:
    """What becomes of a garment, (h, w) uint8 on 0 and some of it there: (28, 28) uint8.

    softness: 0 sharpens, as the data set does; more softens instead, by so many pixels of the row
    """
    return _fitted_garment(cropped(pixels), softness)


def _fitted_garment(grey: np.ndarray, softness: float) -> np.ndarray:
    small = _shrunk(grey)
    if softness:
        return cv2.GaussianBlur(_squared(small), (0, 0), softness)
    return _squared(_sharpened(small))


def _is_fashion_row(picture: Image.Image) -> bool:
    """Whether it is a row, or one enlarged: grey on black, already negated.

    Of the 60,000 training rows, 59,984 have at least three black corners.
    """
    pixels = np.atleast_3d(np.asarray(picture))
    if picture.mode == "RGBA" or (pixels != pixels[..., :1]).any():
        return False
    return (pixels[[0, 0, -1, -1], [0, -1, 0, -1], 0] < 8).sum() >= 3


def _sleeves_in(pixels: np.ndarray) -> np.ndarray:
    """A garment laid out wide, made as narrow as those of the data set.

    On a floor sleeves are spread, on the data set's photos they hang: tops there are 0.8 times as
    wide as high (medians 0.71 to 0.79). What is much wider than high is a shoe from the side.
    """
    height, width = pixels.shape[:2]
    narrow = round(TOP_WIDTH * height)
    if not narrow < width <= WIDEST_TOP * height:
        return pixels
    return cv2.resize(pixels, (narrow, height), interpolation=cv2.INTER_AREA)


def _grabcut(pixels: np.ndarray) -> np.ndarray:
    """GrabCut (Rother, Kolmogorov, Blake 2004) from a frame that is surely ground."""
    height, width = pixels.shape[:2]
    size = _size_within((width, height), GRABCUT_SIZE)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    margin = max(1, round(GRABCUT_MARGIN * GRABCUT_SIZE))
    states = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    states[margin:-margin, margin:-margin] = cv2.GC_PR_FGD
    if not (states == cv2.GC_PR_FGD).any():
        return np.ones((height, width), bool)
    cv2.setRNGSeed(0)  # of this thread only: the same picture, the same row
    cv2.grabCut(small, states, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK)
    mask = (states == cv2.GC_FGD) | (states == cv2.GC_PR_FGD)
    labels, _ = _parts(mask)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    mask = ~_outside(labels != areas.argmax())  # the largest part, its holes filled
    return cv2.resize(mask.astype(np.float32), (width, height)) > 0.5


def _outside(ground: np.ndarray) -> np.ndarray:
    """Those parts of the ground that reach the edge of the picture: the rest are holes."""
    labels, _ = _parts(ground)
    reached = np.unique(_edge(labels))
    return np.isin(labels, reached[reached > 0])


def _box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is in the mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def _shrunk(grey: np.ndarray) -> np.ndarray:
    height, width = grey.shape
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


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


def _size_within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = longest / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _fitted(picture: Image.Image) -> Image.Image:
    """The picture, made smaller if its longest side is more than 320 pixels."""
    if max(picture.size) <= STEP_SIZE:
        return picture
    return picture.resize(_size_within(picture.size, STEP_SIZE), Image.Resampling.BILINEAR)


def _on_white(picture: Image.Image) -> Image.Image:
    """As RGB, what is transparent white, as browsers show it."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _edge(pixels: np.ndarray) -> np.ndarray:
    """The pixels along the four edges: (n, ...)."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def _plain_ground(pixels: np.ndarray, share: float, within: float) -> np.ndarray | None:
    """The colour that at least this share of the edge has, give or take `within`, or None."""
    edge = _edge(pixels)
    colour = np.median(edge, axis=0)
    plain = (np.abs(edge - colour).max(axis=1) <= within).mean() >= share
    return colour if plain else None


def cropped(pixels: np.ndarray) -> np.ndarray:
    """Without the rows and columns of background around (h, w), some of which is not background."""
    top, bottom, left, right = _box(pixels > 0)
    return pixels[top:bottom, left:right]
