"""A component of our own, as its folder has it: its HTML, its style and its script."""

from pathlib import Path
from typing import Any

DRAWING = Path(__file__).with_name("pad") / "drawing.js"  # draws strokes, as the pad does
STROKES = DRAWING.with_name("strokes.js")  # strokes as a short text, and back


def templates(module: str, *before: Path) -> dict[str, Any]:
    """What `gr.HTML` takes for the component of a module.

    module: its `__file__`; the files beside it have the name of their folder
    before: scripts that its own one uses
    """
    folder = Path(module).parent
    files = {
        argument: folder / f"{folder.name}.{kind}"
        for argument, kind in (("html_template", "html"), ("css_template", "css"))
    }
    found = {argument: file.read_text() for argument, file in files.items() if file.exists()}
    scripts = [*before, folder / f"{folder.name}.js"]
    return found | {"js_on_load": "".join(script.read_text() for script in scripts)}
