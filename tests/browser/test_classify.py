"""The answer in headless Chromium: both networks' side by side where there is room, and what the
example shows while it draws itself."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from fmnist import compare
from fmnist.data.datasets import DEFAULT
from fmnist.inference.classify import served_network
from fmnist.networks.definitions import DEFAULT as NETWORK
from fmnist.pictures.strokes import painted
from fmnist.ui.classify import STEPS
from fmnist.ui.classify.strip import strip
from fmnist.ui.examples import drawn
from helpers.browser import DRESS, ONE, SEVEN, draw, hand_over, says, upload

WIDE = 1600, 1920


def shares(page):
    """Of the chosen network's answer and of the other's, in words."""
    return [
        page.locator(f"#answer {part}").all_inner_texts()
        for part in (".bars td:not(.bar)", ".others li span + span")
    ]


@pytest.mark.parametrize("width", WIDE)
def test_on_a_wide_screen_the_other_network_answers_beside_the_chosen_one(visit, width):
    page = visit(size=(width, 900))
    other = page.locator("#answer .others section")
    page.get_by_role("button", name="Example: Ankle boot").click()
    says(page, "Ankle boot")
    expect(other).to_contain_text("Small network")
    expect(other.locator("strong")).to_have_text("an ankle boot")
    large, small = shares(page)
    assert len(large) == len(small) == 10 and large != small
    page.get_by_label("Small network").check()
    expect(other).to_contain_text("Large network")
    assert shares(page) == [small, large]
    lines = page.locator("#answer .bars tr").all()
    for line, beside in zip(lines, other.locator("li").all(), strict=True):
        assert beside.bounding_box()["y"] == pytest.approx(line.bounding_box()["y"], abs=2)
    pixels, place = (
        page.locator(part).bounding_box() for part in ("#answer .seen img", "#answer .others")
    )
    assert pixels["x"] + pixels["width"] < place["x"] < width - place["width"]


@pytest.mark.parametrize("width", [1599, 375])
def test_elsewhere_it_does_not(visit, width):
    page = visit(size=(width, 900))
    expect(page.locator("#answer .others")).to_be_hidden()
    draw(page, SEVEN)
    expect(page.locator("#answer .others")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_other_answer_follows_the_pen_and_is_not_announced(visit):
    page = visit(size=(WIDE[0], 900))
    other = page.locator("#answer .others")
    box = page.locator("#sketch canvas").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 350, steps=10)
    expect(other.locator(".best span").first).to_have_text("1")
    page.mouse.move(box["x"] + 350, box["y"] + 350, steps=10)
    expect(other.locator(".best span").filter(has_text="1")).to_have_count(0)
    expect(page.locator("#answer [role=status]")).to_have_count(1)
    expect(other.locator("[role=status], [aria-live]")).to_have_count(0)
    page.mouse.up()


def test_the_other_answer_is_to_numbers_photos_and_the_example_too(visit, tmp_path):
    page = visit(size=(WIDE[0], 900), reduced_motion="reduce")
    said, lines = (page.locator(f"#answer .others {part}") for part in ("strong", "li"))
    below = page.locator("#inside")
    expect(said).to_have_text("a 5")
    draw(page, [(0.5 * x, y) for x, y in ONE])
    before = below.bounding_box()["y"]
    draw(page, [(0.5 + 0.5 * x, y) for x, y in SEVEN])
    expect(said).to_have_text("17")
    expect(lines.locator("span:first-child")).to_have_text(["1", "7"])
    assert below.bounding_box()["y"] == pytest.approx(before, abs=1)
    page.get_by_label("Clothing", exact=True).check()
    upload(page, DRESS)
    expect(said).to_have_text("a dress")
    expect(lines).to_have_count(10)
    text = tmp_path / "text.png"
    text.write_text("no picture")
    hand_over(page, "drop", "#sketch", text)
    expect(page.locator("#answer .problem")).to_be_visible()
    expect(said).to_have_count(0)


def whole(page):
    """All that is shown of the answer, as HTML."""
    parts = (page.locator(f"#answer {part}") for part in (".hint", ".evidence", ".others"))
    return [part.inner_html() for part in parts]


def grey(source):
    """The pixels of an <img>."""
    file = io.BytesIO(base64.b64decode(source.partition(",")[2]))
    return np.array(Image.open(file).convert("L"), int)


# While it looks like a 1, as it does at first: what the strip and the 28×28 pixels show. A click
# then ends it.
LIKE_ONE = """() => {
    if (document.querySelector("#answer .bars .best th")?.textContent !== "1") return false;
    const all = (part) => [...document.querySelectorAll(`#answer ${part}`)];
    const found = {
        sources: all(".lit img, .seen img").map((image) => image.src),
        tiny: all(".tiny i").findIndex((bar) => bar.matches(".best")),
        other: all(".others .best span").map((each) => each.textContent),
    };
    document.querySelector("header").click();
    return found;
}"""


@pytest.mark.parametrize("width", [WIDE[0], 1280, 375])
def test_the_pictures_follow_while_the_example_draws_itself_and_leave_no_trace(visit, width):
    finished = whole(visit(size=(width, 812), reduced_motion="reduce"))
    page = visit(size=(width, 812))
    shown = page.wait_for_function(LIKE_ONE).json_value()
    assert whole(page) == finished
    assert shown["tiny"] == 1
    strokes, dataset = drawn.STROKES[DEFAULT.name], DEFAULT.name
    for step in range(1, STEPS):
        results = compare(painted(drawn.begun(strokes, step / STEPS)), dataset)
        chosen, other = (results[name] for name in (NETWORK, "small"))
        lit = strip(served_network(dataset, NETWORK), chosen.pixels)
        pictures = [chosen.pixels, *(each for strongest in lit for each in strongest)]
        pictures.append(chosen.pixels)
        sent = [grey(source) for source in shown["sources"]]
        assert [each.shape for each in sent] == [np.shape(each) for each in pictures]
        if all(np.abs(a - b).max() < 9 for a, b in zip(sent, pictures, strict=True)):
            assert chosen.label == "1"
            assert shown["other"][:1] == ([] if other.verdict == "unknown" else [other.label])
            return
    pytest.fail("These are the pictures of no moment.")
