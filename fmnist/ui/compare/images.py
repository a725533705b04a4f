"""Browse the test images: their classes, the networks' answers, and how sure they are."""

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
import numpy as np
from markupsafe import Markup
from PIL import Image

from fmnist.data.datasets import DATASETS, test_set
from fmnist.inference import test_answers
from fmnist.networks.definitions import DEFAULT, NETWORKS
from fmnist.ui import events, panel, words
from fmnist.ui.compare.menu import menu
from fmnist.ui.compare.tables import Runs, names_of
from fmnist.ui.component import script
from fmnist.ui.markup import render
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


class Filters(NamedTuple):
    """Which test images to show: the choice in each menu, in the menus' order."""

    network: str = DEFAULT
    outcome: str = "wrong"
    truth: str = ANY  # or the name of a class
    said: str = ANY
    confidence: str = ANY


def browser(
    runs: dict[str, Runs], dataset: gr.Radio, opened: gr.State
) -> tuple[list[gr.HTML], gr.HTML]:
    """Lay out the menus and the place for images, empty until `opened` is true.

    runs: by data set and network
    """

    def filtered(opened: bool, name: str, *chosen: str) -> list[Any]:
        filters = Filters(*chosen)
        of_classes = [_of_dataset(name, value) for value in (filters.truth, filters.said)]
        return [*of_classes, page_of(runs[name], filters) if opened else ""]

    def turned(event: gr.EventData, name: str, *chosen: str) -> str:
        filters = Filters(*chosen)
        return page_of(runs[name], filters, events.number(event, "page", 10_000))

    gr.HTML(render("compare/about_images.jinja"), apply_default_css=False)
    with gr.Row(elem_classes="filters"):
        chosen = menus(dataset.value, Filters())
    grid = gr.HTML(
        "",
        js_on_load=script(Path(__file__).with_name("images.js")),
        apply_default_css=False,
        elem_id="mistakes",
    )
    quiet: dict[str, Any] = {
        "show_progress": "hidden",
        "trigger_mode": "always_last",
        "api_visibility": "private",
    }
    # One listener for all menus, which asks for one page at a time: of two concurrent requests, the
    # one for the older choice may be answered last.
    _, _, truth, said, _ = chosen
    gr.on(
        [opened.change, dataset.change, *(each.input for each in chosen)],
        filtered,
        [opened, dataset, *chosen],
        [truth, said, grid],
        **quiet,
    )
    grid.click(turned, [dataset, *chosen], grid, **quiet)
    return chosen, grid


def menus(dataset: str, filters: Filters) -> list[gr.HTML]:
    """The menus for a data set, with these filters chosen."""
    networks = [(f"{name.capitalize()} network", name) for name in NETWORKS]
    classes = _classes(dataset)
    choices = {
        "Network": networks,
        "Show": [(text, key) for key, text in outcomes(list(NETWORKS)).items()],
        "What it is": classes,
        "What the network says": classes,
        "How sure it is": [(text, text) for text in CONFIDENCES],
    }
    return [
        menu(label, choice, value)
        for (label, choice), value in zip(choices.items(), filters, strict=True)
    ]


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


def _of_dataset(dataset: str, value: str) -> gr.HTML:
    """A menu of the data set's classes, which keeps the chosen class if it is one of them."""
    choices = _classes(dataset)
    known = value in dict(choices).values()
    return gr.HTML(choices=choices) if known else gr.HTML(ANY, choices=choices)


def find(runs: Runs, filters: Filters) -> np.ndarray:
    """The numbers of the test images that pass, with the network's surest first.

    A class of another data set filters nothing: menus may show it until they are updated.
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
        network_number=list(runs).index(filters.network),
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


def clicked(
    event: gr.EventData, dataset: str, request: gr.Request
) -> tuple[str, str, str, gr.Tabs]:
    """Show a clicked test image in Classify: returns network, source, the image's path, and tab.

    Raises PictureError if there is no such image, or no room for it.
    """
    pixels = test_set(dataset).pixels
    number = events.number(event, "number", len(pixels))
    picture = Image.fromarray(pixels[number])
    path = uploads.kept(picture, f"test-image-{dataset}-{number}.png", client_of(request))
    network = list(NETWORKS)[events.number(event, "network", len(NETWORKS))]
    return network, panel.PHOTO, path, gr.Tabs(selected="classify")
