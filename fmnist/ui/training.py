"""The Training tab: the networks layer by layer, their recipes in words, and how training went."""

import html

import gradio as gr
import numpy as np
from PIL import Image

from fmnist import figures
from fmnist.augmentation import augmented
from fmnist.datasets import DATASETS, Images, test_set
from fmnist.forward import LayerWithWeights
from fmnist.networks import NETWORKS
from fmnist.preprocess import SIDE
from fmnist.runs import Run, forward_pass
from fmnist.ui import markup
from fmnist.ui.markup import percent

FINISH_ROW = 12  # images; a stranger comes with ten others


def tab(runs: list[Run]) -> None:
    """Lay out the tab from all recorded runs; nothing on it changes."""
    for network in NETWORKS:
        of_network = [run for run in runs if run.network == network]
        gr.HTML(f"<h2>The {network} network</h2>", apply_default_css=False)
        gr.HTML(
            f'<div class="both">{architecture(of_network[0])}{recipes(of_network)}</div>',
            apply_default_css=False,
        )
        gr.HTML(curves(of_network), apply_default_css=False)
    if any(run.recipe["finishing_epochs"] for run in runs):
        gr.HTML(f"<h2>What the finish shows</h2>{finish()}", apply_default_css=False)


def curves(runs: list[Run]) -> str:
    """A figure for each data set, with every recipe in it."""
    pictures = ""
    for dataset in DATASETS.values():
        shown = [run for run in runs if run.dataset == dataset.name]
        alt = f"Accuracy and loss by epoch, {dataset.title}; how they ended is in the text above"
        pictures += (
            f"<figure><h3>{dataset.title}</h3>{markup.figure(figures.curves(shown), alt)}</figure>"
        )
    return f'<div class="curves">{pictures}</div>'


def finish() -> str:
    """Some images as the last epochs show them; test images stand in, as the others do not ship."""
    text = ""
    for dataset in DATASETS.values():
        images = Images(*(part[: FINISH_ROW * 10] for part in test_set(dataset.name)))
        rng = np.random.default_rng(0)
        shown = augmented(dataset.name, images, rng, name="distorted").pixels
        rows = {
            "From the data set": images.pixels[:FINISH_ROW],
            "Altered": shown[:FINISH_ROW],
            "Strangers, to be unsure of": shown[-FINISH_ROW:],
        }
        text += f"<h3>{dataset.title}</h3>" + "".join(
            f"<figure><figcaption>{name}</figcaption>{''.join(map(_small, pixels))}</figure>"
            for name, pixels in rows.items()
        )
    return f'<div class="finish">{text}</div>'


def _small(pixels: np.ndarray) -> str:
    return markup.image(Image.fromarray(pixels), "")


def architecture(run: Run) -> str:
    """The layers of a run's network, computed from itself."""
    network = forward_pass(run)
    outputs = network.activations(np.zeros((1, SIDE, SIDE), np.uint8))
    rows = "".join(
        f'<tr><th scope="row">{_describe(layer)}</th>'
        f"<td>{'×'.join(map(str, output.shape[1:]))}</td>"
        f"<td>{layer.parameters:,}</td></tr>"
        for layer, output in outputs
    )
    return (
        f'<table class="numbers"><caption>Layers: {run.parameters["total"]:,} parameters</caption>'
        f'<tr><th scope="col">Layer</th><th scope="col">Output</th><th scope="col">Parameters</th>'
        f"</tr>{rows}</table>"
    )


def _describe(layer: LayerWithWeights) -> str:
    if layer.kind == "Conv2D":
        size = layer.arguments["kernel_size"]
        return f"{layer.kind} {size}×{size}, {layer.arguments['filters']}"
    if layer.kind == "Dense":
        return f"{layer.kind} {layer.arguments['units']}"
    return layer.kind


def recipes(runs: list[Run]) -> str:
    """Each recipe once, in words, with what came of it; data sets may differ in a recipe."""
    sections = {}
    for run in sorted(runs, key=lambda run: run.recipe["name"]):
        text = f"<h3>Recipe “{html.escape(run.recipe['name'])}”</h3><p>{in_words(run.recipe)}</p>"
        sections.setdefault(text, []).append(f"<li>{outcome(run)}</li>")
    return (
        '<div class="recipes">'
        + "".join(
            f"<section>{text}<ul>{''.join(outcomes)}</ul></section>"
            for text, outcomes in sections.items()
        )
        + "</div>"
    )


def outcome(run: Run) -> str:
    """How a training ended, in words."""
    last = run.history[-1]
    minutes = sum(row["seconds"] for row in run.history) / 60
    shown = "images and strangers shown" if run.recipe["finishing_epochs"] else "training images"
    return (
        f"{DATASETS[run.dataset].title}: right on {percent(last['accuracy'])} of the {shown}, "
        f"{percent(last['val_accuracy'])} of the validation and "
        f"{percent(run.test['accuracy'], 2)} of the test images, after {minutes:.0f} minutes."
    )


def in_words(recipe: dict) -> str:
    """A recipe as sentences; what has no sentence of its own is listed at the end."""
    rest = dict(recipe)
    rest.pop("name")
    words = (
        f"{rest.pop('epochs')} epochs in batches of {rest.pop('batch_size')}. "
        f"Adam at a rate of {rest.pop('learning_rate')}"
    )
    if decay := rest.pop("decay", 0):
        words += f" that falls as 1 / (1 + {decay} × step)"
    if finishing := rest.pop("finishing_epochs", 0):
        rate = rest.pop("finishing_rate")
        words += (
            f", then Adam anew for {finishing} epochs at a rate from {rate} to 0, in which it sees "
            "the images altered, and strangers that belong to no class"
        )
    if settling := rest.pop("settling_epochs", 0):
        rate = rest.pop("settling_rate")
        words += f", then {settling} more epochs from {rate} to 0 with images mirrored at most"
    if softening := rest.pop("softening_epochs", 0):
        rate = rest.pop("softening_rate")
        words += (
            f", then {softening} from {rate} to 0 with images altered and less sharp, and the mean "
            "of the weights before and after these"
        )
    words += f". Dropout {rest.pop('dropout'):.0%}. "
    words += f"{rest.pop('validation_images'):,} training images held out for validation. "
    words += rest.pop("source", "")
    others = [f"{key.replace('_', ' ')}: {value}" for key, value in rest.items() if value]
    return html.escape(words + (" Also " + "; ".join(others) + "." if others else ""))
