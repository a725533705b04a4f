"""What a test image really is that is opened in Classify, and the next and the previous one."""

import gradio as gr

from fmnist.ui.component import templates


def note() -> gr.HTML:
    """The note, empty unless the picture is a test image; its value is what was last opened."""
    return gr.HTML("", **templates(__file__), apply_default_css=False, elem_id="truth")
