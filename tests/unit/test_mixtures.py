"""What an epoch shows: people's pictures beside the data set's, each with what is right of it."""

import numpy as np
import pytest

from fmnist.data import datasets, people
from fmnist.inference.classify import predictor
from fmnist.training import drawings, mixtures, outliers
from fmnist.training.augment import digits, garments, photos, warping
from fmnist.training.registry import step_of

COUNT, SHARE = 256, 3 / 8


@pytest.fixture(scope="module", params=datasets.DATASETS)
def shown(request):
    """The name of a data set, some of its test images, and an epoch with them."""
    images = datasets.Images(*(array[:COUNT] for array in datasets.test_set(request.param)))
    return (
        request.param,
        images,
        step_of(request.param, "mixture")(images, np.random.default_rng(1), SHARE),
    )


def test_an_epoch_has_the_data_set_people_and_outliers(shown):
    name, images, epoch = shown
    assert epoch.pixels.dtype == epoch.classes.dtype == np.uint8
    assert epoch.pixels.shape[1:] == (28, 28) and epoch.classes.shape == (len(epoch.pixels), 10)
    np.testing.assert_array_equal(epoch.classes[:COUNT].argmax(axis=1), images.labels)
    known = epoch.classes[COUNT:].any(axis=1)
    known_too, outlier_share = {
        "mnist": (0, mixtures.LETTERS + mixtures.MADE + mixtures.THINGS),
        "fashion_mnist": (
            mixtures.SHOES + mixtures.DRAWN + mixtures.TRACED,
            mixtures.NEITHER + mixtures.OTHERS + mixtures.PENS + mixtures.ON_PAPER,
        ),
    }[name]
    assert known.sum() == pytest.approx((1 + known_too) * SHARE * COUNT, abs=2)
    assert (~known).sum() == pytest.approx(outlier_share * SHARE * COUNT, abs=2)
    assert (epoch.pixels.max(axis=(1, 2)) > 0).all()


def test_networks_know_what_an_epoch_shows_and_not_the_outliers(shown):
    name, _, epoch = shown
    probabilities = predictor(name, "large")(epoch.pixels)
    known = epoch.classes.any(axis=1)
    right = epoch.classes[np.arange(len(known)), probabilities.argmax(axis=1)] > 0
    assert right[known].mean() > {"mnist": 0.98, "fashion_mnist": 0.85}[name]
    confidences = probabilities.max(axis=1)
    assert confidences[~known].mean() < 0.6 * confidences[known].mean()


def test_same_generator_same_epoch(shown):
    name, images, epoch = shown
    again = step_of(name, "mixture")(images, np.random.default_rng(1), SHARE)
    np.testing.assert_array_equal(again.pixels, epoch.pixels)
    np.testing.assert_array_equal(again.classes, epoch.classes)


def test_photos_of_every_class_are_shown_equally_often():
    images = datasets.Images(*(array[:1200] for array in datasets.test_set("fashion_mnist")))
    epoch = step_of("fashion_mnist", "mixture")(images, np.random.default_rng(0), 1 / 2)
    photos = epoch.classes[1200 : 1200 + 600].sum(axis=0)
    names = datasets.FASHION_MNIST.labels
    garments = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Shirt"}
    assert {names[index] for index in np.flatnonzero(photos)} == garments
    assert photos[photos > 0].min() == 100 and photos.max() < 120  # some are of two classes


def test_a_photo_may_have_several_right_classes():
    several = people.load("photos", "train").classes.sum(axis=1)
    assert (several > 1).any() and several.max() <= 3


def test_clothing_is_shown_mirrored_or_as_it_is():
    pixels = datasets.test_set("fashion_mnist").pixels[:COUNT]
    shown = warping.mirror_half(pixels, np.random.default_rng(1))
    same = (shown == pixels).all(axis=(1, 2))
    mirrored = (shown == pixels[:, :, ::-1]).all(axis=(1, 2))
    assert (same | mirrored).all()
    assert 0.4 < mirrored.mean() < 0.6


def test_clothing_is_augmented_and_still_what_it_is():
    images = datasets.Images(*(array[:COUNT] for array in datasets.test_set("fashion_mnist")))
    shown = garments.augment_garments(images, np.random.default_rng(1))
    assert shown.shape == images.pixels.shape and shown.dtype == np.uint8
    again = garments.augment_garments(images, np.random.default_rng(1))
    np.testing.assert_array_equal(shown, again)
    likeness = images.pixels, images.pixels[:, :, ::-1]
    unchanged = np.any([(shown == pixels).all(axis=(1, 2)) for pixels in likeness], axis=0)
    assert 0.3 < unchanged.mean() < 0.45  # half are not worn, and of those three quarters whole
    probabilities = predictor("fashion_mnist", "large")(shown[~unchanged])
    right = probabilities.argmax(axis=1) == images.labels[~unchanged]
    assert 0.6 < right.mean() < 0.95


def test_some_zeros_get_a_slash_and_some_ones_and_sevens_a_stroke():
    def augmented(label, claimed):
        """400 images of a class, augmented as if they were of another."""
        pixels, labels = datasets.test_set("mnist")
        rng = np.random.default_rng(0)
        chosen = np.repeat(pixels[labels == label][:40], 10, axis=0)
        return np.stack([digits.augment_digit(each, claimed, rng) for each in chosen])

    def crossed(claimed):
        return (augmented(0, claimed)[:, 12:16, 12:16] > 200).any(axis=(1, 2)).mean()

    assert 0.1 < crossed(0) - crossed(3) < 0.25
    for label in (1, 7):
        assert augmented(label, label).mean() > 1.05 * augmented(label, 3).mean()


def test_digits_are_rotated_and_slanted_by_some_degrees():
    bar = np.zeros((28, 28), np.uint8)
    bar[4:24, 12:16] = 255
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:28, :28].reshape(2, -1)
    slopes = [
        np.polyfit(y, x, 1, w=np.sqrt(digits.augment_digit(bar, 2, rng).ravel()))[0]
        for _ in range(400)
    ]
    assert np.std(slopes) == pytest.approx(np.hypot(0.1, 0.12), abs=0.03)


def test_photos_are_changed_before_they_are_made_small():
    cut_outs = people.cut_outs()
    rng = np.random.default_rng(0)
    once, again = (photos.augment_photo(cut_outs[0], rng) for _ in range(2))
    assert once.shape == (28, 28) and once.dtype == np.uint8
    assert (once != again).any()
    edges = np.abs(np.diff(once.astype(int))).max()
    assert edges > 20  # not blurred to nothing


@pytest.mark.parametrize("kind", [kind for kind, _ in outliers.KINDS])
def test_outliers_of_every_kind_are_drawings(kind):
    digits = datasets.test_set("mnist").pixels[:100]
    rng = np.random.default_rng(0)
    made = np.stack([kind(digits, rng) for _ in range(20)])
    assert made.shape == (20, 28, 28) and made.dtype == np.uint8
    assert (made.max(axis=(1, 2)) > 100).all()
    assert len({each.tobytes() for each in made}) > 10


def drawn_as(finish, strokes, pen=6):
    """The ink of strokes on a pad of 100 pixels a side."""
    ink = np.zeros((100, 100), np.uint8)
    for stroke in strokes:
        digits.polyline(ink, np.array(stroke) * 100.0, pen)
    return finish(ink, pen, np.random.default_rng(0))


SQUARE = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]


def test_only_what_lines_enclose_is_filled_or_hatched():
    closed, open_ = [[*SQUARE, SQUARE[0]]], [SQUARE]
    outline, filled, hatched = (
        drawn_as(finish, closed)
        for finish in (drawings._outlined, drawings._filled, drawings._hatched)
    )
    assert (filled[25:75, 25:75] == 255).all() and (filled[:15] == 0).all()
    assert (outline[30:70, 30:70] == 0).all()
    assert 0.15 < (hatched[30:70, 30:70] > 127).mean() < 0.6
    for finish in drawings.FINISHES:
        lines, finished = drawn_as(drawings._outlined, open_), drawn_as(finish, open_)
        np.testing.assert_array_equal(finished > 127, lines > 127)


def test_drawings_are_those_of_people_and_words_to_train_on():
    items = {str(item["strokes"]): item for item in people.drawings()}
    words = {item["word"] for item in people.drawings() if item["kind"] == "unseen"}
    for group in (drawings.no_garments(), drawings.no_digits()):
        for strokes in group[::50]:
            item = items[str(strokes)]
            assert item["split"] == "train" and item["word"] not in words
    assert len(drawings.garments()) == 9
    jackets = drawings.garments()["jacket"]
    assert len(jackets.strokes) == 240
    assert set(jackets.classes.argmax(axis=1)) == {datasets.FASHION_MNIST.labels.index("Coat")}
    shoes = drawings.garments()["shoe"].classes.sum(axis=1)
    assert set(shoes) == {2}  # a sneaker and an ankle boot look alike in a few lines


def test_traced_garments_keep_their_outline_and_get_what_marks_their_class():
    images = datasets.test_set("fashion_mnist")
    rng = np.random.default_rng(0)
    for label in drawings.TRACED:
        garment = images.pixels[images.labels == label][0]
        strokes = drawings.traced(garment, label, rng)
        inside = np.concatenate(strokes)
        assert inside.min() > -0.1 and inside.max() < 1.1
        height = np.ptp(np.flatnonzero(garment.any(axis=1))) / 28
        outline = max(strokes, key=len)
        assert np.ptp(outline[:, 1]) == pytest.approx(height, abs=0.15)
        assert len(strokes) > 1 or label == datasets.FASHION_MNIST.labels.index("Dress")
