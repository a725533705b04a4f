"""What training does with each data set."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from fmnist.data.datasets import FASHION_MNIST, MNIST, Images, RegistryError, lookup
from fmnist.runs import records
from fmnist.training import make_people, measures, mixtures
from fmnist.training.augment.digits import augment_digit
from fmnist.training.augment.garments import augment_garments
from fmnist.training.augment.photos import augment_photo
from fmnist.training.mixtures import Targets


@dataclass(frozen=True)
class TrainingSteps:
    """What training does with a data set, as functions.

    measures: takes a network as it answers pictures and drawings; returns results on people's
        pictures
    mixture: takes images, a generator and how many people's pictures to add per image; returns what
        an epoch shows. None if no recipe has a phase with a mixture
    augmented: takes images and a generator; returns augmented pixels. None if no phase is augmented
    original: takes a person's picture and the image made of it; returns the array to augment
    altered: takes an original, its classes and a generator; returns an augmented image. Both are
        None if networks cannot learn a person's own pictures
    """

    measures: Callable[[measures.Served, measures.Served], list[records.Measure]]
    mixture: Callable[[Images, np.random.Generator, float], Targets] | None = None
    augmented: Callable[[Images, np.random.Generator], np.ndarray] | None = None
    original: Callable[[Image.Image, np.ndarray], np.ndarray] | None = None
    altered: Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray] | None = None


TRAINING = {  # by data set
    MNIST.name: TrainingSteps(
        measures=measures.of_digits,
        mixture=mixtures.digits,
        original=lambda _, pixels: pixels,
        altered=lambda pixels, classes, rng: augment_digit(pixels, int(classes.argmax()), rng),
    ),
    FASHION_MNIST.name: TrainingSteps(
        measures=measures.of_clothing,
        mixture=mixtures.clothing,
        augmented=augment_garments,
        original=lambda picture, _: make_people.cut_out(picture),
        altered=lambda cut_out, _, rng: augment_photo(cut_out, rng),
    ),
}


def of_dataset(dataset: str) -> TrainingSteps:
    """The entry of a data set. Raises RegistryError if there is none."""
    return lookup(TRAINING, dataset, "fmnist.training.registry.TRAINING")


def step_of(dataset: str, step: str) -> Callable:
    """The function of this name for a data set. Raises RegistryError if it has none."""
    found = getattr(of_dataset(dataset), step)
    if found is None:
        raise RegistryError(
            f"fmnist.training.registry.TRAINING[{dataset!r}] has no {step!r}: add it there."
        )
    return found
