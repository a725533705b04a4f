"""Figures of recorded runs: curves by epoch, and confusion matrices.

We avoid pyplot, because it keeps every figure it makes. Parts have a name (`set_gid`) that becomes
their class in the SVG, by which a style sheet recolours them and a script finds them.
"""

import io
import re
import threading
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from fmnist.data import files
from fmnist.data.datasets import DATASETS
from fmnist.runs import records
from fmnist.runs.records import Run

INCH = 72  # points, which are the unit of all other sizes and of the SVG
WIDTH, LEFT, RIGHT = 420, 56, 410  # of the curves, and the edges between which they run
LINE, TITLE, GAP, BOTTOM = 20, 30, 12, 29  # heights: of legend and phases, and around each diagram
EPOCHS = 20  # from the diagrams down to the baseline of the epochs' numbers
TEXT, DOT = 12, 4  # font size, and radius of the marks
DIAGRAMS = (  # title, height, maximum number of ticks, and the fields of an epoch with their kind
    ("Right answers", 150, 4, {"accuracy": "training", "val_accuracy": "validation"}),
    ("Loss", 110, 5, {"loss": "training", "val_loss": "validation"}),
    ("Learning rate", 50, 2, {"learning_rate": "rate"}),
)
INK, SUBDUED, GRID, GOOD, BAD = "#1e293b", "#475569", "#e2e8f0", "#0f766e", "#dc2626"
STYLES: dict[str, dict[str, Any]] = {  # of curves, by kind
    "training": {"color": SUBDUED, "linewidth": 2, "linestyle": (0, (2.5, 2))},
    "validation": {"color": GOOD, "linewidth": 2.5},
    "rate": {"color": INK, "linewidth": 2},
}
LABELS = {"training": "images shown in training", "validation": "validation images"}
COLOURS = (GOOD, "#b45309", "#4338ca", "#be123c")  # for several runs
CELL, NAMES = 27, 74  # of a confusion matrix: a cell's side, and the room for long names
STEPS = (1, 2, 5, 10)  # between ticks, times any power of ten
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
}
NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))  # metadata of the SVG
drawing = threading.Lock()  # all threads share matplotlib's settings


def curves(runs: Sequence[Run], beside: Sequence[Run] = ()) -> Figure:
    """Accuracy, loss and learning rate by epoch, one below the other.

    For a single run, phases are shaded and the last epoch is marked, so that a script can move the
    marks. Several runs each get a colour, unless there are more than COLOURS.

    beside: other runs whose values must fit on the axes, so that figures can be compared
    """
    alone = len(runs) == 1
    lines = 1 if alone else 1 + (len(runs) + 1) // 2
    top = LINE * (lines + alone)
    height = top + BOTTOM + sum(TITLE + each + GAP for _, each, *_ in DIAGRAMS) - GAP
    figure = Figure((WIDTH / INCH, height / INCH))
    figure.patch.set_gid("paper")
    epochs = max(len(run.history) for run in runs)
    whole = _axes(figure, top, height - top - BOTTOM, epochs)
    whole.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=STEPS, min_n_ticks=1))
    whole.tick_params(axis="x", labelbottom=True, pad=EPOCHS - TEXT * 3 / 4)
    _at_the_axis(figure, "Epoch", height - BOTTOM + EPOCHS)
    if alone:
        _shade_phases(whole, runs[0])
        whole.axvline(epochs, gid="now", color=INK, linewidth=1, clip_on=False)
        _at_the_axis(figure, "Phase", top - 6)
    for title, room, ticks, fields in DIAGRAMS:
        top += TITLE + room
        axes = _axes(figure, top - room, room, epochs)
        _write(figure, title, 0, top - room - 12, weight="bold", color=INK, gid="title")
        shares = "accuracy" in fields
        values = [
            value for run in (*runs, *beside) for field in fields for value in _values(run, field)
        ]
        axes.set_ylim((min(*values, 0.99), 1) if shares else (0, max(values)))
        axes.yaxis.set_major_locator(MaxNLocator(ticks, steps=STEPS))
        axes.yaxis.set_major_formatter(_percent if shares else "{x:g}")
        axes.grid(axis="y", color=GRID, linewidth=1, clip_on=False, gid="grid")
        axes.tick_params(axis="y", labelleft=True)
        for run, colour in zip(runs, cycle(COLOURS), strict=False):
            for field, kind in fields.items():
                style = STYLES[kind] | ({} if alone else {"color": colour})
                _draw(axes, _values(run, field), kind, style, marked=alone)
        top += GAP
    _explain(figure, runs)
    return figure


def _axes(figure: Figure, top: float, height: float, epochs: int) -> Axes:
    """Axes without a frame, from `top` points below the figure's upper edge."""
    width, whole = figure.get_size_inches() * INCH
    axes = figure.add_axes(
        (LEFT / width, 1 - (top + height) / whole, (RIGHT - LEFT) / width, height / whole)
    )
    axes.set_frame_on(False)
    axes.set_xlim(1, max(epochs, 2))
    axes.tick_params(
        length=0,
        left=False,
        bottom=False,
        labelleft=False,
        labelbottom=False,
        labelsize=TEXT,
        labelcolor=SUBDUED,
        pad=8,
    )
    return axes


def _shade_phases(whole: Axes, run: Run) -> None:
    """A band for each phase, with its number above."""
    before, epochs = 0, len(run.history)
    for number, phase in enumerate(run.recipe.phases, 1):
        left = max(before + 0.5, 1)
        before += phase.epochs
        right = min(before + 0.5, epochs)
        even = number % 2 == 0
        whole.axvspan(
            left,
            right,
            color=SUBDUED,
            alpha=0.16 if even else 0.06,
            linewidth=0,
            clip_on=False,
            gid="even phase" if even else "phase",
        )
        whole.annotate(
            str(number),
            ((left + right) / 2, 1),
            xycoords=whole.get_xaxis_transform(),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            size=TEXT,
            color=SUBDUED,
        )


def _draw(
    axes: Axes, values: list[float], kind: str, style: dict[str, Any], *, marked: bool
) -> None:
    """A curve and, if `marked`, a dot on its last epoch."""
    epochs = len(values)
    (curve,) = axes.plot(range(1, epochs + 1), values, **style, clip_on=False, gid=f"curve {kind}")
    curve.get_path().should_simplify = False  # keep a point for each epoch
    if marked:
        place = ScaledTranslation(epochs, values[-1], axes.transData)  # type: ignore[arg-type]
        dot = Circle((0, 0), DOT / INCH, transform=axes.figure.dpi_scale_trans + place)
        dot.set(color=style["color"], linewidth=0, clip_on=False, gid=f"mark {kind}", zorder=3)
        axes.add_artist(dot)


def _explain(figure: Figure, runs: Sequence[Run]) -> None:
    """The legend: dashed and solid curves, and the colours of several runs."""
    kinds, alone = list(LABELS), len(runs) == 1
    lines = [Line2D([], [], **STYLES[kind], label=LABELS[kind]) for kind in kinds]
    if not alone:
        lines[1].set_color(SUBDUED)
        for run, colour in zip(runs, cycle(COLOURS), strict=False):
            kinds.append("run")
            label = f"{run.network} network, “{run.recipe.name}”"
            lines.append(Line2D([], [], linewidth=2.5, color=colour, label=label))
    legend = figure.legend(
        handles=lines,
        loc="upper left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        fontsize=TEXT,
        labelcolor=INK,
        frameon=False,
        borderpad=0.2,
        borderaxespad=0,
        handlelength=2.3,
        columnspacing=3.5 if alone else 1.5,  # phones show these alone, in larger letters
    )
    for kind, line, text in zip(kinds, legend.get_lines(), legend.get_texts(), strict=True):
        line.set_gid(kind)
        text.set_gid("legend")


def _at_the_axis(figure: Figure, words: str, y: float) -> None:
    _write(figure, words, LEFT - 8, y, ha="right", color=SUBDUED)


def _write(figure: Figure, words: str, x: float, y: float, **style) -> None:
    """Words with their baseline y points below the figure's upper edge."""
    width, height = figure.get_size_inches() * INCH
    figure.text(x / width, 1 - y / height, words, size=TEXT, va="baseline", **style)


def _percent(share: float, _: float) -> str:
    return f"{100 * share:g} %"


def _values(run: Run, field: str) -> list[float]:
    return [epoch[field] for epoch in run.history]  # type: ignore[literal-required]


def confusion(counts: Sequence[Sequence[int]], dataset: str) -> Figure:
    """A confusion matrix.

    counts: (10, 10), rows are true classes, columns predicted ones
    """
    table, names = np.array(counts), DATASETS[dataset].names
    short = max(map(len, names)) == 1
    room = CELL if short else NAMES
    side = room + CELL * len(names) + 6
    figure = Figure((side / INCH, side / INCH))
    edge, size = room / side, CELL * len(names) / side
    axes = figure.add_axes((edge, 1 - edge - size, size, size))
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    hit = np.eye(len(names), dtype=bool)
    # As on the page: hits for all images give a shade of 45 %, misses for a quarter the full shade.
    shades = np.where(hit, 0.45 * shares, -np.minimum(4 * shares, 1))
    colours = LinearSegmentedColormap.from_list("", [BAD, "white", GOOD])
    axes.pcolormesh(
        shades, cmap=colours, vmin=-1, vmax=1, edgecolors=GRID, linewidth=1, clip_on=False
    )
    axes.invert_yaxis()
    places = np.arange(len(names)) + 0.5
    axes.set_xticks(places, names, rotation=0 if short else 90)
    axes.set_yticks(places, names)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=TEXT - 1, labelcolor=INK)
    axes.set_frame_on(False)
    for (row, column), count in np.ndenumerate(table):
        if count:
            axes.text(
                column + 0.5,
                row + 0.5,
                str(count),
                ha="center",
                va="center",
                size=TEXT - 2,
                color=INK,
            )
    return figure


def svg(figure: Figure) -> str:
    """The figure as SVG: reproducible, and without ids, so that one page can hold several."""
    file = io.StringIO()
    with drawing, rc_context(SETTINGS):
        figure.savefig(file, format="svg", metadata=NOTHING)
    text = file.getvalue()
    text = text[text.index("<svg") :].replace('<g id="', '<g class="')
    # Drop its style sheet, which says nothing more and would apply to the whole page.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)
    text = text.replace("<svg", '<svg stroke-linejoin="round"', 1)
    # Hundredths of a point are enough.
    return re.sub(' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), text)


def write(weights_dir: Path) -> None:
    """Write the curves of each run beside its record. Raises OSError.

    All runs of a network on a data set have the same axes, so that they can be compared.
    """
    runs = records.all_runs(weights_dir)
    for run in runs:
        beside = [
            each for each in runs if (each.dataset, each.network) == (run.dataset, run.network)
        ]
        files.write(weights_dir / records.curves_file(run), svg(curves([run], beside)).encode())
