"""“Watch it learn” in headless Chromium: by a slider, by itself, and for the picture at hand."""

import re

import pytest
from playwright.sync_api import expect

from fmnist.data import datasets
from fmnist.inference import test_answers
from fmnist.runs import records
from fmnist.ui import classify
from helpers.browser import SEVEN, draw, upload
from helpers.browser import THREE as PHOTO

SIZES = (1280, 900), (375, 812)
EXAMPLE = classify.example("mnist")["small"].label
EPOCHS = records.served_run("mnist", "small").recipe.kept_epochs
WRONG = (test_answers.of_served("mnist", "small").learned != datasets.test_set("mnist").labels).sum(
    axis=1
)


def open_training(page):
    """Open the tab and show what there is to watch; returns its part of the page."""
    page.get_by_role("tab", name="Training").click()
    page.locator("#learning svg:visible").first.wait_for()  # the chart, which pushes it down
    learn = page.locator("#learn")
    learn.get_by_role("heading", name="Watch it learn").scroll_into_view_if_needed()
    learn.locator(".moments li").last.wait_for()
    return learn


def moment(learn, epoch):
    """The small picture of a moment."""
    return learn.locator(".moments li").nth(EPOCHS.index(epoch))


@pytest.fixture
def still(visit):
    """The page of somebody who wants nothing to move, with a drawn seven."""
    page = visit(reduced_motion="reduce")
    draw(page, SEVEN)
    return page


def test_the_drawing_is_answered_by_each_moment(still):
    learn = open_training(still)
    cards = learn.locator(".moments li")
    expect(cards).to_have_count(len(EPOCHS))
    expect(cards.first).to_contain_text("untrained")
    expect(cards.last).to_contain_text(f"{EPOCHS[-1]} epochs")
    expect(cards.last.locator("strong")).to_have_text("7")
    expect(learn.locator(".told")).to_have_text(
        re.compile(r"would have called this .*, a 7\. In the end it is (over )?\d[\d.]*\s% sure\.")
    )
    expect(learn.locator(".network")).to_have_text("small")
    expect(learn.get_by_role("img", name="The picture, as the network sees it")).to_be_visible()


def test_the_slider_moves_everything_by_keyboard(still):
    learn = open_training(still)
    slider = learn.get_by_role("slider", name="Moment of the training")
    expect(slider).to_have_value(str(len(EPOCHS) - 1))  # nothing has moved by itself
    slider.focus()
    still.keyboard.press("Home")
    seen = []
    for at, epoch in enumerate(EPOCHS):
        card = moment(learn, epoch)
        expect(card).to_have_attribute("aria-current", "true")
        expect(learn.locator("[aria-current]")).to_have_count(1)
        answer = card.locator("strong").inner_text()
        expect(learn.locator(".bars .best th")).to_have_text(answer)
        wrong = f"{WRONG[at]:,} of 10,000"
        expect(learn.locator(".count")).to_have_text(wrong)
        value = re.compile(rf"^(untrained|after {epoch} epochs?): {answer}, .*; {wrong} test")
        expect(slider).to_have_attribute("aria-valuetext", value)
        counts = [int(each or 0) for each in learn.locator(".confusion td.miss").all_inner_texts()]
        assert sum(counts) == WRONG[at]
        seen.append(learn.locator("canvas.filters").evaluate("canvas => canvas.toDataURL()"))
        seen.append(learn.locator(".map canvas").evaluate("canvas => canvas.toDataURL()"))
        still.keyboard.press("ArrowRight")
    assert len(set(seen)) == 2 * len(EPOCHS)


def test_the_map_has_a_strong_dot_for_each_image_that_is_wrong(still):
    learn = open_training(still)
    dots = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const alphas = data.filter((value, index) => index % 4 === 3);
        return [alphas.filter((each) => each === 255).length,
            alphas.filter((each) => each > 0).length];
    }"""
    for key, wrong in (("Home", WRONG[0]), ("End", WRONG[-1])):
        learn.get_by_role("slider").press(key)
        assert learn.locator(".map canvas").evaluate(dots) == [wrong, 10_000]


def test_a_moment_is_chosen_by_a_click_and_some_test_images_say_whether_it_knew_them(still):
    learn = open_training(still)
    names = [each.get_attribute("aria-label") for each in learn.locator(".some canvas").all()]
    numbers = [int(re.search(r"([\d,]+):", name)[1].replace(",", "")) for name in names]
    truth = datasets.test_set("mnist").labels[numbers]
    for at in (1, 0, len(EPOCHS) - 1):
        moment(learn, EPOCHS[at]).click()
        expect(learn.get_by_role("slider")).to_have_value(str(at))
        captions = learn.locator(".some figcaption").all_inner_texts()
        said = test_answers.of_served("mnist", "small").learned[at][numbers]
        assert ["✓" in each for each in captions] == (said == truth).tolist()
        wrong = [each.split()[-1] for each in captions if "✗" in each]
        assert wrong == [str(digit) for digit in said[said != truth]] != []


@pytest.fixture
def playing(visit):
    """The page with the moments in sight, which play by themselves, as its clock is moved on."""
    page = visit(size=(1280, 240), alone=True)  # too low for the moments, which begin to play then
    page.clock.install(time=0)
    learn = open_training(page)
    page.clock.pause_at(3_600_000)
    page.set_viewport_size({"width": 1280, "height": 900})
    learn.locator(".moments").scroll_into_view_if_needed()
    expect(learn.get_by_role("button", name="Stop")).to_be_visible()
    expect(learn.get_by_role("slider")).to_have_value("0")
    return page, learn, learn.get_by_role("slider")


def test_it_plays_by_itself_once_and_can_be_stopped(playing):
    page, learn, slider = playing
    page.clock.run_for(2000)
    expect(slider).to_have_value("2")
    learn.get_by_role("button", name="Stop").click()
    page.clock.run_for(5000)
    expect(slider).to_have_value("2")
    learn.get_by_role("button", name="Play").click()  # from where it was stopped
    page.clock.run_for(20_000)
    expect(slider).to_have_value(str(len(EPOCHS) - 1))
    page.get_by_role("tab", name="Classify").click()
    page.get_by_role("tab", name="Training").click()
    learn.locator(".moments").scroll_into_view_if_needed()
    page.clock.run_for(3000)
    expect(learn.get_by_role("button", name="Play")).to_be_visible()
    expect(slider).to_have_value(str(len(EPOCHS) - 1))
    learn.get_by_role("button", name="Play").click()  # from the start
    expect(slider).to_have_value("0")


@pytest.mark.parametrize("touch", ["click", "key"])
def test_the_first_touch_stops_it(playing, touch):
    page, learn, slider = playing
    page.clock.run_for(1000)
    expect(slider).to_have_value("1")
    if touch == "click":
        moment(learn, 4).click()
    else:
        slider.press("PageUp")
    chosen = slider.input_value()
    page.clock.run_for(5000)
    expect(slider).to_have_value(chosen)
    expect(learn.get_by_role("button", name="Play")).to_be_visible()


def test_out_of_sight_it_stops_and_starts_afresh_when_it_is_back(playing):
    page, learn, slider = playing
    page.clock.run_for(2000)
    expect(slider).to_have_value("2")
    page.get_by_role("tab", name="Classify").click()
    expect(learn.locator(".play")).to_have_text("Play")
    page.get_by_role("tab", name="Training").click()
    learn.locator(".moments").scroll_into_view_if_needed()
    expect(learn.get_by_role("button", name="Stop")).to_be_visible()
    expect(slider).to_have_value("0")


def test_it_is_asked_for_only_while_it_is_on_the_screen(visit):
    page, asked = visit(), []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    draw(page, SEVEN)
    assert asked and not any('"tests"' in data for data in asked)
    learn = open_training(page)
    assert sum('"tests"' in data for data in asked) == 1
    learn.get_by_role("button", name="Show it another picture").click()
    expect(page.get_by_role("tab", name="Classify")).to_be_focused()
    page.get_by_role("button", name="Clear").click()
    draw(page, [(0.5, 0.15), (0.5, 0.85)])
    assert sum('"tests"' in data for data in asked) == 1
    open_training(page)
    expect(learn.locator(".moments strong").last).to_have_text("1")
    assert sum('"tests":true' in data for data in asked) == 1  # they are still there


def test_each_digit_of_a_number_can_be_watched(visit):
    page = visit(reduced_motion="reduce")
    draw(page, [(0.25, 0.2), (0.25, 0.8)])
    draw(page, [(0.5 + 0.5 * x, y) for x, y in SEVEN])
    learn = open_training(page)
    last = learn.locator(".moments strong").last
    expect(last).to_have_text("1")
    learn.get_by_label("Digit").select_option("7 (2 of 2)")
    expect(last).to_have_text("7")


@pytest.mark.parametrize("size", SIZES)
def test_clothing_is_watched_too_and_nothing_is_wider_than_the_screen(visit, size):
    page = visit(size=size, reduced_motion="reduce")
    learn = open_training(page)
    expect(learn.locator(".moments strong").last).to_have_text(EXAMPLE)
    page.get_by_role("tab", name="Classify").click()
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_role("button", name="Example: Dress").click()
    page.locator("#answer .steps").wait_for(state="attached")
    open_training(page)
    expect(learn.locator(".moments strong").last).to_have_text("Dress")
    expect(learn.locator(".confusion th[scope=row]").first).to_have_text("T-shirt/top")
    expect(learn.locator(".classes span").last).to_have_text("Ankle boot")
    for key in ("Home", "End"):
        learn.get_by_role("slider").press(key)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def test_of_a_picture_that_cannot_be_read_the_example_is_shown(visit, tmp_path):
    page = visit(reduced_motion="reduce")
    upload(page, PHOTO)
    learn = open_training(page)
    expect(learn.locator(".moments strong").last).to_have_text("3")
    page.get_by_role("tab", name="Classify").click()
    broken = tmp_path / "broken.png"
    broken.write_text("no picture")
    with page.expect_file_chooser() as chooser:
        page.locator("#photo").get_by_role("button", name="Upload file").click()
    chooser.value.set_files(broken)
    page.locator("#answer .problem").wait_for()
    open_training(page)
    expect(learn.locator(".moments strong").last).to_have_text(EXAMPLE)
