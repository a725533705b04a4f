"""The Classify tab: the answer to what was drawn or uploaded, and how it came about."""

import html

from PIL import Image

from fmnist.datasets import DATASETS
from fmnist.inference import Result
from fmnist.ui import markup


def answer(result: Result, dataset: str, with_steps: bool) -> str:
    """All that the tab shows of a result."""
    return (
        verdict(result, dataset)
        + '<div class="evidence">'
        + bars(result, dataset)
        + row(result)
        + "</div>"
        + (steps(result) if with_steps else "")
    )


VERDICTS = {"sure": "This looks like", "perhaps": "Perhaps", "unknown": "Not sure"}


def verdict(result: Result, dataset: str) -> str:
    """The answer in words, or that there is none to trust, and why if that is known."""
    likeliest, next_one = (
        f"<strong>{html.escape(DATASETS[dataset].labels[index])}</strong>"
        for index in result.probabilities.argsort()[:-3:-1]
    )
    answer = {
        "sure": f"{likeliest} <span>{markup.percent(result.confidence)} likely</span>",
        "perhaps": f"{likeliest}, or {next_one}",
        "unknown": "<span>this is like nothing that the network has learned</span>",
    }[result.verdict]
    reason = f'<span class="reason">{html.escape(result.reason)}</span>' if result.reason else ""
    return (
        f'<p class="verdict {result.verdict}" role="status">{VERDICTS[result.verdict]} {answer}'
        f"{reason}</p>"
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
