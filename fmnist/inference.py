"""From a picture to what a network says it is."""

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from fmnist import runs
from fmnist.confidence import served_probabilities, views_of
from fmnist.datasets import DATASETS, lookup
from fmnist.networks import NETWORKS
from fmnist.preprocess import SETTINGS, Picture, Preprocessed, preprocess

if TYPE_CHECKING:  # importing Keras takes seconds, and answering needs none of it
    from keras import Model


@dataclass(frozen=True)
class Result:
    """What a network says of a picture.

    label: the name of the likeliest class
    probabilities: (10,) float32, in the order of the data set's labels; they sum to 1
    confidence: 0 to 1, the estimated probability that the label is right
    sure: whether that is enough to trust the label, by the threshold in the run's record
    pixels: (28, 28) uint8, 0 = background: the image, as of the data set, that the picture became
    steps: the pictures between the one sent and that image, by name, in their order
    seconds: how long the network took, without the steps from picture to image
    """

    label: str
    probabilities: np.ndarray
    confidence: float
    sure: bool
    pixels: np.ndarray
    steps: dict[str, Image.Image]
    seconds: float


def classify(
    image: Picture, dataset: str = "mnist", network: str = "large", **overrides: Any
) -> Result:
    """Say what a picture shows: a path, a PIL image, or an array of 8-bit pixels.

    dataset: "mnist" (a drawn or photographed digit) or "fashion_mnist" (clothing)
    network: "small" or "large"
    overrides: what `fmnist.preprocess.preprocess` takes to overrule what it finds by itself

    Raises PictureError, a ValueError, if there is no picture to answer for, and ValueError if there
    is no such data set or network. Safe from many threads.
    """
    return _result(preprocess(image, dataset, **overrides), dataset, network)


def compare(image: Picture, dataset: str = "mnist", **overrides: Any) -> dict[str, Result]:
    """What each network says of the same picture, by the network's name; see `classify`."""
    preprocessed = preprocess(image, dataset, **overrides)
    return {network: _result(preprocessed, dataset, network) for network in NETWORKS}


def _result(preprocessed: Preprocessed, dataset: str, network: str) -> Result:
    start = time.perf_counter()
    probabilities = predictor(dataset, network)(preprocessed.pixels[np.newaxis])[0]
    seconds = time.perf_counter() - start
    index = int(probabilities.argmax())
    confidence = float(probabilities[index])
    return Result(
        label=DATASETS[dataset].labels[index],
        probabilities=probabilities,
        confidence=confidence,
        sure=confidence >= runs.served_run(dataset, network).confidence["threshold"],
        pixels=preprocessed.pixels,
        steps=preprocessed.steps,
        seconds=seconds,
    )


def load_model(dataset: str, network: str) -> "Model":
    """The network as a keras.Model: (n, 28, 28) pixels 0-255 -> (n, 10) probabilities.

    They are the network's own; `classify` averages and calibrates them. Loaded once. Raises
    ValueError if there is no such data set or network, and runs.RunError if its weights are missing
    or damaged.
    """
    with _loading:
        return _model(dataset, network)


def predictor(dataset: str, network: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function from (n, 28, 28) uint8 images, n at least 1, to the (n, 10) served probabilities.

    Made once; raises what `load_model` raises.
    """
    with _loading:
        return _served_predictor(dataset, network)


def predictor_of(
    run: runs.Run, *, temperature: float, weights_dir: Path = runs.WEIGHTS_DIR
) -> Callable[[np.ndarray], np.ndarray]:
    """The same of any run, with another temperature than the record's if need be."""
    predict = runs.forward_pass(run, weights_dir)
    return lambda images: served_probabilities(
        predict, images, run.dataset, temperature=temperature, tta=run.recipe.tta
    )


def settings(dataset: str, tta: bool = True) -> dict[str, Any]:
    """What the answers of a data set depend on beside the weights and the record's confidence.

    Preprocessing and test-time augmentation, as JSON values. A record holds them: after a change a
    network is to be calibrated and evaluated again. Raises LookupError if the data set has none.
    """
    steps = lookup(SETTINGS, dataset, "fmnist.preprocess.SETTINGS")
    views = views_of(dataset, tta)
    return {
        "preprocessing": dict(steps),
        "tta": {"widths": list(views.widths), "mirrored": views.mirrored},
    }


_loading = threading.RLock()  # of two threads that come first, one loads and the other waits


@functools.cache
def _model(dataset: str, network: str) -> "Model":
    return runs.load_network(runs.served_run(dataset, network))


@functools.cache
def _served_predictor(dataset: str, network: str) -> Callable[[np.ndarray], np.ndarray]:
    run = runs.served_run(dataset, network)
    return predictor_of(run, temperature=run.confidence["temperature"])
