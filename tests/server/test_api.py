"""The endpoints /classify and /compare of the running app, asked with gradio_client."""

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

import fmnist
from fmnist.data import datasets
from fmnist.ui.examples import first_file

PULLOVER = first_file("fashion_mnist")


@pytest.fixture(scope="module")
def client(url):
    return Client(url, verbose=False)


@pytest.fixture(scope="module")
def seven(tmp_path_factory):
    path = tmp_path_factory.mktemp("pictures") / "seven.png"
    Image.fromarray(datasets.test_set("mnist").pixels[0]).save(path)
    return handle_file(path)


def test_only_the_two_endpoints_are_offered(client):
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/classify", "/compare"}
    names = [part["parameter_name"] for part in endpoints["/classify"]["parameters"]]
    assert names == ["image", "dataset", "network", "ink", "cut_out"]


@pytest.mark.parametrize("network", ["small", "large"])
def test_classify_answers(client, seven, network):
    answer = client.predict(image=seven, dataset="mnist", network=network, api_name="/classify")
    assert answer["label"] == "7"
    assert list(answer["probabilities"]) == list("0123456789")
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert answer["sure"]
    assert np.shape(answer["pixels"]) == (28, 28)


def test_a_number_is_answered_with_its_digits(client, tmp_path):
    sevens = np.hstack([datasets.test_set("mnist").pixels[0]] * 3)
    Image.fromarray(sevens).save(tmp_path / "number.png")
    answer = client.predict(handle_file(tmp_path / "number.png"), "mnist", api_name="/classify")
    assert (answer["label"], answer["sure"]) == ("777", True)
    assert [digit["label"] for digit in answer["digits"]] == ["7", "7", "7"]
    assert np.shape(answer["digits"][0]["pixels"]) == (28, 28)


def test_compare_answers_for_both(client, seven):
    answer = client.predict(image=seven, dataset="mnist", api_name="/compare")
    assert {network: each["label"] for network, each in answer.items()} == {
        "small": "7",
        "large": "7",
    }


def test_overrides_are_heard(client, seven):
    answer = client.predict(seven, "mnist", "small", ink="light", api_name="/classify")
    assert answer["label"] == "7"
    with pytest.raises(AppError, match="No digit stands out"):
        client.predict(seven, "mnist", "small", ink="dark", api_name="/classify")


def test_a_photo_with_another_picture_behind_it_is_answered(client, tmp_path):
    """As phones write them: Pillow calls them MPO. By the library as by the API."""
    one, two = tmp_path / "one.jpg", tmp_path / "two.jpg"
    photo = Image.open(PULLOVER)
    photo.save(one, quality=95)
    photo.save(two, "MPO", quality=95, save_all=True, append_images=[photo.resize((90, 120))])
    asked = {"dataset": "fashion_mnist", "api_name": "/classify"}
    answers = [client.predict(image=handle_file(path), **asked) for path in (one, two)]
    assert answers[0]["probabilities"] == answers[1]["probabilities"]
    result = fmnist.classify(two, "fashion_mnist")
    assert result.label == answers[1]["label"] == "Pullover"


def test_a_heic_photo_is_answered_with_what_to_do(client, tmp_path):
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500))
    with pytest.raises(AppError, match="Most Compatible"):
        client.predict(image=handle_file(path), dataset="mnist", api_name="/classify")


def test_what_is_no_picture_is_answered_with_a_sentence(client, seven, tmp_path):
    text = tmp_path / "text.png"
    text.write_text("no picture")
    bomb = tmp_path / "bomb.png"
    Image.new("1", (12_000, 10_000)).save(bomb)
    for path, sentence in ((text, "not a picture"), (bomb, "12000 × 10000 pixels")):
        for endpoint in ("/classify", "/compare"):
            with pytest.raises(AppError, match=sentence):
                client.predict(image=handle_file(path), dataset="mnist", api_name=endpoint)
    assert client.predict(image=seven, dataset="mnist", api_name="/classify")["label"] == "7"


def test_an_unknown_network_is_answered_with_a_sentence(client, seven):
    with pytest.raises(AppError, match="huge"):
        client.predict(image=seven, dataset="mnist", network="huge", api_name="/classify")
