"""Evaluate calibrated networks: `python -m fmnist evaluate` writes the scores into the records.

Both are of the answers that are served: on the 10,000 test images, and on the pictures of the
validation people. Beside the records of the runs that are served it writes what the network makes
of each test image (`fmnist.inference.test_answers`). Needs no Keras.
"""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fmnist.data import people
from fmnist.data.datasets import DATASETS, FASHION_MNIST, MNIST, Images, lookup
from fmnist.inference import classify, confidence, test_answers
from fmnist.inference.confidence import RIGHT_WHEN_SURE, is_right
from fmnist.runs import records
from fmnist.training import mixtures

Predict = Callable[[np.ndarray], np.ndarray]


def evaluate(run: records.Run, images: Images, *, weights_dir: Path) -> records.Run:
    """Write the scores, on these test images and of people, into the record; returns it so.

    What a network that is served makes of the test images is written beside it.

    Raises RunError if the run was not calibrated for what answers depend on today.
    """
    if run.settings != classify.settings(run.dataset, run.recipe.tta):
        raise records.RunError(
            f"{run.name} was not calibrated with the current preprocessing and test-time "
            "augmentation: run python -m fmnist calibrate first."
        )
    predict = classify.predictor_of(run, weights_dir=weights_dir)
    probabilities = predict(images.pixels)
    if records.is_served(run, weights_dir):
        test_answers.save(run, images.pixels, probabilities, weights_dir=weights_dir)
    return records.update(
        run,
        weights_dir,
        test=score(probabilities, images.labels),
        people=score_people(run.dataset, predict, run.confidence["sure"]),
    )


def score(probabilities: np.ndarray, labels: np.ndarray) -> records.Score:
    """The score of (n, 10) probabilities, n = 10,000, where the (n,) labels are right.

    To six digits, which do not depend on the number of threads that multiply matrices.
    """
    predictions = probabilities.argmax(axis=1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, predictions), 1)
    correct = probabilities[np.arange(len(labels)), labels]
    return records.Score(
        images=len(labels),
        loss=round(float(-np.log(np.maximum(correct, confidence.SMALLEST)).mean()), 6),
        accuracy=float((predictions == labels).mean()),
        calibration_error=round(
            confidence.calibration_error(probabilities.max(axis=1), predictions == labels), 6
        ),
        predictions="".join(map(str, predictions)),
        confusion=confusion.tolist(),
    )


def score_people(dataset: str, predict: Predict, sure: float) -> list[records.Measure]:
    """How a network does on the pictures of the validation people; sure: its threshold."""
    measures = lookup(MEASURES, dataset, "fmnist.training.evaluate.MEASURES")
    return measures(predict, sure)


def _digits(predict: Predict, sure: float) -> list[records.Measure]:
    pens = people.load("pens", "validation")
    digits = _select(pens, pens.known)
    answers = predict(digits.views)
    others = {
        "letters": _select(pens, ~pens.known),
        "photos of clothing": people.load("photos_as_digits", "validation"),
    }
    outliers = {what: predict(each.views).max(axis=1) for what, each in others.items()}
    return [
        *_answers("digits", digits, answers, sure, target=RIGHT_WHEN_SURE[MNIST.name]),
        _auroc("digits against letters", digits, answers, outliers["letters"]),
        *(
            _share(f"{what}: not sure", each, outliers[what] < sure)
            for what, each in others.items()
        ),
    ]


def _clothing(predict: Predict, sure: float) -> list[records.Measure]:
    photos = people.load("photos", "validation")
    answers = predict(photos.views)
    is_shoe, is_known = mixtures.shoes(photos), photos.known
    garment = is_known & ~is_shoe
    garments, right = _select(photos, garment), is_right(answers, photos.classes)
    by_class = [
        (label, garment & photos.classes[:, index].astype(bool))
        for index, label in enumerate(DATASETS[FASHION_MNIST.name].labels)
        if (garment & photos.classes[:, index].astype(bool)).any()
    ]
    mean = float(np.mean([right[chosen].mean() for _, chosen in by_class]))
    outliers = _select(photos, ~is_known)
    confidences = answers.max(axis=1)
    return [
        *_answers(
            "garments", garments, answers[garment], sure, target=RIGHT_WHEN_SURE[FASHION_MNIST.name]
        ),
        records.Measure(
            what="garments: mean of the classes", n=len(by_class), people=None, value=mean
        ),
        *(
            _share(f"– {label}", _select(photos, chosen), right[chosen])
            for label, chosen in by_class
        ),
        _share("shoes: the right kind", _select(photos, is_shoe), right[is_shoe]),
        _auroc(
            "garments and shoes against hats, shorts, skirts",
            _select(photos, is_known),
            answers[is_known],
            confidences[~is_known],
        ),
        _share("hats, shorts, skirts: not sure", outliers, confidences[~is_known] < sure),
    ]


MEASURES = {MNIST.name: _digits, FASHION_MNIST.name: _clothing}


def _answers(
    what: str, pictures: people.Examples, answers: np.ndarray, sure: float, *, target: float
) -> list[records.Measure]:
    right, confidences = is_right(answers, pictures.classes), answers.max(axis=1)
    is_sure = confidences >= sure
    answered = np.zeros(len(right), bool)
    answered[confidence.surest(confidences, right, target)] = True
    return [
        _share(f"{what}: right", pictures, right),
        _share(f"{what}: sure", pictures, is_sure),
        _share(f"{what}: right when sure", _select(pictures, is_sure), right[is_sure]),
        _share(f"{what}: could be answered with {100 * target:g} % right", pictures, answered),
        _error(
            f"{what}: calibration error",
            pictures,
            confidence.calibration_error(confidences, right),
        ),
        _error(
            f"{what}: calibration error by chance alone",
            pictures,
            confidence.calibration_error_by_chance(confidences),
        ),
    ]


def _select(pictures: people.Examples, chosen: np.ndarray) -> people.Examples:
    return people.Examples(*(values[chosen] for values in pictures))


def _error(what: str, pictures: people.Examples, value: float) -> records.Measure:
    count = len(np.unique(pictures.people))
    return records.Measure(what=what, n=len(pictures.people), people=count, value=round(value, 6))


def _share(what: str, pictures: people.Examples, hits: np.ndarray) -> records.Measure:
    """A share with its 95 % interval (E. B. Wilson 1927)."""
    n, z = len(hits), 1.96
    share = float(hits.mean())
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return records.Measure(
        what=what,
        n=n,
        people=len(np.unique(pictures.people)),
        value=round(share, 6),
        interval=[round(max(0, middle - half), 6), round(min(1, middle + half), 6)],
    )


def _auroc(
    what: str, known: people.Examples, answers: np.ndarray, outliers: np.ndarray
) -> records.Measure:
    """The chance that the confidence in something known is above that in an outlier."""
    ranked, confidences = np.sort(outliers), answers.max(axis=1)
    below = [np.searchsorted(ranked, confidences, side) for side in ("left", "right")]
    return records.Measure(
        what=f"{what}: AUROC of the confidence",
        n=len(confidences) + len(outliers),
        people=len(np.unique(known.people)),
        value=round(float(np.mean(below) / len(ranked)), 6),
    )
