"""Confidence is the chance of being right, and what is too low for trust is said to be."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

import fmnist
from fmnist import confidence, datasets, runs
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
    # Two bins of 15: 0.95 is right once in two, 0.65 always.
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.65, 0.35], [0.65, 0.35]])
    labels = np.array([0, 1, 0, 0])
    expected = (2 * (0.95 - 0.5) + 2 * (1 - 0.65)) / 4
    assert confidence.calibration_error(probabilities, labels) == pytest.approx(expected)


@pytest.mark.parametrize("dataset", datasets.DATASETS)
@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_served_is_calibrated_on_the_test_set(dataset, network):
    assert runs.served_run(dataset, network).test["calibration_error"] <= 0.02


def test_a_digit_is_answered_surely_and_a_scribble_is_not():
    seven = fmnist.classify(datasets.test_set("mnist").pixels[0], "mnist", "large")
    assert seven.sure
    assert seven.confidence == seven.probabilities.max()
    scribble = Image.new("L", (280, 280), 255)
    pen = ImageDraw.Draw(scribble)
    for i in range(9):  # a grid, which is no digit
        pen.line([(40, 40 + 25 * i), (240, 40 + 25 * i)], fill=0, width=6)
        pen.line([(40 + 25 * i, 40), (40 + 25 * i, 240)], fill=0, width=6)
    assert fmnist.classify(scribble, "mnist", "large").confidence < seven.confidence
