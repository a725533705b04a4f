"""Altered copies of training images, to show a network more of what it will meet."""

import cv2
import numpy as np

from fmnist.datasets import FASHION_MNIST, MNIST


def altered(dataset: str, pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each of (n, 28, 28) uint8 pixels altered at random in ways that leave its label true."""
    return ALTERATIONS[dataset](pixels, rng)


def _digits(pixels, rng):
    """Turned, sheared and stretched as handwriting is, about the centre of mass."""
    n = len(pixels)
    angle = np.radians(rng.normal(0, 6, n))
    slant = rng.normal(0, 0.12, n)
    wide, high = np.exp(rng.normal(0, 0.08, (2, n)))
    cos, sin = np.cos(angle), np.sin(angle)
    matrices = np.zeros((n, 2, 3), np.float32)
    matrices[:, 0, 0], matrices[:, 0, 1] = cos * wide, (cos * slant - sin) * high
    matrices[:, 1, 0], matrices[:, 1, 1] = sin * wide, (sin * slant + cos) * high
    centre = np.full(2, 13.5)
    matrices[:, :, 2] = centre - matrices[:, :, :2] @ centre
    out = [cv2.warpAffine(p, m, (28, 28)) for p, m in zip(pixels, matrices, strict=True)]
    return np.stack(out)


def _clothing(pixels, rng):
    """Half of them mirrored."""
    mirrored = rng.random(len(pixels)) < 0.5
    return np.where(mirrored[:, None, None], pixels[:, :, ::-1], pixels)


ALTERATIONS = {MNIST.name: _digits, FASHION_MNIST.name: _clothing}
