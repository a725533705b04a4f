"""What a network is shown in fine-tuning, beside the data set's own images.

Augmented images, as people draw and photograph them, with their labels; and outliers, which belong
to no class, each time with another random label: the network learns that they might be anything
(outlier exposure: D. Hendrycks, M. Mazeika, T. Dietterich, arXiv 1812.04606).

How much an image is changed was set by eye, so that a person still names what it shows: of images
so augmented the small network by recipe `published`, which never saw any, still knew 92 % of the
digits and 74 % of the clothing. What was tried against something else says so.
"""

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike

from fmnist.datasets import FASHION_MNIST, MNIST, Images, lookup
from fmnist.preprocess import SIDE, centred_digit, cropped, digit_image, garment_image

OUTLIERS = 0.1  # for each image of the data set
CENTRE = (SIDE - 1) / 2
COORDINATES = np.mgrid[:SIDE, :SIDE][::-1].astype(np.float32) - CENTRE  # x and y of each pixel


class Augmentation(NamedTuple):
    """What changes an image and what makes an outlier; both draw from the generator they are given.

    `augment`: (pixels (28, 28) uint8, label, rng) -> (28, 28) uint8
    `outlier`: (images of the data set, rng) -> (28, 28) uint8
    """

    augment: Callable[[np.ndarray, int, np.random.Generator], np.ndarray]
    outlier: Callable[[Images, np.random.Generator], np.ndarray]


def augmented(dataset: str, images: Images, rng: np.random.Generator, *, name: str) -> Images:
    """The images, changed at random as the augmentation of this name does, and outliers after them.

    Raises LookupError if AUGMENTATIONS has none of this name for the data set.
    """
    registry = lookup(AUGMENTATIONS, dataset, "fmnist.augmentation.AUGMENTATIONS")
    augment, outlier = lookup(registry, name, f"fmnist.augmentation.AUGMENTATIONS[{dataset!r}]")
    pixels = [augment(*image, rng) for image in zip(images.pixels, images.labels, strict=True)]
    count = outlier_count(len(images.labels))
    outliers = [outlier(images, rng) for _ in range(count)]
    random_labels = rng.integers(10, size=count, dtype=np.uint8)
    return Images(np.stack(pixels + outliers), np.concatenate([images.labels, random_labels]))


def outlier_count(images: int) -> int:
    """How many outliers come with so many images."""
    return round(OUTLIERS * images)


# Digits: magnitudes are standard deviations.

DIGIT_ROTATION = 0.1  # radians: 6°, as a sheet lies
DIGIT_SLANT = 0.12  # pixels to the side for each pixel down: hands differ in this most
DIGIT_STRETCH = 0.08  # of the logarithm of width and of height: 8 %
DIGIT_DISTORTION = 0.7  # pixels: lines of an unsteady hand; a stroke is 2.6 wide
ADDED_STROKE = 0.2  # of the zeros, ones and sevens: MNIST has hardly any, some countries all
ADDED_WIDTHS = (2, 3)  # pixels, as MNIST's strokes
ADDED_JITTER = 1.5  # pixels, of each end


def augment_digit(pixels: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Rotated, slanted, stretched, distorted; now and then with a stroke that some people add."""
    if label in ADDED and rng.random() < ADDED_STROKE:
        pixels = pixels.copy()
        line = ADDED[label](pixels, rng)
        _polyline(pixels, line, width=int(rng.integers(ADDED_WIDTHS[0], ADDED_WIDTHS[1] + 1)))
        pixels = centred_digit(pixels)
    slant = rng.normal(0, DIGIT_SLANT)
    wide, high = np.exp(rng.normal(0, DIGIT_STRETCH, 2))
    matrix = _rotation(rng.normal(0, DIGIT_ROTATION)) @ [[wide, slant], [0, high]]
    x, y = np.tensordot(matrix, COORDINATES, 1)
    return _elastic_distortion(pixels, x, y, DIGIT_DISTORTION, rng)


def _slash(_, rng):
    """Through a zero, from below it to above it."""
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

# Capital letters that look like no digit, as strokes of points (x, y) from 0 to 1.
LETTERS: list[list[list[tuple[float, float]]]] = [
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
LETTER_SHARE = 2 / 3  # of the outliers; the others are scribbles
LETTER_SIZE = 80  # pixels a side, half of the canvas
LETTER_BRUSHES = (5, 12)  # of those pixels: from a pen to a marker
LETTER_JITTER = 0.06  # of the letter's size, of each point


def digit_outlier(_: Images, rng: np.random.Generator) -> np.ndarray:
    """A letter or a scribble, drawn by an unsteady hand."""
    strokes: Sequence[ArrayLike]
    if rng.random() < LETTER_SHARE:
        strokes = LETTERS[rng.integers(len(LETTERS))]
    else:
        strokes = [rng.random((rng.integers(2, 6), 2)) for _ in range(rng.integers(2, 5))]
    slant = [[rng.uniform(0.45, 1.2), rng.normal(0, 0.06)], [rng.normal(0, 0.15), 1]]
    ink = np.zeros((2 * LETTER_SIZE, 2 * LETTER_SIZE), np.uint8)
    width = int(rng.integers(LETTER_BRUSHES[0], LETTER_BRUSHES[1] + 1))
    for stroke in strokes:
        points = np.asarray(stroke) + rng.normal(0, LETTER_JITTER, np.shape(stroke))
        if rng.random() < 0.5:
            points = _rounded(points)
        _polyline(ink, (points @ slant) * LETTER_SIZE + 30, width)
    return digit_image(ink)


def _rounded(points: np.ndarray) -> np.ndarray:
    """The line with its corners cut twice (G. Chaikin 1974)."""
    for _ in range(2):
        cut = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.concatenate([points[:1], np.stack(cut, 1).reshape(-1, 2), points[-1:]])
    return points


def _polyline(pixels: np.ndarray, points: np.ndarray, width: int) -> None:
    sixteenths = np.round(points * 16).astype(np.int32)
    cv2.polylines(pixels, [sixteenths], False, 255, width, cv2.LINE_AA, shift=4)


# Clothing: shares are of the images, magnitudes standard deviations, ranges uniform.

SLEEVED, SHOES, TROUSERS, DRESSES = (
    {FASHION_MNIST.labels.index(name) for name in names}
    for names in (
        ("T-shirt/top", "Pullover", "Coat", "Shirt"),
        ("Sandal", "Sneaker", "Ankle boot"),
        ("Trouser",),
        ("Dress",),
    )
)
# Half pixels, with room around an image for what is rotated and stretched: a photo that is shrunk
# is sharp, and so is what was distorted at twice its size.
HALF_PIXELS = np.mgrid[-19:19:0.5, -19:19:0.5][::-1].astype(np.float32)

DISTORTED = 0.5  # the others stay as the data set has them, so that these are not forgotten
ERASED = 0.25
ERASED_SIDES = (3, 11)  # pixels: of a hand, a hanger or another garment to nearly half a side
PAIRS = 0.5  # of the shoes: on floors they stand in pairs and are seen from above
GARMENT_ROTATION = 0.09  # radians: 5°, as people hold their phones
PAIR_ROTATION = 0.3  # radians: 17°, since shoes lie as they were put down
GARMENT_STRETCH = 0.12  # of the logarithm of width and of height: 12 %, cuts and angles differ
GARMENT_SLANT = 0.06  # pixels to the side for each pixel down
GARMENT_DISTORTION = 0.5  # pixels: seams are not straight
SPREAD_SLEEVES = 0.4  # of the garments with sleeves
TORSO = (4, 8)  # pixels from the middle to where sleeves begin
SPREAD = (0.1, 0.7)  # of the sleeves' width: from nearly hanging to laid out
DROP = 0.6  # pixels that a spread sleeve rises for each pixel that it is longer
CLOTH = 8  # of 255: what is brighter is cloth and not the soft pixel around
OTHER_CLOTH = 0.3  # of another shade and contrast: cameras meter, and floors are no studios
CONTRASTS, BRIGHTNESSES = (0.4, 1.3), (40, 225)  # factor; mean of 255
FOLDED = 0.5
FOLD_DEPTH = 0.2  # of the brightness; deeper ones did not help on real photos
FOLDS = (5, 9, 17)  # hills of smooth noise on a side, some of them, each way
PATTERNED = 0.2  # stripes, checks, dots: many hills one way, another number the other
PATTERN_DEPTHS = (10, 60)  # of 255
PATTERNS = (1, 9, 40)  # hills on a side
RAGGED = 0.3  # an edge as GrabCut leaves it
RAGGED_BLUR = 2  # half pixels, the deviation of the Gaussian that makes room for it
RAGGED_DEPTH = 0.25  # of the blurred edge, which goes from 0 to 1
BLURRED = 0.75  # of those distorted, where the augmentation blurs
MOST_BLUR = 1  # pixels, a Gaussian's deviation; phone photos get preprocess.SOFTNESS, 0.45


def mirror_garment(pixels: np.ndarray, _, rng: np.random.Generator) -> np.ndarray:
    """Half of them mirrored."""
    return pixels[:, ::-1] if rng.random() < 0.5 else pixels


def augment_garment(
    pixels: np.ndarray, label: int, rng: np.random.Generator, *, blur: bool = False
) -> np.ndarray:
    """Mirrored, in part erased, and half of them as garments lie on somebody's floor.

    blur: most of those less sharp than the data set, as photos become
    """
    pixels = mirror_garment(pixels, label, rng)
    if rng.random() < DISTORTED:
        pixels = _distorted_garment(pixels, label, rng, blur=blur)
    return _random_erasing(pixels, rng) if rng.random() < ERASED else pixels


def _random_erasing(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """In part hidden by a box of any shade (Z. Zhong et al., arXiv 1708.04896)."""
    pixels = pixels.copy()
    height, width = rng.integers(ERASED_SIDES[0], ERASED_SIDES[1] + 1, 2)
    top, left = rng.integers(0, SIDE - height), rng.integers(0, SIDE - width)
    pixels[top : top + height, left : left + width] = rng.integers(256)
    return pixels


def _distorted_garment(
    pixels: np.ndarray, label: int, rng: np.random.Generator, *, blur: bool
) -> np.ndarray:
    """Rotated, stretched, sleeves spread, shoes in pairs; other cloth, folds, a ragged edge."""
    rotation = GARMENT_ROTATION
    if label in SHOES and rng.random() < PAIRS:
        pixels, rotation = _pair(pixels, rng), PAIR_ROTATION
    x, y = np.tensordot(_rotation(rng.normal(0, rotation)).astype(np.float32), HALF_PIXELS, 1)
    wide, high = np.exp(rng.normal(0, GARMENT_STRETCH, 2)).tolist()
    x, y = x / wide + rng.normal(0, GARMENT_SLANT) * y, y / high
    if label in SLEEVED and rng.random() < SPREAD_SLEEVES:
        torso, spread = rng.uniform(*TORSO), rng.uniform(*SPREAD)
        beyond = np.maximum(np.abs(x) - torso, 0)
        x = x - np.sign(x) * beyond * spread / (1 + spread)
        y = y + DROP * beyond * spread
    cloth = _elastic_distortion(pixels.astype(np.float32), x, y, GARMENT_DISTORTION, rng).clip(0)
    inside = cloth > CLOTH

    side = len(cloth)
    if rng.random() < OTHER_CLOTH and inside.any():
        contrast, brightness = rng.uniform(*CONTRASTS), rng.uniform(*BRIGHTNESSES)
        cloth = (cloth - cloth[inside].mean()) * contrast + brightness
    if rng.random() < FOLDED:
        cloth = cloth * (1 + FOLD_DEPTH * _smooth_noise(rng.choice(FOLDS, 2), side, rng))
    if rng.random() < PATTERNED:
        pattern = _smooth_noise(rng.choice(PATTERNS, 2), side, rng)
        cloth = cloth + rng.uniform(*PATTERN_DEPTHS) * pattern
    if rng.random() < RAGGED:
        edge = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), RAGGED_BLUR)
        inside = inside & (edge + RAGGED_DEPTH * _smooth_noise((11, 11), side, rng) > 0.5)
    softness = rng.uniform(0, MOST_BLUR) if blur and rng.random() < BLURRED else 0
    return _as_image(np.clip(cloth, 1, 255) * inside, pixels, softness)


def _pair(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The shoe, seen from its side, beside its mirror image: much as a pair seen from above."""
    shoe = np.rot90(cropped(pixels))[:, :: rng.choice([-1, 1])]
    between = np.zeros((len(shoe), rng.integers(4)), np.uint8)
    pair = np.hstack([shoe, between, shoe[:, ::-1]])
    return garment_image(pair[:: rng.choice([-1, 1])])


def garment_outlier(images: Images, rng: np.random.Generator, *, blur: bool = False) -> np.ndarray:
    """Shorts and skirts cut out of trousers and dresses, hats, and rags."""
    kind = rng.integers(4)
    if kind == 0:
        pixels = _any_of(images, TROUSERS, rng)[: rng.integers(9, 15)]
    elif kind == 1:
        pixels = _any_of(images, DRESSES, rng)[rng.integers(12, 18) :]
    elif kind == 2:
        pixels = _hat(rng)
    else:
        rag = _smooth_noise((5, 5), SIDE, rng) + 1 - (COORDINATES**2).sum(0) / 120
        pixels = (140 + 60 * _smooth_noise((4, 4), SIDE, rng)).clip(20, 255) * (rag > 0)
    outlier = _as_image(pixels, _any_of(images, TROUSERS, rng))
    return _distorted_garment(outlier, -1, rng, blur=blur)


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
    for _ in range(10_000):
        index = rng.integers(len(images.labels))
        if images.labels[index] in labels:
            return images.pixels[index]
    names = " or ".join(FASHION_MNIST.labels[label] for label in sorted(labels))
    raise ValueError(f"There is no {names} among these images, from which outliers are made.")


def _as_image(pixels: np.ndarray, otherwise: np.ndarray, softness: float = 0) -> np.ndarray:
    """As an image of the data set; `otherwise` in the rare case that nothing is left to see."""
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    return garment_image(pixels, softness) if pixels.max() > 0 else otherwise


# Both


def _elastic_distortion(
    pixels: np.ndarray, x: np.ndarray, y: np.ndarray, strength: float, rng: np.random.Generator
) -> np.ndarray:
    """What lies at these coordinates, counted from the centre, give or take `strength` pixels.

    P. Simard, D. Steinkraus, J. Platt, Best Practices for Convolutional Neural Networks, 2003.
    """
    x, y = (axis + CENTRE + strength * _smooth_noise((5, 5), len(axis), rng) for axis in (x, y))
    return cv2.remap(pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)


def _smooth_noise(
    hills: Sequence[int] | np.ndarray, side: int, rng: np.random.Generator
) -> np.ndarray:
    """Noise of deviation 1 with so many hills down and across a square."""
    noise = rng.standard_normal(hills, np.float32)
    return cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)


def _rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


AUGMENTATIONS = {  # by data set and name
    MNIST.name: {"distorted": Augmentation(augment_digit, digit_outlier)},
    FASHION_MNIST.name: {
        "distorted": Augmentation(augment_garment, garment_outlier),
        "mirrored": Augmentation(mirror_garment, garment_outlier),
        "blurred": Augmentation(
            functools.partial(augment_garment, blur=True),
            functools.partial(garment_outlier, blur=True),
        ),
    },
}
