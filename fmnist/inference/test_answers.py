"""A network's answers to the 10,000 test images, stored in a file beside its record.

`python -m fmnist evaluate` computes them once. From them the page can show which images a network
finds similar, which activate a filter most, how sure it was of each, and which it learned when.
"""

import functools
import io
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fmnist.data import files
from fmnist.inference import moments
from fmnist.networks.forward import BATCH
from fmnist.runs import records

MOST = 9  # images kept for each filter
SHARES = 65535  # stands for a probability of 1 in the file


class Strongest(NamedTuple):
    """What activates the filters of a convolution most.

    `images` (filters, 9) uint16: the numbers of the test images with the highest maxima in the
    filter's map, highest first; `peaks` (filters,) float32: the highest maximum, 0 if the filter
    is never active.
    """

    images: np.ndarray
    peaks: np.ndarray


class Answers(NamedTuple):
    """A network's answers to the test images, in their order.

    probabilities: (n, 10) float32, as served, rounded to 1/65,535; close ones may become equal, so
        take predicted classes from `Run.predictions`
    features: (n, units) uint8, the inputs of the last layer, in 255ths of the largest
    strongest: one for each convolution, in their order
    learned: (moments, n) uint8, the class that it named at each moment of its training, see
        `fmnist.inference.moments`; there are none if its run kept none
    """

    probabilities: np.ndarray
    features: np.ndarray
    strongest: tuple[Strongest, ...]
    learned: np.ndarray


def of_images(run: records.Run, images: np.ndarray, *, weights_dir: Path) -> dict[str, np.ndarray]:
    """The network's answers to (n, 28, 28) uint8 images, without the served probabilities.

    As stored in the file: `features`, and for convolution number N `images_N` and `peaks_N`.
    """
    network = records.forward_pass(run, weights_dir)
    features, maxima = [], []
    for batch in np.split(images, range(BATCH, len(images), BATCH)):
        outputs = [(layer.kind, output) for layer, output in network.activations(batch)]
        features.append(outputs[-2][1].reshape(len(batch), -1))
        maxima.append([output.max(axis=(1, 2)) for kind, output in outputs if kind == "Conv2D"])
    found = {}
    for number, parts in enumerate(zip(*maxima, strict=True)):
        fired = np.concatenate(parts)
        order = np.argsort(-fired, axis=0, kind="stable")[:MOST]
        found[f"images_{number}"] = order.T.astype(np.uint16)
        found[f"peaks_{number}"] = fired.max(axis=0)
    values = np.concatenate(features)
    return found | {"features": np.rint(values * (255 / values.max())).astype(np.uint8)}


def save(
    run: records.Run, images: np.ndarray, probabilities: np.ndarray, *, weights_dir: Path
) -> None:
    """Write the file of a run, given the test images and their (n, 10) served probabilities."""
    file = io.BytesIO()
    shares = np.rint(probabilities * SHARES).astype(np.uint16)
    found = of_images(run, images, weights_dir=weights_dir)
    if then := moments.networks(run, weights_dir):
        found["learned"] = moments.answers(run, then, images).argmax(axis=2).astype(np.uint8)
    np.savez_compressed(file, allow_pickle=False, probabilities=shares, **found)
    files.write(weights_dir / records.answers_file(run), file.getvalue())


def of_test_images(run: records.Run, weights_dir: Path = records.WEIGHTS_DIR) -> Answers:
    """Read the file of a run. Raises RunError if it is missing, damaged or for other weights.

    Only served runs have one.
    """
    path = weights_dir / records.answers_file(run)
    try:
        with np.load(path) as held:
            arrays = dict(held)
        shares, features = arrays.pop("probabilities"), arrays.pop("features")
        learned = arrays.pop("learned", np.empty((0, len(shares)), np.uint8))
        strongest = tuple(
            Strongest(arrays[f"images_{number}"], arrays[f"peaks_{number}"])
            for number in range(len(arrays) // 2)
        )
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
        raise records.RunError(
            f"{path} is missing or damaged: run python -m fmnist evaluate to make it."
        ) from None
    return Answers((shares / SHARES).astype(np.float32), features, strongest, learned)


@functools.cache
def of_served(dataset: str, network: str) -> Answers:
    """Likewise for the served run, read once. Also raises what `records.served_run` raises."""
    return of_test_images(records.served_run(dataset, network))


def nearest(
    held: Answers, features: np.ndarray, among: np.ndarray, count: int
) -> list[tuple[int, float]]:
    """The test images whose features have the smallest angle to these, nearest first.

    features: (units,), the inputs of the last layer for a picture, 0 or more, on any scale
    among: (n,) bool, which test images to consider, at least `count`

    Returns the number of each and the cosine of the angle, from 0 to 1.
    """
    numbers = np.flatnonzero(among)
    theirs = held.features[numbers].astype(np.float32)
    lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(features)
    cosines = theirs @ features / np.maximum(lengths, 1e-6)
    order = np.argsort(-cosines, kind="stable")[:count]
    return [(int(numbers[place]), float(cosines[place])) for place in order]
