"""Events of the page: how they are asked about, what their data is, and telling scripts of them."""

from collections.abc import Container
from typing import Any

import gradio as gr

from fmnist.pictures.opening import PictureError

# For each function that the page calls. Without gradio's queue, as this takes half of the time, and
# as gradio closes the queue's stream when nothing more waits: what a page asks just before it
# learns of this is never answered.
QUIETLY: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def telling(name: str) -> str:
    """The `js` of a listener that tells the page's scripts of an event of this name."""
    return f"() => document.dispatchEvent(new Event('{name}'))"


def number(event: gr.EventData, name: str, count: int) -> int:
    """The number of an item on the page, from the event's field of this name.

    Raises PictureError unless it is from 0 to `count` - 1: strangers send anything.
    """
    found = _field(event, name)
    if type(found) is not int or not 0 <= found < count:
        raise PictureError("There is no such item on the page: choose one that is shown.")
    return found


def choice(event: gr.EventData, name: str, choices: Container[str]) -> str:
    """Likewise a text, if it is one of the choices; raises PictureError otherwise."""
    found = _field(event, name)
    if not isinstance(found, str) or found not in choices:
        raise PictureError("There is no such choice on the page: take one that is shown.")
    return found


def _field(event: gr.EventData, name: str) -> Any:
    return getattr(event, name, None) if isinstance(event._data, dict) else None
