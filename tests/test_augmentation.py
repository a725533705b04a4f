"""What is shown in the finish: altered images still show what they showed, strangers do not."""

import numpy as np
import pytest

from fmnist import datasets, load_model
from fmnist.augmentation import STRANGERS, finishing_images

COUNT = 500


@pytest.fixture(scope="module", params=datasets.DATASETS)
def shown(request):
    """The name of a data set, some of its test images, and what becomes of them."""
    images = datasets.Images(*(part[:COUNT] for part in datasets.test_set(request.param)))
    return request.param, images, finishing_images(request.param, images, np.random.default_rng(1))


def test_images_keep_their_labels_and_strangers_get_any(shown):
    _, images, finishing = shown
    assert finishing.pixels.shape == (COUNT * (1 + STRANGERS), 28, 28)
    assert finishing.pixels.dtype == np.uint8
    assert (finishing.pixels.max(axis=(1, 2)) > 0).all()
    np.testing.assert_array_equal(finishing.labels[:COUNT], images.labels)
    assert len(set(finishing.labels[COUNT:])) > 5


def test_altered_images_are_still_recognised_and_strangers_are_not(shown):
    name, images, finishing = shown
    probabilities = load_model(name, "large").predict(finishing.pixels, verbose=0)
    right = probabilities[:COUNT].argmax(axis=1) == images.labels
    assert right.mean() > {"mnist": 0.98, "fashion_mnist": 0.85}[name]
    assert (finishing.pixels[:COUNT] != images.pixels).any(axis=(1, 2)).mean() > 0.5
    confident = probabilities.max(axis=1) > 0.99
    assert confident[COUNT:].mean() < confident[:COUNT].mean()


def test_settling_shows_clothing_mirrored_at_most():
    images = datasets.Images(*(part[:COUNT] for part in datasets.test_set("fashion_mnist")))
    rng = np.random.default_rng(1)
    settling = finishing_images("fashion_mnist", images, rng, "settling").pixels[:COUNT]
    same = (settling == images.pixels).all(axis=(1, 2))
    mirrored = (settling == images.pixels[:, :, ::-1]).all(axis=(1, 2))
    assert (same | mirrored).all()
    assert 0.4 < mirrored.mean() < 0.6


def test_same_generator_same_images(shown):
    name, images, finishing = shown
    again = finishing_images(name, images, np.random.default_rng(1))
    np.testing.assert_array_equal(again.pixels, finishing.pixels)
    np.testing.assert_array_equal(again.labels, finishing.labels)
