"""The true class of a test image opened in Classify, and buttons for the next and previous ones."""

import gradio as gr

from fmnist.ui.component import templates


def note() -> gr.HTML:
    """The note, empty unless the picture is a test image; its value is what was last opened."""
    return gr.HTML("", **templates(__file__), apply_default_css=False, elem_id="truth")
