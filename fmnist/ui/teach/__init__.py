"""“Wrong?”: pictures that a person labels, kept in the browser, for training on their own computer.

Nothing is sent: the browser makes the ZIP, with the folders that `train.py --pictures` expects.
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
    """The buttons for the right class, and the pictures kept. Listens to the event "chosen"."""
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
