"""Damage to a network, or to the images that it sees, to find out what its answers depend on."""

from typing import NamedTuple

import cv2
import numpy as np

from fmnist.networks.forward import ForwardPass

LOST = 0.1  # share of the weights
NOISE = 60  # its standard deviation; pixels go up to 255
BLUR = 1.5  # its standard deviation in pixels


class Damage(NamedTuple):
    """What is broken.

    off: the numbers of a convolution among the layers, and of one of its filters, which is off
    biases: the number of a layer that loses its biases
    lost: by which seed a tenth of the weights is chosen, which become 0
    noise, blur: whether the images are noisy or blurred
    """

    off: tuple[int, int] | None = None
    biases: int | None = None
    lost: int | None = None
    noise: bool = False
    blur: bool = False


def breakable(network: ForwardPass) -> dict[int, int]:
    """The layers with weights and biases: the number of each among the layers, and its outputs."""
    return {
        number: layer.weights[1].size
        for number, layer in enumerate(network.layers)
        if layer.kind in ("Conv2D", "Dense")
    }


def broken(intact: ForwardPass, damage: Damage) -> ForwardPass:
    """The network with this damage."""
    weights = [[each.copy() for each in layer.weights] for layer in intact.layers]
    if damage.lost is not None:
        chance = np.random.default_rng(damage.lost)
        for number in breakable(intact):
            kernel = weights[number][0]
            kernel[chance.random(kernel.shape) < LOST] = 0
    if damage.biases is not None:
        weights[damage.biases][1][:] = 0
    if damage.off is not None:
        layer, number = damage.off
        kernel, bias = weights[layer]
        kernel[..., number] = bias[number] = 0
    return intact.with_weights(
        np.concatenate([each.ravel() for layer in weights for each in layer])
    )


def spoiled(images: np.ndarray, damage: Damage) -> np.ndarray:
    """(n, 28, 28) uint8 images as a network with this damage sees them."""
    if damage.blur:
        images = np.stack([cv2.GaussianBlur(image, (0, 0), BLUR) for image in images])
    if damage.noise:
        noise = np.random.default_rng(0).normal(0, NOISE, images.shape)
        images = (images + noise).clip(0, 255).astype(np.uint8)
    return images
