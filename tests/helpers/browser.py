"""Drive the page in headless Chromium as a person does: strokes of the mouse, uploads of files."""

import base64
import contextlib
import os
import re
import shutil

from playwright.sync_api import expect, sync_playwright

from helpers import EXAMPLES

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
ONE = [(0.5, 0.15), (0.5, 0.85)]
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.42, 0.85)]
ZERO = [(0.5, 0.15), (0.3, 0.3), (0.25, 0.5), (0.3, 0.7), (0.5, 0.85), (0.7, 0.7)]
ZERO += [(0.75, 0.5), (0.7, 0.3), (0.5, 0.15)]
THREE = EXAMPLES / "mnist" / "three-in-red.png"
DRESS = EXAMPLES / "fashion_mnist" / "dress-on-a-floor.jpg"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--process-per-site"]  # the scripts that it has compiled serve the next page, too


@contextlib.contextmanager
def chromium():
    """A browser, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def open_page(opener, url, size=(1280, 900), query="", watch=lambda wrong: None, **options):
    """The page, ready to draw on; `options` are for the opener's `new_page`.

    opener: a browser, which gives the page a context of its own, or a context
    watch: called with each error that the page logs and each address of another host it asks
    """
    page = opener.new_page(**options)
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.on("console", lambda said: said.type == "error" and watch(said.text))
    page.on("pageerror", lambda error: watch(str(error)))
    page.on(
        "request", lambda asked: asked.url.startswith((url, "data:", "blob:")) or watch(asked.url)
    )
    page.goto(url + query)
    page.locator("#sketch .pad[data-ready]").wait_for(state="attached")  # then all scripts run
    page.locator("#answer :is(.hint, .verdict)").wait_for(state="attached")  # on a hidden tab, too
    return page


def draw(page, points):
    """Draw a line along points between 0 and 1 of the pad with the mouse; wait for the answer."""
    canvas = page.locator("#sketch canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=3)
    page.mouse.up()
    page.locator(".verdict:visible").first.wait_for()


def upload(page, path):
    """Choose a file as the picture; wait for what the page says of it."""
    page.get_by_label("Upload", exact=True).check()
    with page.expect_file_chooser() as chooser:
        page.locator("#photo").get_by_role("button").first.click()
    chooser.value.set_files(path)
    page.locator("#answer .steps, #answer .problem").first.wait_for(state="attached")


HAND_OVER = """([event, selector, name, content]) => {
    const files = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    files.items.add(new File([bytes], name, { type: "image/*" }));
    const how = { bubbles: true, cancelable: true, dataTransfer: files, clipboardData: files };
    const Kind = event === "paste" ? ClipboardEvent : DragEvent;
    document.querySelector(selector).dispatchEvent(new Kind(event, how));
}"""


def hand_over(page, event, selector, path):
    """Have a file come in by an event "paste", "dragover" or "drop" at an element."""
    content = base64.b64encode(path.read_bytes()).decode()
    page.evaluate(HAND_OVER, [event, selector, path.name, content])


def says(page, answer):
    """The page names this as likeliest, sure of it or not."""
    expect(page.locator("#answer .verdict")).to_have_text(saying(answer))


def saying(answer):
    """What then stands there."""
    return re.compile(rf"(This is|Probably|Perhaps) (an? (pair of )?)?{answer}\b", re.IGNORECASE)


def say(page, label):
    """Have the page keep the picture as one of this class."""
    if not page.locator(".teach details[open]").count():
        page.get_by_text("Wrong? Say what it is").click()
    page.locator(".teach").get_by_role("button", name=label, exact=True).click()


def open_inside(page):
    """Open “Look inside” and wait for all of it."""
    page.locator("#inside summary").first.click()
    expect(page.locator("#inside .why")).to_be_visible(timeout=20_000)


def open_training(page):
    """Open the Training tab, wait until all of it has come, and open its details."""
    page.get_by_role("tab", name="Training").click()
    page.locator("#learning svg").first.wait_for()
    page.locator("#story").scroll_into_view_if_needed()
    page.locator("#story details").first.wait_for()
    page.locator("#story details").evaluate_all("all => all.forEach((each) => each.open = true)")


def images(page):
    """The test images that Compare shows."""
    return page.locator("#mistakes li button")


def nothing_is_cut_off(page):
    """Nor has to be scrolled to, as wide as a desk and as a phone."""
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 812})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def choose(page, menu, choice):
    """Choose in one of Compare's menus."""
    page.get_by_role("combobox", name=menu, exact=True).select_option(choice)


def show(page, files):
    """Choose files in the Several tab, by keyboard; wait until all are answered."""
    page.get_by_role("tab", name="Many pictures").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Choose up to").press("Enter")
    chooser.value.set_files(files)
    expect(page.locator("#pictures [role=status]")).to_contain_text(" answered", timeout=60_000)


def rows(page):
    """Those of the table in the Several tab."""
    return page.locator("#pictures tbody tr")
