"""What a network is shown in the finish of its training, beside the data set's own images.

Altered images, as people draw and photograph them, with their labels; and strangers, which belong
to no class, each time with another label drawn by lot: the network learns that they might be
anything (outlier exposure: D. Hendrycks, M. Mazeika, T. Dietterich, arXiv 1812.04606).
"""

import functools

import cv2
import numpy as np

from fmnist.datasets import FASHION_MNIST, MNIST, Images
from fmnist.preprocess import SIDE, centred_digit, cropped, digit_row, garment_row

STRANGERS = 0.1  # for each image of the data set
MIDDLE = (SIDE - 1) / 2
PLACES = np.mgrid[:SIDE, :SIDE][::-1].astype(np.float32) - MIDDLE  # x and y of each pixel


def finishing_images(
    dataset: str, images: Images, rng: np.random.Generator, phase: str = "finishing"
) -> Images:
    """The images, altered at random, and strangers after them, as a phase of MAKERS has them."""
    alter, strange = MAKERS[dataset][phase]
    labels = images.labels
    altered = [alter(*image, rng) for image in zip(images.pixels, labels, strict=True)]
    count = round(STRANGERS * len(labels))
    strangers = [strange(images, rng) for _ in range(count)]
    lots = rng.integers(10, size=count, dtype=np.uint8)
    return Images(np.stack(altered + strangers), np.concatenate([labels, lots]))


# Digits


def alter_digit(pixels: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Turned, slanted, stretched, bent; now and then with a stroke that some people add."""
    if label in ADDED and rng.random() < 0.2:
        pixels = pixels.copy()
        _polyline(pixels, ADDED[label](pixels, rng), width=int(rng.integers(2, 4)))
        pixels = centred_digit(pixels)
    slant = rng.normal(0, 0.12)
    wide, high = np.exp(rng.normal(0, 0.08, 2))
    x, y = np.tensordot(_turn(rng.normal(0, 0.1)) @ [[wide, slant], [0, high]], PLACES, 1)
    return _bent(pixels, x, y, 0.7, rng)


def _slash(_, rng):
    """Through a zero, from below it to above it."""
    return np.array([(9, 26), (19, 1)]) + rng.normal(0, 1.5, (2, 2))


def _upstroke(pixels, rng):
    """To the tip of a one, from its left."""
    rows, columns = np.nonzero(pixels > 127)
    x, y = columns[rows.argmin()], rows.min()
    return np.array([(x - rng.uniform(3, 9), y + rng.uniform(1, 9)), (x, y)])


def _bar(_, rng):
    """Across a seven."""
    return np.array([(9, 14), (19, 14)]) + rng.normal(0, 1.5, (2, 2))


ADDED = {0: _slash, 1: _upstroke, 7: _bar}  # lines of points (x, y); MNIST has hardly any

# Capital letters that look like no digit, as strokes of points (x, y) from 0 to 1.
LETTERS = [
    [[(0, 1), (0.5, 0), (1, 1)], [(0.2, 0.6), (0.8, 0.6)]],  # A
    [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.5), (0.8, 0.5)]],  # E
    [[(1, 0), (0, 0), (0, 1)], [(0, 0.5), (0.8, 0.5)]],  # F
    [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, 0.5), (1, 0.5)]],  # H
    [[(0, 0), (0, 1)], [(1, 0), (0, 0.55), (1, 1)]],  # K
    [[(0, 1), (0.1, 0), (0.5, 0.7), (0.9, 0), (1, 1)]],  # M
    [[(0, 1), (0, 0), (1, 1), (1, 0)]],  # N
    [[(0, 1), (0, 0), (0.7, 0), (1, 0.25), (0.7, 0.5), (0, 0.5)]],  # P
    [[(0, 1), (0, 0), (0.7, 0), (1, 0.25), (0.7, 0.5), (0, 0.5)], [(0.4, 0.5), (1, 1)]],  # R
    [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],  # T
    [[(0, 0), (0, 0.7), (0.5, 1), (1, 0.7), (1, 0)]],  # U
    [[(0, 0), (0.5, 1), (1, 0)]],  # V
    [[(0, 0), (0.25, 1), (0.5, 0.3), (0.75, 1), (1, 0)]],  # W
    [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],  # X
    [[(0, 0), (0.5, 0.5), (1, 0)], [(0.5, 0.5), (0.5, 1)]],  # Y
]


def strange_drawing(_: Images, rng: np.random.Generator) -> np.ndarray:
    """A letter or, one in three, a scribble, drawn by an unsteady hand."""
    if rng.random() < 2 / 3:
        strokes = LETTERS[rng.integers(len(LETTERS))]
    else:
        strokes = [rng.random((rng.integers(2, 6), 2)) for _ in range(rng.integers(2, 5))]
    slant = [[rng.uniform(0.45, 1.2), rng.normal(0, 0.06)], [rng.normal(0, 0.15), 1]]
    ink = np.zeros((160, 160), np.uint8)
    width = int(rng.integers(5, 13))
    for stroke in strokes:
        points = np.asarray(stroke) + rng.normal(0, 0.06, np.shape(stroke))
        if rng.random() < 0.5:
            points = _rounded(points)
        _polyline(ink, (points @ slant) * 80 + 30, width)
    return digit_row(ink)


def _rounded(points: np.ndarray) -> np.ndarray:
    """The line with its corners cut twice (G. Chaikin 1974)."""
    for _ in range(2):
        cut = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.concatenate([points[:1], np.stack(cut, 1).reshape(-1, 2), points[-1:]])
    return points


def _polyline(pixels: np.ndarray, points: np.ndarray, width: int) -> None:
    sixteenths = np.round(points * 16).astype(np.int32)
    cv2.polylines(pixels, [sixteenths], False, 255, width, cv2.LINE_AA, shift=4)


# Clothing

SLEEVED, SHOES, TROUSERS, DRESSES = (
    {FASHION_MNIST.labels.index(name) for name in names}
    for names in (
        ("T-shirt/top", "Pullover", "Coat", "Shirt"),
        ("Sandal", "Sneaker", "Ankle boot"),
        ("Trouser",),
        ("Dress",),
    )
)
# Half pixels, with room around a row for what is turned and stretched: a photo that is shrunk to a
# row is sharp, and so is what was altered at twice its size.
HALVES = np.mgrid[-19:19:0.5, -19:19:0.5][::-1].astype(np.float32)


def mirror_garment(pixels: np.ndarray, _, rng: np.random.Generator) -> np.ndarray:
    """Half of them mirrored."""
    return pixels[:, ::-1] if rng.random() < 0.5 else pixels


def alter_garment(
    pixels: np.ndarray, label: int, rng: np.random.Generator, soft: bool = False
) -> np.ndarray:
    """Mirrored, in part hidden, and half of them as garments lie on somebody's floor.

    soft: most of those less sharp than the data set, as photos become
    """
    pixels = mirror_garment(pixels, label, rng)
    if rng.random() < 0.5:
        pixels = _worn(pixels, label, rng, soft)
    return _hidden(pixels, rng) if rng.random() < 0.25 else pixels


def _hidden(pixels, rng):
    """In part, by a box of any shade (random erasing: Z. Zhong et al., arXiv 1708.04896)."""
    pixels = pixels.copy()
    height, width = rng.integers(3, 12, 2)
    top, left = rng.integers(0, SIDE - height), rng.integers(0, SIDE - width)
    pixels[top : top + height, left : left + width] = rng.integers(256)
    return pixels


def _worn(
    pixels: np.ndarray, label: int, rng: np.random.Generator, soft: bool = False
) -> np.ndarray:
    """Turned, stretched, sleeves spread, shoes in pairs; other cloth, folds, a ragged edge."""
    turn = 0.09
    if label in SHOES and rng.random() < 0.5:
        pixels, turn = _pair(pixels, rng), 0.3
    x, y = np.tensordot(_turn(rng.normal(0, turn)).astype(np.float32), HALVES, 1)
    wide, high = np.exp(rng.normal(0, 0.12, 2)).tolist()
    x, y = x / wide + rng.normal(0, 0.06) * y, y / high
    if label in SLEEVED and rng.random() < 0.4:
        torso, spread = rng.uniform(4, 8), rng.uniform(0.1, 0.7)
        beyond = np.maximum(np.abs(x) - torso, 0)
        x = x - np.sign(x) * beyond * spread / (1 + spread)
        y = y + 0.6 * beyond * spread
    cloth = _bent(pixels.astype(np.float32), x, y, 0.5, rng).clip(0)
    inside = cloth > 8

    side = len(cloth)
    if rng.random() < 0.3 and inside.any():
        contrast, brightness = rng.uniform(0.4, 1.3), rng.uniform(40, 225)
        cloth = (cloth - cloth[inside].mean()) * contrast + brightness
    if rng.random() < 0.5:
        cloth = cloth * (1 + 0.2 * _waves(rng.choice([5, 9, 17], 2), side, rng))
    if rng.random() < 0.2:  # stripes, checks, dots: many hills one way, another number the other
        pattern = _waves(rng.choice([1, 9, 40], 2), side, rng)
        cloth = cloth + rng.uniform(10, 60) * pattern
    if rng.random() < 0.3:
        edge = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 2)
        inside = inside & (edge + 0.25 * _waves((11, 11), side, rng) > 0.5)
    softness = rng.uniform(0, 1) if soft and rng.random() < 0.75 else 0
    return _fitted(np.clip(cloth, 1, 255) * inside, pixels, softness)


def _pair(pixels, rng):
    """The shoe, seen from its side, beside its mirror image: much as a pair seen from above."""
    shoe = np.rot90(cropped(pixels))[:, :: rng.choice([-1, 1])]
    between = np.zeros((len(shoe), rng.integers(4)), np.uint8)
    pair = np.hstack([shoe, between, shoe[:, ::-1]])
    return garment_row(pair[:: rng.choice([-1, 1])])


def strange_garment(images: Images, rng: np.random.Generator, soft: bool = False) -> np.ndarray:
    """Shorts and skirts cut out of trousers and dresses, hats, and rags."""
    kind = rng.integers(4)
    if kind == 0:
        pixels = _any_of(images, TROUSERS, rng)[: rng.integers(9, 15)]
    elif kind == 1:
        pixels = _any_of(images, DRESSES, rng)[rng.integers(12, 18) :]
    elif kind == 2:
        pixels = _hat(rng)
    else:
        rag = _waves((5, 5), SIDE, rng) + 1 - (PLACES**2).sum(0) / 120
        pixels = (140 + 60 * _waves((4, 4), SIDE, rng)).clip(20, 255) * (rag > 0)
    row = _fitted(pixels, _any_of(images, TROUSERS, rng))
    return _worn(row, -1, rng, soft)


def _hat(rng: np.random.Generator) -> np.ndarray:
    """A dome, a badge on some, a brim below most."""
    pixels = np.zeros((80, 80), np.uint8)
    width, height = int(rng.integers(12, 22)), int(rng.integers(14, 40))
    shade = int(rng.integers(40, 240))

    def ellipse(middle, axes, end, shade):
        cv2.ellipse(pixels, middle, axes, rng.normal(0, 8), 180, end, shade, -1, cv2.LINE_AA)

    ellipse((40, 55), (width, height), 360, shade)
    if rng.random() < 0.5:
        ellipse((40, 55 - height // 2), rng.integers(2, 8, 2).tolist(), 540, int(rng.integers(255)))
    if rng.random() < 0.75:
        brim = int(width * rng.uniform(0.6, 1.6)), int(rng.integers(3, 14))
        ellipse((40 + int(rng.integers(-8, 9)), 55), brim, 540, int(rng.integers(20, 255)))
    return pixels


def _any_of(images: Images, labels: set[int], rng: np.random.Generator) -> np.ndarray:
    while True:
        place = rng.integers(len(images.labels))
        if images.labels[place] in labels:
            return images.pixels[place]


def _fitted(pixels: np.ndarray, otherwise: np.ndarray, softness: float = 0) -> np.ndarray:
    """As a row; `otherwise` in the rare case that nothing is left to see."""
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    return garment_row(pixels, softness) if pixels.max() > 0 else otherwise


# Both


def _bent(pixels, x, y, strength: float, rng: np.random.Generator) -> np.ndarray:
    """What lies at these places, counted from the middle, give or take `strength` pixels."""
    x, y = (place + MIDDLE + strength * _waves((5, 5), len(place), rng) for place in (x, y))
    return cv2.remap(pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)


def _waves(hills: tuple[int, int], side: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise of deviation 1 with so many hills down and across a square."""
    hills = rng.standard_normal(hills, np.float32)
    return cv2.resize(hills, (side, side), interpolation=cv2.INTER_CUBIC)


def _turn(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


MAKERS = {  # what alters an image and what makes a stranger, by data set and phase of a recipe
    MNIST.name: {"finishing": (alter_digit, strange_drawing)},
    FASHION_MNIST.name: {
        "finishing": (alter_garment, strange_garment),
        "settling": (mirror_garment, strange_garment),
        "softening": (
            functools.partial(alter_garment, soft=True),
            functools.partial(strange_garment, soft=True),
        ),
    },
}
