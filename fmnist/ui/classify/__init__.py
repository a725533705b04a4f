"""The Classify tab: the answer to what was drawn or uploaded, and how it came about."""

import base64
import functools
import html

import gradio as gr
from PIL import Image

from fmnist.data.datasets import DATASETS, DEFAULT
from fmnist.inference.classify import Result, compare
from fmnist.networks import definitions
from fmnist.pictures.opening import PictureError
from fmnist.ui import examples, markup, panel

UNKNOWN = "It is not close enough to anything the network has learned to recognise."


def tab() -> tuple[gr.Radio, gr.HTML]:
    """Lay out the tab; returns the choice of network and what `answer` fills."""
    network = gr.Radio(
        [(f"{name.capitalize()} network", name) for name in definitions.NETWORKS],
        value=definitions.DEFAULT,
        label="Network",
        elem_id="network",
        elem_classes="switch",
    )
    text = waiting(DEFAULT.name, network.value, panel.DRAW)
    return network, gr.HTML(text, apply_default_css=False, elem_id="answer")


@functools.cache
def example(dataset: str) -> dict[str, Result]:
    """What all networks say of the data set's first example."""
    return compare(examples.first_file(dataset), dataset)


def waiting(dataset: str, network: str, source: str) -> str:
    """What the tab shows before there is a picture: what to do, and the answer to an example.

    It takes as much room as an answer, so that nothing moves when one comes.
    """
    return hint(dataset, source) + evidence(example(dataset)[network], dataset)


def hint(dataset: str, source: str) -> str:
    """What to do, and of which example the answer is shown meanwhile."""
    what = f'<p role="status">{panel.hint(dataset, source)}</p><p>Meanwhile, an example:</p>'
    return f'<div class="hint">{examples.first(dataset)}{what}</div>'


def refusal(error: PictureError, dataset: str, network: str) -> str:
    """What the tab shows of a picture that cannot be answered; the room of an answer is kept."""
    return markup.message(str(error), "problem") + evidence(example(dataset)[network], dataset)


def answer(result: Result, dataset: str, with_steps: bool) -> str:
    """All that the tab shows of a result."""
    return (
        verdict(result, dataset) + evidence(result, dataset) + (steps(result) if with_steps else "")
    )


def evidence(result: Result, dataset: str) -> str:
    """The probabilities beside the pixels that the network was given."""
    return f'<div class="evidence">{bars(result, dataset)}{seen(result)}</div>'


def verdict(result: Result, dataset: str) -> str:
    """The answer in words, or that there is none to trust; below it how likely it is, or why not.

    How far it is to be trusted is said by words and size, not by colour.
    """
    likeliest, next_one = (
        f"<strong>{html.escape(DATASETS[dataset].phrases[index])}</strong>"
        for index in result.probabilities.argsort()[:-3:-1]
    )
    said, below = {
        "sure": (f"This looks like {likeliest}", f"{markup.likelihood(result.confidence)} likely"),
        "perhaps": (f"Perhaps {likeliest}, or {next_one}", result.reason or ""),
        "unknown": ("Not sure what this is", result.reason or UNKNOWN),
    }[result.verdict]
    return (
        f'<p class="verdict {result.verdict}" role="status">'
        f"<span>{said}</span> <span>{html.escape(below)}</span></p>"
    )


def bars(result: Result, dataset: str) -> str:
    """The ten probabilities, in the data set's order, so that no row ever jumps."""
    rows = ""
    labels, names = DATASETS[dataset].labels, DATASETS[dataset].names
    for label, name, share in zip(labels, names, result.probabilities, strict=True):
        best = ' class="best"' if label == result.label else ""
        rows += (
            f'<tr{best}><th scope="row">{html.escape(name)}</th>'
            f"<td>{markup.likelihood(share)}</td>"
            f'<td class="bar" aria-hidden="true"><i style="width:{share * 100:.1f}%"></i></td></tr>'
        )
    return f'<table class="bars"><caption>How likely each answer is</caption>{rows}</table>'


def seen(result: Result) -> str:
    """The 28×28 pixels that the network was given, and how long it took.

    With the pixels of all views, which inside.js sends back, and where the first lies in the
    picture.
    """
    pixels = base64.b64encode(result.views.tobytes()).decode()
    frame = " ".join(f"{edge:.4f}" for edge in result.frame)
    twice = ", and your photo cut out another way" if len(result.views) > 1 else ""
    return (
        f'<figure class="seen" data-pixels="{pixels}" data-frame="{frame}">'
        f"{markup.image(Image.fromarray(result.pixels), '28 × 28 pixels')}"
        f"<figcaption>What the network sees: 28 × 28 pixels{twice}. It answered in "
        f"{markup.milliseconds(result.seconds)}.</figcaption></figure>"
    )


def steps(result: Result) -> str:
    """The pictures on the way from the photo to the pixels."""
    figures = "".join(
        f"<figure>{markup.image(picture, '')}<figcaption>{html.escape(name)}</figcaption></figure>"
        for name, picture in result.steps.items()
    )
    return f'<section class="steps"><h2>From your picture to these pixels</h2>{figures}</section>'
