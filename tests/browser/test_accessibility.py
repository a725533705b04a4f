"""Every tab in every state, light and dark, wide and on a phone: axe-core finds nothing wrong, each
target is large enough for a finger, and nothing moves for those who ask for that."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from helpers.browser import DRESS, SEVEN, draw, open_inside, open_training, say, show, upload

STAR = [(0.2, 0.85), (0.5, 0.12), (0.8, 0.85), (0.1, 0.4), (0.9, 0.4), (0.2, 0.85)]
LOOKS = {
    "1280, opened light": {"size": (1280, 812), "color_scheme": "light"},
    "375, opened dark": {"size": (375, 812), "color_scheme": "dark"},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # the only rules that the scheme matters to
LESS = {rule: {"enabled": False} for rule in OF_COLOURS}
FORMS = {"runOnly": RULES, "rules": LESS, "resultTypes": ["violations"]}
COLOURS = {"runOnly": OF_COLOURS, "resultTypes": ["violations"]}
FIND = """async ([options, where]) => {
    if (where?.length === 0) return [];
    const { violations } = await axe.run(where ?? document, options);
    return violations.map(({ id, help, nodes }) =>
        `${id} (${help}): ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}"""
# What can be seen and has text or takes input, one of each look, unless that was judged before. A
# look is all that axe judges colours by: an element's own, and those around it, as nothing else
# lies behind a text here. It does not judge symbols, single letters, and what is disabled.
NEW_LOOKS = """() => {
    const looks = new Map([[null, ""]]);
    const look = (each) => {
        if (!looks.has(each)) {
            const style = getComputedStyle(each);
            const own = ["color", "backgroundColor", "backgroundImage", "opacity", "filter",
                "textShadow", "fontSize", "fontWeight", "position"].map((name) => style[name]);
            const disabled = each.matches(":disabled, [aria-disabled=true]");
            looks.set(each, [look(each.parentElement), each.localName, disabled, ...own].join());
        }
        return looks.get(each);
    };
    window.judged ??= new Set();
    return [...document.body.querySelectorAll("*")].filter((each) => {
        const texts = [...each.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
        const text = texts.map(({ data }) => data).join("").trim();
        if (!text && !each.matches("input, select, textarea")) return false;
        if (!each.checkVisibility({ visibilityProperty: true })) return false;
        const kind = look(each) + /[\\p{L}\\p{N}].*[\\p{L}\\p{N}]/su.test(text);
        return !judged.has(kind) && judged.add(kind);
    });
}"""
STILL = "() => Promise.allSettled(document.getAnimations().map((each) => each.finished))"
# What is less than 24 px wide or high (WCAG 2.2, 2.5.8) and does not stand in a line of text.
SMALL = """() => [...document.querySelectorAll(
    'button, summary, select, input, a:not(p a, figcaption a), [role="tab"], [role="option"]')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
    .filter(([, { width, height }]) => width && height && Math.min(width, height) < 24)
    .map(([each, { width, height }]) =>
        `${width.toFixed()}×${height.toFixed()}: ${each.outerHTML.slice(0, 120)}`)"""


class Audit:
    """A page, and what has been found wrong on it."""

    def __init__(self, page, scheme):
        self.page, self.scheme, self.found = page, scheme, []
        page.evaluate(Axe().axe_script)

    def __call__(self, state):
        """Look at the page as it is now, once nothing moves: what fades in is pale at first."""
        self.page.evaluate(STILL)
        self.find(state, FORMS)
        self.found += [f"{state}: small target: {each}" for each in self.page.evaluate(SMALL)]
        self.judge_colours(state)
        self.scheme = "light" if self.scheme == "dark" else "dark"
        self.page.emulate_media(color_scheme=self.scheme)  # the page follows the system's
        expect(self.page.locator("body")).to_have_class(["", "dark"][self.scheme == "dark"])
        self.page.evaluate(STILL)
        self.judge_colours(state)

    def judge_colours(self, state):
        self.find(f"{state}, {self.scheme}", COLOURS, self.page.evaluate_handle(NEW_LOOKS))

    def find(self, state, options, where=None):
        self.found += [f"{state}: {each}" for each in self.page.evaluate(FIND, [options, where])]


@pytest.fixture(params=LOOKS)
def audit(visit, request):
    look = LOOKS[request.param]
    audit = Audit(visit(**look, reduced_motion="reduce"), look["color_scheme"])
    yield audit
    assert not audit.found, "\n".join(audit.found)


def filled_in(page, label):
    """Wait until Compare shows all that it has on test images, one of its classes being this."""
    page.locator("#mistakes li").first.wait_for()
    page.locator("#confusions").get_by_title(f"{label} recognised").first.wait_for()


def test_a_drawing_from_the_empty_pad_to_the_last_tool(audit):
    page = audit.page
    audit("empty")
    page.get_by_label("Small network").check()
    draw(page, STAR)
    expect(page.locator("#answer .unknown")).to_be_visible()
    page.get_by_role("button", name="Fill", exact=True).click()
    page.locator("#sketch canvas").click(position={"x": 9, "y": 9})
    expect(page.locator(".pad-said")).to_contain_text("Nothing encloses this spot")
    audit("no digit, and nothing to fill")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Pen", exact=True).click()
    draw(page, SEVEN)
    expect(page.locator("#answer .sure")).to_be_visible()
    audit("answer")
    page.get_by_role("button", name="Select and edit").click()
    page.get_by_text("What would change the answer?").click()
    expect(page.locator("#changes li")).not_to_have_count(0)
    say(page, "1")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".share-said")).not_to_be_empty()
    audit("changed, taught and shared")
    open_inside(page)
    page.locator('#inside [data-index="2"] canvas').click(position={"x": 70, "y": 20})
    expect(page.locator("#inside .filter")).to_be_visible()
    page.get_by_text("Break it").click()
    page.get_by_label("a blurred image").check()
    expect(page.locator("#inside .left")).to_be_visible()
    audit("looked inside, broken")
    page.get_by_role("button", name="Repair it").click()
    expect(page.locator("#inside .why")).to_be_visible()
    audit("looked inside")
    page.get_by_role("tab", name="Compare").click()
    filled_in(page, "9")
    audit("drawing compared")
    page.get_by_label("Clothing", exact=True).check()
    expect(page.locator("#answers .verdict", has_text="switch to Digits").first).to_be_visible()
    filled_in(page, "Bag")
    audit("digit taken for clothing")


def test_a_photo_and_what_is_none(audit, tmp_path):
    page = audit.page
    page.get_by_label("Clothing", exact=True).check()
    expect(page.locator("#answer .hint")).to_contain_text("clothing")
    audit("no photo")
    upload(page, DRESS)
    page.get_by_role("button", name="Background and ink").click()
    expect(page.get_by_role("radiogroup", name="Remove the background")).to_be_visible()
    audit("photo")
    broken = tmp_path / "broken.png"
    broken.write_text("no picture")
    with page.expect_file_chooser() as chooser:
        page.locator("#photo").get_by_role("button", name="Upload file").click()
    chooser.value.set_files(broken)
    expect(page.locator("#answer .problem")).to_be_visible()
    audit("error")
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#answers .problem").first).to_be_visible()
    filled_in(page, "Bag")
    audit("error in Compare")


def test_the_other_tabs(audit, files):
    page = audit.page
    page.get_by_role("tab", name="Compare").click()
    filled_in(page, "9")
    audit("compare")
    page.get_by_role("tab", name="Many pictures").click()
    audit("several")
    show(page, files)
    audit("several, answered")
    page.get_by_role("button", name="How sure the small network is").click()
    audit("several, sorted")
    page.get_by_role("tab", name="Training").click()
    page.locator("#learning svg").first.wait_for()
    audit("training, closed")
    open_training(page)
    page.locator("#learning").get_by_label("published").first.check()
    audit("training")
    page.locator("#learn h2").scroll_into_view_if_needed()
    slider = page.get_by_role("slider", name="Moment of the training")
    slider.press("End")
    audit("trained")
    slider.press("Home")
    audit("untrained")


MOVING = """() => [...document.querySelectorAll("*")].flatMap((each) =>
    ["", "::before", "::after"].map((part) => getComputedStyle(each, part))
        .filter((style) => style.animationName !== "none"
            || (style.transitionProperty !== "none" && style.transitionDuration !== "0s"))
        .map(() => each.outerHTML.slice(0, 120)))"""


def test_nothing_moves_for_those_who_ask_for_that(visit):
    page = visit(reduced_motion="reduce")
    draw(page, SEVEN)
    for name in ("Classify", "Compare", "Many pictures", "Training"):
        page.get_by_role("tab", name=name).click()
        assert not page.evaluate(MOVING)
