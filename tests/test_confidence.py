"""Confidence is the chance of being right, and what is too low for trust is said to be."""

import functools

import numpy as np
import pytest
from PIL import Image, ImageDraw

import fmnist
from fmnist import confidence, datasets, evaluate, runs
from fmnist.inference import predictor
from fmnist.mixtures import one_hot
from fmnist.networks import NETWORKS
from fmnist.outliers import LETTERS


def boastful(n, temperature):
    """Answers whose logits are too large by a factor: probabilities, and the right classes."""
    rng = np.random.default_rng(1)
    honest = rng.normal(0, 2, (n, 10))
    shares = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(10, p=share) for share in shares])
    powers = shares**temperature
    return powers / powers.sum(axis=1, keepdims=True), one_hot(labels)


def test_the_temperature_is_found_and_mends_the_calibration():
    probabilities, classes = boastful(4000, temperature=2)
    temperature = confidence.fit_temperature(probabilities, classes)
    assert temperature == pytest.approx(2, rel=0.05)
    scaled = confidence.scale_temperature(probabilities, temperature)
    assert confidence.calibration_error(probabilities, classes) > 0.1
    assert confidence.calibration_error(scaled, classes) < 0.02
    np.testing.assert_array_equal(scaled.argmax(axis=1), probabilities.argmax(axis=1))


def test_several_classes_may_be_right():
    probabilities = np.array([[0.5, 0.4, 0.1], [0.2, 0.2, 0.6]])
    classes = np.array([[0, 1, 1], [0, 0, 1]])
    np.testing.assert_array_equal(confidence.is_right(probabilities, classes), [False, True])
    assert confidence.fit_temperature(np.tile([0.4, 0.4, 0.2], (9, 1)), classes[:1]) == 4


def test_as_many_are_sure_as_are_right_so_often():
    probabilities, classes = boastful(4000, temperature=1)
    right, confidences = confidence.is_right(probabilities, classes), probabilities.max(axis=1)
    least, perhaps = confidence.thresholds(probabilities, classes, right=0.9)
    sure = confidences >= least
    assert 0.9 <= right[sure].mean() < 0.905
    assert right[confidences >= least - 0.005].mean() < 0.9
    assert (confidences[right] < perhaps).mean() == pytest.approx(0.02, abs=0.001)


def test_calibration_error_by_hand():
    # Three bins of 15: 0.95 and 1 are right twice in three, 0.65 always, 0.55 never.
    confidences = np.array([0.95, 1, 0.95, 0.65, 0.65, 0.55])
    probabilities = np.stack([confidences, 1 - confidences], axis=1)
    classes = np.eye(2)[[0, 1, 0, 0, 0, 1]]
    expected = (0.95 + 1 + 0.95 - 2) / 6 + (2 - 0.65 * 2) / 6 + 0.55 / 6
    assert confidence.calibration_error(probabilities, classes) == pytest.approx(expected)


@pytest.fixture(scope="module", params=datasets.DATASETS)
def served(request):
    """The name of a data set, and what Keras makes of its test images as they are served: small."""
    model = fmnist.load_model(request.param, "small")
    probabilities = confidence.served_probabilities(
        functools.partial(model.predict, batch_size=500, verbose=0),
        datasets.test_set(request.param).pixels,
        mirrored=confidence.MIRRORED[request.param],
        temperature=runs.served_run(request.param, "small").confidence["temperature"],
    )
    return request.param, probabilities


def test_answers_are_as_good_as_their_record_says(served):
    dataset, probabilities = served
    images, labels = datasets.test_set(dataset)
    recorded = runs.served_run(dataset, "small").test
    assert evaluate.score(probabilities, labels)["loss"] == pytest.approx(
        recorded["loss"], rel=1e-4
    )
    np.testing.assert_allclose(
        predictor(dataset, "small")(images[:50]), probabilities[:50], atol=1e-5
    )


def test_sure_is_what_reaches_the_threshold_in_the_record(served):
    dataset, probabilities = served
    threshold = runs.served_run(dataset, "small").confidence["sure"]
    confidences = probabilities.max(axis=1)
    assert confidences.min() < threshold
    images = datasets.test_set(dataset).pixels
    assert not fmnist.classify(images[confidences.argmin()], dataset, "small").sure
    least = np.flatnonzero(confidences > threshold)[confidences[confidences > threshold].argmin()]
    assert fmnist.classify(images[least], dataset, "small").sure


@pytest.mark.parametrize("network", NETWORKS)
def test_digits_are_answered_surely_and_letters_are_not(network):
    images = datasets.test_set("mnist").pixels[:10]  # one of them is a scrawl that is to be a five
    assert sum(fmnist.classify(image, "mnist", network).sure for image in images) >= 9
    for letter in LETTERS:
        drawing = Image.new("L", (200, 200), 255)
        pen = ImageDraw.Draw(drawing)
        for stroke in letter:
            pen.line([(60 + 70 * x, 50 + 100 * y) for x, y in stroke], fill=0, width=10)
        assert not fmnist.classify(drawing, "mnist", network).sure


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_answer_is_the_mean_of_the_views_at_a_temperature(mirrored):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (5, 28, 28), np.uint8)
    weights = rng.normal(0, 0.0005, (784, 10))

    def network(pixels):
        powers = np.exp(pixels.reshape(len(pixels), -1) @ weights)
        return powers / powers.sum(axis=1, keepdims=True)

    def served(temperature):
        return confidence.served_probabilities(
            network, images, mirrored=mirrored, temperature=temperature
        )

    views = [images, images[:, :, ::-1]] if mirrored else [images]
    mean = np.mean([network(view) for view in views], axis=0)
    np.testing.assert_allclose(served(1), mean)
    logits = np.log(mean) / 2
    np.testing.assert_allclose(served(2), np.exp(logits) / np.exp(logits).sum(1, keepdims=True))
