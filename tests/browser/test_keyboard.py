"""The page by keyboard alone: every control is reached, shows that it is, and does what it is for.

Other tests use the pad, the matrices, the sliders and what is shared by keyboard, too.
"""

import pytest
from playwright.sync_api import expect

from helpers import EXAMPLES
from helpers.browser import (
    DRESS,
    SEVEN,
    THREE,
    draw,
    images,
    open_inside,
    open_training,
    rows,
    say,
    says,
    show,
    upload,
)

# What observes its size has had its turn, which comes after a frame's layout.
LAID_OUT = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"""
START = """() => {
    const controls = [...document.querySelectorAll("a, button, input, select, summary, [tabindex]")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true }))
        .filter((each) => each.getClientRects().length)
        .filter((each) => !each.matches(":disabled, [role=status]"));
    // Of radio buttons, and of the cells of a matrix, one is a stop; arrow keys reach the others.
    const others = "input[type=radio]:not(:checked), #confusions td button[tabindex='-1']";
    window.stops = controls.filter((each) => !each.matches(others));
    Object.assign(window, { reached: [], wrong: [], ended: false });
    document.activeElement.blur();
    window.scrollTo(0, 0);
}"""
# Whenever the Tab key is released, note where it has come to; null past the end. A frame is what
# only an element with the focus, or one around it, has. With Shift, go back through what was noted.
WATCH = """() => {
    const framed = (at) => {
        const found = [];
        for (let each = at; each; each = each.parentElement) {
            const { outlineStyle, outlineWidth } = getComputedStyle(each);
            if (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) found.push(each);
        }
        return found;
    };
    const arrive = (at) => {
        const { left, right, top, bottom } = at.getBoundingClientRect();
        const onScreen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
        const focused = framed(at);
        at.blur();
        const otherwise = framed(at);
        at.focus({ preventScroll: true, focusVisible: true });
        const what = at.outerHTML.slice(0, 120);
        if (!onScreen || focused.every((each) => otherwise.includes(each)))
            wrong.push(`focus not seen: ${what}`);
        if (reached.includes(at)) wrong.push(`trapped: ${what}`);
        reached.push(at);
    };
    window.addEventListener("keyup", ({ key, shiftKey }) => {
        const at = document.activeElement;
        if (key !== "Tab") return;
        if (shiftKey) {
            if (reached.at(-1) === at) reached.pop();
        } else if (!ended) {
            ended = at === document.body;
            if (!ended) arrive(at);
        }
    }, true);
}"""
MISSED = """() => {
    const missed = stops.filter((each) => !reached.includes(each));
    if (!ended) wrong.push("the Tab key does not come to an end");
    return [...wrong, ...missed.map((each) => `not reached: ${each.outerHTML.slice(0, 120)}`)];
}"""
# Cells of the matrices that no way of arrow keys leads to from the one that the Tab key stops at.
LOST = """() => [...document.querySelectorAll("#confusions table")].flatMap((table) => {
    const found = new Set(table.querySelectorAll("button[tabindex='0']"));
    for (const cell of found) {
        for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
            cell.focus();
            cell.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            found.add(document.activeElement);
        }
    }
    return [...table.querySelectorAll("button")].filter((each) => !found.has(each));
}).map((each) => each.title)"""


def walk(page, state):
    """Go all over the page with the Tab key and back, wide and as on a phone: what is wrong."""
    found = []
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 812})
        page.evaluate(LAID_OUT)
        found += [f"{state}, {width} px: {each}" for each in walk_once(page)]
    return found


def walk_once(page):
    page.evaluate(START)
    page.mouse.click(2, 2)  # the Tab key begins at the top
    for _ in range(page.evaluate("stops.length") + 1):  # past the last
        page.keyboard.press("Tab")
    found = page.evaluate(MISSED)
    page.keyboard.down("Shift")
    for _ in range(page.evaluate("reached.length")):
        page.keyboard.press("Tab")
    page.keyboard.up("Shift")
    if left := page.evaluate("reached.length"):
        found.append(f"Shift+Tab did not come to {left} of them")
    return found


def test_the_tab_key_reaches_every_control_which_shows_it(page):
    page.evaluate(WATCH)
    draw(page, SEVEN)
    page.get_by_role("button", name="Select and edit").click()
    page.locator("#changes summary").click()
    expect(page.locator("#changes li")).not_to_have_count(0)
    say(page, "1")
    open_inside(page)
    found = walk(page, "a drawing")
    page.get_by_role("tab", name="Compare").click()
    images(page).first.wait_for()
    page.locator("#confusions").get_by_title("9 recognised").first.wait_for()
    found += walk(page, "Compare")
    show(page, [THREE])
    found += walk(page, "Many pictures")
    open_training(page)
    found += walk(page, "Training")
    page.get_by_role("tab", name="Classify").click()
    upload(page, DRESS)
    page.get_by_role("button", name="Background and ink").click()
    page.get_by_role("radiogroup", name="How the digit is written").wait_for()
    expect(page.locator("#inside .why strong")).not_to_have_text("7")
    expect(page.locator("#inside .why")).to_be_visible()
    found += walk(page, "a photo")
    assert not found, "\n".join(found)


def test_arrow_keys_reach_every_cell_of_the_matrices(page):
    page.get_by_role("tab", name="Compare").click()
    for dataset in ("Digits", "Clothing"):
        page.get_by_label(dataset, exact=True).check()
        page.locator("#confusions").get_by_title(
            {"Digits": "9 recognised", "Clothing": "Bag recognised"}[dataset]
        ).first.wait_for()
        assert page.evaluate(LOST) == []


def go(page, control):
    """Press the Tab key until this has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if control.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"The Tab key does not come to {control}.")


def use(page, control, key="Enter"):
    go(page, control)
    page.keyboard.press(key)


def test_a_drawing_is_made_shared_and_looked_into(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    go(page, page.locator("#sketch canvas"))
    for key, times in (("ArrowUp", 12), (" ", 1), ("ArrowDown", 24), (" ", 1)):
        for _ in range(times):
            page.keyboard.press(key)
    says(page, "1")
    use(page, page.get_by_role("button", name="Undo"), "Space")
    expect(page.locator("#answer .hint")).to_be_visible()
    use(page, page.get_by_role("button", name="Redo"))
    says(page, "1")
    use(page, page.get_by_role("button", name="Copy link"))
    expect(page.locator(".share-said")).not_to_be_empty()
    assert "drawing=" in page.evaluate("navigator.clipboard.readText()")
    use(page, page.locator("#inside summary").first, "Space")
    maps = page.locator("#inside .maps-of-two figcaption")
    expect(maps).to_have_count(2, timeout=20_000)
    rival = page.get_by_label("Rather than what")
    go(page, rival)
    page.keyboard.press("8")
    expect(maps.nth(1)).to_contain_text("8")
    expect(rival).to_be_focused()
    go(page, page.locator("#inside fieldset input:checked"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("#inside input[value=picture]")).to_be_checked()
    every = page.locator("#inside .layer button")
    tiles = page.locator("#inside .layer:has(button) input")
    few = int(tiles.get_attribute("max"))
    use(page, every)
    expect(tiles).not_to_have_attribute("max", str(few))


def test_a_picture_is_chosen_replaced_read_differently_and_taken_away(page):
    use(page, page.get_by_role("button", name="Example: Dress"))
    says(page, "Dress")
    use(page, page.locator("#overrides > button"))
    with page.expect_file_chooser() as chooser:
        use(page, page.get_by_role("button", name="Upload file"))
    chooser.value.set_files(EXAMPLES / "fashion_mnist" / "pullover-on-a-sheet.jpg")
    expect(page.locator("#answer .verdict")).not_to_contain_text("Dress")
    # Not at once after they are shown: for some milliseconds gradio may set choices back then.
    go(page, page.locator("#cut_out input:checked"))
    page.keyboard.press("ArrowLeft")  # round to the last, "never"
    expect(page.locator("#answer .steps figcaption")).to_have_text(["Picture"])
    use(page, page.get_by_role("button", name="Remove Image"))
    expect(page.locator("#answer .hint")).to_be_visible()


def test_test_images_are_filtered(page):
    page.get_by_role("tab", name="Classify").focus()
    page.keyboard.press("ArrowRight")
    images(page).first.wait_for()
    menu = page.get_by_role("combobox", name="Network", exact=True)
    go(page, menu)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#mistakes p")).to_contain_text("the small network")
    expect(menu).to_be_focused()


def test_a_table_is_sorted_and_taken_away(page):
    show(page, [THREE, DRESS])
    expect(rows(page).first).to_contain_text(THREE.name)
    least_sure = page.get_by_role("button", name="How sure the large network is")
    use(page, least_sure)
    expect(rows(page).first).to_contain_text(DRESS.name)
    expect(least_sure).to_be_focused()
    with page.expect_download():
        use(page, page.get_by_role("button", name="Save as CSV"))
