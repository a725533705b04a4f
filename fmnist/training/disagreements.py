"""People's drawings on which the served networks disagree, for the Compare tab."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from fmnist.data import people
from fmnist.data.datasets import MNIST
from fmnist.inference.classify import compare, disagree
from fmnist.pictures.strokes import STEPS, from_steps, painted

MOST = 3  # of each digit or word
PENS = 45, 75, 120  # of STEPS: the widths of the pad's
EXTENT = 700  # of STEPS: the drawing's longer side; it stands in the middle of the pad
# Of STEPS, at most half a pixel: each browser paints a little differently.
NUDGES = tuple(itertools.product(range(4), (0, -2, 2)))  # aside and down; of the pen's width


def found(dataset: str) -> list[dict[str, Any]]:
    """Those that validation people made of a class of the data set; the surest of each.

    As JSON values: what was to be drawn ("of"), the pen's width and, for each stroke, its points,
    in STEPS. Takes minutes.
    """
    surest: dict[str, list[tuple[float, dict[str, Any]]]] = {}
    for of, strokes in held_out(dataset):
        lines = placed(strokes)
        sure, pen = max((_disagreement(lines, pen, dataset), pen) for pen in PENS)
        if sure:
            drawing = {"of": of, "width": pen, "lines": lines}
            surest.setdefault(of, []).append((sure, drawing))
    ranked = (sorted(each, key=lambda one: -one[0])[:MOST] for each in surest.values())
    return [drawing for each in ranked for _, drawing in each]


def _disagreement(lines: list[list[list[int]]], pen: int, dataset: str) -> float:
    """How sure the less sure network is; 0 if they agree, or if a nudge changes what they say."""
    said, sure = set(), 1.0
    for nudge, wider in NUDGES:
        nudged = [[[x + nudge, y + nudge] for x, y in line] for line in lines]
        results = compare(painted(from_steps(pen + wider, nudged)), dataset)
        said.add(tuple(result.label for result in results.values()))
        if not disagree(results) or len(said) > 1:
            return 0
        sure = min(sure, *(result.confidence for result in results.values()))
    return sure


def held_out(dataset: str) -> Iterator[tuple[str, list[Any]]]:
    """What the validation people were to draw, as in "drawing of a 7", and their strokes."""
    if dataset == MNIST.name:
        of_each = [(MNIST.phrases[int(item["label"])], item) for item in people.strokes("digits")]
    else:
        of_each = [
            (item["word"] if item["word"].endswith("s") else f"a {item['word']}", item)
            for item in people.drawings()
            if item["clothing"] not in ("", "?")
        ]
    for of, item in of_each:
        if people.split_of(item) == "validation":
            yield of, item["strokes"]


def placed(strokes: list[Any]) -> list[list[list[int]]]:
    """The strokes in the middle of the pad, in STEPS; a dot as a line to where it starts."""
    lines = [np.rint(np.array(points) * EXTENT).astype(int) for points in strokes]
    margin = (STEPS - np.concatenate(lines).max(axis=0)) // 2
    return [(np.resize(line, (max(2, len(line)), 2)) + margin).tolist() for line in lines]
