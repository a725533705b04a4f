"""Clothing, as in Fashion-MNIST (arXiv 1708.07747, section 2), from product and phone photos.

The background is removed, the longest edge becomes 28 pixels, and the picture is sharpened,
extended to a square and negated. Before that come the steps that make a phone's photo look like a
product photo.
"""

import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from fmnist.pictures.opening import PictureError, open_picture, size_within
from fmnist.pictures.pixels import (
    PLAIN,
    SIDE,
    STEP_SIZE,
    Frame,
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

# ImageMagick's -sharpen 1x1.0: a negative Gaussian with a centre that keeps the brightness.
SHARPEN = -np.exp(-np.array([[2, 1, 2], [1, 0, 1], [2, 1, 2]]) / 2)
SHARPEN[1, 1] = -2 * SHARPEN.sum()
SHARPEN /= SHARPEN.sum()


HARDLY_SEEN = "The garment hardly differs from its background: photograph it on a different one."


class GrabCut(NamedTuple):
    """How GrabCut runs: `size`, pixels of the longest side, and `margin`, pixels of that size.

    As much on each side is surely background.
    """

    size: int
    margin: int


@dataclass(frozen=True)
class ClothingSettings:
    """What an image of clothing depends on, as `dataclasses.asdict` gives it to a record."""

    side: int = SIDE
    step_size: int = STEP_SIZE
    plain: float = PLAIN
    garment_edge: float = 0.75  # of the picture's edge is background: the garment may touch a side
    retouched: int = 2  # of 255: a product photo's background has one colour but for JPEG's noise
    smallest_garment: float = 0.03  # of the picture: less is no garment
    largest_garment: float = 0.97  # of the picture: with more no background was removed
    black_corner: int = 8  # of 255: darker ones are background
    black_corners: int = 3  # or more have 59,984 of the 60,000 training images
    handle: float = 0.02  # of a garment: a smaller hole is none that the ground is seen through
    apart: float = 0.05  # of its size lie between a thing and what belongs to it
    alike: float = 0.6  # as thick at least is the other one of a pair
    one_ink: float = 0.9  # of a drawing has one colour, but for its soft edges
    faint: int = 3  # of 255: what differs more from a plain ground is no noise
    clear: float = 0.55  # of a garment at least differs from its ground by more than PLAIN
    spans: float = 0.95  # of the data set's image at least: its longest edge is 28
    top_width: float = 0.8  # times its height: the data set's tops have 0.71 to 0.79 (medians)
    widest_top: float = 1.5  # times its height: what is wider is a shoe from the side
    sharpen: list[list[float]] = field(default_factory=SHARPEN.round(6).tolist)
    softness: float = 0.45  # pixels of the image, a Gaussian's deviation: hides folds and grain
    # Two cut-outs of a phone's photo, which fail on different photos.
    grabcuts: tuple[GrabCut, ...] = (GrabCut(128, 1), GrabCut(160, 3))
    # With a wider margin more cut-outs fail, and networks learn to know those, too.
    grabcut_in_training: GrabCut = field(default=GrabCut(128, 5))
    grabcut_rounds: int = 5


SETTINGS = ClothingSettings()


def preprocess_garment(picture: Image.Image, *, cut_out: bool, **_) -> Preprocessed:
    picture = shrunk(picture)
    if _is_blank(picture):
        raise PictureError("This picture is blank: choose one that shows clothing.")
    if _is_fashion_image(picture):
        grey = np.asarray(picture.convert("L"))
        whole = 0, grey.shape[0], 0, grey.shape[1]
        frame = _garment_frame(whole, grey.shape, picture)
        return Preprocessed(_squared(grey)[np.newaxis], {}, frame)
    garments = _cut_outs(picture, cut_out, SETTINGS.grabcuts)
    on_white = [_on_white_ground(garment) for garment in garments]
    softness = SETTINGS.softness if garments[0].is_phone_photo else 0
    views = np.stack([_fitted_garment(_negated(pixels), softness) for pixels in on_white])
    frame = _garment_frame(garments[0].box, on_white[0].shape, picture)
    untouched = garments[0].mask.shape == picture.size[::-1] and garments[0].mask.all()
    names = ["Picture" if untouched else "Cut out", "Cut out another way"]
    steps = dict(zip(names, map(Image.fromarray, on_white), strict=False))
    drawn = _is_drawing(picture, garments[0])
    return Preprocessed(views, steps, frame, doubt=garments[0].doubt, drawn=drawn)


def _is_drawing(picture: Image.Image, garment: "_Garment") -> bool:
    """Whether it is ink of one colour on a transparent ground."""
    if picture.mode != "RGBA" or garment.mask.all():
        return False
    # Without the outermost pixels, which are half transparent.
    core = cv2.erode(garment.mask.astype(np.uint8), np.ones((3, 3)), borderValue=0) > 0
    ink = garment.pixels[core if core.any() else garment.mask]
    alike = np.abs(ink - np.median(ink, axis=0)).max(axis=1) <= PLAIN
    return bool(alike.mean() >= SETTINGS.one_ink)


def _garment_frame(
    box: tuple[int, int, int, int], became: tuple[int, ...], picture: Image.Image
) -> Frame:
    """Where the image lies in the picture, of which this box became pixels of that shape."""
    top, bottom, left, right = box
    height, width = became[:2]
    across = max(height, width) / width * (right - left) / 2
    down = max(height, width) / height * (bottom - top) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    return in_shares((x - across, y - down, x + across, y + down), picture.size[::-1])


def garment_cut_out(image) -> np.ndarray:
    """The garment on a photo to train on, before it is made small.

    (h, w) uint8, negated, 0 = background.

    image: whatever `open_picture` takes. h and w are at most 320; what is garment is above 0.
    """
    picture = shrunk(open_picture(image))
    if _is_fashion_image(picture):
        return np.asarray(picture.convert("L"))
    (garment,) = _cut_outs(picture, True, [SETTINGS.grabcut_in_training])
    return np.maximum(_negated(garment.pixels), 1) * garment.mask


class _Garment(NamedTuple):
    """What was cut out of a picture: pixels (h, w, 3) uint8, and a mask (h, w) of what of it.

    `box`: its top, bottom, left and right in the picture; `doubt` as in `Preprocessed`.
    """

    pixels: np.ndarray
    mask: np.ndarray
    is_phone_photo: bool
    box: tuple[int, int, int, int]
    doubt: str | None


def _on_white_ground(garment: _Garment) -> np.ndarray:
    pixels = np.where(garment.mask[..., None], garment.pixels, 255).astype(np.uint8)
    has_handle = not _outside(~garment.mask)[~garment.mask].all()
    return _sleeves_in(pixels) if garment.is_phone_photo and not has_handle else pixels


def _cut_outs(picture: Image.Image, cut_out: bool, grabcuts: Sequence[GrabCut]) -> list[_Garment]:
    """What is cut out in each of these ways, or once where GrabCut is not needed."""
    pixels = np.asarray(over_white(picture))
    background = plain_background(pixels, share=SETTINGS.garment_edge, within=SETTINGS.retouched)
    is_phone_photo, doubt = False, None
    if picture.mode == "RGBA":
        masks = [np.asarray(picture.getchannel("A")) > 127]
    elif not cut_out:
        masks = [np.ones(pixels.shape[:2], bool)]
    elif background is not None:
        difference = np.abs(pixels - background).max(axis=2)
        masks = [_main_things(_holes_open(difference > PLAIN))]
        doubt = HARDLY_SEEN if _is_faint(difference) else None
    else:
        is_phone_photo = True
        with ThreadPoolExecutor(len(grabcuts)) as threads:
            masks = list(threads.map(functools.partial(_grabcut, pixels), grabcuts))
    smallest = 0 if picture.mode == "RGBA" else SETTINGS.smallest_garment  # drawings are small
    return [_garment_in(pixels, mask, smallest, is_phone_photo, doubt) for mask in masks]


def _garment_in(
    pixels: np.ndarray, mask: np.ndarray, smallest: float, is_phone_photo: bool, doubt: str | None
) -> _Garment:
    if not smallest < mask.mean() < SETTINGS.largest_garment:
        mask = np.ones_like(mask)  # nothing was cut out: all of the picture then, as it is
    top, bottom, left, right = bounding_box(mask)
    inside = np.s_[top:bottom, left:right]
    box = top, bottom, left, right
    return _Garment(pixels[inside], mask[inside], is_phone_photo, box, doubt)


def _holes_open(mask: np.ndarray) -> np.ndarray:
    """The mask with its holes filled, but for those that are as large as what a handle leaves."""
    filled = ~_outside(~mask)
    holes = connected_parts(filled & ~mask)
    large = np.flatnonzero(holes.areas >= SETTINGS.handle * max(1, filled.sum()))
    return filled & ~np.isin(holes.labels, large)


def _main_things(mask: np.ndarray) -> np.ndarray:
    """Without what lies apart from the thing meant and is of another size, as a shop's buttons."""
    parts = connected_parts(mask)
    x, y, width, height = parts.boxes.T
    down, across = mask.shape
    ends = [x == 0, y == 0, x + width == across, y + height == down]
    thick = np.where(np.sum(ends, axis=0) < 3, np.minimum(width, height), 0)
    if not thick.any():
        return mask
    main = thick.argmax()
    room = SETTINGS.apart * max(width[main], height[main])
    near = (x <= x[main] + width[main] + room) & (x + width >= x[main] - room)
    near &= (y <= y[main] + height[main] + room) & (y + height >= y[main] - room)
    alike = thick >= SETTINGS.alike * thick[main]
    return np.isin(parts.labels, np.flatnonzero((near & (thick > 0)) | alike)) & mask


def _is_faint(difference: np.ndarray) -> bool:
    """Whether most of what differs from a plain ground does so by next to nothing.

    difference: (h, w), how far each pixel is from the ground, 0 to 255
    """
    seen = cv2.medianBlur(difference.astype(np.uint8), 3) > SETTINGS.faint
    if seen.mean() < SETTINGS.smallest_garment:
        return False
    return bool((difference > PLAIN)[~_outside(~seen)].mean() < SETTINGS.clear)


def _is_blank(picture: Image.Image) -> bool:
    pixels = np.asarray(over_white(picture)).reshape(-1, 3)
    return bool(np.ptp(pixels, axis=0).max() <= PLAIN)


def _negated(pixels: np.ndarray) -> np.ndarray:
    return 255 - cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def garment_image(pixels: np.ndarray) -> np.ndarray:
    """What becomes of a garment as on product photos, (h, w) uint8 on 0: (28, 28) uint8."""
    return _fitted_garment(cropped(pixels), 0)


def photo_image(cut_out: np.ndarray, *, softness: float = SETTINGS.softness) -> np.ndarray:
    """What becomes of a cut-out of a phone photo, (h, w) uint8, 0 = background: (28, 28) uint8.

    softness: the deviation of the Gaussian that softens it, in pixels of the image
    """
    return _fitted_garment(_sleeves_in(cropped(cut_out)), softness)


def _fitted_garment(grey: np.ndarray, softness: float) -> np.ndarray:
    small = scaled_to(grey, SIDE)
    if softness:
        return cv2.GaussianBlur(_squared(small), (0, 0), softness)
    return _squared(_sharpened(small))


def _is_fashion_image(picture: Image.Image) -> bool:
    """Whether it is of the data set, or one enlarged: grey on black, already negated."""
    pixels = np.atleast_3d(np.asarray(picture))
    if picture.mode == "RGBA" or (pixels != pixels[..., :1]).any():
        return False
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1], 0]
    if (corners < SETTINGS.black_corner).sum() < SETTINGS.black_corners:
        return False
    top, bottom, left, right = bounding_box(pixels[..., 0] > 0)
    return max(bottom - top, right - left) >= SETTINGS.spans * max(picture.size)


def _sleeves_in(pixels: np.ndarray) -> np.ndarray:
    """A garment laid out wide, made as narrow as those of the data set.

    On a floor sleeves are spread, on the data set's photos they hang.
    """
    height, width = pixels.shape[:2]
    narrow = round(SETTINGS.top_width * height)
    if not narrow < width <= SETTINGS.widest_top * height:
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
    rounds, start = SETTINGS.grabcut_rounds, cv2.GC_INIT_WITH_MASK
    cv2.grabCut(small, states, whole, colours, others, rounds, start)
    parts = connected_parts((states == cv2.GC_FGD) | (states == cv2.GC_PR_FGD))
    mask = _holes_open(parts.labels == parts.areas.argmax())
    return cv2.resize(mask.astype(np.float32), (width, height)) > 0.5


def _outside(background: np.ndarray) -> np.ndarray:
    """Those parts of the background that reach the edge of the picture: the rest are holes."""
    labels = connected_parts(background).labels
    reached = np.unique(edge_pixels(labels))
    return np.isin(labels, reached[reached > 0])


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
