"""Put the page together and say how it looks."""

from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup
from PIL import Image

import fmnist
from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import predictor
from fmnist.networks.definitions import NETWORKS
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
    training,
)
from fmnist.ui.compare import images
from fmnist.ui.markup import render
from fmnist.ui.pad import decode
from fmnist.ui.server import api, preview, uploads
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
THEME = gr.themes.Base(
    primary_hue="teal",
    secondary_hue="teal",
    neutral_hue="slate",
    radius_size="lg",
    font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
    font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
).set(  # text with a contrast of 4.5 at least, as WCAG 2.2 asks, and borders with 3
    body_text_color_subdued="*neutral_600",
    link_text_color="*primary_700",
    link_text_color_dark="*primary_400",
    border_color_accent="*primary_600",
    border_color_accent_dark="*primary_400",
    color_accent_soft="*primary_200",
    color_accent_soft_dark="*primary_800",
    stat_background_fill="*primary_700",
    stat_background_fill_dark="*primary_400",
    checkbox_label_background_fill_selected="*background_fill_primary",
    checkbox_label_background_fill_selected_dark="*primary_800",
    checkbox_label_border_width="1px",
    checkbox_label_border_color_selected="*border_color_accent",
    checkbox_label_text_color_selected="*primary_700",
    checkbox_label_text_color_selected_dark="white",
)
SETTINGS: dict[str, Any] = {  # as gr.mount_gradio_app takes them
    "theme": THEME,
    "css_paths": HERE / "page.css",
    "js": (HERE / "page.js").read_text(),
    "footer_links": ["api"],
    "max_file_size": uploads.MAX_BYTES,
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
    "show_error": False,
}


SOURCES = {
    "MNIST (LeCun and others, 1998)": "https://doi.org/10.1109/5.726791",
    "Fashion-MNIST (Xiao and others, 2017)": "https://arxiv.org/abs/1708.07747",
    "the large network (Xfan1025)": "https://github.com/Xfan1025/Fashion-MNIST",
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
        gr.HTML(render("header.jinja"), apply_default_css=False)
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
        asks = gr.HTML(js_on_load=(HERE / "panel" / "choices.js").read_text(), visible="hidden")
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


def sources(space: str | None) -> Markup:
    """Links to what the page builds on, and to its own code, whose address a Space alone knows."""
    code = {"the code of this page": f"https://huggingface.co/spaces/{space}/tree/main"}
    return render("sources.jinja", sources=SOURCES | (code if space else {}))


async def drawn(
    dataset: str, network: str, ink: str, cut_out: str, sketch: str
) -> tuple[Markup, Markup]:
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
) -> tuple[Markup, Markup]:
    """What they say of the drawing or the photo, a PictureError if it cannot be read.

    And, for choices.js, by which choices.
    """
    sent = sketch if source == panel.DRAW else photo
    overrides = panel.overrides(dataset, ink, cut_out)
    one, both = _answers(sent, dataset, network, source, overrides)
    by = " ".join((dataset, network, ink, cut_out, source))
    return render("answered.jinja", answer=one, by=by), both


def _answers(
    sent: str | Image.Image | fmnist.PictureError | None,
    dataset: str,
    network: str,
    source: str,
    overrides: dict[str, Any],
) -> tuple[Markup, Markup]:
    if not sent:
        return classify.waiting(dataset, network, source), compare.waiting(dataset, source)
    try:
        results = fmnist.compare(_picture(sent), dataset, **overrides)
    except fmnist.PictureError as error:
        return classify.refusal(error, dataset, network), compare.refusal(error, dataset)
    one = classify.answer(results[network], dataset, with_steps=source == panel.PHOTO)
    return one, compare.answers(results, dataset)


def _picture(sent: str | Image.Image | fmnist.PictureError) -> Image.Image:
    if isinstance(sent, fmnist.PictureError):
        raise sent
    return decode(sent) if isinstance(sent, str) else sent
