"""Lay out the page, and set its style."""

from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import predictor
from fmnist.networks.definitions import AUTHORS, NETWORKS
from fmnist.pictures.opening import WORKING_SIZE
from fmnist.runs import records
from fmnist.ui import (
    changes,
    classify,
    compare,
    examples,
    inside,
    learn,
    looking,
    panel,
    several,
    share,
    teach,
    theme,
    training,
    truth,
    wiring,
    words,
)
from fmnist.ui.markup import render
from fmnist.ui.server import api, preview, scripts, uploads
from fmnist.ui.server.checks import Page
from fmnist.ui.server.sessions import EVENTS
from fmnist.ui.training import chart

HERE = Path(__file__).parent

# Style sheets for everything except our own components, which bring theirs; in this order.
STYLES = (
    "page.css",
    "panel/panel.css",
    "examples/examples.css",
    "classify/classify.css",
    "tables.css",
    "compare/compare.css",
)
SETTINGS: dict[str, Any] = {  # for gr.mount_gradio_app
    "theme": theme.THEME,
    "css": words.ONLY_OF,
    "css_paths": [HERE / name for name in STYLES],
    "js": f"() => {scripts.calling(HERE / 'page.js', f'longest: {WORKING_SIZE}')}",
    "footer_links": ["api"],
    "max_file_size": uploads.MAX_BYTES,
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
    "show_error": False,
}


SOURCES = {f"{dataset.title} ({dataset.cited})": dataset.paper for dataset in DATASETS.values()} | {
    f"the {network} network ({author})": url for network, (author, url) in AUTHORS.items()
}


def build() -> Page:
    """The page, with networks loaded. Raises fmnist.runs.records.RunError without weights."""
    gr.set_static_paths(examples.FILES)  # so that gradio does not copy them to the uploads
    uploads.STORE.lasting = frozenset(examples.FILES)
    served = {
        dataset: {network: records.served_run(dataset, network) for network in NETWORKS}
        for dataset in DATASETS
    }
    for dataset, networks in served.items():
        for name in networks:
            predictor(dataset, name)  # load it now, so that nobody's first picture waits for it
    with Page(title=preview.TITLE, fill_width=True) as page:
        gr.HTML(header(), apply_default_css=False)
        with gr.Column(elem_id="bench"):
            with gr.Column(elem_id="panel"):
                inputs = panel.panel()
            with gr.Tabs(elem_id="views", overflow_behavior="wrap") as views:
                with gr.Tab("Classify", id="classify", elem_id="classify"):
                    network, one = classify.tab()
                    choices = inputs.choices(network)
                    # Before all that ask the server when a choice changes: gradio calls the
                    # listeners of an event one by one, and the answer must not wait for tables.
                    wiring.tell_choices(choices, inputs.photo, views)
                    test_image = truth.note()
                    link = share.bar(choices, served)
                    teach.control(choices)
                    changed, told = changes.details()
                    inside.view(inputs.dataset, network)
                with gr.Tab("Compare", elem_id="compare") as compare_tab:
                    both, drawings = compare.tab(served, inputs.dataset, compare_tab)
                with gr.Tab("Many pictures", elem_id="several"):
                    several.tab(inputs.dataset)
                with gr.Tab("Training", elem_id="training"):
                    recorded = records.all_runs()
                    chart.view(recorded)
                    learn.view(inputs.dataset)
                    training.details(recorded)
            looking.note()
            pictures = examples.gallery(elem_id="examples")
        gr.HTML(sources(page.space_id), apply_default_css=False)
        wiring.open_links(link, test_image, choices, inputs.photo)
        wiring.answer(choices, inputs, one, both)
        wiring.show_example(choices, inputs.photo, pictures)
        wiring.show_on_the_pad(drawings, inputs.source)
        wiring.what_if(choices, changed, told)
        api.endpoints()
    page.verify()
    # Pass everything on at once to the page's own lines, where clients take turns.
    return page.queue(max_size=EVENTS, default_concurrency_limit=None, api_open=False)


def header() -> Markup:
    """The page's name, and what it is in a person's words."""
    to_show = words.listed(
        (
            f"draw {dataset.to_draw}" if dataset.is_drawn else f"photograph a {dataset.item}"
            for dataset in DATASETS.values()
        ),
        last="or",
    )
    networks = words.listed(f"a {name}" for name in NETWORKS)
    return render("header.jinja", to_show=words.capital(to_show), networks=networks)


def sources(space: str | None) -> Markup:
    """Links to what the page builds on and, on a Space, to the page's own code."""
    code = {"the code of this page": f"https://huggingface.co/spaces/{space}/tree/main"}
    return render("sources.jinja", sources=SOURCES | (code if space else {}))
