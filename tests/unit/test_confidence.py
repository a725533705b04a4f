"""Confidence is the chance of being right, and what is too low for trust is said to be."""

import numpy as np
import pytest
from PIL import Image

import fmnist
from fmnist.data import datasets, people
from fmnist.inference import confidence
from fmnist.inference.classify import predictor
from fmnist.networks.definitions import NETWORKS
from fmnist.runs import records
from fmnist.training import evaluate, make_people, measures
from fmnist.training.mixtures import one_hot


def honest(n):
    """Answers as likely to be right as they say: probabilities, and the right classes."""
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, (n, 10))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return shares, one_hot(np.array([rng.choice(10, p=share) for share in shares]))


def test_the_scaling_is_found_and_mends_the_calibration():
    shares, classes = honest(4000)
    off = confidence.Scaling(slope=1 / 0.6, offset=1)  # undone by 0.6 and -0.6
    boastful = confidence.scale(shares, off)
    found = confidence.fit_scaling(boastful, classes)
    assert found == pytest.approx((0.6, -0.6), abs=0.06)
    scaled, right = confidence.scale(boastful, found), confidence.is_right(shares, classes)
    assert confidence.calibration_error(boastful.max(axis=1), right) > 0.1
    assert confidence.calibration_error(scaled.max(axis=1), right) < 0.02
    np.testing.assert_array_equal(scaled.argmax(axis=1), shares.argmax(axis=1))
    np.testing.assert_allclose(scaled.sum(axis=1), 1)


def test_outliers_make_answers_less_sure():
    shares, classes = honest(1000)
    letters = np.tile([0.91, *[0.01] * 9], (100, 1))  # taken for the first class
    both = np.concatenate([shares, letters]), np.concatenate([classes, np.zeros((100, 10))])
    scaled = [
        confidence.scale(letters[:1], confidence.fit_scaling(*pictures)).max()
        for pictures in ((shares, classes), both)
    ]
    assert scaled[1] < scaled[0] - 0.01


def test_the_likeliest_class_stays_the_likeliest():
    shares, _ = honest(200)
    for scaling in ((4, -4), (1 / 8, -4), (1 / 8, 4), (1, 0)):
        scaled = confidence.scale(shares, confidence.Scaling(*scaling))
        np.testing.assert_array_equal(scaled.argmax(axis=1), shares.argmax(axis=1))
    np.testing.assert_allclose(scaled, shares)


def test_several_classes_may_be_right():
    probabilities = np.array([[0.5, 0.4, 0.1], [0.2, 0.2, 0.6]])
    classes = np.array([[0, 1, 1], [0, 0, 1]])
    np.testing.assert_array_equal(confidence.is_right(probabilities, classes), [False, True])


def test_as_many_are_sure_as_are_right_so_often():
    probabilities, classes = honest(4000)
    right, confidences = confidence.is_right(probabilities, classes), probabilities.max(axis=1)
    least, perhaps = confidence.thresholds(probabilities, classes, np.arange(4000), right=0.9)
    sure = confidences >= least
    margin = 0.84 * (0.9 * 0.1 / sure.sum()) ** 0.5  # of a normal distribution 80 % lie above
    assert right[sure].mean() == pytest.approx(0.9 + margin, abs=0.003)
    assert right[confidences >= least - 0.01].mean() < 0.9 + margin
    two = np.sort(probabilities, axis=1)[:, -2:]
    named = (probabilities * classes).sum(axis=1) >= two[:, 0]
    assert (two.sum(axis=1)[named] < perhaps).mean() == pytest.approx(0.02, abs=0.001)


def test_the_fewer_people_the_more_margin():
    shares, classes = honest(4000)
    kept, asked = np.arange(4000) % 5 > 0, np.arange(4000)
    hard = shares.copy()
    hard[~kept] = hard[~kept][:, ::-1]  # one in five people is always misunderstood
    few, many = (
        confidence.thresholds(hard, classes, whose, right=0.6)[0] for whose in (asked % 5, asked)
    )
    assert few > many


def test_outliers_raise_the_threshold():
    shares, classes = honest(2000)
    letters = np.tile([0.91, *[0.01] * 9], (100, 1))
    both = np.concatenate([shares, letters]), np.concatenate([classes, np.zeros((100, 10))])
    without = confidence.thresholds(shares, classes, np.arange(2000), right=0.9)
    with_them = confidence.thresholds(*both, np.arange(2100), right=0.9)
    assert with_them[0] > without[0]


def test_few_outliers_are_sure_even_among_other_people():
    shares, classes = honest(3000)
    classes[:1000] = 0
    asked, outliers = np.arange(3000), shares[:1000].max(axis=1)
    least, _ = confidence.thresholds(shares, classes, asked, right=0.5, outliers_sure=0.1)
    margin = 0.84 * (0.1 * 0.9 / 1000) ** 0.5  # of a normal distribution 80 % lie above
    assert (outliers >= least).mean() == pytest.approx(0.1 - margin, abs=0.003)
    none, _ = confidence.thresholds(shares, classes, asked, right=0.5, outliers_sure=0)
    assert none > outliers.max()


def test_those_that_are_equally_sure_are_sure_together():
    shares = np.tile([0.9, *[0.1 / 9] * 9], (200, 1))
    classes = one_hot(np.repeat([0, 1], 100))  # half of the answers are right, and these come first
    assert confidence.thresholds(shares, classes, np.arange(200), right=0.9)[0] == 1
    classes[100:] = 0  # now they are outliers
    some = {"right": 0.5, "outliers_sure": 0.5}
    assert confidence.thresholds(shares, classes, np.arange(200), **some)[0] == 1


def test_calibration_error_by_hand():
    # Three bins of 15: 0.95 and 1 are right twice in three, 0.65 always, 0.55 never.
    confidences = np.array([0.95, 1, 0.95, 0.65, 0.65, 0.55])
    correct = np.array([True, False, True, True, True, False])
    expected = (0.95 + 1 + 0.95 - 2) / 6 + (2 - 0.65 * 2) / 6 + 0.55 / 6
    assert confidence.calibration_error(confidences, correct) == pytest.approx(expected)


def test_few_answers_have_a_calibration_error_by_chance():
    # Of n answers, each with confidence 0.9, the share that is right deviates by 0.3 / √n.
    for n in (100, 2500):
        expected = 0.3 / n**0.5 * (2 / np.pi) ** 0.5  # the mean of what is normally distributed
        by_chance = confidence.calibration_error_by_chance(np.full(n, 0.9))
        assert by_chance == pytest.approx(expected, rel=0.1)


@pytest.fixture(scope="module", params=datasets.DATASETS)
def served(request):
    """The name of a data set, and the answers to its test images as they are served: small."""
    run = records.served_run(request.param, "small")
    recorded = run.confidence
    probabilities = confidence.served_probabilities(
        records.forward_pass(run),
        datasets.test_set(request.param).pixels,
        tta=datasets.DATASETS[request.param].views,
        scaling=confidence.Scaling(recorded["slope"], recorded["offset"]),
    )
    return request.param, probabilities


def test_answers_are_as_good_as_their_record_says(served):
    dataset, probabilities = served
    images, labels = datasets.test_set(dataset)
    recorded = records.served_run(dataset, "small").test
    plain = records.forward_pass(records.served_run(dataset, "small"))(images)
    score = evaluate.score(probabilities, plain, labels)
    assert score["loss"] == pytest.approx(recorded["loss"], rel=1e-4)
    assert score["plain_accuracy"] == recorded["plain_accuracy"]
    np.testing.assert_allclose(
        predictor(dataset, "small")(images[:50]), probabilities[:50], atol=1e-5
    )


def test_sure_is_what_reaches_the_threshold_in_the_record(served):
    dataset, probabilities = served
    threshold = records.served_run(dataset, "small").confidence["sure"]
    confidences = probabilities.max(axis=1)
    assert confidences.min() < threshold
    images = datasets.test_set(dataset).pixels
    assert not fmnist.classify(images[confidences.argmin()], dataset, "small").sure
    least = np.flatnonzero(confidences > threshold)[confidences[confidences > threshold].argmin()]
    assert fmnist.classify(images[least], dataset, "small").sure


@pytest.mark.parametrize("network", NETWORKS)
def test_digits_are_answered_surely_and_letters_hardly_ever(network):
    images = datasets.test_set("mnist").pixels[:10]  # one of them is a scrawl that is to be a five
    assert sum(fmnist.classify(image, "mnist", network).sure for image in images) >= 9
    letters = [item for item in people.strokes("letters") if item["source"] == "art"][::4]
    sure = [fmnist.classify(make_people.draw(item), "mnist", network).sure for item in letters]
    assert sum(sure) <= 0.05 * len(letters)  # an n with an open left side is a four


@pytest.mark.parametrize("network", NETWORKS)
def test_what_may_be_one_of_two_digits_is_perhaps_and_a_letter_is_unknown(network):
    pens = people.load("pens", "validation")
    digits = [
        fmnist.classify(image, "mnist", network)
        for image in pens.pixels[pens.classes[:, [1, 7]].any(axis=1)][::3]
    ]
    verdicts = [
        fmnist.classify(make_people.draw(item), "mnist", network).verdict
        for item in people.strokes("letters")
        if item["id"].startswith("letter") and item["source"] in ("apa", "art")
    ]
    assert verdicts.count("unknown") >= 0.98 * len(verdicts)
    sure = records.served_run("mnist", network).confidence["sure"]
    either = [digit for digit in digits if digit.confidence < sure and digit.label in "17"]
    both = [digit.verdict for digit in either if digit.probabilities[[1, 7]].sum() > 0.9]
    assert set(both) == {"perhaps"}  # ones with a long upstroke


@pytest.mark.parametrize("tta", [datasets.AS_IT_IS, datasets.FASHION_MNIST.views])
@pytest.mark.parametrize("shape", [(5, 28, 28), (5, 2, 28, 28)])
def test_the_answer_is_the_geometric_mean_over_the_views_scaled(tta, shape):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, shape, np.uint8)
    weights = rng.normal(0, 0.0005, (784, 10))

    def network(pixels):
        powers = np.exp(pixels.reshape(len(pixels), -1) @ weights)
        return powers / powers.sum(axis=1, keepdims=True)

    def served(*scaling):
        scaling = confidence.Scaling(*scaling)
        return confidence.served_probabilities(network, images, tta=tta, scaling=scaling)

    views = [images] if images.ndim == 3 else [images[:, 0], images[:, 1]]
    if tta.mirrored:
        views += [view[:, :, ::-1] for view in views]
    mean = np.prod([network(view) for view in views], axis=0) ** (1 / len(views))
    mean /= mean.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(served(1, 0), mean)
    highest = mean.max(axis=1)
    log_odds = np.log(highest / (1 - highest)) / 2 + 1
    np.testing.assert_allclose(served(0.5, 1).max(axis=1), 1 / (1 + np.exp(-log_odds)))


def test_a_digit_is_also_looked_at_as_it_leans_to_either_side():
    image, asked = datasets.test_set("mnist").pixels[:1], []

    def network(pixels):
        asked.extend(pixels)
        return np.eye(10)[: len(pixels)]

    tta = datasets.MNIST.views
    served = confidence.served_probabilities(network, image, tta=tta, scaling=confidence.UNSCALED)
    np.testing.assert_allclose(served[0], np.eye(10)[:3].mean(axis=0), atol=1e-3)
    foot = 14, 14 + tta.pivot  # Pillow counts from the pixels' corner
    for view, degrees in zip(asked, (0, tta.turned, -tta.turned), strict=True):
        leaning = Image.fromarray(image[0]).rotate(degrees, Image.Resampling.BILINEAR, center=foot)
        assert np.abs(view - np.asarray(leaning, float)).max() < 8  # OpenCV rounds to 1/32 pixel


@pytest.mark.parametrize("measured", [measures.of_digits, measures.of_clothing])
def test_a_network_that_is_never_sure_is_refused_with_a_sentence(measured):
    with pytest.raises(records.RunError, match="right when sure”: train the network for longer"):
        unsure = measures.Served(lambda images: np.full((len(images), 10), 0.1, np.float32), 0.5)
        measured(unsure, unsure)
