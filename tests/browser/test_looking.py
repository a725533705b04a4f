"""What the page says while an answer is awaited, in headless Chromium."""

import re
import time

import pytest
from playwright.sync_api import expect

from fmnist.data import datasets
from helpers.browser import ONE, SEVEN, choose, draw, images, says

OPEN_FOUR = [(0.3, 0.2), (0.3, 0.5), (0.7, 0.5)]
UPRIGHT = [(0.65, 0.2), (0.65, 0.85)]


@pytest.fixture
def page(visit):
    page = visit(alone=True)
    draw(page, SEVEN)
    says(page, "7")
    return page


def note(page):
    return page.locator("#looking [role=status]")


def opacity(page):
    return page.locator("#answer .verdict").evaluate("each => getComputedStyle(each).opacity")


def test_an_older_answer_fades_until_the_new_one_is_there(page):
    held = []
    page.route("**/gradio_api/run/**", lambda route: held.append(route))
    page.get_by_role("button", name="Clear").click()
    expect(note(page)).to_have_text("Looking …")
    assert opacity(page) == "0.5"
    expect(note(page)).to_have_text(re.compile("Still looking: .* is slow"))
    held[0].continue_()
    expect(note(page)).to_be_empty()
    expect(page.locator("#answer .hint")).to_be_visible()


def test_the_answer_to_a_picture_before_the_last_one_is_faded_too(page):
    """Or on a slow connection it would flicker while one draws."""
    held = []
    page.route("**/gradio_api/run/**", lambda route: held.append(route))
    page.get_by_role("button", name="Clear").click()
    expect(note(page)).to_have_text("Looking …")
    draw(page, ONE)
    page.evaluate(
        """() => {
            window.said = [];
            const look = () => said.push(document.querySelector("#bench").matches(".stale"));
            new MutationObserver(look).observe(document.querySelector("#bench"), {
                attributeFilter: ["class"] });
        }"""
    )
    with page.expect_request("**/gradio_api/run/**"):
        held[0].continue_()
    assert page.evaluate("said") == []
    held[1].continue_()
    says(page, "1")
    expect(page.locator("#bench.stale")).to_have_count(0)


def test_a_stroke_drawn_during_a_request_is_answered_though_its_answer_came_first(page):
    page.get_by_role("button", name="Clear").click()
    draw(page, UPRIGHT)
    says(page, "1")
    held = hold(page, '"small"')
    page.get_by_label("Small network").check()
    until(page, held)
    box = page.locator("#sketch canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in OPEN_FOUR]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    says(page, "4")  # the answer to the pad's request
    page.evaluate(
        """() => {
            window.arrival = new Promise((done) =>
                document.addEventListener("answered", () => done(true), { once: true }));
        }"""
    )
    held[0].continue_()
    assert page.evaluate("arrival")
    page.mouse.up()
    page.wait_for_function("!document.querySelector('#looking [role=status]').textContent")
    says(page, "4")


def test_the_saved_picture_waits_for_the_answer(page):
    held = hold(page, '"small"')
    page.get_by_label("Small network").check()
    until(page, held)
    page.evaluate(
        """() => {
            window.order = [];
            document.addEventListener("arrived", () => order.push("answer"));
            const make = URL.createObjectURL;
            URL.createObjectURL = (file) => (order.push("picture"), make(file));
        }"""
    )
    with page.expect_download():
        page.get_by_role("button", name="Save as picture").click()
        page.evaluate("() => new Promise((frame) => setTimeout(frame, 200))")
        held[0].continue_()
    assert page.evaluate("order") == ["answer", "picture"]


def test_a_part_that_cannot_be_loaded_is_told_of(page, wrong):
    page.route("**/inside/inside.js", lambda route: route.abort())
    page.locator("#inside summary").first.click()
    said = page.get_by_role("alert")
    expect(said).to_have_text("A part of this page could not be loaded: reload the page.")
    assert "Failed" in wrong.pop()


BUSY = "The server is busy right now: try again in 10 seconds."


def refuse(page, address, times):
    busy = {"status": 503, "json": {"error": BUSY, "detail": BUSY}}
    page.route(address, lambda route: route.fulfill(**busy), times=times)


def test_a_refusal_is_explained_and_the_older_answer_stays_faded(page, wrong):
    refuse(page, "**/gradio_api/run/**", times=2)  # it is sent once more
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("!document.querySelector('#looking [role=status]').textContent")
    expect(page.get_by_role("alert")).to_have_text(BUSY)
    expect(page.locator("#bench.stale")).to_have_count(1)
    draw(page, SEVEN)
    says(page, "7")
    expect(page.get_by_role("alert")).to_be_empty(timeout=15_000)  # it can be read for ten seconds
    expect(page.locator("#bench.stale")).to_have_count(0)
    assert all("503" in wrong.pop() for _ in range(2))


def test_after_an_example_that_was_refused_another_can_be_clicked(page, wrong):
    refuse(page, "**/run/predict*", times=1)
    page.get_by_role("button", name="Example: Ankle boot").click()
    expect(page.get_by_role("alert")).to_have_text(BUSY)
    page.get_by_role("button", name="Example: Three in red").click()
    says(page, "3")
    assert "503" in wrong.pop()


def test_the_last_picture_is_answered_though_the_one_before_was_refused(page, wrong):
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#answer .hint")).to_be_visible()
    held = []
    page.route("**/gradio_api/run/**", lambda route: held.append(route), times=1)
    with page.expect_request("**/gradio_api/run/**"):
        page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("button", name="Undo").click()  # these wait for the answer to the first
    held.pop().fulfill(status=503, json={"error": BUSY})
    says(page, "7")
    expect(note(page)).to_be_empty()
    expect(page.locator("#bench.stale")).to_have_count(0)
    assert "503" in wrong.pop()


def test_a_refusal_is_seen_wherever_one_has_scrolled_to(page, wrong):
    page.get_by_role("tab", name="Compare").click()
    images(page).first.wait_for()
    images(page).last.scroll_into_view_if_needed()
    refuse(page, "**/gradio_api/run/**", times=1)
    choose(page, "What it is", "3")
    expect(page.get_by_role("alert")).to_have_text(BUSY)
    expect(page.get_by_role("alert")).to_be_in_viewport()
    assert page.evaluate("window.scrollY") > 900
    assert "503" in wrong.pop()


def test_nothing_is_said_once_the_answer_is_there(page):
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#answer .hint")).to_be_visible()
    expect(note(page)).to_be_empty()
    expect(page.locator("#bench.stale")).to_have_count(0)


def hold(page, text):
    """The first request that contains this text is held back, and put into the list returned."""
    held = []

    def either(route):
        if text in route.request.post_data and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/run/**", either)
    return held


def until(page, held):
    """Wait until a request is held back."""
    deadline = time.monotonic() + 60
    while not held:
        assert time.monotonic() < deadline, "It asked for nothing."
        page.evaluate("() => new Promise(requestAnimationFrame)")


def test_what_is_wanted_since_a_refusal_is_looked_into(page, wrong):
    held = hold(page, '"pixels"')
    page.locator("#inside summary").first.click()
    until(page, held)
    draw(page, [(0.3, 0.5), (0.7, 0.5)])  # across the seven
    held[0].fulfill(status=503, json={"error": BUSY})
    expect(page.locator("#inside .why strong")).to_have_text("7")
    assert "503" in wrong.pop()


def test_another_test_image_opens_though_the_one_before_was_refused(page, wrong):
    page.get_by_role("tab", name="Compare").click()
    held = hold(page, '"number"')
    images(page).nth(0).click()
    until(page, held)
    images(page).nth(1).click()
    number = int(images(page).nth(1).get_attribute("data-number"))
    held[0].fulfill(status=503, json={"error": BUSY})
    truth = datasets.test_set("mnist").labels[number]
    expect(page.locator("#truth [role=status]")).to_have_text(f"It is: {truth}")
    assert "503" in wrong.pop()
