"""What an epoch of training shows: how many images and, for the shipped recipe, which ones."""

from pathlib import Path

from markupsafe import Markup
from PIL import Image

from fmnist.data.datasets import DATASETS
from fmnist.runs.recipes import SHIPPED
from fmnist.runs.records import Epoch, Run
from fmnist.ui.markup import render

TRAINING_IMAGES = 60_000  # of each data set, including those held out
KINDS = (  # rows of the pictures that `fmnist.training.report.mixture` makes
    "From the data set",
    "People’s own",
    "Outliers, of which the network should be unsure",
)


def images_shown(run: Run, epoch: Epoch) -> int:
    """How many images an epoch showed; of older records, which do not say so, the data set's."""
    return epoch.get("images", TRAINING_IMAGES - run.recipe.validation_images)


def mixture() -> Markup:
    """Images of an epoch, from pictures beside this file; a data set without one is left out."""
    datasets = {}
    for dataset in DATASETS.values():
        path = Path(__file__).with_name(f"{dataset.name}.png")
        if path.exists():
            datasets[dataset.shows] = _kinds(path)
    return render("training/mixture.jinja", recipe=SHIPPED, datasets=datasets)


def _kinds(path: Path) -> dict[str, list[Image.Image]]:
    """The images in a picture, by their kind."""
    with Image.open(path) as picture:
        side = picture.height // len(KINDS)
        return {
            kind: [
                picture.crop((left, row * side, left + side, (row + 1) * side))
                for left in range(0, picture.width, side)
            ]
            for row, kind in enumerate(KINDS)
        }
