"""“What would change the answer?”: the answer without a stroke, or turned, smaller or moved."""

import json
from pathlib import Path
from typing import Any

import gradio as gr

import fmnist
from fmnist.ui import classify, pad, panel
from fmnist.ui.component import script, templates
from fmnist.ui.server.checks import checked

STROKES = 8  # at most this many are left out in turn
MOST = 1 + STROKES + 4  # pictures per request: the drawing, without each stroke, and four changes


def details() -> tuple[gr.HTML, gr.HTML]:
    """The section below the answer that asks, and the hidden component that gets the answers.

    They are separate because gradio sends the value that a component has when its turn comes.
    """
    asks = gr.HTML(
        "",
        **templates(__file__, when_opened=True),
        apply_default_css=False,
        side=pad.SIDE,
        strokes=STROKES,
        room=pad.MAX_LENGTH,
        elem_id="changes",
    )
    told = gr.HTML(
        "",
        html_template="",
        js_on_load=script(Path(__file__).with_name("pass_on.js")),
        visible="hidden",
    )
    return checked(asks, pad.accepted), told


def what_if(dataset: str, network: str, ink: str, cut_out: str, asked: str) -> str:
    """The network's answer to each changed drawing, in a few words.

    asked: lines: first the number of the request, then the drawing, then the changed drawings, each
        as the pad sends it

    Returns JSON: {"number": the first line, "said": for each changed drawing {"answer", "same"}},
    where "same" means the same answer as for the original drawing. Raises PictureError if there is
    no changed drawing, or more than 12.
    """
    number, *urls = asked.split("\n", 1 + MOST)
    if not 2 <= len(urls) <= MOST:
        raise fmnist.PictureError(pad.FOREIGN)
    overrides = panel.overrides(dataset, ink, cut_out)

    now, *then = (_answer(url, dataset, network, overrides) for url in urls)
    said = [{"answer": each, "same": each == now} for each in then]
    return json.dumps({"number": number, "said": said})


def _answer(url: str, dataset: str, network: str, overrides: dict[str, Any]) -> str:
    try:
        result = fmnist.classify(pad.decode(url), dataset, network, **overrides)
    except fmnist.PictureError as error:
        return str(error)
    told = classify.told(result, dataset)
    if told.level == "unknown":
        return "not sure what it is"
    return told.likeliest if told.level == "sure" else f"{told.level} {told.likeliest}"
