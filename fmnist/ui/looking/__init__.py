"""What is said while an answer is awaited."""

import gradio as gr

from fmnist.ui.component import templates


def note() -> gr.HTML:
    """The note, which lies over the corner of the answer, so that nothing moves."""
    return gr.HTML("", **templates(__file__), apply_default_css=False, elem_id="looking")
