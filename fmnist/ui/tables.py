"""Tables made from the records: what the networks cost, are worth, mix up, and consist of."""

import functools
import html
import statistics
import time

import numpy as np

from fmnist.datasets import DATASETS
from fmnist.inference import predictor
from fmnist.runs import Run
from fmnist.ui.markup import milliseconds, percent

Runs = dict[str, Run]  # of one data set, by network


def costs(runs: Runs) -> str:
    """What each network costs and is worth."""
    lines = {
        "Right on the 10,000 test images": lambda run: percent(run.test["accuracy"], 2),
        "Parameters": lambda run: f"{run.parameters['total']:,}",
        "Weights file": lambda run: f"{run.weights['bytes'] / 1e6:.1f} MB",
        "One prediction, here": lambda run: milliseconds(
            seconds_per_prediction(run.dataset, run.network)
        ),
    }
    rows = [(title, [value(run) for run in runs.values()]) for title, value in lines.items()]
    return _side_by_side("What they cost and are worth", runs, rows)


@functools.cache
def seconds_per_prediction(dataset: str, network: str) -> float:
    """How long one prediction takes on this machine: the median of 15."""
    predict, image = predictor(dataset, network), np.zeros((1, 28, 28), np.uint8)

    def one() -> float:
        start = time.perf_counter()
        predict(image)
        return time.perf_counter() - start

    return statistics.median(one() for _ in range(15))


def per_class(runs: Runs) -> str:
    """The share of each class's test images that each network gets right, the better one bold."""
    confusions = np.array([run.test["confusion"] for run in runs.values()])
    rights = np.diagonal(confusions, axis1=1, axis2=2) / confusions.sum(axis=2)
    rows = []
    for label, shares in zip(labels_of(runs), rights.T, strict=True):
        cells = [
            f"<b>{percent(share)}</b>" if share == shares.max() else percent(share)
            for share in shares
        ]
        rows.append((html.escape(label), cells))
    return _side_by_side("Right, class by class (better in bold)", runs, rows)


def _side_by_side(caption: str, runs: Runs, rows: list[tuple[str, list[str]]]) -> str:
    head = "".join(f'<th scope="col">{network.capitalize()}</th>' for network in runs)
    body = "".join(
        f'<tr><th scope="row">{title}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for title, cells in rows
    )
    return (
        f'<table class="numbers"><caption>{caption}</caption><tr><td></td>{head}</tr>{body}</table>'
    )


def labels_of(runs: Runs) -> tuple[str, ...]:
    """The classes of the data set that the runs are of."""
    return DATASETS[next(iter(runs.values())).dataset].labels


def confusions(runs: Runs) -> str:
    """The confusion matrices, side by side."""
    return f'<div class="both">{"".join(map(_confusion, runs.values()))}</div>'


def _confusion(run: Run) -> str:
    labels = [html.escape(label) for label in DATASETS[run.dataset].labels]
    head = "".join(f'<th scope="col"><span>{label}</span></th>' for label in labels)
    rows = ""
    for truth, (label, counts) in enumerate(zip(labels, run.test["confusion"], strict=True)):
        cells = "".join(
            f'<td class="{"hit" if said == truth else "miss"}" '
            f'style="--share:{count / sum(counts):.3f}">{count or ""}</td>'
            for said, count in enumerate(counts)
        )
        rows += f'<tr><th scope="row">{label}</th>{cells}</tr>'
    short = " short" if max(map(len, labels)) == 1 else ""
    caption = f"{run.network.capitalize()} network: what it is (rows), what was said (columns)"
    return (
        f'<table class="confusion{short}"><caption>{caption}</caption>'
        f"<tr><td></td>{head}</tr>{rows}</table>"
    )
