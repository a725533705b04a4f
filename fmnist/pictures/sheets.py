"""What a digit is written on: the sheet, the plate or the sticker that lies on another ground."""

import cv2
import numpy as np

from fmnist.pictures.opening import size_within
from fmnist.pictures.pixels import connected_parts, edge_pixels

SEARCH_SIZE = 96  # pixels of the longest side, at which a sheet is looked for
STROKES = 11  # of these pixels: a median this wide leaves no strokes
SMALLEST, LARGEST = 0.06, 0.9  # of the picture: the area of a sheet
FILLS = 0.88  # of its convex hull: a sheet has no bays
AT_EDGE = 0.35  # of the picture's edge at most shows the sheet
CONTRAST = 30  # of 255, between the sheet and the ground around it
SHARP = 0.7  # of this contrast within two pixels: a shadow's edge is softer
SOLID = 0.6  # of a plate is neither digit nor hole
NARROW = 0.14  # of a plate's width: a hole as narrow is a one, a wider one the hole of a bold zero


def sheet_in(pixels: np.ndarray) -> np.ndarray | None:
    """Where on (h, w, channels) uint8 the sheet is that lies on another ground: (h, w) bool.

    None if there is no such sheet, as where it fills the picture.
    """
    height, width, _ = pixels.shape
    small = cv2.resize(
        pixels, size_within((width, height), SEARCH_SIZE), interpolation=cv2.INTER_AREA
    )
    smooth = np.atleast_3d(cv2.medianBlur(np.ascontiguousarray(small), STROKES))
    levels, split = max(
        ((channel, _split(channel)) for channel in np.moveaxis(smooth, 2, 0)),
        key=lambda pair: pair[1][1],
    )
    if split[1] < CONTRAST:
        return None
    bright = levels > split[0]
    for side, at_edge in ((bright, AT_EDGE), (~bright, 0)):  # a shadow comes from the edge
        if edge_pixels(side).mean() > at_edge:
            continue
        sheet = _solid(side)
        if sheet is not None and _is_sharp(levels, sheet, split[1]):
            return cv2.resize(sheet.astype(np.float32), (width, height)) > 0.75
    return None


def _split(levels: np.ndarray) -> tuple[float, float]:
    """The level between two grounds, and how far these are apart."""
    threshold, _ = cv2.threshold(np.ascontiguousarray(levels), 0, 255, cv2.THRESH_OTSU)
    above = levels > threshold
    if above.all() or not above.any():
        return threshold, 0
    return threshold, float(np.median(levels[above]) - np.median(levels[~above]))


def _solid(mask: np.ndarray) -> np.ndarray | None:
    """The largest part with its holes filled, if it may be a sheet."""
    parts = connected_parts(mask)
    if not parts.areas.any():
        return None
    filled = _filled(parts.labels == parts.areas.argmax())
    area = filled.mean()
    if not SMALLEST < area < LARGEST or filled.sum() < FILLS * _hull_area(filled):
        return None
    return filled


def _is_sharp(levels: np.ndarray, sheet: np.ndarray, contrast: float) -> bool:
    """Whether the sheet ends where it ends, as a shadow does not."""
    mask = sheet.astype(np.uint8)
    kernel = np.ones((5, 5), np.uint8)
    inner, outer = mask - cv2.erode(mask, kernel), cv2.dilate(mask, kernel) - mask
    inside, outside = (np.median(levels[ring > 0]) for ring in (inner, outer))
    return bool(abs(inside - outside) > SHARP * contrast)


def plate_in(mask: np.ndarray) -> np.ndarray | None:
    """The plate, (h, w) bool, if what was taken for ink is one with a digit in it; or else None.

    mask: (h, w) bool, what is not of the ground's colour
    """
    parts = connected_parts(mask)
    if not parts.areas.any():
        return None
    plate = parts.labels == parts.areas.argmax()
    filled = _filled(plate)
    area = int(filled.sum())
    if area < SMALLEST * mask.size or plate.sum() < SOLID * area:
        return None
    if area < FILLS * _hull_area(filled):
        return None
    return filled if _holds_a_digit(filled & ~plate, filled) else None


def _holds_a_digit(holes: np.ndarray, plate: np.ndarray) -> bool:
    """Whether these holes of a plate are a digit, and not those that a bold digit has."""
    parts = connected_parts(holes)
    if not parts.areas.any():
        return False
    largest = parts.labels == parts.areas.argmax()
    width, height = parts.boxes[parts.areas.argmax()][2:]
    down, across = (np.ptp(np.flatnonzero(plate.any(axis))) for axis in (1, 0))
    if height < 0.15 * down:
        return False
    return width < NARROW * across or parts.areas.max() < 0.8 * _hull_area(largest)


def opaque_sheet(alpha: np.ndarray, pixels: np.ndarray) -> np.ndarray | None:
    """What is opaque, (h, w) bool, if it is a thing on which there is something; or else None.

    alpha: (h, w) uint8; pixels: (h, w, 3) uint8. Of a drawing the opaque part is the ink itself.
    """
    opaque = alpha > 127
    sheet = _solid(opaque)
    if sheet is None or opaque.sum() < SOLID * sheet.sum():
        return None
    inside = cv2.erode(opaque.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not inside.any() or np.ptp(pixels[inside].astype(int), axis=0).max() < 2 * CONTRAST:
        return None
    return opaque


def _filled(mask: np.ndarray) -> np.ndarray:
    """A part with its holes filled."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros(mask.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0


def _hull_area(mask: np.ndarray) -> int:
    """How many pixels the convex hull of a mask has."""
    points = cv2.findNonZero(mask.astype(np.uint8))
    hull = cv2.convexHull(points)
    filled = np.zeros(mask.shape, np.uint8)
    return int(cv2.fillConvexPoly(filled, hull, 1).sum())
