"""What the networks make of the test images: the file beside a record, and what it is read as."""

import dataclasses
import shutil

import numpy as np
import pytest

from fmnist.data import datasets
from fmnist.inference import test_answers
from fmnist.runs import records

IMAGES = datasets.test_set("mnist").pixels[:100]


@pytest.fixture
def small(tmp_path):
    """The small network for digits, alone in a folder."""
    run = records.served_run("mnist", "small")
    for file in (f"{run.name}.json", run.weights["file"], run.moments["file"]):
        shutil.copy(records.WEIGHTS_DIR / file, tmp_path)
    return run


def test_the_file_holds_what_the_network_makes_of_the_images(small, tmp_path):
    network = records.forward_pass(small, tmp_path)
    outputs = [(layer.kind, output) for layer, output in network.activations(IMAGES)]
    test_answers.save(small, IMAGES, outputs[-1][1], weights_dir=tmp_path)
    read = test_answers.of_test_images(small, tmp_path)
    np.testing.assert_allclose(read.probabilities, outputs[-1][1], atol=1e-5)
    features = outputs[-2][1]
    np.testing.assert_allclose(read.features / 255, features / features.max(), atol=0.002)
    assert read.learned.shape == (len(small.recipe.kept_epochs), len(IMAGES))
    assert (read.learned[-1] == outputs[-1][1].argmax(axis=1)).mean() > 0.9
    maps = [output for kind, output in outputs if kind == "Conv2D"]
    assert [len(each.images) for each in read.strongest] == [34, 22, 12]
    for fired, (images, peaks) in zip(maps, read.strongest, strict=True):
        maxima = fired.max(axis=(1, 2))
        np.testing.assert_allclose(peaks, maxima.max(axis=0), rtol=1e-4)
        descending = -np.sort(-maxima, axis=0)[: test_answers.MOST]
        np.testing.assert_allclose(np.take_along_axis(maxima, images.T, 0), descending, rtol=1e-4)


@pytest.mark.parametrize("damage", [None, lambda held: held[:-500], lambda held: b"version https"])
def test_a_missing_or_damaged_file_is_one_sentence_with_the_command(small, tmp_path, damage):
    path = tmp_path / records.answers_file(small)
    if damage:
        test_answers.save(small, IMAGES, np.eye(10)[[0] * 100], weights_dir=tmp_path)
        path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(records.RunError, match=r"run python -m fmnist evaluate to make it\.$"):
        test_answers.of_test_images(small, tmp_path)


def test_new_weights_take_the_file_of_the_old_ones_away(small, tmp_path):
    test_answers.save(small, IMAGES, np.eye(10)[[0] * 100], weights_dir=tmp_path)
    model = records.load_network(small, tmp_path)
    model.set_weights([weight + 1 for weight in model.get_weights()])
    new = records.save(small, model, tmp_path)
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {f"{new.name}.json", new.weights["file"]}


def test_only_the_recipe_that_answers_is_served(small, tmp_path):
    assert records.is_served(small, tmp_path)
    published = dataclasses.replace(
        small, recipe=dataclasses.replace(small.recipe, name="published")
    )
    assert not records.is_served(published, tmp_path)


@pytest.mark.parametrize("dataset", datasets.DATASETS)
@pytest.mark.parametrize("network", ["small", "large"])
def test_shipped_files_agree_with_the_records(dataset, network):
    run = records.served_run(dataset, network)
    held = test_answers.of_served(dataset, network)
    labels = datasets.test_set(dataset).labels
    assert (held.probabilities.argmax(axis=1) == run.predictions).mean() > 0.999
    right = held.probabilities[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(right, 0.5 / test_answers.SHARES)).mean()  # what is less is held as 0
    assert loss == pytest.approx(run.test["loss"], abs=0.001)
    some = slice(None, None, 500)  # of the weights that stand beside it
    found = test_answers.of_images(
        run, datasets.test_set(dataset).pixels[some], weights_dir=records.WEIGHTS_DIR
    )
    ours, theirs = (
        features / np.linalg.norm(features, axis=1, keepdims=True)
        for features in (held.features[some].astype(float), found["features"].astype(float))
    )
    assert ((ours * theirs).sum(axis=1) > 0.99).all()
