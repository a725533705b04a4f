"""Drawings as strokes, as the pad keeps them, and the picture that it sends of them."""

from typing import NamedTuple

from PIL import Image, ImageDraw

SIDE = 160  # pixels of the picture that the pad sends: as good as 280, in a third of the time
FINER = 4  # it is painted this many times larger, then reduced, so that its edges are smooth
STEPS = 1000  # per side, the unit of coordinates in files

Point = tuple[float, float]  # as fractions of the pad's side


class Stroke(NamedTuple):
    """A line of the pen; like `Stroke` in types.d.ts."""

    width: float
    points: list[Point]


def from_steps(width: int, lines: list[list[list[int]]]) -> list[Stroke]:
    """Strokes of one pen, from whole numbers of STEPS."""
    return [Stroke(width / STEPS, [(x / STEPS, y / STEPS) for x, y in points]) for points in lines]


def painted(strokes: list[Stroke]) -> Image.Image:
    """The drawing as the pad would send it: black on a transparent background."""
    side = FINER * SIDE
    ink = Image.new("L", (side, side))
    pen = ImageDraw.Draw(ink)
    for width, points in strokes:
        path = [(x * side, y * side) for x, y in points]
        pen.line(path, fill=255, width=round(width * side), joint="curve")
        for x, y in (path[0], path[-1]):
            pen.circle((x, y), width * side / 2, fill=255)
    drawing = Image.new("RGBA", (SIDE, SIDE))
    drawing.putalpha(ink.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return drawing
