"""What the tab “Many pictures” does, in headless Chromium, as wide as a desk and as a phone."""

import csv
import io
import itertools
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import fmnist
from fmnist.ui import examples, several
from fmnist.ui.server import checks
from helpers import EXAMPLES
from helpers.browser import DRESS, THREE, hand_over, nothing_is_cut_off, open_page, rows, show

SEVEN = EXAMPLES / "mnist" / "seven-with-a-bar.png"
WIDTHS = pytest.mark.parametrize("width", [1280, 375])


@pytest.fixture
def page(visit, width):
    """With touch on a phone."""
    return visit(size=(width, 812), has_touch=width < 760)


def press(page, button):
    """With a finger on a phone, otherwise with the mouse."""
    button.tap() if page.viewport_size["width"] < 760 else button.click()


def sorting(page, column):
    return page.get_by_role("button", name=column, exact=True)


def names(page):
    return rows(page).get_by_role("rowheader")


def saved(page):
    """The lines of the CSV."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    content = Path(download.value.path()).read_bytes()
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == len(lines)
    return lines


def test_several_pictures_are_answered_in_a_table(page, files):
    asked = []
    page.on("request", lambda request: request.method == "POST" and asked.append(request.url))
    show(page, files)
    expect(rows(page)).to_have_count(3)
    for row, file in zip(rows(page).all(), files, strict=True):
        expect(row.get_by_role("rowheader")).to_have_text(file.name)
    expect(rows(page).nth(0).locator("td strong")).to_have_text(["a 3", "a 3"])
    expect(rows(page).nth(0).locator("td").first).to_have_text(
        re.compile(r"\s*This is a 3\s+(over )?[\d.]+\s% likely\s*")
    )
    assert rows(page).nth(0).locator("img").evaluate_all(
        "all => all.map(each => Math.min(each.naturalWidth, 29))"
    ) == [29, 28]
    expect(rows(page).nth(1)).to_contain_text("not a picture that can be read")
    expect(rows(page).nth(2).locator("td").first).to_contain_text("switch to Clothing")
    nothing_is_cut_off(page)

    page.get_by_label("Clothing", exact=True).check()
    expect(rows(page).nth(2).locator("td strong")).to_have_text(["a dress", "a dress"])
    paths = [url.partition("gradio_api/")[2] for url in asked]
    for path in ("upload", "call/row"):
        assert paths.count(path) == 2 * len(files)


def test_a_busy_server_is_asked_again_when_it_says(browser, url, files):
    page = open_page(browser, url)
    page.get_by_role("tab", name="Many pictures").click()
    page.clock.install(time=0)
    page.clock.pause_at(1)
    asked = []
    page.on("request", lambda request: request.url.endswith("/upload") and asked.append(request))
    busy = {"status": 503, "headers": {"Retry-After": "10"}, "json": {"detail": "Busy."}}
    page.route("**/upload", lambda route: route.fulfill(**busy), times=2)
    with page.expect_response("**/upload"):
        page.locator("#pictures input").set_input_files(files[0])
    page.get_by_role("button", name="Stop").click()
    page.clock.run_for(60_000)
    assert len(asked) == 1  # nobody waits for it any more
    asked.clear()
    with page.expect_response("**/upload"):
        page.locator("#pictures input").set_input_files(files[0])
    seconds = 0
    while len(asked) == 1 and seconds < 60:
        page.clock.run_for(1000)
        seconds += 1
    assert 10 <= seconds < 60
    expect(rows(page).locator("td strong")).to_have_text(["a 3", "a 3"])
    page.context.close()


@pytest.mark.parametrize("where", [".several-choose", "h1"], ids=["there", "elsewhere"])
def test_pictures_can_be_dropped_anywhere(page, files, where):
    page.get_by_role("tab", name="Many pictures").click()
    box = page.locator(where).bounding_box()
    dragged = {
        "x": box["x"] + box["width"] / 2,
        "y": box["y"] + box["height"] / 2,
        "data": {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1},
    }
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, **dragged})
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_role("tab", name="Many pictures")).to_have_attribute("aria-selected", "true")


def test_a_picture_can_be_pasted(page):
    page.get_by_role("tab", name="Many pictures").click()
    hand_over(page, "paste", "body", THREE)
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text(THREE.name)


def test_the_table_can_be_taken_away_as_csv(page, files):
    show(page, files)
    header, three, broken, _ = saved(page)
    assert header[0] == "file" and header[-1] == "problem" and len(header) == 8
    assert three[:3] == ["three-in-red.png", "3", "sure"] and 0 < float(three[3]) <= 1
    assert broken[0] == "'" + files[1].name  # no formula for a spreadsheet
    assert broken[1:7] == [""] * 6 and "not a picture" in broken[7]


def test_no_more_pictures_are_taken_than_the_page_says(visit, files):
    page = visit()
    show(page, [files[1]] * (several.MOST + 2))
    expect(rows(page)).to_have_count(several.MOST)
    state = page.locator("#pictures [role=status]")
    expect(state).to_contain_text(f"0 answered, {several.MOST} could not be read.")
    expect(state).to_contain_text("2 more were left out")


def test_many_pictures_can_be_stopped_and_what_is_answered_stays(visit, files):
    page = visit()
    asked = []

    def hold_the_second(route):
        asked.append(route)
        if len(asked) == 1:
            route.continue_()

    page.route("**/call/row", hold_the_second)
    page.get_by_role("tab", name="Many pictures").click()
    counted = itertools.count(1)
    with page.expect_request(lambda each: each.url.endswith("/row") and next(counted) == 2):
        page.locator("#pictures input").set_input_files([files[0]] * 3)
    bar = page.get_by_role("progressbar", name="Pictures answered")
    expect(bar).to_have_js_property("value", 1)
    expect(page.locator("#pictures [role=status]")).to_have_text("Reading 3 pictures …")
    with page.expect_event("requestfailed", lambda each: each.url.endswith("/row")):
        page.get_by_role("button", name="Stop").press("Enter")
    expect(bar).to_be_hidden()
    expect(page.get_by_role("button", name="Try it with the examples")).to_be_focused()
    expect(page.locator("#pictures [role=status]")).to_have_text("Stopped. 1 answered.")
    expect(rows(page)).to_have_count(1)


def test_what_waits_when_one_stops_is_not_sent_any_more(visit, files):
    page = visit()
    held, uploads = [], []
    page.on("request", lambda request: request.url.endswith("/upload") and uploads.append(request))
    page.route("**/upload", lambda route: held.append(route), times=1)
    page.get_by_role("tab", name="Many pictures").click()
    with page.expect_request("**/upload"):
        page.locator("#pictures input").set_input_files([files[0]] * 3)
    with page.expect_event("requestfailed", lambda each: each.url.endswith("/upload")):
        page.get_by_role("button", name="Stop").click()
    expect(page.locator("#pictures [role=status]")).to_have_text("Stopped.")
    show(page, [DRESS])
    expect(names(page)).to_have_text([DRESS.name])
    assert len(uploads) == 2


def test_uploads_wait_for_no_answer_and_the_server_gets_no_more_to_answer_than_it_does(visit):
    page = visit()
    held, uploads, passing = [], [], False
    page.route("**/call/row", lambda route: route.continue_() if passing else held.append(route))
    page.on("response", lambda told: told.url.endswith("/upload") and uploads.append(told))
    page.get_by_role("tab", name="Many pictures").click()
    chosen = [THREE] * (checks.OTHERS + 3)
    with page.expect_response(lambda told: len(uploads) == len(chosen)):
        page.locator("#pictures input").set_input_files(chosen)
    assert len(held) == checks.OTHERS
    passing = True
    for route in held:
        route.continue_()
    expect(rows(page)).to_have_count(len(chosen))


@WIDTHS
def test_the_table_is_sorted_as_chosen_by_answer_and_by_how_sure_it_is(page, files):
    three, broken, dress = (file.name for file in files)
    seven = SEVEN.name
    answers = {seven: "7", three: "3", dress: fmnist.classify(DRESS, "mnist", "small").label}
    show(page, [SEVEN, *files])
    expect(names(page)).to_have_text([seven, three, broken, dress])
    for column, order in {
        "Answer of the small network": [broken, *sorted(answers, key=answers.__getitem__)],
        "How sure the large network is": [broken, dress],
        "As chosen": [seven, three, broken, dress],
    }.items():
        press(page, sorting(page, column))
        head = page.get_by_role("columnheader").filter(has=sorting(page, column))
        expect(head).to_have_attribute("aria-sort", "ascending")
        expect(page.locator("#pictures [aria-sort]")).to_have_count(1)
        assert names(page).all_inner_texts()[: len(order)] == order
        lines = saved(page)[1:]
        assert [name.lstrip("'") for name, *_ in lines] == names(page).all_inner_texts()
        press(page, sorting(page, column))
        expect(head).to_have_attribute("aria-sort", "descending")
        assert saved(page)[1:] == lines[::-1]
    nothing_is_cut_off(page)


def test_an_answer_that_arrives_later_takes_its_place_in_the_order(visit, files):
    page = visit()
    held = []
    page.route("**/call/row", lambda route: held.append(route), times=1)
    three, broken, dress = (file.name for file in files)
    page.get_by_role("tab", name="Many pictures").click()
    page.locator("#pictures input").set_input_files(files)
    expect(names(page)).to_have_text([broken, dress])
    sorting(page, "How sure the large network is").click()
    sorting(page, "How sure the large network is").click()
    expect(names(page)).to_have_text([dress, broken])
    held[0].continue_()
    expect(names(page)).to_have_text([three, dress, broken])
    held.clear()
    page.route("**/call/row", lambda route: held.append(route), times=1)
    sorting(page, "As chosen").click()
    page.locator("#pictures input").set_input_files(files)
    expect(names(page)).to_have_text([broken, dress])
    held[0].continue_()
    expect(names(page)).to_have_text([three, broken, dress])


def test_the_examples_can_only_be_tried_once_their_script_is_there(visit):
    page, held = visit(), []
    page.route("**/several/several.js", lambda route: held.append(route))
    with page.expect_request("**/several/several.js"):
        page.get_by_role("tab", name="Many pictures").click()
    button = page.get_by_role("button", name="Try it with the examples")
    expect(button).to_be_disabled()
    held[0].continue_()
    button.click()
    expect(names(page)).not_to_have_count(0)


@WIDTHS
def test_the_examples_of_the_chosen_data_set_can_be_tried(page):
    page.get_by_role("tab", name="Many pictures").click()
    expect(page.get_by_label("Choose up to")).to_have_accessible_name(re.compile("You get a table"))
    press(page, page.get_by_role("button", name="Try it with the examples"))
    for choice, dataset in {"Digits": "mnist", "Clothing": "fashion_mnist"}.items():
        page.get_by_label(choice, exact=True).check()
        files = [path.name for path in examples.FILES if path.parent.name == dataset]
        expect(names(page)).to_have_text(files, timeout=30_000)
        expect(page.locator("#pictures [role=status]")).to_have_text(f"{len(files)} answered.")
        assert all(line[-1] == "" for line in saved(page)[1:])
        expect(page.get_by_role("button", name="Try it with the examples")).to_be_enabled()
    nothing_is_cut_off(page)
