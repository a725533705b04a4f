"""The chart on top of the Training tab: how often each run on a data set erred after each epoch."""

import functools
import json
from typing import Any

from markupsafe import Markup

from fmnist.data.datasets import DATASETS, Dataset
from fmnist.networks.definitions import AUTHORS
from fmnist.runs import authors, records
from fmnist.runs.recipes import PUBLISHED
from fmnist.runs.records import Run
from fmnist.ui import words
from fmnist.ui.component import sent_when_seen
from fmnist.ui.markup import render
from fmnist.ui.training import sentences

METRICS = "accuracy", "loss", "val_accuracy", "val_loss", "learning_rate"  # what is saved as CSV


def view(recorded: list[Run]) -> None:
    """Lay out the chart of these runs, empty until it is seen."""
    make = functools.partial(content, recorded)
    sent_when_seen(__file__, make, "Loading the curves …", elem_id="learning", api_name="chart")


def content(recorded: list[Run]) -> Markup:
    """A chart for each data set; the page shows that of the data set chosen."""
    charts = [
        (dataset, [run for run in recorded if run.dataset == dataset.name])
        for dataset in DATASETS.values()
    ]
    return Markup("").join(_of(dataset, runs) for dataset, runs in charts)


def _of(dataset: Dataset, runs: list[Run]) -> Markup:
    served = [run for run in runs if records.served_run(dataset.name, run.network).name == run.name]
    recipes = dict.fromkeys(run.recipe.name for run in runs)
    return render(
        "training/chart/chart.jinja",
        dataset=dataset,
        shown_for=" ".join(words.only_of([dataset])),
        sentence=sentences.errors(served),
        recipes={name: name in {run.recipe.name for run in served} for name in recipes},
        chart=json.dumps(
            {
                "title": f"Validation error on {dataset.title}, logarithmic",
                "name": dataset.name,
                "runs": [_for_script(run) for run in runs] + _by_authors(dataset.name),
            },
            separators=(",", ":"),
        ),
    )


def _for_script(run: Run) -> dict[str, Any]:
    return {
        "network": run.network,
        "recipe": run.recipe.name,
        "changes": sentences.changes(run),
        "epochs": [epoch["epoch"] for epoch in run.history],
        "history": {
            name: [epoch[name] for epoch in run.history]  # type: ignore[literal-required]
            for name in METRICS
        },
    }


def _by_authors(dataset: str) -> list[dict[str, Any]]:
    """What authors report of their own training, of some epochs only."""
    return [
        {
            "network": network,
            "recipe": PUBLISHED,
            "author": AUTHORS[network][0],
            "changes": [],
            "epochs": list(epochs),
            "history": {
                "accuracy": [training for training, _ in epochs.values()],
                "val_accuracy": [validation for _, validation in epochs.values()],
            },
        }
        for (of, network), epochs in authors.EPOCHS.items()
        if of == dataset
    ]
