"""From a picture to an image as the data set has them, by the steps with which it was made.

Constants were chosen on 600 photos of clothing-dataset-small (A. Grigorev) and on 6,366 digits of
UNIPEN, by the share that the networks get right. After a change of one in SETTINGS the networks
have to be calibrated and evaluated again.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fmnist.data.datasets import DATASETS, FASHION_MNIST, MNIST, lookup, test_set
from fmnist.pictures import clothing, digits
from fmnist.pictures.opening import open_picture
from fmnist.pictures.pixels import SIDE, Preprocessed

Picture = str | Path | Image.Image | np.ndarray  # what `open_picture` takes


def preprocess(
    picture: Picture, dataset: str, *, ink: str = "auto", cut_out: bool | None = None
) -> Preprocessed:
    """Turn a picture into an image of "mnist" or "fashion_mnist".

    ink: for digits, whether the ink is "dark"er or "light"er than the background, or "auto"; on a
        transparent canvas the ink is what is not transparent
    cut_out: for clothing, True takes the background away, False leaves it in, None decides

    Images of the data sets come out as they went in. Raises PictureError if there is nothing to
    see, and ValueError if dataset or ink is not one of these.
    """
    return preprocess_opened(open_picture(picture), dataset, ink=ink, cut_out=cut_out)


def preprocess_opened(
    picture: Image.Image, dataset: str, *, ink: str = "auto", cut_out: bool | None = None
) -> Preprocessed:
    """The same of what `open_picture` has given."""
    if dataset not in DATASETS:
        raise ValueError(f"There is no data set {dataset!r}: choose one of {', '.join(DATASETS)}.")
    if ink not in ("auto", "dark", "light"):
        raise ValueError(f"There is no ink {ink!r}: choose auto, dark or light.")
    steps = lookup(PREPROCESSING, dataset, "fmnist.pictures.preprocessing.PREPROCESSING")
    if ink == "auto" and cut_out is None and _is_test_image(picture, dataset):
        return Preprocessed(np.asarray(picture)[np.newaxis], {"Picture": picture})
    return steps(picture, ink=ink, cut_out=cut_out)


def _is_test_image(picture: Image.Image, dataset: str) -> bool:
    """Whether it is one of the test images, of which the steps would take a few for photos."""
    return (
        picture.size == (SIDE, SIDE)
        and picture.mode == "L"
        and bool((test_set(dataset).pixels == np.asarray(picture)).all(axis=(1, 2)).any())
    )


PREPROCESSING: dict[str, Callable[..., Preprocessed]] = {  # the steps of each data set
    MNIST.name: digits.preprocess_digit,
    FASHION_MNIST.name: clothing.preprocess_garment,
}
SETTINGS: dict[str, digits.DigitSettings | clothing.ClothingSettings] = {
    MNIST.name: digits.SETTINGS,
    FASHION_MNIST.name: clothing.SETTINGS,
}


def settings_of(dataset: str) -> dict[str, Any]:
    """What the steps of a data set depend on, as JSON values, for the record of a network.

    Raises RegistryError if the data set has none.
    """
    settings = lookup(SETTINGS, dataset, "fmnist.pictures.preprocessing.SETTINGS")
    return json.loads(json.dumps(asdict(settings)))
