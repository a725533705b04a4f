"""The drawing and the choices in the address, a link to copy, and the answer as a picture to save.

All of it happens in the browser.
"""

from typing import Any

import gradio as gr

from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import Result
from fmnist.networks.definitions import NETWORKS
from fmnist.ui.compare.images import Filters, known
from fmnist.ui.compare.tables import Runs
from fmnist.ui.component import templates
from fmnist.ui.markup import likelihood
from fmnist.ui.panel import Choices, first

BARS = 3  # of each network on the picture


def bar(choices: Choices[gr.Radio], runs: dict[str, Runs]) -> gr.HTML:
    """The buttons. They start with these choices; the event "chosen" tells them of changes.

    runs: the served runs, by data set and network
    """
    return gr.HTML(
        None,
        **templates(__file__),
        apply_default_css=False,
        chosen=first(choices)._asdict(),
        datasets=list(DATASETS),
        networks=list(NETWORKS),
        images={name: next(iter(each.values())).test["images"] for name, each in runs.items()},
        filters=Filters()._asdict(),
        known=known(),
    )


def on_picture(results: dict[str, Result], network: str, dataset: str) -> dict[str, Any]:
    """What the picture shows beside the answer: its label, and each network's likeliest answers.

    For a number there is room for one.
    """
    chosen = results[network]
    return {
        "label": "" if chosen.verdict == "unknown" else chosen.label,
        "networks": [
            {"name": f"{name.capitalize()} network", "shares": _shares(result, dataset)}
            for name, result in results.items()
        ],
    }


def _shares(result: Result, dataset: str) -> list[tuple[str, float, str]]:
    if result.digits:
        each = [(result.label, result.confidence)]
    else:
        each = list(zip(DATASETS[dataset].names, result.probabilities.tolist(), strict=True))
    likeliest = sorted(each, key=lambda of: -of[1])[:BARS]
    return [(name, round(share, 4), likelihood(share)) for name, share in likeliest]
