"""What the page's own HTML tells handlers: which of the things it shows was clicked."""

import gradio as gr

from fmnist.pictures.opening import PictureError


def number(event: gr.EventData, name: str, count: int) -> int:
    """The event's number of this name, of things numbered from 0.

    Raises PictureError if it is none of `count`: strangers send anything.
    """
    found = getattr(event, name, None) if isinstance(event._data, dict) else None
    if type(found) is not int or not 0 <= found < count:
        raise PictureError("There is no such item on the page: choose one that is shown.")
    return found
