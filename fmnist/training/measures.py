"""Measure a network on the validation people's pictures, for each data set.

Each function here takes a network as it answers pictures, and as it answers drawings where these
have a scaling and a threshold of their own.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fmnist.data import people
from fmnist.data.datasets import FASHION_MNIST, MNIST
from fmnist.inference import confidence
from fmnist.inference.confidence import is_right
from fmnist.runs import records
from fmnist.training import mixtures


class Served(NamedTuple):
    """A network as it answers.

    predict: (n, 28, 28) or (n, views, 28, 28) uint8 -> (n, 10) probabilities
    sure: the confidence from which on an answer is sure
    """

    predict: Callable[[np.ndarray], np.ndarray]
    sure: float


def of_digits(served: Served, _: Served) -> list[records.Measure]:
    """Measure on drawn digits, and on outliers."""
    predict, sure = served
    pens = people.load("pens", "validation")
    digits = _select(pens, pens.known)
    answers = predict(digits.views)
    others = {
        "letters and other characters": _select(pens, ~pens.known),
        "photos of clothing": people.load("photos_as_digits", "validation"),
        "drawings of other things": people.load("drawings_as_digits", "validation"),
    }
    outliers = {what: predict(each.views).max(axis=1) for what, each in others.items()}
    return [
        *_answers("digits", digits, answers, sure, target=MNIST.right_when_sure),
        _auroc(
            "digits against letters and other characters",
            digits,
            answers,
            outliers["letters and other characters"],
        ),
        *(
            _share(f"{what}: not sure", each, outliers[what] < sure)
            for what, each in others.items()
        ),
    ]


def of_clothing(served: Served, drawing: Served) -> list[records.Measure]:
    """Measure on photos of clothing, by class, of no class in the data set, and on drawings."""
    predict, sure = served
    photos = people.load("photos", "validation")
    answers = predict(photos.views)
    is_shoe, is_known = mixtures.shoes(photos), photos.known
    garment = is_known & ~is_shoe
    garments, right = _select(photos, garment), is_right(answers, photos.classes)
    by_class = [
        (label, garment & photos.classes[:, index].astype(bool))
        for index, label in enumerate(FASHION_MNIST.labels)
        if (garment & photos.classes[:, index].astype(bool)).any()
    ]
    mean = float(np.mean([right[chosen].mean() for _, chosen in by_class]))
    outliers = _select(photos, ~is_known)
    confidences = answers.max(axis=1)
    return [
        *_answers(
            "garments", garments, answers[garment], sure, target=FASHION_MNIST.right_when_sure
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
        *_of_drawings(drawing),
    ]


def _of_drawings(served: Served) -> list[records.Measure]:
    """Measure on drawn garments, outlined and filled, and on drawings of other things."""
    drawings = people.load("drawings", "validation")
    found = []
    for how, images in ("outlined", drawings), ("filled", people.filled("drawings")):
        answers = served.predict(images.views)
        known = drawings.known
        right = is_right(answers[known], drawings.classes[known])
        sure = answers.max(axis=1) >= served.sure
        garments = _select(drawings, known)
        found += [
            _share(f"drawn garments, {how}: right", garments, right),
            _share(f"drawn garments, {how}: sure", garments, sure[known]),
            *_right_when_sure(f"drawn garments, {how}", garments, right, sure[known]),
            _share(
                f"other things drawn, {how}: not sure", _select(drawings, ~known), ~sure[~known]
            ),
        ]
    return [records.Measure(**(each | {"people": None})) for each in found]


def _right_when_sure(
    what: str, drawings: people.Examples, right: np.ndarray, sure: np.ndarray
) -> list[records.Measure]:
    """Of no pictures if no answer is sure, as of networks that never saw a drawing."""
    what = f"{what}: right when sure"
    if not sure.any():
        return [records.Measure(what=what, n=0, value=0)]
    return [_share(what, _select(drawings, sure), right[sure])]


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
    """A share with its 95 % interval (E. B. Wilson 1927). Raises RunError if `hits` is empty."""
    n, z = len(hits), 1.96
    if not n:
        raise records.RunError(f"No picture counts for “{what}”: train the network for longer.")
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
    """The probability that a known picture gets higher confidence than an outlier."""
    ranked, confidences = np.sort(outliers), answers.max(axis=1)
    below = [np.searchsorted(ranked, confidences, side) for side in ("left", "right")]
    return records.Measure(
        what=f"{what}: AUROC of the confidence",
        n=len(confidences) + len(outliers),
        people=len(np.unique(known.people)),
        value=round(float(np.mean(below) / len(ranked)), 6),
    )
