"""The Compare tab: both networks on the same picture, and what each costs and is worth."""

import gradio as gr

from fmnist.inference import Result
from fmnist.pictures import PictureError
from fmnist.ui import classify, disagreements, examples, inputs, markup, tables
from fmnist.ui.tables import Runs


def tab(runs: dict[str, Runs], dataset: gr.Radio) -> gr.HTML:
    """Lay out the tab; returns what `answers` fills.

    runs: by data set and network, the runs that answer; dataset: the choice of digits or clothing
    """
    text = waiting(dataset.value, inputs.DRAW)
    output = gr.HTML(text, apply_default_css=False, elem_id="answers")

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


def waiting(dataset: str, source: str) -> str:
    """What the tab shows before there is a picture; as in the Classify tab, nothing moves."""
    again = f'<div class="hint">{examples.first(dataset)}<p>The same example:</p></div>'
    return _columns([classify.hint(dataset, source), again], classify.example(dataset), dataset)


def refusal(error: PictureError, dataset: str) -> str:
    """What the tab shows of a picture that cannot be answered."""
    problem = markup.message(str(error), "problem")
    return _columns([problem, '<p class="hint"></p>'], classify.example(dataset), dataset)


def answers(results: dict[str, Result], dataset: str) -> str:
    """What both networks say of the picture, side by side."""
    verdicts = [classify.verdict(result, dataset) for result in results.values()]
    return _columns(verdicts, results, dataset)


def _columns(above: list[str], results: dict[str, Result], dataset: str) -> str:
    columns = "".join(
        f"<section><h2>{network.capitalize()} network</h2>{text}{classify.bars(result, dataset)}"
        f'<p class="note">Answered in {markup.milliseconds(result.seconds)}.</p></section>'
        for text, (network, result) in zip(above, results.items(), strict=True)
    )
    return f'<div class="both">{columns}</div>'
