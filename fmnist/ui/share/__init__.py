"""The drawing and the choices in the address, a link to copy, and the answer as a picture to save.

All of it happens in the browser.
"""

import gradio as gr

from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.ui.component import templates
from fmnist.ui.panel import Choices, first


def bar(choices: Choices[gr.Radio]) -> gr.HTML:
    """The buttons. They start with these choices; the event "chosen" tells them of changes."""
    return gr.HTML(
        None,
        **templates(__file__),
        apply_default_css=False,
        chosen=first(choices)._asdict(),
        datasets=list(DATASETS),
        networks=list(NETWORKS),
    )
