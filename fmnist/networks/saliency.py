"""Which pixels speak for a class and which against it, to a network: integrated gradients.

M. Sundararajan, A. Taly, Q. Yan, Axiomatic Attribution for Deep Networks, arXiv 1703.01365: on the
way from a blank image to this one, how much each pixel's brightening raises the class's logit. The
backward pass is in NumPy, layer by layer as the forward pass in `fmnist.networks.forward`; a test
holds that its gradients are those of Keras.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from fmnist.data.datasets import lookup
from fmnist.networks.forward import EPSILON, ForwardPass, LayerWithWeights

# Points on the way, and their shares of it, by Gauss and Legendre: with 32 the pixels add up to the
# evidence but for 1 % (small, on clothing: 7 %), the median over test images.
POINTS, SHARES = np.polynomial.legendre.leggauss(32)
Step = tuple[LayerWithWeights, np.ndarray, np.ndarray]  # a layer, its inputs and its outputs


def evidence(network: ForwardPass, images: np.ndarray) -> np.ndarray:
    """The logits of (n, 28, 28) images above their mean: (n, 10) float32.

    Softmax makes the same probabilities of logits that are all higher by the same, so that only
    how far one is above the others says something.
    """
    *_, (layer, inputs, _) = _steps(network, images)
    kernel, bias = layer.weights
    return inputs @ _centred(kernel) + _centred(bias)


def integrated_gradients(
    network: ForwardPass, image: np.ndarray, classes: Iterable[int]
) -> np.ndarray:
    """What each pixel of a (28, 28) uint8 image adds to the evidence for each of the classes.

    (classes, 28, 28) float32; the pixels of a class add up to how much more evidence there is for
    it than in a blank image. Where the image is blank they are 0.
    """
    points = ((POINTS + 1) / 2).astype(np.float32)
    shares = (SHARES / 2).astype(np.float32)
    steps = _steps(network, points[:, None, None] * image)
    slopes = [shares @ _gradients(steps, index).reshape(len(points), -1) for index in classes]
    return np.stack(slopes).reshape(-1, *image.shape) * image


def gradients(network: ForwardPass, images: np.ndarray, index: int) -> np.ndarray:
    """How the evidence for a class grows with each pixel of (n, 28, 28) images: the same shape."""
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


# Of a layer: the gradient by its outputs, its inputs, its outputs, its weights and its arguments
# give the gradient by its inputs.


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
    """To the largest of each 2×2; what is equally large, as on a plain ground, shares it."""

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
] = {  # the layers of `forward.OPERATIONS`, but the last
    "Rescaling": _rescaled,
    "Reshape": _as_before,
    "BatchNormalization": _normalised,
    "Conv2D": _convolved,
    "MaxPooling2D": _pooled,
    "Flatten": _as_before,
    "Dropout": _as_before,
    "Dense": _dense,
}
