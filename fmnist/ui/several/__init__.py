"""The Several tab: pictures in a table, with the answers of all networks, to take away as CSV."""

import html

import gradio as gr
from PIL import Image

import fmnist
from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.ui import markup, words
from fmnist.ui.component import templates
from fmnist.ui.server import uploads

MOST = 20  # pictures at a time
VERDICTS = {"sure": "sure", "perhaps": "perhaps", "unknown": "not sure"}


def tab(dataset: gr.Radio) -> None:
    """Lay out the tab; its pictures are asked for again when another data set is chosen."""
    choices = words.listed((each.shows for each in DATASETS.values()), last="or")
    items = words.listed((f"one {each.item}" for each in DATASETS.values()), last="or")
    gr.HTML(
        f"<h2>Several pictures at once</h2><p>Choose {choices} above. Each picture should show "
        f"{items}; they are answered one after another.</p>",
        apply_default_css=False,
    )
    each = [(network, what) for network in NETWORKS for what in ("answer", "verdict", "confidence")]
    pictures = gr.HTML(
        dataset.value,
        **templates(__file__),
        apply_default_css=False,
        elem_id="pictures",
        most=MOST,
        bytes=uploads.MAX_BYTES,
        columns=["Picture", *(f"{network.capitalize()} network" for network in NETWORKS)],
        fields=["file", *(f"{network} network: {what}" for network, what in each), "problem"],
    )
    dataset.change(None, dataset, pictures, js="name => name", api_visibility="private")


def row(image: Image.Image, dataset: str) -> str:
    """The cells of a picture: itself and its pixels, to which the page adds the file's name, and
    what each network says. What belongs into a CSV file is in <data> elements.

    Raises fmnist.PictureError.
    """
    results = fmnist.compare(image, dataset)
    pixels = Image.fromarray(next(iter(results.values())).pixels)
    images = markup.image(image, "") + markup.image(pixels, "What the networks see: 28 × 28 pixels")
    answers = "".join(_answer(result, dataset) for result in results.values())
    return f'<th scope="row">{images}</th>{answers}'


def _answer(result: fmnist.Result, dataset: str) -> str:
    name = DATASETS[dataset].names[result.probabilities.argmax()]
    verdict = VERDICTS[result.verdict]
    return (
        f'<td><data value="{html.escape(result.label)}"><b>{html.escape(name)}</b></data>'
        f'<span><data value="{verdict}">{verdict}</data>, <data value="{result.confidence:.4f}">'
        f"{markup.likelihood(result.confidence)}</data></span>"
        f'<span class="note">{html.escape(result.reason or "")}</span></td>'
    )
