"""The Classify tab: the answer to what was drawn or uploaded, and how it came about."""

import base64
import functools
from typing import Any, NamedTuple

import gradio as gr
from markupsafe import Markup
from PIL import Image

from fmnist.data.datasets import DATASETS, DEFAULT
from fmnist.inference.classify import Result, compare
from fmnist.networks import definitions
from fmnist.pictures.opening import PictureError
from fmnist.ui import examples, panel
from fmnist.ui.markup import message, part, render

UNKNOWN = "It is not close enough to anything the network has learned to recognise."


class Told(NamedTuple):
    """What templates tell of a result."""

    verdict: str
    likeliest: str  # in a sentence, as the one after it
    runner_up: str
    confidence: float
    reason: str  # why it is not sure, or ""
    shares: list[tuple[str, float, bool]]  # each class, its probability, and whether it is the best
    seconds: float


def tab() -> tuple[gr.Radio, gr.HTML]:
    """Lay out the tab; returns the choice of network and what `answer` fills."""
    network = gr.Radio(
        [(f"{name.capitalize()} network", name) for name in definitions.NETWORKS],
        value=definitions.DEFAULT,
        label="Network",
        elem_id="network",
        elem_classes="switch",
    )
    text = waiting(DEFAULT.name, network.value, panel.DRAW)
    return network, gr.HTML(text, apply_default_css=False, elem_id="answer")


@functools.cache
def example(dataset: str) -> dict[str, Result]:
    """What all networks say of the data set's first example."""
    return compare(examples.first_file(dataset), dataset)


def waiting(dataset: str, network: str, source: str) -> Markup:
    """What the tab shows before there is a picture: what to do, and the answer to an example.

    It takes as much room as an answer, so that nothing moves when one comes.
    """
    return render(
        "classify/waiting.jinja",
        what_to_do=panel.hint(dataset, source),
        example=examples.first(dataset),
        **_evidence(example(dataset)[network], dataset),
    )


def refusal(error: PictureError, dataset: str, network: str) -> Markup:
    """What the tab shows of a picture that cannot be answered; the room of an answer is kept."""
    return render(
        "classify/refusal.jinja",
        problem=message(str(error), "problem"),
        **_evidence(example(dataset)[network], dataset),
    )


def answer(result: Result, dataset: str, with_steps: bool) -> Markup:
    """All that the tab shows of a result."""
    steps = result.steps if with_steps else {}
    return render("classify/answer.jinja", steps=steps, **_evidence(result, dataset))


def told(result: Result, dataset: str) -> Told:
    """What templates tell of a result, in this tab and in Compare."""
    of = DATASETS[dataset]
    likeliest, runner_up = result.probabilities.argsort()[:-3:-1]
    return Told(
        verdict=result.verdict,
        likeliest=of.phrases[likeliest],
        runner_up=of.phrases[runner_up],
        confidence=result.confidence,
        reason=result.reason or (UNKNOWN if result.verdict == "unknown" else ""),
        shares=[
            (name, share, label == result.label)
            for label, name, share in zip(of.labels, of.names, result.probabilities, strict=True)
        ],
        seconds=result.seconds,
    )


def for_scripts(result: Result, dataset: str) -> dict[str, Any]:
    """What the page's scripts are told of a result: the answer in words, and what it is of.

    `views` are the bytes of the (n, 28, 28) views in base64; `frame` is where the first lies in
    the picture: left, top, right and bottom, as shares of its size.
    """
    of = told(result, dataset)
    return {
        "headline": part("classify/verdict.jinja", "headline", of).striptags(),
        "below": part("classify/verdict.jinja", "below", of).striptags(),
        "views": base64.b64encode(result.views.tobytes()).decode(),
        "frame": [round(edge, 4) for edge in result.frame],
    }


def _evidence(result: Result, dataset: str) -> dict[str, Any]:
    """What they tell of it, and of what the network saw."""
    seen = {
        "picture": Image.fromarray(result.pixels),
        "twice": len(result.views) > 1,
    }
    return {"told": told(result, dataset), "seen": seen}
