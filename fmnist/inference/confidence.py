"""How sure to be: test-time augmentation, Platt scaling, and when an answer is trusted.

Probabilities here are (n, 10) and sum to 1 along the last axis; classes are (n, 10) of 0 and 1, 1
for each that is right.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from fmnist.data.datasets import AS_IT_IS, Views, named

NAMED_BUT_UNKNOWN = 0.02  # of what is one of the two likeliest, where it is said to be unknown: few
SMALLEST = 1e-12  # a probability of 0 has no logarithm
OUTLIERS = 0.02  # of what people send, when the scaling is found; chosen by calibration error


class Scaling(NamedTuple):
    """What makes a probability of the likeliest class's: slope × log-odds + offset, as log-odds.

    J. Platt, Probabilistic Outputs for Support Vector Machines, 1999. A temperature (C. Guo et al.,
    arXiv 1706.04599) has no offset, which networks need that learned to be unsure of outliers: of
    digits that they are unsure of they are right more often than they say.
    """

    slope: float
    offset: float


UNSCALED = Scaling(1, 0)


def served_probabilities(
    predict: Callable[[np.ndarray], np.ndarray],
    images: np.ndarray,
    *,
    tta: Views,
    scaling: Scaling,
) -> np.ndarray:
    """What is served, calibrated and evaluated: (n, ...) uint8 -> (n, 10), n at least 1.

    images: (n, 28, 28), or (n, views, 28, 28), of which the answers are averaged
    predict: a network, (m, 28, 28) uint8 -> (m, 10); it is asked once, for all views of all images
    tta: which views there are beside these
    scaling: that of the network; UNSCALED where it is not known yet
    """
    height, width = images.shape[-2:]
    views = images.reshape(len(images), -1, height, width).swapaxes(0, 1)
    if tta.mirrored:
        views = np.concatenate([views, views[..., ::-1]])
    if tta.turned:
        sides = [_turned(views, degrees, tta.pivot) for degrees in (tta.turned, -tta.turned)]
        views = np.concatenate([views, *sides])
    each = predict(views.reshape(-1, height, width)).reshape(len(views), len(images), 10)
    mean = each.mean(axis=0)
    return scale(mean, scaling)


def views_of(dataset: str, tta: bool) -> Views:
    """Those of a data set, if there is to be TTA."""
    return named(dataset).views if tta else AS_IT_IS


def _turned(images: np.ndarray, degrees: float, pivot: float) -> np.ndarray:
    """(..., h, w) uint8 images, turned counterclockwise about a point below their middle."""
    height, width = images.shape[-2:]
    middle = (width - 1) / 2, (height - 1) / 2 + pivot
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1)
    turned = np.empty_like(images)
    for index in np.ndindex(images.shape[:-2]):
        turned[index] = cv2.warpAffine(images[index], matrix, (width, height))
    return turned


def scale(probabilities: np.ndarray, scaling: Scaling) -> np.ndarray:
    """The likeliest class scaled, and still the likeliest; the others share the rest as before."""
    likeliest, odds, shares = _likeliest(probabilities)
    odds = odds**scaling.slope * np.exp(scaling.offset)
    odds = np.maximum(odds, 1.001 * shares.max(axis=-1, keepdims=True))
    scaled = shares / (1 + odds)
    np.put_along_axis(scaled, likeliest, odds / (1 + odds), axis=-1)
    return scaled.astype(probabilities.dtype)


def _likeliest(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which class it is (n, 1), its odds (n, 1), and what share of the rest each other has."""
    index = probabilities.argmax(axis=-1, keepdims=True)
    others = np.maximum(probabilities.astype(np.float64), SMALLEST)
    top = np.take_along_axis(others, index, axis=-1)
    np.put_along_axis(others, index, 0, axis=-1)
    rest = others.sum(axis=-1, keepdims=True)
    return index, top / rest, others / rest


def fit_scaling(probabilities: np.ndarray, classes: np.ndarray) -> Scaling:
    """The scaling with the least negative log-likelihood of what is right and what is wrong.

    Of 101 slopes from 1/8 to 4 and 161 offsets from -4 to 4. Where no class is right, any answer is
    wrong; such outliers count as OUTLIERS of all.
    """
    _, odds, _ = _likeliest(probabilities)
    log_odds = np.log(odds)
    known = classes.any(axis=1)
    share = OUTLIERS / (1 - OUTLIERS) * known.sum() / max(1, (~known).sum())
    weights = np.where(known, 1, share)
    signs = np.where(is_right(probabilities, classes), -1, 1)[:, np.newaxis]
    offsets = np.linspace(-4, 4, 161)

    def losses(slope):
        return weights @ np.logaddexp(0, signs * (slope * log_odds + offsets))

    slopes = np.geomspace(1 / 8, 4, 101)
    best = np.argmin([losses(slope) for slope in slopes])
    slope, offset = np.unravel_index(best, (len(slopes), len(offsets)))
    return Scaling(round(float(slopes[slope]), 3), round(float(offsets[offset]), 2))


def is_right(probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(n,) bool, whether the likeliest class is right."""
    return classes[np.arange(len(classes)), probabilities.argmax(axis=1)] > 0


def thresholds(probabilities: np.ndarray, classes: np.ndarray, right: float) -> tuple[float, float]:
    """The confidence from which an answer is "sure", and what makes it "perhaps".

    That is a probability which the two likeliest classes, the two that are named then, have
    together.

    right: the share of the sure answers that are to be right; as many are sure as this allows

    Both are rounded down to six digits, as later ones depend on the number of processors.
    """
    confidence, correct = probabilities.max(axis=1), is_right(probabilities, classes)
    answered = surest(confidence, correct, right)
    sure = confidence[answered[-1]] if len(answered) else 1.0
    named = np.argsort(probabilities, axis=1)[:, -2:]
    is_named = np.take_along_axis(classes, named, axis=1).any(axis=1)
    perhaps = np.quantile(of_two_likeliest(probabilities[is_named]), NAMED_BUT_UNKNOWN)
    return float(np.floor(sure * 1e6) / 1e6), float(np.floor(perhaps * 1e6) / 1e6)


def of_two_likeliest(probabilities: np.ndarray) -> np.ndarray:
    """(..., 10) -> (...), the probability that it is one of the two likeliest classes."""
    return np.sort(probabilities, axis=-1)[..., -2:].sum(axis=-1)


def surest(confidence: np.ndarray, correct: np.ndarray, right: float) -> np.ndarray:
    """Indices of the most answers, the surest first, of which this share is right.

    confidence: (n,) of each answer; correct: (n,) bool, whether it is right
    """
    order = np.argsort(-confidence, kind="stable")
    enough = np.flatnonzero(np.cumsum(correct[order]) >= right * np.arange(1, len(order) + 1))
    return order[: enough[-1] + 1 if len(enough) else 0]


def calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = 15) -> float:
    """The expected calibration error (M. Naeini et al. 2015): how far confidence is from accuracy.

    Both are means over bins of confidence of equal width, weighted by how many answers are in each.

    confidence: (n,) of each answer; correct: (n,) bool, whether it is right
    """
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, confidence - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def calibration_error_by_chance(confidence: np.ndarray) -> float:
    """The mean calibration error of answers that are right just as often as their confidence says.

    It is above 0 where they are few, and what an observed error is to be compared with
    (consistency resampling: J. Vaicenavicius et al., arXiv 1902.06977).
    """
    rng = np.random.default_rng(0)
    correct = rng.random((1000, len(confidence))) < confidence
    return float(np.mean([calibration_error(confidence, each) for each in correct]))
