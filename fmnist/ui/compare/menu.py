"""A menu: the browser's own <select>, which works well with phones and keyboards.

The list of gr.Dropdown stays open after the Tab key leaves it, and loses the focus on Enter.
"""

from pathlib import Path

import gradio as gr

from fmnist.ui.component import script

TEMPLATE = """<label>${label}<select>
    {{#each choices}}<option value="{{this.[1]}}">{{this.[0]}}</option>{{/each}}
</select></label>"""


def menu(label: str, field: str, choices: list[tuple[str, str]], value: str) -> gr.HTML:
    """The menu for a filter; each choice is a text to show and a value.

    It is not a class, because gradio writes a .pyi file beside the code of each component class.
    """
    return gr.HTML(
        value,
        label=label,
        field=field,
        html_template=TEMPLATE,
        js_on_load=script(Path(__file__).with_name("menu.js")),
        apply_default_css=False,
        choices=choices,
    )
