"""Real people's photos and drawings, as data sets in MNIST's form.

- photos: phone photos of clothing on floors, sheets and hangers, as images of Fashion-MNIST,
  grouped by sender (clothing-dataset, A. Grigorev and contributors, CC0)
- photos_as_digits: the same photos preprocessed as drawings into images of MNIST; none is a digit
- pens: digits, and letters, characters of other scripts and symbols as outliers, as images of
  MNIST, grouped by writer or by writers' group or script (UNIPEN, pendigits, NumberPad, Omniglot)
- drawings: what people drew of a word, as images of Fashion-MNIST, grouped by word (Quick, Draw!);
  validation images only, because training redraws the strokes with other pens
- drawings_as_digits: the same drawings as images of MNIST; none is a digit

The strokes are shipped, as is a table of the photos with the classes and the split that this
project gave them. Nobody's photos or handwriting are in both splits; of drawings it is not known
who made them, so some words are in one split only. `fmnist.training.make_people` makes the
images from these. LICENSES.md in the folder names the sources.
"""

import csv
import functools
import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fmnist.data import idx

FOLDER = Path(__file__).parent / "peoplesets"
SPLITS = ("train", "validation")
# Two groups of UNIPEN's writers, six writers of pendigits, the Greek and the Tagalog script.
VALIDATION_WRITERS = {
    *("apa", "art"),
    *("pda03", "pda11", "pda17", "pda21", "pda26", "pda30"),
    *("omgree", "omtaga"),
}
MADE = FOLDER / "made.json"  # the settings the files were made with, and their checksums
PARTS = {  # files of a split
    "pixels": "images-idx3-ubyte.gz",
    "classes": "classes-idx2-ubyte.gz",
    "people": "people-idx1-short.gz",
    "second_views": "second-views-idx3-ubyte.gz",
    "filled": "filled-idx3-ubyte.gz",
    "cut_outs": "cut-outs-idx3-ubyte.gz",
}
# Only training images are augmented, and only validation images have a second view.
ONLY_OF = {"cut_outs": "train", "second_views": "validation"}
SOURCES = {  # of the drawings of classes that are held out, by set; all are CC BY 4.0
    "pens": {
        "UNIPEN": "https://doi.org/10.5281/zenodo.1195803",
        "pendigits": "https://doi.org/10.24432/C5MG6K",
    },
    "drawings": {"Quick, Draw!": "https://quickdraw.withgoogle.com/data"},
}


class Examples(NamedTuple):
    """People's pictures, as images.

    pixels: (n, 28, 28) uint8, 0 = background
    classes: (n, 10) bool, the right ones: one, several where it is a matter of taste, or none
    people: (n,) int16, who made it: the number of the sender of a photo, of the writers' group, or,
        for drawings, of the word
    views: (n, 1, 28, 28), the same as pixels; for the validation people's photos (n, 2, 28, 28),
        where the second view is the photo cut out another way, as in `Preprocessed.views`
    """

    pixels: np.ndarray
    classes: np.ndarray
    people: np.ndarray
    views: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """(n,) bool, whether each has a class."""
        return np.asarray(self.classes.any(axis=1))


@functools.cache
def load(name: str, split: str) -> Examples:
    """The data set of this name, of the "train" or the "validation" people; see above."""
    pixels, classes, people = (_read(name, split, part) for part in ("pixels", "classes", "people"))
    views = [pixels]
    if name == "photos" and split == ONLY_OF["second_views"]:
        views.append(_read(name, split, "second_views"))
    return Examples(pixels, classes.astype(bool), people, np.stack(views, axis=1))


@functools.cache
def cut_outs() -> np.ndarray:
    """The garments in the training people's photos, at twice the size that `load` gives.

    (n, 56, 56) uint8, each in the upper left corner, 0 = background. Augment them first, then
    reduce them to the size of an image.
    """
    return _read("photos", "train", "cut_outs")


def filled(name: str) -> Examples:
    """The validation drawings with what their lines enclose filled, as by a bucket."""
    outlined = load(name, "validation")
    pixels = _read(name, "validation", "filled")
    return outlined._replace(pixels=pixels, views=pixels[:, np.newaxis])


def file_of(name: str, split: str, part: str) -> Path:
    """The path of one of the PARTS of a split."""
    return FOLDER / name / f"{split}-{PARTS[part]}"


def _read(name: str, split: str, part: str) -> np.ndarray:
    return idx.decode(gzip.decompress(file_of(name, split, part).read_bytes()))


def strokes(name: str) -> list[dict[str, Any]]:
    """The "digits" or "letters" of the pens: id, source (the group of writers), label, strokes.

    A stroke is a list of points (x, y), right and down; the longer side of the drawing is 1.
    """
    return _read_lines(FOLDER / "pens" / f"{name}.jsonl.gz")


def split_of(item: dict[str, Any]) -> str:
    """In which split an item of `strokes` or `drawings` is."""
    its = "validation" if item.get("source") in VALIDATION_WRITERS else "train"
    return item.get("split", its)


def drawings() -> list[dict[str, Any]]:
    """Of Quick, Draw!: id, word, split, kind, clothing, digit and strokes as in `strokes`.

    kind: "seen", or "unseen" of words of which there are no drawings to train on
    clothing, digit: the classes that are right, joined by "|"; "" for none; "?" where it may
        rightly be taken for one, so that it is neither taught nor scored
    """
    return _read_lines(FOLDER / "drawings" / "drawings.jsonl.gz")


def _read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def classes_of(names: str, labels: Sequence[str]) -> np.ndarray:
    """(10,) uint8, 1 for each label that is among the names, which "|" joins."""
    named = names.split("|")
    return np.array([label in named for label in labels], np.uint8)


def photo_table() -> list[dict[str, str]]:
    """One row per photo: image (the file name without .jpg), split, sender, kind, classes.

    kind is the label in the public data set; classes are labels of Fashion-MNIST joined by "|",
    none for hats, shorts and skirts.
    """
    with (FOLDER / "photos" / "photos.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def checksums() -> dict[str, str]:
    """SHA-256 of each unpacked file (gzip wrappers differ), by its path in FOLDER."""
    return {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(
            gzip.decompress(path.read_bytes())
        ).hexdigest()
        for path in sorted(FOLDER.glob("*/*-idx*.gz"))
    }
