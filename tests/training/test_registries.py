"""A third data set, network and recipe: what lacks them says so, and with them all goes on."""

import dataclasses
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from fmnist.data import datasets, people
from fmnist.inference import confidence
from fmnist.networks import definitions
from fmnist.networks.definitions import SMALL, Layer
from fmnist.networks.forward import ForwardPass
from fmnist.pictures import preprocessing
from fmnist.runs import recipes, records
from fmnist.runs.recipes import SHIPPED, Phase, Recipe
from fmnist.training import calibrate, evaluate, loop, measures, mixtures, own, registry
from fmnist.ui import examples, panel
from helpers import ROOT, third

LINEAR = Recipe(
    name="linear",
    batch_size=50,
    dropout=0,
    validation_images=200,
    phases=(
        Phase(epochs=1, learning_rate=0.001, schedule="inverse_time"),
        Phase(epochs=1, learning_rate=0.001, schedule="cosine", mixture=0.5),
    ),
    tta=True,
    source="This test.",
)
NETWORK = (*SMALL[:2], Layer("Flatten", {}), SMALL[-1])  # pixels to classes, and nothing between


@pytest.fixture
def letters(monkeypatch):
    """Digits in the part of letters: a data set that is known, and no registry has yet."""
    dataset = dataclasses.replace(datasets.MNIST, name="letters", title="Letters")
    monkeypatch.setitem(datasets.DATASETS, "letters", dataset)
    monkeypatch.setitem(definitions.NETWORKS, "linear", NETWORK)
    images = datasets.test_set("mnist")
    return datasets.Images(images.pixels[:1000], images.labels[:1000])


def test_what_a_new_data_set_network_and_recipe_lack_is_named(letters, tmp_path, monkeypatch):
    missing = []

    def lacks(registry, act):
        with pytest.raises(datasets.RegistryError) as error:
            act()
        assert str(error.value).startswith(f"{registry} has nothing for ")
        missing.append(registry)

    lacks("fmnist.runs.recipes.RECIPES", lambda: recipes.recipe_for("linear", "letters", "linear"))
    monkeypatch.setitem(recipes.RECIPES, "linear", {("letters", "linear"): LINEAR})
    lacks(
        "fmnist.runs.recipes.RECIPES['linear']",
        lambda: recipes.recipe_for("linear", "mnist", "linear"),
    )

    recipe = recipes.recipe_for("linear", "letters", "linear")
    work = {"training_set": letters, "seed": 1, "weights_dir": tmp_path}

    def train():
        return loop.train("letters", "linear", recipe, **work)

    lacks("fmnist.training.registry.TRAINING", train)
    steps = registry.TrainingSteps(measures=measures.of_digits)
    monkeypatch.setitem(registry.TRAINING, "letters", steps)
    for step, act in (
        ("mixture", train),
        ("original", lambda: own.step_of("letters", "original")),
    ):
        with pytest.raises(datasets.RegistryError, match=rf"\['letters'\] has no '{step}': add"):
            act()
    steps = dataclasses.replace(steps, mixture=mixtures.digits)
    monkeypatch.setitem(registry.TRAINING, "letters", steps)
    run = train()
    assert len(run.history) == 2

    def calibrated():
        return calibrate.calibrate(run, weights_dir=tmp_path)

    lacks("fmnist.pictures.preprocessing.PREPROCESSING", calibrated)
    lacks(
        "fmnist.pictures.preprocessing.PREPROCESSING",
        lambda: preprocessing.preprocess(letters.pixels[0], "letters"),
    )
    steps = preprocessing.PREPROCESSING["mnist"]
    monkeypatch.setitem(preprocessing.PREPROCESSING, "letters", steps)
    run = calibrated()
    run = evaluate.evaluate(run, datasets.test_set("mnist"), weights_dir=tmp_path)
    assert run.test["accuracy"] > 0.5  # 800 images, 2 epochs; guessing gives 0.1
    assert records.all_runs(tmp_path, strict=True) == [run]
    assert len(set(missing)) == 4
    with pytest.raises(datasets.RegistryError, match=r"has no letters/five-.*\.jpg: add it there"):
        examples.first_file("letters")


@pytest.mark.parametrize("dataset", datasets.DATASETS.values(), ids=lambda each: each.name)
def test_no_registry_lacks_a_data_set(dataset):
    assert len(datasets.test_set(dataset.name).labels) == 10_000
    assert people.load(dataset.people, "validation").known.any()
    assert examples.first_file(dataset.name).is_file()
    assert preprocessing.settings_of(dataset.name)
    assert set(dataset.overrides) <= {"ink", "cut_out"}
    assert registry.of_dataset(dataset.name).measures
    for network in definitions.NETWORKS:
        for phase in recipes.recipe_for(SHIPPED, dataset.name, network).phases:
            for step in ("mixture", "augmented"):
                assert not getattr(phase, step) or registry.step_of(dataset.name, step)


def test_a_data_set_that_there_is_none_of_is_named():
    for act in (
        lambda: panel.overrides("kmnist", "auto", "auto"),
        lambda: panel.hint("kmnist", panel.DRAW),
        lambda: confidence.views_of("kmnist", tta=True),
        lambda: datasets.test_set("kmnist"),
    ):
        with pytest.raises(ValueError, match=r"There is no data set 'kmnist': choose one of mnist"):
            act()


@pytest.mark.parametrize(
    ("layer", "lacking"),
    [
        (Layer("GlobalMaxPooling2D", {}), "OPERATIONS has nothing for 'GlobalMaxPooling2D'"),
        (
            Layer("Conv2D", {"filters": 10, "kernel_size": 3, "padding": "same"}),
            "OPERATIONS has no Conv2D with padding",
        ),
        (
            Layer("Conv2D", {"filters": 10, "kernel_size": 3, "activation": "tanh"}),
            "ACTIVATIONS has nothing for 'tanh'",
        ),
    ],
    ids=["kind", "argument", "activation"],
)
def test_a_layer_that_is_trained_but_cannot_answer_is_named(layer, lacking, tmp_path, monkeypatch):
    network = (*SMALL[:2], layer, Layer("Flatten", {}), SMALL[-1])
    monkeypatch.setitem(definitions.NETWORKS, "odd", network)
    definitions.build("odd", 0).save_weights(tmp_path / "odd.weights.h5")
    with pytest.raises(datasets.RegistryError, match=f"{lacking}: add"):
        ForwardPass("odd", tmp_path / "odd.weights.h5")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What the page shows with a third data set and a third network, by its part."""
    folder = tmp_path_factory.mktemp("tree")
    third.tree(folder)
    done = subprocess.run(
        [sys.executable, third.__file__],
        env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_page_shows_a_third_data_set_in_every_part(shown):
    assert shown["hint"] == "Draw a letter: the answer appears here while you draw."
    assert shown["overrides"] == "{}"  # neither of ink nor of a background
    for part, text in {
        "config": "photograph a garment or draw a letter: a small, a large and a third",
        "preview": "upload a photo of clothing or draw a letter",
        "Classify": "the letter d",  # the fourth class, as three is of the digits
        "Several": '<data value="d">',
        "Training": "Errors on the validation images of Latin-MNIST",
    }.items():
        assert text in shown[part], part
    for text in (
        "Choose Digits, Clothing or Letters above",
        "Draw a letter here",
        '\\"of of-letters\\">One letter.',
        "Latin-MNIST (Nobody, 2000)",
        "Ink (digits)",
    ):
        assert text in shown["config"], text


def test_the_page_compares_three_networks(shown):
    assert "three neural networks, one small, one large and one third" in shown["preview"]
    assert "images that all get wrong" in shown["config"]
    assert json.loads(shown["API"]) == ["small", "large", "third"]
    for part in ("Compare", "waiting", "refused"):
        columns = re.findall(r'<th scope="col"><span>(\w+)', shown[part])
        assert columns == ["Small", "Large", "Third"]
    assert re.findall("<h2>(.*?) network</h2>", shown["Compare"]) == columns
    assert shown["Several"].count("<td ") == 3
    assert shown["tables"].count('<th scope="col">') == 6
    captions = re.findall("<caption>(.*?)</caption>", shown["confusions"])
    assert len(captions) == 5
    assert "the large network has than the small one" in captions[3]
    assert "the third network has than the large one" in captions[4]
    assert re.findall("<span>(.*?): ", shown["images"])[:3] == ["Small", "Large", "Third"]
    truth = datasets.test_set("fashion_mnist").labels
    wrong = [
        records.shipped_run("fashion_mnist", network).predictions != truth
        for network in ("small", "large")  # the third is the small one
    ]
    found = [sorted(numbers) for numbers in json.loads(shown["found"])]
    assert found[0] == np.flatnonzero(wrong[0] & wrong[1]).tolist()  # by all
    assert found[1] == np.flatnonzero(~wrong[0] & wrong[1]).tolist()  # by large alone
    assert "Third network, recipe “robust”" in shown["Training"]


def test_schedule_that_there_is_none_of_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(definitions.NETWORKS, "linear", NETWORK)
    steps = dataclasses.replace(LINEAR, phases=(Phase(1, 0.001, schedule="steps"),))
    images = datasets.Images(*(array[:300] for array in datasets.test_set("mnist")))
    with pytest.raises(datasets.RegistryError, match=r"SCHEDULES has nothing for 'steps'"):
        loop.train("mnist", "linear", steps, training_set=images, seed=1, weights_dir=tmp_path)
