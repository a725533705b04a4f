"""The Classify tab: the answer to what was drawn or uploaded, and how it came about."""

import html

from PIL import Image

from fmnist.datasets import DATASETS
from fmnist.inference import Result
from fmnist.ui import markup


def answer(result: Result, dataset: str, with_steps: bool) -> str:
    """All that the tab shows of a result."""
    return (
        verdict(result)
        + '<div class="evidence">'
        + bars(result, dataset)
        + row(result)
        + "</div>"
        + (steps(result) if with_steps else "")
    )


def verdict(result: Result) -> str:
    """The answer in words, or that there is none to trust."""
    if result.sure:
        kind, words = "sure", "This looks like"
    else:
        kind, words = "unsure", "Not sure – looks most like"
    return (
        f'<p class="verdict {kind}" role="status">{words} <strong>{html.escape(result.label)}'
        f"</strong> <span>{markup.percent(result.confidence)} likely</span></p>"
    )


def bars(result: Result, dataset: str) -> str:
    """The ten probabilities, in the data set's order, so that no row ever jumps."""
    rows = ""
    for label, share in zip(DATASETS[dataset].labels, result.probabilities, strict=True):
        best = ' class="best"' if label == result.label else ""
        rows += (
            f'<tr{best}><th scope="row">{html.escape(label)}</th>'
            f"<td>{markup.percent(share)}</td>"
            f'<td class="bar" aria-hidden="true"><i style="width:{share * 100:.1f}%"></i></td></tr>'
        )
    return f'<table class="bars"><caption>How likely each is</caption>{rows}</table>'


def row(result: Result) -> str:
    """The 28×28 pixels that the network was given, and how long it took."""
    return (
        f'<figure class="seen">{markup.image(Image.fromarray(result.pixels), "28 × 28 pixels")}'
        f"<figcaption>What the network sees: 28 × 28 pixels. It answered in "
        f"{markup.milliseconds(result.seconds)}.</figcaption></figure>"
    )


def steps(result: Result) -> str:
    """The pictures on the way from photo to row."""
    figures = "".join(
        f"<figure>{markup.image(picture, '')}<figcaption>{html.escape(name)}</figcaption></figure>"
        for name, picture in result.steps.items()
    )
    return f'<section class="steps"><h3>From your picture to the pixels</h3>{figures}</section>'
