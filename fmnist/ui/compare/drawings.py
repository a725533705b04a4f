"""People's drawings on which the networks disagree, to put on the pad."""

import functools
import json
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from fmnist.data import people
from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import compare, disagree
from fmnist.pictures.strokes import STEPS, from_steps, painted
from fmnist.ui import classify, words
from fmnist.ui.component import script
from fmnist.ui.markup import render

FILE = Path(__file__).with_name("drawings.json")  # made by `fmnist.training.disagreements`


def gallery() -> gr.HTML:
    """The place for `content`; a click puts a drawing on the pad and says so."""
    return gr.HTML(
        "",
        js_on_load=script(Path(__file__).with_name("drawings.js")),
        apply_default_css=False,
        elem_id="disagreements",
    )


@functools.cache
def content(dataset: str) -> Markup:
    """The drawings for a data set, each a button; "" if none were looked for.

    The networks answer them here and now, so what it says of them is true of whatever is served.
    """
    known = json.loads(FILE.read_text(encoding="utf-8"))
    if dataset not in known:
        return Markup("")
    found = []
    for drawing in known[dataset]:
        results = compare(painted(from_steps(drawing["width"], drawing["lines"])), dataset)
        if disagree(results):
            found.append(drawing | {"said": _said(results, dataset)})
    of = DATASETS[dataset]
    return render(
        "compare/drawings.jinja",
        drawings=found,
        steps=STEPS,
        items=of.items,
        sources=people.SOURCES[of.drawings or of.people],
    )


def _said(results: dict[str, Any], dataset: str) -> str:
    return words.listed(
        (f"{name} says {classify.told(each, dataset).likeliest}" for name, each in results.items()),
        last="but",
    )
