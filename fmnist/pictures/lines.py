"""What is on a sheet beside the digit: printed lines, frames around it, a line under it."""

import cv2
import numpy as np

from fmnist.pictures.pixels import Parts, cropped

SPANS = 0.7  # of the picture's side: a printed line is no shorter
TURNED = 8  # degrees at most, by which a sheet with lines is turned
THICK = 0.025  # of the picture's side: a wider line is no printed one
ENCLOSED = 0.25  # of a frame's size: what is in it is no smaller
ROOM = 0.03  # of a frame's size lies between it and what it encloses
AT_HULL = 0.12  # of a frame's size, across the line along its hull
ALONG_HULL = 0.9  # of a frame lies there
STRAIGHT = 0.8  # of a box's side is drawn, of a zero's less
UNDERLINE = 4  # times as long as high


def without_lines(ink: np.ndarray) -> np.ndarray:
    """Ink without the lines that run through all of the picture: (h, w) bool, what is left.

    What crosses a line is closed again where the line was.
    """
    height, width = ink.shape
    mask = ink.astype(np.uint8)
    printed = np.zeros(ink.shape, np.uint8)
    for flip in (False, True):
        along = mask.T if flip else mask
        found = _lines_across(np.ascontiguousarray(along))
        printed |= found.T if flip else found
    if not printed.any():
        return ink
    left = mask & ~printed
    wide = max(3, round(THICK * max(height, width)) | 1)
    closed = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))
    return (left > 0) | ((closed > 0) & ink)


def _lines_across(mask: np.ndarray) -> np.ndarray:
    """The pixels of lines from left to right: (h, w) uint8."""
    height, width = mask.shape
    spans, most = int(SPANS * width), max(3, round(THICK * max(mask.shape)))
    # Rows as far as the sheet is turned: shear, and see where most of a row is ink.
    best, slope = 0.0, 0.0
    for step in np.linspace(-TURNED, TURNED, 33):
        tangent = np.tan(np.deg2rad(step))
        rows = _sheared(mask, tangent).sum(axis=1)
        score = float((rows[rows >= spans] ** 2.0).sum())
        if score > best:
            best, slope = score, tangent
    if not best:
        return np.zeros_like(mask)
    sheared = _sheared(mask, slope)
    full = sheared.sum(axis=1) >= spans
    near = cv2.dilate(full.astype(np.uint8)[:, None], np.ones((5, 1), np.uint8))[:, 0] > 0
    # What stands higher than the lines are thick is a stroke that crosses one or runs along it.
    edges = np.flatnonzero(np.diff(full, prepend=False, append=False))
    thick = min(most, int(np.median(edges[1::2] - edges[::2])))
    high = cv2.morphologyEx(sheared, cv2.MORPH_OPEN, np.ones((thick + 3, 1), np.uint8))
    lines = sheared * near[:, None].astype(np.uint8) * (1 - high)
    return _sheared(lines, -slope, back=(height, width)) & mask


def _sheared(mask: np.ndarray, tangent: float, back: tuple[int, int] | None = None) -> np.ndarray:
    height, width = mask.shape
    pad = int(np.ceil(np.tan(np.deg2rad(TURNED)) * width / 2)) + 1
    down = -tangent * (width - 1) / 2
    if back:
        matrix = np.array([[1, 0, 0], [tangent, 1, down - pad]])
        return cv2.warpAffine(mask, matrix, back[::-1], flags=cv2.INTER_NEAREST)
    matrix = np.array([[1, 0, 0], [tangent, 1, down + pad]])
    return cv2.warpAffine(mask, matrix, (width, height + 2 * pad), flags=cv2.INTER_NEAREST)


def no_frames(parts: Parts, keep: np.ndarray) -> np.ndarray:
    """Which parts are within a frame, a circle, a box or the field of a form, if there is one."""
    order = np.argsort(-parts.boxes[:, 2:].max(axis=1))
    for outer in order[:4]:
        if not keep[outer] or not parts.areas[outer]:
            continue
        x, y, width, height = parts.boxes[outer]
        room = ROOM * max(width, height)
        left, top, across, down = parts.boxes.T
        within = (left >= x + room) & (top >= y + room)
        within &= (left + across <= x + width - room) & (top + down <= y + height - room)
        within &= np.maximum(across, down) >= ENCLOSED * max(width, height)
        within &= keep & (parts.areas > 0)
        if within.any() and _surrounds(parts, outer, np.flatnonzero(within)):
            return within
    return keep


def _surrounds(parts: Parts, outer: int, inner: np.ndarray) -> bool:
    """Whether a part lies on all sides of what is within its box."""
    x, y, width, height = parts.boxes[inner[parts.areas[inner].argmax()]]
    ring = parts.labels == outer
    if not _is_convex(ring):  # but the outline of a hollow digit
        return False
    across, down = np.s_[x : x + width], np.s_[y : y + height]
    sides = ring[:y, across], ring[y + height :, across], ring[down, :x], ring[down, x + width :]
    return all(side.any() for side in sides)


def _is_convex(ring: np.ndarray) -> bool:
    """Whether a line runs along its own convex hull."""
    points = cv2.findNonZero(ring.astype(np.uint8))
    wide = max(3, round(AT_HULL * max(np.ptp(points.reshape(-1, 2), axis=0))))
    hull = cv2.polylines(np.zeros(ring.shape, np.uint8), [cv2.convexHull(points)], True, 1, wide)
    return bool(hull[ring].mean() > ALONG_HULL)


def no_underlines(parts: Parts, keep: np.ndarray) -> np.ndarray:
    """Which parts are no line under all of the others."""
    shown = np.flatnonzero(keep & (parts.areas > 0))
    if len(shown) < 2:
        return keep
    _, tops, widths, heights = parts.boxes[shown].T
    lowest = int(tops.argmax())
    others = np.delete(np.arange(len(shown)), lowest)
    size = heights[others].max()
    flat = widths[lowest] >= UNDERLINE * heights[lowest]
    below = tops[lowest] >= (tops + heights)[others[parts.areas[shown[others]].argmax()]]
    if flat and below and heights[lowest] < 0.25 * size:
        keep = keep.copy()
        keep[shown[lowest]] = False
    return keep


def is_box(mask: np.ndarray) -> bool:
    """Whether all four sides of what is in the mask are straight lines."""
    inside = cropped(mask)
    deep = max(2, round(0.06 * max(inside.shape)))
    if min(inside.shape) < 4 * deep:
        return False
    sides = inside[:deep], inside[-deep:], inside[:, :deep].T, inside[:, -deep:].T
    return all(side.any(axis=0).mean() >= STRAIGHT for side in sides)
