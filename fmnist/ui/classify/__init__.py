"""The Classify tab: the answer to a drawing or an upload, and how it came about."""

import base64
import functools
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from markupsafe import Markup
from PIL import Image

from fmnist.data.datasets import DATASETS, DEFAULT
from fmnist.inference.classify import Result, compare, served_network
from fmnist.networks import definitions
from fmnist.pictures.opening import PictureError
from fmnist.pictures.strokes import Stroke, painted
from fmnist.ui import examples, panel, words
from fmnist.ui.classify.strip import sheet, strip
from fmnist.ui.component import script
from fmnist.ui.examples import drawn
from fmnist.ui.markup import exact, message, part, render

UNKNOWN = "It does not look like any {} the network knows."
# From this confidence on, a sure answer is stated: "This is a dress". Clothing is sure from lower
# ones on, as it is right often enough in all; of what is sure below this, one in five was wrong, so
# it is "Probably a dress". docs/experiments.md has the figures.
STATED = 0.85
STEPS = 8  # answers while the example draws itself, with that to all of it
NAMED = 0.1  # probability from which a "perhaps" also names the second likeliest answer


class ToldDigit(NamedTuple):
    """A digit of a number, as templates show it."""

    picture: Image.Image  # as the network sees it
    name: str
    share: float
    known: bool


class Switch(NamedTuple):
    """A reason to switch to another data set, as a sentence and a button."""

    dataset: str
    because: str
    label: str


class Told(NamedTuple):
    """The parts of a result that templates show."""

    level: str  # "sure", "probably", "perhaps" or "unknown": how far to trust it, in four steps
    likeliest: str  # as used in a sentence, like `runner_up`
    runner_up: str  # what a "perhaps" also names, or ""
    confidence: float
    runner_up_share: float
    reason: str  # why it is not sure, or ""
    switch: Switch | None  # the reason, if it says to switch
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
    strokes = drawn.STROKES[DEFAULT.name]
    moments = _on_the_way(strokes, DEFAULT.name, network.value)
    pictures = [_pictures(moment) for moment in moments]
    answers = gr.HTML(
        waiting(DEFAULT.name, network.value, panel.DRAW),
        apply_default_css=False,
        elem_id="answer",
    )
    gr.HTML(  # apart, because gradio compares all of a component's data whenever some of it changes
        "",
        html_template="",
        visible="hidden",
        js_on_load=script(Path(__file__).with_name("demo.js")),
        strokes=[stroke._asdict() for stroke in strokes],
        answers=[_changing(moment) for moment in moments],
        pictures=exact(sheet(pictures)),
        sides=[picture.width for picture in pictures[0]],
    )
    return network, answers


def _on_the_way(strokes: list[Stroke], dataset: str, network: str) -> list[dict[str, Any]]:
    """The evidence while the example draws itself, but for the last, which is that to all of it."""
    pictures = [painted(drawn.begun(strokes, step / STEPS)) for step in range(1, STEPS)]
    return [_evidence(compare(picture, dataset), dataset, network) for picture in pictures]


def _changing(moment: dict[str, Any]) -> dict[str, Markup]:
    """What changes with it, but for pictures: HTML, by the selector of what it replaces."""
    told = moment["told"]
    parts = {
        ".hint span": part("classify/hint.jinja", "in_short", told),
        ".bars": part("classify/bars.jinja", "bars", told),
        ".tiny": part("classify/evidence.jinja", "tiny", told),
        ".others": part("classify/others.jinja", "others", moment["beside"]),
    }
    return {selector: html.strip() for selector, html in parts.items()}


def _pictures(moment: dict[str, Any]) -> list[Image.Image]:
    """The pictures of the strip, from left to right."""
    return [moment["seen"]["picture"], *(each for strongest in moment["lit"] for each in strongest)]


@functools.cache
def example(dataset: str) -> dict[str, Result]:
    """All networks' answers to the data set's first example."""
    return compare(examples.first(dataset), dataset)


def waiting(dataset: str, network: str, source: str) -> Markup:
    """The tab before there is a picture: what to do, and the answer to an example.

    It takes up as much room as an answer, so that nothing moves when one arrives.
    """
    return render(
        "classify/waiting.jinja",
        what_to_do=panel.hint(dataset, source),
        example=examples.first_thumbnail(dataset),
        **_evidence(example(dataset), dataset, network),
    )


def refusal(error: PictureError, dataset: str, network: str) -> Markup:
    """The tab for a picture that cannot be answered; keeps the room of an answer."""
    return render(
        "classify/refusal.jinja",
        problem=message(str(error), "problem"),
        **_evidence(example(dataset), dataset, network),
    )


def answer(results: dict[str, Result], dataset: str, network: str, with_steps: bool) -> Markup:
    """The tab for all networks' results, of which it shows the chosen network's in full."""
    steps = results[network].steps if with_steps else {}
    return render("classify/answer.jinja", steps=steps, **_evidence(results, dataset, network))


def told(result: Result, dataset: str) -> Told:
    """The parts of a result that templates show: here, in Compare, Several and the changes."""
    of = DATASETS[dataset]
    level = result.verdict if result.confidence >= STATED or not result.sure else "probably"
    if result.other:  # “Perhaps a dress” would contradict “This looks like a digit”
        level = "unknown"
    likeliest, runner_up, share = _two_likeliest(result, dataset)
    return Told(
        level=level,
        likeliest=likeliest,
        runner_up=runner_up if share >= NAMED else "",
        confidence=result.confidence,
        runner_up_share=share,
        reason=result.reason or (UNKNOWN.format(of.item) if level == "unknown" else ""),
        switch=_switch(result),
        shares=[
            (name, share, label == result.label)
            for label, name, share in zip(of.labels, of.names, result.probabilities, strict=True)
        ],
        seconds=result.seconds,
        digits=[
            ToldDigit(
                Image.fromarray(digit.pixels),
                _read(digit, dataset),
                digit.confidence,
                digit.verdict != "unknown",
            )
            for digit in result.digits
        ],
    )


def _switch(result: Result) -> Switch | None:
    """What the sentence says to do becomes a button."""
    if not (result.reason and result.other):
        return None
    other = DATASETS[result.other]
    return Switch(other.name, f"{other.likeness}.", words.capital(other.switching))


def _read(digit: Result, dataset: str) -> str:
    """A digit of a number, in a word or two."""
    names = DATASETS[dataset].names
    likeliest, runner_up = digit.probabilities.argsort()[:-3:-1]
    if digit.verdict == "unknown":
        return "not sure"
    if digit.sure or digit.probabilities[runner_up] < NAMED:
        return names[likeliest]
    return f"{names[likeliest]} or {names[runner_up]}"


def _two_likeliest(result: Result, dataset: str) -> tuple[str, str, float]:
    """The likeliest answer and the next, as used in a sentence, and the next one's probability.

    They are "a 7" and "a 1", or "42" and "47".
    """
    of = DATASETS[dataset]
    least_sure = min(result.digits, key=lambda digit: digit.confidence, default=result)
    likeliest, runner_up = least_sure.probabilities.argsort()[:-3:-1]
    if not result.digits:
        return of.phrases[likeliest], of.phrases[runner_up], float(result.probabilities[runner_up])
    others = [
        of.labels[runner_up] if digit is least_sure else digit.label for digit in result.digits
    ]
    odds = float(least_sure.probabilities[runner_up]) / least_sure.confidence
    return result.label, "".join(others), result.confidence * odds


def for_scripts(result: Result, dataset: str) -> dict[str, Any]:
    """A result for the page's scripts: the answer in words, its views, and its frame.

    `views` holds the bytes of the (n, 28, 28) views in base64; `frame` is the place of the first in
    the picture: left, top, right and bottom, as fractions of its size; `drawn` is as in `Result`.
    `digits` holds the same for each digit of a number, and its label.
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
        "drawn": result.drawn,
    }


def _evidence(results: dict[str, Result], dataset: str, network: str) -> dict[str, Any]:
    """What templates show of a network's result, of the pixels that it saw, and of its layers.

    `beside` holds what they show of the other networks' results.
    """
    result = results[network]
    seen = {
        "picture": Image.fromarray(result.pixels),
        "twice": len(result.views) > 1,
        "negative": DATASETS[dataset].is_negative,
    }
    first, *_ = result.digits or [result]
    return {
        "told": told(result, dataset),
        "seen": seen,
        "lit": strip(served_network(dataset, network), first.pixels),
        "beside": {
            name: told(other, dataset) for name, other in results.items() if name != network
        },
    }
