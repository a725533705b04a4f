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
        ("pens", "train", 12311 + 5558),
        ("pens", "validation", 2355 + 2570),
        ("photos", "train", 3298),
        ("photos", "validation", 589),
        ("drawings", "validation", 2315),
        ("drawings_as_digits", "validation", 2050),
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
    items = make_people.taught_strokes()
    train = [item for item in items if people.split_of(item) == "train"]
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


def test_drawings_are_what_preprocessing_makes_of_the_strokes_today():
    held_out = [item for item in people.drawings() if item["split"] == "validation"]
    drawn = [item for item in held_out if item["clothing"] != "?"]
    held, labels = people.load("drawings", "validation"), DATASETS["fashion_mnist"].labels
    filled = people.filled("drawings")
    for index in range(0, len(drawn), 50):
        images = make_people.garment_images(drawn[index])
        np.testing.assert_array_equal(images, [held.pixels[index], filled.pixels[index]])
        named = "|".join(np.array(labels)[held.classes[index]])
        assert set(named.split("|")) == set(drawn[index]["clothing"].split("|"))
    assert (filled.pixels >= 128).mean() > 1.3 * (held.pixels >= 128).mean()


def test_words_never_drawn_in_training_are_held_out():
    words = {
        split: {item["word"] for item in people.drawings() if item["split"] == split}
        for split in people.SPLITS
    }
    unseen = {item["word"] for item in people.drawings() if item["kind"] == "unseen"}
    assert len(unseen) == 30 and not unseen & words["train"]
