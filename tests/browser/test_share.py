"""Links, pictures to save and pictures to train with, as the browser makes them: nothing of it but
a drawing, or what one chooses, reaches the server."""

import base64
import io
import json
import random
import re
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import expect

import fmnist
from fmnist.data import datasets, people
from fmnist.networks.definitions import NETWORKS
from fmnist.runs import records
from fmnist.training import own
from fmnist.ui import markup, teach
from fmnist.ui.compare.images import Filters, find
from fmnist.ui.examples import FOLDER
from fmnist.ui.server import scripts
from helpers.browser import ONE, SEVEN, ZERO, choose, draw, hand_over, images, say, says, upload

SEVEN_DRAWN = {"width": 0.075, "points": [SEVEN[0], SEVEN[1], SEVEN[1], SEVEN[2]]}
SHIRT = FOLDER / "fashion_mnist" / "t-shirt-on-a-floor.jpg"


def opened(visit, width=1280, **options):
    return visit(size=(width, 812), **options)


def answer(page):
    """The ten shares in words, and the 28×28 pixels, as the page shows them."""
    pixels = picture(page.locator("#answer .seen img").get_attribute("src"))
    return page.locator("#answer .bars td").all_inner_texts(), np.array(pixels, int)


def picture(url):
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def has_link(page, *parts):
    """The address has come to hold all of them."""
    expect(page).to_have_url(re.compile(".*".join(map(re.escape, parts))))


def draw_strokes(page, strokes):
    page.evaluate(
        "strokes => document.dispatchEvent(new CustomEvent('draw', { detail: { strokes } }))",
        strokes,
    )


def test_a_reload_shows_the_same(visit):
    page = opened(visit)
    draw(page, ZERO)
    says(page, "0")
    has_link(page, "#dataset=mnist&network=large&drawing=")
    link = page.url
    _, pixels = answer(page)
    page.reload()
    page.locator("#answer .verdict").wait_for()
    says(page, "0")
    shares, after = answer(page)
    assert np.abs(pixels - after).mean() < 2
    page.get_by_label("Small network").check()
    has_link(page, link.replace("large", "small"))  # the code of the drawing stays as it was
    page.get_by_label("Large network").check()
    has_link(page, link)
    page.reload()
    page.locator("#answer .verdict").wait_for()
    expect(page.locator("#answer .bars td")).to_have_text(shares)


def test_back_and_forward_go_through_tabs_and_keep_the_drawing(visit):
    """Also on a slow device, where the next step comes while the page still follows the last."""
    page = opened(visit)
    draw(page, SEVEN)
    slowed(page)
    has_link(page, "#dataset=mnist&network=large&drawing=")
    for tab in ("compare", "training"):
        page.get_by_role("tab", name=tab).click()
        has_link(page, f"&tab={tab}&drawing=")
    chosen = page.locator('[role="tab"][aria-selected="true"]')
    for step, tab in ((page.go_back, "Compare"), (page.go_back, "Classify")):
        step()
        expect(chosen).to_have_text(tab)
    says(page, "7")
    page.go_forward()
    expect(chosen).to_have_text("Compare")
    expect(page.locator("#answers .verdict").first).to_contain_text("7")


def slowed(page):
    """As on a device on which the next step comes while the page still follows the last."""
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})


def is_shown(page, number, dataset="mnist"):
    """This test image is the picture, and the page says what it really is."""
    has_link(page, f"&image={number}")
    test = datasets.test_set(dataset)
    name = datasets.DATASETS[dataset].names[test.labels[number]]
    expect(page.locator("#truth [role=status]")).to_have_text(f"It is: {name}")
    pixels = markup.data_url(Image.fromarray(test.pixels[number]))
    expect(page.locator("#answer .seen img")).to_have_attribute("src", pixels)
    expect(page.locator("#photo img")).to_be_visible()


def is_tab(page, name):
    expect(page.locator('[role="tab"][aria-selected="true"]')).to_have_text(name)


@pytest.mark.parametrize("width, slow", [(1280, False), (1280, True), (375, False)])
def test_back_and_forward_go_through_opened_test_images(visit, width, slow):
    page = opened(visit, width=width)
    draw(page, SEVEN)
    has_link(page, "drawing=")
    if slow:
        slowed(page)
    page.get_by_role("tab", name="Compare").click()
    has_link(page, "&tab=compare&drawing=")
    images(page).first.wait_for()
    one, two = images(page).evaluate_all("all => all.map(each => Number(each.dataset.number))")[:2]
    images(page).first.click()
    is_shown(page, one)
    page.get_by_role("button", name="Next test image").click()
    is_shown(page, two)
    page.go_back()
    is_shown(page, one)
    page.go_back()
    is_tab(page, "Compare")
    expect(page.get_by_role("radio", name="Draw")).to_be_checked()
    expect(page.locator("#answers .verdict").first).to_contain_text("7")
    has_link(page, "&tab=compare&drawing=")
    page.go_forward()
    is_shown(page, one)
    is_tab(page, "Classify")
    page.go_forward()
    is_shown(page, two)
    page.get_by_role("button", name="Previous test image").click()
    is_shown(page, one)
    page.get_by_label("Draw", exact=True).check()
    expect(page).not_to_have_url(re.compile("image="))
    has_link(page, "#dataset=mnist&network=large&drawing=")
    expect(page.locator("#truth .truth")).to_be_hidden()
    page.go_back()
    is_shown(page, one)


def test_back_from_a_test_image_there_is_the_photo_again(visit):
    page = opened(visit)
    page.get_by_label("Clothing", exact=True).check()
    hand_over(page, "paste", "body", SHIRT)
    photo = page.locator("#photo img")
    before = photo.get_attribute("src")
    page.get_by_role("tab", name="Compare").click()
    has_link(page, "&tab=compare")
    images(page).first.click()
    expect(photo).not_to_have_attribute("src", before)
    has_link(page, "&image=")
    page.go_back()
    expect(photo).to_have_attribute("src", before)
    expect(page.locator("#truth .truth")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 375])
def test_back_from_a_test_image_leads_to_where_it_was_opened(visit, width):
    page = opened(visit, width, query="#dataset=fashion_mnist&network=large&tab=compare")
    images(page).first.wait_for()
    pager = page.get_by_label("Pages of images")
    pager.get_by_role("button", name="Next").click()
    expect(pager).to_contain_text("Page 2 of")
    tenth = images(page).nth(9)
    number = int(tenth.get_attribute("data-number"))
    tenth.click()
    is_shown(page, number, "fashion_mnist")
    page.go_back()
    is_tab(page, "Compare")
    expect(tenth).to_be_focused()
    expect(tenth).to_be_in_viewport()
    assert int(tenth.get_attribute("data-number")) == number
    expect(pager).to_contain_text("Page 2 of")


@pytest.mark.parametrize("width", [1280, 375])
def test_a_test_image_is_shown_again_by_a_reload_and_by_a_sent_link(visit, url, width):
    page = opened(
        visit,
        width,
        query="#dataset=fashion_mnist&network=small&image=12",
        permissions=["clipboard-read", "clipboard-write"],
    )
    is_shown(page, 12, "fashion_mnist")
    page.reload()
    is_shown(page, 12, "fashion_mnist")
    expect(page.get_by_role("radio", name="Small network")).to_be_checked()
    buttons = page.locator("#truth button")
    expect(buttons).to_have_count(2)  # hidden, as Compare shows no images yet
    expect(page.locator("#truth button:visible")).to_have_count(0)
    page.get_by_role("tab", name="Compare").click()
    choose(page, "Show", "all images")
    images(page).nth(3).wait_for()
    page.get_by_role("tab", name="Classify").click()
    is_shown(page, 12, "fashion_mnist")
    expect(page.get_by_text("sees a negative")).to_be_hidden()
    expect(page.get_by_text("A link cannot hold a photo")).to_be_hidden()
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".share-said")).to_contain_text("sees this image and its answer")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url and "image=12" in copied
    hand_over(page, "paste", "body", SHIRT)
    expect(page.get_by_text("sees a negative")).to_be_visible()
    expect(page).not_to_have_url(re.compile("image="))
    expect(page.locator("#truth .truth")).to_be_hidden()


def test_a_test_image_that_comes_late_does_not_replace_what_one_went_to(visit):
    page = opened(visit)
    draw(page, SEVEN)
    has_link(page, "drawing=")
    page.evaluate("location.hash = 'dataset=fashion_mnist&network=small&image=7'")
    is_shown(page, 7, "fashion_mnist")
    page.go_back()
    says(page, "7")
    link, held = page.url, []
    page.route("**/run/predict*", lambda route: held.append(route), times=1)
    with page.expect_request("**/run/predict*"):
        page.go_forward()
    has_link(page, "&image=7")
    page.go_back()
    expect(page).to_have_url(link)
    with page.expect_event("requestfinished", lambda each: "run/predict" in each.url):
        release(held)
    page.get_by_label("Small network").check()
    has_link(page, link.replace("large", "small"))
    says(page, "7")
    expect(page.get_by_role("radio", name="Digits")).to_be_checked()
    expect(page.locator("#truth .truth")).to_be_hidden()
    page.go_forward()
    is_shown(page, 7, "fashion_mnist")  # that entry, too, has stayed as it was


def are_filtered(page, *values):
    """The menus show these filters, and the images are those that pass them."""
    menus = page.locator(".filters select")
    expect(menus).to_have_count(len(values))
    for menu, value in zip(menus.all(), values, strict=True):
        expect(menu).to_have_value(value)
    dataset = page.locator("#dataset input:checked").get_attribute("value")
    runs = {network: records.served_run(dataset, network) for network in NETWORKS}
    found = find(runs, Filters(*values))
    expect(page.locator("#mistakes [role=status]")).to_have_text(
        re.compile(f"^{len(found):,} images?, the {values[0]} network’s")
    )
    expect(images(page).first).to_have_attribute("data-number", str(found[0]))


FIRST = tuple(Filters())


@pytest.mark.parametrize("width, slow", [(1280, False), (1280, True), (375, False)])
def test_back_and_forward_go_through_filters(visit, width, slow):
    page = opened(visit, width=width)
    if slow:
        slowed(page)
    page.get_by_label("Clothing", exact=True).check()
    has_link(page, "#dataset=fashion_mnist")
    page.get_by_role("tab", name="Compare").click()
    are_filtered(page, *FIRST)
    has_link(page, "&tab=compare")
    assert "filter" not in page.url
    chosen = ("large", "right", "any", "any", "any")
    choose(page, "Show", "its right answers")
    are_filtered(page, *chosen)
    has_link(page, "&filter-outcome=right")
    cell = ("small", "any", "Shirt", "T-shirt/top", "any")
    page.get_by_role("button", name="Shirt taken for T-shirt/top by the small network").click()
    are_filtered(page, *cell)
    has_link(page, "&filter-network=small&filter-outcome=any&filter-truth=Shirt")
    differ = ("large", "differ", "any", "any", "any")
    page.get_by_role("button", name="See where they disagree").click()
    are_filtered(page, *differ)
    has_link(page, "&filter-outcome=differ")
    for expected in (cell, chosen, FIRST):
        page.go_back()
        are_filtered(page, *expected)
    page.go_back()
    is_tab(page, "Classify")
    for _ in range(3):
        page.go_forward()
    are_filtered(page, *cell)
    page.go_forward()
    are_filtered(page, *differ)


def test_filters_are_those_that_one_went_to_whatever_is_answered_last(visit):
    """One goes back and forward without waiting, also to another data set and its classes."""
    page = opened(visit)
    page.get_by_role("tab", name="Compare").click()
    are_filtered(page, *FIRST)
    has_link(page, "&tab=compare")
    link = "dataset=fashion_mnist&network=large&tab=compare&filter-truth=Shirt"
    page.evaluate("link => location.hash = link", link)
    shirts = ("large", "wrong", "Shirt", "any", "any")
    are_filtered(page, *shirts)
    page.evaluate("history.back()")
    has_link(page, "#dataset=mnist&network=large&tab=compare")
    page.evaluate("history.forward()")
    has_link(page, link)
    are_filtered(page, *shirts)
    expect(page.get_by_role("radio", name="Clothing")).to_be_checked()
    expect(page).to_have_url(re.compile(link))


@pytest.mark.parametrize("width", [1280, 375])
def test_filters_are_shown_again_by_a_reload_and_by_a_sent_link(visit, url, width):
    page = opened(visit, width=width)
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_role("tab", name="Compare").click()
    are_filtered(page, *FIRST)
    choose(page, "What it is", "Shirt")
    choose(page, "How sure it is", "50 to 90 %")
    chosen = ("large", "wrong", "Shirt", "any", "50 to 90 %")
    are_filtered(page, *chosen)
    has_link(page, "filter-confidence=")
    page.reload()
    are_filtered(page, *chosen)
    other = opened(visit, width, query=page.url.removeprefix(url), permissions=[])
    are_filtered(other, *chosen)
    other.get_by_role("tab", name="Classify").click()
    expect(other).not_to_have_url(re.compile("filter"))
    other.get_by_role("tab", name="Compare").click()
    are_filtered(other, *chosen)


def test_a_sent_link_shows_the_same_elsewhere(visit, url):
    page = opened(visit)
    draw(page, SEVEN)
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_label("Draw", exact=True).check()
    page.get_by_label("Small network").check()
    page.get_by_role("tab", name="Compare").click()
    has_link(page, "#dataset=fashion_mnist&network=small&tab=compare&drawing=")
    said = page.locator("#answers .verdict span:first-child").all_inner_texts()
    other = opened(visit, query=page.url.removeprefix(url), permissions=[])  # shares nothing
    expect(other.get_by_role("tab", name="Compare")).to_have_attribute("aria-selected", "true")
    expect(other.get_by_label("Clothing", exact=True)).to_be_checked()
    answers = other.locator("#answers .verdict span:first-child")
    expect(answers).to_have_text(said, use_inner_text=True)
    other.get_by_role("tab", name="Classify").click()
    expect(other.get_by_role("radio", name="Small network")).to_be_checked()


@pytest.mark.parametrize("late", [False, True])
def test_what_a_link_shows_is_known_to_all_of_the_page(visit, url, late):
    """Also where its scripts come later than gradio's."""
    page = opened(visit)
    draw(page, SEVEN)
    has_link(page, "drawing=")
    link, held = page.url, []
    page.goto("about:blank")
    if late:
        page.route("**/scripts/**", lambda route: held.append(route))
        page.on("requestfinished", lambda each: "/assets/index-" in each.url and release(held))
    page.goto(link)
    says(page, "7")
    assert not held
    page.unroute("**/scripts/**")
    say(page, "1")
    expect(page.locator(".teach-said")).to_contain_text("Kept as")
    file = downloaded(page)
    taught = Image.open(file.open(f"{teach.FOLDER}/1/1.png"))
    assert fmnist.classify(taught).label == "7"
    page.get_by_text("What would change the answer?").click()
    expect(page.locator("#changes li").first).to_be_visible()


def test_a_link_shows_what_is_filled(visit):
    page = opened(visit)
    box = [(0.3, 0.2), (0.7, 0.2), (0.6, 0.8), (0.4, 0.8), (0.3, 0.2)]
    draw_strokes(page, [{"width": 0.045, "points": box}, {"width": 0, "points": [(0.51234, 0.5)]}])
    page.locator("#answer .verdict").wait_for()
    has_link(page, "drawing=")
    _, pixels = answer(page)
    assert pixels[14, 14] > 200
    page.reload()
    page.locator("#answer .verdict").wait_for()
    _, after = answer(page)
    assert np.abs(pixels - after).mean() < 2


def release(held):
    while held:
        held.pop().continue_()


def test_a_link_opened_in_the_same_tab_replaces_the_drawing(page):
    draw(page, ONE)
    has_link(page, "drawing=")
    one = page.url
    page.get_by_role("button", name="Clear").click()
    expect(page).not_to_have_url(re.compile("drawing="))
    draw(page, SEVEN)
    has_link(page, "drawing=")
    page.goto(one)
    says(page, "1")
    page.get_by_role("button", name="Undo").click()  # the link is one more change of the drawing
    says(page, "7")


DAMAGED = {
    "script": "#<script>alert(1)</script>",
    "picture": "#dataset=mnist&network=large&drawing=<img src=x onerror=alert(1)>",
    "other values": "#dataset=__proto__&network=constructor",
    "no values": "#drawing=12EuBofsJ",
    "cut short": "#dataset=mnist&network=large&drawing=12EuBofsJ3L6IXUL",
    "empty": "#dataset=mnist&network=large&drawing=",
    "endless": "#dataset=mnist&network=large&drawing=1" + "A" * 1_000_000,
    "percent": "#%E0%A4%A",
    "no such image": "#dataset=mnist&network=large&image=10000",
    "no number": "#dataset=mnist&network=large&image=1e3",
    "no image": "#dataset=mnist&network=large&image=",
    "no such filter": "#dataset=mnist&network=large&tab=compare&filter-outcome=__proto__",
    "no such class": "#dataset=mnist&network=large&tab=compare&filter-truth=<b>",
}


def test_a_damaged_link_shows_an_empty_pad_and_a_sentence(visit):
    page = opened(visit, query=DAMAGED["script"])
    said = page.locator(".share-said")
    for damaged in DAMAGED.values():
        page.evaluate("hash => location.hash = hash", damaged)
        expect(said).to_contain_text("This link is damaged")
        said.evaluate("said => said.textContent = ''")
    expect(page.locator("#sketch .pad.empty")).to_be_visible()
    expect(page.get_by_label("Digits", exact=True)).to_be_checked()
    page.reload()
    page.locator("#answer .hint").wait_for()
    expect(said).to_contain_text("This link is damaged")
    draw(page, ONE)
    says(page, "1")
    expect(said).to_be_empty()


def test_a_link_to_a_place_on_the_page_is_no_damaged_one(visit):
    page = opened(visit, query="#answer")
    draw(page, ONE)
    has_link(page, "drawing=")
    page.evaluate("location.hash = 'answer'")
    expect(page.locator(".share-said")).to_be_empty()
    says(page, "1")


def test_a_drawing_of_too_much_detail_has_no_link_but_a_picture(page):
    rng = random.Random(0)
    strokes = [
        {"width": 0.02, "points": [[rng.random(), rng.random()] for _ in range(4)]}
        for _ in range(200)
    ]
    draw(page, ONE)
    has_link(page, "drawing=")
    draw_strokes(page, strokes)
    expect(page).not_to_have_url(re.compile("drawing="))
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".share-said")).to_contain_text("too much detail for a link")


def test_what_a_quick_mouse_draws_has_a_link(page):
    box = page.locator("#sketch canvas").bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.locator("#sketch canvas").evaluate(
        """(canvas, { x, y }) => {
            for (let i = 0; i < 5000; i++) {
                const [clientX, clientY] = [x + 50 + i / 20, y + 80 + 20 * Math.sin(i / 200)];
                const move = { pointerId: 1, clientX, clientY };
                canvas.dispatchEvent(new PointerEvent("pointermove", move));
            }
        }""",
        box,
    )
    page.mouse.up()
    has_link(page, "drawing=")


def test_the_link_is_copied(visit):
    page = opened(visit, alone=True, permissions=["clipboard-read", "clipboard-write"])
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    draw(page, SEVEN)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("A link cannot hold a photo")).to_be_hidden()
    expect(page.locator(".share-said")).to_contain_text("Link copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url and "drawing=" in copied


def test_where_the_page_may_not_copy_it_shows_the_link_instead(visit):
    page = visit(permissions=[])
    shown = []
    page.on("dialog", lambda dialog: (shown.append(dialog.default_value), dialog.dismiss()))
    draw(page, SEVEN)
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Copy link").click()
    assert shown == [page.url] and "drawing=" in page.url


BOTH = f"""async (drawings) => {{
    const scripts = new URL("{scripts.FOLDER}/", document.baseURI);
    const {{ decode, encode }} = await import(scripts + "share/code.js");
    const {{ picture }} = await import(scripts + "pad/paint.js");
    return drawings.map((strokes) => {{
        const code = encode(strokes);
        return [code, picture(strokes, 280), picture(decode(code), 280)];
    }});
}}"""


def test_people_s_digits_stay_what_they_are_in_a_link(page):
    items = random.Random(0).sample(people.strokes("digits"), 40)
    codes, drawn, decoded = zip(*page.evaluate(BOTH, list(map(on_pad, items))), strict=True)
    assert max(map(len, codes)) < 600
    for before, after in zip(drawn, decoded, strict=True):
        before, after = (fmnist.classify(picture(url)) for url in (before, after))
        assert before.label == after.label
        assert before.confidence == pytest.approx(after.confidence, abs=0.25)


def on_pad(item):
    """A person's strokes in the middle of the pad."""
    lines = [np.array(line) * 0.6 for line in item["strokes"]]
    offset = (1 - np.concatenate(lines).max(axis=0)) / 2
    return [{"width": 0.075, "points": (line + offset).tolist()} for line in lines]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_answer_is_saved_as_a_picture(visit, theme):
    page = opened(visit, query=f"?__theme={theme}")
    draw_strokes(page, [SEVEN_DRAWN])
    says(page, "7")
    card = saved_card(page)
    drawn = np.array(card.crop((40, 40, 590, 590)).convert("L"))
    assert drawn[110, 275] < 50 and drawn[500, 100] > 250  # a stroke, and the ground
    _, pixels = answer(page)
    assert np.array_equal(card.crop((650, 434, 734, 518)).convert("L").resize((28, 28), 0), pixels)
    assert np.array(card.crop((650, 40, 1160, 270)).convert("L")).min() < 50  # words
    for left in (650, 905):  # each network's bars, of which the first is full
        bars = np.array(card.crop((left, 316, left + 231, 418)).convert("L"))
        assert bars[25, 220] < 120 and bars[59, 220] > 200


def saved_card(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as picture").click()
    name = download.value.suggested_filename
    expect(page.locator(".share-said")).to_have_text(f"Saved as {name}.")
    assert re.fullmatch(r"fmnist(-[a-z0-9]+)+\.png", name)
    card = Image.open(download.value.path())
    assert (card.format, card.size) == ("PNG", (1200, 630))
    return card


def test_what_was_done_is_said_and_gone_again(visit):
    page = opened(visit, alone=True)
    page.clock.install()
    draw_strokes(page, [SEVEN_DRAWN])
    says(page, "7")
    saved_card(page)
    page.clock.run_for(5000)
    expect(page.locator(".share-said")).to_have_text("")


def test_the_picture_can_be_copied(visit):
    page = opened(visit, alone=True, permissions=["clipboard-read", "clipboard-write"])
    draw_strokes(page, [SEVEN_DRAWN])
    says(page, "7")
    page.get_by_role("button", name="Copy picture").click()
    expect(page.locator(".share-said")).to_contain_text("Picture copied")
    kinds = page.evaluate("async () => (await navigator.clipboard.read())[0].types")
    assert kinds == ["image/png"]


def test_on_a_phone_the_picture_goes_to_the_systems_own_sheet(visit):
    page = opened(visit, width=375, has_touch=True, is_mobile=True, alone=True)
    page.add_init_script(SHEET)
    page.reload()
    page.locator("#sketch .pad[data-ready]").wait_for()
    draw_strokes(page, [SEVEN_DRAWN])
    says(page, "7")
    page.get_by_role("button", name="Share picture").tap()
    page.wait_for_function("window.shared")
    assert page.evaluate("shared") == "fmnist-7.png"


SHEET = """
    navigator.canShare = ({ files }) => files[0].type === "image/png";
    navigator.share = async ({ files }) => { window.shared = files[0].name; };
"""


def test_the_words_on_the_card_go_on_in_another_line(page):
    draw_strokes(page, [SEVEN_DRAWN])
    says(page, "7")
    card = np.array(saved_card(page).convert("L"))
    assert card[:, 1160:].min() > 250  # the margin
    first, second = card[434:456, 750:1060], card[460:480, 750:1060]
    assert first.min() < 150 and second.min() < 150


def test_the_card_of_a_photo_shows_it(page):
    page.get_by_label("Clothing", exact=True).check()
    upload(page, SHIRT)
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page.get_by_text("A link cannot hold a photo")).to_be_visible()
    shown = np.array(saved_card(page).crop((40, 40, 590, 590)).convert("RGB"), int)
    photo = ImageOps.contain(Image.open(SHIRT).convert("RGB"), (550, 550))
    left, top = (550 - photo.width) // 2, (550 - photo.height) // 2
    inner = shown[top : top + photo.height, left : left + photo.width]
    assert np.abs(inner - np.array(photo, int)).mean() < 10


def downloaded(page):
    """The ZIP, whole."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download ZIP").click()
    file = zipfile.ZipFile(download.value.path())
    assert file.testzip() is None
    return file


def test_pictures_that_a_person_names_become_a_zip_to_train_with(visit, tmp_path):
    page = opened(visit)
    draw_strokes(page, [SEVEN_DRAWN])  # asks once, and says so once
    says(page, "7")
    asked = []
    page.on("request", lambda each: each.url.startswith("http") and asked.append(each.url))
    say(page, "1")
    expect(page.locator(".teach-said")).to_have_text("Kept as “1”. 1 picture is kept in this tab.")
    assert not asked
    page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    say(page, "1")
    page.get_by_label("Clothing", exact=True).check()
    upload(page, SHIRT)
    says(page, "T-shirt or top")
    say(page, "T-shirt/top")
    expect(page.locator(".teach-said")).to_contain_text("3 pictures are kept")
    file = downloaded(page)
    names = [f"{teach.FOLDER}/{name}" for name in ("1/1.png", "1/2.png", "T-shirt-top/1.jpg")]
    assert file.namelist()[1:] == names
    assert f"train.py --pictures {teach.FOLDER}" in file.read(file.namelist()[0]).decode()
    seven, one, shirt = (Image.open(file.open(name)) for name in names)
    assert (fmnist.classify(seven).label, fmnist.classify(one).label) == ("7", "1")
    assert fmnist.classify(shirt, "fashion_mnist").label == "T-shirt/top"
    file.extractall(tmp_path)
    pictures = own.read(tmp_path / teach.FOLDER)
    ones, shirts = pictures["mnist"].classes, pictures["fashion_mnist"].classes
    assert ones.argmax(axis=1).tolist() == [1, 1] and shirts.argmax(axis=1).tolist() == [0]


def test_a_slip_is_mended_by_another_click(page):
    draw(page, SEVEN)
    said, button = page.locator(".teach-said"), page.locator(".teach").get_by_role("button")
    say(page, "1")
    say(page, "7")
    expect(said).to_have_text("Kept as “7”. 1 picture is kept in this tab.")
    expect(button.filter(has_text="7")).to_have_attribute("aria-pressed", "true")
    expect(button.filter(has_text="1")).to_have_attribute("aria-pressed", "false")
    say(page, "7")
    expect(said).to_have_text("No longer kept.")
    expect(page.get_by_role("button", name="Download ZIP")).to_be_hidden()


def test_what_a_person_said_stays_marked_with_another_network_and_not_on_another_picture(page):
    draw(page, SEVEN)
    seven = page.locator(".teach").get_by_role("button", name="7", exact=True)
    say(page, "7")
    expect(seven).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Small network").check()
    has_link(page, "network=small")
    expect(seven).to_have_attribute("aria-pressed", "true")
    draw(page, ONE)  # besides
    expect(seven).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".teach-said")).to_have_text("1 picture is kept in this tab.")


def test_pictures_stay_in_their_tab_until_they_are_deleted(visit):
    page = opened(visit)
    draw(page, SEVEN)
    say(page, "7")
    has_link(page, "drawing=")
    page.reload()
    page.locator("#answer .verdict").wait_for()
    expect(page.locator(".teach-said")).to_have_text("1 picture is kept in this tab.")
    assert downloaded(page).namelist()[1:] == [f"{teach.FOLDER}/7/1.png"]
    other = opened(visit)
    expect(other.locator(".teach-said")).to_be_empty()
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator(".teach-said")).to_have_text("All deleted.")
    expect(page.get_by_role("button", name="Download ZIP")).to_be_hidden()
    page.reload()
    expect(page.locator(".teach-said")).to_be_empty()


def test_what_is_kept_has_a_limit(page):
    draw(page, SEVEN)
    page.evaluate("sessionStorage.setItem('other', 'x'.repeat(5_242_000))")
    say(page, "1")
    expect(page.locator(".teach-said")).to_contain_text("There is no more room in this tab")
    page.evaluate("sessionStorage.removeItem('other')")
    say(page, "1")
    expect(page.locator(".teach-said")).to_contain_text("1 picture is kept")
    kept = page.evaluate("sessionStorage.getItem('fmnist-taught')")
    (only,) = json.loads(kept)
    large = json.dumps([only | {"url": only["url"] + "A" * (4_000_000 - len(kept))}])
    page.evaluate("large => sessionStorage.setItem('fmnist-taught', large)", large)
    page.reload()
    page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    say(page, "1")
    expect(page.locator(".teach-said")).to_contain_text("There is no more room in this tab")


def test_a_browser_that_stores_nothing_keeps_them_until_the_page_is_left(visit):
    page = opened(visit)
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error(); } })"
    )
    page.reload()
    draw(page, SEVEN)
    say(page, "7")
    expect(page.locator(".teach-said")).to_have_text("Kept as “7”. 1 picture is kept in this tab.")
    assert f"{teach.FOLDER}/7/1.png" in downloaded(page).namelist()


def test_all_of_it_works_by_keyboard(visit):
    page = opened(visit)
    draw(page, SEVEN)
    page.get_by_role("button", name="Copy link").focus()
    page.keyboard.press("Tab")
    with page.expect_download():
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Copy picture")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # opens the classes
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".teach-said")).to_have_text("Kept as “1”. 1 picture is kept in this tab.")
    for _ in range(9):
        page.keyboard.press("Tab")
    with page.expect_download():
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".teach-said")).to_have_text("All deleted.")
    expect(page.get_by_text("Wrong? Say what it is")).to_be_focused()


def test_targets_are_large_enough_on_a_phone(visit):
    page = opened(visit, 375)
    draw(page, SEVEN)
    for dataset in ("Digits", "Clothing"):
        page.get_by_label(dataset, exact=True).check()
        page.get_by_label("Draw", exact=True).check()
        page.locator("#answer .verdict").wait_for()
        say(page, datasets.DATASETS["mnist" if dataset == "Digits" else "fashion_mnist"].labels[0])
        expect(page.locator(".teach-said")).to_contain_text("kept")
        targets = page.locator(":is(.share, .teach) :is(button, summary):visible")
        sizes = targets.evaluate_all(
            "all => all.map((each) => each.getBoundingClientRect().toJSON())"
        )
        assert len(sizes) == 16  # three, ten classes, two, and what opens the classes
        assert all(min(size["width"], size["height"]) >= 24 for size in sizes)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_number_cannot_be_kept_as_one_of_the_ten_classes(visit):
    page = opened(visit)
    draw(page, SEVEN)
    asks = page.get_by_text("Wrong? Say what it is")
    expect(asks).to_be_visible()
    narrow = [[(0.4 * x, 0.2 + 0.6 * y) for x, y in line] for line in (SEVEN, ONE)]
    beside = [[(x + 0.45 * place, y) for x, y in line] for place, line in enumerate(narrow)]
    draw_strokes(page, [{"width": 0.05, "points": points} for points in beside])
    says(page, "71")
    expect(asks).to_be_hidden()
    draw_strokes(page, [SEVEN_DRAWN])
    says(page, "7")
    expect(asks).to_be_visible()
