"""Which pixels speak for a class, and which against it: integrated gradients.

M. Sundararajan, A. Taly, Q. Yan, Axiomatic Attribution for Deep Networks, arXiv 1703.01365: as a
blank image gradually becomes this one, how much does each pixel raise the class's logit? The
backward pass is in NumPy, layer by layer like the forward pass in `fmnist.networks.forward`; a test
checks that its gradients equal Keras's.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from fmnist.data.datasets import lookup
from fmnist.networks.forward import EPSILON, ForwardPass, LayerWithWeights

# Points along the way and their weights, by Gauss–Legendre quadrature. With 48 points the pixels
# add up to the evidence within 1 % (small network on clothing: 7 %), the median over test images.
POINTS, SHARES = np.polynomial.legendre.leggauss(48)
Step = tuple[LayerWithWeights, np.ndarray, np.ndarray]  # a layer, its inputs and its outputs


def evidence(network: ForwardPass, images: np.ndarray) -> np.ndarray:
    """The logits of (n, 28, 28) images, less their mean: (n, 10) float32.

    Adding a constant to all logits does not change the softmax, so only their differences matter.
    """
    *_, (layer, inputs, _) = _steps(network, images)
    kernel, bias = layer.weights
    return inputs @ _centred(kernel) + _centred(bias)


def integrated_gradients(
    network: ForwardPass, image: np.ndarray, classes: Iterable[int]
) -> np.ndarray:
    """What each pixel of a (28, 28) uint8 image adds to the evidence for each of these classes.

    Returns (classes, 28, 28) float32. For each class, the pixels add up to the evidence in this
    image less that in a blank one. Blank pixels add 0.
    """
    points = ((POINTS + 1) / 2).astype(np.float32)
    shares = (SHARES / 2).astype(np.float32)
    steps = _steps(network, points[:, None, None] * image)
    slopes = [shares @ _gradients(steps, index).reshape(len(points), -1) for index in classes]
    return np.stack(slopes).reshape(-1, *image.shape) * image


def gradients(network: ForwardPass, images: np.ndarray, index: int) -> np.ndarray:
    """The gradient of the evidence for a class by each pixel of (n, 28, 28) images: same shape."""
    return _gradients(_steps(network, images), index)


def _steps(network: ForwardPass, images: np.ndarray) -> list[Step]:
    steps: list[Step] = []
    inputs = images
    for layer, outputs in network.activations(images):
        steps.append((layer, inputs, outputs))
        inputs = outputs
    return steps


def _centred(logits: np.ndarray) -> np.ndarray:
    return logits - logits.mean(axis=-1, keepdims=True)


def _gradients(steps: list[Step], index: int) -> np.ndarray:
    *others, (last, inputs, _) = steps
    gradient = np.broadcast_to(_centred(last.weights[0])[:, index], inputs.shape)
    for layer, inputs, outputs in reversed(others):
        backward = lookup(BACKWARD, layer.kind, "fmnist.networks.saliency.BACKWARD")
        gradient = backward(gradient, inputs, outputs, *layer.weights, **layer.arguments)
    return gradient


# Each of these takes the gradient by a layer's outputs, its inputs, outputs, weights and arguments,
# and returns the gradient by its inputs.


def _rescaled(gradient, inputs, outputs, scale) -> np.ndarray:
    return gradient * np.float32(scale)


def _as_before(gradient, inputs, outputs, **_: Any) -> np.ndarray:
    return gradient.reshape(inputs.shape)


def _normalised(gradient, inputs, outputs, gamma, beta, mean, variance, axis) -> np.ndarray:
    scale = gamma / np.sqrt(variance + np.float32(EPSILON))
    return gradient * scale.reshape([-1 if each == axis else 1 for each in range(inputs.ndim)])


def _convolved(gradient, inputs, outputs, kernel, bias, activation, filters, kernel_size):
    count, height, width, _ = outputs.shape
    active = (gradient * (outputs > 0)).reshape(-1, filters)
    windows = (active @ kernel.reshape(-1, filters).T).reshape(
        count, height, width, kernel_size, kernel_size, -1
    )
    total = np.zeros_like(inputs)
    for down, right in np.ndindex(kernel_size, kernel_size):
        total[:, down : down + height, right : right + width] += windows[:, :, :, down, right]
    return total


def _pooled(gradient, inputs, outputs) -> np.ndarray:
    """The gradient goes to the largest of each 2×2; ties, as on a plain background, share it."""

    def enlarged(values):
        return values.repeat(2, axis=1).repeat(2, axis=2)

    count, height, width, channels = outputs.shape
    even = np.s_[:, : 2 * height, : 2 * width]
    largest = inputs[even] == enlarged(outputs)
    ties = largest.reshape(count, height, 2, width, 2, channels).sum(axis=(2, 4))
    total = np.zeros_like(inputs)
    total[even] = largest * enlarged(gradient / ties.astype(np.float32))
    return total


def _dense(gradient, inputs, outputs, kernel, bias, activation, units) -> np.ndarray:
    return (gradient * (outputs > 0)) @ kernel.T


BACKWARD: dict[
    str, Callable[..., np.ndarray]
] = {  # the layers of `forward.OPERATIONS`, except for a network's last
    "Rescaling": _rescaled,
    "Reshape": _as_before,
    "BatchNormalization": _normalised,
    "Conv2D": _convolved,
    "MaxPooling2D": _pooled,
    "Flatten": _as_before,
    "Dropout": _as_before,
    "Dense": _dense,
}
