"""A pad to draw on: a small canvas of our own, because gr.Sketchpad takes over a second to answer.

Its value is the drawing as a PNG data URL, black ink on a transparent background, or "".
"""

import base64
import io
from typing import Any

import gradio as gr
from PIL import Image

from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.pictures.opening import PictureError
from fmnist.pictures.strokes import SIDE
from fmnist.ui import words
from fmnist.ui.component import templates
from fmnist.ui.server.checks import checked

PREFIX = "data:image/png;base64,"
MAX_LENGTH = 190_000  # characters: the pad sends about 5,000, `changes` a dozen times that
MOST_CHUNKS = 200  # of a PNG: browsers put 8 KB of pixels into each (libpng's default) or more
SIDES = SIDE, 2 * SIDE  # tiny drawings are sent twice as large
FOREIGN = "This is not a drawing from the pad: clear the pad and draw again."


def pad(**kwargs: Any) -> gr.HTML:
    """The pad with its buttons. `decode` turns its value into a picture."""
    html = gr.HTML(
        "",
        **templates(__file__),
        apply_default_css=False,
        side=SIDE,
        hints=[
            (" ".join(words.only_of([dataset])), words.draw(dataset, " here"))
            for dataset in DATASETS.values()
        ],
        networks=words.number(len(NETWORKS)),
        **kwargs,
    )
    return checked(html, accepted)


def accepted(value: object) -> str:
    """Check a value that a caller sends for the pad. Raises PictureError if it is invalid."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_LENGTH:
        raise PictureError(FOREIGN)
    return value


def decode(url: str) -> Image.Image:
    """The drawing in the pad's data URL, in black ink, at most 320 pixels wide.

    Colours are ignored: reading a photo disguised as a drawing would take a tenth of a second, and
    block everybody else. Raises PictureError if the pad cannot have made it.
    """
    if not url.startswith(PREFIX):
        raise PictureError(FOREIGN)
    try:
        png = base64.b64decode(url[len(PREFIX) :], validate=True)
        picture = Image.open(io.BytesIO(_bare(png)), formats=["PNG"])
        if picture.size not in [(side, side) for side in SIDES]:
            raise PictureError("The drawing has an unexpected size: clear the pad and draw again.")
        ink = Image.new("RGBA", picture.size)
        ink.putalpha(picture.getchannel("A"))
    except PictureError:
        raise
    except Exception:  # decoders may raise anything
        raise PictureError("The drawing arrived damaged: clear the pad and draw again.") from None
    return ink


def _bare(png: bytes) -> bytes:
    """Drop all chunks but those for pixels: texts and profiles of 1 KB may unpack to 1 MB.

    Raises PictureError if there are too many: Pillow takes its time for each.
    """
    kept, start = [png[:8]], 8
    while start < len(png):
        end = start + 12 + int.from_bytes(png[start : start + 4])
        if png[start + 4 : start + 8] in (b"IHDR", b"IDAT", b"IEND"):
            kept.append(png[start:end])
        start = end
    if len(kept) > MOST_CHUNKS:
        raise PictureError(FOREIGN)
    return b"".join(kept)
