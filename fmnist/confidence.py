"""How sure to be: test-time augmentation, temperature scaling, and when an answer is trusted.

Temperature scaling: C. Guo et al., On Calibration of Modern Neural Networks, arXiv 1706.04599.
Probabilities here are (n, 10) and sum to 1 along the last axis; classes are (n, 10) of 0 and 1, 1
for each that is right.
"""

from collections.abc import Callable

import numpy as np

from fmnist.datasets import FASHION_MNIST, MNIST, lookup

# Whether an answer is the mean over an image and its mirror image (test-time augmentation, TTA).
# Of clothing it is. Narrower and wider views beside them gained nothing: of the validation people's
# photos the small network had 71.6 % right with two views, 72.4 % with six, and the same negative
# log-likelihood, 0.856.
MIRRORED = {MNIST.name: False, FASHION_MNIST.name: True}
# How often "sure" shall be right, of validation people's pictures: fewer of clothing, where people
# themselves name 83.5 % as Fashion-MNIST's authors do (arXiv 1708.07747).
RIGHT_WHEN_SURE = {MNIST.name: 0.995, FASHION_MNIST.name: 0.9}
RIGHT_BUT_UNKNOWN = 0.02  # of the right answers fall where the network knows nothing: few
SMALLEST = 1e-12  # a probability of 0 has no logarithm


def served_probabilities(
    predict: Callable[[np.ndarray], np.ndarray],
    images: np.ndarray,
    *,
    mirrored: bool,
    temperature: float,
) -> np.ndarray:
    """What is served, calibrated and evaluated: (n, 28, 28) uint8 images -> (n, 10), n at least 1.

    predict: a network, (m, 28, 28) uint8 -> (m, 10); it is asked once, for all views of all images
    mirrored: whether the mirror images are views too
    temperature: that of the network; 1 where it is not known yet
    """
    views = np.concatenate([images, images[:, :, ::-1]]) if mirrored else images
    mean = predict(views).reshape(-1, *(len(images), 10)).mean(axis=0)
    return scale_temperature(mean, temperature)


def mirrored(dataset: str, tta: bool) -> bool:
    """Whether images are also shown mirrored. Raises LookupError if MIRRORED lacks the data set."""
    return tta and lookup(MIRRORED, dataset, "fmnist.confidence.MIRRORED")


def scale_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities of a network whose logits were divided by the temperature."""
    powers = np.maximum(probabilities, SMALLEST) ** (1 / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def fit_temperature(probabilities: np.ndarray, classes: np.ndarray) -> float:
    """The temperature with the least negative log-likelihood, of 401 from 0.25 to 4."""
    double = probabilities.astype(np.float64)

    def loss(temperature):
        right = (scale_temperature(double, temperature) * classes).sum(axis=1)
        return -np.log(np.maximum(right, SMALLEST)).mean()

    return round(float(min(np.geomspace(0.25, 4, 401), key=loss)), 3)


def is_right(probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(n,) bool, whether the likeliest class is right."""
    return classes[np.arange(len(classes)), probabilities.argmax(axis=1)] > 0


def thresholds(probabilities: np.ndarray, classes: np.ndarray, right: float) -> tuple[float, float]:
    """The confidence from which an answer is "sure", and that from which it is "perhaps".

    right: the share of the sure answers that are to be right; as many are sure as this allows

    Both are rounded down to six digits, as later ones depend on the number of processors.
    """
    confidence, correct = probabilities.max(axis=1), is_right(probabilities, classes)
    answered = surest(confidence, correct, right)
    sure = confidence[answered[-1]] if len(answered) else 1.0
    perhaps = np.quantile(confidence[correct], RIGHT_BUT_UNKNOWN)
    return float(np.floor(sure * 1e6) / 1e6), float(np.floor(perhaps * 1e6) / 1e6)


def surest(confidence: np.ndarray, correct: np.ndarray, right: float) -> np.ndarray:
    """Indices of the most answers, the surest first, of which this share is right.

    confidence: (n,) of each answer; correct: (n,) bool, whether it is right
    """
    order = np.argsort(-confidence, kind="stable")
    enough = np.flatnonzero(np.cumsum(correct[order]) >= right * np.arange(1, len(order) + 1))
    return order[: enough[-1] + 1 if len(enough) else 0]


def calibration_error(probabilities: np.ndarray, classes: np.ndarray, bins: int = 15) -> float:
    """The expected calibration error (M. Naeini et al. 2015): how far confidence is from accuracy.

    Both are means over bins of confidence of equal width, weighted by how many answers are in each.
    """
    confidence = probabilities.max(axis=1)
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, confidence - is_right(probabilities, classes), minlength=bins)
    return float(np.abs(gaps).sum() / len(classes))
