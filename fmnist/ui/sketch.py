"""A pad to draw on: a small canvas of our own, because gr.Sketchpad takes over a second to answer.

Its value is the drawing as a PNG in a data URL, black ink on a transparent ground, or "".
"""

import base64
import binascii
import io
from pathlib import Path

import gradio as gr
from PIL import Image, UnidentifiedImageError

from fmnist import PictureError

HERE = Path(__file__).parent
PREFIX = "data:image/png;base64,"
MAX_LENGTH = 100_000  # characters; the pad sends some 10,000
SIDE = 280  # pixels of the picture it sends


def pad(**kwargs) -> gr.HTML:
    """The pad with its buttons. Its value goes through `decode` to become a picture."""
    return gr.HTML(
        "",
        html_template=(HERE / "sketch.html").read_text(),
        js_on_load=(HERE / "sketch.js").read_text(),
        apply_default_css=False,
        side=SIDE,
        **kwargs,
    )


def decode(url: str) -> Image.Image:
    """The picture in the pad's data URL. Raises PictureError if the pad makes no such thing."""
    if len(url) > MAX_LENGTH or not url.startswith(PREFIX):
        raise PictureError("This is not a drawing from the pad: clear it and draw again.")
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(url[len(PREFIX) :], validate=True)))
        if picture.format != "PNG" or picture.size != (SIDE, SIDE):
            raise PictureError("The drawing has an unexpected size: clear it and draw again.")
        picture.load()
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError) as error:
        raise PictureError("The drawing arrived damaged: clear it and draw again.") from error
    return picture
