"""What the page says while an answer is awaited, in headless Chromium."""

import re

import pytest
from playwright.sync_api import expect

from helpers.browser import SEVEN, draw, says


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


def test_a_refusal_is_explained_and_the_older_answer_stays_faded(page, wrong):
    busy = "The server is busy right now: try again in 10 seconds."
    page.route(
        "**/gradio_api/run/**",
        lambda route: route.fulfill(status=503, json={"error": busy, "detail": busy}),
        times=1,
    )
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("alert")).to_have_text(busy)
    expect(page.locator("#bench.stale")).to_have_count(1)
    expect(note(page)).to_be_empty()
    draw(page, SEVEN)
    says(page, "7")
    expect(page.get_by_role("alert")).to_be_empty()
    expect(page.locator("#bench.stale")).to_have_count(0)
    assert "503" in wrong.pop()


def test_nothing_is_said_once_the_answer_is_there(page):
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#answer .hint")).to_be_visible()
    expect(note(page)).to_be_empty()
    expect(page.locator("#bench.stale")).to_have_count(0)
