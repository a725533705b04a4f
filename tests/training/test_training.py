"""Training: it learns, it can be interrupted, and what it writes is whole."""

import dataclasses
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from fmnist.data import datasets, files
from fmnist.inference import classify
from fmnist.networks.definitions import build
from fmnist.runs import records
from fmnist.runs.recipes import Phase, recipe_for
from fmnist.training import checkpoints, cli, evaluate, loop
from fmnist.training.checkpoints import Checkpoint, MadeBy, TrainingError
from helpers import ROOT, little

# Importing Keras takes seconds, so what ends no process is trained in that of the tests.
DRIVER = """
import runpy, sys
import pytest
sys.path.append("tests")
from helpers import little
little.use(pytest.MonkeyPatch())
runpy.run_path("train.py", run_name="__main__")
"""
OPTIONS = ["--dataset=mnist", "--network=small", "--recipe=published", "--epochs=3", "--seed=1"]


def start_training(weights_dir, *of_python, code=("-c", DRIVER)):
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-u", *of_python, *code, *OPTIONS, f"--weights-dir={weights_dir}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def train_here(weights_dir):
    """The same command in this process; returns the sentence with which it ends, if any."""
    with pytest.MonkeyPatch.context() as patch:
        little.use(patch)
        patch.setattr("sys.argv", ["train.py", *OPTIONS, f"--weights-dir={weights_dir}"])
        try:
            cli.main()
        except SystemExit as ended:
            return ended.code


def wait_for(words, process):
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(process.stderr.read())


def complaint(process):
    """The sentence with which a process ended."""
    return said_at_the_end(process)[-1]


def said_at_the_end(process):
    """The lines on which it ended, without a traceback."""
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1, errors
    assert "Traceback" not in errors
    return errors.splitlines()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    weights_dir = tmp_path_factory.mktemp("uninterrupted")
    training = start_training(weights_dir)
    _, errors = training.communicate()
    assert training.returncode == 0, errors
    return weights_dir


def only_run(weights_dir):
    (run,) = records.all_runs(weights_dir)
    return run


def unfinished(weights_dir):
    (run,) = records.all_runs(weights_dir, finished=False, strict=True)
    return run


def test_record_tells_how_the_weights_were_made(uninterrupted):
    run = only_run(uninterrupted)
    assert run.name == "mnist-small-published"
    assert (run.seed, run.recipe.epochs, run.recipe.batch_size) == (1, 3, 128)
    assert run.parameters == {"total": 106_991, "trainable": 106_991, "non_trainable": 0}
    assert {"python", "keras", "tensorflow", "numpy"} <= run.versions.keys()
    measures = {"loss", "accuracy", "val_loss", "val_accuracy", "val_confusion"}
    assert [epoch.keys() for epoch in run.history] == 3 * [
        {"epoch", "images", *measures, "learning_rate", "seconds"}
    ]
    assert run.history[-1]["loss"] < run.history[0]["loss"]
    assert run.test["accuracy"] > 0.7  # 2,000 images, 3 epochs; guessing gives 0.1


def test_weights_answer_what_the_record_says(uninterrupted):
    run = only_run(uninterrupted)
    predict = classify.predictor_of(run, weights_dir=uninterrupted)
    predictions = predict(datasets.test_set("mnist").pixels[:1000]).argmax(axis=1)
    np.testing.assert_array_equal(predictions, run.predictions[:1000])


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder in which training was killed, and what a second one had said meanwhile."""
    weights_dir = tmp_path_factory.mktemp("killed")
    training = start_training(weights_dir)
    wait_for("epoch 2 of 3", training)
    training.send_signal(signal.SIGSTOP)
    said = train_here(weights_dir)
    training.kill()
    training.communicate()
    return weights_dir, said


def test_second_training_of_a_run_says_that_the_first_is_at_work(killed):
    _, said = killed
    assert "mnist-small-published is being trained" in said


def epochs_kept(weights_dir):
    (state,) = weights_dir.glob(f"{checkpoints.FOLDER}/*/state.json")
    return len(json.loads(state.read_text())["history"])


def test_run_goes_on_after_a_kill_and_ctrl_c_and_ends_with_the_same_weights(
    uninterrupted, killed, tmp_path, capsys
):
    """The same command ends with the same weights, record and nothing else in the folder."""
    weights_dir = shutil.copytree(killed[0], tmp_path / "weights")
    assert not list(weights_dir.glob("*.*h5")), "no weights before the run is finished"
    kept = epochs_kept(weights_dir)
    again = start_training(weights_dir)
    wait_for(f"going on after epoch {kept} of 3", again)
    wait_for(f"epoch {kept + 1} of 3", again)
    again.send_signal(signal.SIGINT)
    assert complaint(again) == "Interrupted: run the same command again to go on."

    kept = epochs_kept(weights_dir)
    assert train_here(weights_dir) is None
    printed = capsys.readouterr().out
    assert f"going on after epoch {kept} of 3" in printed
    expected, run = only_run(uninterrupted), only_run(weights_dir)
    assert run.weights == expected.weights  # the same SHA-256
    assert run.test == expected.test

    def without_seconds(history):
        return [{key: epoch[key] for key in epoch if key != "seconds"} for epoch in history]

    assert without_seconds(run.history) == without_seconds(expected.history)
    files = {path.name for path in weights_dir.iterdir()}
    assert files == {path.name for path in uninterrupted.iterdir()}
    beside = {records.answers_file(run), records.curves_file(run)}
    assert files == {"mnist-small-published.json", run.weights["file"], *beside}
    assert printed.splitlines()[-1].endswith(str(weights_dir / records.curves_file(run)))
    assert (weights_dir / records.curves_file(run)).read_text().count('class="mark ') == 5


def checkpoint_files(weights_dir):
    folder = weights_dir / checkpoints.FOLDER / "mnist-small-published"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_full_disk_ends_in_a_sentence_and_costs_an_epoch(killed, tmp_path, monkeypatch):
    weights_dir = shutil.copytree(killed[0], tmp_path / "weights")
    state = checkpoint_files(weights_dir)

    def keep(checkpoint, model, epoch, keep=Checkpoint.keep):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # bytes a file
        try:
            keep(checkpoint, model, epoch)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    monkeypatch.setattr(Checkpoint, "keep", keep)
    said = train_here(weights_dir)
    assert "cannot be written (File too large): fix that" in said
    assert "goes on after the last finished epoch" in said
    assert checkpoint_files(weights_dir).items() >= state.items()


@pytest.mark.parametrize(
    ("library", "code"), [("numpy", ["train.py"]), ("ml_dtypes", ["-c", DRIVER])]
)  # the latter is one that TensorFlow imports
def test_ctrl_c_while_libraries_are_imported(library, code, tmp_path):
    training = start_training(tmp_path, "-v", code=code)
    for line in training.stderr:
        if line.startswith(f"import '{library}'"):
            break
    training.send_signal(signal.SIGINT)
    assert complaint(training) == "Interrupted: run the same command again to go on."


def test_folder_that_cannot_be_written_is_noticed_before_the_first_epoch(tmp_path, capsys):
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match=r"file/weights cannot be written .*--weights"):
        train_a_little(tmp_path / "file" / "weights")
    assert "epoch" not in capsys.readouterr().out


def train_a_little(weights_dir, *fine_tuning, **options):
    """One epoch of 1,000 test images and then these phases, in this process."""
    images = datasets.test_set("fashion_mnist")
    published = recipe_for("published", "fashion_mnist", "small")
    first = dataclasses.replace(published.phases[0], epochs=1)
    return loop.train(
        "fashion_mnist",
        "small",
        dataclasses.replace(
            published, validation_images=200, phases=(first, *fine_tuning), moments=(0, 1, 3, 9)
        ),
        training_set=datasets.Images(*(array[:1200] for array in images)),
        seed=1,
        weights_dir=weights_dir,
        **options,
    )


COSINE = {"schedule": "cosine", "mixture": 0.5}
PHASES = (
    Phase(epochs=2, learning_rate=0.0005, **COSINE),
    Phase(epochs=1, learning_rate=0.0003, schedule="inverse_time"),
)


@pytest.fixture(scope="module")
def one_epoch(tmp_path_factory):
    """A folder with a run of one epoch and its checkpoint."""
    folder = tmp_path_factory.mktemp("one_epoch")
    train_a_little(folder)
    return folder


@pytest.fixture
def interrupted(one_epoch, tmp_path):
    """The run of one epoch, which left its checkpoint in `tmp_path`."""
    shutil.copytree(one_epoch, tmp_path, dirs_exist_ok=True)
    return unfinished(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run of these phases that nothing has stopped."""
    return train_a_little(tmp_path_factory.mktemp("whole"), *PHASES)


def test_phases_follow_each_other_with_rates_of_their_own(one_epoch, whole):
    assert whole.history[0]["val_loss"] == unfinished(one_epoch).history[0]["val_loss"]
    rates = [epoch["learning_rate"] for epoch in whole.history]
    assert rates == pytest.approx([0.001, 0.0005, 0.00025, 0.0003])
    assert whole.history[3]["val_loss"] < whole.history[0]["val_loss"]


def test_confusion_of_each_epoch_counts_the_validation_images(whole):
    shown = datasets.Images(*(array[:1200] for array in datasets.test_set("fashion_mnist")))
    _, (_, labels) = whole.recipe.split(shown)
    for epoch in whole.history:  # labels are classes first, then targets, then classes
        confusion = np.array(epoch["val_confusion"])
        np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(labels))
        assert confusion.trace() / 200 == pytest.approx(epoch["val_accuracy"])


def test_phases_stopped_after_every_epoch_end_with_the_same_weights(whole, tmp_path):
    def stopped(checkpoint, model, epoch, keep=Checkpoint.keep):
        keep(checkpoint, model, epoch)
        raise KeyboardInterrupt

    for epochs in range(1, 5):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(Checkpoint, "keep", stopped)
            train_a_little(tmp_path, *PHASES)
        assert epochs_kept(tmp_path) == epochs
    run = train_a_little(tmp_path, *PHASES)
    assert (run.weights, run.moments) == (whole.weights, whole.moments)
    moments = records.load_moments(run, tmp_path)
    assert list(moments) == [0, 1, 3, 4]  # there is no ninth epoch, but a last one
    keras.utils.set_random_seed(1)
    untrained = build("small", run.recipe.dropout)
    trained = records.load_network(run, tmp_path)
    for epoch, network in (0, untrained), (4, trained):
        expected = checkpoints.in_a_row(network).astype(np.float16)
        np.testing.assert_array_equal(moments[epoch], expected)
    assert len({kept.tobytes() for kept in moments.values()}) == 4


def test_phases_may_have_a_dropout_of_their_own_and_alter_the_clothing(tmp_path):
    """Nothing is learned here, so that the loss tells what was shown and how."""
    published = recipe_for("published", "fashion_mnist", "small")
    standstill = Phase(epochs=1, learning_rate=0, schedule="inverse_time")
    without = dataclasses.replace(standstill, dropout=0)
    phases = standstill, without, dataclasses.replace(without, augmented=True)
    images = datasets.Images(*(array[:1000] for array in datasets.test_set("fashion_mnist")))
    run = loop.train(
        "fashion_mnist",
        "small",
        dataclasses.replace(published, validation_images=1000, validation_seed=None, phases=phases),
        training_set=datasets.Images(*(np.concatenate([array] * 2) for array in images)),
        seed=1,
        weights_dir=tmp_path,
        start=records.read(records.WEIGHTS_DIR / "fashion_mnist-small-published.json"),
    )
    dropped, plain, altered = (epoch["loss"] for epoch in run.history)
    assert plain == pytest.approx(run.history[1]["val_loss"])  # of the same images
    assert dropped > 1.1 * plain
    assert altered > 1.1 * plain


def test_any_right_class_will_do_and_outliers_are_to_be_uniform():
    probabilities = np.array([[0.5, 0.3, 0.2]] * 3, np.float32)
    classes = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]], np.uint8)
    expected = -np.log([0.5, 0.8, (0.5 * 0.3 * 0.2) ** (1 / 3)])
    loss = loop.any_right(classes, ops.convert_to_tensor(probabilities))
    np.testing.assert_allclose(loss, expected, rtol=1e-6)
    probabilities, classes = (np.pad(array, [(0, 0), (0, 7)]) for array in (probabilities, classes))
    accuracy = loop.Accuracy()
    accuracy.update_state(classes, probabilities[:, ::-1])
    assert accuracy.result() == 0
    accuracy.reset_state()
    accuracy.update_state(classes[1:], probabilities[1:])
    assert accuracy.result() == 1  # the outlier does not count


def test_bfloat16_gives_float32_weights_and_is_recorded(tmp_path):
    run = train_a_little(tmp_path, compute_dtype="bfloat16")
    assert run.compute_dtype == "bfloat16"
    assert {weight.dtype for weight in records.load_network(run, tmp_path).weights} == {"float32"}


def test_a_checkpoint_that_was_made_otherwise_is_not_used(interrupted, tmp_path):
    name, recipe = interrupted.name, interrupted.recipe
    other = dataclasses.replace(recipe, dropout=0.5)

    def begun(*made_by) -> int:
        return len(Checkpoint(tmp_path, name, MadeBy(*made_by)).history)

    assert begun(recipe, 1, "float32") == 1
    assert begun(recipe, 2, "float32") == begun(other, 1, "float32") == 0
    assert begun(recipe, 1, "bfloat16") == 0


def test_damaged_checkpoint_is_refused_with_the_way_out(interrupted, tmp_path):
    folder = tmp_path / checkpoints.FOLDER / interrupted.name
    for file in folder.iterdir():
        whole = file.read_bytes()
        for damaged in (b"", whole[:-1], whole[: len(whole) // 2], b"no JSON", b"[1]", b"{}"):
            file.write_bytes(damaged)
            with pytest.raises(TrainingError, match=r"is damaged: delete that folder"):
                train_a_little(tmp_path)
            assert file.read_bytes() == damaged
        file.write_bytes(whole)
    shutil.rmtree(folder)
    run = train_a_little(tmp_path)  # which starts over, whatever this process has trained before
    assert len(run.history) == 1
    assert run.weights == interrupted.weights


def test_checkpoint_of_other_layers_is_refused_with_the_way_out(interrupted, tmp_path):
    folder = tmp_path / checkpoints.FOLDER / interrupted.name
    state = json.loads((folder / "state.json").read_text())
    (file,) = state["weights"]
    before = build("small", 0.3, Conv2D=type("EarlierConv2D", (layers.Conv2D,), {}))
    before.compile("adam")
    state["weights"][file] = files.save_weights(before, folder / file)
    (folder / "state.json").write_text(json.dumps(state))
    with pytest.raises(TrainingError, match=r"an earlier version of the code: delete that folder"):
        train_a_little(tmp_path)


def test_batches_come_in_order_and_end_when_they_are_over():
    numbers = np.arange(5)
    batches = loop._batches((numbers, 10 * numbers), 2)
    found = [tuple(each.numpy().tolist() for each in batch) for batch in batches]
    assert found == [([0, 1], [0, 10]), ([2, 3], [20, 30]), ([4], [40])]
    assert batches.options().autotune.enabled is False  # it would have each epoch wait, up to twice


def test_validation_images_are_the_last_of_the_training_set():
    images = datasets.test_set("mnist")
    rest, validation = datasets.split(images, 1500)
    assert [len(part.labels) for part in (rest, validation)] == [8500, 1500]
    np.testing.assert_array_equal(np.concatenate([rest.pixels, validation.pixels]), images.pixels)
    np.testing.assert_array_equal(validation.labels, images.labels[8500:])


def test_validation_images_by_a_seed_are_those_of_scikit_learn():
    """As in the large network's notebook: train_test_split(…, test_size=0.15, random_state=200)."""
    labels = np.arange(60_000)
    images = datasets.Images(labels[:, None, None], labels)
    rest, validation = recipe_for("published", "fashion_mnist", "large").split(images)
    # As scikit-learn 1.9.1 gives them:
    assert validation.labels[:5].tolist() == [3670, 1567, 50645, 28528, 47472]
    assert rest.labels[:5].tolist() == [38720, 14296, 7051, 12040, 36546]
    np.testing.assert_array_equal(np.sort(np.concatenate([*rest[1:], *validation[1:]])), labels)
    np.testing.assert_array_equal(validation.pixels[:, 0, 0], validation.labels)


def test_score_of_known_predictions():
    """What is predicted is true, but every 3 is taken for an 8."""
    labels = datasets.test_set("mnist").labels
    predicted = np.where(labels == 3, 8, labels)
    threes = int((labels == 3).sum())
    right, told = np.eye(10, dtype=np.float32)[labels], np.eye(10, dtype=np.float32)[predicted]
    score = evaluate.score(told * 0.91 + 0.009, right, labels)
    assert score["accuracy"] == 1 - threes / 10_000
    assert score["plain_accuracy"] == 1
    assert score["confusion"][3][8] == threes
    assert score["confusion"][3][3] == 0
    assert np.sum(score["confusion"]) == 10_000
    loss = -(threes * np.log(0.009) + (10_000 - threes) * np.log(0.919)) / 10_000
    assert score["loss"] == pytest.approx(loss, rel=1e-5)
    assert score["calibration_error"] == pytest.approx(abs(score["accuracy"] - 0.919), abs=1e-6)


def test_files_are_flushed_to_disk_before_they_get_their_names(tmp_path, monkeypatch):
    flushed, renamed = set(), []

    def fsync(file, fsync=os.fsync):
        fsync(file)
        flushed.add(os.fstat(file).st_ino)

    def replace(source, target, replace=os.replace):
        assert os.stat(source).st_ino in flushed
        replace(source, target)
        renamed.append(Path(target).name)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    run = train_a_little(tmp_path)
    written = {"epoch-1.weights.h5", "state.json", run.weights["file"], f"{run.name}.json"}
    assert written <= set(renamed)


def test_new_weights_never_stand_beside_an_old_record(interrupted, tmp_path, monkeypatch):
    old = interrupted
    model = records.load_network(old, tmp_path)
    model.set_weights([weight + 1 for weight in model.get_weights()])

    def stopped_before_the_record(source, target, replace=os.replace):
        if Path(target).suffix == ".json":
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", stopped_before_the_record)
        records.save(old, model, tmp_path)
    assert unfinished(tmp_path) == old
    records.load_network(old, tmp_path)  # the old weights, to the bit
    new = records.save(old, model, tmp_path)
    assert unfinished(tmp_path) == new
    assert [path.name for path in tmp_path.glob("*.h5")] == [new.weights["file"]]


def test_record_appears_whole_or_not_at_all(uninterrupted, tmp_path):
    run = only_run(uninterrupted)
    model = records.load_network(run, uninterrupted)
    run = records.save(run, model, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert before.keys() == {"mnist-small-published.json", run.weights["file"]}
    with pytest.raises(TypeError):  # a history that JSON cannot hold: fails while writing
        records.save(dataclasses.replace(run, history=[{"epoch": {1}}]), model, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_command_line_names_what_is_missing_before_it_imports_keras(tmp_path):
    weights_dir = tmp_path / "weights"
    options = ["--data-dir", str(tmp_path / "nowhere"), "--weights-dir", str(weights_dir)]
    training = subprocess.Popen(
        [sys.executable, "-X", "importtime", "train.py", *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    *imports, sentence = said_at_the_end(training)
    assert "There is no folder" in sentence
    assert any("numpy" in line for line in imports)
    assert not any("keras" in line for line in imports)
    assert not weights_dir.exists()


def parsed(monkeypatch, *arguments):
    """With which status the command ends, without a process that has to import Keras again."""
    monkeypatch.setattr("sys.argv", ["train.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_command_line_explains_itself(monkeypatch, capsys):
    assert parsed(monkeypatch, "--help") == 0
    said = capsys.readouterr().out
    for option in ("dataset", "network", "recipe", "epochs", "seed", "data-dir", "weights-dir"):
        assert f"--{option}" in said


@pytest.mark.parametrize("arguments", [["--epochs", "0"], ["--network", "huge"]])
def test_wrong_arguments_are_refused(monkeypatch, capsys, arguments):
    assert parsed(monkeypatch, *arguments) == 2
    assert arguments[0] in capsys.readouterr().err


def test_records_are_valid_json_with_a_line_for_each_epoch(uninterrupted):
    text = (uninterrupted / "mnist-small-published.json").read_text()
    assert json.loads(text)["dataset"] == "mnist"
    assert sum(line.strip().startswith('{"epoch"') for line in text.splitlines()) == 3
