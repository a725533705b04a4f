"""Damaged records and weights: a sentence that says what to do, and only where they are needed."""

import dataclasses
import json

import pytest

from fmnist.data import datasets
from fmnist.inference import classify
from fmnist.runs import records
from fmnist.training import evaluate

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 25495\n"


def changed(record, **fields):
    return json.dumps(json.loads(record) | fields).encode()


def without(record, key, inside=None):
    fields = json.loads(record)
    del (fields[inside] if inside else fields)[key]
    return json.dumps(fields).encode()


DAMAGES = {
    "empty": lambda record: b"",
    "cut short": lambda record: record[:-100],
    "a pointer of Git LFS": lambda record: POINTER,
    "no text": lambda record: b"\xff\x00" + record,
    "a list": lambda record: b"[]",
    "foreign": lambda record: b'{"name": "fmnist", "version": 3}',
    "a field more": lambda record: changed(record, rating=5),
    "a field less": lambda record: without(record, "seed"),
    "no history": lambda record: changed(record, history=[]),
    "no slope": lambda record: without(record, "slope", "confidence"),
    "no dropout": lambda record: without(record, "dropout", "recipe"),
    "a recipe of another version": lambda record: changed(
        record, recipe=json.loads(record)["recipe"] | {"mixup": 0.2}
    ),
    "not evaluated": lambda record: without(record, "test"),
    "few predictions": lambda record: changed(
        record, test=json.loads(record)["test"] | {"predictions": "1234"}
    ),
    "another network's": lambda record: changed(record, network="large"),
    "an unknown network's": lambda record: changed(record, network="huge"),
    "an unknown data set's": lambda record: changed(record, dataset="letters"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_record_is_one_sentence_with_file_and_command(weights_dir, damage):
    name = records.served_run("mnist", "small").name
    path = weights_dir / f"{name}.json"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(records.RunError) as refused:
        records.read(path)
    sentence = str(refused.value)
    assert sentence.startswith(f"{path} is not a valid record of a run (")
    assert "python train.py --dataset mnist --network small --recipe" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_record_hides_no_other(weights_dir, damage, caplog):
    path = weights_dir / f"{records.served_run('mnist', 'small').name}.json"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    names = [run.name for run in records.all_runs(weights_dir)]
    assert names == [run.name for run in records.all_runs() if run.name != path.stem]
    assert len(caplog.messages) == 1
    with pytest.raises(records.RunError):
        records.all_runs(weights_dir, strict=True)


def test_record_of_an_unknown_recipe_is_a_run_too(weights_dir):
    record = json.loads((weights_dir / "mnist-small-published.json").read_text())
    record["recipe"] |= {"name": "mixup", "dropout": 0.1}
    (weights_dir / "mnist-small-mixup.json").write_text(json.dumps(record))
    names = [run.name for run in records.all_runs(weights_dir, strict=True)]
    assert names[2] == "mnist-small-mixup"  # after the recipes that are served


def test_records_are_of_the_preprocessing_and_the_views_of_today():
    for run in records.all_runs(strict=True):
        today = classify.settings(run.dataset, run.recipe.tta)
        assert run.settings == today, "run python -m fmnist calibrate and evaluate"


def test_what_was_calibrated_for_other_views_is_not_evaluated(weights_dir, monkeypatch):
    run = records.read(weights_dir / "fashion_mnist-small-robust.json")
    other = dataclasses.replace(datasets.FASHION_MNIST, views=datasets.AS_IT_IS)
    monkeypatch.setitem(datasets.DATASETS, "fashion_mnist", other)
    with pytest.raises(records.RunError, match=r"run python -m fmnist calibrate first"):
        evaluate.evaluate(run, datasets.test_set("fashion_mnist"), weights_dir=weights_dir)


def test_small_weights_under_the_record_of_large_are_refused(weights_dir):
    small, large = (records.served_run("mnist", network) for network in ("small", "large"))
    record = changed((weights_dir / f"{large.name}.json").read_bytes(), weights=small.weights)
    (weights_dir / f"{large.name}.json").write_bytes(record)
    with pytest.raises(records.RunError, match=r"python train\.py --dataset mnist --network large"):
        records.load_network(records.read(weights_dir / f"{large.name}.json"), weights_dir)
