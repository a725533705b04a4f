"""Connect events to functions: which event calls which function, and what shows the result."""

import json
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup
from PIL import Image

import fmnist
from fmnist.ui import changes, classify, compare, examples, panel, share
from fmnist.ui.compare import images
from fmnist.ui.component import script
from fmnist.ui.events import QUIETLY, telling
from fmnist.ui.pad import decode
from fmnist.ui.panel import Choices, Panel

NAMES = ", ".join(Choices._fields)
# Tells the scripts the choices, whoever made them: a person, an example, a test image or a link.
CHOSEN = f"""({NAMES}, photo) => {{
    const detail = {{ {NAMES}, photo: photo?.url }};
    document.dispatchEvent(new CustomEvent("chosen", {{ detail }}));
}}"""
# Sends only what is needed: either the drawing or the photo.
NEEDED = f"""({NAMES}, sketch, photo) => source === "{panel.DRAW}"
    ? [{NAMES}, sketch, null]
    : [{NAMES}, "", photo]"""
ANSWERED, FAILED, UNANSWERED, ARRIVED = (
    telling(name) for name in ("answered", "failed", "unanswered", "arrived")
)
FOLLOWED, UNOPENED = telling("followed"), telling("unopened")
SHOWN, UNSHOWN = telling("shown"), telling("unshown")
Results = dict[str, fmnist.Result]  # all networks' answers to a picture, by the network's name
IN_SIGHT = """() => {
    if (document.querySelector("#answer").getBoundingClientRect().top < 0) window.scrollTo(0, 0);
}"""
TO_THE_PAD = f"""() => {{
    if (document.querySelector("#panel").getBoundingClientRect().top < 0) window.scrollTo(0, 0);
    return "{panel.DRAW}";
}}"""


def tell_choices(choices: Choices[gr.Radio], photo: gr.Image, views: gr.Tabs) -> None:
    """Tell the scripts when a choice or the tab changes."""
    told: list[Any] = [*choices, photo]
    gr.on([views.change, *(each.change for each in told)], None, told, js=CHOSEN, **QUIETLY)


def open_links(
    link: gr.HTML, test_image: gr.HTML, choices: Choices[gr.Radio], photo: gr.Image
) -> None:
    """Apply the choices in a link that is opened, or those to show a test image.

    test_image: the note beside it, which asks for it
    """
    outputs: list[Any] = [choices.dataset, choices.network, choices.source, photo]
    asked = test_image.input(
        images.opened, None, test_image, api_name="test_image", trigger_mode="multiple", **QUIETLY
    )
    asked.failure(None, js=UNOPENED, **QUIETLY)
    for applied in (
        link.input(None, link, outputs, js="(values) => values", **QUIETLY),
        test_image.select(None, test_image, outputs, js="(values) => values", **QUIETLY),
    ):
        # Also where nothing has changed, so that the scripts know that it is applied.
        told = applied.then(None, [*choices, photo], js=CHOSEN, **QUIETLY)
        told.then(None, js=FOLLOWED, **QUIETLY)


def answer(choices: Choices[gr.Radio], inputs: Panel, one: gr.HTML, both: gr.HTML) -> None:
    """Show the answers to drawings, uploads and choices in Classify and Compare."""
    first = panel.first(choices)
    asks = gr.HTML(
        _for_scripts(first, classify.example(first.dataset)),
        html_template="",
        js_on_load=script(Path(panel.__file__).with_name("choices.js")),
        visible="hidden",
        chosen=first._asdict(),
    )
    quietly: dict[str, Any] = QUIETLY | {
        "outputs": [one, both, asks],
        "trigger_mode": "always_last",
        "show_progress_on": inputs.dataset,  # not the answers, which it would lay out twice
    }
    asked = asks.input(answered, [*choices, inputs.sketch, inputs.photo], **quietly, js=NEEDED)
    asked.success(None, js=ANSWERED, **QUIETLY)
    asked.failure(None, js=FAILED, **QUIETLY)
    sketched = inputs.sketch.input(
        drawn,
        [*choices[:-1], inputs.sketch],
        **quietly,
        postprocess=False,  # it would only copy texts, with a thread for each
    )
    sketched.failure(None, js=UNANSWERED, **QUIETLY)
    for each in (asked, sketched):
        for ended in (each.success, each.failure):  # gradio 6.31 does not call `then` on failure
            ended(None, js=ARRIVED, **QUIETLY)


def show_example(choices: Choices[gr.Radio], photo: gr.Image, pictures: gr.HTML) -> None:
    """Show an example when it is clicked."""
    asked = pictures.click(
        examples.clicked,
        None,
        [choices.dataset, choices.source, photo],
        api_name="example",
        trigger_mode="multiple",
        **QUIETLY,
    )
    for js in (IN_SIGHT, SHOWN):
        asked.success(None, js=js, **QUIETLY)
    asked.failure(None, js=UNSHOWN, **QUIETLY)


def show_on_the_pad(drawings: gr.HTML, source: gr.Radio) -> None:
    """Show the pad when a drawing of Compare is clicked, which its script puts there."""
    drawings.click(None, None, source, js=TO_THE_PAD, **QUIETLY)


def what_if(choices: Choices[gr.Radio], asks: gr.HTML, told: gr.HTML) -> None:
    """Answer changed drawings, for “What would change the answer?”."""
    asked = asks.input(
        changes.what_if, [*choices[:-1], asks], told, trigger_mode="always_last", **QUIETLY
    )
    asked.failure(None, js=telling("untold"), **QUIETLY)


async def drawn(*values: str) -> tuple[Markup, Markup, str]:
    """`answered` for the drawing, whatever source has been chosen since; values: all others.

    This takes a few milliseconds, so we use no thread: threads that compete for Python's lock took
    a quarter more CPU time.
    """
    *choices, sketch = values
    return answered(*choices, panel.DRAW, sketch, None)


def answered(*values: Any) -> tuple[Markup, Markup, str]:
    """The answers to the drawing or the photo, for Classify, for Compare and for the scripts.

    values: those of `Choices`, the drawing as the pad sends it, and the photo, or a PictureError if
        it cannot be read

    The scripts get JSON: {"by": the choices, "answer": `classify.for_scripts` and
    `share.on_picture`, or null}. Without a picture, all answers are to an example.
    """
    *chosen, sketch, photo = values
    choices = Choices[str](*chosen)
    one, both, results = _answers(choices, sketch if choices.source == panel.DRAW else photo)
    return one, both, _for_scripts(choices, results)


def _for_scripts(choices: Choices[str], results: Results | None) -> str:
    dataset, network, *_ = choices
    answer = results and (
        classify.for_scripts(results[network], dataset)
        | share.on_picture(results, network, dataset)
    )
    return json.dumps({"by": choices._asdict(), "answer": answer})


def _answers(
    choices: Choices[str], sent: str | Image.Image | fmnist.PictureError | None
) -> tuple[Markup, Markup, Results | None]:
    dataset, network, _, _, source = choices
    if not sent:
        example = classify.example(dataset)
        return classify.waiting(dataset, network, source), compare.waiting(dataset, source), example
    try:
        overrides = panel.overrides(dataset, choices.ink, choices.cut_out)
        results = fmnist.compare(_picture(sent), dataset, **overrides)
    except fmnist.PictureError as error:
        return classify.refusal(error, dataset, network), compare.refusal(error, dataset), None
    one = classify.answer(results, dataset, network, with_steps=source == panel.PHOTO)
    return one, compare.answers(results, dataset), results


def _picture(sent: str | Image.Image | fmnist.PictureError) -> Image.Image:
    if isinstance(sent, fmnist.PictureError):
        raise sent
    return decode(sent) if isinstance(sent, str) else sent
