"""HTML from templates: `*.jinja` files beside the code of what they show, which prepares the data.

What a template is given is text and is escaped. Only what templates made, and pictures, is HTML.
"""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

THUMBNAIL = 200  # pixels of the longer side


def render(template: str, **data: Any) -> Markup:
    """The HTML that a template makes of the data; `template` is its path in fmnist/ui/.

    Raises jinja2.UndefinedError if the template uses what it is not given.
    """
    return Markup(TEMPLATES.get_template(template).render(data))


def part(template: str, macro: str, *data: Any) -> Markup:
    """The HTML that one macro of a template makes of the data."""
    return getattr(TEMPLATES.get_template(template).module, macro)(*data)


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


def image(picture: Image.Image, alt: str) -> Markup:
    """An <img>; what is as small as 28×28 is enlarged with crisp pixels by the style sheet."""
    crisp = Markup(' class="pixels"' if max(picture.size) <= 28 else "")
    return Markup('<img src="%s" alt="%s"%s>') % (data_url(picture), alt, crisp)


def percent(share: float, decimals: int = 1) -> str:
    """0.914 -> "91.4 %"."""
    return f"{share * 100:.{decimals}f}\u00a0%"


def likelihood(probability: float) -> str:
    """0.914 -> "91.4 %"; no estimate is certain: from 0.9995 on it is "over 99.9 %"."""
    return percent(probability) if probability < 0.9995 else f"over {percent(0.999)}"


def milliseconds(seconds: float) -> str:
    """0.00214 -> "2.1 ms"."""
    return f"{seconds * 1000:.1f}\u00a0ms"


def fixed(number: float, decimals: int) -> str:
    """(0.91449, 3) -> "0.914"."""
    return f"{number:.{decimals}f}"


def two_digits(number: float) -> str:
    """0.00012345 -> "0.00012"."""
    return np.format_float_positional(number, 2, fractional=False, trim="-")


def thousands(number: int) -> str:
    """12345 -> "12,345"."""
    return f"{number:,}"


def signed(number: int) -> str:
    """-3 -> "−3", 3 -> "+3"."""
    return f"{number:+}".replace("-", "−")


def message(text: str, kind: str = "hint") -> Markup:
    """A sentence in place of an answer: a "hint" or a "problem"."""
    return render("message.jinja", text=text, kind=kind)


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
TEMPLATES.filters |= {
    function.__name__: function
    for function in (image, percent, likelihood, milliseconds, fixed, two_digits, thousands, signed)
}
