"""A menu to choose one of several from: the browser's own, which phones and keyboards know.

gr.Dropdown's list stays open once the Tab key has left it, and its Enter key loses the focus.
"""

from pathlib import Path

import gradio as gr

from fmnist.ui.component import script
from fmnist.ui.server.checks import checked, choice

TEMPLATE = """<label>${label}<select>
    {{#each choices}}<option value="{{this.[1]}}">{{this.[0]}}</option>{{/each}}
</select></label>"""


def menu(label: str, choices: list[tuple[str, str]], value: str) -> gr.HTML:
    """The menu; its value is one of the choices' second parts, the first ones are what is read.

    It is no class of its own because gradio writes a .pyi file beside the code of each.
    """
    html = gr.HTML(
        value,
        label=label,
        html_template=TEMPLATE,
        js_on_load=script(Path(__file__).with_name("menu.js")),
        apply_default_css=False,
        choices=choices,
    )
    return checked(html, choice)
