"""Curves of a recorded training as SVG; whoever shows them gives the colours, in a style sheet.

A point of each `polyline` is an epoch. The `circle` after it and the `line` mark one of them, the
last at first: a script can move them.
"""

import math

from fmnist.runs.records import Run

WIDTH, LEFT, RIGHT = 420, 56, 410  # of the picture, and from where to where the curves go
LINE, TITLE, GAP = 18, 30, 12  # heights: of the phases, and above and below each diagram
DIAGRAMS = (  # title, height, fields of an epoch with their classes in the style sheet
    ("Right answers", 150, {"accuracy": "training", "val_accuracy": "validation"}),
    ("Loss", 110, {"loss": "training", "val_loss": "validation"}),
    ("Learning rate", 50, {"learning_rate": "rate"}),
)


def curves(run: Run, runs: list[Run]) -> str:
    """Accuracy, loss and learning rate by epoch, one below the other, and the phases.

    The axes hold the values of all `runs`, so that pictures of them can be compared.
    """
    epochs = len(run.history)
    text, bottom = "", LINE
    for title, height, fields in DIAGRAMS:
        shares = "accuracy" in fields
        values = [value for each in runs for field in fields for value in _values(each, field)]
        low, high = (min(*values, 0.99), 1.0) if shares else (0.0, max(values))
        text += f'<text class="title" y="{bottom + 18}">{title}</text>'
        bottom += TITLE + height

        def y(value: float, low=low, scale=height / (high - low), bottom=bottom) -> float:
            return round(bottom - scale * (value - low), 1)

        for tick in _ticks(low, high, height // 50):
            text += f'<path class="grid" d="M{LEFT} {y(tick)}H{RIGHT}"/>'
            text += _at_the_axis(f"{100 * tick:g} %" if shares else f"{tick:g}", y(tick))
        for field, kind in fields.items():
            points = [(_x(n, epochs), y(value)) for n, value in enumerate(_values(run, field), 1)]
            corners = " ".join(f"{x},{y}" for x, y in points)
            text += f'<polyline class="{kind}" points="{corners}"/>'
            text += '<circle class="{}" r="4" cx="{}" cy="{}"/>'.format(kind, *points[-1])
        bottom += GAP
    text += _at_the_axis("Epoch", bottom)
    for tick in _ticks(0, epochs, 3):
        if tick >= 1 and tick == int(tick):
            text += f'<text x="{_x(tick, epochs)}" y="{bottom + 4}">{tick:g}</text>'
    return (
        f'<svg viewBox="0 0 {WIDTH} {bottom + 8}">{_phases(run, bottom - GAP)}{text}'
        f'<line x1="{RIGHT}" x2="{RIGHT}" y1="{LINE}" y2="{bottom - GAP}"/></svg>'
    )


def _phases(run: Run, bottom: float) -> str:
    """A band for each, with its number above."""
    text, before, epochs = _at_the_axis("Phase", 9), 0, len(run.history)
    for number, phase in enumerate(run.recipe.phases, 1):
        left = _x(max(before + 0.5, 1), epochs)
        before += phase.epochs
        right = _x(min(before + 0.5, epochs), epochs)
        text += (
            f'<rect x="{left}" y="{LINE}" width="{right - left:.1f}" height="{bottom - LINE}"/>'
            f'<text x="{(left + right) / 2:.1f}" y="13">{number}</text>'
        )
    return text


def _at_the_axis(words: str, y: float) -> str:
    return f'<text class="axis" x="{LEFT - 8}" y="{y + 4}">{words}</text>'


def _x(epoch: float, epochs: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (epoch - 1) / max(epochs - 1, 1), 1)


def _values(run: Run, field: str) -> list[float]:
    return [epoch[field] for epoch in run.history]  # type: ignore[literal-required]


def _ticks(low: float, high: float, steps: int) -> list[float]:
    """Round numbers from low to high, with so many steps between them or a few more."""
    widest = (high - low) / steps
    power = 10 ** math.floor(math.log10(widest))
    step = max(step for step in (power, 2 * power, 5 * power) if step <= widest)
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step + 1e-9) + 1)]
