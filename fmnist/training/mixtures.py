"""What an epoch of recipe `robust` shows: the data set, people's pictures, and outliers."""

from typing import NamedTuple

import numpy as np

from fmnist.data import people
from fmnist.data.datasets import Images
from fmnist.pictures.clothing import garment_image
from fmnist.training.augment.digits import augment_digit
from fmnist.training.augment.garments import SHOE_CLASSES
from fmnist.training.augment.photos import augment_photo
from fmnist.training.augment.warping import mirror_half
from fmnist.training.outliers import digit_outlier

# Per digit drawn by people:
LETTERS = 1 / 6  # drawn by people
MADE = 1 / 3  # outliers made by `fmnist.training.outliers`
# Per garment photographed by people:
SHOES = 3 / 32
NEITHER = 1 / 8  # hats, shorts, skirts: outliers
DRAWN = 1 / 32  # people's drawings: outliers

AUGMENTED = 0.5  # of MNIST's images; people's digits, which are few, are always augmented


class Targets(NamedTuple):
    """Images to learn from, in no particular order.

    pixels: (n, 28, 28) uint8, 0 = background
    classes: (n, 10) uint8, 1 for each right class: there may be several, and outliers have none
    """

    pixels: np.ndarray
    classes: np.ndarray


def one_hot(labels: np.ndarray) -> np.ndarray:
    """(n,) labels as (n, 10) uint8 classes."""
    return np.eye(10, dtype=np.uint8)[labels]


def digits(images: Images, rng: np.random.Generator, share: float) -> Targets:
    """MNIST's images, half of them augmented, people's digits and letters, and made-up outliers.

    share: how many of people's digits to add per image of the data set
    """
    drawings = people.load("pens", "train")
    is_digit = drawings.known
    count = len(images.labels)
    own = np.concatenate(
        [
            rng.choice(np.flatnonzero(is_digit), round(share * count)),
            rng.choice(np.flatnonzero(~is_digit), round(LETTERS * share * count)),
        ]
    )
    pixels = np.concatenate([images.pixels, drawings.pixels[own]])
    classes = np.concatenate([one_hot(images.labels), drawings.classes[own]])
    labels = np.where(classes.any(axis=1), classes.argmax(axis=1), -1)
    augmented = np.flatnonzero(
        (np.arange(len(pixels)) >= count) | (rng.random(len(pixels)) < AUGMENTED)
    )
    for index in augmented:
        pixels[index] = augment_digit(pixels[index], labels[index], rng)
    every = np.concatenate([images.pixels, drawings.pixels[is_digit]])
    outliers = np.stack([digit_outlier(every, rng) for _ in range(round(MADE * share * count))])
    nothing = np.zeros((len(outliers), 10), np.uint8)
    return Targets(np.concatenate([pixels, outliers]), np.concatenate([classes, nothing]))


def clothing(images: Images, rng: np.random.Generator, share: float) -> Targets:
    """Fashion-MNIST's images, half of them mirrored, people's augmented photos, and drawings.

    share: how many of people's garments to add per image of the data set
    """
    photos = people.load("photos", "train")
    count = len(images.labels)
    is_shoe = shoes(photos)
    is_garment = photos.known & ~is_shoe
    own = np.concatenate(
        [
            _balanced(photos.classes, is_garment, round(share * count), rng),
            _balanced(photos.classes, is_shoe, round(SHOES * share * count), rng),
            rng.choice(np.flatnonzero(~photos.known), round(NEITHER * share * count)),
        ]
    )
    cut_outs = people.cut_outs()
    augmented = np.stack([augment_photo(cut_outs[index], rng) for index in own])
    drawings = rng.choice(people.load("pens", "train").pixels, round(DRAWN * share * count))
    drawn = np.stack([garment_image(drawing) for drawing in drawings])
    return Targets(
        np.concatenate([mirror_half(images.pixels, rng), augmented, drawn]),
        np.concatenate(
            [one_hot(images.labels), photos.classes[own], np.zeros((len(drawn), 10), np.uint8)]
        ),
    )


def shoes(photos: people.Examples) -> np.ndarray:
    """(n,) bool, whether each is a shoe."""
    return np.asarray(photos.classes[:, SHOE_CLASSES].any(axis=1))


def _balanced(
    classes: np.ndarray, among: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """`count` indices from `among` (n,) bool, evenly divided between the classes."""
    shown = [np.flatnonzero(among & right) for right in classes.T if (among & right).any()]
    sizes = np.bincount(np.arange(count) % len(shown))
    return np.concatenate(
        [rng.choice(indices, size) for indices, size in zip(shown, sizes, strict=True)]
    )
