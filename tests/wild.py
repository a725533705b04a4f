"""Score the served networks on real drawings and photos: python tests/wild.py FOLDER

FOLDER holds digits.jsonl.gz and letters.jsonl.gz, pen strokes of UNIPEN (doi
10.5281/zenodo.1195803), a line each: {"id", "label", "strokes": [[[x, y], …], …]}, the longer side
1; and photos/CLASS/*.jpg, those of clothing-dataset-small (A. Grigorev). Writes docs/wild.json,
which `python -m fmnist.report` puts into the README, and the README's picture docs/wild.png.
"""

import argparse
import gzip
import json
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageOps

import fmnist
from fmnist import report
from fmnist.datasets import FASHION_MNIST, MNIST
from fmnist.networks import NETWORKS

Answers = dict[str, np.ndarray]  # by network; (n, 3): correct, confidence, sure
PICTURE = report.WILD.with_suffix(".png")
CANVAS = 400  # pixels a side
SHOWN = 8  # of drawings and of photos
CORRECT = {  # by folder; what is in the others belongs to no class
    "dress": {"Dress"},
    "longsleeve": {"Pullover"},
    "outwear": {"Coat"},
    "pants": {"Trouser"},
    "shirt": {"Shirt"},
    "t-shirt": {"T-shirt/top"},
    "shoes": {"Sandal", "Sneaker", "Ankle boot"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    digits, letters = (load(folder / f"{kind}.jsonl.gz") for kind in ("digits", "letters"))
    photos = {
        kind.name: sorted(kind.glob("*.jpg")) for kind in sorted((folder / "photos").iterdir())
    }
    picture(spread(digits), spread([path for kind in CORRECT for path in photos[kind]]))

    of_digits = answers(map(draw, digits), [{str(item["label"])} for item in digits], MNIST.name)
    of_letters = answers(map(draw, letters), [set()] * len(letters), MNIST.name)
    of_photos = {
        kind: answers(
            map(photo, paths), [CORRECT.get(kind, set())] * len(paths), FASHION_MNIST.name
        )
        for kind, paths in photos.items()
    }
    garments = together([of_photos[kind] for kind in CORRECT if kind != "shoes"])
    outliers = together([of_photos[kind] for kind in photos if kind not in CORRECT])
    results = [
        result("digits: correct", of_digits, correct),
        result("digits: correct answers rejected", of_digits, correct_rejected),
        result("letters, which are no digits: rejected", of_letters, rejected),
        {"what": "confidence of digits against letters: AUROC", "n": len(digits) + len(letters)}
        | {network: auroc(of_digits[network], of_letters[network]) for network in NETWORKS},
        result("garments: correct", garments, correct),
        *(result(f"– {kind}", of_photos[kind], correct) for kind in CORRECT if kind != "shoes"),
        result("garments: correct answers rejected", garments, correct_rejected),
        result("shoes from above, in pairs: correct", of_photos["shoes"], correct),
        result("hats, shorts, skirts, of no class: rejected", outliers, rejected),
    ]
    report.WILD.write_text(
        json.dumps({"weights": report.served(), "results": results}, indent=1) + "\n"
    )
    print(report.wild())


def load(path: Path) -> list[dict]:
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def draw(item: dict) -> Image.Image:
    """As a brush leaves it on a pad, RGBA; its size, place and brush follow from the id."""
    rng = random.Random(zlib.crc32(item["id"].encode()))
    size = CANVAS * rng.uniform(0.35, 0.85)
    brush = max(4, CANVAS * rng.uniform(0.015, 0.06))
    points = np.concatenate(item["strokes"]) * size
    x, y = (rng.uniform(brush, max(brush, CANVAS - side - brush)) for side in points.max(axis=0))
    ink = Image.new("L", (2 * CANVAS, 2 * CANVAS))  # reduced below, so that edges are smooth
    pen = ImageDraw.Draw(ink)
    for stroke in item["strokes"]:
        path = [(2 * (x + size * right), 2 * (y + size * down)) for right, down in stroke]
        if len(path) > 1:
            pen.line(path, fill=255, width=round(2 * brush), joint="curve")
        for right, down in (path[0], path[-1]):
            pen.ellipse((right - brush, down - brush, right + brush, down + brush), fill=255)
    drawing = Image.new("RGBA", (CANVAS, CANVAS))
    drawing.putalpha(ink.resize((CANVAS, CANVAS), Image.Resampling.LANCZOS))
    return drawing


def photo(path: Path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


def answers(pictures, wanted: list[set], dataset: str) -> Answers:
    """For each picture: is the label among those wanted, confidence, sure."""
    predicted = {network: [] for network in NETWORKS}
    for image, labels in zip(pictures, wanted, strict=True):
        for network, result in fmnist.compare(image, dataset).items():
            predicted[network].append((result.label in labels, result.confidence, result.sure))
    return {network: np.array(answers) for network, answers in predicted.items()}


def together(kinds: list[Answers]) -> Answers:
    return {network: np.concatenate([kind[network] for kind in kinds]) for network in NETWORKS}


def result(what: str, by_network: Answers, measure: Callable[[np.ndarray], float]) -> dict:
    n = len(next(iter(by_network.values())))
    measured = {network: measure(answers) for network, answers in by_network.items()}
    return {"what": what, "n": n} | measured


def correct(answers: np.ndarray) -> float:
    return answers[:, 0].mean()


def rejected(answers: np.ndarray) -> float:
    return 1 - answers[:, 2].mean()


def correct_rejected(answers: np.ndarray) -> float:
    return rejected(answers[answers[:, 0] == 1])


def auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    """The chance that the confidence in something known is above that in something unknown."""
    ranked = np.sort(unknown[:, 1])
    below = [np.searchsorted(ranked, known[:, 1], side) for side in ("left", "right")]
    return float(np.mean(below) / len(ranked))


def spread(items: list) -> list:
    """Some of them, evenly from first to last: nobody picked them."""
    return [items[index * len(items) // SHOWN] for index in range(SHOWN)]


def picture(digits: list[dict], photos: list[Path]) -> None:
    """What came in, the image that it became, and what the large network predicted."""
    drawn = [(draw(item), item["label"], MNIST.name) for item in digits]
    taken = [(photo(path), path.parent.name, FASHION_MNIST.name) for path in photos]
    figure = Figure(figsize=(10, 7), layout="constrained")
    for half, shown in zip(figure.subfigures(2), (drawn, taken), strict=True):
        columns = half.subplots(2, SHOWN).T
        for (above, below), (image, what, dataset) in zip(columns, shown, strict=True):
            result = fmnist.classify(image, dataset)
            above.imshow(image)
            above.set_title(what, fontsize=10)
            below.imshow(result.pixels, cmap="gray", vmin=0, vmax=255)
            mark = f"{result.confidence:.0%}" if result.sure else "not sure"
            below.set_xlabel(f"{result.label}\n{mark}", fontsize=10)
            for axes in (above, below):
                axes.set(xticks=[], yticks=[])
    figure.savefig(PICTURE, dpi=100)


if __name__ == "__main__":
    main()
