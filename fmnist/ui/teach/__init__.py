"""“Wrong?”: pictures that a person names, kept in the browser, to train with on one's own computer.

Nothing of it is sent: the browser makes the ZIP, laid out as `train.py --pictures` takes it.
"""

import gradio as gr

from fmnist.data.datasets import DATASETS
from fmnist.pictures.opening import WORKING_SIZE
from fmnist.ui import pad
from fmnist.ui.component import templates
from fmnist.ui.panel import Choices, first

FOLDER = "mine"  # in the ZIP
README = f"""Pictures that you named on the fmnist page, in one folder for each class.
Unpack the ZIP next to train.py; the networks then learn from the pictures with

    python train.py --pictures {FOLDER}
"""


def control(choices: Choices[gr.Radio]) -> gr.HTML:
    """The choice of the right class, and what was kept. The event "chosen" tells of changes."""
    return gr.HTML(
        None,
        **templates(__file__),
        apply_default_css=False,
        chosen=first(choices)._asdict(),
        datasets=[{"name": each.name, "labels": each.names} for each in DATASETS.values()],
        side=pad.SIDE,
        longest=WORKING_SIZE,
        folder=FOLDER,
        readme=README,
    )
