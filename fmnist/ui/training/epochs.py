"""What an epoch of a training shows: how many images, and, of the shipped recipe, which ones."""

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

TRAINING_IMAGES = 60_000  # of each data set, with those held out
SHOWN = 12  # images of a kind
EPOCH = 500  # images of the data set, enough to have as many of each kind


def images_shown(run: Run, phase: Phase) -> int:
    """How many an epoch shows."""
    images = phase.images or TRAINING_IMAGES - run.recipe.validation_images
    if not phase.mixture:
        return images
    return images * len(_epoch(run.dataset, phase.mixture).pixels) // EPOCH


def mixture() -> Markup:
    """Images that an epoch shows; test images stand in for the training images, not shipped."""
    datasets = {}
    for name, dataset in DATASETS.items():
        share = max(recipe_for(SHIPPED, name, each).phases[-1].mixture for each in NETWORKS)
        if share:
            datasets[dataset.shows] = _kinds(_epoch(name, share))
    return render("training/mixture.jinja", recipe=SHIPPED, datasets=datasets)


def _kinds(shown: Targets) -> dict[str, list[Image.Image]]:
    """Some of each kind of images in an epoch, by what the kind is called."""
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
    """What an epoch would show, with this share of people's, if the data set had EPOCH images."""
    images = Images(*(array[:EPOCH] for array in test_set(dataset)))
    return step_of(dataset, "mixture")(images, np.random.default_rng(0), share)


def _some(pixels: np.ndarray) -> np.ndarray:
    """SHOWN of them, evenly from first to last."""
    return pixels[np.arange(SHOWN) * len(pixels) // SHOWN]
