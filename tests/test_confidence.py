"""Confidence is the chance of being right, and what is too low for trust is said to be."""

import functools

import numpy as np
import pytest
from PIL import Image, ImageDraw

import fmnist
from fmnist import confidence, datasets, evaluate, runs
from fmnist.augmentation import LETTERS
from fmnist.inference import predictor
from fmnist.networks import NETWORKS


def boastful(n, temperature):
    """Answers whose logits are too large by a factor: probabilities, and what is true."""
    rng = np.random.default_rng(1)
    honest = rng.normal(0, 2, (n, 10))
    shares = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(10, p=share) for share in shares])
    powers = shares**temperature
    return powers / powers.sum(axis=1, keepdims=True), labels


def test_the_temperature_is_found_and_mends_the_calibration():
    probabilities, labels = boastful(4000, temperature=2)
    temperature = confidence.fit_temperature(probabilities, labels)
    assert temperature == pytest.approx(2, rel=0.05)
    scaled = confidence.scale_temperature(probabilities, temperature)
    assert confidence.calibration_error(probabilities, labels) > 0.1
    assert confidence.calibration_error(scaled, labels) < 0.02
    np.testing.assert_array_equal(scaled.argmax(axis=1), probabilities.argmax(axis=1))


def test_the_threshold_rejects_few_correct_answers_and_more_of_the_others():
    probabilities, labels = boastful(4000, temperature=1)
    outliers = np.full((9, 10), 0.1)
    found = confidence.rejection(probabilities, labels, outliers=outliers, correct_rejected=0.01)
    correct = probabilities.argmax(axis=1) == labels
    rejected = probabilities.max(axis=1) < found["threshold"]
    assert rejected[correct].mean() == pytest.approx(0.01, abs=0.002)
    assert rejected[~correct].mean() == pytest.approx(found["wrong_rejected"], abs=0.001)
    assert found["wrong_rejected"] > 0.01
    assert found["outliers_rejected"] == 1


def test_calibration_error_by_hand():
    # Three bins of 15: 0.95 and 1 are right twice in three, 0.65 always, 0.55 never.
    confidences = np.array([0.95, 1, 0.95, 0.65, 0.65, 0.55])
    probabilities = np.stack([confidences, 1 - confidences], axis=1)
    labels = np.array([0, 1, 0, 0, 0, 1])
    expected = (0.95 + 1 + 0.95 - 2) / 6 + (2 - 0.65 * 2) / 6 + 0.55 / 6
    assert confidence.calibration_error(probabilities, labels) == pytest.approx(expected)


def test_thresholds_reject_as_many_correct_answers_as_is_wanted_today():
    for run in runs.all_runs(strict=True):
        wanted = confidence.CORRECT_REJECTED[run.dataset, run.network]
        assert run.confidence["correct_rejected"] == wanted, "run python -m fmnist.calibrate"


@pytest.mark.parametrize("dataset", datasets.DATASETS)
@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_served_is_calibrated_on_the_test_set(dataset, network):
    assert runs.served_run(dataset, network).test["calibration_error"] <= 0.02


@pytest.fixture(scope="module", params=datasets.DATASETS)
def served(request):
    """The name of a data set, and what Keras makes of its test images as they are served: small."""
    model = fmnist.load_model(request.param, "small")
    probabilities = confidence.served_probabilities(
        functools.partial(model.predict, batch_size=500, verbose=0),
        datasets.test_set(request.param).pixels,
        request.param,
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
    threshold = runs.served_run(dataset, "small").confidence["threshold"]
    confidences = probabilities.max(axis=1)
    assert confidences.min() < threshold
    images = datasets.test_set(dataset).pixels
    assert not fmnist.classify(images[confidences.argmin()], dataset, "small").sure
    least = np.flatnonzero(confidences > threshold)[confidences[confidences > threshold].argmin()]
    assert fmnist.classify(images[least], dataset, "small").sure


@pytest.mark.parametrize("network", NETWORKS)
def test_digits_are_answered_surely_and_letters_are_not(network):
    for image in datasets.test_set("mnist").pixels[:10]:
        assert fmnist.classify(image, "mnist", network).sure
    for letter in LETTERS:
        drawing = Image.new("L", (200, 200), 255)
        pen = ImageDraw.Draw(drawing)
        for stroke in letter:
            pen.line([(60 + 70 * x, 50 + 100 * y) for x, y in stroke], fill=0, width=10)
        assert not fmnist.classify(drawing, "mnist", network).sure


def test_clothing_is_seen_in_three_widths_and_mirrored():
    image = np.zeros((1, 28, 28), np.uint8)
    image[:, :, 4:20] = 200  # 16 wide, left of the middle
    shown = confidence.views(image, confidence.Views(widths=(0.5, 1.0, 1.25), mirrored=True))[0]
    assert shown.shape == (6, 28, 28)
    np.testing.assert_array_equal(shown[1], image[0])
    np.testing.assert_array_equal(shown[3:], shown[:3, :, ::-1])
    assert shown[:3, 14].sum(axis=1) / 200 == pytest.approx([8, 16, 20], abs=0.3)
    left_of_middle = 13.5 - np.flatnonzero(shown[0, 14] > 100).mean()
    assert left_of_middle == pytest.approx(0.5 * (13.5 - 11.5), abs=0.5)


def test_the_answer_is_the_mean_of_the_views_at_a_temperature():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (5, 28, 28), np.uint8)
    weights = rng.normal(0, 0.0005, (784, 10))

    def network(pixels):
        powers = np.exp(pixels.reshape(len(pixels), -1) @ weights)
        return powers / powers.sum(axis=1, keepdims=True)

    def served(temperature):
        return confidence.served_probabilities(
            network, images, "fashion_mnist", temperature=temperature
        )

    shown = confidence.views(images, confidence.TTA["fashion_mnist"])
    mean = np.mean([network(view) for view in shown.swapaxes(0, 1)], axis=0)
    np.testing.assert_allclose(served(1), mean)
    logits = np.log(mean) / 2
    np.testing.assert_allclose(served(2), np.exp(logits) / np.exp(logits).sum(1, keepdims=True))
