"""Put the page together and say how it is launched."""

from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware

import fmnist
from fmnist import runs
from fmnist.datasets import DATASETS
from fmnist.inference import predictor
from fmnist.networks import NETWORKS
from fmnist.ui import api, classify, compare, examples, inputs, markup, training, uploads
from fmnist.ui.guard import Limits, Page, sweeping
from fmnist.ui.sketch import decode

HINTS = {
    "draw": "Draw on the pad: the answer appears here while you draw.",
    "photo": "Choose, drop, paste or take a picture: the answer appears here.",
}
LAUNCH = {
    "theme": gr.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="lg",
        font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
    ),
    "css_paths": Path(__file__).parent / "page.css",
    "footer_links": ["api"],
    "allowed_paths": [str(path) for path in examples.FILES],
    "max_file_size": uploads.MAX_BYTES,
    "state_session_capacity": 1000,
    "app_kwargs": {"middleware": [Middleware(Limits)], "lifespan": sweeping},
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
}


def build() -> Page:
    """The page, its networks loaded. Raises fmnist.runs.RunError if weights are missing."""
    uploads.prepare()
    served = {
        dataset: {network: runs.served_run(dataset, network) for network in NETWORKS}
        for dataset in DATASETS
    }
    for dataset, networks in served.items():
        for network in networks:
            predictor(dataset, network)  # loaded now, so that nobody's first picture waits for it
    with Page(title="fmnist: digits and clothing, recognised", fill_width=True) as page:
        gr.HTML(
            "<header><h1>fmnist</h1><p>Two networks, one small and one large, recognise drawn "
            "digits and photographed clothing.</p></header>",
            apply_default_css=False,
        )
        with gr.Column(elem_id="bench"):
            with gr.Column(elem_id="panel"):
                panel = inputs.panel()
            with gr.Tabs(elem_id="views"):
                with gr.Tab("Classify"):
                    network = gr.Radio(
                        [(f"{name.capitalize()} network", name) for name in NETWORKS],
                        value="large",
                        label="Network",
                        elem_id="network",
                        elem_classes="switch",
                    )
                    one = gr.HTML(
                        markup.message(HINTS["draw"]), apply_default_css=False, elem_id="answer"
                    )
                with gr.Tab("Compare"):
                    both = compare.tab(served, panel.dataset)
                with gr.Tab("Training", elem_id="training"):
                    training.tab(runs.all_runs())
            pictures = examples.gallery(elem_id="examples")
        pictures.click(
            examples.chosen,
            None,
            [panel.dataset, panel.source, panel.photo],
            show_progress="hidden",
            api_visibility="private",
        )
        api.endpoints()
        options = [panel.dataset, network, panel.ink, panel.cut_out]
        quietly = {
            "outputs": [one, both],
            "trigger_mode": "always_last",
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        gr.on(
            [choice.change for choice in (*options, panel.source, panel.photo)],
            answered,
            [*options, panel.source, panel.sketch, panel.photo],
            **quietly,
            **uploads.QUEUE,
        )
        panel.sketch.input(
            drawn,
            [*options, panel.sketch],
            **quietly,
            queue=False,  # waiting in a queue took half of its time
        )
    return page.queue(max_size=100, default_concurrency_limit=4, api_open=False)


def drawn(dataset, network, ink, cut_out, sketch) -> tuple[str, str]:
    """What the Classify and the Compare tab say of the drawing."""
    return answered(dataset, network, ink, cut_out, inputs.DRAW, sketch, None)


def answered(dataset, network, ink, cut_out, source, sketch, photo) -> tuple[str, str]:
    """What they say of the drawing or the photo."""
    drawing = source == inputs.DRAW
    if not (sketch if drawing else photo):
        return (markup.message(HINTS[source]),) * 2
    try:
        picture = decode(sketch) if drawing else uploads.picture(photo)
        results = fmnist.compare(picture, dataset, **inputs.overrides(dataset, ink, cut_out))
    except fmnist.PictureError as error:
        return (markup.message(str(error), "problem"),) * 2
    return (
        classify.answer(results[network], dataset, with_steps=not drawing),
        compare.answers(results, dataset),
    )
