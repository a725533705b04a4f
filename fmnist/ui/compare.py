"""The Compare tab: both networks on the same picture, and what each costs and is worth."""

import gradio as gr

from fmnist.inference import Result
from fmnist.ui import classify, disagreements, inputs, markup, tables
from fmnist.ui.tables import Runs


def tab(runs: dict[str, Runs], dataset: gr.Radio) -> gr.HTML:
    """Lay out the tab; returns what `answers` fills.

    runs: by data set and network, the runs that answer; dataset: the choice of digits or clothing
    """
    hint = markup.message(inputs.HINTS[inputs.DRAW])
    output = gr.HTML(hint, apply_default_css=False, elem_id="answers")

    def records(name: str) -> str:
        both = tables.costs(runs[name]) + tables.per_class(runs[name])
        return f'<div class="both">{both}</div>'

    def confusions(name: str) -> str:
        return tables.confusions(runs[name])

    for show in (records, confusions):
        table = gr.HTML(show(dataset.value), apply_default_css=False)
        dataset.change(show, dataset, table, show_progress="hidden", api_visibility="private")
    disagreements.browser(runs, dataset)
    return output


def answers(results: dict[str, Result], dataset: str) -> str:
    """What both networks say of the picture, side by side."""
    columns = "".join(
        f"<section><h2>{network.capitalize()} network</h2>{classify.verdict(result, dataset)}"
        f"{classify.bars(result, dataset)}"
        f'<p class="note">Answered in {markup.milliseconds(result.seconds)}.</p></section>'
        for network, result in results.items()
    )
    return f'<div class="both">{columns}</div>'
