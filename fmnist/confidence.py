"""How sure to be: temperature scaling, and the confidence below which an answer is not trusted.

C. Guo et al., On Calibration of Modern Neural Networks, arXiv 1706.04599.
Probabilities here are (n, 10) and sum to 1 along the last axis; labels are (n,).
"""

from collections.abc import Callable

import cv2
import numpy as np

from fmnist.datasets import FASHION_MNIST, MNIST

# The share of the right answers to altered validation images that fall below the threshold, by data
# set and network. Chosen on real drawings and photos.
RIGHT_REFUSED = {
    MNIST.name: {"small": 0.008, "large": 0.002},
    FASHION_MNIST.name: {"small": 0.0075, "large": 0.005},
}
WIDTHS = (0.94, 1, 1.06)  # people's proportions and cameras' angles differ; chosen on real photos
SMALLEST = 1e-12  # a probability of 0 has no logarithm


def averaged(
    predict: Callable[[np.ndarray], np.ndarray], dataset: str, pixels: np.ndarray
) -> np.ndarray:
    """What `predict` says of (n, 28, 28) uint8 pixels.

    Of clothing it is the mean over the picture, a narrower, a wider one, and their mirror images.
    """
    if dataset != FASHION_MNIST.name:
        return predict(pixels)
    shown = [_stretched(pixels, width) for width in WIDTHS]
    shown += [stretched[:, :, ::-1] for stretched in shown]
    return np.mean([predict(copy) for copy in shown], axis=0)


def _stretched(pixels: np.ndarray, width: float) -> np.ndarray:
    """Around the middle column."""
    if width == 1:
        return pixels
    middle = (pixels.shape[2] - 1) / 2
    wider = np.array([[width, 0, middle * (1 - width)], [0, 1, 0]])
    size = pixels.shape[2], pixels.shape[1]
    return np.stack([cv2.warpAffine(row, wider, size, flags=cv2.INTER_CUBIC) for row in pixels])


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities of a network whose logits were divided by the temperature."""
    powers = np.maximum(probabilities, SMALLEST) ** (1 / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def best_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least negative log-likelihood."""
    double = probabilities.astype(np.float64)

    def loss(temperature):
        right = tempered(double, temperature)[np.arange(len(labels)), labels]
        return -np.log(np.maximum(right, SMALLEST)).mean()

    return round(float(min(np.geomspace(0.25, 4, 401), key=loss)), 3)


def refusal(
    probabilities: np.ndarray, labels: np.ndarray, strangers: np.ndarray, right_refused: float
) -> dict[str, float]:
    """The threshold of confidence that refuses this share of the right answers, and what else.

    strangers: (m, 10) probabilities of what belongs to no class
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    threshold = round(float(np.quantile(confidence[right], right_refused)), 3)
    return {
        "threshold": threshold,
        "right_refused": right_refused,
        "wrong_refused": round(float((confidence[~right] < threshold).mean()), 3),
        "strangers_refused": round(float((strangers.max(axis=1) < threshold).mean()), 3),
    }


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """The expected calibration error: how far confidence is from accuracy, over equal bins."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))
