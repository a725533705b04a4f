"""A person's own pictures are learned, and what came of it is served until it is deleted.

Drawings of people in UNIPEN stand in for them.
"""

import dataclasses
import io
import shutil

import pytest

from fmnist.data import datasets
from fmnist.runs import records
from fmnist.runs.recipes import RECIPES
from fmnist.training import cli, loop, own
from fmnist.training.checkpoints import Checkpoint, MadeBy
from fmnist.ui import training as tab
from helpers.drawings import draw

KEY = "mnist", "small"


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """What the command says, and a weights folder with the shipped runs and what it made.

    A part of the test set stands in for the training set, which is not shipped, and an epoch has
    fewer of its images.
    """
    folder, weights_dir = (tmp_path_factory.mktemp(name) for name in ("mine", "weights"))
    for path in records.WEIGHTS_DIR.glob("*.*"):
        (weights_dir / path.name).symlink_to(path)
    draw(folder)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        with_little_data(patch)
        options = [f"--pictures={folder}", "--network=small", f"--weights-dir={weights_dir}"]
        patch.setattr("sys.argv", ["train.py", *options])
        patch.setattr("sys.stdout", said)
        cli.main()
    return said.getvalue(), weights_dir


def with_little_data(patch, epochs=2):
    recipe = RECIPES["own"][KEY]
    phase = dataclasses.replace(recipe.phases[0], epochs=epochs, images=600)
    little = dataclasses.replace(recipe, validation_images=500, phases=(phase,))
    patch.setitem(RECIPES["own"], KEY, little)
    patch.setattr(datasets, "training_set", lambda *_: few_images())


def few_images():
    return datasets.Images(*(array[:2500] for array in datasets.test_set("mnist")))


def test_command_tells_right_before_and_after(taught):
    said, weights_dir = taught
    run = records.read(weights_dir / "mnist-small-own.json")
    assert run.recipe.source.startswith("From the weights mnist-small-robust.")
    assert "with 12 pictures of one’s own" in run.recipe.source
    shipped = records.shipped_run(*KEY)
    line = [line for line in said.splitlines() if line.startswith(run.name)][-1]
    assert " of 4 " in line
    assert f"{shipped.test['accuracy']:.2%}" in line and f"{run.test['accuracy']:.2%}" in line
    assert f"The curves of the training are in {weights_dir / records.curves_file(run)}" in said
    assert run.test["accuracy"] > 0.98  # it goes on from weights that are right on 99.4 %


def test_own_run_is_served_until_it_is_deleted(taught, tmp_path, monkeypatch):
    _, weights_dir = taught
    copy = shutil.copytree(weights_dir, tmp_path / "weights", symlinks=True)
    monkeypatch.setattr(records, "WEIGHTS_DIR", copy)
    served = records.served_run.__wrapped__  # what it gives after the app's next start
    assert served(*KEY).name == "mnist-small-own"
    assert served("mnist", "large").name == "mnist-large-robust"
    for path in copy.glob("*-own.*"):
        path.unlink()
    assert served(*KEY).name == "mnist-small-robust"


def test_training_tab_tells_of_it(taught):
    _, weights_dir = taught
    small = [run for run in records.all_runs(weights_dir, strict=True) if run.network == "small"]
    text = "".join(tab.story(run, small) for run in small)
    assert "recipe “own”" in text and "12 pictures of one’s own" in text
    assert "<svg" in text


def test_other_pictures_do_not_go_on_from_an_interrupted_training(tmp_path, monkeypatch):
    start = records.shipped_run(*KEY)
    with_little_data(monkeypatch, epochs=1)

    def teach(pictures):
        recipe = own.recipe(*KEY, pictures, start)
        run = loop.train(
            *KEY,
            recipe,
            training_set=few_images(),
            seed=1,
            weights_dir=tmp_path,
            start=start,
            pictures=pictures,
        )
        return recipe, run

    def begun(recipe):
        made_by = MadeBy(recipe, 1, "float32")
        return len(Checkpoint(tmp_path, "mnist-small-own", made_by).history)

    first, second = (own.read(draw(tmp_path / str(n), each=3, first=n))["mnist"] for n in (0, 1))
    recipe, run = teach(first)
    assert begun(recipe) == 1
    other = own.recipe(*KEY, second, start)
    assert begun(other) == 0
    _, other_run = teach(second)
    assert other_run.weights["sha256"] != run.weights["sha256"]
    assert (begun(recipe), begun(other)) == (0, 1)
