"""The test images on which the two networks disagree, to browse."""

import html
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from fmnist.datasets import DATASETS, test_set
from fmnist.pictures import PictureError
from fmnist.ui import markup
from fmnist.ui.tables import Runs, labels_of

PAGE = 24  # images shown at once
ANY = "any"
RIGHT = {
    ANY: "whoever is right",
    "small": "only small is right",
    "large": "only large is right",
    "neither": "both are wrong",
}


def browser(runs: dict[str, Runs], dataset: gr.Radio) -> None:
    """Lay out the images with filters and pages; `runs` by data set and network."""

    def truths(name: str) -> list[tuple[str, str]]:
        return [("anything", ANY), *((label, label) for label in DATASETS[name].labels)]

    def first_page(name: str, truth: str, right: str) -> tuple[str, int]:
        return page_of(runs[name], truth, right, 0)

    def previous_page(name: str, truth: str, right: str, page: int) -> tuple[str, int]:
        return page_of(runs[name], truth, right, page - 1)

    def next_page(name: str, truth: str, right: str, page: int) -> tuple[str, int]:
        return page_of(runs[name], truth, right, page + 1)

    def changed(name: str, right: str) -> tuple[gr.Dropdown, str, int]:
        return gr.Dropdown(truths(name), value=ANY), *first_page(name, ANY, right)

    gr.HTML("<h2>Test images on which they disagree</h2>", apply_default_css=False)
    with gr.Row(elem_classes="filters"):
        truth = gr.Dropdown(truths(dataset.value), value=ANY, label="What it is")
        rights = [(words, key) for key, words in RIGHT.items()]
        right = gr.Dropdown(rights, value=ANY, label="Who is right")
    text, number = first_page(dataset.value, ANY, ANY)
    grid = gr.HTML(text, apply_default_css=False, elem_id="disagreements")
    page = gr.State(number)
    with gr.Row(elem_classes="pager"):
        back = gr.Button("Previous", size="sm")
        forth = gr.Button("Next", size="sm")

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    chosen = [dataset, truth, right]
    gr.on([truth.input, right.input], first_page, chosen, [grid, page], **quiet)
    dataset.change(changed, [dataset, right], [truth, grid, page], **quiet)
    for button, turn in ((back, previous_page), (forth, next_page)):
        button.click(turn, [*chosen, page], [grid, page], **quiet)


def find(runs: Runs, truth: str = ANY, right: str = ANY) -> np.ndarray:
    """The numbers of the test images on which the networks disagree.

    truth: only those of this class; right: only those that this network alone, or "neither", gets

    Raises PictureError if the data set has no such class.
    """
    if truth != ANY and truth not in labels_of(runs):
        raise PictureError("This class is of the other data set: choose what it is once more.")
    small, large = runs["small"].predictions, runs["large"].predictions
    labels = test_set(runs["small"].dataset).labels
    found = small != large
    if truth != ANY:
        found &= labels == labels_of(runs).index(truth)
    if right != ANY:
        rights = {"small": small == labels, "large": large == labels}
        rights["neither"] = ~rights["small"] & ~rights["large"]
        found &= rights[right]
    return np.flatnonzero(found)


def page_of(runs: Runs, truth: str, right: str, page: int) -> tuple[str, int]:
    """The images of a page as HTML, and the page's number: the nearest that exists."""
    found = find(runs, truth, right)
    page = min(max(page, 0), max(0, len(found) - 1) // PAGE)
    shown = found[page * PAGE : (page + 1) * PAGE]
    where = f"{page * PAGE + 1}–{page * PAGE + len(shown)} of {len(found):,}" if len(found) else ""
    figures = "".join(_figure(runs, number) for number in shown)
    counts = ", ".join(
        f"{RIGHT[key]} in {len(find(runs, truth, key)):,}" for key in RIGHT if key != ANY
    )
    return (
        f'<p role="status">{where or "None."} <span class="note">({counts})</span></p>'
        f'<div class="grid">{figures}</div>'
    ), page


def _figure(runs: Runs, number: int) -> str:
    images, labels = test_set(runs["small"].dataset), labels_of(runs)
    truth = labels[images.labels[number]]
    said = ""
    for network, run in runs.items():
        label = labels[run.predictions[number]]
        mark = "✓" if label == truth else "✗"
        said += f"<span>{network.capitalize()}: {html.escape(label)} {mark}</span>"
    picture = markup.image(Image.fromarray(images.pixels[number]), f"Test image {number}")
    caption = f"<figcaption><b>It is: {html.escape(truth)}</b>{said}</figcaption>"
    return f"<figure>{picture}{caption}</figure>"
