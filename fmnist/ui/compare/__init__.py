"""The Compare tab: all networks on the same picture, on all test images, and on each of them."""

from pathlib import Path
from typing import Any

import gradio as gr

from fmnist.inference.classify import Result
from fmnist.pictures.opening import PictureError
from fmnist.ui import classify, events, examples, markup, panel
from fmnist.ui.compare import images, tables
from fmnist.ui.compare.images import ANY, Filters
from fmnist.ui.compare.tables import Runs, names_of


def tab(runs: dict[str, Runs], dataset: gr.Radio, itself: gr.Tab) -> tuple[gr.HTML, gr.HTML]:
    """Lay out the tab; returns what `answers` fills, and the test images, to be selected.

    runs: by data set and network, the runs that answer; dataset: the choice of a data set;
    itself: the tab, of which all but `answers` is sent when it is first opened
    """
    text = waiting(dataset.value, panel.DRAW)
    output = gr.HTML(text, apply_default_css=False, elem_id="answers")
    records = gr.HTML("", apply_default_css=False)
    gr.HTML(
        "<h2>What is mistaken for what</h2><p>Choose a number to see its images below.</p>",
        apply_default_css=False,
    )
    confusions = gr.HTML(
        "",
        js_on_load=(Path(__file__).parent / "cells.js").read_text(),
        apply_default_css=False,
        elem_id="confusions",
    )
    opened = gr.State(False)
    menus, grid = images.browser(runs, dataset, opened)

    def shown(opened: bool, name: str) -> list[str]:
        if not opened:
            return ["", ""]
        networks = runs[name]
        numbers = f'<div class="both">{tables.costs(networks)}{tables.per_class(networks)}</div>'
        return [numbers, tables.confusions(networks)]

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


def waiting(dataset: str, source: str) -> str:
    """What the tab shows before there is a picture; as in the Classify tab, nothing moves."""
    again = f'<div class="hint">{examples.first(dataset)}<p>The same example:</p></div>'
    results = classify.example(dataset)
    above = [classify.hint(dataset, source), *[again] * (len(results) - 1)]
    return _columns(above, results, dataset)


def refusal(error: PictureError, dataset: str) -> str:
    """What the tab shows of a picture that cannot be answered."""
    problem = markup.message(str(error), "problem")
    results = classify.example(dataset)
    above = [problem, *['<p class="hint"></p>'] * (len(results) - 1)]
    return _columns(above, results, dataset)


def answers(results: dict[str, Result], dataset: str) -> str:
    """What all networks say of the picture, side by side."""
    verdicts = [classify.verdict(result, dataset) for result in results.values()]
    return _columns(verdicts, results, dataset)


def _columns(above: list[str], results: dict[str, Result], dataset: str) -> str:
    columns = "".join(
        f"<section><h2>{network.capitalize()} network</h2>{text}{classify.bars(result, dataset)}"
        f'<p class="note">Answered in {markup.milliseconds(result.seconds)}.</p></section>'
        for text, (network, result) in zip(above, results.items(), strict=True)
    )
    return f'<div class="both">{columns}</div>'
