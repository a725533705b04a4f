"""The Compare tab: all networks on the same picture, on all test images, and on each of them."""

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from markupsafe import Markup
from PIL import Image

from fmnist.inference.classify import Result
from fmnist.pictures.opening import PictureError
from fmnist.ui import classify, examples, panel, words
from fmnist.ui.classify import Told
from fmnist.ui.compare import drawings, images, tables
from fmnist.ui.compare.images import ANY, DIFFER, Filters
from fmnist.ui.compare.tables import Runs
from fmnist.ui.component import script
from fmnist.ui.events import QUIETLY
from fmnist.ui.markup import message, render
from fmnist.ui.server.checks import checked


def tab(runs: dict[str, Runs], dataset: gr.Radio, itself: gr.Tab) -> tuple[gr.HTML, gr.HTML]:
    """Lay out the tab; returns the places for answers and for drawings.

    runs: the served runs, by data set and network; dataset: the choice of a data set;
    itself: the tab; tables and test images are sent when it is first opened
    """
    text = waiting(dataset.value, panel.DRAW)
    with gr.Column(elem_id="compared"):
        glance = gr.HTML(
            tables.glance(runs[dataset.value]),
            js_on_load=script(Path(__file__).with_name("glance.js")),
            apply_default_css=False,
            filters=Filters(outcome=DIFFER)._asdict(),
            elem_id="glance",
        )
        output = gr.HTML(text, apply_default_css=False, elem_id="answers")
        disagreements = drawings.gallery()
        records = gr.HTML("", apply_default_css=False)
    with gr.Column(elem_id="details"):
        gr.HTML(render("compare/about_confusions.jinja"), apply_default_css=False)
        confusions = gr.HTML(
            "",
            js_on_load=script(Path(__file__).with_name("cells.js")),
            apply_default_css=False,
            filters=Filters(outcome=ANY)._asdict(),  # besides those of a cell
            elem_id="confusions",
        )
        images.browser(runs, dataset.value)
        opened = checked(gr.HTML("", html_template="", visible="hidden"), bool)

    def shown(opened: bool, name: str) -> list[str]:
        networks = runs[name]
        if not opened:
            return [tables.glance(networks), "", "", ""]
        made = [make(networks) for make in (tables.glance, tables.numbers, tables.confusions)]
        return [*made, drawings.content(name)]

    itself.select(None, None, opened, js="() => 'opened'", **QUIETLY)
    asked = gr.on(
        [opened.change, dataset.change],
        shown,
        [opened, dataset],
        [glance, records, confusions, disagreements],
        trigger_mode="always_last",
        **QUIETLY,
    )
    asked.failure(None, None, opened, js="() => ''", **QUIETLY)  # until it is opened again
    return output, disagreements


class Cell(NamedTuple):
    """A network's part of a row of the table of probabilities."""

    name: str  # what it takes a digit of a number for; of a class ""
    share: float
    kind: str  # "best", "muted" or ""


class Row(NamedTuple):
    """A class or, if there is a picture of it, a digit of a number."""

    name: str
    picture: Image.Image | None
    cells: list[Cell]  # one for each network


def waiting(dataset: str, source: str) -> Markup:
    """The tab before there is a picture; as in Classify, nothing moves when an answer arrives."""
    return _rendered(
        "compare/waiting.jinja",
        classify.example(dataset),
        dataset,
        what_to_do=panel.hint(dataset, source),
        example=examples.first_thumbnail(dataset),
    )


def refusal(error: PictureError, dataset: str) -> Markup:
    """The tab for a picture that cannot be answered."""
    problem = message(str(error), "problem")
    return _rendered("compare/refusal.jinja", classify.example(dataset), dataset, problem=problem)


def answers(results: dict[str, Result], dataset: str) -> Markup:
    """All networks' answers to the picture, side by side."""
    return _rendered("compare/answers.jinja", results, dataset)


def _rendered(template: str, results: dict[str, Result], dataset: str, **data: Any) -> Markup:
    networks = {network: classify.told(result, dataset) for network, result in results.items()}
    return render(
        template, networks=networks, rows=_rows(networks), agreement=agreement(networks), **data
    )


def agreement(networks: dict[str, Told]) -> str:
    """Whether the networks say the same of the picture, in a sentence."""
    known = {name: each for name, each in networks.items() if each.level != "unknown"}
    said = {each.likeliest for each in known.values()}
    if not known:
        return "Neither network is sure." if len(networks) == 2 else "No network is sure."
    if len(known) < len(networks):
        only = words.listed(known)
        return f"Only the {only} network has an answer: {words.listed(sorted(said))}."
    if len(said) == 1:
        return f"{words.capital(words.all_of(list(networks)))} say {said.pop()}."
    (first, says), *others = ((name, told.likeliest) for name, told in networks.items())
    each = (f"the {name} one {said}" for name, said in others)
    return f"They disagree: {words.listed([f'the {first} network says {says}', *each])}."


def _rows(networks: dict[str, Told]) -> list[Row]:
    """The rows of a table with a column for each network; [] if only some of them read a number."""
    every = list(networks.values())
    if not any(told.digits for told in every):
        return [
            Row(shares[0][0], None, [_cell(*each) for each in zip(every, shares, strict=True)])
            for shares in zip(*(told.shares for told in every), strict=True)
        ]
    if not all(told.digits for told in every):
        return []
    return [
        Row(
            digits[0].name,
            digits[0].picture,
            [Cell(each.name, each.share, "best" if each.known else "muted") for each in digits],
        )
        for digits in zip(*(told.digits for told in every), strict=True)
    ]


def _cell(told: Told, share: tuple[str, float, bool]) -> Cell:
    _, probability, best = share
    return Cell("", probability, "muted" if told.level == "unknown" else "best" if best else "")
