"""“Wrong?”: pictures that a person names, kept in the browser, to train with on one's own computer.

Nothing of it is sent: the browser makes the ZIP, laid out as `train.py --pictures` takes it.
"""

import html
from pathlib import Path

import gradio as gr

from fmnist.datasets import DATASETS, Dataset
from fmnist.pictures import WORKING_SIZE
from fmnist.ui import share, sketch

HERE = Path(__file__).parent
FOLDER = "mine"  # in the ZIP
README = f"""Pictures that you named on the fmnist page, in one folder for each class.
Unpack the ZIP next to train.py; the networks then learn from the pictures with

    python train.py --pictures {FOLDER}
"""


def control(dataset: gr.Radio, network: gr.Radio, source: gr.Radio) -> gr.HTML:
    """The choice of the right class, and what was kept. `share.connect` tells of changes."""
    labels = "".join(map(_labels, DATASETS.values()))
    return gr.HTML(
        None,
        html_template=(HERE / "teach.html").read_text().replace("LABELS", labels),
        css_template=(HERE / "teach.css").read_text(),
        js_on_load=share.STROKES + (HERE / "teach.js").read_text(),
        apply_default_css=False,
        chosen=share.chosen(dataset, network, source),
        side=sketch.SIDE,
        longest=WORKING_SIZE,
        folder=FOLDER,
        readme=README,
    )


def _labels(dataset: Dataset) -> str:
    buttons = "".join(
        f'<button type="button">{html.escape(label)}</button>' for label in dataset.names
    )
    return (
        f'<fieldset class="teach-labels" data-of="{dataset.name}">'
        f"<legend>What it is</legend>{buttons}</fieldset>"
    )
