"""What an epoch of recipe `robust` shows: the data set, people's pictures, and outliers."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fmnist.data import people
from fmnist.data.datasets import Images
from fmnist.training import drawings
from fmnist.training.augment.digits import augment_digit
from fmnist.training.augment.garments import SHOE_CLASSES
from fmnist.training.augment.photos import augment_photo
from fmnist.training.augment.warping import mirror_half
from fmnist.training.outliers import digit_outlier

# Per digit drawn by people:
LETTERS = 1 / 4  # drawn by people, and characters of other scripts: outliers
THINGS = 1 / 6  # drawn by people: outliers
MADE = 1 / 3  # outliers made by `fmnist.training.outliers`
# Per garment photographed by people:
SHOES = 3 / 32
NEITHER = 1 / 8  # hats, shorts, skirts: outliers
DRAWN = 1 / 6  # garments drawn by people
TRACED = 1 / 24  # drawings made from outlines, of dresses, shirts, boots and coats
OTHERS = 1 / 8  # drawings of other things: outliers
PENS = 1 / 32  # digits and letters, drawn: outliers
ON_PAPER = 1 / 64  # the same, photographed: outliers

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
    """MNIST's images, half of them augmented, people's digits, and outliers.

    share: how many of people's digits to add per image of the data set
    """
    pens = people.load("pens", "train")
    is_digit = pens.known
    count = len(images.labels)
    own = np.concatenate(
        [
            rng.choice(np.flatnonzero(is_digit), round(share * count)),
            rng.choice(np.flatnonzero(~is_digit), round(LETTERS * share * count)),
        ]
    )
    pixels = np.concatenate([images.pixels, pens.pixels[own]])
    classes = np.concatenate([one_hot(images.labels), pens.classes[own]])
    labels = np.where(classes.any(axis=1), classes.argmax(axis=1), -1)
    augmented = np.flatnonzero(
        (np.arange(len(pixels)) >= count) | (rng.random(len(pixels)) < AUGMENTED)
    )
    for index in augmented:
        pixels[index] = augment_digit(pixels[index], labels[index], rng)
    every = np.concatenate([images.pixels, pens.pixels[is_digit]])
    outliers = [digit_outlier(every, rng) for _ in range(round(MADE * share * count))]
    outliers += _each(drawings.as_digit, drawings.no_digits(), round(THINGS * share * count), rng)
    nothing = np.zeros((len(outliers), 10), np.uint8)
    return Targets(np.concatenate([pixels, outliers]), np.concatenate([classes, nothing]))


def clothing(images: Images, rng: np.random.Generator, share: float) -> Targets:
    """Fashion-MNIST's images, half of them mirrored, people's augmented photos, and drawings.

    Drawings of garments are known, those of other things are outliers.

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
    outliers = [
        *_each(drawings.as_garment, drawings.no_garments(), round(OTHERS * share * count), rng),
        *_each(drawings.as_garment, drawings.pens(), round(PENS * share * count), rng),
        *_each(drawings.on_paper, drawings.pens(), round(ON_PAPER * share * count), rng),
    ]
    drawn = _drawn_garments(round(DRAWN * share * count), rng)
    traced = _traced_garments(images, round(TRACED * share * count), rng)
    return Targets(
        np.concatenate(
            [
                mirror_half(images.pixels, rng),
                augmented,
                drawn.pixels,
                traced.pixels,
                np.stack(outliers),
            ]
        ),
        np.concatenate(
            [
                one_hot(images.labels),
                photos.classes[own],
                drawn.classes,
                traced.classes,
                np.zeros((len(outliers), 10), np.uint8),
            ]
        ),
    )


def _each(
    draw: Callable[[drawings.Strokes, np.random.Generator], np.ndarray],
    of: list[drawings.Strokes],
    count: int,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """`count` of these drawings, chosen at random."""
    return [draw(of[index], rng) for index in rng.integers(len(of), size=count)]


def _drawn_garments(count: int, rng: np.random.Generator) -> Targets:
    """People's drawings of garments, evenly divided between the words."""
    words = list(drawings.garments().values())
    pixels, classes = [], []
    for number in range(count):
        word = words[number % len(words)]
        index = rng.integers(len(word.strokes))
        pixels.append(drawings.as_garment(word.strokes[index], rng))
        classes.append(word.classes[index])
    return Targets(np.stack(pixels), np.stack(classes))


def _traced_garments(images: Images, count: int, rng: np.random.Generator) -> Targets:
    """Drawings made from outlines of garments, evenly divided between their classes."""
    of = [np.flatnonzero(images.labels == label) for label in drawings.TRACED]
    chosen = np.array([rng.choice(of[number % len(of)]) for number in range(count)])
    pixels, labels = images.pixels[chosen], images.labels[chosen]
    traced = [drawings.traced(*each, rng) for each in zip(pixels, labels, strict=True)]
    return Targets(
        np.stack([drawings.as_garment(strokes, rng) for strokes in traced]), one_hot(labels)
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
