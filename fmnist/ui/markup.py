"""HTML from templates: `*.jinja` files beside the code that prepares their data.

Data is text, and gets escaped. Only pictures and the output of templates are HTML.
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
    """Render a template with the data; `template` is its path in fmnist/ui/.

    Raises jinja2.UndefinedError if the template uses a variable that is missing.
    """
    return Markup(TEMPLATES.get_template(template).render(data))


def part(template: str, macro: str, *data: Any) -> Markup:
    """Render one macro of a template with the data."""
    return getattr(TEMPLATES.get_template(template).module, macro)(*data)


def data_url(picture: Image.Image) -> str:
    """A thumbnail of the picture as a data URL; 28×28 pixels stay exact."""
    picture = picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB")
    picture = picture.copy()
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    small = max(picture.size) <= 28
    return _encoded(picture, "png") if small else _encoded(picture, "webp", quality=80)


def exact(picture: Image.Image) -> str:
    """The picture as a data URL, pixel by pixel; a large one is smaller than as PNG."""
    return _encoded(picture, "webp", lossless=True, quality=100)


def _encoded(picture: Image.Image, kind: str, **options: Any) -> str:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"


def image(picture: Image.Image, alt: str) -> Markup:
    """An <img>; the style sheet enlarges pictures of at most 28×28 with crisp pixels."""
    crisp = Markup(' class="pixels"' if max(picture.size) <= 28 else "")
    return Markup('<img src="%s" alt="%s"%s>') % (data_url(picture), alt, crisp)


def percent(share: float, decimals: int = 1) -> str:
    """0.914 -> "91.4 %"."""
    return f"{share * 100:.{decimals}f}\u00a0%"


def likelihood(probability: float) -> str:
    """0.914 -> "91.4 %"; as no estimate is certain, 0.9995 and above is "over 99.9 %"."""
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
    """A sentence instead of an answer: a "hint" or a "problem"."""
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
