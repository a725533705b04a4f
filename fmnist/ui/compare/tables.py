"""Tables made from the records: how good the networks are, and what they confuse."""

import functools
import itertools
import time
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup

from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import predictor
from fmnist.runs.records import Run
from fmnist.ui.markup import milliseconds, percent, render

Runs = dict[str, Run]  # of one data set, by network


class Served(NamedTuple):
    """What the sentence says of a network."""

    network: str
    right: int  # of the test images
    parameters: int
    seconds: float  # for one answer


def glance(runs: Runs) -> Markup:
    """What the largest network gains over the smallest, and what it costs, in a sentence."""
    told = [
        Served(
            network,
            round(run.test["accuracy"] * run.test["images"]),
            run.parameters["total"],
            seconds_per_prediction(run.dataset, network),
        )
        for network, run in runs.items()
    ]
    images = next(iter(runs.values())).test["images"]
    return render("compare/glance.jinja", runs=told, images=images)


def numbers(runs: Runs) -> Markup:
    """How good the networks are, overall and for each class."""
    return render("compare/numbers.jinja", tables=[costs(runs), per_class(runs)])


def costs(runs: Runs) -> Markup:
    """How good each network is, and what it costs."""
    lines = {
        "Right on the 10,000 test images": lambda run: percent(run.test["accuracy"], 2),
        "Parameters, the numbers it learned": lambda run: f"{run.parameters['total']:,}",
        "File size": lambda run: f"{run.weights['bytes'] / 1e6:.1f} MB",
        "Shortest time for one answer on this server": lambda run: milliseconds(
            seconds_per_prediction(run.dataset, run.network)
        ),
    }
    rows = {title: [value(run) for run in runs.values()] for title, value in lines.items()}
    return render("compare/costs.jinja", networks=list(runs), rows=rows)


@functools.cache
def seconds_per_prediction(dataset: str, network: str) -> float:
    """How long one prediction takes on this machine: the fastest, so least disturbed, of 15."""
    predict, image = predictor(dataset, network), np.zeros((1, 28, 28), np.uint8)

    def one() -> float:
        start = time.perf_counter()
        predict(image)
        return time.perf_counter() - start

    return min(one() for _ in range(15))


def per_class(runs: Runs) -> Markup:
    """The share of each class's test images that each network gets wrong, the fewest in bold."""
    confusions = np.array([run.test["confusion"] for run in runs.values()])
    wrong = 1 - np.diagonal(confusions, axis1=1, axis2=2) / confusions.sum(axis=2)
    return render(
        "compare/per_class.jinja",
        best="fewer" if len(runs) == 2 else "fewest",
        networks=list(runs),
        rows=dict(zip(names_of(runs), wrong.T, strict=True)),
        most=wrong.max(),
    )


def names_of(runs: Runs) -> tuple[str, ...]:
    """The classes of the runs' data set, as the page lists them."""
    return DATASETS[next(iter(runs.values())).dataset].names


def confusions(runs: Runs) -> Markup:
    """The confusion matrices side by side, each with its differences from the previous one."""
    counts = {network: run.test["confusion"] for network, run in runs.items()}
    return render(
        "compare/confusions.jinja",
        labels=names_of(runs),
        confusions=counts,
        differences=[_difference(counts, *pair) for pair in itertools.pairwise(counts)],
    )


def _difference(counts: dict[str, list[list[int]]], first: str, second: str) -> dict[str, Any]:
    more = np.array(counts[second]) - np.array(counts[first])
    most = max(1, int(np.abs(more).max()))
    return {"first": first, "second": second, "more": more.tolist(), "most": most}
