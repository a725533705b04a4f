"""The page as a person uses it, in headless Chromium: strokes of the mouse, a finger, files, keys.

Every test also asks that the page logs no error and requests nothing from another host.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import expect

from fmnist import ui
from fmnist.data import datasets
from fmnist.ui import classify
from fmnist.ui.markup import part
from fmnist.ui.page import STYLES
from helpers import ROOT
from helpers.browser import DRESS, ONE, SEVEN, ZERO, draw, hand_over, saying, says, upload
from helpers.results import result

DOUBTFUL = ROOT / "tests" / "unit" / "cases" / "18-near-white-boot-on-white.png"


@pytest.fixture(scope="session")
def sneaker(tmp_path_factory):
    """A garment of the test set as a product photo: enlarged, dark on white."""
    images = datasets.test_set("fashion_mnist")
    label = datasets.FASHION_MNIST.labels.index("Sneaker")
    pixels = images.pixels[list(images.labels).index(label)]
    path = tmp_path_factory.mktemp("pictures") / "sneaker.png"
    picture = ImageOps.invert(Image.fromarray(pixels))
    picture.resize((280, 280), Image.Resampling.BICUBIC).save(path)
    return path


def test_drawn_digits_are_read_without_a_button(page):
    for network in ("Small network", "Large network"):
        page.get_by_label(network).check()
        for digit, points in (("1", ONE), ("7", SEVEN), ("0", ZERO)):
            draw(page, points)
            says(page, digit)
            page.get_by_role("button", name="Clear").click()
            expect(page.locator("#answer .hint")).to_be_visible()


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_a_number_is_read_digit_by_digit_and_moves_nothing(visit, width):
    page = visit(size=(width, 812))
    below = page.locator("#inside")
    draw(page, [(0.5 * x, y) for x, y in ONE])
    before = below.bounding_box()["y"]
    draw(page, [(0.5 + 0.5 * x, y) for x, y in SEVEN])
    expect(page.locator("#answer .verdict strong")).to_have_text("17")
    digits = page.locator("#answer .digits tr")
    expect(digits.locator("th")).to_have_text(["1", "7"])
    assert below.bounding_box()["y"] == pytest.approx(before, abs=1)
    cut_off = "rows => rows.filter((row) => row.scrollWidth > row.clientWidth).length"
    assert digits.evaluate_all(cut_off) == 0
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#answers .verdict strong")).to_have_text(["17", "17"])


def test_the_answer_comes_while_one_draws(page):
    box = page.locator("#sketch canvas").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 250, steps=10)
    says(page, "1")
    page.mouse.move(box["x"] + 250, box["y"] + 250, steps=10)
    expect(page.locator("#answer .verdict")).not_to_have_text(saying("1"))
    page.mouse.up()


def test_an_example_is_asked_about_once(page):
    asked = []
    page.on("request", lambda each: '"photo"' in (each.post_data or "") and asked.append(each))
    for name, answer in (("Dress", "Dress"), ("Five on squared paper", "5"), ("Dress", "Dress")):
        page.get_by_role("button", name=f"Example: {name}").click()
        says(page, answer)
    assert len(asked) == 3


def test_an_older_answer_that_comes_late_does_not_stay(page):
    draw(page, ONE)
    late = []
    page.route("**/run/predict*", lambda route: late.append(route), times=1)
    with page.expect_request("**/run/predict*"):
        page.get_by_label("Small network").check()
    draw(page, ZERO)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#answer .hint")).to_be_visible()
    with page.expect_request("**/run/predict*"):
        late.pop().continue_()
    expect(page.locator("#answer .hint")).to_be_visible()


def test_an_answer_to_an_earlier_choice_that_comes_late_does_not_stay(page):
    draw(page, SEVEN)
    draw(page, ONE)
    late = []
    page.route("**/run/predict*", lambda route: late.append(route), times=1)
    with page.expect_request("**/run/predict*"):
        page.get_by_role("button", name="Undo").click()
    page.get_by_label("Small network").check()
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_label("Draw", exact=True).check()
    bars = page.locator("#answer .bars th")
    expect(bars.first).to_have_text("T-shirt/top")
    page.evaluate("document.addEventListener('answered', () => { window.askedAnew = true; })")
    late.pop().continue_()
    page.wait_for_function("window.askedAnew")
    expect(bars.first).to_have_text("T-shirt/top")


def test_what_failed_is_asked_again_when_it_is_chosen_again(page, wrong):
    spoiled = []

    def spoil_once(route):
        asked = route.request.post_data
        if '"photo"' in asked and not spoiled:
            spoiled.append(asked)
            asked = asked.replace("fashion_mnist", "nothing")  # the server refuses that
        route.continue_(post_data=asked)

    page.route("**/run/predict*", spoil_once)
    page.get_by_role("button", name="Example: Dress").click()
    expect(page.get_by_text("cannot be 'nothing'")).to_be_visible()
    page.get_by_role("button", name="Example: Dress").click()
    says(page, "Dress")
    assert "500" in wrong.pop()


def test_what_the_network_saw_and_how_long_it_took_are_shown(page):
    draw(page, SEVEN)
    seen = page.get_by_alt_text("28 × 28 pixels")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    assert seen.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"
    expect(page.locator(".seen")).to_contain_text(re.compile(r"answered in [\d.]+\sms"))
    expect(page.locator("#answer .bars tr")).to_have_count(10)


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("network, layers", [("Small", 3), ("Large", 2)])
def test_the_chosen_network_lights_up_with_the_pen_and_leads_inside(visit, width, network, layers):
    page = visit(size=(width, 812))
    page.get_by_label(f"{network} network").check()
    lit = page.locator("#answer .lit")
    draw(page, ONE)
    says(page, "1")
    expect(lit.locator("img")).to_have_count(1 + 3 * layers)
    shown = lit.locator("img").evaluate_all("all => all.map((each) => each.src)")
    draw(page, [(0.2, 0.2), (0.8, 0.2)])
    expect(lit.locator("img").last).not_to_have_attribute("src", shown[-1])
    expect(lit.locator(".tiny i")).to_have_count(10)
    page.get_by_role("button", name="Look inside").click()
    expect(page.locator("#inside .why")).to_be_visible(timeout=20_000)
    expect(page.locator("#inside summary").first).to_be_in_viewport()


def test_undo_works_right_after_another_network_was_chosen(page):
    draw(page, ONE)
    says(page, "1")
    page.get_by_label("Small network").check()
    expect(page.get_by_label("Small network")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("#answer .hint")).to_contain_text("Draw a digit")


def test_undo_in_a_text_field_takes_back_letters_and_no_stroke(page):
    draw(page, ONE)
    for kind in ("textarea", "input"):
        page.evaluate("kind => document.body.append(document.createElement(kind))", kind)
        field = page.locator(f"body > {kind}")
        field.press_sequentially("7")
        field.press("Control+z")
        expect(field).to_have_value("")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    says(page, "1")


def test_undo_takes_a_stroke_back_and_clear_all(page):
    draw(page, ONE)
    says(page, "1")
    draw(page, [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)])
    expect(page.locator("#answer .verdict")).not_to_have_text(saying("1"))
    page.keyboard.press("Control+z")
    says(page, "1")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#answer .hint")).to_contain_text("Draw a digit")
    draw(page, SEVEN)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#answer .hint")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    says(page, "7")


def test_a_digit_can_be_drawn_with_the_keyboard(page):
    page.locator("#sketch canvas").focus()
    for key, times in (("ArrowUp", 12), (" ", 1), ("ArrowDown", 24), (" ", 1)):
        for _ in range(times):
            page.keyboard.press(key)
    says(page, "1")
    page.keyboard.press("Delete")
    expect(page.locator("#answer .hint")).to_be_visible()


def test_the_other_network_gives_its_own_answer(page):
    page.get_by_role("button", name="Example: Ankle boot").click()
    says(page, "Ankle boot")
    bars = page.locator("#answer .bars td")
    large = bars.all_text_contents()
    page.get_by_label("Small network").check()
    expect(bars).not_to_have_text(large)
    page.get_by_label("Large network").check()
    expect(bars).to_have_text(large)


def test_an_uploaded_garment_is_named_with_the_steps_on_the_way(page, sneaker):
    page.get_by_label("Clothing", exact=True).check()
    expect(page.locator("#photo")).to_be_visible()
    upload(page, sneaker)
    says(page, "Sneaker")
    expect(page.locator("#answer .steps img").first).to_be_visible()


def test_a_person_can_overrule_how_a_picture_is_read(page, tmp_path):
    path = tmp_path / "seven.png"
    Image.fromarray(datasets.test_set("mnist").pixels[0]).resize((280, 280)).save(path)
    upload(page, path)
    says(page, "7")
    page.get_by_role("button", name="Background and ink").click()
    page.get_by_label("dark on light").check()
    expect(page.locator("#answer .problem")).to_contain_text("No digit stands out")
    page.get_by_label("light on dark").check()
    says(page, "7")


def test_examples_of_both_kinds_can_be_clicked(page):
    page.get_by_role("button", name="Example: Ankle boot").click()
    says(page, "Ankle boot")
    expect(page.get_by_label("Clothing", exact=True)).to_be_checked()
    page.get_by_role("button", name="Example: Three in red").click()
    says(page, "3")
    expect(page.get_by_label("Digits", exact=True)).to_be_checked()


def test_of_examples_clicked_in_haste_the_last_is_shown(page):
    held = []
    page.route("**/run/predict*", lambda route: held.append(route), times=1)
    boot, shirt, three = (
        page.get_by_role("button", name=f"Example: {name}")
        for name in ("Ankle boot", "T-shirt", "Three in red")
    )
    with page.expect_request("**/run/predict*"):
        boot.click()
    shirt.click()
    three.click()
    held[0].continue_()
    says(page, "3")
    expect(page.locator("#photo img")).to_have_attribute("src", re.compile("three"))


def test_a_text_named_png_gets_a_sentence_and_the_page_goes_on(page, tmp_path, sneaker):
    text = tmp_path / "text.png"
    text.write_text("no picture")
    upload(page, text)
    expect(page.locator("#answer .problem")).to_contain_text("not a picture that can be read")
    page.get_by_label("Draw", exact=True).check()
    draw(page, ONE)
    says(page, "1")


def test_both_networks_answer_side_by_side(page):
    draw(page, SEVEN)
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#answers .verdict")).to_have_text([saying("7")] * 2)
    page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    expect(page.locator("#answers .verdict")).to_have_text([saying("1")] * 2)


def test_a_finger_draws_on_a_narrow_phone(visit):
    page = visit(size=(375, 812), has_touch=True, is_mobile=True)
    box = page.locator("#sketch canvas").bounding_box()
    touch = finger_of(page)

    def at(y):
        return box["x"] + box["width"] / 2, box["y"] + y * box["height"]

    touch("touchStart", at(0.85))
    for step in range(1, 8):
        touch("touchMove", at(0.85 - step * 0.1))
    touch("touchEnd")
    says(page, "1")
    assert page.evaluate("scrollY") == 0
    expect(page.locator("#answer .verdict")).to_be_in_viewport(ratio=1)
    for tab in ("Classify", "Compare", "Many pictures", "Training"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


def finger_of(page):
    """A function that touches the page: how, and where."""
    devtools = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y} for x, y in places]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


# Of phones with 320×568, 360×640, 375×667 and 390×844, less the 56 pixels of an address bar, and
# of the last also less its other bars.
@pytest.mark.parametrize("size", [(320, 512), (360, 584), (375, 611), (390, 788), (390, 664)])
def test_on_a_phone_the_answer_is_in_sight(visit, size):
    page = visit(size=size, has_touch=True, is_mobile=True)

    def in_sight(*selectors):
        for selector in selectors:
            for each in page.locator(selector).filter(visible=True).all():
                expect(each).to_be_in_viewport(ratio=1)
        assert page.evaluate("[scrollY, document.documentElement.scrollWidth]") == [0, size[0]]

    box = page.locator("#sketch canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    touch = finger_of(page)
    touch("touchStart", places[0])
    for place in places[1:]:
        touch("touchMove", place)
    says(page, "7")  # while the finger is still down
    in_sight("#sketch canvas", ".pad-tools button", "#dataset label", "#source label")
    in_sight("#answer .verdict strong", "#answer .verdict", "#answer .bars tr", "#answer .lit")
    touch("touchEnd")

    page.get_by_label("Clothing", exact=True).check()
    upload(page, DRESS)
    says(page, "Dress")
    in_sight("#photo img", "#photo .source-selection button", "#answer .verdict")
    in_sight("#answer .bars tr.best")
    page.get_by_label("Digits", exact=True).check()
    button = page.locator("#answer .verdict").get_by_role("button")
    expect(button).to_be_in_viewport(ratio=1)


def verdict_of(result):
    """The HTML of the answer in words, to a picture of clothing."""
    return part("classify/verdict.jinja", "verdict", classify.told(result, "fashion_mnist"))


def test_nothing_moves_when_the_verdict_changes(page):
    room = {}
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 812})
        room[width] = page.locator("#answer .hint").bounding_box()["height"]
    longest = np.eye(10, dtype=np.float32)[datasets.FASHION_MNIST.labels.index("Trouser")]
    longest[datasets.FASHION_MNIST.labels.index("Ankle boot")] = 0.5
    hard = "The 1st and 2nd digits are hard to read: write them more clearly, and leave gaps."
    switch = "This looks like clothing: switch to Clothing."
    for verdict, confidence, reason, other in (
        ("sure", 0.9, None, None),
        ("sure", 0.7, None, None),
        ("perhaps", 0.7, None, None),
        ("perhaps", 0.7, hard, None),
        ("perhaps", 0.7, switch, "fashion_mnist"),
        ("unknown", 0.7, None, None),
        ("unknown", 0.7, switch, "fashion_mnist"),
    ):
        shown = replace(
            result(verdict, reason=reason),
            probabilities=longest,
            confidence=confidence,
            other=other,
        )
        page.locator("#answer :is(.hint, .verdict)").evaluate(
            "(now, next) => now.outerHTML = next", verdict_of(shown)
        )
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 812})
            assert page.locator("#answer .verdict").bounding_box()["height"] == room[width]
            if verdict == "perhaps":  # on one line
                text = page.locator("#answer .verdict span").first
                size = text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
                assert text.bounding_box()["height"] < 2 * size


def test_everything_is_reached_with_the_tab_key_and_has_a_name(page):
    draw(page, SEVEN)
    names = []
    for _ in range(50):  # once around, and past the end
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => {
                const at = document.activeElement;
                return at.getAttribute("aria-label") || at.innerText.trim()
                    || [...(at.labels ?? [])].map((label) => label.innerText).join() || "nameless";
            }"""
        )
        names.append(name)
    assert "nameless" not in names
    for name in ("Classify", "Digits", "Draw", "Drawing pad", "Undo", "Clear", "Large network"):
        assert name in names, "; ".join(names)
    assert len({name for name in names if name.startswith("Example: ")}) == 12


SELECTORS = """(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const selectors = (rules) =>
        [...rules].flatMap((rule) => rule.selectorText ?? selectors(rule.cssRules));
    return selectors(sheet.cssRules);
}"""


MATCHING = """selectors => selectors.filter(
    (selector) => document.querySelector(selector) !== null)"""


def test_a_button_switches_between_light_and_dark_for_good(visit):
    page = visit(alone=True)
    ink = (
        "each => each.getContext('2d').getImageData(each.width / 2, each.height / 2, 1, 1).data[0]"
    )
    canvas = page.locator("#sketch canvas")
    draw(page, [(0.5, 0.2), (0.5, 0.8)])
    says(page, "1")
    assert canvas.evaluate(ink) < 100
    for name, dark in (("dark", 1), ("light", 0), ("dark", 1)):
        page.get_by_role("button", name=f"Switch to {name} colours").click()
        expect(page.locator("body.dark")).to_have_count(dark)
        expect(canvas).to_have_css("color", re.compile(r"rgb\(2" if dark else r"rgb\(\d\d,"))
        assert (canvas.evaluate(ink) > 200) == bool(dark)
    page.reload()
    expect(page.locator("body.dark")).to_have_count(1)
    expect(page.get_by_role("button", name="Switch to light colours")).to_be_visible()


def test_each_selector_of_the_style_sheet_matches_an_element(page, tmp_path):
    """Most name elements of gradio's, which an upgrade of it may rename."""
    folder = Path(ui.__file__).parent
    lists = page.evaluate(SELECTORS, "".join((folder / name).read_text() for name in STYLES))
    selectors = {each for several in lists for each in re.split(r", (?![^()]*\))", several)}
    selectors = {each for each in selectors if ":nth-of-type(3))" not in each}  # of three choices
    assert len(selectors) > 80
    text = tmp_path / "text.png"
    text.write_text("no picture")

    def see():  # what matches only under a pointer or with the focus is looked for without them
        anyhow = {}
        for selector in selectors:
            always = re.sub(":(hover|focus-visible|focus-within)", ":not(none)", selector)
            anyhow[selector] = re.sub("::(before|after)$", "", always) or "*"
        found = set(page.evaluate(MATCHING, list(anyhow.values())))
        selectors.difference_update(each for each in anyhow if anyhow[each] in found)

    see()
    page.set_viewport_size({"width": 375, "height": 611})
    page.get_by_label("Upload", exact=True).check()
    page.locator("#photo .prompt").wait_for()
    see()
    page.get_by_label("Draw", exact=True).check()
    page.set_viewport_size({"width": 1280, "height": 900})
    for start in (0, 0.5):
        draw(page, [(start + 0.5 * x, y) for x, y in SEVEN])
    page.locator("#answer .digits").wait_for()
    see()
    page.get_by_role("tab", name="Compare").click()
    page.locator("#answers .digits, #answers img").first.wait_for()
    see()
    page.get_by_role("tab", name="Classify").click()
    held = []
    page.route("**/gradio_api/run/**", lambda route: held.append(route), times=1)
    page.get_by_role("button", name="Clear").click()
    page.locator("#bench.stale").wait_for()
    see()
    held[0].continue_()
    draw(page, SEVEN)
    page.locator("#answer .verdict.sure").wait_for()
    page.locator("#inside summary").first.click()
    page.locator("#inside .now").wait_for()
    see()
    page.get_by_role("tab", name="Compare").click()
    page.locator("#mistakes li").first.wait_for()
    see()
    page.get_by_label("Clothing", exact=True).check()
    expect(page.locator("#mistakes b").first).to_have_text(re.compile("It is: [A-Z]"))
    page.locator("#answers .verdict button").first.wait_for()
    see()
    page.locator("#mistakes li button").first.click()
    page.locator("#truth .truth").wait_for()
    see()
    page.get_by_role("tab", name="Many pictures").click()
    see()
    page.get_by_role("tab", name="Classify").click()
    hand_over(page, "paste", "body", DOUBTFUL)
    page.locator("#answer .verdict.unknown").wait_for()
    see()
    hand_over(page, "paste", "body", text)
    page.locator("#answer .problem").wait_for()
    page.get_by_role("button", name="Background and ink").click()
    page.locator("#cut_out").wait_for()
    see()
    page.get_by_label("Digits", exact=True).check()
    see()
    page.get_by_role("button", name="Example: T-shirt").click()
    page.locator("#answer .steps").wait_for()
    hand_over(page, "dragover", "body", text)
    see()
    page.get_by_role("tab", name="Training").click()
    page.locator("#training #learning svg").first.wait_for()
    page.locator("#story").scroll_into_view_if_needed()
    page.locator("#story .scroll .numbers").first.wait_for(state="attached")
    see()
    assert not selectors
