"""Training: it learns, it can be interrupted, and what it writes is whole."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fmnist import datasets, runs, training
from fmnist.networks import build

ROOT = Path(__file__).parent.parent
# Part of a test set stands in for a training set: the real one is not shipped.
DRIVER = """
import dataclasses, sys
from pathlib import Path
from fmnist import datasets, training
images = datasets.test_set("mnist")
recipe = training.RECIPES["seed"]["mnist"]["small"]
recipe = dataclasses.replace(recipe, epochs=3, validation_images=500)
some = datasets.Images(images.pixels[:2500], images.labels[:2500])
training.train("mnist", "small", recipe, some, images, seed=1, weights_dir=Path(sys.argv[1]))
"""


def start_training(weights_dir):
    return subprocess.Popen(
        [sys.executable, "-u", "-c", DRIVER, str(weights_dir)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    weights_dir = tmp_path_factory.mktemp("uninterrupted")
    assert start_training(weights_dir).wait() == 0
    return weights_dir


def only_run(weights_dir):
    (run,) = runs.all_runs(weights_dir)
    return run


def test_record_tells_how_the_weights_were_made(uninterrupted):
    run = only_run(uninterrupted)
    assert run.name == "mnist-small-seed"
    assert (run.seed, run.recipe["epochs"], run.recipe["batch_size"]) == (1, 3, 128)
    assert run.parameters == {"total": 106_991, "trainable": 106_991, "non_trainable": 0}
    assert {"python", "keras", "tensorflow", "numpy"} <= run.versions.keys()
    assert [row.keys() for row in run.history] == 3 * [
        {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"}
    ]
    assert run.history[-1]["loss"] < run.history[0]["loss"]
    assert run.test["accuracy"] > 0.7  # 2,000 images, 3 epochs; guessing gives 0.1


def test_weights_score_what_the_record_says(uninterrupted):
    run = only_run(uninterrupted)
    model = runs.load_network(run, uninterrupted)
    score = training.score(
        model, "mnist", datasets.test_set("mnist"), run.confidence["temperature"]
    )
    assert score["accuracy"] == pytest.approx(run.test["accuracy"], abs=0.0002)
    assert score["loss"] == pytest.approx(run.test["loss"], rel=1e-3)


def test_killed_run_goes_on_and_ends_with_the_same_weights(uninterrupted, tmp_path):
    killed = start_training(tmp_path)
    for line in killed.stdout:
        if "epoch 2 of 3" in line:
            break
    killed.kill()
    killed.wait()
    assert not list(tmp_path.glob("*.*h5")), "no weights before the run is finished"
    again = start_training(tmp_path)
    said = again.communicate()[0]
    assert again.returncode == 0
    assert "going on after epoch 1 of 3" in said
    expected, run = only_run(uninterrupted), only_run(tmp_path)
    assert run.weights == expected.weights  # the same SHA-256
    assert run.test == expected.test

    def without_seconds(history):
        return [{key: row[key] for key in row if key != "seconds"} for row in history]

    assert without_seconds(run.history) == without_seconds(expected.history)


def train_a_little(weights_dir, **how):
    """One epoch of 1,000 test images, in this process."""
    images = datasets.test_set("fashion_mnist")
    some = datasets.Images(*(part[:1200] for part in images))
    recipe = dataclasses.replace(
        training.RECIPES["seed"]["mnist"]["small"], epochs=1, validation_images=200, **how
    )
    return training.train("fashion_mnist", "small", recipe, some, images, 1, weights_dir)


def test_best_recipe_is_the_seed_recipe_and_then_more(tmp_path):
    finish = {"name", "finishing_epochs", "finishing_rate", "source"}
    settling = {"settling_epochs", "settling_rate"}
    softening = {"softening_epochs", "softening_rate"}
    more = {"mnist": finish, "fashion_mnist": finish | settling | softening}
    for dataset, recipes in training.RECIPES["seed"].items():
        for network, seed in recipes.items():
            best = training.RECIPES["best"][dataset][network]
            differs = {key for key in vars(best) if getattr(best, key) != getattr(seed, key)}
            assert differs == more[dataset]
    seed = train_a_little(tmp_path)
    phases = {"finishing_epochs": 2, "finishing_rate": 0.0005}
    phases |= {"settling_epochs": 1, "settling_rate": 0.0003}
    phases |= {"softening_epochs": 1, "softening_rate": 0.0007}
    best = train_a_little(tmp_path, name="best", **phases)
    assert best.history[0]["val_loss"] == seed.history[0]["val_loss"]
    rates = [row["learning_rate"] for row in best.history]
    assert rates == pytest.approx([0.001, 0.0005, 0.00025, 0.0003, 0.0007])
    assert best.history[3]["val_loss"] < seed.history[0]["val_loss"]
    settled, softened = build("small", 0.25), build("small", 0.25)
    for model, epoch in ((settled, 4), (softened, 5)):
        model.load_weights(tmp_path / ".partial" / best.name / f"epoch-{epoch}.weights.h5")
    models = settled, softened, runs.load_network(best, tmp_path)
    for before, after, mean in zip(*(model.get_weights() for model in models), strict=True):
        assert not np.array_equal(before, after)
        np.testing.assert_allclose(mean, (before + after) / 2, atol=1e-7)


def test_bfloat16_gives_float32_weights_and_is_recorded(tmp_path):
    images = datasets.test_set("mnist")
    some = datasets.Images(*(part[:600] for part in images))
    recipe = dataclasses.replace(
        training.RECIPES["seed"]["mnist"]["small"], epochs=1, validation_images=200
    )
    run = training.train("mnist", "small", recipe, some, images, 1, tmp_path, bfloat16=True)
    assert run.convolutions == "bfloat16"
    assert {weight.dtype for weight in runs.load_network(run, tmp_path).weights} == {"float32"}


def test_checkpoint_of_another_recipe_is_not_used(uninterrupted):
    folder = uninterrupted / training.CHECKPOINTS / "mnist-small-seed"
    recipe = dataclasses.replace(training.RECIPES["seed"]["mnist"]["small"], epochs=3, dropout=0.5)
    assert training.Checkpoint(folder, recipe, seed=1).history() == []


def test_validation_images_are_the_last_of_the_training_set():
    images = datasets.test_set("mnist")
    rest, validation = training.split(images, 1500)
    assert [len(part.labels) for part in (rest, validation)] == [8500, 1500]
    np.testing.assert_array_equal(np.concatenate([rest.pixels, validation.pixels]), images.pixels)
    np.testing.assert_array_equal(validation.labels, images.labels[8500:])


def test_score_of_known_predictions():
    class Oracle:
        """Says what is true, but takes every 3 for an 8."""

        def predict(self, pixels, **_):
            said = np.where(labels == 3, 8, labels)
            return np.eye(10, dtype=np.float32)[said] * 0.91 + 0.009

    pixels, labels = (part[:1000] for part in datasets.test_set("mnist"))
    threes = int((labels == 3).sum())
    score = training.score(Oracle(), "mnist", datasets.Images(pixels, labels), temperature=1)
    assert score["accuracy"] == 1 - threes / 1000
    assert score["confusion"][3][8] == threes
    assert score["confusion"][3][3] == 0
    assert np.sum(score["confusion"]) == 1000
    loss = -(threes * np.log(0.009) + (1000 - threes) * np.log(0.919)) / 1000
    assert score["loss"] == pytest.approx(loss, rel=1e-5)
    assert score["calibration_error"] == pytest.approx(abs(score["accuracy"] - 0.919), abs=1e-6)


def test_record_appears_whole_or_not_at_all(uninterrupted, tmp_path, monkeypatch):
    run = only_run(uninterrupted)
    model = runs.load_network(run, uninterrupted)
    runs.save(run, model, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert before.keys() == {"mnist-small-seed.json", "mnist-small-seed.weights.h5"}
    with pytest.raises(TypeError):  # a history that JSON cannot hold: fails while writing
        runs.save(dataclasses.replace(run, history=[{"epoch": {1}}]), model, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def run_train(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "train.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_command_line_names_what_is_missing(tmp_path):
    weights_dir = tmp_path / "weights"
    done = run_train("--data-dir", str(tmp_path / "nowhere"), "--weights-dir", str(weights_dir))
    assert done.returncode == 1
    assert "There is no folder" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not weights_dir.exists()


def test_command_line_explains_itself():
    said = run_train("--help").stdout
    for option in ("dataset", "network", "recipe", "epochs", "seed", "data-dir", "weights-dir"):
        assert f"--{option}" in said


@pytest.mark.parametrize("arguments", [["--epochs", "0"], ["--network", "huge"]])
def test_wrong_arguments_are_refused(arguments):
    done = run_train(*arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_records_are_valid_json_with_a_line_for_each_epoch(uninterrupted):
    text = (uninterrupted / "mnist-small-seed.json").read_text()
    assert json.loads(text)["dataset"] == "mnist"
    assert sum(line.strip().startswith('{"epoch"') for line in text.splitlines()) == 3
