"""Make docs/wild.png, people's drawings and photos: python tests/measure/wild.py PHOTOS

PHOTOS is the folder `images` of clothing-dataset, see fmnist/training/make_people.py. All shown
are of validation people, evenly from first to last: nobody picked them.
"""

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

import fmnist
from fmnist.data import people
from fmnist.data.datasets import FASHION_MNIST, MNIST
from fmnist.training import make_people

PICTURE = Path(__file__).parent.parent.parent / "docs" / "wild.png"
SHOWN = 8  # of each kind
SIDE, GAP, LINE = 112, 10, 16  # pixels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    folder = parser.parse_args().photos
    digits = [
        (make_people.draw(item), str(item["label"]), MNIST.name)
        for item in some(
            item for item in people.strokes("digits") if people.split_of(item) == "validation"
        )
    ]
    held_out = [item for item in people.drawings() if people.split_of(item) == "validation"]
    drawings, others = (
        [(make_people.draw(item), item["word"], FASHION_MNIST.name) for item in some(group)]
        for group in (
            (item for item in held_out if item["clothing"] not in ("", "?")),
            (item for item in held_out if item["clothing"] == ""),
        )
    )
    photos = [
        (photo(folder / f"{line['image']}.jpg"), line["kind"], FASHION_MNIST.name)
        for line in some(line for line in people.photo_table() if line["split"] == "validation")
    ]
    rows = digits, drawings, others, photos
    height = 2 * SIDE + 3 * LINE + 3 * GAP
    sheet = Image.new("RGB", (SHOWN * (SIDE + GAP) + GAP, len(rows) * height + GAP), "white")
    for row, shown in enumerate(rows):
        for column, (picture, what, dataset) in enumerate(shown):
            paste(sheet, GAP + column * (SIDE + GAP), GAP + row * height, picture, what, dataset)
    sheet.save(PICTURE)


def paste(sheet, left, top, picture, what, dataset) -> None:
    """One below the other: what it is, the picture, the image that it became, and the answer."""
    result = fmnist.classify(picture, dataset)
    pen = ImageDraw.Draw(sheet)

    def write(text, y):
        pen.text((left + SIDE / 2, y), text, "black", anchor="ma", font_size=12)

    write(what, top)
    top += LINE
    shown = ImageOps.contain(picture, (SIDE, SIDE))
    ink = shown if shown.mode == "RGBA" else None
    sheet.paste(shown, (left + (SIDE - shown.width) // 2, top + (SIDE - shown.height) // 2), ink)
    top += SIDE + GAP
    seen = Image.fromarray(result.pixels).resize((SIDE, SIDE), Image.Resampling.NEAREST)
    sheet.paste(seen, (left, top))
    write(result.label, top + SIDE)
    write(f"{result.confidence:.0%}, {result.verdict}", top + SIDE + LINE)


def some(items) -> list:
    """SHOWN of the items, evenly."""
    items = list(items)
    return [items[index * len(items) // SHOWN] for index in range(SHOWN)]


def photo(path: Path) -> Image.Image:
    with Image.open(path) as file:
        return ImageOps.exif_transpose(file).convert("RGB")


if __name__ == "__main__":
    main()
