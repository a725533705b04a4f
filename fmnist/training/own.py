"""A person's own pictures, which join the training: `python train.py --pictures FOLDER`.

FOLDER has one folder per class, named after a label of one of the data sets (`mine/Coat/*.jpg`,
`mine/7/*.png`), or after several where any will do (`mine/Sneaker|Ankle boot/*.jpg`). The pictures
go through the steps that they would go through in the app.
"""

import dataclasses
import functools
import hashlib
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fmnist.data.datasets import DATASETS, DataError
from fmnist.inference import classify
from fmnist.inference.confidence import is_right
from fmnist.pictures.opening import PictureError, open_picture
from fmnist.pictures.preprocessing import preprocess_opened
from fmnist.runs import records
from fmnist.runs.recipes import OWN, SHIPPED, Recipe, recipe_for
from fmnist.training.mixtures import Targets
from fmnist.training.registry import step_of

MOST = 2000  # pictures: minutes to read
FEWEST_HELD_OUT = 3
HELD_OUT = 4  # each fourth is
SHARE = 0.1  # of an epoch's images
VIEWS = 32  # of a picture in an epoch, at most: a few are not to outnumber all others of a class
Classes = tuple[int, ...]  # ten, 1 for each that is right


class Pictures(NamedTuple):
    """A person's pictures of one data set.

    views: (n, 2, 28, 28) uint8, the images that they are when the app answers
    originals: what is altered in training: of clothing cut-outs as of `people.cut_outs`, of digits
        the images
    classes: (n, 10) uint8, 1 for each that is right
    """

    views: np.ndarray
    originals: np.ndarray
    classes: np.ndarray


def read(folder: Path, dataset: str | None = None) -> dict[str, Pictures]:
    """The pictures in a folder, by data set; only those of `dataset` if it is given.

    Their order depends on nothing but the pictures; the same picture twice counts once. Files that
    cannot be used are skipped and named. Raises DataError if a folder's name is no label or
    one of several data sets, no picture can be used, or there are too many.
    """
    paths: dict[str, list[tuple[Path, Classes]]] = {}
    for path in filter(os.path.isdir, _listed(folder)):
        name, classes = _meaning(path, dataset)
        if dataset in (None, name):
            paths.setdefault(name, []).extend((file, classes) for file in _listed(path))
    count = sum(map(len, paths.values()))
    if not count:
        raise DataError(
            f"{folder} has no pictures to learn from: put them into folders "
            f"{_named_after(dataset)}."
        )
    if count > MOST:
        raise DataError(
            f"{folder} has {count:,} pictures, more than the {MOST:,} allowed: take some out."
        )
    print(f"Reading {count:,} pictures in {folder}")
    found, unread = {}, []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for name, files in paths.items():
            each = list(threads.map(functools.partial(_read, name), *zip(*files, strict=True)))
            unread += [problem for problem in each if isinstance(problem, str)]
            if examples := [example for example in each if not isinstance(example, str)]:
                found[name] = _in_order(examples)
    if unread:
        print(f"{len(unread)} could not be used and were skipped:", *unread, sep="\n    ")
    if not found:
        raise DataError(
            f"{folder} has no picture that can be learned from: replace those that are named above."
        )
    return found


def _listed(folder: Path) -> list[Path]:
    """What is in a folder, but for what systems hide there."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise DataError(
            f"{folder} cannot be read ({error.strerror}): with --pictures, name a folder "
            "that holds one folder of pictures for each class."
        ) from None


def _meaning(folder: Path, dataset: str | None) -> tuple[str, Classes]:
    """The data set and the classes that a folder is named after; `dataset` is the one meant."""
    names = [_plain(name) for name in folder.name.split("|")]
    fitting = [each for each, labels in LABELS.items() if all(name in labels for name in names)]
    if not fitting:
        raise DataError(
            f"{folder} does not name a class: rename it, as folders have to be {_named_after()}."
        )
    if dataset in fitting:
        fitting = [dataset]
    if len(fitting) > 1:
        raise DataError(
            f"{folder} names a class of {' and '.join(DATASETS[each].title for each in fitting)}: "
            f"say which with --dataset {' or '.join(fitting)}."
        )
    indices = [LABELS[fitting[0]][name] for name in names]
    return fitting[0], tuple(int(index in indices) for index in range(10))


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


LABELS = {  # of each data set, the index by the name of a folder; none can be "T-shirt/top"
    dataset.name: {
        _plain(name): index
        for index, label in enumerate(dataset.labels)
        for name in (label, dataset.names[index], *label.split("/"))
        for name in (name, f"{name}s", f"{name}es")  # a folder holds several
    }
    for dataset in DATASETS.values()
}


def _named_after(dataset: str | None = None) -> str:
    datasets = [DATASETS[dataset]] if dataset else DATASETS.values()
    lists = (", ".join(name.split("/")[0] for name in each.names) for each in datasets)
    return f"named after labels ({'; '.join(lists)})"


Example = tuple[np.ndarray, np.ndarray, Classes]  # two views, what is altered, what is right


def _read(dataset: str, path: Path, classes: Classes) -> Example | str:
    """The picture as an example, or its file and why it cannot be one."""
    original = step_of(dataset, "original")
    try:
        picture = open_picture(path)
        views = preprocess_opened(picture, dataset).two_views
    except PictureError as error:
        return f"{path}: {error}"
    return views, original(picture, views[0]), classes


def _in_order(examples: list[Example]) -> Pictures:
    """By class and then by checksum."""
    by_checksum = {
        (classes, hashlib.sha256(views.tobytes()).digest()): (
            views,
            original,
            np.array(classes, np.uint8),
        )
        for views, original, classes in examples
    }
    ordered = (by_checksum[key] for key in sorted(by_checksum))
    return Pictures(*map(np.stack, zip(*ordered, strict=True)))


def hold_out(pictures: Pictures, dataset: str) -> tuple[Pictures, Pictures]:
    """Those to learn from, and each fourth of those of classes that have several.

    Raises DataError if that is next to nothing.
    """
    classes = list(map(tuple, pictures.classes))
    counts = Counter(classes)
    several = np.flatnonzero([counts[each] > 1 for each in classes])
    chosen = np.isin(np.arange(len(classes)), several[HELD_OUT - 1 :: HELD_OUT])
    if chosen.sum() < FEWEST_HELD_OUT:
        raise DataError(
            f"{DATASETS[dataset].shows}: only {len(several)} pictures are of classes with two or "
            f"more; add some until there are {HELD_OUT * FEWEST_HELD_OUT}, because every fourth is "
            "held out to test what was learned from the others."
        )
    learned, held_out = (
        Pictures(*(values[mask] for values in pictures)) for mask in (~chosen, chosen)
    )
    return learned, held_out


def joined(shown: Targets, pictures: Pictures, dataset: str, rng: np.random.Generator) -> Targets:
    """An epoch's images with a person's own among them, altered each time."""
    altered = step_of(dataset, "altered")
    count = len(pictures.classes)
    chosen = rng.permutation(count * VIEWS)[: round(SHARE * len(shown.classes))] % count
    views = [altered(pictures.originals[i], pictures.classes[i], rng) for i in chosen]
    return Targets(
        np.concatenate([shown.pixels, views]),
        np.concatenate([shown.classes, pictures.classes[chosen]]),
    )


def recipe(dataset: str, network: str, pictures: Pictures, start: records.Run | None) -> Recipe:
    """How a network learns from these pictures, from the weights of a run or from scratch.

    `source` tells both apart from others, so that a training goes on only with the same ones.
    """
    checksum = hashlib.sha256(pictures.originals.tobytes() + pictures.classes.tobytes()).hexdigest()
    origin = f"From the weights {start.weights['file']}" if start else "From scratch"
    return dataclasses.replace(
        recipe_for(OWN if start else SHIPPED, dataset, network),
        name=OWN,
        source=f"{origin}, with {len(pictures.classes)} pictures of one’s own ({checksum[:8]}).",
    )


def right(run: records.Run, pictures: Pictures, weights_dir: Path) -> int:
    """How many of these a network has right."""
    predict = classify.predictor_of(run, weights_dir=weights_dir)
    return int(is_right(predict(pictures.views), pictures.classes).sum())
