"""Turn a picture into an image like those of its data set, by the steps that made the data set.

Constants were chosen on 600 photos of clothing-dataset-small (A. Grigorev) and on 6,366 digits of
UNIPEN, by the share that the networks get right. After changing one, calibrate and evaluate the
networks again.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from fmnist.data.datasets import FASHION_MNIST, MNIST, lookup, named, test_set
from fmnist.pictures import clothing, digits
from fmnist.pictures.opening import open_picture
from fmnist.pictures.pixels import SIDE, Preprocessed

Picture = str | Path | Image.Image | np.ndarray  # what `open_picture` takes


def preprocess(
    picture: Picture, dataset: str, *, ink: str = "auto", cut_out: bool = True
) -> Preprocessed:
    """Turn a picture into an image of "mnist", "fashion_mnist" or another of DATASETS.

    ink: for digits, whether the ink is "dark"er or "light"er than the background, or "auto"; on a
        transparent canvas the ink is what is not transparent
    cut_out: for clothing, True takes the background away where there is any, False leaves it in

    Images of the data sets come out as they went in. Raises PictureError if there is nothing to
    see, and ValueError if dataset or ink is not one of these.
    """
    return preprocess_opened(open_picture(picture), dataset, ink=ink, cut_out=cut_out)


def preprocess_opened(
    picture: Image.Image, dataset: str, *, ink: str = "auto", cut_out: bool = True
) -> Preprocessed:
    """The same of what `open_picture` has given."""
    named(dataset)
    if ink not in ("auto", "dark", "light"):
        raise ValueError(f"There is no ink {ink!r}: choose auto, dark or light.")
    steps = _preprocessing(dataset).steps
    if ink == "auto" and cut_out and _is_test_image(picture, dataset):
        return Preprocessed(np.asarray(picture)[np.newaxis], {})
    return steps(picture, ink=ink, cut_out=cut_out)


def _is_test_image(picture: Image.Image, dataset: str) -> bool:
    """Whether it is one of the test images, of which the steps would take a few for photos."""
    if picture.size != (SIDE, SIDE) or picture.mode != "L":
        return False
    images, pixels, middle = test_set(dataset).pixels, np.asarray(picture), SIDE // 2
    candidates = (images[:, middle] == pixels[middle]).all(axis=1)  # few, so this is quick
    return bool((images[candidates] == pixels).all(axis=(1, 2)).any())


class Preprocessing(NamedTuple):
    """How pictures become images of a data set: the steps, and the constants that they go by."""

    steps: Callable[..., Preprocessed]
    settings: digits.DigitSettings | clothing.ClothingSettings


PREPROCESSING = {  # by data set
    MNIST.name: Preprocessing(digits.preprocess_digit, digits.SETTINGS),
    FASHION_MNIST.name: Preprocessing(clothing.preprocess_garment, clothing.SETTINGS),
}
MOST_VIEWS = len(clothing.SETTINGS.grabcuts)  # that the steps of any data set make of a picture


def _preprocessing(dataset: str) -> Preprocessing:
    return lookup(PREPROCESSING, dataset, "fmnist.pictures.preprocessing.PREPROCESSING")


def settings_of(dataset: str) -> dict[str, Any]:
    """What the steps of a data set depend on, as JSON values, for the record of a network.

    Raises RegistryError if the data set has none.
    """
    return json.loads(json.dumps(asdict(_preprocessing(dataset).settings)))
