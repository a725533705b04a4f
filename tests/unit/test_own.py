"""A person's own pictures: they are read as the app reads them, and some are held out.

Drawings of people in UNIPEN and the page's own examples stand in for them.
"""

import dataclasses
import shutil
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from fmnist.data import datasets
from fmnist.data.datasets import DataError
from fmnist.pictures.preprocessing import preprocess
from fmnist.runs import records
from fmnist.runs.recipes import recipe_for
from fmnist.training import cli, make_people, own
from fmnist.training.mixtures import Targets, one_hot
from fmnist.ui.examples import FOLDER
from helpers.drawings import draw

EXAMPLES = FOLDER / "fashion_mnist"
KEY = "mnist", "small"


@pytest.fixture
def wardrobe(tmp_path):
    """A folder with clothing, and one of a digit."""
    folder = tmp_path / "mine"
    for name, file in {
        "t-SHIRT": "t-shirt-on-a-floor.jpg",
        "Dress|coat": "dress-on-a-floor.jpg",
        "ankle_boot": "ankle-boot-from-the-test-set.png",
        "trousers": "trousers-on-a-sofa.jpg",
    }.items():
        (folder / name).mkdir(parents=True)
        shutil.copy(EXAMPLES / file, folder / name)
        (folder / name / ".DS_Store").touch()
    return draw(folder, ["7"], each=2)


def test_pictures_are_read_as_the_app_reads_them(wardrobe):
    pictures = own.read(wardrobe)
    assert set(pictures) == {"fashion_mnist", "mnist"}
    clothing = pictures["fashion_mnist"]
    labels = datasets.FASHION_MNIST.labels
    named = {
        "|".join(labels[index] for index in np.flatnonzero(classes)): (views, original)
        for views, original, classes in zip(*clothing, strict=True)
    }
    for name, file in {
        "T-shirt/top": "t-shirt-on-a-floor.jpg",
        "Dress|Coat": "dress-on-a-floor.jpg",
        "Ankle boot": "ankle-boot-from-the-test-set.png",
        "Trouser": "trousers-on-a-sofa.jpg",
    }.items():
        views, cut_out = named.pop(name)
        expected = preprocess(EXAMPLES / file, "fashion_mnist").views
        np.testing.assert_array_equal(views, expected if len(expected) == 2 else [*expected] * 2)
        assert cut_out.shape == (make_people.CUT_OUT_SIDE,) * 2
        assert 0.2 < (cut_out > 0).mean() < 0.9
    assert not named
    digits = pictures["mnist"]
    np.testing.assert_array_equal(digits.classes, one_hot(np.array([7, 7])))
    np.testing.assert_array_equal(digits.views[:, 0], digits.originals)
    assert own.read(wardrobe, "mnist").keys() == {"mnist"}


def test_an_image_of_the_data_set_is_no_negative_when_it_is_learned(wardrobe):
    pixels, _ = datasets.test_set("fashion_mnist")
    cut_out = make_people.cut_out(pixels[0])
    assert np.corrcoef(cut_out[::2, ::2].ravel(), pixels[0].ravel())[0, 1] > 0.9


def test_order_depends_on_the_pictures_alone(tmp_path):
    first = draw(tmp_path / "first", each=2)
    second = tmp_path / "second"
    for number, path in enumerate(sorted(first.glob("*/*.png"), reverse=True)):
        (second / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, second / path.parent.name / f"{number:03}.png")
        shutil.copy(path, second / path.parent.name / f"copy of {number}.png")
    for one, other in zip(own.read(first)["mnist"], own.read(second)["mnist"], strict=True):
        np.testing.assert_array_equal(one, other)


def unknown_name(folder):
    (folder / "Socks").mkdir()


def not_a_picture(folder):
    (folder / "7" / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic")


def blank(folder):
    Image.new("RGB", (50, 50), "white").save(folder / "7" / "blank.png")


def of_two_data_sets(folder):
    (folder / "7|Coat").mkdir()


def too_many(folder):
    for number in range(own.MOST):
        (folder / "7" / f"{number}.png").touch()


MISTAKES = {
    unknown_name: r"Socks does not name a class: .* named after labels \(0, 1, .*; T-shirt, Tr",
    of_two_data_sets: r"7\|Coat does not name a class",
    too_many: r"mine has 2,002 pictures, more than the 2,000 allowed",
    shutil.rmtree: r"mine cannot be read \(No such file or directory\): with --pictures, name",
    lambda folder: shutil.rmtree(
        folder / "7"
    ): r"mine has no pictures to learn from: put them into",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_wrong_with_a_folder_is_said(mistake, tmp_path):
    folder = draw(tmp_path / "mine", ["7"], each=2)
    mistake(folder)
    with pytest.raises(DataError, match=MISTAKES[mistake]) as error:
        own.read(folder)
    assert "\n" not in str(error.value)


def test_what_is_no_picture_is_skipped_and_named(tmp_path, capsys):
    folder = draw(tmp_path / "mine", ["7"], each=3)
    not_a_picture(folder)
    blank(folder)
    (folder / "7" / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0" * 20)
    assert len(own.read(folder)["mnist"].classes) == 3
    said = capsys.readouterr().out
    assert "3 could not be used" in said and "Thumbs.db: This file is not a picture" in said
    assert "photo.heic: This is a HEIC photo" in said and "blank.png: No digit stands out" in said


def test_a_folder_without_one_good_picture_is_refused(tmp_path):
    blank(draw(tmp_path / "mine", ["7"], each=0))
    with pytest.raises(DataError, match="no picture that can be learned from"):
        own.read(tmp_path / "mine")


@pytest.mark.parametrize("name", ["Coats", "coat", "DRESSES", "Ankle boots", "7s", "t-shirts"])
def test_a_folder_may_be_named_in_the_plural_or_in_any_case(name, tmp_path):
    folder = draw(tmp_path / "mine", ["7"], each=1)
    (folder / "7").rename(folder / name)
    (pictures,) = own.read(folder).values()
    assert pictures.classes.sum() == 1


def some(counts):
    """Pictures with so many of each class."""
    labels = np.repeat(np.arange(len(counts)), counts)
    pixels = datasets.test_set("mnist").pixels[: len(labels)]
    return own.Pictures(np.stack([pixels, pixels], axis=1), pixels, one_hot(labels))


def test_every_fourth_is_held_out_spread_over_the_classes():
    pictures = some([1, 12, 2, 2, 1, 7])
    learned, held_out = own.hold_out(pictures, "mnist")
    assert len(held_out.classes) == (12 + 2 + 2 + 7) // 4
    by_class = [Counter(part.classes.argmax(axis=1).tolist()) for part in (learned, held_out)]
    assert by_class[0].keys() == set(range(6))  # something of each is learned
    assert by_class[1] == {1: 3, 3: 1, 5: 1}
    both = [views.tobytes() for part in (learned, held_out) for views in part.views]
    assert sorted(both) == sorted(views.tobytes() for views in pictures.views)


def test_too_few_to_hold_some_out_is_said():
    with pytest.raises(DataError, match=r"Digits: only 11 pictures are of .* until there are 12"):
        own.hold_out(some([1, 5, 6]), "mnist")


@pytest.mark.parametrize(("count", "views"), [(3, 3 * own.VIEWS), (40, 100)])
def test_own_pictures_are_a_tenth_of_what_is_shown_and_none_is_shown_too_often(count, views):
    images = datasets.test_set("mnist")
    shown = Targets(images.pixels[:1000], one_hot(images.labels[:1000]))
    pictures = some([0, count])
    epoch = own.joined(shown, pictures, "mnist", np.random.default_rng(0))
    assert len(epoch.pixels) == len(epoch.classes) == 1000 + views
    np.testing.assert_array_equal(epoch.pixels[:1000], shown.pixels)
    assert (epoch.classes[1000:].argmax(axis=1) == 1).all()
    assert len({pixels.tobytes() for pixels in epoch.pixels[1000:]}) == views  # each altered


def test_damaged_own_run_may_be_deleted(tmp_path):
    path = tmp_path / "mnist-small-own.json"
    path.touch()
    with pytest.raises(
        records.RunError, match=r"delete it, or .* --network small --pictures FOLDER"
    ):
        records.read(path)


def test_from_scratch_they_join_what_the_shipped_weights_learned_from():
    recipe = own.recipe(*KEY, some([0, 3]), None)
    assert recipe.source.startswith("From scratch, with 3 pictures")
    shipped = recipe_for("robust", *KEY)
    assert recipe == dataclasses.replace(shipped, name="own", source=recipe.source)


@pytest.mark.parametrize("options", [["--recipe=own"], ["--recipe=published", "--pictures=mine"]])
def test_recipe_own_goes_with_pictures(options, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["train.py", *options])
    with pytest.raises(SystemExit):
        cli.main()
    assert (
        "--recipe own needs --pictures FOLDER, and no other recipe takes it"
        in capsys.readouterr().err
    )
