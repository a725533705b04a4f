"""The forward pass of the networks in NumPy: the answers of the Keras model, without Keras.

Importing TensorFlow takes seconds and 640 MB, which training needs; an answer is a handful of
matrix products. The weights come from the same file, and a test holds that the probabilities are
those of Keras on all test images.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from fmnist.networks import NETWORKS, Layer

BATCH = 16  # images at once: for each, the large network takes up to 0.8 MB
PART = 128  # filters at once: what they give for an image, 0.3 MB, stays in the processor's cache
FEW = 40_000  # outputs of a layer: so many zeros are kept to compare with
EPSILON = 1e-3  # of keras.layers.BatchNormalization

Operation = Callable[[np.ndarray], np.ndarray]  # from a layer's inputs to its outputs


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
        self.layers: list[LayerWithWeights] = []
        self.operations: list[list[Operation]] = []  # of each layer, its activation last
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
                arguments = layer.arguments.copy()
                activation = arguments.pop("activation", None)
                operations = [OPERATIONS[layer.kind](*weights, **arguments)]
                if activation:
                    operations.append(ACTIVATIONS[activation])
                self.operations.append(operations)
        self.quickest = _pooled_first([each for some in self.operations for each in some])
        self(np.zeros((1, 28, 28), np.uint8))  # whether the weights fit

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """What the network says of (n, 28, 28) uint8 images: (n, 10) float32 probabilities."""
        if len(images) > BATCH:
            parts = range(0, len(images), BATCH)
            return np.concatenate([self(images[start : start + BATCH]) for start in parts])
        outputs = _as_floats(images)
        for operation in self.quickest:
            outputs = operation(outputs)
        return outputs

    def activations(self, images: np.ndarray) -> Iterator[tuple[LayerWithWeights, np.ndarray]]:
        """Each layer and its output, in their order; the last outputs are the probabilities.

        images: (n, 28, 28) uint8, all computed at once. Outputs are (n, …) float32.
        """
        outputs = _as_floats(images)
        for layer, operations in zip(self.layers, self.operations, strict=True):
            for operation in operations:
                outputs = operation(outputs)
            yield layer, outputs


def _pooled_first(operations: list[Operation]) -> list[Operation]:
    """The same with ReLU after pooling, which leaves it a quarter of the values to look at."""
    ordered = operations.copy()
    for place, both in enumerate(itertools.pairwise(operations)):
        if both == (_relu, _pooled):
            ordered[place : place + 2] = reversed(both)
    return ordered


def _as_floats(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32, order="C")


# Each of these takes a layer's weights and arguments and gives the function that it is. For single
# images microseconds count: `dot` takes half of one less than `@`, and NumPy adds or compares two
# arrays of one shape in a third of the time that it takes for an array and a line or a number.


def _rescaling(scale: float) -> Operation:
    factor = np.float32(scale)
    return lambda inputs: inputs * factor


def _reshape(target_shape: tuple[int, ...]) -> Operation:
    return lambda inputs: inputs.reshape(-1, *target_shape)


def _normalisation(gamma, beta, mean, variance, axis) -> Operation:
    scale = gamma / np.sqrt(variance + np.float32(EPSILON))
    shift = beta - mean * scale

    def normalise(inputs: np.ndarray) -> np.ndarray:
        shape = [-1 if dimension == axis else 1 for dimension in range(inputs.ndim)]
        return inputs * scale.reshape(shape) + shift.reshape(shape)

    return normalise


def _convolution(kernel, bias, filters, kernel_size) -> Operation:
    if kernel.shape[2] == 1:
        return _of_one_channel(kernel, bias)
    return _winograd(kernel, bias) if kernel_size == 5 else _of_windows(kernel, bias)


def _of_windows(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    """One matrix product of all windows with all filters."""
    size, filters = kernel.shape[0], kernel.shape[3]
    # OpenBLAS multiplies by 24 filters in five sixths of the time that it takes for 22.
    matrix = np.pad(kernel.reshape(-1, filters), [(0, 0), (0, -filters % 4)])
    bias = np.pad(bias, (0, -filters % 4))

    @functools.lru_cache(4)
    def biases(count: int) -> np.ndarray:
        return np.tile(bias, (count, 1))

    def convolution(inputs: np.ndarray) -> np.ndarray:
        windows = _windows(inputs, (size, size)).transpose(2, 3, 4, 0, 1, 5)
        outputs = windows.reshape(-1, len(matrix)).dot(matrix)
        outputs += biases(len(outputs))
        outputs = np.ascontiguousarray(outputs[:, :filters])
        return outputs.reshape(*windows.shape[:3], filters)

    return convolution


def _of_one_channel(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    """The same with the windows copied in long runs, and the bias in the product."""
    size, filters = kernel.shape[0], kernel.shape[3]
    matrix = np.vstack([kernel.reshape(-1, filters), bias])

    def convolution(inputs: np.ndarray) -> np.ndarray:
        windows = _windows(inputs, (size, size))
        rows = np.empty((len(matrix), windows[0, 0].size), np.float32)
        rows[:-1].reshape(windows.shape)[...] = windows
        rows[-1] = 1
        return rows.T.dot(matrix).reshape(*windows.shape[2:5], filters)

    return convolution


def _winograd(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    """F(4×2, 5×5) of A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks.

    arXiv 1509.09308. Each 8×6 window gives 4×2 outputs by 48 products instead of 200: of weighted
    sums of its pixels with weighted sums of the kernel. The outputs' height must be a multiple of 4
    and their width of 2. F(2×2, 5×5) takes 1.3 times as long; F(4×4, 5×5) takes 0.8 times as long
    but is off by up to 1e-5 of a probability.
    """
    channels, filters = kernel.shape[2:]
    kernels = (WINOGRAD_KERNEL @ kernel.reshape(25, -1)).reshape(48, channels, -1, PART)
    parts = np.ascontiguousarray(kernels.transpose(2, 0, 1, 3), np.float32)

    def convolution(inputs: np.ndarray) -> np.ndarray:
        windows = _windows(inputs, (8, 6), step=(4, 2))
        count, height, width = windows.shape[2:5]
        sums = (WINOGRAD_INPUTS @ windows.reshape(48, -1)).reshape(48, -1, channels)
        tiles = np.empty((count, height, 4, width, 2, len(parts), PART), np.float32)
        for number, part in enumerate(parts):
            products = WINOGRAD_OUTPUTS @ (sums @ part).reshape(48, -1)
            products = products.reshape(4, 2, count, height, width, PART)
            tiles[..., number, :] = products.transpose(2, 3, 0, 4, 1, 5)
        outputs = tiles.reshape(count, 4 * height, 2 * width, filters)
        outputs += bias
        return outputs

    return convolution


def _winograd_matrices(points: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sums of the kernel, of the inputs and of the products, in one direction.

    Four fewer outputs than inputs, of which there is one more than points: the last is infinity.
    """
    count = len(points) + 1

    def powers(highest: int) -> np.ndarray:
        """Of each point, from 0 on."""
        finite = np.vander(points, highest, increasing=True)
        return np.vstack([finite, np.eye(highest)[-1]])

    kernel, inputs, outputs = powers(5), np.linalg.inv(powers(count)).T, powers(count - 4).T
    # The kernel's sums are computed once, in double precision, and take what is no binary fraction.
    factors = np.append(inputs[:-1, -2], 1)[:, np.newaxis]
    return kernel * factors, inputs / factors, outputs


# The points are those of the least rounding errors (B. Barabasz et al., arXiv 1803.10986).
WINOGRAD_KERNEL, WINOGRAD_INPUTS, WINOGRAD_OUTPUTS = (
    np.kron(down, across).astype(dtype)
    for down, across, dtype in zip(
        _winograd_matrices([0, 1, -1, 0.5, -0.5, 2, -2]),
        _winograd_matrices([0, 1, -1, 0.5, -2]),
        (np.float64, np.float32, np.float32),
        strict=True,
    )
)


def _windows(
    inputs: np.ndarray, size: tuple[int, int], step: tuple[int, int] = (1, 1)
) -> np.ndarray:
    """The windows of (n, …, …, channels), a view of (*size, n, down, across, channels).

    What numpy.lib.stride_tricks does, in a tenth of the time.
    """
    count, height, width, channels = inputs.shape
    image, row, column, channel = inputs.strides
    down, across = (height - size[0]) // step[0] + 1, (width - size[1]) // step[1] + 1
    return np.ndarray(
        (*size, count, down, across, channels),
        inputs.dtype,
        inputs,
        strides=(row, column, image, step[0] * row, step[1] * column, channel),
    )


def _pooling() -> Operation:
    return _pooled


def _pooled(inputs: np.ndarray) -> np.ndarray:
    """The largest of each 2×2; an odd last line is left out."""
    even = inputs[:, : inputs.shape[1] // 2 * 2, : inputs.shape[2] // 2 * 2]
    lines = np.maximum(even[:, ::2], even[:, 1::2])
    return np.maximum(lines[:, :, ::2], lines[:, :, 1::2])


def _flattening() -> Operation:
    return lambda inputs: inputs.reshape(len(inputs), -1)


def _dropout() -> Operation:
    """Dropout is at work in training only."""
    return lambda inputs: inputs


def _dense(kernel, bias, units) -> Operation:
    matrix = np.asfortranarray(kernel)

    def dense(inputs: np.ndarray) -> np.ndarray:
        # Two or three rows, the views of an image, OpenBLAS multiplies more slowly than four.
        if len(inputs) in (2, 3):
            outputs = np.stack([row.dot(matrix) for row in inputs])
        else:
            outputs = inputs.dot(matrix)
        outputs += bias
        return outputs

    return dense


def _relu(values: np.ndarray) -> np.ndarray:
    few = values.size <= FEW
    zeros = _zeros(values.shape) if few else np.zeros(values.shape[2:], np.float32)
    return np.maximum(values, zeros, out=values)


@functools.cache
def _zeros(shape: tuple[int, ...]) -> np.ndarray:
    return np.zeros(shape, np.float32)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - np.maximum.reduce(logits, axis=-1, keepdims=True))
    powers /= np.add.reduce(powers, axis=-1, keepdims=True)
    return powers


ACTIVATIONS = {"relu": _relu, "softmax": _softmax}
OPERATIONS: dict[str, Callable[..., Operation]] = {  # by the layer's class in keras.layers
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "BatchNormalization": _normalisation,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling,
    "Flatten": _flattening,
    "Dropout": _dropout,
    "Dense": _dense,
}
FILE_NAMES = {  # where they differ from the class's name in lower case
    "BatchNormalization": "batch_normalization",
    "MaxPooling2D": "max_pooling2d",
}
