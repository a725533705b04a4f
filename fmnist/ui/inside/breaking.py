"""“Break it”, in “Look inside”: what a network still says, and how often it is right."""

import functools
from typing import Any

import numpy as np

from fmnist.data.datasets import DATASETS, test_set
from fmnist.inference.classify import predictor, predictor_with, served_network
from fmnist.networks.damage import Damage, breakable, broken, spoiled
from fmnist.networks.forward import ForwardPass
from fmnist.pictures.opening import PictureError
from fmnist.runs import records
from fmnist.ui.markup import likelihood, thousands

# Test images on which a broken network is tried, by its name: they take a tenth of a second.
IMAGES = {"small": 1000}
FEWER = 200  # for others: in the large one, they take a third of a second
SEEDS = 10  # tenths of the weights that can be lost
WRONG = "This cannot be broken: choose what the page offers."
KEPT = 512  # of the counts of right answers


def damage(sent: object, intact: ForwardPass) -> Damage | None:
    """The damage to a network that a caller sends, if there is any.

    Raises PictureError if it is invalid.

    sent: null, or the fields of `Damage`: `off` as a list; those left out are intact
    """
    if sent is None:
        return None
    if not isinstance(sent, dict) or not sent.keys() <= set(Damage._fields):
        raise PictureError(WRONG)
    outputs = breakable(intact)
    off, biases, lost = sent.get("off"), sent.get("biases"), sent.get("lost")
    asked = Damage(
        off=None if off is None else _filter(off, intact),
        biases=None if biases is None else _among(biases, outputs),
        lost=None if lost is None else _among(lost, range(SEEDS)),
        noise=sent.get("noise") is True,
        blur=sent.get("blur") is True,
    )
    return asked if asked != Damage() else None


def _filter(sent: object, intact: ForwardPass) -> tuple[int, int]:
    if not isinstance(sent, list) or len(sent) != 2:
        raise PictureError(WRONG)
    layer, outputs = sent[0], breakable(intact)
    _among(layer, outputs)
    if intact.layers[layer].kind != "Conv2D":
        raise PictureError(WRONG)
    return layer, _among(sent[1], range(outputs[layer]))


def _among(sent: object, known: Any) -> int:
    if type(sent) is not int or sent not in known:
        raise PictureError(WRONG)
    return sent


@functools.lru_cache(4)  # 20 MB each, if it is a large one
def network_with(dataset: str, network: str, damage: Damage) -> ForwardPass:
    """The served network with this damage."""
    return broken(served_network(dataset, network), damage)


def told(dataset: str, network: str, damage: Damage, views: np.ndarray, *, drawn: bool) -> str:
    """What the network says with this damage, and without it.

    views: (n, 28, 28) uint8, undamaged; drawn: as in `fmnist.Result`
    """
    run = records.served_run(dataset, network)
    predict = predictor_with(run, network_with(dataset, network, damage), drawn)
    now = predict(spoiled(views, damage)[np.newaxis])[0]
    intact = predictor(dataset, network, drawn=drawn)(views[np.newaxis])[0]
    right, before = (_right(dataset, network, each) for each in (damage, Damage()))
    return (
        f"It now says {_words(dataset, now)}; intact, it said {_words(dataset, intact)}. "
        f"Of {thousands(_tried(network))} test images, it gets {right} right; "
        f"intact, it got {before}."
    )


def _tried(network: str) -> int:
    return IMAGES.get(network, FEWER)


def _words(dataset: str, probabilities: np.ndarray) -> str:
    best = int(probabilities.argmax())
    return f"{DATASETS[dataset].phrases[best]} ({likelihood(probabilities[best])})"


@functools.lru_cache(KEPT)
def _right(dataset: str, network: str, damage: Damage) -> int:
    """How many of the first test images the network gets right, by one view of each."""
    pixels, labels = (array[: _tried(network)] for array in test_set(dataset))
    answers = network_with(dataset, network, damage)(spoiled(pixels, damage))
    return int((answers.argmax(axis=1) == labels).sum())
