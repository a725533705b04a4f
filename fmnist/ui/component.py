"""Components of our own, from the HTML, CSS and JavaScript in their folders."""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from fmnist.ui.events import QUIETLY
from fmnist.ui.markup import message
from fmnist.ui.server import scripts

GIVEN = "element", "props", "trigger", "watch"  # what gradio passes to a component's script


def templates(module: str, *, when_opened: bool = False) -> dict[str, Any]:
    """The arguments of `gr.HTML` for a module's component.

    module: the module's `__file__`; the files beside it are named after their folder
    when_opened: as for `script`
    """
    folder = Path(module).parent
    files = {
        argument: folder / f"{folder.name}.{kind}"
        for argument, kind in (("html_template", "html"), ("css_template", "css"))
    }
    found = {
        argument: file.read_text(encoding="utf-8")
        for argument, file in files.items()
        if file.exists()
    }
    return found | {"js_on_load": script(folder / f"{folder.name}.js", when_opened=when_opened)}


def script(file: Path, *, when_opened: bool = False) -> str:
    """The `js_on_load` of `gr.HTML` for a component's script.

    file: a module whose default export is called once, when the component appears, with gradio's
        `element`, `props`, `trigger` and `watch`
    when_opened: load and call it when the component's <details> is first opened
    """
    events = sorted(set(re.findall(r'trigger\(("\w+")', file.read_text(encoding="utf-8"))))
    call = scripts.calling(file, *GIVEN)
    if when_opened:
        details = "element.querySelector('details')"
        call = f"{details}.addEventListener('toggle', () => {call}, {{ once: true }})"
    return f"{call} // {' '.join(events)}"  # where gradio looks for them


def sent_when_seen(
    module: str, content: Callable[[], Markup], loading: str, *, elem_id: str, api_name: str
) -> None:
    """Lay out a module's component, whose content is made and sent only when it is seen.

    module: as for `templates`; content: makes it, once for all visitors;
    loading: a sentence that stands there until then
    """
    html_template = f"${{value || '{message(loading)}'}}"
    component = gr.HTML(
        "",
        **templates(module) | {"html_template": html_template},
        apply_default_css=False,
        elem_id=elem_id,
    )
    component.seen(
        functools.cache(content),
        None,
        component,
        api_name=api_name,
        **QUIETLY,
    )
