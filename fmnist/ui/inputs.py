"""The panel where a picture comes from: pad or upload, and how to read it."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from fmnist.datasets import DATASETS, MNIST
from fmnist.ui.sketch import pad
from fmnist.ui.uploads import upload

DRAW, PHOTO = "draw", "photo"
HINTS = {
    DRAW: "Draw on the pad: the answer appears here while you draw.",
    PHOTO: "Choose, drop, paste or take a picture: the answer appears here.",
}
CUT_OUT = {"auto": None, "on": True, "off": False}


@dataclass(frozen=True)
class Panel:
    """The components of the panel."""

    dataset: gr.Radio
    source: gr.Radio
    sketch: gr.HTML
    photo: gr.Image
    ink: gr.Radio
    cut_out: gr.Radio


def panel() -> Panel:
    """Lay out the panel. The style sheet shows either pad or upload, by what is chosen."""
    dataset = gr.Radio(
        [(dataset.shows, dataset.name) for dataset in DATASETS.values()],
        value=MNIST.name,
        label="What to recognise",
        elem_id="dataset",
        elem_classes="switch",
    )
    source = gr.Radio(
        [("Draw", DRAW), ("Picture", PHOTO)],
        value=DRAW,
        label="Where it comes from",
        elem_id="source",
        elem_classes="switch",
    )
    sketch = pad(elem_id="sketch")
    photo = upload(
        sources=["upload", "clipboard", "webcam"],
        buttons=[],
        height=300,
        label="One digit or one piece of clothing",
        placeholder="Drop a picture here or click to choose one",
        elem_id="photo",
    )
    with gr.Accordion("Read the picture differently", open=False, elem_id="overrides"):
        ink = gr.Radio(
            [("find out", "auto"), ("dark on light", "dark"), ("light on dark", "light")],
            value="auto",
            label="The digit is written",
            elem_id="ink",
        )
        cut_out = gr.Radio(
            [("if there is one", "auto"), ("always", "on"), ("never", "off")],
            value="auto",
            label="Take the background away",
            elem_id="cut_out",
        )

    # Clothing is photographed, digits are drawn: the likelier source comes first.
    dataset.input(
        None,
        dataset,
        source,
        js=f"name => name === '{MNIST.name}' ? '{DRAW}' : '{PHOTO}'",
        api_visibility="private",
    )
    return Panel(dataset, source, sketch, photo, ink, cut_out)


def overrides(dataset: str, ink: str, cut_out: str) -> dict[str, Any]:
    """What `fmnist.classify` takes to be told how to read a picture."""
    return {"ink": ink} if dataset == MNIST.name else {"cut_out": CUT_OUT[cut_out]}
