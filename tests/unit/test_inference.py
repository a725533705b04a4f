"""What a Python program gets: one answer, the same from every thread, or a sentence."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageDraw

import fmnist
from fmnist.data import datasets
from fmnist.inference import classify, confidence
from fmnist.networks.definitions import NETWORKS
from fmnist.pictures import digits
from fmnist.runs import records
from fmnist.ui.examples import FOLDER


def picture(dataset, index):
    return Image.fromarray(datasets.test_set(dataset).pixels[index]).resize((280, 280))


STEPS = {"mnist": ["Ink", "Even strokes"], "fashion_mnist": []}  # it is as the network wants it


@pytest.mark.parametrize(("dataset", "answer"), [("mnist", "7"), ("fashion_mnist", "Ankle boot")])
def test_a_result_is_whole(dataset, answer):
    result = fmnist.classify(picture(dataset, 0), dataset=dataset, network="small")
    assert result.label == answer
    assert result.probabilities.shape == (10,)
    assert result.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert datasets.DATASETS[dataset].labels[result.probabilities.argmax()] == answer
    assert result.confidence == result.probabilities.max()
    assert result.sure and result.verdict == "sure" and result.reason is None
    assert result.pixels.shape == (28, 28)
    assert result.pixels.dtype == np.uint8
    assert list(result.steps) == STEPS[dataset]
    assert result.seconds > 0


def test_clothing_and_its_mirror_image_get_the_same_answer():
    image = datasets.test_set("fashion_mnist").pixels[1]  # a pullover
    there, mirrored = (
        fmnist.classify(pixels, "fashion_mnist", "small").probabilities
        for pixels in (image, np.ascontiguousarray(image[:, ::-1]))
    )
    np.testing.assert_allclose(there, mirrored, atol=1e-5)


def crowded() -> Image.Image:
    """A drawing of 25,000 dots, none of which is far smaller than the largest part."""
    ink = np.zeros((320, 320), np.uint8)
    for start, row in enumerate((0, 2, 4)):
        for left in range(2 * start, 316, 5):
            ink[row, left : left + 4] = 255
    for number, row in enumerate(range(6, 310, 2)):
        ink[row, number % 2 :: 2] = 255
    for left in range(0, 318, 5):
        ink[311:314, left : left + 3] = 255
    drawing = Image.new("RGBA", ink.shape)
    drawing.putalpha(Image.fromarray(ink))
    return drawing


def test_thousands_of_dots_are_not_joined_into_figures():
    """It would take a second, in which the server answers nobody else."""
    joined = 0

    def count(frame, event, _):
        nonlocal joined
        joined += event == "call" and frame.f_code is digits._Figure.with_.__code__

    sys.setprofile(count)
    try:
        result = fmnist.classify(crowded())
    finally:
        sys.setprofile(None)
    assert result.verdict == "unknown" and joined == 0


def test_a_photo_gets_the_mean_of_the_answers_to_its_two_cut_outs():
    result = fmnist.classify(FOLDER / "fashion_mnist" / "dress-on-a-floor.jpg", "fashion_mnist")
    run = records.served_run("fashion_mnist", "large")
    predict = classify.predictor_of(run, scaling=confidence.UNSCALED)
    mean = predict(result.views).mean(axis=0, keepdims=True)
    scaling = confidence.Scaling(run.confidence["slope"], run.confidence["offset"])
    expected = confidence.scale(mean, scaling)[0]
    np.testing.assert_allclose(result.probabilities, expected, atol=1e-6)


def test_many_threads_get_what_one_gets():
    pictures = [picture("mnist", index) for index in range(16)]

    def classify(image):
        return fmnist.classify(image, "mnist", "small").probabilities

    alone = list(map(classify, pictures))
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(classify, pictures * 4))
    for index, probabilities in enumerate(together):
        np.testing.assert_allclose(probabilities, alone[index % 16], atol=1e-6)


def test_models_are_loaded_once_however_they_are_asked_for():
    with ThreadPoolExecutor(4) as threads:
        models = list(threads.map(lambda _: fmnist.load_model("mnist", "small"), range(4)))
    models.append(fmnist.load_model(dataset="mnist", network="small"))
    assert len(set(map(id, models))) == 1


def test_both_networks_see_the_same_image():
    results = fmnist.compare(picture("mnist", 0), "mnist")
    assert list(results) == ["small", "large"]
    np.testing.assert_array_equal(results["small"].pixels, results["large"].pixels)


@pytest.mark.parametrize(("dataset", "network"), [("letters", "small"), ("mnist", "huge")])
def test_unknown_names_are_refused_with_those_that_there_are(dataset, network):
    with pytest.raises(ValueError, match=r"There is no .*: choose one of "):
        fmnist.classify(picture("mnist", 0), dataset, network)
    with pytest.raises(ValueError, match=r"There is no .*: choose one of "):
        fmnist.load_model(dataset, network)


def test_what_is_no_picture_is_a_value_error_with_a_sentence():
    with pytest.raises(ValueError, match=r"^[A-Z“].*\.$") as refused:
        fmnist.classify(Image.new("RGBA", (280, 280)), "mnist", "small")
    assert isinstance(refused.value, fmnist.PictureError)


def test_images_get_the_same_answers_alone_and_together():
    images = datasets.test_set("fashion_mnist").pixels[:200]  # 400 views: several batches
    predict = classify.predictor("fashion_mnist", "small")
    together = predict(images)
    assert together.shape == (200, 10)
    for index in (0, 83, 84, 199):
        np.testing.assert_allclose(
            predict(images[index : index + 1])[0], together[index], atol=1e-5
        )


@pytest.mark.parametrize("dataset", datasets.DATASETS)
def test_settings_are_what_json_holds(dataset):
    settings = classify.settings(dataset)
    assert json.loads(json.dumps(settings)) == settings
    assert settings.keys() == {"preprocessing", "mirrored", "turned", "pivot"}


def test_an_answer_needs_no_keras():
    """Importing TensorFlow takes seconds and 640 MB; a sleeping Space is woken without it."""
    code = (
        "import sys, numpy, fmnist; fmnist.classify(numpy.eye(28), 'mnist')\n"
        "print([name for name in ('keras', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def sketch(*strokes):
    """Lines through points (x, y) from 0 to 1, in black on a transparent canvas."""
    canvas = Image.new("RGBA", (600, 300))
    pen = ImageDraw.Draw(canvas)
    for stroke in strokes:
        points = [(600 * x, 300 * y) for x, y in stroke]
        pen.line(points, fill="black", width=20, joint="curve")
        for x, y in points:
            pen.ellipse((x - 10, y - 10, x + 10, y + 10), fill="black")
    return canvas


ONE = [(0.25, 0.2), (0.25, 0.8)]
SEVEN = [(0.6, 0.2), (0.75, 0.2), (0.66, 0.8)]
ODD = {
    "a tap": [[(0.5, 0.5), (0.5, 0.5)]],
    "a dash": [[(0.3, 0.5), (0.7, 0.5)]],
    "an X": [[(0.3, 0.2), (0.6, 0.8)], [(0.6, 0.2), (0.3, 0.8)]],
    "a plus": [[(0.45, 0.2), (0.45, 0.8)], [(0.3, 0.5), (0.6, 0.5)]],
}


@pytest.mark.parametrize("network", ["small", "large"])
@pytest.mark.parametrize("drawn", ODD)
def test_what_is_no_digit_gets_no_sure_answer(drawn, network):
    assert fmnist.classify(sketch(*ODD[drawn]), "mnist", network).verdict != "sure"


@pytest.mark.parametrize("network", ["small", "large"])
def test_a_number_is_read_digit_by_digit(network):
    result = fmnist.classify(sketch(ONE, SEVEN), "mnist", network)
    assert (result.label, result.verdict, result.reason) == ("17", "sure", None)
    for place, (stroke, label) in enumerate([(ONE, "1"), (SEVEN, "7")]):
        digit, alone = result.digits[place], fmnist.classify(sketch(stroke), "mnist", network)
        assert (digit.label, alone.label, alone.digits) == (label, label, ())
        np.testing.assert_array_equal(digit.pixels, alone.pixels)
        assert digit.frame == pytest.approx(alone.frame)
        assert digit.confidence == pytest.approx(alone.confidence)
    assert result.confidence == pytest.approx(
        result.digits[0].confidence * result.digits[1].confidence
    )


CROSS = [[(0.55, 0.2), (0.85, 0.8)], [(0.85, 0.2), (0.55, 0.8)]]


@pytest.mark.parametrize("network", ["small", "large"])
def test_a_number_is_no_surer_than_its_digits(network):
    result = fmnist.classify(sketch(ONE, *CROSS), "mnist", network)
    assert not result.sure
    assert result.reason == "The 2nd digit is hard to read: write it more clearly, and leave gaps."


SEVEN_AND_ZERO = [  # which touch
    [(0.44, 0.3), (0.56, 0.3), (0.5, 0.7)],
    [(0.62 + 0.06 * np.sin(turn), 0.5 + 0.2 * np.cos(turn)) for turn in np.linspace(0, 6.28, 20)],
]


@pytest.mark.parametrize("network", ["small", "large"])
def test_what_may_be_digits_that_touch_is_to_be_drawn_with_gaps(network):
    number, alone = (
        fmnist.classify(sketch(*strokes), "mnist", network)
        for strokes in ([ONE, *SEVEN_AND_ZERO], SEVEN_AND_ZERO)
    )
    assert not number.sure and not alone.sure
    assert number.reason == "Some digits seem to touch: leave gaps between them."
    assert (
        alone.reason
        == "It does not look like a digit: if there are several, leave gaps between them."
    )


@pytest.mark.parametrize(
    "mark",
    [[(0.43, 0.78), (0.44, 0.79)], [(0.4, 0.5), (0.5, 0.5)]],
    ids=["a decimal point", "a minus"],
)
def test_a_number_with_something_between_is_not_read_without_it(mark):
    result = fmnist.classify(sketch(ONE, mark, SEVEN), "mnist")
    assert not result.sure and not result.digits
    assert result.reason == (
        "Digits are read in one row only: write nothing between them or beside them."
    )


def test_more_digits_than_one_writes_are_not_read():
    strokes = [[(0.05 + 0.06 * place, 0.3), (0.05 + 0.06 * place, 0.7)] for place in range(15)]
    result = fmnist.classify(sketch(*strokes), "mnist")
    assert not result.sure and not result.digits
    assert result.reason == "There seem to be 15 digits: write at most 12."


def shirt():
    """A T-shirt, filled in on a transparent canvas as on the pad."""
    canvas = Image.new("RGBA", (160, 160))
    garment = Image.fromarray(datasets.test_set("fashion_mnist").pixels[35]).resize((120, 120))
    canvas.paste((0, 0, 0, 255), (20, 20), garment.point(lambda value: 255 * (value > 40)))
    return canvas


def dress():
    return Image.open(FOLDER / "fashion_mnist" / "dress-on-a-floor.jpg")


def never_sure(dataset, network, monkeypatch):
    for drawn in (False, True):
        found = records.served_run(dataset, network).confidence_in(drawn=drawn)
        monkeypatch.setitem(found, "sure", 2)


OTHERS = [(shirt, "mnist"), (dress, "mnist"), (lambda: sketch(SEVEN), "fashion_mnist")]


@pytest.mark.parametrize(
    ("shown", "dataset"), OTHERS, ids=["a drawn garment", "a garment", "a drawn digit"]
)
@pytest.mark.parametrize("sure", ["small", "large"])
def test_what_is_of_the_other_kind_is_told_to_switch_whichever_network_is_sure_of_it(
    shown, dataset, sure, monkeypatch
):
    (other,) = set(datasets.DATASETS) - {dataset}
    for network in set(NETWORKS) - {sure}:
        never_sure(other, network, monkeypatch)
    said = {
        "mnist": "This looks like clothing: switch to Clothing.",
        "fashion_mnist": "This looks like a digit: switch to Digits.",
    }[dataset]
    for result in fmnist.compare(shown(), dataset).values():
        assert not result.sure
        assert (result.reason, result.other) == (said, other)


def test_what_no_network_is_sure_of_as_the_other_kind_is_not_told_to_switch(monkeypatch):
    for network in NETWORKS:
        never_sure("fashion_mnist", network, monkeypatch)
    result = fmnist.classify(shirt(), "mnist")
    assert (result.reason, result.other) == (None, None)
