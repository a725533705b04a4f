"""How sure to be: test-time augmentation, Platt scaling, and when to trust an answer.

Probabilities here are (n, 10) and sum to 1 along the last axis. Classes are (n, 10) of 0 and 1: 1
for each right class.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from fmnist.data.datasets import AS_IT_IS, Views, named

NAMED_BUT_UNKNOWN = 0.02  # share of "unknown" where one of the two likeliest classes is right
SMALLEST = 1e-12  # replaces a probability of 0, which has no logarithm
OUTLIERS = 0.02  # assumed share of pictures; chosen by the calibration error
DRAWN_OUTLIERS_SURE = 0.04  # at most, of what people draw under Clothing that is no clothing
MOST = 0.8  # of RESAMPLED groups of people
RESAMPLED = 1000


class Scaling(NamedTuple):
    """Platt scaling of the likeliest class: its log-odds become slope × log-odds + offset.

    J. Platt, Probabilistic Outputs for Support Vector Machines, 1999. Temperature scaling (C. Guo
    et al., arXiv 1706.04599) has no offset, but networks that learned to be unsure of outliers need
    one: on digits of which they are unsure, they are right more often than they say.
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
    """The answers that are served, calibrated and evaluated: (n, ...) uint8 -> (n, 10), n ≥ 1.

    images: (n, 28, 28), or (n, views, 28, 28) to average the answers to several views
    predict: a network, (m, 28, 28) uint8 -> (m, 10); called once, with all views of all images
    tta: which views to add to these
    scaling: the network's; UNSCALED before it is fitted

    The answers are averaged as logits, which is the geometric mean of their probabilities: a view
    that rules a class out has more say (docs/experiments.md, "Which mean over the views?").
    """
    height, width = images.shape[-2:]
    views = images.reshape(len(images), -1, height, width).swapaxes(0, 1)
    if tta.mirrored:
        views = np.concatenate([views, views[..., ::-1]])
    if tta.turned:
        sides = [_turned(views, degrees, tta.pivot) for degrees in (tta.turned, -tta.turned)]
        views = np.concatenate([views, *sides])
    each = predict(views.reshape(-1, height, width)).reshape(len(views), len(images), 10)
    powers = np.exp(np.log(np.maximum(each, SMALLEST)).mean(axis=0))
    return scale(powers / powers.sum(axis=-1, keepdims=True), scaling)


def views_of(dataset: str, tta: bool) -> Views:
    """The views of a data set if `tta`, else none."""
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
    """Scale the likeliest class, which stays the likeliest; the others keep their proportions."""
    likeliest, odds, shares = _likeliest(probabilities)
    odds = odds**scaling.slope * np.exp(scaling.offset)
    odds = np.maximum(odds, 1.001 * shares.max(axis=-1, keepdims=True))
    scaled = shares / (1 + odds)
    np.put_along_axis(scaled, likeliest, odds / (1 + odds), axis=-1)
    return scaled.astype(probabilities.dtype)


def _likeliest(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The likeliest class (n, 1), its odds (n, 1), and each other class's share of the rest."""
    index = probabilities.argmax(axis=-1, keepdims=True)
    others = np.maximum(probabilities.astype(np.float64), SMALLEST)
    top = np.take_along_axis(others, index, axis=-1)
    np.put_along_axis(others, index, 0, axis=-1)
    rest = others.sum(axis=-1, keepdims=True)
    return index, top / rest, others / rest


def fit_scaling(probabilities: np.ndarray, classes: np.ndarray) -> Scaling:
    """The scaling with the smallest negative log-likelihood of right and wrong answers.

    Searches 101 slopes from 1/8 to 4 and 161 offsets from -4 to 4. To outliers, which have no right
    class, any answer is wrong; they are weighted to be a share of OUTLIERS.
    """
    _, odds, _ = _likeliest(probabilities)
    log_odds = np.log(odds)
    weights = _weights(classes)
    signs = np.where(is_right(probabilities, classes), -1, 1)[:, np.newaxis]
    offsets = np.linspace(-4, 4, 161)

    def losses(slope):
        return weights @ np.logaddexp(0, signs * (slope * log_odds + offsets))

    slopes = np.geomspace(1 / 8, 4, 101)
    best = np.argmin([losses(slope) for slope in slopes])
    slope, offset = np.unravel_index(best, (len(slopes), len(offsets)))
    return Scaling(round(float(slopes[slope]), 3), round(float(offsets[offset]), 2))


def _weights(classes: np.ndarray) -> np.ndarray:
    """(n,) how much each picture counts, so that those without a class are a share of OUTLIERS."""
    known = classes.any(axis=1)
    share = OUTLIERS / (1 - OUTLIERS) * known.sum() / max(1, (~known).sum())
    return np.where(known, 1, share)


def is_right(probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(n,) bool, whether the likeliest class is right."""
    return classes[np.arange(len(classes)), probabilities.argmax(axis=1)] > 0


def thresholds(
    probabilities: np.ndarray,
    classes: np.ndarray,
    people: np.ndarray,
    right: float,
    outliers_sure: float = 1.0,
) -> tuple[float, float]:
    """The least confidence of a "sure" answer, and the least probability of a "perhaps".

    The latter is that of the two likeliest classes together, as a "perhaps" names both.

    people: (n,) whose picture each is
    right: the share of sure answers that must be right; as many are sure as this allows
    outliers_sure: the share of the pictures without a right class that may be sure

    Other people's pictures are not these, so both shares must hold in most of the groups that could
    have been drawn of these people (bootstrap: B. Efron 1979).

    Both are rounded down to six digits, as further digits depend on the number of processors.
    """
    confidence, outlier = probabilities.max(axis=1), ~classes.any(axis=1)
    excess = _weights(classes) * (is_right(probabilities, classes) - right)
    sure = max(
        least_for_most(confidence, excess, people),
        least_for_most(confidence, np.where(outlier, -1, 0), people, spare=outliers_sure * outlier),
    )
    named = np.argsort(probabilities, axis=1)[:, -2:]
    is_named = np.take_along_axis(classes, named, axis=1).any(axis=1)
    perhaps = np.quantile(of_two_likeliest(probabilities[is_named]), NAMED_BUT_UNKNOWN)
    return _rounded_down(sure), _rounded_down(perhaps)


def least_for_most(
    confidence: np.ndarray,
    excess: np.ndarray,
    people: np.ndarray,
    spare: np.ndarray | float = 0.0,
) -> float:
    """The least confidence down to which the answers' excess adds up to 0 or more.

    It does so in a share of MOST of the groups resampled from the people. 1 if no answer is so.

    excess, people: (n,), what each answer adds, and whose it is
    spare: (n,), what each of a person's answers adds from the start, sure or not
    """
    order = np.argsort(-confidence, kind="stable")
    whose = np.unique(people[order], return_inverse=True)[1]
    totals = np.zeros((whose.max() + 1, len(order)))
    totals[whose, np.arange(len(order))] = excess[order]
    totals = totals.cumsum(axis=1)
    totals += np.bincount(whose, np.broadcast_to(spare, order.shape)[order])[:, np.newaxis]
    chance = np.full(len(totals), 1 / len(totals))
    groups = np.random.default_rng(0).multinomial(len(totals), chance, RESAMPLED)
    at_least = groups @ totals > -1e-9  # where it is exactly 0, rounding has no say
    ranked = confidence[order]
    is_last = np.append(ranked[1:] < ranked[:-1], True)  # of those that are equally sure
    enough = np.flatnonzero((at_least.mean(axis=0) >= MOST) & is_last)
    return float(ranked[enough[-1]]) if len(enough) else 1.0


def _rounded_down(probability: float) -> float:
    return math.floor(float(probability) * 1e6) / 1e6


def of_two_likeliest(probabilities: np.ndarray) -> np.ndarray:
    """(..., 10) -> (...), the probability of the two likeliest classes together."""
    return np.sort(probabilities, axis=-1)[..., -2:].sum(axis=-1)


def surest(confidence: np.ndarray, correct: np.ndarray, right: float) -> np.ndarray:
    """Indices of the surest answers, surest first: as many as possible with this share right.

    confidence: (n,) of each answer; correct: (n,) bool, whether it is right
    """
    order = np.argsort(-confidence, kind="stable")
    enough = np.flatnonzero(np.cumsum(correct[order]) >= right * np.arange(1, len(order) + 1))
    return order[: enough[-1] + 1 if len(enough) else 0]


def calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = 15) -> float:
    """The expected calibration error (M. Naeini et al. 2015): how far confidence is from accuracy.

    Averages the gap between them over confidence bins of equal width, weighted by their answers.

    confidence: (n,) of each answer; correct: (n,) bool, whether it is right
    """
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, confidence - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def calibration_error_by_chance(confidence: np.ndarray) -> float:
    """The mean calibration error of answers that are right exactly as often as they say.

    With few answers it is well above 0, so compare an observed error with it (consistency
    resampling: J. Vaicenavicius et al., arXiv 1902.06977).
    """
    rng = np.random.default_rng(0)
    correct = rng.random((1000, len(confidence))) < confidence
    return float(np.mean([calibration_error(confidence, each) for each in correct]))
