"""What the steps for digits and for clothing share: pixels, parts, edges, and what comes out."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from fmnist.pictures.opening import size_within

SIDE = 28
PLAIN = 0.05 * 255  # Fashion-MNIST's own: within 5 % of the full range it is still the background
STEP_SIZE = 320  # pixels of the longest side of the pictures between

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
    many drawings there are, side by side. `digits`: each of these as an image of its own, from left
    to right, where they are several in a row. `wide`: whether it is one figure that is wider than
    most digits, as several that touch are. `doubt`: a sentence on why no answer is to be trusted,
    and what to do, where something is wrong with the picture. `drawn`: whether it is a drawing of
    clothing and no photo.
    """

    views: np.ndarray
    steps: dict[str, Image.Image]
    frame: Frame = WHOLE
    figures: int = 1
    digits: tuple["Preprocessed", ...] = ()
    wide: bool = False
    doubt: str | None = None
    drawn: bool = False

    @property
    def pixels(self) -> np.ndarray:
        """(28, 28) uint8: the first of the views."""
        return self.views[0]

    @property
    def two_views(self) -> np.ndarray:
        """(2, 28, 28) uint8: the views, to be stacked with others'; one alone is there twice."""
        return self.views[[0, -1]]


class Parts(NamedTuple):
    """Connected parts: labels (h, w), 0 = none, and a box (x, y, width, height) and area a label.

    The box of label 0 is empty and at the origin.
    """

    labels: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray


def connected_parts(mask: np.ndarray) -> Parts:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), ltype=cv2.CV_16U)
    stats[0] = 0
    return Parts(labels, stats[:, : cv2.CC_STAT_AREA], stats[:, cv2.CC_STAT_AREA])


def bounding_box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is in the mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def edge_pixels(pixels: np.ndarray) -> np.ndarray:
    """The pixels along the four edges: (n, ...)."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def plain_background(pixels: np.ndarray, share: float, within: float) -> np.ndarray | None:
    """The colour that at least this share of the edge has, give or take `within`, or None."""
    edge = edge_pixels(pixels)
    colour = np.median(edge, axis=0)
    plain = (np.abs(edge - colour).max(axis=1) <= within).mean() >= share
    return colour if plain else None


def cropped(pixels: np.ndarray) -> np.ndarray:
    """Without the rows and columns of background around (h, w), some of which is not background."""
    top, bottom, left, right = bounding_box(pixels > 0)
    return pixels[top:bottom, left:right]


def scaled_to(pixels: np.ndarray, longest: int) -> np.ndarray:
    """Pixels (h, w), made smaller or larger until the longest side is this."""
    size = size_within(pixels.shape[::-1], longest)
    shrinks = longest < max(pixels.shape)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def in_shares(edges: Frame, shape: tuple[int, ...]) -> Frame:
    """Left, top, right and bottom as shares of a picture of this height and width."""
    left, top, right, bottom = edges
    height, width = shape[:2]
    return left / width, top / height, right / width, bottom / height


def shrunk(picture: Image.Image) -> Image.Image:
    """The picture, made smaller if its longest side is more than 320 pixels."""
    if max(picture.size) <= STEP_SIZE:
        return picture
    return picture.resize(size_within(picture.size, STEP_SIZE), Image.Resampling.BILINEAR)


def over_white(picture: Image.Image) -> Image.Image:
    """As RGB, what is transparent white, as browsers show it."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")
