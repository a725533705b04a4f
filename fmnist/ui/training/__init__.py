"""The Training tab: how the networks are built, how each recorded training went, what it showed.

All of it is sent when the tab is opened, not before.
"""

import functools
import html
import json

import gradio as gr
import numpy as np
from PIL import Image

from fmnist.data.datasets import DATASETS, Images, test_set
from fmnist.networks.definitions import NETWORKS
from fmnist.networks.forward import LayerWithWeights
from fmnist.pictures.pixels import SIDE
from fmnist.runs import records
from fmnist.runs.recipes import SHIPPED, Phase, recipe_for
from fmnist.runs.records import Run, forward_pass
from fmnist.training.mixtures import Targets
from fmnist.training.registry import step_of
from fmnist.ui import markup
from fmnist.ui.component import templates
from fmnist.ui.markup import percent

TRAINING_IMAGES = 60_000  # of each data set, with those held out
SHOWN = 12  # images of a kind
EPOCH = 500  # images of the data set, enough to have as many of each kind
LOADING = markup.message("Loading the curves …")
CURVES = (
    "Right answers, loss and learning rate by epoch: the slider below reads them out, and the "
    "table lists them"
)
INTRODUCTION = f"""
<h2>How the networks learned</h2>
<div class="both"><p>A network starts with random numbers, its parameters, and can only guess. In
training it is shown images whose answers are known, one batch at a time. After each batch all its
parameters are moved a little, in the direction that would have made the right answers likelier. One
pass through all the images is an <b>epoch</b>. Some of the {TRAINING_IMAGES:,} training images are
held out: the network never learns from these <b>validation images</b>, so they show how well it
does on images it has not seen.</p>
<ul>
<li><b>Right answers</b> shows how often the likeliest answer is the right one; <b>loss</b>, how far
the probabilities are from the truth: it is 0 if the right answer always gets 100&nbsp;%.</li>
<li>The <b>dashed curve</b> (training) <b>may run below</b> the solid one (validation): the task is
harder in training, because dropout switches off random parts of the network and some recipes
distort the images.</li>
<li>Where the <b>dashed curve climbs on alone</b>, or the solid loss rises again, the network is
learning its images by heart (overfitting).</li>
<li>A <b>cliff</b>, where jumpy curves turn smooth and flat, comes from the <b>learning rate</b>:
how far the parameters are moved each time. As it nears 0 the network settles, and often improves as
it does. Curves also jump where one <b>phase</b> of a recipe ends and the next begins, with another
rate or other images.</li>
</ul></div>"""

LAYERS = """<p>Layers are named as in Keras: Conv2D is a convolution, MaxPooling2D is pooling, and
Dense is a dense layer. “Look inside” in the Classify tab shows them at work.</p>"""


def tab(recorded: list[Run]) -> None:
    """Lay out the tab of these runs, empty until it is opened."""

    @functools.cache
    def training_told() -> str:
        return content(recorded)

    story = gr.HTML(
        "",
        **templates(__file__) | {"html_template": f"${{value || '{LOADING}'}}"},
        apply_default_css=False,
        elem_id="story",
    )
    story.seen(training_told, None, story, show_progress="hidden", api_visibility="private")


def content(recorded: list[Run]) -> str:
    """All that the tab shows."""
    text, layers = INTRODUCTION, ""
    for network in NETWORKS:
        of_network = [run for run in recorded if run.network == network]
        text += f"<h2>The {network} network</h2>"
        layers += architecture(of_network[0])
        for dataset in DATASETS.values():
            beside = [run for run in of_network if run.dataset == dataset.name]
            stories = "".join(story(run, beside) for run in beside)
            text += f'<h3>{dataset.shows}: {dataset.title}</h3><div class="stories">{stories}</div>'
    return f'{text}{mixture()}<h2>How they are built</h2>{LAYERS}<div class="both">{layers}</div>'


def story(run: Run, beside: list[Run]) -> str:
    """How a training went, in words, curves and numbers; the axes fit the runs `beside` too."""
    name, epochs = html.escape(f"Recipe “{run.recipe.name}”"), len(run.history)
    slider = html.escape(f"Epoch: {_title(run)}")
    served = records.served_run(run.dataset, run.network).name == run.name
    return f"""<article data-run="{run.name}">
<h4>{name}{", which the app uses" if served else ""}</h4>
<p>{html.escape(settings(run))}</p>
<ol>{"".join(f"<li>{html.escape(sentence)}</li>" for sentence in phases(run))}</ol>
<p>{html.escape(outcome(run))}</p>
<figure class="curves">
<div role="img" aria-label="{CURVES}">{curves(run, beside)}</div>
<input type="range" min="1" max="{epochs}" value="{epochs}" aria-label="{slider}">
<figcaption></figcaption>
<p class="save"><button type="button" data-kind="png">Save as PNG</button>
<button type="button" data-kind="svg">Save as SVG</button></p>
{confusion(run)}
</figure>
<details><summary>The curves as a table</summary>{numbers(run)}</details>
</article>"""


def curves(run: Run, beside: list[Run]) -> str:
    """The SVG beside the record; without one, as of an older run, it is drawn."""
    try:
        return (records.WEIGHTS_DIR / records.curves_file(run)).read_text()
    except FileNotFoundError:
        from fmnist.training import figures  # importing matplotlib and drawing takes a second

        return figures.svg(figures.curves([run], beside))


def _title(run: Run) -> str:
    """A name that tells the run from all others on the page."""
    return f"Recipe “{run.recipe.name}”, {run.network} network, {DATASETS[run.dataset].title}"


def settings(run: Run) -> str:
    """How it learned, whatever the phase."""
    recipe = run.recipe
    return (
        f"The parameters are moved after each batch of {recipe.batch_size} images. "
        f"{recipe.validation_images:,} images are held out for validation. Source of the recipe: "
        f"{recipe.source}"
    )


def phases(run: Run) -> list[str]:
    """What happens in each phase."""
    sentences, before = [], 0
    for phase in run.recipe.phases:
        first, last = before + 1, before + phase.epochs
        optimizer = phase.optimizer.capitalize()
        anew = f"{optimizer} starts afresh, so the curves may jump. " if before else ""
        constant = phase.schedule == "inverse_time" and not phase.decay
        schedule = "constant" if constant else phase.schedule
        shown = images_shown(run, phase)
        if phase.mixture:
            kinds = (
                f"about {round(shown, -3):,} images: the data set’s, people’s pictures, and "
                "outliers that the network should be unsure of"
            )
        else:
            altered = ", altered anew each time" if phase.augmented else ""
            kinds = f"the {shown:,} training images that are not held out{altered}"
        sentences.append(
            f"{anew}Epochs {first} to {last} each show {kinds}. Dropout is "
            f"{percent(run.recipe.dropout_in(phase), 0)}. The optimizer {optimizer} moves the "
            "parameters; the learning rate " + RATES[schedule].format(phase)
        )
        before = last
    return sentences


RATES = {  # by schedule
    "cosine": "falls from {0.learning_rate} to 0 like half a wave: large steps first, then "
    "ever smaller ones, so the curves end smooth and flat.",
    "inverse_time": "falls as {0.learning_rate} / (1 + {0.decay} × batches so far), fast "
    "at first but never to 0: the curves become smoother but never quite settle.",
    "constant": "stays at {0.learning_rate}: the last steps are as large as the "
    "first, and the curves jump up and down to the end.",
}


def outcome(run: Run) -> str:
    """How it ended: of which images it is right on how many."""
    last, held_out = run.history[-1], run.recipe.validation_images
    every = sum(phase.epochs * images_shown(run, phase) for phase in run.recipe.phases)
    shown = "images shown" if run.recipe.phases[-1].mixture else "training images"
    return (
        f"After {every / 1e6:.1f} million images, it is right on "
        f"{percent(last['accuracy'])} of the {shown} in the last epoch, on "
        f"{percent(last['val_accuracy'])} of the {held_out:,} validation images, and on "
        f"{percent(run.test['accuracy'], 2)} of the {run.test['images']:,} test images."
    )


def images_shown(run: Run, phase: Phase) -> int:
    """How many an epoch shows."""
    images = phase.images or TRAINING_IMAGES - run.recipe.validation_images
    if not phase.mixture:
        return images
    return images * len(_epoch(run.dataset, phase.mixture).pixels) // EPOCH


def numbers(run: Run) -> str:
    """The table behind the curves; the script reads an epoch's values in it."""
    rows = "".join(
        f'<tr><th scope="row">{epoch["epoch"]}</th><td>{percent(epoch["accuracy"], 2)}</td>'
        f"<td>{percent(epoch['val_accuracy'], 2)}</td><td>{epoch['loss']:.3f}</td>"
        f"<td>{epoch['val_loss']:.3f}</td><td>{_short(epoch['learning_rate'])}</td></tr>"
        for epoch in run.history
    )
    titles = ("Epoch", "Right: training", "Right: validation", "Loss: training", "Loss: validation")
    head = "".join(f'<th scope="col">{title}</th>' for title in (*titles, "Learning rate"))
    return _scrolling(
        f"The curves as a table: {_title(run)}",
        f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
    )


def _short(rate: float) -> str:
    """To two digits."""
    return np.format_float_positional(rate, 2, fractional=False, trim="-")


def confusion(run: Run) -> str:
    """A table that the script fills with the epoch's confusion matrix, if the run has recorded it.

    data-epochs: a list of (10, 10) counts, rows what it is, columns what was predicted
    """
    epochs = [epoch["val_confusion"] for epoch in run.history if "val_confusion" in epoch]
    if len(epochs) < len(run.history):
        return ""
    labels = [html.escape(name) for name in DATASETS[run.dataset].names]
    head = "".join(f'<th scope="col"><span>{label}</span></th>' for label in labels)
    cells = "<td></td>" * len(labels)
    rows = "".join(f'<tr><th scope="row">{label}</th>{cells}</tr>' for label in labels)
    short = " short" if max(map(len, labels)) == 1 else ""
    counts = json.dumps(epochs, separators=(",", ":"))
    return _scrolling(
        f"What the validation images were taken for: {_title(run)}",
        f'<table class="confusion{short}" data-epochs="{counts}">'
        "<caption>What the validation images were taken for after this epoch: what it is (rows), "
        f"what it was taken for (columns)</caption><tr><td></td>{head}</tr>{rows}</table>",
    )


def _scrolling(name: str, table: str) -> str:
    """A table in a box of its own, in which it scrolls, by keyboard too, where it is too wide."""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{html.escape(name)}">'
        f"{table}</div>"
    )


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
    return _scrolling(
        f"Layers of the {run.network} network",
        f'<table class="numbers"><caption>{run.network.capitalize()} network, from the image to '
        f"the ten probabilities: {run.parameters['total']:,} parameters</caption>"
        f'<tr><th scope="col">Layer</th><th scope="col">Output</th><th scope="col">Parameters</th>'
        f"</tr>{rows}</table>",
    )


def _describe(layer: LayerWithWeights) -> str:
    if layer.kind == "Conv2D":
        size = layer.arguments["kernel_size"]
        return f"{layer.kind} {size}×{size}, {layer.arguments['filters']} filters"
    if layer.kind == "Dense":
        return f"{layer.kind}, {layer.arguments['units']} units"
    return layer.kind


def mixture() -> str:
    """Images that an epoch shows; test images stand in for the training images, not shipped."""
    text = ""
    for dataset in DATASETS:
        share = max(recipe_for(SHIPPED, dataset, name).phases[-1].mixture for name in NETWORKS)
        if not share:
            continue
        shown = _epoch(dataset, share)
        known = shown.classes.any(axis=1)
        of_people = np.arange(len(shown.pixels)) >= EPOCH
        kinds = {
            "From the data set": shown.pixels[:SHOWN],
            "People’s own": _some(shown.pixels[known & of_people]),
            "Outliers, of which the network should be unsure": _some(shown.pixels[~known]),
        }
        rows = "".join(
            f"<figure><figcaption>{kind}</figcaption>{''.join(map(_small, pixels))}</figure>"
            for kind, pixels in kinds.items()
        )
        text += f"<section><h3>{DATASETS[dataset].shows}</h3>{rows}</section>"
    return (
        "<h2>What the networks see in an epoch of recipe “robust”</h2><p>A dozen of each kind. "
        "They are chosen, distorted and mixed afresh for every epoch.</p>"
        f'<div class="both mixture">{text}</div>'
    )


@functools.cache
def _epoch(dataset: str, share: float) -> Targets:
    """What an epoch would show, with this share of people's, if the data set had EPOCH images."""
    images = Images(*(array[:EPOCH] for array in test_set(dataset)))
    return step_of(dataset, "mixture")(images, np.random.default_rng(0), share)


def _some(pixels: np.ndarray) -> np.ndarray:
    """SHOWN of them, evenly from first to last."""
    return pixels[np.arange(SHOWN) * len(pixels) // SHOWN]


def _small(pixels: np.ndarray) -> str:
    return markup.image(Image.fromarray(pixels), "")
