"""A component of our own, as its folder has it: its HTML, its style and its script."""

import re
from pathlib import Path
from typing import Any

from fmnist.ui.server import scripts

GIVEN = "element", "props", "trigger", "watch"  # by gradio, to a component's script


def templates(module: str) -> dict[str, Any]:
    """What `gr.HTML` takes for the component of a module.

    module: its `__file__`; the files beside it have the name of their folder
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
    return found | {"js_on_load": script(folder / f"{folder.name}.js")}


def script(file: Path) -> str:
    """What `gr.HTML` takes as `js_on_load` for a component's script.

    file: a module whose default export gradio's `element`, `props`, `trigger` and `watch` go to,
        once, when the component appears
    """
    events = sorted(set(re.findall(r'trigger\(("\w+")', file.read_text(encoding="utf-8"))))
    return f"{scripts.calling(file, *GIVEN)} // {' '.join(events)}"  # where gradio looks for them
