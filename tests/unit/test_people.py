"""People's pictures as data sets: they are what today's preprocessing makes of the originals."""

import json

import numpy as np
import pytest

from fmnist.data import people
from fmnist.data.datasets import DATASETS
from fmnist.pictures.preprocessing import settings_of
from fmnist.training import make_people
from fmnist.ui.examples import FOLDER


@pytest.mark.parametrize(
    ("name", "split", "count"),
    [
        ("pens", "train", 5506 + 1162),
        ("pens", "validation", 860 + 338),
        ("photos", "train", 3157),
        ("photos", "validation", 568),
    ],
)
def test_sets_are_whole(name, split, count):
    examples = people.load(name, split)
    assert examples.pixels.shape == (count, 28, 28) and examples.pixels.dtype == np.uint8
    assert examples.classes.shape == (count, 10)
    assert examples.people.shape == (count,)
    cut_outs = 2 if (name, split) == ("photos", "validation") else 1
    assert examples.views.shape == (count, cut_outs, 28, 28)
    np.testing.assert_array_equal(examples.views[:, 0], examples.pixels)


@pytest.mark.parametrize("name", ["pens", "photos"])
def test_nobody_is_in_both_splits(name):
    train, validation = (set(people.load(name, split).people) for split in people.SPLITS)
    assert train and validation and not train & validation


def test_files_are_those_that_were_made():
    made = json.loads(people.MADE.read_text())
    assert made["sha256"] == people.checksums()
    settings = {dataset: settings_of(dataset) for dataset in DATASETS}
    assert made["settings"] == settings, "run python -m fmnist people"


def test_pens_are_what_preprocessing_makes_of_the_strokes_today():
    items = people.strokes("digits") + people.strokes("letters")
    train = [item for item in items if item["source"] not in people.VALIDATION_WRITERS]
    examples = people.load("pens", "train")
    for index in range(0, len(train), 50):
        np.testing.assert_array_equal(make_people.pen_image(train[index]), examples.pixels[index])
        label = examples.classes[index].nonzero()[0]
        assert list(map(str, label)) == [str(train[index]["label"])] or not len(label)


@pytest.mark.parametrize(
    "name", ["pullover-on-a-sheet", "t-shirt-on-a-floor", "trousers-on-a-sofa"]
)
def test_a_photo_is_what_preprocessing_makes_of_it_today(name):
    garments, digit, cut_out = make_people.photo_images(FOLDER / "fashion_mnist" / f"{name}.jpg")
    held, as_digits = (people.load(of, "validation") for of in ("photos", "photos_as_digits"))
    assert (held.views == garments).all(axis=(1, 2, 3)).any()  # of which the page's examples are
    assert (as_digits.pixels == digit).all(axis=(1, 2)).any()
    assert cut_out.shape == (make_people.CUT_OUT_SIDE,) * 2
    assert 0.2 < (cut_out > 0).mean() < 0.9
