"""From a picture to what a network says it is."""

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from keras import Model
from PIL import Image

from fmnist import runs
from fmnist.confidence import averaged, tempered
from fmnist.datasets import DATASETS
from fmnist.networks import NETWORKS
from fmnist.preprocess import Row, to_row


@dataclass(frozen=True)
class Result:
    """What a network says of a picture.

    label: the name of the likeliest class
    probabilities: (10,) float32, in the order of the data set's labels; they sum to 1
    confidence: 0 to 1, the estimated probability that the label is right
    sure: whether that is enough to trust the label, by the threshold in the run's record
    pixels: (28, 28) uint8, 0 = background: the row of the data set that the picture became
    steps: the pictures between input and row, by name, in their order
    seconds: how long the network took, without the steps from picture to row
    """

    label: str
    probabilities: np.ndarray
    confidence: float
    sure: bool
    pixels: np.ndarray
    steps: dict[str, Image.Image]
    seconds: float


def classify(image, dataset: str = "mnist", network: str = "large", **overrides) -> Result:
    """Say what a picture shows: a path, a PIL image, or an array of 8-bit pixels.

    dataset: "mnist" (a drawn or photographed digit) or "fashion_mnist" (clothing)
    network: "small" or "large"
    overrides: what `fmnist.preprocess.to_row` takes to overrule what it finds by itself

    Raises PictureError, a ValueError, if there is no picture to answer for, and ValueError if there
    is no such data set or network. Safe from many threads.
    """
    return _result(to_row(image, dataset, **overrides), dataset, network)


def compare(image, dataset: str = "mnist", **overrides) -> dict[str, Result]:
    """What each network says of the same picture, by the network's name; see `classify`."""
    row = to_row(image, dataset, **overrides)
    return {network: _result(row, dataset, network) for network in NETWORKS}


def _result(row: Row, dataset: str, network: str) -> Result:
    start = time.perf_counter()
    probabilities = predictor(dataset, network)(row.pixels)
    seconds = time.perf_counter() - start
    best = int(probabilities.argmax())
    return Result(
        label=DATASETS[dataset].labels[best],
        probabilities=probabilities,
        confidence=float(probabilities[best]),
        sure=bool(probabilities[best] >= runs.served_run(dataset, network).confidence["threshold"]),
        pixels=row.pixels,
        steps=row.steps,
        seconds=seconds,
    )


def load_model(dataset: str, network: str) -> Model:
    """The network as a keras.Model: (n, 28, 28) pixels 0-255 -> (n, 10) probabilities.

    They are the network's own; `classify` averages and calibrates them. Loaded once. Raises
    ValueError if there is no such data set or network, and runs.RunError if its weights are missing
    or damaged.
    """
    with _loading:
        return _model(dataset, network)


def predictor(dataset: str, network: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function from one row, (28, 28) uint8, to its (10,) probabilities, averaged and calibrated.

    Made once; raises what `load_model` raises.
    """
    with _loading:
        return _predictor(dataset, network)


_loading = threading.RLock()  # of two threads that come first, one loads and the other waits


@functools.cache
def _model(dataset, network):
    return runs.load_network(runs.served_run(dataset, network))


@functools.cache
def _predictor(dataset, network):
    """A `tf.function` of fixed signature takes 2 ms where `model.predict` takes 150.

    It is traced here, so that nobody's first picture waits for it.
    """
    model = _model(dataset, network)
    temperature = runs.served_run(dataset, network).confidence["temperature"]

    @tf.function(input_signature=[tf.TensorSpec((1, 28, 28), tf.uint8)])
    def traced(pixels):
        return model(pixels, training=False)

    def predict(pixels):
        return traced(pixels).numpy()

    predict(np.zeros((1, 28, 28), np.uint8))
    return lambda pixels: tempered(averaged(predict, dataset, pixels[np.newaxis])[0], temperature)
