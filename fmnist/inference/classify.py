"""From a picture to what a network says it is."""

import contextlib
import functools
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from fmnist.data.datasets import DATASETS, Dataset
from fmnist.inference.confidence import Scaling, of_two_likeliest, served_probabilities, views_of
from fmnist.networks.definitions import NETWORKS
from fmnist.networks.forward import ForwardPass
from fmnist.pictures.digits import MOST_DIGITS
from fmnist.pictures.opening import PictureError, open_picture
from fmnist.pictures.pixels import WHOLE, Frame, Preprocessed
from fmnist.pictures.preprocessing import Picture, preprocess_opened, settings_of
from fmnist.runs import records

if TYPE_CHECKING:  # importing Keras takes seconds, and answering needs none of it
    from keras import Model

TOUCHING = "Some digits seem to touch: leave gaps between them."
MAYBE_SEVERAL = "It does not look like a digit: if there are several, leave gaps between them."
NO_ROW = "Digits are read in one row only: write nothing between them or beside them."


@dataclass(frozen=True)
class Result:
    """What a network says of a picture.

    label: the name of the likeliest class
    probabilities: (10,) float32, in the order of the data set's labels; they sum to 1
    confidence: 0 to 1, the estimated probability that the label is right
    verdict: "sure" if that is enough to trust the label, "perhaps" if it is rather surely one of
        the two likeliest, "unknown" if it is nothing that the network knows; by the thresholds in
        the run's record
    reason: a sentence on why it is not sure and what to do, where one is known
    other: the data set to which the reason says to switch, if it says so
    views: (n, 28, 28) uint8, 0 = background: the images, as of the data set, that the picture
        became: two if it was cut out in two ways, and the answer is the mean of those to both
    steps: the pictures between the one sent and these, by name, in their order
    seconds: how long the network took, without the steps from picture to image
    frame: where the image lies in the picture, as in `fmnist.pictures.pixels.Preprocessed`
    drawn: whether it is a drawing of clothing, whose confidence is scaled in its own way
    digits: the results for the digits of a number, from left to right, or none if the picture shows
        only one; then label, confidence and verdict are those of the whole number, which is sure if
        each digit is, and probabilities and views are those of the picture as one image
    """

    label: str
    probabilities: np.ndarray
    confidence: float
    verdict: str
    reason: str | None
    views: np.ndarray
    steps: dict[str, Image.Image]
    seconds: float
    frame: Frame = WHOLE
    drawn: bool = False
    digits: tuple["Result", ...] = ()
    other: str | None = None

    @property
    def pixels(self) -> np.ndarray:
        """(28, 28) uint8: the first of the views."""
        return self.views[0]

    @property
    def sure(self) -> bool:
        return self.verdict == "sure"


def classify(
    image: Picture, dataset: str = "mnist", network: str = "large", **overrides: Any
) -> Result:
    """Say what a picture shows: a path, a PIL image, or an array of 8-bit pixels.

    dataset: "mnist" (a drawn or photographed digit), "fashion_mnist" (clothing) or another of
        `fmnist.data.datasets.DATASETS`
    network: "small", "large" or another of `fmnist.networks.definitions.NETWORKS`
    overrides: what `fmnist.pictures.preprocessing.preprocess` takes to overrule what it finds

    Raises PictureError, a ValueError, if there is no picture to be answered, and ValueError if
    there is no such data set or network. Safe from many threads.
    """
    return _answers(image, dataset, [network], overrides)[network]


def compare(image: Picture, dataset: str = "mnist", **overrides: Any) -> dict[str, Result]:
    """What each network says of the same picture, by the network's name; see `classify`."""
    return _answers(image, dataset, list(NETWORKS), overrides)


def disagree(results: dict[str, Result]) -> bool:
    """Whether all networks have an answer to the picture, and not all the same."""
    known = all(result.verdict != "unknown" and not result.other for result in results.values())
    return known and len({result.label for result in results.values()}) > 1


def _answers(
    image: Picture, dataset: str, networks: list[str], overrides: dict[str, Any]
) -> dict[str, Result]:
    picture = open_picture(image)
    preprocessed = preprocess_opened(picture, dataset, **overrides)
    results = {network: _result(preprocessed, dataset, network) for network in networks}
    known = preprocessed.doubt or _of_several(preprocessed.figures)
    unexplained = []
    for network, result in results.items():
        if not result.sure:
            reason = _hard_to_read(result.digits, preprocessed.digits) or known
            results[network] = replace(result, reason=reason)
            if not reason:
                unexplained.append(network)
    other = _other_kind(picture, dataset) if unexplained else None
    if other:
        reason = f"{other.likeness}: {other.switching}."
        for network in unexplained:
            results[network] = replace(results[network], reason=reason, other=other.name)
    elif preprocessed.wide:
        for network in unexplained:
            if results[network].verdict == "unknown":
                results[network] = replace(results[network], reason=MAYBE_SEVERAL)
    return results


def _other_kind(picture: Image.Image, dataset: str) -> Dataset | None:
    """The other data set of which a network is sure, whichever network: all then say the same."""
    for other in DATASETS.values():
        if other.name != dataset:
            with contextlib.suppress(PictureError):  # it cannot be a picture of that kind
                preprocessed = preprocess_opened(picture, other.name)
                if any(_result(preprocessed, other.name, network).sure for network in NETWORKS):
                    return other
    return None


def _of_several(figures: int) -> str | None:
    if figures > MOST_DIGITS:
        return f"There seem to be {figures} digits: write at most {MOST_DIGITS}."
    return NO_ROW if figures > 1 else None


def _hard_to_read(digits: tuple[Result, ...], preprocessed: tuple[Preprocessed, ...]) -> str | None:
    hard = [place for place, digit in enumerate(digits) if not digit.sure]
    if not hard:
        return None
    if any(preprocessed[place].wide for place in hard):
        return TOUCHING
    *others, last = (_ordinal(place + 1) for place in hard)
    if not others:
        return f"The {last} digit is hard to read: write it more clearly, and leave gaps."
    which = f"{', '.join(others)} and {last}"
    return f"The {which} digits are hard to read: write them more clearly, and leave gaps."


def _ordinal(number: int) -> str:
    """Of 1 to MOST_DIGITS: 2 -> "2nd"."""
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def _result(preprocessed: Preprocessed, dataset: str, network: str) -> Result:
    start = time.perf_counter()
    predict = predictor(dataset, network, drawn=preprocessed.drawn)
    probabilities = predict(preprocessed.views[np.newaxis])[0]
    result = _of(preprocessed, probabilities, dataset, network)
    digits = () if preprocessed.doubt else _digits(preprocessed.digits, dataset, network)
    if digits and not (result.sure and _is_one(result.label, digits)):
        result = replace(
            result,
            label="".join(digit.label for digit in digits),
            confidence=math.prod(digit.confidence for digit in digits),
            verdict=_of_number([digit.verdict for digit in digits]),
            digits=digits,
        )
    return replace(result, seconds=time.perf_counter() - start)


def _digits(
    preprocessed: tuple[Preprocessed, ...], dataset: str, network: str
) -> tuple[Result, ...]:
    if not preprocessed:
        return ()
    each = predictor(dataset, network)(np.stack([digit.views for digit in preprocessed]))
    return tuple(_of(*digit, dataset, network) for digit in zip(preprocessed, each, strict=True))


def _is_one(label: str, digits: tuple[Result, ...]) -> bool:
    """Whether what is surely this digit is no number, though it stands there in several figures.

    Of single digits only an open four does, whose second stroke is a one.
    """
    return not all(digit.sure for digit in digits) or (label == "4" and digits[-1].label == "1")


def _of_number(verdicts: list[str]) -> str:
    """A number is sure if each digit is, and one of two numbers if one digit is one of two."""
    doubtful = [verdict for verdict in verdicts if verdict != "sure"]
    return "sure" if not doubtful else "perhaps" if doubtful == ["perhaps"] else "unknown"


def _of(
    preprocessed: Preprocessed, probabilities: np.ndarray, dataset: str, network: str
) -> Result:
    """The result for the probabilities of one image."""
    index = int(probabilities.argmax())
    found = records.served_run(dataset, network).confidence_in(drawn=preprocessed.drawn)
    return Result(
        label=DATASETS[dataset].labels[index],
        probabilities=probabilities,
        confidence=float(probabilities[index]),
        verdict="unknown" if preprocessed.doubt else verdict(probabilities, found),
        reason=None,
        views=preprocessed.views,
        steps=preprocessed.steps,
        seconds=0,
        frame=preprocessed.frame,
        drawn=preprocessed.drawn,
    )


def verdict(probabilities: np.ndarray, found: records.Confidence) -> str:
    """What is to be trusted of (10,) probabilities, by a record's thresholds; see `Result`."""
    if probabilities.max() >= found["sure"]:
        return "sure"
    return "perhaps" if of_two_likeliest(probabilities) >= found["perhaps"] else "unknown"


def load_model(dataset: str, network: str) -> "Model":
    """The network as a keras.Model: (n, 28, 28) pixels 0-255 -> (n, 10) probabilities.

    They are the network's own; `classify` averages and calibrates them. Loaded once. Raises
    ValueError if there is no such data set or network, and `fmnist.runs.records.RunError` if its
    weights are missing or damaged.
    """
    with _loading:
        return _model(dataset, network)


def predictor(
    dataset: str, network: str, *, drawn: bool = False
) -> Callable[[np.ndarray], np.ndarray]:
    """A function from images to the (n, 10) served probabilities, n at least 1.

    The images are (n, 28, 28) or (n, views, 28, 28) uint8; `drawn` as in `Preprocessed`. Made once;
    raises what `load_model` raises.
    """
    with _loading:
        return _served_predictor(dataset, network, drawn)


def served_network(dataset: str, network: str) -> ForwardPass:
    """The network that `predictor` asks, with the outputs of all its layers; raises the same."""
    with _loading:
        return _served_network(dataset, network)


def predictor_of(
    run: records.Run,
    *,
    drawn: bool = False,
    scaling: Scaling | None = None,
    weights_dir: Path = records.WEIGHTS_DIR,
) -> Callable[[np.ndarray], np.ndarray]:
    """The same of any run; scaling: None means the record's."""
    return predictor_with(run, records.forward_pass(run, weights_dir), drawn, scaling)


def predictor_with(
    run: records.Run, network: ForwardPass, drawn: bool, scaling: Scaling | None = None
) -> Callable[[np.ndarray], np.ndarray]:
    """Likewise for a network that has other weights than the run's."""
    views = views_of(run.dataset, run.recipe.tta)
    if scaling is None:
        found = run.confidence_in(drawn=drawn)
        scaling = Scaling(found["slope"], found["offset"])
    return lambda images: served_probabilities(network, images, tta=views, scaling=scaling)


def settings(dataset: str, tta: bool = True) -> dict[str, Any]:
    """What the answers of a data set depend on beside the weights and the record's confidence.

    Preprocessing and test-time augmentation, as JSON values. A record holds them: after a change a
    network is to be calibrated and evaluated again. Raises LookupError if the data set has none.
    """
    return {"preprocessing": settings_of(dataset), **views_of(dataset, tta)._asdict()}


_loading = threading.RLock()  # of two threads that come first, one loads and the other waits


@functools.cache
def _model(dataset: str, network: str) -> "Model":
    return records.load_network(records.served_run(dataset, network))


@functools.cache
def _served_predictor(
    dataset: str, network: str, drawn: bool
) -> Callable[[np.ndarray], np.ndarray]:
    run = records.served_run(dataset, network)
    return predictor_with(run, _served_network(dataset, network), drawn)


@functools.cache
def _served_network(dataset: str, network: str) -> ForwardPass:
    return records.forward_pass(records.served_run(dataset, network))
