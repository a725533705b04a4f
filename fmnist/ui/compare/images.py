"""Browse the test images: their classes, the networks' answers, and how sure they are."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
import numpy as np
from markupsafe import Markup
from PIL import Image

from fmnist.data.datasets import DATASETS, test_set
from fmnist.inference import test_answers
from fmnist.networks.definitions import DEFAULT, NETWORKS
from fmnist.ui import events, words
from fmnist.ui.compare.menu import menu
from fmnist.ui.compare.tables import Runs, names_of
from fmnist.ui.component import script
from fmnist.ui.markup import part, render
from fmnist.ui.server import uploads
from fmnist.ui.server.requests import client_of

PAGE = 24  # images shown at once
ANY = "any"
DIFFER = "differ"
CONFIDENCES = {  # at least, and below
    ANY: (0, 2),
    "99 % or more": (0.99, 2),
    "90 to 99 %": (0.9, 0.99),
    "50 to 90 %": (0.5, 0.9),
    "under 50 %": (0, 0.5),
}


LABELS = {  # of the menus, by the field of Filters
    "network": "Network",
    "outcome": "Show",
    "truth": "What it is",
    "said": "What the network says",
    "confidence": "How sure it is",
}


class Filters(NamedTuple):
    """Which test images to show: the choice in each menu, in the menus' order."""

    network: str = DEFAULT
    outcome: str = "wrong"
    truth: str = ANY  # or the name of a class
    said: str = ANY
    confidence: str = ANY


def browser(runs: dict[str, Runs], dataset: str) -> None:
    """Lay out the menus and the place for images, which asks for them when the tab is first opened.

    runs: by data set and network
    """

    def filtered(event: gr.EventData) -> list[Any]:
        name = events.choice(event, "dataset", runs)
        filters = Filters(*(events.choice(event, *each) for each in known().items()))
        page = events.number(event, "page", 10_000)
        classes = gr.HTML(choices=_classes(name))
        return [classes, classes, page_of(runs[name], filters, page)]

    gr.HTML(render("compare/about_images.jinja"), apply_default_css=False)
    choices, first = _choices(dataset), Filters()._asdict()
    with gr.Row(elem_classes="filters"):
        menus = {
            field: menu(label, field, choices[field], first[field])
            for field, label in LABELS.items()
        }
    grid = gr.HTML(
        "",
        js_on_load=script(Path(__file__).with_name("images.js")),
        apply_default_css=False,
        elem_id="mistakes",
        filters=first,
    )
    asked = grid.input(filtered, None, [menus["truth"], menus["said"], grid], **events.QUIETLY)
    for ended in (asked.success, asked.failure):
        ended(None, js=events.telling("filtered"), **events.QUIETLY)


def _choices(dataset: str) -> dict[str, list[tuple[str, str]]]:
    """What each menu offers for a data set, by the field of Filters: texts, and values."""
    classes = _classes(dataset)
    return {
        "network": [(f"{name.capitalize()} network", name) for name in NETWORKS],
        "outcome": [(text, key) for key, text in outcomes(list(NETWORKS)).items()],
        "truth": classes,
        "said": classes,
        "confidence": [(text, text) for text in CONFIDENCES],
    }


def known() -> dict[str, list[str]]:
    """The values of each field of Filters, with the classes of all data sets."""
    every = [_choices(dataset) for dataset in DATASETS]
    return {
        field: list(dict.fromkeys(value for choices in every for _, value in choices[field]))
        for field in Filters._fields
    }


def outcomes(networks: list[str]) -> dict[str, str]:
    """The choices for the networks' answers, in words; `find` takes the keys."""
    every = words.all_of(networks)
    they = "the two" if len(networks) == 2 else "the networks"
    return {
        "wrong": "its mistakes",
        "right": "its right answers",
        "alone": "mistakes only it makes",
        "both": f"images that {every} get wrong",
        "same": f"images that {every} get wrong in the same way",
        DIFFER: f"images on which {they} disagree",
        ANY: "all images",
    }


def _classes(dataset: str) -> list[tuple[str, str]]:
    return [("anything", ANY), *((name, name) for name in DATASETS[dataset].names)]


def find(runs: Runs, filters: Filters) -> np.ndarray:
    """The numbers of the test images that pass, with the network's surest first.

    A class of another data set filters nothing: the menus keep it until that one is chosen again.
    """
    names = names_of(runs)
    run = runs[filters.network]
    truth, said = test_set(run.dataset).labels, run.predictions
    each = np.stack([run.predictions for run in runs.values()])
    wrong, agree = each != truth, (each == said).all(axis=0)
    passing = {
        "wrong": said != truth,
        "right": said == truth,
        "alone": (said != truth) & (wrong.sum(axis=0) == 1),
        "both": wrong.all(axis=0),
        "same": (said != truth) & agree,
        DIFFER: ~agree,
        ANY: np.full(len(truth), True),
    }
    confidence = confidences(runs, filters.network)
    least, below = CONFIDENCES[filters.confidence]
    found = passing[filters.outcome] & (confidence >= least) & (confidence < below)
    for chosen, classes in ((filters.truth, truth), (filters.said, said)):
        if chosen in names:
            found &= classes == names.index(chosen)
    numbers = np.flatnonzero(found)
    return numbers[np.argsort(-confidence[numbers], kind="stable")]


def confidences(runs: Runs, network: str) -> np.ndarray:
    """How sure the network is of its answer to each test image: (10000,) float32, 0 to 1."""
    dataset = runs[network].dataset
    return test_answers.of_served(dataset, network).probabilities.max(axis=1)


def page_of(runs: Runs, filters: Filters, page: int = 0) -> Markup:
    """The images of a page, numbered from 0, as HTML; the last page if there are fewer."""
    found = find(runs, filters)
    last = max(0, len(found) - 1) // PAGE
    page = min(page, last)
    return render(
        "compare/images.jinja",
        count=len(found),
        images=[_image(runs, number) for number in found[page * PAGE :][:PAGE].tolist()],
        network=filters.network,
        dataset=next(iter(runs.values())).dataset,
        page=page,
        last=last,
    )


def _image(runs: Runs, number: int) -> dict[str, Any]:
    """A test image, with its class and the networks' answers."""
    images, names = test_set(next(iter(runs.values())).dataset), names_of(runs)
    truth = images.labels[number]
    answers = [
        {
            "network": name,
            "said": names[run.predictions[number]],
            "right": run.predictions[number] == truth,
            "confidence": confidences(runs, name)[number],
        }
        for name, run in runs.items()
    ]
    picture = Image.fromarray(images.pixels[number])
    return {"number": number, "picture": picture, "truth": names[truth], "answers": answers}


def opened(event: gr.EventData, request: gr.Request) -> str:
    """A test image to show in Classify, as JSON: what was asked for, what it is, and its path.

    Raises PictureError if there is no such image, or no room for it.
    """
    dataset = events.choice(event, "dataset", DATASETS)
    images = test_set(dataset)
    number = events.number(event, "number", len(images.pixels))
    picture = Image.fromarray(images.pixels[number])
    asked = {
        "dataset": dataset,
        "number": number,
        "network": events.choice(event, "network", NETWORKS),
    }
    truth = part("compare/truth.jinja", "truth", DATASETS[dataset].names[images.labels[number]])
    path = uploads.kept(picture, f"test-image-{dataset}-{number}.png", client_of(request))
    return json.dumps({**asked, "truth": truth.striptags(), "path": path})
