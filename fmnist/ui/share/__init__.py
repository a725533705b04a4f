"""The drawing and the choices in the address, a link to copy, and the answer as a picture to save.

All of it happens in the browser.
"""

from typing import Any

import gradio as gr

from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.ui.component import templates

# Tells the scripts of the page what is chosen, whoever chose it: a person, an example or a link.
CHOSEN = """(dataset, network, source, photo) => {
    const detail = { dataset, network, source, photo: photo?.url };
    document.dispatchEvent(new CustomEvent("chosen", { detail }));
    return [];
}"""


def bar(dataset: gr.Radio, network: gr.Radio, source: gr.Radio) -> gr.HTML:
    """The buttons. They know what is chosen at first; `connect` tells them of changes."""
    return gr.HTML(
        None,
        **templates(__file__),
        apply_default_css=False,
        chosen=chosen(dataset, network, source),
        datasets=list(DATASETS),
        networks=list(NETWORKS),
    )


def chosen(dataset: gr.Radio, network: gr.Radio, source: gr.Radio) -> dict[str, str]:
    """What is chosen at first, as the event "chosen" tells it later."""
    return {"dataset": dataset.value, "network": network.value, "source": source.value}


def connect(
    link: gr.HTML,
    views: gr.Tabs,
    dataset: gr.Radio,
    network: gr.Radio,
    source: gr.Radio,
    photo: gr.Image,
) -> None:
    """Let a link that is opened choose, and tell of each choice."""
    choices: list[Any] = [dataset, network, source]
    quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    link.input(None, link, choices, js="(link) => link", **quietly)
    gr.on(
        [views.change, *(each.change for each in (*choices, photo))],
        None,
        [*choices, photo],
        js=CHOSEN,
        **quietly,
    )
