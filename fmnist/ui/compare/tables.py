"""Tables made from the records: how good the networks are, and what they take for what."""

import functools
import html
import itertools
import time
from collections.abc import Callable

import numpy as np

from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import predictor
from fmnist.runs.records import Run
from fmnist.ui.markup import milliseconds, percent

Runs = dict[str, Run]  # of one data set, by network


def costs(runs: Runs) -> str:
    """How good each network is, and what that takes."""
    lines = {
        "Right on the 10,000 test images": lambda run: percent(run.test["accuracy"], 2),
        "Parameters, the numbers it learned": lambda run: f"{run.parameters['total']:,}",
        "Size of the file that holds them": lambda run: f"{run.weights['bytes'] / 1e6:.1f} MB",
        "Time for one answer on this server": lambda run: milliseconds(
            seconds_per_prediction(run.dataset, run.network)
        ),
    }
    rows = [(title, [value(run) for run in runs.values()]) for title, value in lines.items()]
    return _side_by_side("How good they are, and at what cost", runs, rows)


@functools.cache
def seconds_per_prediction(dataset: str, network: str) -> float:
    """How long one prediction takes on this machine: the fastest of 15, least disturbed."""
    predict, image = predictor(dataset, network), np.zeros((1, 28, 28), np.uint8)

    def one() -> float:
        start = time.perf_counter()
        predict(image)
        return time.perf_counter() - start

    return min(one() for _ in range(15))


def per_class(runs: Runs) -> str:
    """The share of each class's test images that each network gets right, the best one bold."""
    confusions = np.array([run.test["confusion"] for run in runs.values()])
    rights = np.diagonal(confusions, axis1=1, axis2=2) / confusions.sum(axis=2)
    rows = []
    for label, shares in zip(names_of(runs), rights.T, strict=True):
        cells = [
            f"<b>{percent(share)}</b>" if share == shares.max() else percent(share)
            for share in shares
        ]
        rows.append((html.escape(label), cells))
    best = "better" if len(runs) == 2 else "best"
    return _side_by_side(f"How often each is recognised ({best} in bold)", runs, rows)


def _side_by_side(caption: str, runs: Runs, rows: list[tuple[str, list[str]]]) -> str:
    head = "".join(f'<th scope="col">{network.capitalize()}</th>' for network in runs)
    body = "".join(
        f'<tr><th scope="row">{title}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for title, cells in rows
    )
    return (
        f'<table class="numbers"><caption>{caption}</caption><tr><td></td>{head}</tr>{body}</table>'
    )


def names_of(runs: Runs) -> tuple[str, ...]:
    """The classes of the data set that the runs are of, as the page lists them."""
    return DATASETS[next(iter(runs.values())).dataset].names


def confusions(runs: Runs) -> str:
    """The confusion matrices, side by side, and what each has more or less than the one before."""
    tables = [_confusion(number, run) for number, run in enumerate(runs.values())]
    tables += [_difference(*pair) for pair in itertools.pairwise(runs.values())]
    return f'<div class="both">{"".join(tables)}</div>'


def _confusion(number: int, run: Run) -> str:
    """A matrix whose cells are buttons; `number`: that of the run among those of the page."""
    labels = DATASETS[run.dataset].names

    def cell(truth: int, said: int) -> str:
        counts = run.test["confusion"][truth]
        count, kind = counts[said], "hit" if truth == said else "miss"
        style = f'class="{kind}" style="--share:{count / sum(counts):.3f}"'
        if not count:
            return f"<td {style}></td>"
        what = "recognised" if truth == said else f"taken for {labels[said]}"
        images = "1 image" if count == 1 else f"{count} images"
        name = html.escape(f"{labels[truth]} {what} by the {run.network} network: {images}")
        return (
            f'<td {style}><button type="button" aria-label="{name}" title="{name}" '
            f'tabindex="{0 if truth == said == 0 else -1}" data-network="{number}" '
            f'data-truth="{truth}" data-said="{said}">{count}</button></td>'
        )

    caption = (
        f"{run.network.capitalize()} network: what it is (rows), what it was taken for (columns)"
    )
    return f'<div class="scroll">{_matrix(caption, labels, cell, "grid")}</div>'


def _difference(first: Run, second: Run) -> str:
    more = np.array(second.test["confusion"]) - np.array(first.test["confusion"])
    most = max(1, np.abs(more).max())

    def cell(truth: int, said: int) -> str:
        count = int(more[truth, said])
        kind = "better" if (count > 0) == (truth == said) else "worse"
        text = f"{count:+}".replace("-", "−") if count else ""
        return f'<td class="{kind}" style="--share:{abs(count) / most:.3f}">{text}</td>'

    caption = (
        f"How many more (+) or fewer (−) images the {second.network} network has than the "
        f"{first.network} one: more is better on the diagonal, fewer elsewhere"
    )
    return (
        '<div class="scroll" role="region" aria-label="The difference" tabindex="0">'
        f"{_matrix(caption, DATASETS[first.dataset].names, cell, 'table')}</div>"
    )


def _matrix(
    caption: str, labels: tuple[str, ...], cell: Callable[[int, int], str], role: str
) -> str:
    """A table of what it is, in rows, and what was said, in columns."""
    names = [html.escape(label) for label in labels]
    head = "".join(f'<th scope="col"><span>{name}</span></th>' for name in names)
    rows = ""
    for truth, name in enumerate(names):
        cells = "".join(cell(truth, said) for said in range(len(names)))
        rows += f'<tr><th scope="row">{name}</th>{cells}</tr>'
    short = " short" if max(map(len, labels)) == 1 else ""
    return (
        f'<table class="confusion{short}" role="{role}"><caption>{caption}</caption>'
        f"<tr><td></td>{head}</tr>{rows}</table>"
    )
