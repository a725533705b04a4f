"""What fine-tuning shows: augmented images still show what they showed, outliers do not."""

import numpy as np
import pytest

from fmnist import datasets, load_model
from fmnist.augmentation import OUTLIERS, augmented

COUNT = 500


@pytest.fixture(scope="module", params=datasets.DATASETS)
def shown(request):
    """The name of a data set, some of its test images, and what becomes of them."""
    images = datasets.Images(*(part[:COUNT] for part in datasets.test_set(request.param)))
    rng = np.random.default_rng(1)
    return request.param, images, augmented(request.param, images, rng, name="distorted")


def test_images_keep_their_labels_and_outliers_get_any(shown):
    _, images, made = shown
    assert made.pixels.shape == (COUNT * (1 + OUTLIERS), 28, 28)
    assert made.pixels.dtype == np.uint8
    assert (made.pixels.max(axis=(1, 2)) > 0).all()
    np.testing.assert_array_equal(made.labels[:COUNT], images.labels)
    assert len(set(made.labels[COUNT:])) > 5


def test_augmented_images_are_still_recognised_and_outliers_are_not(shown):
    name, images, made = shown
    probabilities = load_model(name, "large").predict(made.pixels, verbose=0)
    right = probabilities[:COUNT].argmax(axis=1) == images.labels
    assert right.mean() > {"mnist": 0.98, "fashion_mnist": 0.85}[name]
    assert (made.pixels[:COUNT] != images.pixels).any(axis=(1, 2)).mean() > 0.5
    confident = probabilities.max(axis=1) > 0.99
    assert confident[COUNT:].mean() < confident[:COUNT].mean()


def test_last_epochs_show_clothing_mirrored_at_most():
    images = datasets.Images(*(part[:COUNT] for part in datasets.test_set("fashion_mnist")))
    rng = np.random.default_rng(1)
    shown = augmented("fashion_mnist", images, rng, name="mirrored").pixels[:COUNT]
    same = (shown == images.pixels).all(axis=(1, 2))
    mirrored = (shown == images.pixels[:, :, ::-1]).all(axis=(1, 2))
    assert (same | mirrored).all()
    assert 0.4 < mirrored.mean() < 0.6


def test_same_generator_same_images(shown):
    name, images, made = shown
    again = augmented(name, images, np.random.default_rng(1), name="distorted")
    np.testing.assert_array_equal(again.pixels, made.pixels)
    np.testing.assert_array_equal(again.labels, made.labels)


def repeated(dataset: str, label: int, claimed: int, name: str) -> np.ndarray:
    """400 images of a class, augmented as if they were of another."""
    pixels, labels = datasets.test_set(dataset)
    pixels = np.repeat(pixels[labels == label][:40], 10, axis=0)
    images = datasets.Images(pixels, np.full(len(pixels), claimed, np.uint8))
    return augmented(dataset, images, np.random.default_rng(0), name=name).pixels[: len(pixels)]


def test_some_zeros_get_a_slash_and_some_ones_and_sevens_a_stroke():
    def crossed(claimed):
        return (repeated("mnist", 0, claimed, "distorted")[:, 12:16, 12:16] > 200).any(axis=(1, 2))

    assert 0.1 < crossed(0).mean() - crossed(3).mean() < 0.25
    for label in (1, 7):
        ink = repeated("mnist", label, label, "distorted").mean()
        assert ink > 1.05 * repeated("mnist", label, 3, "distorted").mean()


@pytest.mark.parametrize("outliers", [False, True])
def test_blurred_clothing_is_less_sharp(outliers):
    images = datasets.Images(*(part[:COUNT] for part in datasets.test_set("fashion_mnist")))

    def sharpness(name):
        made = augmented("fashion_mnist", images, np.random.default_rng(0), name=name).pixels
        made = made[COUNT:] if outliers else made[:COUNT]
        return np.abs(np.diff(made.astype(int), axis=2)).mean()

    assert sharpness("blurred") < 0.92 * sharpness("distorted")


def test_digits_are_rotated_and_slanted_by_some_degrees():
    bar = np.zeros((28, 28), np.uint8)
    bar[4:24, 12:16] = 255
    images = datasets.Images(np.repeat(bar[None], 400, axis=0), np.full(400, 2, np.uint8))
    made = augmented("mnist", images, np.random.default_rng(0), name="distorted").pixels[:400]
    y, x = np.mgrid[:28, :28]
    slopes = [np.polyfit(y.ravel(), x.ravel(), 1, w=np.sqrt(pixels.ravel()))[0] for pixels in made]
    assert np.std(slopes) == pytest.approx(np.hypot(0.1, 0.12), abs=0.03)


def test_some_clothing_stays_as_it_is_and_some_is_erased_in_part():
    images = datasets.Images(*(part[:1500] for part in datasets.test_set("fashion_mnist")))
    made = augmented("fashion_mnist", images, np.random.default_rng(0), name="distorted")
    made = made.pixels[:1500].astype(int)
    originals = np.stack([images.pixels, images.pixels[:, :, ::-1]], axis=1)
    changed = (made[:, None] != originals).sum(axis=(2, 3)).min(axis=1)
    assert (changed == 0).mean() == pytest.approx(0.5 * 0.75, abs=0.04)
    erased = (changed > 0) & (changed <= 11 * 11)
    assert erased.mean() == pytest.approx(0.5 * 0.25, abs=0.04)


def widths(shape: tuple[int, int], label: str) -> np.ndarray:
    """How wide for each pixel of height 400 boxes of this (height, width) become as this class."""
    pixels = np.zeros((400, 28, 28), np.uint8)
    top, left = (28 - shape[0]) // 2, (28 - shape[1]) // 2
    pixels[:, top : top + shape[0], left : left + shape[1]] = 150
    index = datasets.FASHION_MNIST.labels.index(label)
    others = datasets.test_set("fashion_mnist")  # of which outliers are made
    images = datasets.Images(
        np.concatenate([pixels, others.pixels[:100]]),
        np.concatenate([np.full(400, index, np.uint8), others.labels[:100]]),
    )
    made = augmented("fashion_mnist", images, np.random.default_rng(0), name="distorted")
    inside = made.pixels[:400] > 0
    return inside.any(axis=1).sum(axis=1) / inside.any(axis=2).sum(axis=1)


def test_shoes_and_nothing_else_come_in_pairs():
    assert (widths((10, 28), "Sneaker") < 1.2).mean() == pytest.approx(0.5 * 0.5, abs=0.06)
    assert (widths((10, 28), "Bag") < 1.2).mean() < 0.01


def test_images_without_what_outliers_are_cut_from_are_refused():
    images = datasets.Images(np.full((20, 28, 28), 9, np.uint8), np.zeros(20, np.uint8))
    with pytest.raises(ValueError, match=r"There is no (Trouser|Dress) among"):
        augmented("fashion_mnist", images, np.random.default_rng(0), name="mirrored")
