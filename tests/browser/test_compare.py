"""What the tab Compare does, in headless Chromium, as wide as a desk and as a phone."""

import itertools
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from fmnist.data import datasets
from fmnist.runs import records
from helpers.browser import SEVEN, choose, draw, images, nothing_is_cut_off


@pytest.fixture
def page(visit, width):
    return visit(size=(width, 812))


@pytest.fixture
def clothing(page):
    """The page, with Compare open and clothing chosen."""
    page.get_by_role("tab", name="Compare").click()
    images(page).first.wait_for()
    page.get_by_label("Clothing", exact=True).check()
    expect(truths(page).first).to_have_text(re.compile("It is: [A-Z]"))
    return page


def truths(page):
    return images(page).locator("b")


def count(page):
    """How many images pass, as the page says."""
    return int(re.match(r"[\d,]+", page.locator("#mistakes p").inner_text())[0].replace(",", ""))


def predictions(dataset):
    """What is right, and what the small and the large network say of each test image."""
    both = [records.served_run(dataset, network).predictions for network in ("small", "large")]
    return datasets.test_set(dataset).labels, *both


def test_images_and_tables_are_sent_when_compare_is_opened(page):
    page.get_by_role("tab", name="Compare").wait_for()
    page.get_by_label("Clothing", exact=True).check()
    page.locator("#photo").wait_for()
    assert not page.locator("#mistakes img, #confusions table").count()
    page.get_by_role("tab", name="Compare").click()
    expect(images(page)).to_have_count(24)
    expect(page.locator("#confusions table")).to_have_count(3)
    nothing_is_cut_off(page)


def test_mistakes_come_first_and_the_surest_before_the_others(clothing):
    truth, _, large = predictions("fashion_mnist")
    assert count(clothing) == (large != truth).sum()
    cards = images(clothing).all_inner_texts()
    assert len(cards) == 24
    sure = [float(re.search(r"Large: .*\s+✗ wrong, .*?([\d.]+)\s%", card)[1]) for card in cards]
    assert sure == sorted(sure, reverse=True)


def test_what_both_get_wrong_in_the_same_way_can_be_seen(clothing):
    truth, small, large = predictions("fashion_mnist")
    same = ((large != truth) & (small == large)).sum()
    choose(clothing, "Show", "images that both get wrong in the same way")
    expect(clothing.locator("#mistakes p")).to_contain_text(f"{same} images")
    for card in images(clothing).all_inner_texts():
        one, other = re.findall(r"(?:Small|Large): (.*)\s+✗", card)
        assert one == other


def test_filters_narrow_each_other(clothing):
    truth, small, _ = predictions("fashion_mnist")
    shirt, coat = map(datasets.FASHION_MNIST.labels.index, ("Shirt", "Coat"))
    choose(clothing, "Network", "Small network")
    choose(clothing, "What it is", "Shirt")
    choose(clothing, "What the network says", "Coat")
    found = ((truth == shirt) & (small == coat)).sum()
    expect(clothing.locator("#mistakes p")).to_contain_text(f"{found} images")
    assert set(truths(clothing).all_inner_texts()) == {"It is: Shirt"}
    choose(clothing, "How sure it is", "50 to 90 %")
    expect(clothing.locator("#mistakes p")).not_to_contain_text(f"{found} images")
    for card in images(clothing).all_inner_texts():
        assert 50 <= float(re.search(r"Small: Coat\s+✗ wrong, ([\d.]+)", card)[1]) <= 90
    choose(clothing, "Show", "its right answers")
    expect(clothing.locator("#mistakes p")).to_have_text(re.compile("No test image matches"))


def test_compare_opens_with_what_the_large_network_gains_in_one_sentence(clothing):
    truth, small, large = predictions("fashion_mnist")
    right = [int((each == truth).sum()) for each in (small, large)]
    sentence = clothing.locator(".glance")
    expect(sentence).to_contain_text(
        f"The large network is right on {right[1] - right[0]} more of the 10,000 test images than "
        f"the small one: {right[1]:,} against {right[0]:,}. It has 18 times the parameters"
    )
    sentence.get_by_role("button", name="See where they disagree").press("Enter")
    expect(clothing.locator("#mistakes p")).to_be_focused()
    assert count(clothing) == (small != large).sum()
    said = [
        re.findall(r"(?:Small|Large): (.*)", card) for card in images(clothing).all_inner_texts()
    ]
    assert all(one != other for one, other in said)


def test_mistakes_of_each_class_are_paired_bars(clothing):
    truth, small, large = predictions("fashion_mnist")
    shirt = truth == datasets.FASHION_MNIST.labels.index("Shirt")
    wrong = [float((each != truth)[shirt].mean()) for each in (small, large)]
    row = clothing.locator(".mistaken").get_by_role("row", name="Shirt", exact=False).last
    expect(row.locator("td")).to_have_text([f"{100 * share:.1f}\u00a0%" for share in wrong])
    lengths = [bar.bounding_box()["width"] for bar in row.locator("i").all()]
    assert lengths[1] / lengths[0] == pytest.approx(wrong[1] / wrong[0], rel=0.05)


def test_both_networks_are_in_one_table_which_says_whether_they_agree(page):
    draw(page, SEVEN)
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator(".agree")).to_have_text("Both say a 7.")
    table = page.locator("#answers table")
    expect(table).to_have_count(1)
    expect(table.locator('th[scope="col"]')).to_have_text(["Small", "Large"])
    expect(table.locator("tr:has(.best) th")).to_have_text("7")
    expect(table.locator(".best")).to_have_count(2)
    page.get_by_label("Clothing", exact=True).check()
    expect(page.locator(".agree")).to_have_text("Neither network is sure.")
    expect(table.locator("th").first).to_have_text("Small, if it had to choose")


def test_pages_have_numbers_and_an_end(clothing):
    choose(clothing, "What it is", "Shirt")
    expect(truths(clothing)).to_have_text(["It is: Shirt"] * 24)
    pager = clothing.get_by_label("Pages of images")
    back, forth = (pager.get_by_role("button", name=name) for name in ("Previous", "Next"))
    last = -(-count(clothing) // 24)
    expect(pager).to_contain_text(f"Page 1 of {last}")
    expect(back).to_be_disabled()
    shown = []
    for number in range(1, last + 1):
        expect(pager).to_contain_text(f"Page {number} of {last}")
        shown += images(clothing).evaluate_all("all => all.map(each => each.dataset.number)")
        if number < last:
            forth.press("Enter")
    expect(forth).to_be_disabled()
    expect(forth).to_be_focused()
    status = clothing.locator("#mistakes [role=status]")
    expect(status).to_contain_text(f"answers first, page {last}")
    forth.press("Enter")  # which leads nowhere
    assert len(set(shown)) == len(shown) == count(clothing)
    back.click()
    expect(pager).to_contain_text(f"Page {last - 1} of {last}")


@pytest.mark.parametrize("by, width", [("Enter", 1280), ("click", 375)])
def test_an_image_that_is_chosen_is_answered_in_classify(clothing, by):
    choose(clothing, "Network", "Small network")
    expect(clothing.locator("#mistakes p")).to_contain_text("the small network")
    image = images(clothing).nth(3)
    pixels = image.locator("img").get_attribute("src")
    said, sure = re.search(r"Small: (.*)\s+✗ wrong, (.*)", image.inner_text()).groups()
    image.click() if by == "click" else image.press("Enter")
    expect(clothing.get_by_role("tab", name="Classify")).to_be_focused()
    expect(clothing.locator("#answer .bars .best th")).to_have_text(said)
    expect(clothing.locator("#answer .bars .best td").first).to_have_text(sure)
    assert clothing.locator("#answer .seen img").get_attribute("src") == pixels
    expect(clothing.get_by_role("radio", name="Small network")).to_be_checked()
    expect(clothing.get_by_role("radio", name="Upload")).to_be_checked()
    shown = clothing.locator("#photo img")
    expect(shown).to_be_in_viewport()
    assert shown.bounding_box()["width"] > 150


def test_an_opened_image_says_what_it_is_and_leads_to_the_next(clothing):
    names = [each.removeprefix("It is: ") for each in truths(clothing).all_inner_texts()]
    note = clothing.locator("#truth")
    images(clothing).first.click()
    expect(note.get_by_role("status")).to_have_text(f"It is: {names[0]}")
    back, forth = (note.get_by_role("button", name=name) for name in ("Previous", "Next"))
    expect(back).to_be_disabled()
    for name in names[1:3]:
        forth.press("Enter")
        expect(note.get_by_role("status")).to_have_text(f"It is: {name}")
        expect(forth).to_be_focused()
    pixels = images(clothing).nth(1).locator("img").get_attribute("src")
    back.click()
    expect(note.get_by_role("status")).to_have_text(f"It is: {names[1]}")
    expect(clothing.locator("#answer .seen img")).to_have_attribute("src", pixels)
    clothing.get_by_label("Draw", exact=True).check()
    expect(note.locator("div").last).to_be_hidden()


def test_cells_of_the_matrices_open_their_images_by_keyboard_too(clothing):
    truth, small, large = predictions("fashion_mnist")
    top, shirt = map(datasets.FASHION_MNIST.labels.index, ("T-shirt/top", "Shirt"))
    found = ((truth == shirt) & (large == top)).sum()
    name = f"Shirt taken for T-shirt/top by the large network: {found} images"
    clothing.get_by_role("button", name=name).click()
    expect(clothing.locator("#mistakes p")).to_be_focused()
    expect(clothing.locator("#mistakes p")).to_contain_text(f"{found} images")
    expect(clothing.get_by_label("What it is")).to_have_value("Shirt")
    assert set(truths(clothing).all_inner_texts()) == {"It is: Shirt"}

    cells = clothing.locator("#confusions table").first.locator("button")
    assert cells.evaluate_all("all => all.filter(each => each.tabIndex === 0).length") == 1
    cells.first.focus()
    clothing.keyboard.press("ArrowDown")
    focused = clothing.locator(":focus")
    below = next(each for each in range(1, 10) if ((truth == each) & (small == top)).any())
    label = datasets.FASHION_MNIST.names[below]
    found = ((truth == below) & (small == top)).sum()
    expect(focused).to_have_text(str(found))
    clothing.keyboard.press("Enter")
    expect(clothing.get_by_label("What it is")).to_have_value(label)
    expect(clothing.locator("#mistakes p")).to_be_focused()
    expect(clothing.locator("#mistakes p")).to_contain_text("the small network")


COLOUR = """cell => getComputedStyle(cell).backgroundColor.match(/[\\d.]+/g).slice(0, 3)"""


def test_a_matrix_shows_the_difference_with_signs_and_in_the_colours_of_hits_and_mistakes(clothing):
    truth, small, large = predictions("fashion_mnist")
    shirt = datasets.FASHION_MNIST.labels.index("Shirt")
    more = int(((truth == shirt) * ((large == shirt) * 1 - (small == shirt))).sum())
    row = clothing.locator("#confusions table").nth(2).get_by_role("row", name="Shirt", exact=False)
    text = f"{more:+}".replace("-", "−") if more else ""
    expect(row.last.locator("td").nth(shirt)).to_have_text(text)
    hit, miss, better, worse = (
        np.array(
            clothing.locator(f"#confusions td.{kind}:not(:empty)").first.evaluate(COLOUR), float
        )
        for kind in ("hit", "miss", "better", "worse")
    )
    assert np.allclose(better, hit, atol=0.05) and np.allclose(worse, miss, atol=0.05)
    assert not np.allclose(hit, miss, atol=0.3)


def test_another_data_set_has_other_filters(clothing):
    choose(clothing, "Show", "images that both get wrong")
    choose(clothing, "What it is", "Shirt")
    expect(truths(clothing).first).to_have_text("It is: Shirt")
    menu = clothing.get_by_role("combobox", name="What it is")
    expect(menu).to_have_value("Shirt")
    clothing.get_by_label("Digits", exact=True).check()
    expect(truths(clothing).first).to_have_text(re.compile(r"It is: \d"))
    expect(menu).to_have_value("any")
    expect(menu.get_by_role("option")).to_have_text(["anything", *"0123456789"])
    truth, small, large = predictions("mnist")
    assert count(clothing) == ((small != truth) & (large != truth)).sum()


def test_the_answer_does_not_wait_for_the_tables(page):
    draw(page, SEVEN)
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#confusions th").last).to_have_text("9")
    held = []

    def hold_tables(route):
        if '"opened"' in route.request.post_data:
            held.append(route)
        else:
            route.continue_()

    page.route("**/run/predict*", hold_tables)
    page.get_by_label("Clothing", exact=True).check()
    expect(page.locator("#answers .verdict", has_text="switch to Digits").first).to_be_visible()
    expect(page.locator("#confusions th").last).to_have_text("9")
    held.pop().continue_()
    expect(page.locator("#confusions th").last).to_have_text("Ankle boot")


def test_the_last_choice_stays_when_an_older_one_is_answered_late(clothing):
    clothing.evaluate("""() => {
        window.seen = new Set();
        new MutationObserver(() => {
            const truth = document.querySelector("#mistakes b").textContent;
            seen.add(/\\d/.test(truth) ? "digit" : truth);
        }).observe(document.querySelector("#mistakes"), { childList: true, subtree: true });
    }""")
    held = []
    clothing.route("**/run/predict*", lambda route: held.append(route), times=1)
    choose(clothing, "What it is", "Shirt")
    clothing.get_by_label("Digits", exact=True).check()
    expect(clothing.locator("#confusions th").last).to_have_text("9")
    held[0].continue_()
    clothing.wait_for_function("seen.has('It is: Shirt') && seen.has('digit')")
    expect(truths(clothing).first).to_have_text(re.compile(r"It is: \d"))


@pytest.mark.parametrize("width", [1280, 1600, 1920])
@pytest.mark.parametrize("dataset", ["Digits", "Clothing"])
def test_the_difference_stands_beside_the_matrices_where_there_is_room(page, dataset):
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label(dataset, exact=True).check()
    last = datasets.DATASETS[{"Digits": "mnist", "Clothing": "fashion_mnist"}[dataset]].names[-1]
    expect(page.locator("#confusions th").last).to_have_text(last)
    tables = page.locator("#confusions table").all()
    boxes = [table.bounding_box() for table in tables]
    ends = [box["y"] + box["height"] for box in boxes]
    assert max(ends) - min(ends) < 1
    for left, right in itertools.pairwise(boxes):
        assert left["x"] + left["width"] < right["x"]
    sizes = page.locator("#confusions td:not(:empty)").evaluate_all(
        "all => all.map(each => Math.min(each.clientWidth, each.clientHeight))"
    )
    assert min(sizes) >= 24
    assert page.locator("#confusions .scroll").evaluate_all(
        "all => all.every(each => each.scrollWidth <= each.clientWidth)"
    )


@pytest.mark.parametrize("width", [375])
def test_the_difference_stands_below_the_matrices_on_a_phone(clothing):
    boxes = [table.bounding_box() for table in clothing.locator("#confusions table").all()]
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    assert len({box["x"] for box in boxes}) == 1


@pytest.mark.parametrize("source", ["Draw", "Upload"])
def test_which_network_is_better_is_seen_without_scrolling(visit, source):
    page = visit(size=(1280, 900))
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_label(source, exact=True).check()
    bars = page.locator("#answers .bars")
    expect(bars.locator("th").last).to_have_text("Ankle boot")
    expect(page.locator(".agree")).to_have_text("Here is an example. Both say a pullover.")
    if source == "Draw":
        before = bars.bounding_box()["y"]
        draw(page, SEVEN)
        assert bars.bounding_box()["y"] == before
    for part in (page.locator(".glance"), page.locator(".agree"), bars):
        expect(part).to_be_in_viewport(ratio=1)


def disagreements(page):
    return page.locator("#disagreements").get_by_role("button")


def said_of(button):
    """What the name of a drawing says, as the page says it once it is on the pad."""
    name = button.get_attribute("aria-label")
    small, large = re.search("small says (.+) but large says (.+)", name).groups()
    return f"They disagree: the small network says {small} and the large one {large}."


def test_both_networks_answer_each_drawing_as_it_says_there(clothing):
    expect(clothing.locator("#disagreements .note")).to_contain_text("Quick, Draw!")
    for button in disagreements(clothing).all():
        button.click()
        expect(clothing.locator(".agree")).to_have_text(said_of(button))
    expect(clothing.get_by_role("radio", name="Draw", exact=True)).to_be_checked()
    clothing.get_by_label("Digits", exact=True).check()
    expect(clothing.locator("#disagreements .note")).not_to_contain_text("Quick, Draw!")


@pytest.mark.parametrize("width", [1280, 375])
def test_a_drawing_is_put_on_the_pad_by_keyboard_and_can_be_changed(clothing, width):
    button = disagreements(clothing).first
    button.press("Enter")
    expect(clothing.locator(".agree")).to_have_text(said_of(button))
    expect(clothing.locator("#sketch canvas")).to_be_in_viewport(ratio=1)
    expect(clothing.locator(".agree")).to_be_in_viewport(ratio=1)
    clothing.get_by_role("button", name="Clear").click()
    expect(clothing.locator(".agree")).to_have_text("Here is an example. Both say a pullover.")
    clothing.get_by_role("button", name="Undo").click()
    expect(clothing.locator(".agree")).to_have_text(said_of(button))


def test_nothing_is_cut_off_on_the_narrowest_phone(visit):
    page = visit(size=(320, 640))
    for tab in ("Compare", "Many pictures"):
        page.get_by_role("tab", name=tab).click()
        page.locator(
            {"Compare": "#mistakes li", "Many pictures": "#pictures"}[tab]
        ).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_role("tab", name="Compare").click()
    page.get_by_role("button", name=re.compile("^Bag recognised by the small")).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    sizes = page.locator("#confusions button, #mistakes button").evaluate_all(
        "all => all.map(each => Math.min(each.offsetWidth, each.offsetHeight))"
    )
    assert min(sizes) >= 24
