"""“Watch it learn”: what the handler tells of a picture at moments of the training."""

import base64

import gradio as gr
import numpy as np
import pytest

from fmnist.data import datasets
from fmnist.inference import classify, test_answers
from fmnist.runs import records
from fmnist.ui import learn
from fmnist.ui.examples import first
from helpers.server import is_sentence, sent, unpacked


@pytest.fixture(scope="module")
def tell(server):
    """What the running app tells."""

    def tell(dataset, **asked):
        good, told = server.ask("learn", dataset, event_data=asked)
        assert good, told
        return told[0]

    return tell


@pytest.mark.parametrize("dataset", datasets.DATASETS)
def test_a_picture_is_answered_by_each_moment_and_by_the_last_as_in_compare(tell, dataset):
    image = datasets.test_set(dataset).pixels[1:2]
    told = tell(dataset, pixels=sent(image), number=3)
    assert (told["number"], told["network"], "tests" in told) == (3, "small", False)
    run = records.served_run(dataset, "small")
    assert [each["name"] for each in told["moments"]] == [
        "untrained",
        "after 1 epoch",
        *(f"after {epoch} epochs" for epoch in run.recipe.kept_epochs[2:]),
    ]
    shipped = classify.predictor(dataset, "small")(image)[0]
    last = told["moments"][-1]
    np.testing.assert_allclose(last["shares"], shipped, atol=0.01)
    assert last["best"] == shipped.argmax()
    assert datasets.DATASETS[dataset].phrases[last["best"]] in told["story"]
    assert unpacked(told["pixels"]).tobytes() == image.tobytes()


def test_both_cut_outs_of_a_photo_count_and_drawings_of_clothing_are_scaled_as_such(tell):
    views = datasets.test_set("fashion_mnist").pixels[[4, 40]]  # two different shirts
    for drawn in (False, True):
        shipped = classify.predictor("fashion_mnist", "small", drawn=drawn)(views[np.newaxis])[0]
        told = tell("fashion_mnist", pixels=sent(views), drawn=drawn)
        np.testing.assert_allclose(told["moments"][-1]["shares"], shipped, atol=0.01)


@pytest.mark.parametrize("dataset", datasets.DATASETS)
def test_without_a_picture_the_example_is_answered(tell, dataset):
    told = tell(dataset, pixels=None)
    seen = classify.classify(first(dataset), dataset, "small").pixels
    assert unpacked(told["pixels"]).tobytes() == seen.tobytes()


@pytest.mark.parametrize("dataset", datasets.DATASETS)
def test_the_test_images_and_the_filters_are_told_on_demand(tell, dataset):
    tests = tell(dataset, pixels=None, tests=True)["tests"]
    labels = datasets.test_set(dataset).labels
    truths = np.repeat(np.arange(10), tests["counts"])
    learned = unpacked(tests["learned"]).reshape(-1, len(labels))
    wrong = (learned != truths).sum(axis=1)
    held = test_answers.of_served(dataset, "small").learned
    assert wrong.tolist() == (held != labels).sum(axis=1).tolist()
    network = classify.served_network(dataset, "small")
    kernel = network.layers[2].weights[0]
    last = unpacked(tests["filters"]).reshape(len(learned), 34, 3, 3)[-1].astype(int) - 128
    expected = kernel[:, :, 0].transpose(2, 0, 1) / np.abs(kernel).max()
    np.testing.assert_allclose(last / 127, expected, atol=0.01)
    some = tests["some"]
    numbers, places = some["numbers"], some["places"]
    assert 10 < len(numbers) <= learn.EACH * (len(learned) - 1) + learn.EACH
    assert truths[places].tolist() == labels[numbers].tolist()
    assert learned[:, places].tolist() == held[:, numbers].tolist()
    shown = unpacked(some["pixels"]).reshape(-1, 28, 28)
    assert (shown == datasets.test_set(dataset).pixels[numbers]).all()
    last_wrong = [
        max(np.flatnonzero(each), default=-1) for each in (learned != truths)[:, places].T
    ]
    assert last_wrong == sorted(last_wrong)  # in the order in which they came right for good


def test_where_no_moments_were_kept_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(learn, "_learner", lambda dataset: None)
    told = learn.learn("mnist", gr.EventData(None, {"pixels": None}))
    assert told["problem"] == learn.NONE_KEPT and "moments" not in told


def test_where_they_are_damaged_a_sentence_says_so(monkeypatch):
    def damaged(dataset, network):
        raise records.RunError("It is damaged.")

    monkeypatch.setattr(learn.moments, "of_served", damaged)
    told = learn.learn("mnist", gr.EventData(None, {"pixels": None}))
    assert told["problem"] == learn.DAMAGED


IMAGE = base64.b64encode(bytes(784)).decode()
EVENTS = {
    "number": {"pixels": 7},
    "not ASCII": {"pixels": "ü" * 1048},
    "long": {"pixels": "A" * 100_000},
    "short": {"pixels": IMAGE[:-8]},
    "no image": {"pixels": ""},
    "three images": {"pixels": base64.b64encode(bytes(3 * 784)).decode()},
    "list of images": {"pixels": [IMAGE]},
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_anything_else_is_refused_with_a_sentence(server, event, quiet):
    good, said = server.ask("learn", "mnist", event_data=event)
    assert not good and is_sentence(said)


@pytest.mark.parametrize("event", [None, [], "x", {"drawn": "yes", "tests": 1, "number": "a"}])
def test_what_is_not_understood_is_passed_over(server, event, quiet):
    good, (told,) = server.ask("learn", "mnist", event_data=event)
    assert good and told["moments"] and told["number"] == 0 and "tests" not in told


def test_of_a_data_set_that_there_is_not_it_says_so(server, quiet):
    good, said = server.ask("learn", "letters", event_data={"pixels": IMAGE})
    assert not good and is_sentence(said)
