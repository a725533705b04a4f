"""The forward pass of the networks in NumPy: the answers of the Keras model, without Keras.

Importing TensorFlow takes seconds and 640 MB, which training needs; an answer is a handful of
matrix products. The weights come from the same file, and a test holds that the probabilities are
those of Keras on all test images.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fmnist.networks import NETWORKS, Layer

BATCH = 32  # images at once: the large network's windows take 0.4 MB an image
EPSILON = 1e-3  # of keras.layers.BatchNormalization


@dataclass(frozen=True)
class LayerWithWeights(Layer):
    """A layer as in `fmnist.networks`, and its weights as the file has them."""

    weights: list[np.ndarray]

    @property
    def parameters(self) -> int:
        return sum(weight.size for weight in self.weights)


class ForwardPass:
    """A network with the weights of a Keras `.weights.h5` file. Safe to call from many threads."""

    def __init__(self, network: str, weights_file: Path):
        """Raises OSError or ValueError if the file does not hold this network's weights."""
        self.layers = []
        count: Counter[str] = Counter()
        with h5py.File(weights_file) as file:
            for layer in NETWORKS[network]:
                name = FILE_NAMES.get(layer.kind, layer.kind.lower())
                group = f"{name}_{count[name]}" if count[name] else name
                count[name] += 1
                if f"layers/{group}/vars" not in file:
                    raise ValueError(f"{weights_file} has no layer {group}")
                variables = file[f"layers/{group}/vars"]
                weights = [variables[str(index)][()] for index in range(len(variables))]
                self.layers.append(LayerWithWeights(layer.kind, layer.arguments, weights))
        self(np.zeros((1, 28, 28), np.uint8))  # whether the weights fit

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """What the network says of (n, 28, 28) uint8 images: (n, 10) float32 probabilities."""
        batches = np.split(images, range(BATCH, len(images), BATCH))
        return np.concatenate([deque(self.activations(batch), maxlen=1)[0][1] for batch in batches])

    def activations(self, images: np.ndarray) -> Iterator[tuple[LayerWithWeights, np.ndarray]]:
        """Each layer and its output, in their order; the last outputs are the probabilities.

        images: (n, 28, 28) uint8, all computed at once. Outputs are (n, …) float32.
        """
        outputs = images.astype(np.float32)
        for layer in self.layers:
            outputs = OPERATIONS[layer.kind](outputs, *layer.weights, **layer.arguments)
            yield layer, outputs


def _rescaled(inputs: np.ndarray, scale: float) -> np.ndarray:
    return inputs * np.float32(scale)


def _reshaped(inputs: np.ndarray, target_shape: tuple[int, ...]) -> np.ndarray:
    return inputs.reshape(-1, *target_shape)


def _normalised(inputs, gamma, beta, mean, variance, axis) -> np.ndarray:
    scale = gamma / np.sqrt(variance + np.float32(EPSILON))
    shape = [-1 if dimension == axis else 1 for dimension in range(inputs.ndim)]
    return inputs * scale.reshape(shape) + (beta - mean * scale).reshape(shape)


def _convolved(inputs, kernel, bias, activation, filters, kernel_size) -> np.ndarray:
    """One matrix product of all windows with all filters."""
    windows = sliding_window_view(inputs, (kernel_size, kernel_size), axis=(1, 2))
    count, height, width = windows.shape[:3]
    columns = windows.transpose(0, 1, 2, 4, 5, 3).reshape(count * height * width, -1)
    outputs = columns @ kernel.reshape(-1, filters) + bias
    return ACTIVATIONS[activation](outputs).reshape(count, height, width, filters)


def _pooled(inputs: np.ndarray) -> np.ndarray:
    """The largest of each 2×2; an odd last line is left out."""
    even = inputs[:, : inputs.shape[1] // 2 * 2, : inputs.shape[2] // 2 * 2]
    lines = np.maximum(even[:, ::2], even[:, 1::2])
    return np.maximum(lines[:, :, ::2], lines[:, :, 1::2])


def _flattened(inputs: np.ndarray) -> np.ndarray:
    return inputs.reshape(len(inputs), -1)


def _unchanged(inputs: np.ndarray) -> np.ndarray:
    """Dropout is at work in training only."""
    return inputs


def _dense(inputs, kernel, bias, activation, units) -> np.ndarray:
    return ACTIVATIONS[activation](inputs @ kernel + bias)


def _relu(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0, out=values)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


ACTIVATIONS = {"relu": _relu, "softmax": _softmax}
OPERATIONS: dict[str, Callable[..., np.ndarray]] = {  # by the layer's class in keras.layers
    "Rescaling": _rescaled,
    "Reshape": _reshaped,
    "BatchNormalization": _normalised,
    "Conv2D": _convolved,
    "MaxPooling2D": _pooled,
    "Flatten": _flattened,
    "Dropout": _unchanged,
    "Dense": _dense,
}
FILE_NAMES = {  # where they differ from the class's name in lower case
    "BatchNormalization": "batch_normalization",
    "MaxPooling2D": "max_pooling2d",
}
