"""A third data set, network and recipe: what lacks them says so, and with them all goes on."""

import dataclasses

import pytest

from fmnist.data import datasets
from fmnist.inference import confidence
from fmnist.networks import definitions
from fmnist.networks.definitions import SMALL, Layer
from fmnist.pictures import digits, preprocessing
from fmnist.runs import recipes, records
from fmnist.runs.recipes import Phase, Recipe
from fmnist.training import calibrate, evaluate, loop, mixtures

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

    lacks("fmnist.training.mixtures.MIXTURES", train)
    monkeypatch.setitem(mixtures.MIXTURES, "letters", mixtures.digits)
    run = train()
    assert len(run.history) == 2

    def calibrated():
        return calibrate.calibrate(run, weights_dir=tmp_path)

    lacks("fmnist.training.calibrate.PICTURES", calibrated)
    monkeypatch.setitem(calibrate.PICTURES, "letters", "pens")
    lacks("fmnist.inference.confidence.VIEWS", calibrated)
    monkeypatch.setitem(confidence.VIEWS, "letters", confidence.AS_IT_IS)
    lacks("fmnist.inference.confidence.RIGHT_WHEN_SURE", calibrated)
    monkeypatch.setitem(confidence.RIGHT_WHEN_SURE, "letters", 0.9)
    lacks("fmnist.pictures.preprocessing.SETTINGS", calibrated)
    monkeypatch.setitem(preprocessing.SETTINGS, "letters", digits.SETTINGS)
    run = calibrated()

    def evaluated():
        return evaluate.evaluate(run, datasets.test_set("mnist"), weights_dir=tmp_path)

    lacks("fmnist.training.evaluate.MEASURES", evaluated)
    monkeypatch.setitem(evaluate.MEASURES, "letters", evaluate.MEASURES["mnist"])
    run = evaluated()
    assert run.test["accuracy"] > 0.5  # 800 images, 2 epochs; guessing gives 0.1
    assert records.all_runs(tmp_path, strict=True) == [run]

    pixels = letters.pixels[:1]
    lacks(
        "fmnist.pictures.preprocessing.PREPROCESSING",
        lambda: preprocessing.preprocess(pixels[0], "letters"),
    )
    assert len(set(missing)) == 9


def test_schedule_that_there_is_none_of_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(definitions.NETWORKS, "linear", NETWORK)
    steps = dataclasses.replace(LINEAR, phases=(Phase(1, 0.001, schedule="steps"),))
    images = datasets.Images(*(array[:300] for array in datasets.test_set("mnist")))
    with pytest.raises(datasets.RegistryError, match=r"SCHEDULES has nothing for 'steps'"):
        loop.train("mnist", "linear", steps, training_set=images, seed=1, weights_dir=tmp_path)
