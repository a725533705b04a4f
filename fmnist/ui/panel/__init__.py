"""The panel for the picture: the pad or an upload, and how to read it."""

import json
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import gradio as gr

from fmnist.data.datasets import DATASETS, DEFAULT, named
from fmnist.ui import words
from fmnist.ui.markup import render
from fmnist.ui.pad import pad
from fmnist.ui.server.checks import upload

DRAW, PHOTO = "draw", "photo"
CUT_OUT = {"auto": True, "off": False}


T = TypeVar("T")


class Choices(NamedTuple, Generic[T]):
    """A person's choices: as components, or as the values that handlers and scripts get."""

    dataset: T
    network: T
    ink: T
    cut_out: T
    source: T


@dataclass(frozen=True)
class Panel:
    """The components of the panel."""

    dataset: gr.Radio
    source: gr.Radio
    sketch: gr.HTML
    photo: gr.Image
    ink: gr.Radio
    cut_out: gr.Radio

    def choices(self, network: gr.Radio) -> Choices[gr.Radio]:
        """All choices, including the network, which is not in the panel."""
        return Choices(self.dataset, network, self.ink, self.cut_out, self.source)


def first(choices: Choices[gr.Radio]) -> Choices[str]:
    """The choices when the page opens."""
    return Choices(*(str(choice.value) for choice in choices))


def panel() -> Panel:
    """Lay out the panel. The style sheet shows the pad or the upload, depending on the choice."""
    dataset = gr.Radio(
        [(dataset.shows, dataset.name) for dataset in DATASETS.values()],
        value=DEFAULT.name,
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
        placeholder="Choose a picture, drop it here, or paste it",
        elem_id="photo",
    )
    guidance = render("panel/guidance.jinja", datasets=DATASETS.values(), only_of=words.only_of)
    gr.HTML(guidance, apply_default_css=False, elem_id="guidance", elem_classes="note")
    with gr.Accordion(
        "Background and ink",
        open=False,
        elem_id="overrides",
        elem_classes=words.only_of(each for each in DATASETS.values() if each.overrides),
    ):
        ink = gr.Radio(
            [("automatic", "auto"), ("dark on light", "dark"), ("light on dark", "light")],
            value="auto",
            label="How the digit is written",
            elem_id="ink",
            elem_classes=words.only_of(words.taking("ink")),
        )
        cut_out = gr.Radio(
            [("if needed", "auto"), ("never", "off")],
            value="auto",
            label="Remove the background",
            elem_id="cut_out",
            elem_classes=words.only_of(words.taking("cut_out")),
        )

    drawn = [each.name for each in DATASETS.values() if each.is_drawn]
    # Switch to the likelier source, unless a person has already drawn or chosen something.
    dataset.input(
        None,
        [dataset, source, sketch, photo],
        source,
        js=f"""(dataset, source, sketch, photo) => sketch || photo ? source
            : {json.dumps(drawn)}.includes(dataset) ? '{DRAW}' : '{PHOTO}'""",
        api_visibility="private",
    )
    return Panel(dataset, source, sketch, photo, ink, cut_out)


def hint(dataset: str, source: str) -> str:
    """Tell a person how to get an answer. Raises ValueError if there is no such data set."""
    if source == PHOTO:
        return f"Upload a picture of {named(dataset).subject}: the answer appears here."
    return f"{words.draw(named(dataset))}: the answer appears here while you draw."


def overrides(dataset: str, ink: str, cut_out: str) -> dict[str, Any]:
    """The options of `fmnist.classify` that say how to read a picture for this data set.

    Raises ValueError if there is no such data set.
    """
    chosen = {"ink": ink, "cut_out": CUT_OUT[cut_out]}
    return {name: chosen[name] for name in named(dataset).overrides}
