"""Results as they may be."""

import numpy as np
from PIL import Image

import fmnist


def result(verdict="sure", label="7", reason=None):
    """A result as `fmnist.classify` gives it: a 7, or else a 1."""
    probabilities = np.zeros(10, np.float32)
    probabilities[[7, 1]] = 0.7, 0.3
    return fmnist.Result(
        label=label,
        probabilities=probabilities,
        confidence=0.7,
        verdict=verdict,
        reason=reason,
        views=np.zeros((1, 28, 28), np.uint8),
        steps={"Upright": Image.new("RGB", (40, 30))},
        seconds=0.002,
    )
