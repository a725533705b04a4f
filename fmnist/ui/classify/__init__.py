"""The Classify tab: the answer to a drawing or an upload, and how it came about."""

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


class ToldDigit(NamedTuple):
    """A digit of a number, as templates show it."""

    picture: Image.Image  # as the network sees it
    name: str
    share: float


class Told(NamedTuple):
    """The parts of a result that templates show."""

    verdict: str
    likeliest: str  # as used in a sentence, like `runner_up`
    runner_up: str
    confidence: float
    reason: str  # why it is not sure, or ""
    shares: list[tuple[str, float, bool]]  # for each class: name, probability, whether likeliest
    seconds: float
    digits: list[ToldDigit]  # of a number; otherwise none


def tab() -> tuple[gr.Radio, gr.HTML]:
    """Lay out the tab; returns the choice of network and the place for answers."""
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
    """All networks' answers to the data set's first example."""
    return compare(examples.first_file(dataset), dataset)


def waiting(dataset: str, network: str, source: str) -> Markup:
    """The tab before there is a picture: what to do, and the answer to an example.

    It takes up as much room as an answer, so that nothing moves when one arrives.
    """
    return render(
        "classify/waiting.jinja",
        what_to_do=panel.hint(dataset, source),
        example=examples.first(dataset),
        **_evidence(example(dataset)[network], dataset),
    )


def refusal(error: PictureError, dataset: str, network: str) -> Markup:
    """The tab for a picture that cannot be answered; keeps the room of an answer."""
    return render(
        "classify/refusal.jinja",
        problem=message(str(error), "problem"),
        **_evidence(example(dataset)[network], dataset),
    )


def answer(result: Result, dataset: str, with_steps: bool) -> Markup:
    """The tab for a result."""
    steps = result.steps if with_steps else {}
    return render("classify/answer.jinja", steps=steps, **_evidence(result, dataset))


def told(result: Result, dataset: str) -> Told:
    """The parts of a result that the templates of this tab and of Compare show."""
    of = DATASETS[dataset]
    likeliest, runner_up = phrases(result, dataset)
    return Told(
        verdict=result.verdict,
        likeliest=likeliest,
        runner_up=runner_up,
        confidence=result.confidence,
        reason=result.reason or (UNKNOWN if result.verdict == "unknown" else ""),
        shares=[
            (name, share, label == result.label)
            for label, name, share in zip(of.labels, of.names, result.probabilities, strict=True)
        ],
        seconds=result.seconds,
        digits=[
            ToldDigit(Image.fromarray(digit.pixels), _read(digit, dataset), digit.confidence)
            for digit in result.digits
        ],
    )


def _read(digit: Result, dataset: str) -> str:
    """A digit of a number, in a word or two."""
    names = DATASETS[dataset].names
    likeliest, runner_up = digit.probabilities.argsort()[:-3:-1]
    return {
        "sure": names[likeliest],
        "perhaps": f"{names[likeliest]} or {names[runner_up]}",
        "unknown": "not sure",
    }[digit.verdict]


def phrases(result: Result, dataset: str) -> tuple[str, str]:
    """The likeliest answer and the next, as used in a sentence: "a 7" and "a 1"; "42" and "47"."""
    of = DATASETS[dataset]
    if not result.digits:
        likeliest, runner_up = result.probabilities.argsort()[:-3:-1]
        return of.phrases[likeliest], of.phrases[runner_up]
    least_sure = min(result.digits, key=lambda digit: digit.confidence)
    others = [
        of.labels[digit.probabilities.argsort()[-2]] if digit is least_sure else digit.label
        for digit in result.digits
    ]
    return result.label, "".join(others)


def for_scripts(result: Result, dataset: str) -> dict[str, Any]:
    """A result for the page's scripts: the answer in words, its views, and its frame.

    `views` holds the bytes of the (n, 28, 28) views in base64; `frame` is the place of the first in
    the picture: left, top, right and bottom, as fractions of its size. `digits` holds the same for
    each digit of a number, and its label.
    """
    of = told(result, dataset)
    return {
        "headline": part("classify/verdict.jinja", "headline", of).striptags(),
        "below": part("classify/verdict.jinja", "below", of).striptags(),
        **_place(result),
        "digits": [{"label": digit.label, **_place(digit)} for digit in result.digits],
    }


def _place(result: Result) -> dict[str, Any]:
    return {
        "views": base64.b64encode(result.views.tobytes()).decode(),
        "frame": [round(edge, 4) for edge in result.frame],
    }


def _evidence(result: Result, dataset: str) -> dict[str, Any]:
    """What templates show of a result, and of the pixels that the network saw."""
    seen = {
        "picture": Image.fromarray(result.pixels),
        "twice": len(result.views) > 1,
    }
    return {"told": told(result, dataset), "seen": seen}
