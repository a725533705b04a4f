"""“Look inside” in headless Chromium, wide and narrow."""

import re

import pytest
from playwright.sync_api import expect

from helpers.browser import ONE, SEVEN, draw, open_inside

THREE = [(0.3, 0.2), (0.6, 0.15), (0.68, 0.3), (0.5, 0.47), (0.7, 0.6), (0.65, 0.82), (0.3, 0.85)]
GOWN = [(0.4, 0.15), (0.6, 0.15), (0.6, 0.3), (0.8, 0.85), (0.2, 0.85), (0.4, 0.3), (0.4, 0.15)]
NARROW = {"width": 375, "height": 812}


@pytest.fixture
def page(page):
    """The page with a drawn three, looked inside of by the small network."""
    page.get_by_label("Small network").check()
    draw(page, THREE)
    open_inside(page)
    return page


def painted(canvas):
    """How much of a canvas is painted, from 0 to 1."""
    return canvas.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
            const opaque = data.filter((value, index) => index % 4 === 3 && value > 128);
            return opaque.length / width / height;
        }"""
    )


def test_closed_it_asks_for_nothing(visit):
    page, asked = visit(), []
    page.get_by_label("Small network").check()
    page.on("request", lambda request: asked.append(request.post_data or ""))
    draw(page, THREE)
    assert asked and not any("pixels" in data for data in asked)
    open_inside(page)
    assert any("pixels" in data for data in asked)


def test_each_digit_of_a_number_is_looked_at(visit):
    page = visit()
    draw(page, [(0.25, 0.2), (0.25, 0.8)])
    draw(page, [(0.5 + 0.5 * x, y) for x, y in SEVEN])
    open_inside(page)
    answer, choice = page.locator("#inside .why strong"), page.get_by_label("Look at digit")
    expect(answer).to_have_text("1")
    choice.select_option("7 (2 of 2)")
    expect(answer).to_have_text("7")
    page.get_by_label("Small network", exact=True).check()
    expect(page.locator("#inside .layers h4").first).to_contain_text("34 maps")
    expect(choice).to_have_value("7 (2 of 2)")
    page.get_by_role("button", name="Clear").click()
    draw(page, SEVEN)
    expect(answer).to_have_text("7")
    expect(choice).to_be_hidden()


WATCH_SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries()))
        .observe({ type: "layout-shift" });
}"""
SHIFTED = """async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return shifts.splice(0).filter(({ value }) => value > 0.001).map(({ value, sources }) =>
        [value, ...sources.map(({ node }) => node?.className || node?.nodeName)]);
}"""


def press(page, label):
    """Choose by a control that may be out of sight, without scrolling to it."""
    page.get_by_label(label, exact=True).evaluate("control => control.click()")


@pytest.mark.parametrize("width", [1600, 1280, 375])
def test_nothing_jumps_when_it_opens_nor_when_its_content_is_replaced(visit, width):
    page = visit(size=(width, 812), reduced_motion="reduce")
    draw(page, THREE)
    inside, late = page.locator("#inside details").first, []
    page.route("**/run/predict*", lambda route: late.append(route), times=1)
    with page.expect_request("**/run/predict*"):
        page.get_by_role("button", name="Look inside").click()
    assert inside.bounding_box()["height"] >= 812  # also before there is anything to show
    assert inside.bounding_box()["y"] == pytest.approx(0, abs=2)
    page.evaluate(WATCH_SHIFTS)
    late.pop().continue_()
    expect(page.locator("#inside .why")).to_be_visible(timeout=20_000)
    layers, title = (page.locator(f"#inside {part}") for part in (".layers", ".layers h4"))
    expect(title.first).to_contain_text("64 maps")
    assert not page.evaluate(SHIFTED)
    layers.evaluate("layers => layers.scrollIntoView()")
    place = page.evaluate("scrollY")
    press(page, "Small network")
    expect(title.first).to_contain_text("34 maps")
    press(page, "Large network")
    expect(title.first).to_contain_text("64 maps")
    for dataset, label in (("Clothing", "Trousers"), ("Digits", "1")):
        press(page, dataset)
        expect(page.locator("#inside .logits th").nth(1)).to_have_text(label)
        expect(page.locator("#inside .alike")).to_be_visible()
        assert page.evaluate("scrollY") == pytest.approx(place, abs=20)
    if width > 760:  # the pad is in sight
        before = page.locator("#inside .logits").bounding_box()["y"]
        draw(page, [(0.05, 0.2), (0.05, 0.8)])  # a second digit
        expect(page.get_by_label("Look at digit")).to_be_visible()
        assert page.locator("#inside .logits").bounding_box()["y"] == pytest.approx(before, abs=1)
    assert not page.evaluate(SHIFTED)


def test_pad_and_answer_stay_in_sight_while_one_looks_inside(page):
    page.locator("#inside .logits").scroll_into_view_if_needed()
    expect(page.locator("#sketch canvas")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    expect(page.locator("#inside .now")).to_have_text(re.compile("This is a 1 – .* likely"))
    expect(page.locator("#inside .now")).to_be_in_viewport(ratio=1)
    page.get_by_role("tab", name="Training").click()
    assert page.locator("#learning").bounding_box()["x"] < 100  # as wide as with it closed


def test_logits_are_bars_from_zero(page):
    rows = page.locator("#inside .logits tr")
    values = [
        float(text.replace("−", "-")) for text in rows.locator("td:first-of-type").all_inner_texts()
    ]
    boxes = [bar.bounding_box() for bar in rows.locator("i").all()]
    high, low = values.index(max(values)), values.index(min(values))
    zero = boxes[high]["x"]
    assert boxes[low]["x"] + boxes[low]["width"] == pytest.approx(zero, abs=1)
    ratio = boxes[high]["width"] / boxes[low]["width"]
    assert ratio == pytest.approx(values[high] / -values[low], rel=0.05)


def test_layers_follow_the_drawing(page):
    section = page.locator("#inside .layers")
    expect(section.locator("h4")).to_have_text(
        [
            "Convolution 1: 34 maps of 26×26",
            "Pooling: 34 maps of 13×13",
            "Convolution 2: 22 maps of 11×11",
            "Convolution 3: 12 maps of 9×9",
            "Dense layer 1: 95 units",
            "Dense layer 2: 40 units",
            "Dense layer 3: 24 units",
            "Output: ten logits",
        ]
    )
    expect(section.locator(".logits .best th")).to_have_text("3")
    expect(section).to_contain_text("The answer’s percentages differ from these")
    first = section.locator("canvas").first
    before = first.evaluate("canvas => canvas.toDataURL()")
    assert 0.01 < painted(first) < 0.9
    page.get_by_role("button", name="Clear").click()
    expect(section.locator(".logits .best th")).to_have_text("5")  # the example's
    expect(page.locator("#inside details").first).to_have_attribute("open", "")
    draw(page, SEVEN)
    expect(section.locator(".logits .best th")).to_have_text("7")
    assert first.evaluate("canvas => canvas.toDataURL()") != before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(NARROW)
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def test_a_map_is_chosen_by_pointer_and_by_keyboard(page):
    tiles = page.locator('#inside [data-index="2"] > .tiles')
    tiles.locator("canvas").click(position={"x": 70, "y": 20})
    chosen = page.locator("#inside .filter")
    expect(chosen.get_by_role("heading")).to_have_text("Map 2")
    expect(chosen.locator("canvas")).to_have_count(12)  # filter, image, sum, and nine test images
    expect(chosen).to_contain_text("The test images that make it fire most")
    slider = tiles.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(chosen.get_by_role("heading")).to_have_text("Map 3")
    page.keyboard.press("ArrowDown")
    expect(chosen.get_by_role("heading")).not_to_have_text("Map 3")
    below = int(slider.input_value())
    assert below > 2 + 1
    wide = tiles.locator("canvas").get_attribute("style")  # its width is limited at once, too, but
    page.set_viewport_size(NARROW)  # it has fewer maps in a row only once it is drawn again
    expect(tiles.locator("canvas")).not_to_have_attribute("style", wide)
    page.keyboard.press("ArrowUp")
    expect(chosen.get_by_role("heading")).not_to_have_text(f"Map {below + 1}")
    assert 2 < int(slider.input_value()) < below - 1
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"Map \d+, peaking at \d+"))


def test_the_sum_behind_a_value_is_chosen_by_pointer_and_by_keyboard(page):
    page.locator('#inside [data-index="2"] > .tiles canvas').click(position={"x": 70, "y": 20})
    chosen = page.locator("#inside .filter")
    told = chosen.get_by_text("add up to")
    expect(told).to_contain_text("These 9 products add up to")
    place = chosen.get_by_role("slider", name="Place on the map")
    chosen.get_by_role("img", name="Where it fires on the image").click(position={"x": 84, "y": 84})
    expect(place).to_have_attribute("aria-valuetext", re.compile(r"Row 14, column 14: [+−]\d"))
    before = told.inner_text()
    place.focus()
    page.keyboard.press("ArrowUp")
    expect(place).to_have_attribute("aria-valuetext", re.compile("Row 13, column 14:"))
    page.keyboard.press("ArrowRight")  # it still has the focus
    expect(place).to_have_attribute("aria-valuetext", re.compile("Row 13, column 15:"))
    expect(told).not_to_have_text(before)
    page.locator('#inside [data-index="3"] > .tiles canvas').click(position={"x": 70, "y": 20})
    expect(chosen.get_by_role("slider")).to_have_count(0)
    page.locator('#inside [data-index="4"] > .tiles canvas').click(position={"x": 70, "y": 20})
    expect(told).to_contain_text("These 306 products add up to")
    page.get_by_label("Large network").check()
    expect(chosen).to_have_count(0)


def test_all_maps_of_the_large_network_come_on_demand(visit):
    page = visit()
    draw(page, THREE)
    open_inside(page)
    tiles = page.locator('#inside [data-index="5"] > .tiles')
    few = tiles.bounding_box()["height"]
    page.get_by_role("button", name="Show all 512 maps").click()
    page.get_by_role("button", name="Show only the strongest").wait_for()
    expect(tiles.get_by_role("slider")).to_have_attribute("max", "511")
    assert tiles.bounding_box()["height"] > 5 * few


def test_any_class_can_be_the_rival(page):
    why = page.locator("#inside .why")
    expect(why.locator("strong")).to_have_text("3")
    assert all(painted(canvas) > 0.005 for canvas in why.locator("canvas").all())
    why.get_by_label("Rather than what").select_option("0")
    expect(why.locator("figcaption").last).to_contain_text("Evidence for 0:")
    expect(page.locator("#inside .alike h4")).to_have_text(
        ["Most similar among “3”", "Most similar among “0”"]
    )
    expect(page.get_by_role("img", name=re.compile("Test image .*: 0"))).to_have_count(6)
    over_image = why.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
    why.get_by_label("your picture").check()
    page.wait_for_function(
        "before => document.querySelector('#inside .why canvas').toDataURL() !== before",
        arg=over_image,
    )


def test_a_photo_is_looked_into_too(visit):
    page = visit()
    page.get_by_label("Small network").check()
    page.get_by_role("button", name="Example: Ankle boot").click()
    page.locator("#answer .steps").wait_for()
    open_inside(page)
    expect(page.locator("#inside .why strong")).to_have_text("Ankle boot")
    page.locator("#inside .why").get_by_label("your picture").check()
    assert painted(page.locator("#inside .why canvas").first) > 0.005


def test_what_is_inside_of_a_drawing_is_not_shown_with_a_photo(page):
    body, held = page.locator("#inside .body"), []
    expect(body.locator(".why strong")).to_have_text("3")

    def hold(route):
        asks = '"pixels"' in (route.request.post_data or "")
        held.append(route) if asks else route.continue_()

    page.route("**/gradio_api/**", hold)
    with page.expect_request(lambda request: '"pixels"' in (request.post_data or "")):
        page.get_by_role("button", name="Example: Ankle boot").click()
        page.locator("#answer .steps").wait_for()
    expect(body).to_be_hidden()
    for route in held:
        route.continue_()
    page.unroute("**/gradio_api/**")
    expect(body.locator(".why strong")).to_have_text("Ankle boot")
    expect(body.locator(".why")).to_be_visible()


def test_everything_inside_is_reached_with_the_tab_key_and_has_a_name(page):
    page.locator("#inside summary").first.focus()
    names = []
    for _ in range(10):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                """() => {
                    const at = document.activeElement;
                    return at.getAttribute("aria-label") || at.innerText.trim()
                        || [...(at.labels ?? [])].map((label) => label.innerText.trim()).join();
                }"""
            )
        )
    assert names[0].startswith("Break it")
    assert names[1:4] == ["Rather than what", "what the network sees", "How is this computed?"]
    assert [name.split(":")[0] for name in names[4:8]] == [
        "Convolution 1",
        "Pooling",
        "Convolution 2",
        "Convolution 3",
    ]


def test_what_is_broken_changes_the_answer_the_maps_and_what_it_gets_right(page):
    page.locator("#inside .break summary").click()
    left, why = page.locator("#inside .left"), page.locator("#inside .why")
    first = page.locator("#inside .layers canvas").first
    intact = first.evaluate("canvas => canvas.toDataURL()")
    expect(left).to_be_hidden()
    told = re.compile(
        r"It now says an? \d \(.*%\); intact, it said a 3 \(.*%\)\. "
        r"Of 1,000 test images, it gets (\d+) right; intact, it got (\d+)\."
    )
    seen = [intact]
    for choose in (
        lambda: page.get_by_label("Switched off").select_option("Convolution 1, filter 9"),
        lambda: page.get_by_label("Without biases").select_option("Convolution 1"),
        lambda: page.get_by_label("a tenth of its weights lost").check(),
        lambda: page.get_by_role("button", name="Lose a different tenth").click(),
        lambda: page.get_by_label("noise on the image").check(),
        lambda: page.get_by_label("a blurred image").check(),
    ):
        choose()
        page.wait_for_function(
            "before => document.querySelector('#inside .layers canvas').toDataURL() !== before",
            arg=seen[-1],
        )
        expect(left.locator("p")).to_have_text(told)
        seen.append(first.evaluate("canvas => canvas.toDataURL()"))
    assert len(set(seen)) == 7
    right, before = map(int, told.search(left.inner_text()).groups())
    assert right < 800 < before
    expect(left.get_by_role("img", name="What the broken network sees")).to_be_visible()
    expect(why).to_be_hidden()
    page.get_by_role("button", name="Repair it").click()
    expect(left).to_be_hidden()
    expect(why).to_be_visible()
    assert first.evaluate("canvas => canvas.toDataURL()") == intact


def test_what_is_said_of_drawn_clothing_intact_is_what_was_answered(visit):
    page = visit()
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_label("Draw", exact=True).check()
    draw(page, GOWN)
    open_inside(page)
    answered = re.search(r"[\d.]+", page.locator("#inside .now").inner_text())[0]
    page.locator("#inside .break summary").click()
    page.get_by_label("a blurred image").check()
    told = re.compile(rf"intact, it said .* \({answered}.%\)")
    expect(page.locator("#inside .left p")).to_have_text(told)


def test_the_large_network_can_be_broken_too_and_keeps_what_is_broken_of_both(page):
    page.locator("#inside .break summary").click()
    off = page.get_by_label("Switched off")
    off.select_option("Convolution 1, filter 9")
    page.get_by_label("a blurred image").check()
    told = page.locator("#inside .left p")
    expect(told).to_contain_text("Of 1,000 test images")
    page.get_by_label("Large network").check()
    expect(told).to_contain_text("Of 200 test images")
    expect(off).to_have_value("nothing")
    expect(page.locator("#inside .why")).to_be_hidden()
    off.select_option("Convolution 2, filter 512")
    expect(page.get_by_label("a blurred image")).to_be_checked()
    page.get_by_role("button", name="Repair it").click()
    expect(told).to_be_hidden()
    expect(page.locator("#inside .why")).to_be_visible()
