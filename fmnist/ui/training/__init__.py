"""The Training tab: a chart of all runs; and how each went, on which images, and the layers.

The latter is sent only when it comes into view.
"""

import functools
import json

import numpy as np
from markupsafe import Markup

from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.networks.forward import LayerWithWeights
from fmnist.pictures.pixels import SIDE
from fmnist.runs import records
from fmnist.runs.records import Run, forward_pass
from fmnist.ui import words
from fmnist.ui.component import sent_when_seen
from fmnist.ui.markup import render
from fmnist.ui.training import sentences
from fmnist.ui.training.epochs import TRAINING_IMAGES, mixture


def details(recorded: list[Run]) -> None:
    """Lay out how each of these runs went, empty until it comes into view."""
    make = functools.partial(content, recorded)
    sent_when_seen(
        __file__, make, "Loading the details …", elem_id="story", api_name="training_told"
    )


def content(recorded: list[Run]) -> Markup:
    """How each run went, and what belongs to all of them."""

    def stories(dataset: str) -> list[Markup]:
        runs = [run for run in recorded if run.dataset == dataset]
        return [
            story(run, [beside for beside in runs if beside.network == run.network]) for run in runs
        ]

    one_of_each = (next(run for run in recorded if run.network == name) for name in NETWORKS)
    return render(
        "training/tab.jinja",
        images=TRAINING_IMAGES,
        stories=[(dataset, stories(name)) for name, dataset in DATASETS.items()],
        mixture=mixture(),
        architectures=[architecture(run) for run in one_of_each],
        only_of=words.only_of,
        all_of=words.all_of,
    )


def story(run: Run, beside: list[Run]) -> Markup:
    """How a training went, in words, curves and numbers; the axes also fit the runs `beside`."""
    return render(
        "training/story.jinja",
        run=run,
        dataset=DATASETS[run.dataset],
        served=records.served_run(run.dataset, run.network).name == run.name,
        settings=sentences.settings(run),
        phases=sentences.phases(run),
        outcome=sentences.outcome(run),
        curves=curves(run, beside),
        confusions=_confusions(run),
    )


def curves(run: Run, beside: list[Run]) -> Markup:
    """The SVG beside the record; drawn now if there is none, as for older runs."""
    try:
        return Markup((records.WEIGHTS_DIR / records.curves_file(run)).read_text(encoding="utf-8"))
    except FileNotFoundError:
        from fmnist.training import figures  # importing matplotlib and drawing takes a second

        return Markup(figures.svg(figures.curves([run], beside)))


def _confusions(run: Run) -> str:
    """The confusion matrices of all epochs, (10, 10) counts each, as JSON; "" if not recorded."""
    matrices = [epoch["val_confusion"] for epoch in run.history if "val_confusion" in epoch]
    recorded = len(matrices) == len(run.history)
    return json.dumps(matrices, separators=(",", ":")) if recorded else ""


def architecture(run: Run) -> Markup:
    """The layers of a run's network, with shapes computed by the network itself."""
    outputs = forward_pass(run).activations(np.zeros((1, SIDE, SIDE), np.uint8))
    return render(
        "training/architecture.jinja",
        network=run.network,
        parameters=run.parameters["total"],
        layers=[
            (_describe(layer), output.shape[1:], layer.parameters) for layer, output in outputs
        ],
    )


def _describe(layer: LayerWithWeights) -> str:
    if layer.kind == "Conv2D":
        size = layer.arguments["kernel_size"]
        return f"{layer.kind} {size}×{size}, {layer.arguments['filters']} filters"
    if layer.kind == "Dense":
        return f"{layer.kind}, {layer.arguments['units']} units"
    return layer.kind
