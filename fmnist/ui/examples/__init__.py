"""Pictures to try, a folder for each data set; LICENSES.md beside them says where they are from."""

import functools
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup
from PIL import Image

from fmnist.data.datasets import DATASETS, RegistryError, named
from fmnist.pictures.strokes import painted
from fmnist.ui import events
from fmnist.ui.component import script
from fmnist.ui.examples import drawn
from fmnist.ui.markup import image, render
from fmnist.ui.panel import PHOTO

FOLDER = Path(__file__).parent


def first_file(dataset: str) -> Path:
    """The data set's first example.

    Raises RegistryError if the data set's folder lacks it.
    """
    path = FOLDER / dataset / named(dataset).example
    if not path.exists():
        raise RegistryError(f"{FOLDER} has no {dataset}/{path.name}: add it there.")
    return path


FILES = [path for name in DATASETS for path in sorted(first_file(name).parent.iterdir())]


def gallery(**kwargs: Any) -> gr.HTML:
    """A row of pictures as buttons; a click tells `clicked` which."""
    examples = [(_name(path), thumbnail(path)) for path in FILES]
    return gr.HTML(
        render("examples/gallery.jinja", examples=examples),
        js_on_load=script(FOLDER / "examples.js"),
        apply_default_css=False,
        **kwargs,
    )


def _name(path: Path) -> str:
    return path.stem.replace("-", " ").replace("t shirt", "t-shirt").capitalize()


@functools.cache
def thumbnail(path: Path) -> Markup:
    """An example as an <img>, small, and sharp where a pixel of the page is two of the screen."""
    with Image.open(path) as picture:
        picture.thumbnail((128, 128))
        return image(picture, "")


def first(dataset: str) -> Path | Image.Image:
    """The picture that is answered before a visitor has shown anything: drawn, or a file."""
    strokes = drawn.STROKES.get(dataset)
    return painted(strokes) if strokes else first_file(dataset)


def first_thumbnail(dataset: str) -> Markup:
    """A thumbnail of it."""
    picture = first(dataset)
    if isinstance(picture, Path):
        return thumbnail(picture)
    paper = Image.new("L", picture.size, "white")
    paper.paste(0, mask=picture.getchannel("A"))
    return image(paper, "")


def clicked(event: gr.EventData) -> tuple[str, str, str]:
    """The data set, the source and the path of the picture that was clicked.

    Raises PictureError if there is no such example.
    """
    path = FILES[events.number(event, "number", len(FILES))]
    return path.parent.name, PHOTO, str(path)
