"""Augment Fashion-MNIST's own images to look like worn clothes, before people's photos join them.

Magnitudes are standard deviations, shares are of the images, ranges are uniform. All are set by eye
so that a person can still name the garment.
"""

import cv2
import numpy as np

from fmnist.data.datasets import FASHION_MNIST, Images
from fmnist.pictures.clothing import garment_image
from fmnist.pictures.pixels import cropped
from fmnist.training.augment.photos import ERASED
from fmnist.training.augment.warping import (
    elastic_distortion,
    mirror_half,
    random_erasing,
    rotation,
    smooth_noise,
)

SLEEVED, SHOE_CLASSES = (
    [FASHION_MNIST.labels.index(name) for name in names]
    for names in (
        ("T-shirt/top", "Pullover", "Coat", "Shirt"),
        ("Sandal", "Sneaker", "Ankle boot"),
    )
)
WORN = 0.5
# Half pixels, with a margin for rotating and stretching. Images augmented at twice their size are
# as sharp as photos that are reduced.
HALVES = np.mgrid[-19:19:0.5, -19:19:0.5][::-1].astype(np.float32)
GARMENT_ROTATION = 0.09  # radians: 5°
PAIRED = 0.5  # of the shoes
PAIR_ROTATION = 0.3  # radians: 17°
GARMENT_STRETCH = 0.12  # of the logarithm of width and height: 12 %
GARMENT_SLANT = 0.06  # pixels sideways per pixel down
GARMENT_DISTORTION = 0.5  # pixels: a different cut
SPREAD = 0.4  # of those with sleeves
TRUNK = (4, 8)  # pixels on either side of the middle that do not spread
SPREAD_BY = (0.1, 0.7)  # of a pixel's distance from the trunk
OTHER_LIGHT = 0.3
CONTRAST = (0.4, 1.3)
BRIGHTNESS = (40, 225)  # of 255
FOLDED = 0.5
FOLDS = (5, 9, 17)  # hills across a garment
FOLD_DEPTH = 0.2  # of its brightness
PATTERNED = 0.2
HILLS = (1, 9, 40)  # across a garment: stripes, checks, dots
PATTERN = (10, 60)  # of 255
RAGGED = 0.3
RAGGED_BY = 0.25  # of the outline, like photos that are cut out


def augment_garments(images: Images, rng: np.random.Generator) -> np.ndarray:
    """(n, 28, 28): mirrors half of them, makes half look worn, and erases part of a quarter."""
    pixels = mirror_half(images.pixels, rng)
    for index in np.flatnonzero(rng.random(len(pixels)) < WORN):
        pixels[index] = _worn(pixels[index], images.labels[index], rng)
    for index in np.flatnonzero(rng.random(len(pixels)) < ERASED):
        pixels[index] = random_erasing(pixels[index], rng)
    return pixels


def _worn(pixels: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Rotate, stretch, spread sleeves, pair shoes; change the cloth, add folds, fray the edges."""
    angle = rng.normal(0, GARMENT_ROTATION)
    if label in SHOE_CLASSES and rng.random() < PAIRED:
        pixels, angle = _pair(pixels, rng), rng.normal(0, PAIR_ROTATION)
    wide, high = np.exp(rng.normal(0, GARMENT_STRETCH, 2))
    matrix = [[wide, rng.normal(0, GARMENT_SLANT)], [0, high]] @ rotation(angle)
    x, y = np.tensordot(matrix.astype(np.float32), HALVES, 1)
    if label in SLEEVED and rng.random() < SPREAD:
        spread = rng.uniform(*SPREAD_BY)
        beyond = np.maximum(np.abs(x) - rng.uniform(*TRUNK), 0)
        x = x - np.sign(x) * beyond * spread / (1 + spread)
        y = y + 0.6 * beyond * spread
    cloth = elastic_distortion(pixels.astype(np.float32), x, y, GARMENT_DISTORTION, rng)
    garment = cloth > 8
    if not garment.any():
        return pixels
    side = len(cloth)
    if rng.random() < OTHER_LIGHT:
        cloth = (cloth - cloth[garment].mean()) * rng.uniform(*CONTRAST) + rng.uniform(*BRIGHTNESS)
    if rng.random() < FOLDED:
        cloth = cloth * (1 + FOLD_DEPTH * smooth_noise(tuple(rng.choice(FOLDS, 2)), side, rng))
    if rng.random() < PATTERNED:
        strength = rng.uniform(*PATTERN)
        cloth = cloth + strength * smooth_noise(tuple(rng.choice(HILLS, 2)), side, rng)
    if rng.random() < RAGGED:
        edge = cv2.GaussianBlur(garment.astype(np.float32), (0, 0), 2)
        garment &= edge + RAGGED_BY * smooth_noise((11, 11), side, rng) > 0.5
    worn = (cloth.clip(1, 255) * garment).astype(np.uint8)
    return garment_image(worn) if worn.any() else pixels


def _pair(shoe: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The shoe, seen from the side, next to its mirror image: much like a pair seen from above."""
    shoe = np.rot90(cropped(shoe))[:, :: rng.choice([-1, 1])]
    between = np.zeros((len(shoe), rng.integers(4)), np.uint8)
    pair = np.hstack([shoe, between, shoe[:, ::-1]])
    return garment_image(pair[:: rng.choice([-1, 1])])
