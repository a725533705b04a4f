"""The Compare tab: all networks on the same picture, on all test images, and on each of them."""

from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from fmnist.inference.classify import Result
from fmnist.pictures.opening import PictureError
from fmnist.ui import classify, events, examples, panel
from fmnist.ui.classify import Told
from fmnist.ui.compare import images, tables
from fmnist.ui.compare.images import ANY, Filters
from fmnist.ui.compare.tables import Runs, names_of
from fmnist.ui.component import script
from fmnist.ui.markup import message, render


def tab(runs: dict[str, Runs], dataset: gr.Radio, itself: gr.Tab) -> tuple[gr.HTML, gr.HTML]:
    """Lay out the tab; returns the place for answers, and the test images, which can be selected.

    runs: the served runs, by data set and network; dataset: the choice of a data set;
    itself: the tab; everything but the answers is sent when it is first opened
    """
    text = waiting(dataset.value, panel.DRAW)
    output = gr.HTML(text, apply_default_css=False, elem_id="answers")
    records = gr.HTML("", apply_default_css=False)
    gr.HTML(render("compare/about_confusions.jinja"), apply_default_css=False)
    confusions = gr.HTML(
        "",
        js_on_load=script(Path(__file__).with_name("cells.js")),
        apply_default_css=False,
        elem_id="confusions",
    )
    opened = gr.State(False)
    menus, grid = images.browser(runs, dataset, opened)

    def shown(opened: bool, name: str) -> list[str]:
        if not opened:
            return ["", ""]
        networks = runs[name]
        return [tables.numbers(networks), tables.confusions(networks)]

    def of_cell(event: gr.EventData, name: str) -> list[Any]:
        networks = runs[name]
        names = names_of(networks)
        network = list(networks)[events.number(event, "network", len(networks))]
        truth, said = (names[events.number(event, key, len(names))] for key in ("truth", "said"))
        filters = Filters(network, outcome=ANY, truth=truth, said=said)
        return [*images.menus(name, filters), images.page_of(networks, filters)]

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    itself.select(lambda: True, None, opened, api_name="opened", **quiet)
    gr.on(
        [opened.change, dataset.change],
        shown,
        [opened, dataset],
        [records, confusions],
        trigger_mode="always_last",
        **quiet,
    )
    confusions.click(of_cell, dataset, [*menus, grid], **quiet).then(
        None, js='() => document.querySelector("#mistakes [role=status]").focus()'
    )
    return output, grid


def waiting(dataset: str, source: str) -> Markup:
    """The tab before there is a picture; as in Classify, nothing moves when an answer arrives."""
    return render(
        "compare/waiting.jinja",
        what_to_do=panel.hint(dataset, source),
        example=examples.first_thumbnail(dataset),
        networks=_told(classify.example(dataset), dataset),
    )


def refusal(error: PictureError, dataset: str) -> Markup:
    """The tab for a picture that cannot be answered."""
    return render(
        "compare/refusal.jinja",
        problem=message(str(error), "problem"),
        networks=_told(classify.example(dataset), dataset),
    )


def answers(results: dict[str, Result], dataset: str) -> Markup:
    """All networks' answers to the picture, side by side."""
    return render("compare/answers.jinja", networks=_told(results, dataset))


def _told(results: dict[str, Result], dataset: str) -> dict[str, Told]:
    return {network: classify.told(result, dataset) for network, result in results.items()}
