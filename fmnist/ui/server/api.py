"""The endpoints /classify and /compare for gradio_client, and the endpoint of “Many pictures”."""

from typing import Any

import gradio as gr
from PIL import Image

import fmnist
from fmnist.data.datasets import DATASETS, DEFAULT
from fmnist.networks import definitions
from fmnist.ui import several, words
from fmnist.ui.panel import CUT_OUT, overrides
from fmnist.ui.server.checks import upload


def endpoints() -> None:
    """Add the endpoints to the page, without showing anything there."""
    with gr.Column(visible=False):
        image = upload(label="Picture")
        dataset = gr.Radio(list(DATASETS), value=DEFAULT.name, label="What it shows")
        network = gr.Radio(list(definitions.NETWORKS), value=definitions.DEFAULT, label="Network")
        ink = gr.Radio(["auto", "dark", "light"], value="auto", label=f"Ink ({words.whose('ink')})")
        label = f"Remove the background ({words.whose('cut_out')})"
        cut_out = gr.Radio(list(CUT_OUT), value="auto", label=label)
        answer = gr.JSON(label="Answer")
        row = gr.HTML()
        call = gr.Button()
    call.click(classify, [image, dataset, network, ink, cut_out], answer, api_name="classify")
    call.click(compare, [image, dataset, ink, cut_out], answer, api_name="compare")
    call.click(several.row, [image, dataset], row, api_visibility="undocumented")


def classify(
    image: Image.Image, dataset: str, network: str, ink: str, cut_out: str
) -> dict[str, Any]:
    """Say what a picture shows, by one network.

    Returns label, confidence, sure, verdict, reason, the probability of each class, the 28×28
    pixels that the network saw, the seconds it took, and the same of each digit of a number.
    """
    result = fmnist.classify(image, dataset, network, **overrides(dataset, ink, cut_out))
    return as_json(result, dataset)


def compare(image: Image.Image, dataset: str, ink: str, cut_out: str) -> dict[str, dict[str, Any]]:
    """Say what a picture shows, by both networks: {"small": …, "large": …}, each as /classify."""
    results = fmnist.compare(image, dataset, **overrides(dataset, ink, cut_out))
    return {network: as_json(result, dataset) for network, result in results.items()}


def as_json(result: fmnist.Result, dataset: str) -> dict[str, Any]:
    """A result as a dict for JSON."""
    probabilities = map(float, result.probabilities)
    return {
        "label": result.label,
        "confidence": result.confidence,
        "sure": result.sure,
        "verdict": result.verdict,
        "reason": result.reason,
        "probabilities": dict(zip(DATASETS[dataset].labels, probabilities, strict=True)),
        "pixels": result.pixels.tolist(),
        "seconds": result.seconds,
        "digits": [as_json(digit, dataset) for digit in result.digits],
    }
