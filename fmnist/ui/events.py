"""Read the data of click events from the page's own HTML."""

import gradio as gr

from fmnist.pictures.opening import PictureError


def number(event: gr.EventData, name: str, count: int) -> int:
    """The number of the clicked item, from the event's field of this name.

    Raises PictureError unless it is from 0 to `count` - 1: strangers send anything.
    """
    found = getattr(event, name, None) if isinstance(event._data, dict) else None
    if type(found) is not int or not 0 <= found < count:
        raise PictureError("There is no such item on the page: choose one that is shown.")
    return found
