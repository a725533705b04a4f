"""Put the page together and say how it looks."""

import html
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

import fmnist
from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import predictor
from fmnist.networks.definitions import AUTHORS, NETWORKS
from fmnist.runs import records
from fmnist.ui import (
    changes,
    classify,
    compare,
    examples,
    inside,
    panel,
    several,
    share,
    teach,
    theme,
    training,
    words,
)
from fmnist.ui.compare import images
from fmnist.ui.component import script
from fmnist.ui.pad import decode
from fmnist.ui.server import api, preview, scripts, uploads
from fmnist.ui.server.checks import Page
from fmnist.ui.server.sessions import EVENTS

HERE = Path(__file__).parent

# What is not asked for is not sent, nor read.
NEEDED = """(dataset, network, ink, cutOut, source, sketch, photo) => source === "draw"
    ? [dataset, network, ink, cutOut, source, sketch, null]
    : [dataset, network, ink, cutOut, source, "", photo]"""
# To choices.js:
CHOICE = """(...choices) => {
    const photo = choices.pop();
    const detail = JSON.stringify([...choices, photo?.path]);
    document.dispatchEvent(new CustomEvent("choice", { detail }));
}"""
ANSWERED, FAILED = (
    f"() => document.dispatchEvent(new Event('{name}'))" for name in ("answered", "failed")
)
TO_THE_TOP = """() => {
    window.scrollTo(0, 0);
    document.querySelector('#views [role="tab"][aria-selected="true"]').focus();
}"""
SETTINGS: dict[str, Any] = {  # as gr.mount_gradio_app takes them
    "theme": theme.THEME,
    "css": words.ONLY_OF,
    "css_paths": HERE / "page.css",
    "js": f"() => {scripts.calling(HERE / 'page.js')}",
    "footer_links": ["api"],
    "max_file_size": uploads.MAX_BYTES,
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
    "show_error": False,
}


RECOGNISED = words.listed(
    f"the {dataset.shows.lower()} you {'draw' if dataset.is_drawn else 'photograph'}"
    for dataset in DATASETS.values()
)
HEADER = (
    f"<header><h1>fmnist</h1><p>{words.capital(words.networks())}, recognise {RECOGNISED}.</p>"
    "</header>"
)
SOURCES = {f"{dataset.title} ({dataset.cited})": dataset.paper for dataset in DATASETS.values()} | {
    f"the {network} network ({author})": url for network, (author, url) in AUTHORS.items()
}


def build() -> Page:
    """The page, its networks loaded. Raises fmnist.runs.RunError if weights are missing."""
    gr.set_static_paths(examples.FILES)  # which are not copied to where uploads lie
    uploads.STORE.lasting = frozenset(examples.FILES)
    served = {
        dataset: {network: records.served_run(dataset, network) for network in NETWORKS}
        for dataset in DATASETS
    }
    for dataset, networks in served.items():
        for name in networks:
            predictor(dataset, name)  # loaded now, so that nobody's first picture waits for it
    with Page(title=preview.TITLE, fill_width=True) as page:
        gr.HTML(HEADER, apply_default_css=False)
        with gr.Column(elem_id="bench"):
            with gr.Column(elem_id="panel"):
                inputs = panel.panel()
            with gr.Tabs(elem_id="views", overflow_behavior="wrap") as views:
                with gr.Tab("Classify", id="classify", elem_id="classify"):
                    network, one = classify.tab()
                    link = share.bar(inputs.dataset, network, inputs.source)
                    teach.control(inputs.dataset, network, inputs.source)
                    changed, said = changes.details()
                    inside.view(inputs.dataset, network)
                with gr.Tab("Compare", elem_id="compare") as compare_tab:
                    both, test_images = compare.tab(served, inputs.dataset, compare_tab)
                with gr.Tab("Several", elem_id="several"):
                    several.tab(inputs.dataset)
                with gr.Tab("Training", elem_id="training"):
                    training.tab(records.all_runs())
            pictures = examples.gallery(elem_id="examples")
        gr.HTML(sources(page.space_id), apply_default_css=False)
        pictures.click(
            examples.chosen,
            None,
            [inputs.dataset, inputs.source, inputs.photo],
            show_progress="hidden",
            api_visibility="private",
        )
        share.connect(link, views, inputs.dataset, network, inputs.source, inputs.photo)
        test_images.select(
            images.chosen,
            inputs.dataset,
            [network, inputs.source, inputs.photo, views],
            show_progress="hidden",
            api_name="test_image",
            api_visibility="private",
        ).then(None, js=TO_THE_TOP)
        api.endpoints()
        options: list[Any] = [inputs.dataset, network, inputs.ink, inputs.cut_out]
        quietly: dict[str, Any] = {
            "outputs": [one, both],
            "trigger_mode": "always_last",
            "show_progress": "hidden",
            "show_progress_on": inputs.dataset,  # not in the answers, which would be laid out twice
            "api_visibility": "private",
        }
        choices = [*options, inputs.source, inputs.photo]
        gr.on([each.change for each in choices], None, choices, js=CHOICE, api_visibility="private")
        asks = gr.HTML(js_on_load=script(HERE / "panel" / "choices.js"), visible="hidden")
        answer = asks.input(
            answered,
            [*options, inputs.source, inputs.sketch, inputs.photo],
            **quietly,
            js=NEEDED,
        )
        answer.success(None, js=ANSWERED, api_visibility="private")
        answer.failure(None, js=FAILED, api_visibility="private")
        inputs.sketch.input(
            drawn,
            [*options, inputs.sketch],
            **quietly,
            queue=False,  # waiting in a queue took half of its time
            postprocess=False,  # which copies texts as they are, each by a thread
        )
        changed.input(
            changes.what_if,
            [*options, changed],
            said,
            trigger_mode="always_last",
            show_progress="hidden",
            api_visibility="private",
        )
        gr.on(
            [choice.change for choice in (inputs.dataset, inputs.source, network)],
            None,
            js=changes.AGAIN,
            api_visibility="private",
        )
    page.verify()
    # All that wait are given to the page's own lines at once, where clients take turns.
    return page.queue(max_size=EVENTS, default_concurrency_limit=None, api_open=False)


def sources(space: str | None) -> str:
    """Links to what the page builds on, and to its own code, whose address a Space alone knows."""
    code = {"the code of this page": f"https://huggingface.co/spaces/{space}/tree/main"}
    links = ", ".join(
        f'<a href="{html.escape(url)}" target="_blank" rel="noopener">{title}</a>'
        for title, url in (SOURCES | (code if space else {})).items()
    )
    return f'<p class="sources">Sources: {links}.</p>'


async def drawn(dataset: str, network: str, ink: str, cut_out: str, sketch: str) -> tuple[str, str]:
    """What the Classify and the Compare tab say of the drawing.

    It takes some milliseconds, and no thread: handing it to one, which then waits for Python's lock
    with others, took a quarter more of the processor.
    """
    return answered(dataset, network, ink, cut_out, panel.DRAW, sketch, None)


def answered(
    dataset: str,
    network: str,
    ink: str,
    cut_out: str,
    source: str,
    sketch: str,
    photo: Image.Image | fmnist.PictureError | None,
) -> tuple[str, str]:
    """What they say of the drawing or the photo, a PictureError if it cannot be read.

    And, for choices.js, by which choices.
    """
    sent = sketch if source == panel.DRAW else photo
    overrides = panel.overrides(dataset, ink, cut_out)
    one, both = _answers(sent, dataset, network, source, overrides)
    by = html.escape(" ".join((dataset, network, ink, cut_out, source)))
    return f'{one}<data value="{by}" hidden></data>', both


def _answers(
    sent: str | Image.Image | fmnist.PictureError | None,
    dataset: str,
    network: str,
    source: str,
    overrides: dict[str, Any],
) -> tuple[str, str]:
    if not sent:
        return classify.waiting(dataset, network, source), compare.waiting(dataset, source)
    try:
        if isinstance(sent, fmnist.PictureError):
            raise sent
        picture = decode(sent) if isinstance(sent, str) else sent
        results = fmnist.compare(picture, dataset, **overrides)
    except fmnist.PictureError as error:
        return classify.refusal(error, dataset, network), compare.refusal(error, dataset)
    return (
        classify.answer(results[network], dataset, with_steps=source == panel.PHOTO),
        compare.answers(results, dataset),
    )
