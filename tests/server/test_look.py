"""“Look inside”: what the handler tells of a picture."""

import base64
import re

import gradio as gr
import numpy as np
import pytest

from fmnist.data import datasets, people
from fmnist.inference import classify, test_answers
from fmnist.runs import records
from fmnist.ui import inside
from helpers.server import is_sentence, sent, unpacked


@pytest.fixture(scope="module")
def look(server):
    """What the running app tells of a test image."""

    def look(dataset, network, number=0, **asked):
        pixels = sent(datasets.test_set(dataset).pixels[number])
        good, told = server.ask("look", dataset, network, event_data={"pixels": pixels} | asked)
        assert good, told
        return told[0]

    return look


def test_every_map_of_the_small_network_is_told(look):
    told = look("mnist", "small")
    forward = classify.served_network("mnist", "small")
    image = datasets.test_set("mnist").pixels[:1]
    outputs = [output[0] for _, output in forward.activations(image)]
    layers = {layer["index"]: layer for layer in told["layers"]}
    assert [layer["of"] for layer in layers.values()] == [34, 34, 22, 12, 95, 40, 24]
    for index, layer in layers.items():
        values = unpacked(layer["values"]).reshape(-1, *layer["size"])
        output = outputs[index]
        expected = output.transpose(2, 0, 1) if output.ndim == 3 else output[:, None, None]
        np.testing.assert_allclose(values / 255, expected / expected.max(), atol=0.003)
    assert np.argmax(told["evidence"]) == 7


def test_of_512_maps_the_strongest_are_told_and_all_on_demand(look):
    some, every = (look("mnist", "large", all=all)["layers"][2] for all in (False, True))
    assert (len(some["maps"]), len(every["maps"]), every["of"]) == (32, 512, 512)
    maxima = unpacked(every["values"]).reshape(512, -1).max(axis=1)
    assert maxima[some["maps"]].min() >= np.delete(maxima, some["maps"]).max()


def test_a_chosen_map_tells_its_filter_and_who_makes_it_fire(look):
    told = look("mnist", "small", map=[2, 5])["filter"]
    kernel = classify.served_network("mnist", "small").layers[2].weights[0][:, :, 0, 5]
    weights = unpacked(told["weights"]).reshape(3, 3).astype(int) - 128
    np.testing.assert_allclose(weights / 127, kernel / np.abs(kernel).max(), atol=0.01)
    row = look("mnist", "small")["layers"][0]["maps"].index(5)
    every = unpacked(look("mnist", "small")["layers"][0]["values"]).reshape(34, -1)
    values = unpacked(told["values"])
    assert values.max() == 255  # of the same values as among all maps, but by its own highest
    np.testing.assert_allclose(values / 255, every[row] / every[row].max(), atol=0.02)
    held = test_answers.of_served("mnist", "small").strongest[0]
    assert [image["number"] for image in told["images"]] == held.images[5].tolist()
    pooled = look("mnist", "small", map=[3, 5])["filter"]  # the same map, made smaller
    assert pooled["weights"] == told["weights"]


@pytest.mark.parametrize(
    ("network", "layer", "at"),
    [("small", 2, None), ("small", 5, [8, 0]), ("large", 3, [23, 23]), ("large", 5, [0, 7])],
)
def test_the_sum_behind_a_value_is_what_the_layer_computes(look, network, layer, at):
    image = datasets.test_set("mnist").pixels[:1]
    outputs = [
        output[0] for _, output in classify.served_network("mnist", network).activations(image)
    ]
    told = look("mnist", network, map=[layer, 5], at=at)["filter"]
    summed, values = told["sum"], outputs[layer][..., 5]
    row, column = summed["at"]
    assert summed["at"] == (at or [row, column])
    value = values[row, column]
    assert value == values.max() or at
    assert max(0, summed["sum"] + summed["bias"]) == pytest.approx(value, abs=1e-3)
    products = unpacked(summed["products"]).reshape(told["slices"], -1).astype(int) - 128
    assert products.size == told["slices"] * told["side"] ** 2
    assert np.sign(products.sum()) == np.sign(summed["sum"])


def test_a_smaller_map_has_no_sum(look):
    assert look("mnist", "small", map=[3, 5])["filter"]["sum"] is None


@pytest.mark.parametrize("number", [[999, 0], [2, 34], [-1, 0], [2, -1], [8, 0]])
def test_a_map_of_another_network_is_passed_over(look, number):
    assert look("mnist", "small", map=number)["filter"] is None


def test_who_is_alike_are_the_nearest_of_the_answer_and_of_its_rival(look):
    told = look("mnist", "small", why=True, rival=2)["why"]
    assert told["classes"] == [7, 2]
    for label, images in zip("72", told["alike"], strict=True):
        assert {image["label"] for image in images} == {label}
        cosines = [image["cosine"] for image in images]
        assert cosines == sorted(cosines, reverse=True)
    itself = told["alike"][0][0]
    assert (itself["number"], itself["cosine"]) == (0, 1)
    assert unpacked(told["saliency"]).shape == (2 * 784,)
    runner_up = look("mnist", "small", why=True)["why"]["classes"][1]
    probabilities = classify.predictor("mnist", "small")(datasets.test_set("mnist").pixels[:1])[0]
    assert runner_up == probabilities.argsort()[-2]


def test_of_two_cut_outs_it_explains_the_answer_to_both(server):
    photos = people.load("photos", "validation")
    predict = classify.predictor("fashion_mnist", "large")
    answers, alone = (predict(shown).argmax(axis=1) for shown in (photos.views, photos.pixels))
    number = np.flatnonzero(answers != alone)[0]
    event = {"pixels": sent(photos.views[number]), "why": True}
    good, told = server.ask("look", "fashion_mnist", "large", event_data=event)
    assert good and told[0]["why"]["classes"][0] == answers[number]
    assert unpacked(told[0]["why"]["pixels"]).tobytes() == photos.pixels[number].tobytes()


def test_a_broken_network_is_told_of_but_not_explained(look):
    told = look("mnist", "small", damage={"off": [2, 5], "noise": True}, why=True)
    assert "why" not in told
    shown = unpacked(told["layers"][0]["values"]).reshape(34, -1)
    assert not shown[5].any() and shown.any()
    assert re.search(
        r"Of 1,000 test images, it gets \d+ right; intact, it got 99\d\.", told["broken"]["told"]
    )
    image = datasets.test_set("mnist").pixels[0]
    assert unpacked(told["broken"]["pixels"]).tobytes() != image.tobytes()
    assert "broken" not in look("mnist", "small", damage={"off": None, "noise": False})


def test_a_broken_large_network_is_tried_on_fewer_images(look):
    told = look("mnist", "large", damage={"off": [3, 63], "blur": True})["broken"]["told"]
    right, intact = re.search(r"Of 200 .* gets (\d+) right; intact, it got (\d+)\.", told).groups()
    assert int(right) < 180 and int(intact) > 195


def test_without_the_file_of_the_test_images_a_sentence_says_so(monkeypatch):
    def missing(dataset, network):
        raise records.RunError("It is missing.")

    monkeypatch.setattr(test_answers, "of_served", missing)

    pixels = sent(datasets.test_set("mnist").pixels[0])
    event = gr.EventData(None, {"pixels": pixels, "why": True, "map": [2, 0]})
    told = inside.look("mnist", "small", event)
    assert told["problem"] == inside.MISSING and told["layers"]


IMAGE = base64.b64encode(bytes(784)).decode()
EVENTS = {
    "nothing": None,
    "list": [],
    "text": "x",
    "empty": {},
    "number": {"pixels": 7},
    "not ASCII": {"pixels": "ü" * 1048},
    "long": {"pixels": "A" * 100_000},
    "short": {"pixels": IMAGE[:-8]},
    "no image": {"pixels": ""},
    "three images": {"pixels": base64.b64encode(bytes(3 * 784)).decode()},
    "list of images": {"pixels": [IMAGE]},
    "map of one number": {"pixels": IMAGE, "map": [2]},
    "map as text": {"pixels": IMAGE, "map": "23"},
    "map of bool": {"pixels": IMAGE, "map": [2, True]},
    "map of fractions": {"pixels": IMAGE, "map": [2, 1.5]},
    "place outside": {"pixels": IMAGE, "map": [2, 0], "at": [26, 0]},
    "place of one number": {"pixels": IMAGE, "map": [2, 0], "at": [1]},
    "place of bool": {"pixels": IMAGE, "map": [2, 0], "at": [True, 1]},
    "place as text": {"pixels": IMAGE, "map": [2, 0], "at": "11"},
    "class 10": {"pixels": IMAGE, "rival": 10, "why": True},
    "class -1": {"pixels": IMAGE, "rival": -1},
    "class as text": {"pixels": IMAGE, "rival": "7"},
    "class as bool": {"pixels": IMAGE, "rival": True},
    "damage as text": {"pixels": IMAGE, "damage": "all"},
    "unknown damage": {"pixels": IMAGE, "damage": {"all": True}},
    "no such filter": {"pixels": IMAGE, "damage": {"off": [2, 34]}},
    "no such layer": {"pixels": IMAGE, "damage": {"off": [99, 0]}},
    "filter of a dense layer": {"pixels": IMAGE, "damage": {"off": [8, 0]}},
    "filter of pooling": {"pixels": IMAGE, "damage": {"off": [3, 0]}},
    "filter -1": {"pixels": IMAGE, "damage": {"off": [2, -1]}},
    "filter as list": {"pixels": IMAGE, "damage": {"off": [2, []]}},
    "biases of pooling": {"pixels": IMAGE, "damage": {"biases": 3}},
    "biases as list": {"pixels": IMAGE, "damage": {"biases": [2]}},
    "eleventh seed": {"pixels": IMAGE, "damage": {"lost": 10}},
    "seed as bool": {"pixels": IMAGE, "damage": {"lost": True}},
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_anything_else_is_refused_with_a_sentence(server, event, quiet):
    good, said = server.ask("look", "mnist", "small", event_data=event)
    assert not good and is_sentence(said)
