"""What an epoch of training shows: how many images and, for the shipped recipe, which ones."""

import functools

import numpy as np
from markupsafe import Markup
from PIL import Image

from fmnist.data.datasets import DATASETS, Images, test_set
from fmnist.networks.definitions import NETWORKS
from fmnist.runs.recipes import SHIPPED, Phase, recipe_for
from fmnist.runs.records import Run
from fmnist.training.mixtures import Targets
from fmnist.training.registry import step_of
from fmnist.ui.markup import render

TRAINING_IMAGES = 60_000  # of each data set, including those held out
SHOWN = 12  # images of each kind
EPOCH = 500  # images of the data set: enough to give SHOWN images of each kind


def images_shown(run: Run, phase: Phase) -> int:
    """How many images an epoch shows."""
    images = phase.images or TRAINING_IMAGES - run.recipe.validation_images
    if not phase.mixture:
        return images
    return images * len(_epoch(run.dataset, phase.mixture).pixels) // EPOCH


def mixture() -> Markup:
    """Images of an epoch; test images stand in for training images, which are not shipped."""
    datasets = {}
    for name, dataset in DATASETS.items():
        share = max(recipe_for(SHIPPED, name, each).phases[-1].mixture for each in NETWORKS)
        if share:
            datasets[dataset.shows] = _kinds(_epoch(name, share))
    return render("training/mixture.jinja", recipe=SHIPPED, datasets=datasets)


def _kinds(shown: Targets) -> dict[str, list[Image.Image]]:
    """Some images of each kind in an epoch, by the kind's name."""
    known = shown.classes.any(axis=1)
    of_people = np.arange(len(shown.pixels)) >= EPOCH
    kinds = {
        "From the data set": shown.pixels[:SHOWN],
        "People’s own": _some(shown.pixels[known & of_people]),
        "Outliers, of which the network should be unsure": _some(shown.pixels[~known]),
    }
    return {kind: [Image.fromarray(each) for each in pixels] for kind, pixels in kinds.items()}


@functools.cache
def _epoch(dataset: str, share: float) -> Targets:
    """An epoch with this share of people's pictures, if the data set had EPOCH images."""
    images = Images(*(array[:EPOCH] for array in test_set(dataset)))
    return step_of(dataset, "mixture")(images, np.random.default_rng(0), share)


def _some(pixels: np.ndarray) -> np.ndarray:
    """SHOWN of them, evenly spaced."""
    return pixels[np.arange(SHOWN) * len(pixels) // SHOWN]
