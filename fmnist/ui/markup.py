"""Pieces of HTML that several tabs show: pictures, percentages, messages."""

import base64
import html
import io

from PIL import Image

THUMBNAIL = 200  # pixels of the longer side


def data_url(picture: Image.Image) -> str:
    """The picture, made small, inside a URL: 28×28 pixels stay exact."""
    picture = picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB")
    picture = picture.copy()
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    file = io.BytesIO()
    small = max(picture.size) <= 28
    picture.save(file, "PNG") if small else picture.save(file, "WEBP", quality=80)
    kind = "png" if small else "webp"
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"


def image(picture: Image.Image, alt: str) -> str:
    """An <img>; what is as small as 28×28 is enlarged with crisp pixels by the style sheet."""
    crisp = ' class="pixels"' if max(picture.size) <= 28 else ""
    return f'<img src="{data_url(picture)}" alt="{html.escape(alt)}"{crisp}>'


def percent(share: float, decimals: int = 1) -> str:
    """0.914 -> "91.4 %"."""
    return f"{share * 100:.{decimals}f}\u00a0%"


def likelihood(probability: float) -> str:
    """0.914 -> "91.4 %"; no estimate is certain: from 0.9995 on it is "over 99.9 %"."""
    return percent(probability) if probability < 0.9995 else f"over {percent(0.999)}"


def milliseconds(seconds: float) -> str:
    """0.00214 -> "2.1 ms"."""
    return f"{seconds * 1000:.1f}\u00a0ms"


def message(text: str, kind: str = "hint") -> str:
    """A sentence in place of an answer: a "hint" or a "problem"."""
    return f'<p class="{kind}" role="status">{html.escape(text)}</p>'
