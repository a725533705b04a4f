"""The panel where a picture comes from: pad or upload, and how to read it."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from fmnist.data.datasets import DATASETS, FASHION_MNIST, MNIST
from fmnist.ui.markup import render
from fmnist.ui.pad import pad
from fmnist.ui.server.uploads import upload

DRAW, PHOTO = "draw", "photo"
GUIDANCE = {  # what a picture should be like
    MNIST.name: "One digit, dark on light paper or light on dark.",
    FASHION_MNIST.name: "One garment on a plain background, all of it in the picture; a single "
    "shoe, from the side.",
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
        [("Draw", DRAW), ("Upload", PHOTO)],
        value=DRAW,
        label="How to show it",
        elem_id="source",
        elem_classes="switch",
    )
    sketch = pad(elem_id="sketch")
    photo = upload(
        sources=["upload", "clipboard", "webcam"],
        buttons=[],
        height=300,
        label="Picture",
        show_label=False,
        placeholder="Drop or paste a picture, or click to choose one",
        elem_id="photo",
    )
    guidance = render("panel/guidance.jinja", guidance=GUIDANCE)
    gr.HTML(guidance, apply_default_css=False, elem_id="guidance", elem_classes="note")
    with gr.Accordion("Read the picture differently", open=False, elem_id="overrides"):
        ink = gr.Radio(
            [("automatic", "auto"), ("dark on light", "dark"), ("light on dark", "light")],
            value="auto",
            label="How the digit is written",
            elem_id="ink",
        )
        cut_out = gr.Radio(
            [("if needed", "auto"), ("always", "on"), ("never", "off")],
            value="auto",
            label="Remove the background",
            elem_id="cut_out",
        )

    # The likelier source comes first, but whatever a person has drawn or chosen stays.
    dataset.input(
        None,
        [dataset, source, sketch, photo],
        source,
        js=f"""(dataset, source, sketch, photo) => sketch || photo ? source
            : dataset === '{MNIST.name}' ? '{DRAW}' : '{PHOTO}'""",
        api_visibility="private",
    )
    return Panel(dataset, source, sketch, photo, ink, cut_out)


def hint(dataset: str, source: str) -> str:
    """What to do to get an answer."""
    if source == PHOTO:
        return f"Upload a picture of {DATASETS[dataset].subject}: the answer appears here."
    what = {MNIST.name: "a digit", FASHION_MNIST.name: "a garment and fill it in"}[dataset]
    return f"Draw {what}: the answer appears here while you draw."


def overrides(dataset: str, ink: str, cut_out: str) -> dict[str, Any]:
    """What `fmnist.classify` takes to be told how to read a picture."""
    return {"ink": ink} if dataset == MNIST.name else {"cut_out": CUT_OUT[cut_out]}
