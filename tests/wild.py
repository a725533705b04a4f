"""Make the README's picture of people's drawings and photos: python tests/wild.py PHOTOS

PHOTOS is the folder `images` of clothing-dataset, see fmnist/people.py. All shown are of validation
people, evenly from first to last: nobody picked them.
"""

import argparse
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image, ImageOps

import fmnist
from fmnist import people
from fmnist.datasets import FASHION_MNIST, MNIST

PICTURE = Path(__file__).parent.parent / "docs" / "wild.png"
SHOWN = 8  # of drawings and of photos


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    folder = parser.parse_args().photos
    digits = [
        (people.draw(item), str(item["label"]), MNIST.name)
        for item in some(
            item for item in people.strokes("digits") if item["source"] in people.VALIDATION_WRITERS
        )
    ]
    photos = [
        (photo(folder / f"{line['image']}.jpg"), line["kind"], FASHION_MNIST.name)
        for line in some(line for line in people.photo_table() if line["split"] == "validation")
    ]
    figure = Figure(figsize=(10, 7), layout="constrained")
    for part, shown in zip(figure.subfigures(2), (digits, photos), strict=True):
        columns = part.subplots(2, SHOWN).T
        for (above, below), (picture, what, dataset) in zip(columns, shown, strict=True):
            result = fmnist.classify(picture, dataset)
            above.imshow(picture)
            above.set_title(what, fontsize=10)
            below.imshow(result.pixels, cmap="gray", vmin=0, vmax=255)
            below.set_xlabel(f"{result.label}\n{result.confidence:.0%}, {result.verdict}")
            for axes in (above, below):
                axes.set(xticks=[], yticks=[])
    figure.savefig(PICTURE, dpi=100)


def some(items) -> list:
    """SHOWN of the items, evenly."""
    items = list(items)
    return [items[index * len(items) // SHOWN] for index in range(SHOWN)]


def photo(path: Path) -> Image.Image:
    with Image.open(path) as file:
        return ImageOps.exif_transpose(file).convert("RGB")


if __name__ == "__main__":
    main()
