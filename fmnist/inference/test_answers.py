"""What a network makes of the 10,000 test images, kept in a file beside its record.

`python -m fmnist evaluate` computes it once, so that the page can show the images that look alike
to a network, those that make a filter fire, and how sure it was of each, without asking it 10,000
times.
"""

import functools
import io
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fmnist.data import files
from fmnist.networks.forward import BATCH
from fmnist.runs import records

MOST = 9  # images kept for each filter
SHARES = 65535  # a probability of 1 in the file


class Strongest(NamedTuple):
    """What makes the filters of a convolution fire most.

    `images` (filters, 9) uint16: the numbers of the test images with the highest maxima of the
    filter's map, the highest first; `peaks` (filters,) float32: the highest, 0 if it never fires.
    """

    images: np.ndarray
    peaks: np.ndarray


class Answers(NamedTuple):
    """What a network makes of the test images, in their order.

    probabilities: (n, 10) float32, those that are served, to 1/65,535: close ones may become equal,
        so that what was predicted is to be read from `Run.predictions`
    features: (n, units) uint8, what the last layer gets, in 255ths of the largest
    strongest: for each convolution, in their order
    """

    probabilities: np.ndarray
    features: np.ndarray
    strongest: tuple[Strongest, ...]


def of_images(run: records.Run, images: np.ndarray, *, weights_dir: Path) -> dict[str, np.ndarray]:
    """What the network makes of (n, 28, 28) uint8 images, but for the served probabilities.

    As the file has it: `features`, and `images_N` and `peaks_N` for the convolution number N.
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
    """Write the file of a run from the test images and their (n, 10) served probabilities."""
    file = io.BytesIO()
    shares = np.rint(probabilities * SHARES).astype(np.uint16)
    found = of_images(run, images, weights_dir=weights_dir)
    np.savez_compressed(file, allow_pickle=False, probabilities=shares, **found)
    files.write(weights_dir / records.answers_file(run), file.getvalue())


def of_test_images(run: records.Run, weights_dir: Path = records.WEIGHTS_DIR) -> Answers:
    """What the file of a run holds. Raises RunError if it is missing, damaged or of other weights.

    Only the runs that are served have one.
    """
    path = weights_dir / records.answers_file(run)
    try:
        with np.load(path) as held:
            arrays = dict(held)
        shares, features = arrays.pop("probabilities"), arrays.pop("features")
        strongest = tuple(
            Strongest(arrays[f"images_{number}"], arrays[f"peaks_{number}"])
            for number in range(len(arrays) // 2)
        )
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
        raise records.RunError(
            f"{path} is missing or damaged: run python -m fmnist evaluate to make it."
        ) from None
    return Answers((shares / SHARES).astype(np.float32), features, strongest)


@functools.cache
def of_served(dataset: str, network: str) -> Answers:
    """The same of the run that answers, read once. Raises what `runs.served_run` raises, too."""
    return of_test_images(records.served_run(dataset, network))


def nearest(
    held: Answers, features: np.ndarray, among: np.ndarray, count: int
) -> list[tuple[int, float]]:
    """The test images whose features have the smallest angle to these, the nearest first.

    features: (units,), what the last layer gets of a picture, 0 or more, on any scale
    among: (n,) bool, which test images come into question, `count` or more

    Returns the number of each and the angle's cosine, from 0 to 1.
    """
    numbers = np.flatnonzero(among)
    theirs = held.features[numbers].astype(np.float32)
    lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(features)
    cosines = theirs @ features / np.maximum(lengths, 1e-6)
    order = np.argsort(-cosines, kind="stable")[:count]
    return [(int(numbers[place]), float(cosines[place])) for place in order]
