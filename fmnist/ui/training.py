"""The Training tab: the networks layer by layer, their recipes in words, and how training went."""

import html

import gradio as gr
import numpy as np
from PIL import Image

from fmnist import figures
from fmnist.datasets import DATASETS, Images, test_set
from fmnist.forward import LayerWithWeights
from fmnist.mixtures import MIXTURES
from fmnist.networks import NETWORKS
from fmnist.preprocess import SIDE
from fmnist.recipes import Phase, Recipe
from fmnist.runs import Run, forward_pass
from fmnist.ui import markup
from fmnist.ui.markup import percent

SHOWN = 12  # images of a kind
SHARE = 1 / 2  # of people's pictures
EPOCH = 500  # images of the data set, enough to have as many of each kind


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
    gr.HTML(f"<h2>What recipe “robust” shows</h2>{mixture()}", apply_default_css=False)


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


def mixture() -> str:
    """Images that an epoch shows; test images stand in for the training images, not shipped."""
    text = ""
    for dataset, mixed in MIXTURES.items():
        images = Images(*(array[:EPOCH] for array in test_set(dataset)))
        shown = mixed(images, np.random.default_rng(0), SHARE)
        known = shown.classes.any(axis=1)
        of_people = np.arange(len(shown.pixels)) >= EPOCH
        kinds = {
            "From the data set": shown.pixels[:SHOWN],
            "People’s own": _some(shown.pixels[known & of_people]),
            "Outliers, to be unsure of": _some(shown.pixels[~known]),
        }
        text += f"<h3>{DATASETS[dataset].title}</h3>" + "".join(
            f"<figure><figcaption>{kind}</figcaption>{''.join(map(_small, pixels))}</figure>"
            for kind, pixels in kinds.items()
        )
    return f'<div class="mixture">{text}</div>'


def _some(pixels: np.ndarray) -> np.ndarray:
    """SHOWN of them, evenly from first to last."""
    return pixels[np.arange(SHOWN) * len(pixels) // SHOWN]


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
    sections: dict[str, list[str]] = {}
    for run in sorted(runs, key=lambda run: run.recipe.name):
        text = f"<h3>Recipe “{html.escape(run.recipe.name)}”</h3><p>{in_words(run.recipe)}</p>"
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
    minutes = sum(epoch["seconds"] for epoch in run.history) / 60
    mixed = run.recipe.phases[-1].mixture
    shown = "augmented images and people’s pictures shown" if mixed else "training images"
    return (
        f"{DATASETS[run.dataset].title}: right on {percent(last['accuracy'])} of the {shown}, "
        f"{percent(last['val_accuracy'])} of the validation and "
        f"{percent(run.test['accuracy'], 2)} of the test images, after {minutes:.0f} minutes."
    )


def in_words(recipe: Recipe) -> str:
    """A recipe as sentences."""
    phases = "; then, Adam anew, ".join(map(_phase_in_words, recipe.phases))
    return html.escape(
        f"Adam in batches of {recipe.batch_size}: {phases}. Dropout {recipe.dropout:.0%}. "
        f"{recipe.validation_images:,} training images held out for validation. {recipe.source}"
    )


def _phase_in_words(phase: Phase) -> str:
    words = f"{phase.epochs} epochs at a rate of {phase.learning_rate}"
    words += {"inverse_time": "", "cosine": " that falls to 0 as half a wave"}[phase.schedule]
    if phase.decay:
        words += f" that falls as 1 / (1 + {phase.decay} × step)"
    if phase.mixture:
        some = f"{phase.images:,} of " if phase.images else ""
        words += f", on {some}the data set’s images, people’s pictures and outliers"
    return words
