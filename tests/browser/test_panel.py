"""What a person meets first, in headless Chromium, wide and on a phone: the panel and the page."""

import base64
import io
import itertools
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from fmnist.pictures.opening import WORKING_SIZE
from fmnist.ui import examples
from helpers.browser import (
    DRESS,
    ONE,
    SEVEN,
    THREE,
    draw,
    hand_over,
    open_inside,
    rows,
    saying,
    says,
    show,
    upload,
)

WIDTHS = 1280, 375
BOOT = examples.FOLDER / "fashion_mnist" / "ankle-boot-from-the-test-set.png"
SCRIBBLE = [(0.2, 0.3), (0.8, 0.35), (0.2, 0.5), (0.8, 0.6), (0.2, 0.7), (0.8, 0.8)]
FOUR = examples.FOLDER / "mnist" / "four-in-chalk.png"


@pytest.fixture
def page(visit, width):
    return visit(size=(width, 812))


def choose(page, *labels):
    for label in labels:
        page.get_by_label(label, exact=True).check()


def test_what_was_drawn_and_what_was_uploaded_stay_through_every_switch(page):
    draw(page, ONE)
    choose(page, "Clothing")
    expect(page.get_by_label("Draw", exact=True)).to_be_checked()
    expect(page.locator("#answer .verdict")).to_contain_text("Switch to Digits")
    upload(page, DRESS)
    says(page, "Dress")
    choose(page, "Digits")
    expect(page.locator("#photo img")).to_be_visible()
    expect(page.locator("#answer .verdict")).to_contain_text("Switch to Clothing")
    choose(page, "Draw")
    says(page, "1")
    choose(page, "Upload", "Clothing")
    says(page, "Dress")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("tab, answer", [("Classify", "#answer"), ("Compare", "#answers")])
def test_a_button_switches_to_what_the_picture_looks_like(page, tab, answer):
    page.get_by_role("tab", name=tab).click()
    verdicts = page.locator(f"{answer} .verdict")
    draw(page, SEVEN)
    choose(page, "Clothing")
    switch = verdicts.get_by_role("button", name="Switch to Digits").first
    switch.click()
    expect(page.get_by_label("Digits", exact=True)).to_be_checked()
    expect(verdicts.first).to_have_text(saying("7"))
    expect(page.get_by_label("Draw", exact=True)).to_be_checked()

    choose(page, "Clothing")
    switch.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Digits", exact=True)).to_be_focused()  # where the arrow keys go on
    expect(verdicts.first).to_have_text(saying("7"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Clothing", exact=True)).to_be_checked()
    expect(switch).to_be_visible()


def test_a_photo_stays_when_a_button_switches(page):
    upload(page, DRESS)
    page.locator("#answer .verdict").get_by_role("button", name="Switch to Clothing").click()
    says(page, "Dress")
    expect(page.locator("#photo img")).to_be_visible()


def test_with_nothing_given_the_likelier_source_is_offered(page):
    choose(page, "Clothing")
    expect(page.get_by_label("Upload", exact=True)).to_be_checked()
    expect(page.locator("#answer .hint")).to_contain_text("Upload a picture of clothing")
    expect(page.locator("#guidance")).to_contain_text("One garment")
    expect(page.locator("#answer .bars")).to_contain_text("Ankle boot")
    choose(page, "Draw")
    expect(page.locator("#answer .hint")).to_contain_text(
        "Draw a garment, as an outline or filled: the answer appears here"
    )
    choose(page, "Digits")
    expect(page.get_by_label("Draw", exact=True)).to_be_checked()
    choose(page, "Upload")
    expect(page.locator("#guidance")).to_contain_text("A digit")


@pytest.mark.parametrize("tab, answer", [("Classify", "#answer"), ("Compare", "#answers")])
def test_an_example_is_answered_until_then_and_nothing_moves(page, tab, answer, tmp_path):
    page.get_by_role("tab", name=tab).click()
    expect(page.locator(f"{answer} .hint").first).to_be_visible()
    expect(page.locator(answer)).to_contain_text("Here is an example")
    expect(page.locator(f"{answer} tr:has(.best) th, {answer} .best th").first).to_have_text("5")

    def places():
        """Left, top, width and height of the answer and its bars, on wide pages and narrow ones."""
        found = {}
        for width in (1280, 768, 375, 320):
            resize(page, width)
            found[width] = page.locator(f"{answer}, {answer} .bars").evaluate_all(PLACES)
        resize(page, 1280)
        return found

    before = places()
    draw(page, SEVEN)
    expect(page.locator(f"{answer} tr:has(.best) th, {answer} .best th").first).to_have_text("7")
    assert places() == before
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(f"{answer} tr:has(.best) th, {answer} .best th").first).to_have_text("5")
    text = tmp_path / "text.png"
    text.write_text("no picture")
    hand_over(page, "drop", "#sketch", text)
    expect(page.locator(f"{answer} .problem")).to_be_visible()
    expect(page.locator(f"{answer} .bars").first).to_be_hidden()
    assert heights(places()) == heights(before)


PLACES = """all => all.map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    return [x + scrollX, y + scrollY, width, height];
})"""


def heights(places):
    return {width: [height for *_, height in boxes] for width, boxes in places.items()}


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 812})


def test_nothing_covers_anything_nor_is_cut_off(page):
    draw(page, SEVEN)
    choose(page, "Clothing")  # whose labels are the longer ones
    expect(page.locator("#answer .bars")).to_contain_text("Ankle boot")
    for tab in ("Classify", "Compare", "Training"):
        page.get_by_role("tab", name=tab).click()
        tables = page.locator("table.numbers:visible, .bars:visible")
        tables.first.wait_for()
        for width in (1280, 800, 761, 760, 375, 320):
            resize(page, width)
            assert all(x + across <= width for x, _, across, _ in tables.evaluate_all(PLACES))
            if tab == "Classify":
                (bars,), (seen,) = (
                    page.locator(f"#answer {part}").evaluate_all(PLACES)
                    for part in (".bars", ".seen")
                )
                assert seen[1] >= bars[1] + bars[3] or seen[0] >= bars[0] + bars[2]
        resize(page, 1280)


def test_bars_and_choices_are_seen_in_forced_colours(visit, width):
    page = visit(size=(width, 812), forced_colors="active")
    for line, answer in (SEVEN, "This is"), (SCRIBBLE, "Not sure"):
        draw(page, line)
        expect(page.locator("#answer .verdict")).to_contain_text(answer)
        background, text = page.locator("#answer .bars tr:not(.best) i").first.evaluate(
            "bar => [bar, bar.closest('table')].map(each => getComputedStyle(each))"
            ".map((style, i) => i ? style.color : style.backgroundColor)"
        )
        assert background == text
    chosen, other = page.locator("#dataset label").all()
    assert chosen.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"
    assert other.evaluate("label => getComputedStyle(label).outlineStyle") == "none"


def test_a_pasted_picture_and_a_dropped_one_are_taken_wherever_that_is(page):
    draw(page, ONE)
    hand_over(page, "paste", "body", THREE)
    says(page, "3")
    expect(page.get_by_label("Upload", exact=True)).to_be_checked()
    choose(page, "Draw")
    says(page, "1")
    hand_over(page, "dragover", "header", FOUR)
    expect(page.locator("#panel")).to_have_css("outline-style", "dashed")
    hand_over(page, "drop", "#sketch canvas", FOUR)
    expect(page.locator("#panel")).to_have_css("outline-style", "none")
    says(page, "4")
    hand_over(page, "drop", "#photo img", THREE)
    says(page, "3")
    page.get_by_role("tab", name="Training").click()
    hand_over(page, "drop", "#training", FOUR)
    says(page, "4")
    expect(page.locator("#answer")).to_be_visible()


def test_upload_chooses_another_picture_and_keeps_the_one_there_is_until_then(page):
    upload(page, THREE)
    says(page, "3")
    with page.expect_file_chooser() as chooser:
        page.locator("#photo").get_by_role("button", name="Upload file").click()
    expect(page.locator("#photo img")).to_be_visible()
    chooser.value.set_files(FOUR)
    says(page, "4")


@pytest.fixture
def phone_photo(tmp_path):
    """As a phone takes it: large, lying on its side, with a note to turn it upright."""
    path = tmp_path / "photo.jpg"
    with Image.open(DRESS) as picture:
        lying = picture.convert("RGB").transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned by 90° clockwise, EXIF 2.3, 4.6.4
    large = lying.resize((3 * lying.width, 3 * lying.height))
    grainy = Image.blend(large, Image.effect_noise(large.size, 90).convert("RGB"), 0.15)
    grainy.save(path, quality=95, exif=exif)
    return path


RECORD = """() => {
    window.sent = [];
    const { append } = FormData.prototype;
    FormData.prototype.append = function (name, value) {
        if (value instanceof Blob) window.sent.push(value);
        return append.call(this, name, value);
    };
}"""
SENT = """() => Promise.all(window.sent.map(async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}))"""


@pytest.fixture
def sent(page):
    """A function that gives the files that the page has sent."""
    page.evaluate(RECORD)
    return lambda: [base64.b64decode(text) for text in page.evaluate(SENT)]


@pytest.mark.parametrize("way", ["chosen", "dropped", "pasted", "one of several"])
def test_a_phones_photo_is_made_small_and_upright_before_it_is_sent(page, sent, way, phone_photo):
    choose(page, "Clothing")
    if way == "chosen":
        upload(page, phone_photo)
    elif way == "one of several":
        show(page, [phone_photo])
        expect(rows(page)).to_contain_text("photo.jpg")
        expect(rows(page)).to_contain_text("This is a dress")
    else:
        hand_over(page, {"dropped": "drop", "pasted": "paste"}[way], "#panel", phone_photo)
    if way != "one of several":
        says(page, "Dress")
    (content,) = sent()
    assert len(content) < phone_photo.stat().st_size / 3
    with Image.open(io.BytesIO(content)) as picture, Image.open(DRESS) as dress:
        assert picture.format == "JPEG"
        assert max(picture.size) == WORKING_SIZE
        assert picture.width / picture.height == pytest.approx(dress.width / dress.height, abs=0.01)


def test_what_is_light_transparent_or_no_picture_is_sent_as_it_is(page, sent, tmp_path):
    noise = Image.effect_noise((1000, 1000), 90)
    clear = tmp_path / "transparent.png"
    noise.convert("RGBA").save(clear)
    with Image.open(clear) as picture:
        picture.putpixel((0, 0), (0, 0, 0, 0))
        picture.putalpha(noise)
        picture.save(clear)
    text = tmp_path / "text.png"
    text.write_text("no picture" * 100_000)
    for path in (DRESS, clear, text):
        with page.expect_response(re.compile(r"/upload\?")):
            hand_over(page, "paste", "body", path)
    assert sent() == [path.read_bytes() for path in (DRESS, clear, text)]


COPY = """async (content) => {
    const picture = await fetch(`data:image/png;base64,${content}`).then((each) => each.blob());
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}"""


def paste_button(page):
    return page.locator("#photo .source-selection button").nth(2)


def test_the_paste_button_takes_what_was_copied(visit):
    page = visit(alone=True, permissions=["clipboard-read", "clipboard-write"])
    choose(page, "Clothing")
    png = io.BytesIO()
    Image.open(DRESS).save(png, "PNG")
    page.evaluate(COPY, base64.b64encode(png.getvalue()).decode())
    paste_button(page).click()
    says(page, "Dress")


def test_where_nothing_can_be_pasted_that_is_said_and_other_ways_stay(page):
    choose(page, "Clothing")
    paste_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("There is no picture to paste")
    hand_over(page, "drop", "body", DRESS)
    says(page, "Dress")


def test_a_photo_that_is_still_made_small_does_not_replace_an_example(page, phone_photo):
    uploads = []
    page.on("request", lambda request: "/upload?" in request.url and uploads.append(request))
    page.evaluate(
        """() => {
            const { toBlob } = HTMLCanvasElement.prototype;
            HTMLCanvasElement.prototype.toBlob = function (...given) {
                window.finish = () => toBlob.apply(this, given);
            };
        }"""
    )
    hand_over(page, "paste", "body", phone_photo)
    page.wait_for_function("Boolean(window.finish)")
    page.get_by_role("button", name="Example: Three in red").click()
    says(page, "3")
    page.evaluate("finish()")
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")  # in which it would be sent
    assert not uploads
    says(page, "3")


def test_on_a_phone_a_button_opens_its_own_camera(visit, phone_photo):
    page = visit(size=(375, 611), has_touch=True, is_mobile=True)
    choose(page, "Clothing")
    take = page.locator("#photo").get_by_role("button", name="Take a photo")
    for _ in range(2):  # the same photo, too
        with page.expect_file_chooser() as chooser:
            take.tap()
        asked = chooser.value.element
        assert asked.get_attribute("capture") == "environment"
        assert asked.get_attribute("accept") == "image/*"
        with page.expect_request(re.compile(r"/upload\?")):
            chooser.value.set_files(phone_photo)
        says(page, "Dress")
    with page.expect_file_chooser() as chooser:
        page.locator("#photo").get_by_role("button", name="Upload file").tap()
    assert chooser.value.element.get_attribute("capture") is None  # the album stays


PAINTED = """canvas => canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.filter((value) => value).length"""


ON_THE_WAY = """() => document.querySelector("#answer .best th")?.textContent === "1"
    && document.querySelector("#answer .hint").textContent.includes("this is a 1")"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_example_draws_itself_until_something_is_done(visit, width, motion):
    page = visit(size=(width, 812), reduced_motion=motion)
    asked = []
    page.on("request", lambda each: each.method == "POST" and asked.append(each))
    hint, canvas = page.locator("#answer .hint"), page.locator("#sketch canvas")
    if motion != "reduce":
        page.wait_for_function(ON_THE_WAY)
    expect(page.locator("#sketch .pad.showing")).to_be_visible()
    expect(hint).to_contain_text("this is a 5")
    expect(page.locator("#answer .best th")).to_have_text("5")
    assert canvas.evaluate(PAINTED) > 0
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert not asked
    page.locator("header").click()
    expect(page.locator("#sketch .pad:not(.showing)")).to_be_visible()
    assert canvas.evaluate(PAINTED) == 0
    expect(hint).to_contain_text("this is a 5")
    page.keyboard.press("Control+z")
    expect(page.locator("#sketch .pad.empty")).to_be_visible()
    assert not asked


def test_what_is_drawn_while_the_example_draws_itself_is_what_counts(page):
    page.wait_for_function(ON_THE_WAY)
    draw(page, ONE)
    says(page, "1")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#answer .hint")).to_contain_text("this is a 5")
    expect(page.locator("#sketch .pad.empty:not(.showing)")).to_be_visible()


def test_no_example_draws_itself_when_a_link_is_opened(visit, page):
    draw(page, SEVEN)
    page.wait_for_function("location.hash.includes('drawing')")
    link = page.evaluate("location.hash")
    opened = visit(query=link)
    says(opened, "7")
    expect(opened.locator("#sketch .pad:not(.showing)")).to_be_visible()


def test_look_inside_shows_the_example_until_there_is_something_else(page):
    open_inside(page)
    expect(page.locator("#inside .logits .best th")).to_have_text("5")
    assert page.locator("#inside .maps-of-two canvas").first.evaluate(PAINTED) > 0


@pytest.mark.parametrize("width", WIDTHS)
def test_an_example_stays_where_it_is_when_it_is_clicked_and_its_answer_is_in_sight(page, width):
    for name, answer in (("Dress on a floor", "Dress"), ("Three in red", "3")):
        button = page.get_by_role("button", name=f"Example: {name}")
        button.scroll_into_view_if_needed()
        before = button.bounding_box()
        button.click()
        says(page, answer)
        expect(page.locator("#answer .verdict")).to_be_in_viewport(ratio=1)
        if width > 760:  # elsewhere the answer is above
            assert button.bounding_box() == before


def test_buttons_of_the_photo_say_what_they_do_and_fit_a_finger(page):
    upload(page, DRESS)
    for width, (name, word) in itertools.product(
        WIDTHS,
        (
            ("Upload file", "Upload"),
            ("Capture from camera", "Camera"),
            ("Paste from clipboard", "Paste"),
            ("Remove Image", None),
        ),
    ):
        resize(page, width)
        button = page.locator("#photo").get_by_role("button", name=name)
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        if word:
            shown = button.evaluate("button => getComputedStyle(button, '::after').content")
            assert shown == f'"{word}"'
    photo, row = page.locator("#photo img"), page.locator("#photo .source-selection")
    for width in WIDTHS:
        resize(page, width)
        shown, buttons = photo.bounding_box(), row.bounding_box()
        above = shown["y"] + shown["height"] <= buttons["y"] + 1
        assert above or shown["x"] + shown["width"] <= buttons["x"]
    expect(page.locator("#photo label")).to_be_hidden()


def test_only_what_was_cut_out_is_shown_as_cut_out(page):
    upload(page, DRESS)
    choose(page, "Clothing")
    step = page.locator("#answer .steps figcaption")
    expect(step).to_have_text(["Cut out", "Cut out another way"])
    expect(page.locator("#answer .seen")).to_contain_text("a second cut-out")
    page.get_by_role("button", name="Background and ink").click()
    page.get_by_role("radiogroup", name="Remove the background").get_by_label("never").check()
    expect(step).to_have_text(["Picture"])
    expect(page.locator("#answer .seen")).not_to_contain_text("second")


def test_arrow_keys_choose_within_named_groups_and_among_tabs(page):
    for name, first, second in (
        ("What to recognise", "Digits", "Clothing"),
        ("How to show it", "Upload", "Draw"),  # as clothing has just chosen
        ("Network", "Large network", "Small network"),
    ):
        group = page.get_by_role("radiogroup", name=name, exact=True)
        expect(group.get_by_label(first, exact=True)).to_be_checked()
        group.get_by_label(first, exact=True).focus()
        page.keyboard.press("ArrowRight")
        expect(group.get_by_label(second, exact=True)).to_be_checked()
        expect(group.get_by_label(second, exact=True)).to_be_focused()
    expect(page.locator("#answer .hint")).to_contain_text("Draw a garment")
    page.get_by_role("tab", name="Classify").focus()
    for key, tab in (("Right", "Compare"), ("Left", "Classify"), ("Left", "Training")):
        page.keyboard.press(f"Arrow{key}")
        expect(page.get_by_role("tab", name=tab)).to_be_focused()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")


def test_headings_descend_one_by_one_and_sources_are_linked(page):
    upload(page, BOOT)
    for width in WIDTHS:
        resize(page, width)
        headings = page.locator("h1, h2, h3").filter(visible=True)
        levels = headings.evaluate_all("all => all.map((heading) => Number(heading.tagName[1]))")
        assert levels[0] == 1
        assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
        expect(page.locator("header p")).to_be_visible()
    links = [link.get_attribute("href") for link in page.locator(".sources a").all()]
    assert "https://arxiv.org/abs/1708.07747" in links
    assert "https://github.com/Xfan1025/Fashion-MNIST" in links


# What a button would open gradio begins to load when the pointer comes near. A page that is closed
# meanwhile reports an error.
LOADED = """() => Promise.all([...document.querySelectorAll("link[rel=modulepreload]")]
    .map((link) => import(link.href)))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_footer_can_be_read(visit, theme):
    link = visit(query=f"?__theme={theme}").locator("footer button").first
    for look in (lambda: None, link.hover):
        look()
        link.page.evaluate(LOADED)
        text, behind = link.evaluate(
            """link => [getComputedStyle(link).color,
                getComputedStyle(document.body).backgroundColor]"""
        )
        assert _contrast(text, behind) >= 4.5


def _contrast(*colours):
    """Of two colours as CSS computes them, as WCAG 2.2 defines it."""

    def luminance(colour):
        shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]
        return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted(map(luminance, colours))
    return (high + 0.05) / (low + 0.05)
