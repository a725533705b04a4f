"""Altered images still show what they showed."""

import numpy as np

import fmnist
from fmnist import datasets
from fmnist.augmentation import altered


def test_digits_are_changed_but_stay_what_they_are():
    pixels, labels = (part[:1000] for part in datasets.test_set("mnist"))
    changed = altered("mnist", pixels, np.random.default_rng(1))
    assert changed.shape == pixels.shape
    assert changed.dtype == np.uint8
    assert (changed != pixels).any(axis=(1, 2)).all()
    said = fmnist.load_model("mnist", "small").predict(changed, verbose=0).argmax(axis=1)
    assert (said == labels).mean() > 0.97


def test_half_of_the_clothing_is_mirrored():
    pixels = datasets.test_set("fashion_mnist").pixels[:1000]
    changed = altered("fashion_mnist", pixels, np.random.default_rng(1))
    same = (changed == pixels).all(axis=(1, 2))
    mirrored = (changed == pixels[:, :, ::-1]).all(axis=(1, 2))
    assert (same | mirrored).all()
    assert 0.4 < mirrored.mean() < 0.6


def test_same_generator_same_images():
    pixels = datasets.test_set("mnist").pixels[:10]
    first, again = (altered("mnist", pixels, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
