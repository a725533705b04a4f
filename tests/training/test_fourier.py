"""Convolution by the Fourier transform is Keras's own, in fewer multiplications."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from fmnist.networks.definitions import NETWORKS, build
from fmnist.training.fourier import FourierConv2D, transforms


@pytest.mark.parametrize(
    ("side", "kernel", "channels", "filters"), [(12, 5, 16, 64), (11, 5, 24, 64)]
)
def test_it_gives_what_conv2d_gives_and_the_same_gradients(side, kernel, channels, filters):
    rng = np.random.default_rng(0)
    images = tf.constant(rng.random((7, side, side, channels), np.float32))
    found = []
    for kind in (keras.layers.Conv2D, FourierConv2D):
        layer = kind(filters, kernel, activation="relu")
        layer.build(images.shape)
        weights = np.random.default_rng(1)
        layer.set_weights([weights.normal(0, 0.1, w.shape) for w in layer.weights])
        with tf.GradientTape() as tape:
            tape.watch(images)
            maps = layer(images)
            loss = tf.reduce_sum(maps**2)
        variables = [variable.value for variable in layer.trainable_variables]
        found.append([maps, *tape.gradient(loss, [images, *variables])])
    assert layer.by_fourier
    for conv2d, fourier in zip(*found, strict=True):
        np.testing.assert_allclose(fourier, conv2d, rtol=1e-4, atol=1e-4 * np.abs(conv2d).max())


@pytest.mark.parametrize("side", [7, 12])  # an even side has a frequency that is its own opposite
def test_a_term_for_each_real_frequency_and_three_for_each_complex_one(side):
    of_image, of_kernel, back = transforms(side, 3)
    real = 1 if side % 2 else 4
    terms = real + 3 * (side**2 - real) // 2
    assert of_image.shape == (terms, side**2)
    assert of_kernel.shape == (terms, 9)
    assert back.shape == ((side - 2) ** 2, terms)


def test_only_the_convolution_with_many_channels_is_worth_it():
    by_fourier = {
        network: [
            layer.by_fourier
            for layer in build(network, 0, Conv2D=FourierConv2D).layers
            if isinstance(layer, FourierConv2D)
        ]
        for network in NETWORKS
    }
    assert by_fourier == {"small": [False] * 3, "large": [False, True]}
