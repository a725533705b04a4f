"""“Many pictures”: a table with all networks' answers to them, which can be saved as CSV."""

from urllib.parse import quote

import gradio as gr
from markupsafe import Markup
from PIL import Image

import fmnist
from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.pictures.opening import WORKING_SIZE
from fmnist.ui import classify, examples, words
from fmnist.ui.component import templates
from fmnist.ui.markup import render
from fmnist.ui.server import checks, uploads

MOST = 20  # pictures at a time
LEVELS = "not sure", "perhaps", "probably", "sure"  # how sure answers are, in the CSV


def tab(dataset: gr.Radio) -> None:
    """Lay out the tab; its pictures are answered anew when the data set changes."""
    choices = words.listed((each.shows for each in DATASETS.values()), last="or")
    items = words.listed((f"one {each.item}" for each in DATASETS.values()), last="or")
    about = render("several/about.jinja", choices=choices, items=items)
    gr.HTML(about, apply_default_css=False)
    gain = (
        f"You get a table of what {words.all_of(list(NETWORKS))} networks say of each picture. "
        "Sort it by how sure they are to find the doubtful ones, or save it as CSV."
    )
    each = [(network, what) for network in NETWORKS for what in ("answer", "verdict", "confidence")]
    pictures = gr.HTML(
        dataset.value,
        **templates(__file__),
        apply_default_css=False,
        elem_id="pictures",
        most=MOST,
        bytes=uploads.MAX_BYTES,
        longest=WORKING_SIZE,
        gain=gain,
        examples={
            name: [quote(str(path)) for path in examples.FILES if path.parent.name == name]
            for name in DATASETS
        },
        answered=checks.OTHERS,
        networks=[f"{network} network" for network in NETWORKS],
        levels=LEVELS,
        fields=["file", *(f"{network} network: {what}" for network, what in each), "problem"],
    )
    dataset.change(None, dataset, pictures, js="name => name", api_visibility="private")


def row(image: Image.Image, dataset: str) -> Markup:
    """The cells for a picture: the picture, its pixels, and each network's answer.

    Raises fmnist.PictureError.
    """
    results = fmnist.compare(image, dataset)
    return render(
        "several/row.jinja",
        picture=image,
        pixels=Image.fromarray(next(iter(results.values())).pixels),
        answers=[(result.label, classify.told(result, dataset)) for result in results.values()],
    )
