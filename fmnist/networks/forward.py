"""The networks' forward pass in NumPy: the same answers as the Keras model, without Keras.

TensorFlow takes seconds to import and 640 MB. Training needs that; an answer is only a handful of
matrix products. The weights come from the same file, and a test checks that the probabilities equal
Keras's on all test images. This module has every layer; where speed matters, it uses the faster
implementations in `tuned` and `winograd`.
"""

import copy
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from fmnist.data.datasets import RegistryError, lookup
from fmnist.networks import tuned, winograd
from fmnist.networks.definitions import NETWORKS, Layer
from fmnist.networks.tuned import Operation

BATCH = 16  # images at once: the large network needs up to 0.8 MB for each
EPSILON = 1e-3  # of keras.layers.BatchNormalization


@dataclass(frozen=True)
class LayerWithWeights(Layer):
    """A layer of `fmnist.networks.definitions`, with its weights as stored in the file."""

    weights: list[np.ndarray]

    @property
    def parameters(self) -> int:
        return sum(weight.size for weight in self.weights)


class ForwardPass:
    """A network with the weights of a Keras `.weights.h5` file. Thread-safe."""

    def __init__(self, network: str, weights_file: Path):
        """Raises OSError or ValueError if the file does not hold this network's weights.

        Raises RegistryError if OPERATIONS or ACTIVATIONS lacks something that the network uses.
        """
        layers: list[LayerWithWeights] = []
        count: Counter[str] = Counter()
        with h5py.File(weights_file) as file:
            for layer in NETWORKS[network]:
                name = _name_in_file(layer.kind)
                group = f"{name}_{count[name]}" if count[name] else name
                count[name] += 1
                if f"layers/{group}/vars" not in file:
                    raise ValueError(f"{weights_file} has no layer {group}")
                variables = file[f"layers/{group}/vars"]
                weights = [variables[str(index)][()] for index in range(len(variables))]
                arguments = {
                    name: value
                    for name, value in layer.arguments.items()
                    if not name.endswith("_initializer")  # these are for training
                }
                layers.append(LayerWithWeights(layer.kind, arguments, weights))
        self._consist_of(layers)

    def with_weights(self, row: np.ndarray) -> "ForwardPass":
        """The same network with other weights: (parameters,), in the order of `get_weights`.

        Keras' `get_weights`, that is: layer for layer, in each as the file holds them.
        """
        layers, start = [], 0
        for layer in self.layers:
            weights = []
            for weight in layer.weights:
                part = row[start : start + weight.size]
                weights.append(part.reshape(weight.shape).astype(np.float32))
                start += weight.size
            layers.append(LayerWithWeights(layer.kind, layer.arguments, weights))
        other = copy.copy(self)
        other._consist_of(layers)
        return other

    def _consist_of(self, layers: list[LayerWithWeights]) -> None:
        self.layers = layers
        # For each layer, its activation last.
        self.operations = [_operations(layer, layer.weights) for layer in layers]
        self.quickest = tuned.pooled_first([each for some in self.operations for each in some])
        self(np.zeros((1, 28, 28), np.uint8))  # fails if the weights do not fit

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """(n, 28, 28) uint8 images -> (n, 10) float32 probabilities."""
        if len(images) > BATCH:
            parts = range(0, len(images), BATCH)
            return np.concatenate([self(images[start : start + BATCH]) for start in parts])
        outputs = _as_floats(images)
        for operation in self.quickest:
            outputs = operation(outputs)
        return outputs

    def activations(self, images: np.ndarray) -> Iterator[tuple[LayerWithWeights, np.ndarray]]:
        """Each layer and its outputs, in order; the last outputs are the probabilities.

        images: (n, 28, 28) uint8, all computed at once. Outputs are (n, …) float32.
        """
        outputs = _as_floats(images)
        for layer, operations in zip(self.layers, self.operations, strict=True):
            for operation in operations:
                outputs = operation(outputs)
            yield layer, outputs


def _name_in_file(kind: str) -> str:
    """The name that Keras gives a layer: "MaxPooling2D" -> "max_pooling2d"."""
    return re.sub("(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", kind).lower()


def _operations(layer: Layer, weights: list[np.ndarray]) -> list[Operation]:
    """The functions that make up the layer, its activation last."""
    make = lookup(OPERATIONS, layer.kind, "fmnist.networks.forward.OPERATIONS")
    arguments = layer.arguments.copy()
    activation = arguments.pop("activation", None)
    unknown = arguments.keys() - inspect.signature(make).parameters.keys()
    if unknown:
        raise RegistryError(
            f"fmnist.networks.forward.OPERATIONS has no {layer.kind} with "
            f"{' and '.join(sorted(unknown))}: add that there."
        )
    operations = [make(*weights, **arguments)]
    if activation:
        operations.append(lookup(ACTIVATIONS, activation, "fmnist.networks.forward.ACTIVATIONS"))
    return operations


def _as_floats(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32, order="C")


# Each of these takes a layer's weights and arguments, and returns the function that it computes.


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
        return tuned.convolution_of_one_channel(kernel, bias)
    if kernel_size != winograd.KERNEL_SIZE or filters % winograd.PART:
        return tuned.convolution(kernel, bias)
    quick = winograd.convolution(kernel, bias)

    def convolve(inputs: np.ndarray) -> np.ndarray:
        fitting = winograd.fits(inputs)
        return (quick if fitting else tuned.convolution(kernel, bias))(inputs)

    return convolve


def _pooling() -> Operation:
    return tuned.pooled


def _flattening() -> Operation:
    return lambda inputs: inputs.reshape(len(inputs), -1)


def _dropout() -> Operation:
    """Dropout only acts in training."""
    return lambda inputs: inputs


def _dense(kernel, bias, units) -> Operation:
    return tuned.dense(kernel, bias)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - np.maximum.reduce(logits, axis=-1, keepdims=True))
    powers /= np.add.reduce(powers, axis=-1, keepdims=True)
    return powers


ACTIVATIONS = {"relu": tuned.relu, "softmax": _softmax}
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
