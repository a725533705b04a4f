"""The pad's tools, by mouse and finger and by keyboard, and what would change the answer."""

import base64
import io
import itertools
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from fmnist.ui import changes
from fmnist.ui.pad import SIDES
from helpers.browser import ONE, SEVEN, says

DEVICES = {
    "mouse": {"size": (1280, 900)},
    "finger": {"size": (375, 812), "has_touch": True, "is_mobile": True},
}
MEDIUM = 0.075  # of the side: WIDTHS in pad.js
ACROSS = [(0.2, 0.5), (0.8, 0.5)]
OPEN_FOUR = [(0.3, 0.2), (0.3, 0.5), (0.7, 0.5)]
UPRIGHT = [(0.65, 0.2), (0.65, 0.85)]
BOX = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.3)]
MIDDLE, OUTSIDE = (0.5, 0.5), (0.9, 0.9)
STEPS = 4  # of the mouse or finger, from one point to the next: each has the page paint anew
THREE = [(0.2, 0.15), (0.5, 0.02), (0.8, 0.15), (0.75, 0.35), (0.45, 0.48)]
THREE += [(0.8, 0.62), (0.82, 0.85), (0.5, 0.98), (0.18, 0.85)]

# What mouse and finger do differently, or what looks different on a phone.
EITHER = pytest.mark.parametrize("device", DEVICES)


@pytest.fixture
def device():
    return "mouse"


@pytest.fixture
def pad(visit, device):
    return Pad(visit(**DEVICES[device]), device)


class Pad:
    """The pad of an open page, and the drawings that it has told of."""

    def __init__(self, page, device):
        self.page, self.device, self.fingers = page, device, None
        self.canvas = page.locator("#sketch canvas")
        page.evaluate(
            """() => {
                window.drawings = [];
                document.addEventListener("drawn", ({ detail }) => drawings.push(detail.strokes));
            }"""
        )

    @property
    def drawings(self):
        return self.page.evaluate("drawings")

    @property
    def drawing(self):
        """The last one that the pad has told of."""
        return self.page.evaluate("drawings.at(-1)")

    def places(self, *points):
        """Where points of the pad are on the screen."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]

    def along(self, points):
        """Set the mouse or finger down at the first of the points, move it and lift it."""
        places = self.places(*points)
        if self.device == "mouse":
            self.page.mouse.move(*places[0])
            self.page.mouse.down()
            for place in places[1:]:
                self.page.mouse.move(*place, steps=STEPS)
            self.page.mouse.up()
            return
        self.touch("touchStart", places[0])
        for start, end in itertools.pairwise(places):
            for place in np.linspace(start, end, STEPS + 1)[1:].tolist():
                self.touch("touchMove", place)
        self.touch("touchEnd")

    def touch(self, kind, *places):
        """What the screen tells of all fingers on it, as the Chrome DevTools Protocol has it."""
        self.fingers = self.fingers or self.page.context.new_cdp_session(self.page)
        points = [{"id": n, "x": x, "y": y} for n, (x, y) in enumerate(places)]
        self.fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def keys(self, *keys):
        """Press keys on the pad; "Space*3" three times."""
        self.canvas.focus()
        for key in keys:
            key, _, times = key.partition("*")
            for _ in range(int(times or 1)):
                self.page.keyboard.press(key)

    def ink(self, *points):
        """How opaque the pad's ink is there, from 0 to 255."""
        return self.canvas.evaluate(
            """(canvas, points) => points.map(([x, y]) => canvas.getContext("2d")
                .getImageData(x * canvas.width, y * canvas.height, 1, 1).data[3])""",
            points,
        )

    def draw(self, *strokes):
        """From outside, by the pad's event."""
        self.page.evaluate(
            """strokes => document.dispatchEvent(
                new CustomEvent("draw", { detail: { strokes } }))""",
            [{"width": 0.075, "points": points} for points in strokes],
        )


def box(drawing):
    """Left, top, right and bottom of the points."""
    points = np.concatenate([stroke["points"] for stroke in drawing])
    return (*points.min(axis=0), *points.max(axis=0))


@EITHER
def test_a_finished_change_is_told_and_a_drawing_taken(pad):
    pad.along(ONE)
    says(pad.page, "1")
    ((stroke,),) = pad.drawings
    assert stroke["width"] == 0.075 and len(stroke["points"]) > STEPS
    assert np.allclose([stroke["points"][0], stroke["points"][-1]], ONE, atol=0.01)
    pad.draw(SEVEN)
    says(pad.page, "7")
    assert pad.drawing == [{"width": 0.075, "points": [list(point) for point in SEVEN]}]
    pad.press("Undo")
    says(pad.page, "1")
    pad.press("Clear")
    expect(pad.page.locator("#answer .verdict")).to_have_count(0)
    assert pad.drawing == [] and len(pad.drawings) == 4


@EITHER
def test_a_stroke_ends_at_the_edge_of_the_pad(pad):
    pad.along([(0.5, 0.5), (1.05, 0.4), (0.8, -0.05)])
    assert min(box(pad.drawing)) == 0 and max(box(pad.drawing)) == 1


def test_a_second_finger_draws_nothing(visit):
    pad = Pad(visit(**DEVICES["finger"]), "finger")
    pad.touch("touchStart", *pad.places((0.5, 0.2)))
    pad.touch("touchMove", *pad.places((0.5, 0.3)))
    pad.touch("touchStart", *pad.places((0.5, 0.3), (0.2, 0.3)))
    for y in (0.5, 0.6, 0.7):
        pad.touch("touchMove", *pad.places((0.5, y), (0.2, y + 0.2)))
    pad.touch("touchEnd")
    says(pad.page, "1")
    ((stroke,),) = pad.drawings
    assert np.allclose(box([stroke]), (0.5, 0.2, 0.5, 0.7), atol=0.01)


def test_what_was_drawn_is_sent_as_soon_as_the_pen_is_lifted(pad):
    """The pause between two pictures is not waited for: here it never ends."""
    pad.page.evaluate("window.setTimeout = () => 0")
    with pad.page.expect_request(lambda asked: len(pictures(asked.post_data)) == 1):
        pad.along(ONE)


def test_all_changes_have_one_history(pad):
    undo = pad.page.get_by_role("button", name="Undo")
    pad.along(ONE)
    expect(undo).to_be_enabled()
    pad.along(ACROSS)
    pad.press("Eraser")
    pad.along([(0.7, 0.2), (0.7, 0.8)])
    pad.press("Select and edit")
    pad.press("Turn right")
    pad.press("Clear")
    assert len(pad.drawings) == 5
    states = [[], *pad.drawings]
    for state in states[-2::-1]:
        pad.press("Undo")
        assert pad.drawing == state
    expect(undo).to_be_disabled()
    for state in states[1:]:
        pad.press("Redo")
        assert pad.drawing == state
    pad.keys("Control+z*2", "Control+Shift+z")
    assert pad.drawing == states[-2]
    pad.keys("Control+y")
    assert pad.drawing == states[-1]
    pad.keys("Control+z")
    pad.draw(SEVEN)
    expect(pad.page.get_by_role("button", name="Redo")).to_be_disabled()


@EITHER
def test_the_eraser_takes_away_what_it_touches(pad):
    pad.along([(0.5, 0.15), (0.5, 0.85), (0.9, 0.85)])
    pad.press("Eraser")
    expect(pad.page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    expect(pad.page.get_by_role("button", name="Pen")).to_have_attribute("aria-pressed", "false")
    pad.along([(0.62, 0.85), (0.95, 0.85)])
    says(pad.page, "1")
    left, _, right, _ = box(pad.drawing)
    assert len(pad.drawing) == 1 and left == pytest.approx(0.5, abs=0.01) and right < 0.58
    pad.along([(0.3, 0.5), (0.7, 0.5)])
    upper, lower = sorted(box([stroke])[3] for stroke in pad.drawing)
    assert upper < 0.45 and lower > 0.8
    told = len(pad.drawings)
    pad.along([(0.9, 0.1), (0.95, 0.2)])  # where nothing is
    assert len(pad.drawings) == told


def test_the_eraser_works_by_keyboard(pad):
    pad.draw(ONE, ACROSS)
    pad.keys("e", "ArrowRight*4", "Space", "ArrowRight*12", "Space")
    assert box(pad.drawing)[2] < 0.6 and len(pad.drawing) == 2
    pad.press("Pen")
    pad.keys("ArrowUp*12", "Space", "ArrowDown*4", "Space")
    assert len(pad.drawing) == 3


def test_who_leaves_the_pad_lifts_the_pen(pad):
    pad.keys("ArrowUp*12", "Space", "ArrowDown*24")
    says(pad.page, "1")
    assert not pad.drawings  # the pen is still down
    pad.page.keyboard.press("Tab")
    assert len(pad.drawing) == 1


def test_a_pad_that_goes_from_under_the_pen_ends_the_stroke(pad):
    start, end, after = pad.places((0.3, 0.3), (0.3, 0.6), (0.6, 0.6))
    pad.page.mouse.move(*start)
    pad.page.mouse.down()
    pad.page.mouse.move(*end)
    pad.page.get_by_role("tab", name="Training").evaluate("tab => tab.click()")
    expect(pad.canvas).to_be_hidden()
    pad.page.mouse.move(*after)
    pad.page.mouse.up()
    ((stroke,),) = pad.drawings
    assert max(max(point) for point in stroke["points"]) < 0.65


def test_the_pen_says_whether_it_is_down(pad):
    said = pad.page.locator(".pad-said")
    pad.keys("Space")
    expect(said).to_have_text("Pen down")
    pad.keys("ArrowRight*3", "Space")
    expect(said).to_have_text("Pen up")


def test_the_pad_is_painted_in_the_pixels_of_the_screen_that_it_is_moved_to(pad):
    pad.along(ACROSS)
    side = pad.canvas.evaluate("canvas => canvas.width")
    screen = pad.page.context.new_cdp_session(pad.page)
    finer = {"width": 1281, "height": 900, "deviceScaleFactor": 2, "mobile": False}
    screen.send("Emulation.setDeviceMetricsOverride", finer)
    expect(pad.canvas).to_have_js_property("width", 2 * side)
    assert pad.ink(MIDDLE) == [255]


@EITHER
def test_the_bucket_fills_what_lines_enclose(pad):
    pad.along(BOX)
    bucket = pad.page.get_by_role("button", name="Fill", exact=True)
    bucket.click()
    expect(bucket).to_have_attribute("aria-pressed", "true")
    expect(pad.page.get_by_role("button", name="Pen")).to_have_attribute("aria-pressed", "false")

    def is_filled(asked):
        return any(each.getpixel((80, 80))[3] for each in pictures(asked.post_data))

    with pad.page.expect_request(is_filled) as asked:
        pad.along([MIDDLE])
    (sent,) = pictures(asked.value.post_data)
    assert sent.getchannel("A").point(lambda alpha: alpha > 127).getbbox() == pytest.approx(
        (42, 42, 118, 118), abs=2
    )
    assert [sent.getpixel((x, 80))[3] for x in range(48, 112)] == [255] * 64
    _, fill = pad.drawing
    assert fill["width"] == 0 and np.allclose(fill["points"], [MIDDLE], atol=0.01)
    assert pad.ink(MIDDLE, (0.4, 0.6), OUTSIDE) == [255, 255, 0]
    pad.press("Undo")
    assert pad.ink(MIDDLE, (0.3, 0.5)) == [0, 255]
    pad.along([(0.4, 0.6)])  # it stays the tool
    assert pad.ink(MIDDLE, OUTSIDE) == [255, 0]
    pad.press("Clear")
    assert pad.drawing == [] and pad.ink(MIDDLE) == [0]
    pad.press("Pen")
    pad.along(ONE)
    assert pad.drawing[0]["width"] == MEDIUM


@EITHER
def test_where_nothing_encloses_it_the_bucket_fills_nothing_and_says_so(pad):
    said = pad.page.locator(".pad-said")
    pad.along(BOX[:-1])
    pad.press("Fill")
    for place in (MIDDLE, OUTSIDE):
        pad.along([place])
        expect(said).to_have_text("Nothing encloses this spot: close the outline first.")
        assert said.bounding_box()["height"] > 20  # for everybody to see
        assert len(pad.drawings) == 1
    pad.along([(0.7, 0.5)])
    expect(said).to_have_text("There is ink here already: choose a spot between lines.")
    pad.press("Undo")
    assert said.bounding_box()["height"] <= 1
    assert pad.drawing == []


def test_the_bucket_works_by_keyboard(pad):
    pad.draw(BOX)
    pad.keys("f", "ArrowRight*4", "Space")
    assert np.allclose(pad.drawing[1]["points"], [(0.6, 0.5)])
    pad.keys("ArrowRight*10", "Space")
    expect(pad.page.locator(".pad-said")).to_contain_text("Nothing encloses this spot")
    pad.keys("Control+z")
    assert pad.ink(MIDDLE) == [0]
    pad.keys("Control+y")
    assert pad.ink(MIDDLE) == [255]
    pad.keys("p", "Space", "ArrowUp*4", "Space")
    assert len(pad.drawing) == 3


def test_a_fill_goes_with_its_lines(pad):
    pad.draw(ACROSS, [(0.2 + x / 3, 0.5 + y / 2) for x, y in BOX])
    pad.press("Fill")
    pad.along([(0.37, 0.75)])
    pad.press("Select and edit")
    pad.along([(0.3, 0.75), (0.6, 0.75)])  # its outline
    assert pad.ink((0.37, 0.75), (0.67, 0.75)) == [0, 255]
    assert pad.drawing[0]["points"] == [list(point) for point in ACROSS]
    pad.keys("ArrowUp", "-*3", "r*4")
    assert pad.ink((0.67, 0.725)) == [255]
    pad.along([(0.9, 0.1)])  # the whole drawing
    pad.keys("ArrowLeft*4", "-*2", "+*4")
    assert pad.ink((0.57, 0.73)) == [255]


def test_a_fill_is_selected_and_taken_out(pad):
    said = pad.page.locator(".pad-said")
    pad.draw(BOX)
    pad.keys("f", "Space", "s")
    pad.along([MIDDLE, (0.55, 0.5)])
    expect(said).to_have_text("A fill only moves with its outline: select that.")
    assert accented(pad) and len(pad.drawings) == 2
    pad.keys("ArrowLeft", "w")
    assert len(pad.drawings) == 2
    pad.press("Remove this fill")
    assert len(pad.drawing) == 1 and pad.ink(MIDDLE) == [0]
    pad.press("Undo")
    pad.keys("Space*2")
    expect(said).to_have_text("Stroke 2 of 2, a fill")
    pad.keys("e", "Space*2")  # the eraser takes it as a whole
    assert len(pad.drawing) == 1
    pad.press("Undo")
    pad.keys("s", "Space", "Delete")  # without its outline there is nothing to fill
    assert pad.drawing == []


def test_the_pen_has_three_widths(pad):
    for name in ("medium", "thick", "thin"):
        pad.along(ONE)
        pad.press(f"Width: {name}")
    pad.keys("w")
    pad.along(ONE)
    widths = [stroke["width"] for stroke in pad.drawing]
    assert widths[2] < widths[0] < widths[1] == widths[3]


def test_a_stroke_is_chosen_and_taken_out(pad):
    pad.along(OPEN_FOUR)
    pad.along(UPRIGHT)
    says(pad.page, "4")
    pad.press("Select and edit")
    pad.along([(0.4, 0.51)])
    pad.press("Remove this stroke")
    says(pad.page, "1")
    pad.press("Undo")
    says(pad.page, "4")
    pad.keys("Space*2")
    expect(pad.page.locator(".pad-said")).to_have_text("Stroke 2 of 2")
    pad.keys("Delete")
    assert pad.drawing == pad.drawings[0]


@EITHER
def test_a_chosen_stroke_is_dragged(pad):
    pad.draw(ONE, [(0.2, 0.2), (0.2, 0.4)])
    pad.press("Select and edit")
    pad.along([(0.2, 0.3), (0.7, 0.4)])
    assert pad.drawing[0]["points"] == [list(point) for point in ONE]
    assert np.allclose(pad.drawing[1]["points"], [(0.7, 0.3), (0.7, 0.5)], atol=0.01)
    pad.along([(0.7, 0.4), (1, 1)])
    assert max(box(pad.drawing)) < 1 - 0.03  # its ink stays on the pad


EDITS = {  # name of the button, key on the pad, and what becomes of the box (0.4, 0.3, 0.6, 0.8)
    "Nudge left": ("ArrowLeft", (0.375, 0.3, 0.575, 0.8)),
    "Nudge right": ("ArrowRight", (0.425, 0.3, 0.625, 0.8)),
    "Nudge up": ("ArrowUp", (0.4, 0.275, 0.6, 0.775)),
    "Nudge down": ("ArrowDown", (0.4, 0.325, 0.6, 0.825)),
    "Make smaller": ("-", (0.409, 0.323, 0.591, 0.777)),
    "Make larger": ("+", (0.39, 0.275, 0.61, 0.825)),
    "Turn right": ("r", (0.379, 0.292, 0.621, 0.808)),
    "Turn left": ("l", (0.379, 0.292, 0.621, 0.808)),
}


def test_drawing_and_stroke_are_nudged_turned_and_resized(pad):
    cross = [(0.4, 0.3), (0.6, 0.8)], [(0.6, 0.3), (0.4, 0.8)]
    pad.draw(*cross)
    pad.press("Select and edit")
    for name, (key, expected) in EDITS.items():
        for change in (lambda name=name: pad.press(name), lambda key=key: pad.keys(key)):
            change()
            assert np.allclose(box(pad.drawing), expected, atol=0.002), name
            pad.keys("Control+z")
    pad.press("Turn right")
    (x, y), _ = pad.drawing[0]["points"]
    assert x > 0.4 and y < 0.3
    pad.keys("Control+z")
    pad.keys("Space", "ArrowLeft*3")
    chosen, other = pad.drawing
    assert box([chosen])[0] == pytest.approx(0.325) and other["points"][0] == [0.6, 0.3]
    pad.keys("+*9", "r*3", "ArrowUp*3")
    assert min(box(pad.drawing)) > 0.03 and max(box(pad.drawing)) < 0.97


def test_a_tiny_three_is_a_three(pad):
    for side in (0.1, 0.2, 0.7):
        pad.along([(0.15 + side * x, 0.15 + side * y) for x, y in THREE])
        for network in ("Small network", "Large network"):
            pad.page.get_by_label(network).check()
            says(pad.page, "3")
        pad.press("Clear")


def test_the_pen_follows_small_drawings_and_no_others(pad):
    sent = []
    pad.page.on("request", lambda asked: sent.extend(pictures(asked.post_data)))

    def thickness(length):
        pad.press("Clear")
        with pad.page.expect_request(lambda asked: len(pictures(asked.post_data)) == 1):
            pad.draw([(0.5, 0.2), (0.5, 0.2 + length)])
        side = sent[-1].width
        assert side == SIDES[length < 0.25]
        row = np.asarray(sent[-1].getchannel("A"))[round(side * (0.2 + length / 2))]
        return row.sum() / 255 / side

    pad.along(ONE)
    assert thickness(0.7) == thickness(0.5) == pytest.approx(0.075, abs=0.002)
    assert thickness(0.25) == pytest.approx(0.0375, abs=0.002)
    assert thickness(0.1) == pytest.approx(0.015, abs=0.002)


def test_a_small_filled_drawing_has_no_gaps_beside_its_finer_lines(pad):
    with pad.page.expect_request(lambda asked: len(pictures(asked.post_data)) == 1) as asked:
        pad.page.evaluate(
            """points => document.dispatchEvent(new CustomEvent("draw", { detail: { strokes: [
                { width: 0.075, points }, { width: 0, points: [[0.5, 0.5]] }] } }))""",
            # Each corner twice: the pad's curve is straight between such points.
            np.repeat([(0.38, 0.38), (0.38, 0.62), (0.62, 0.62), (0.62, 0.38)] * 2, 2, 0).tolist(),
        )
    (sent,) = pictures(asked.value.post_data)
    row = np.asarray(sent.getchannel("A"))[sent.height // 2]
    inked = np.flatnonzero(row > 127)
    assert len(inked) == np.ptp(inked) + 1
    assert len(inked) / len(row) == pytest.approx(0.24 + 0.075 * 0.24 / 0.5, abs=0.01)


def pictures(body):
    """Those that a request sends, decoded."""
    sent = re.findall(r'data:image/png;base64,([^"\\]+)', body or "")
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in sent]


def test_nothing_is_asked_while_what_would_change_it_is_closed(pad):
    sent = []
    pad.page.on("request", lambda asked: sent.append(len(pictures(asked.post_data))))
    pad.along(OPEN_FOUR)
    pad.along(UPRIGHT)
    says(pad.page, "4")
    pad.page.get_by_label("Small network").check()
    pad.page.wait_for_timeout(600)  # longer than the pause before it asks
    assert max(sent) == 1


@pytest.fixture
def four(pad):
    """A four of two strokes, with what would change it open."""
    pad.draw(OPEN_FOUR, UPRIGHT)
    says(pad.page, "4")
    pad.page.get_by_text("What would change the answer?").click()
    expect(pad.page.locator("#changes li")).to_have_count(6)
    return pad


def accented(pad):
    """Whether the pad shows some of its ink in the colour of what is pointed at."""
    return pad.canvas.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] === 255 && data[i + 1] > data[i] + 60) return true;
            }
            return false;
        }"""
    )


def test_what_each_stroke_and_other_changes_do_is_said(four):
    entries = four.page.locator("#changes li")
    texts = [text.strip() for text in entries.locator("p").all_inner_texts()]
    assert texts[0] == "Without this stroke: a 1"
    assert texts[1].startswith("Without this stroke: ") and "4" not in texts[1]
    assert texts[4:] == ["Half the size: still a 4", "Moved into the corner: still a 4"]
    assert not accented(four)
    entries.first.hover()
    assert accented(four)
    entries.nth(4).hover()
    assert not accented(four)
    entries.first.get_by_role("button", name="Remove it").click()
    says(four.page, "1")
    assert np.allclose(four.drawing[0]["points"], UPRIGHT)
    expect(entries).to_have_count(4)  # a single stroke is not tried without
    four.page.keyboard.press("Control+z")
    says(four.page, "4")
    expect(entries).to_have_count(6)
    entries.nth(5).get_by_role("button").click()
    assert box(four.drawing)[:2] == pytest.approx((0.0375, 0.0375))


def test_what_a_fill_does_is_said(pad):
    pad.draw(BOX, ACROSS)
    pad.press("Fill")
    pad.along([(0.5, 0.4)])
    pad.page.get_by_text("What would change the answer?").click()
    entries = pad.page.locator("#changes li")
    expect(entries).to_have_count(7)
    expect(entries.nth(2)).to_contain_text("Without this fill: ")
    entries.nth(2).hover()
    assert accented(pad)
    entries.nth(0).get_by_role("button", name="Remove it").click()
    assert [stroke["points"] for stroke in pad.drawing] == [[list(point) for point in ACROSS]]


def test_what_would_change_it_is_used_by_keyboard(pad):
    pad.draw(OPEN_FOUR, UPRIGHT)
    pad.page.locator("#changes summary").focus()
    pad.page.keyboard.press("Enter")
    buttons = pad.page.locator("#changes button")
    expect(buttons).to_have_count(6)
    pad.page.keyboard.press("Tab")
    expect(buttons.first).to_be_focused()
    assert accented(pad)
    pad.page.keyboard.press("Enter")
    says(pad.page, "1")
    expect(buttons).to_have_count(4)
    expect(buttons.first).to_be_focused()
    pad.page.keyboard.press("Control+z")
    says(pad.page, "4")


def test_what_would_change_it_follows_drawing_network_and_data_set(four):
    entries = four.page.locator("#changes li")
    digits = entries.all_inner_texts()
    four.along([(0.2, 0.95), (0.8, 0.95)])
    expect(entries).to_have_count(7)
    four.press("Undo")
    expect(entries).to_have_text(digits, use_inner_text=True)
    with four.page.expect_request(lambda asked: len(pictures(asked.post_data)) == 7):
        four.page.get_by_label("Small network").check()
    four.page.get_by_label("Clothing", exact=True).check()
    four.page.get_by_label("Draw", exact=True).check()
    expect(entries.first).not_to_contain_text("1")
    four.press("Clear")
    expect(entries).to_have_count(0)
    expect(four.page.locator("#changes .note")).to_contain_text("Draw something first")


def test_a_drawing_of_many_long_strokes_is_asked_about_as_far_as_there_is_room(pad):
    rng = np.random.default_rng(1)
    pad.page.get_by_text("What would change the answer?").click()
    pad.draw(*rng.random((30, 40, 2)).tolist())
    entries = pad.page.locator("#changes li")
    expect(entries.first).to_contain_text("Without this stroke: ")
    assert 2 < entries.count() <= changes.STROKES + 4


def test_the_pad_says_what_to_draw(pad):
    hint = pad.page.locator(".pad-hint")
    garments = hint.locator("svg")
    sentence = hint.get_by_text("two networks name it below")
    pad.page.keyboard.press("Shift")  # ends the example, which takes the sentence's room
    expect(hint.get_by_text("Draw a digit here")).to_be_visible()
    expect(hint.get_by_text("garment")).to_be_hidden()
    expect(garments).to_be_hidden()
    expect(sentence).to_be_hidden()
    pad.page.set_viewport_size({"width": 375, "height": 812})
    expect(hint.get_by_text("Draw a digit here")).to_be_visible()
    expect(sentence).to_be_visible()
    pad.page.get_by_label("Clothing", exact=True).check()
    expect(pad.page.get_by_label("Upload", exact=True)).to_be_checked()  # the page's own choice
    pad.page.get_by_label("Draw", exact=True).check()
    expect(hint.get_by_text("Draw a garment here, as an outline or filled")).to_be_visible()
    expect(hint.get_by_text("digit")).to_be_hidden()
    expect(garments).to_be_visible()
    place = pad.canvas.bounding_box()
    for begin in (lambda: pad.along(ONE), lambda: pad.keys("Space")):
        begin()
        expect(hint).to_be_hidden()
        expect(garments).to_be_hidden()
        pad.press("Clear")
        expect(garments).to_be_visible()
    assert pad.canvas.bounding_box() == place


@EITHER
def test_tools_have_names_and_are_large_enough(visit, device):
    page = visit(**DEVICES[device])
    page.get_by_role("button", name="Select and edit").click()
    page.get_by_text("What would change the answer?").click()
    for width in {"mouse": [1280], "finger": [375, 320]}[device]:
        page.set_viewport_size({"width": width, "height": 812})
        buttons = page.locator("#sketch button, #changes summary").evaluate_all(
            """all => all.map((each) => {
                const { width, height } = each.getBoundingClientRect();
                return [width, height, each.ariaLabel || each.innerText.trim()];
            })"""
        )
        assert len(buttons) == 17
        for across, high, name in buttons:
            assert across >= 24 and high >= (44 if device == "finger" else 36) and name
        assert page.evaluate("document.documentElement.scrollWidth") <= width
