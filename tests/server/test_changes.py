"""What would change the answer: what strangers may ask of it, and what they are told."""

import base64
import io
import json

import pytest
from PIL import Image

from fmnist.ui import changes, pad
from helpers.server import is_sentence

PNG = io.BytesIO()
Image.new("RGBA", (pad.SIDE, pad.SIDE), "black").save(PNG, "PNG")
BLACK = pad.PREFIX + base64.b64encode(PNG.getvalue()).decode()
JUNK = [
    "",
    "1",
    "\n",
    f"1\n{BLACK}",
    "\n".join([BLACK] * (changes.MOST + 2)),
    7,
    None,
    ["a"],
    "x" * 199_000,
]


@pytest.mark.parametrize("asked", JUNK)
def test_strangers_get_a_sentence(server, asked):
    good, said = server.ask("what_if", "mnist", "large", "auto", "auto", asked)
    assert not good and is_sentence(said)


def test_a_picture_that_is_none_is_said_in_its_place(server):
    asked = f"<b>\n{BLACK}\n{pad.PREFIX}x"
    good, (said,) = server.ask("what_if", "mnist", "large", "auto", "auto", asked)
    assert good
    (entry,) = json.loads(said)["said"]
    assert not entry["same"] and "clear the pad and draw again" in entry["answer"]
