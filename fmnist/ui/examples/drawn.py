"""A digit that draws itself on the pad, until a visitor draws."""

import numpy as np

from fmnist.data.datasets import MNIST
from fmnist.pictures.strokes import Point, Stroke


def _five() -> list[Stroke]:
    """A 5 as people write it: first the stem and the bowl, then the bar."""
    turn = np.radians(np.linspace(135, -140, 24))
    bowl = zip(0.48 + 0.19 * np.cos(turn), 0.61 - 0.2 * np.sin(turn), strict=True)
    lines = [
        [*_line((0.37, 0.19), (0.35, 0.44)), *((float(x), float(y)) for x, y in bowl)],
        _line((0.37, 0.19), (0.67, 0.19)),
    ]
    return [Stroke(0.075, [(round(x, 3), round(y, 3)) for x, y in line]) for line in lines]


def _line(start: Point, end: Point) -> list[Point]:
    across, down = (np.linspace(start[i], end[i], 8) for i in range(2))
    return [(float(x), float(y)) for x, y in zip(across, down, strict=True)]


STROKES = {MNIST.name: _five()}


def begun(strokes: list[Stroke], share: float) -> list[Stroke]:
    """The first strokes, up to this share of all points; classify/demo.js draws the same."""
    left = round(share * sum(len(stroke.points) for stroke in strokes))
    found = []
    for stroke in strokes:
        if left > 0:
            found.append(stroke._replace(points=stroke.points[:left]))
        left -= len(stroke.points)
    return found
