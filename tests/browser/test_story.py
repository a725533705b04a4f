"""The Training tab in headless Chromium: sent when it is opened, its curves tell their values."""

import csv
import itertools
import re
import shutil
import urllib.request

import numpy as np
import pytest
from PIL import Image, ImageColor
from playwright.sync_api import expect

from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.runs import authors, records
from fmnist.training import figures
from fmnist.ui.markup import percent
from helpers import ROOT
from helpers.browser import open_page, open_training
from helpers.server import running

RECORDED, OTHER = "mnist-small-robust", "mnist-small-published"
SIZES = (1280, 900), (375, 812)


@pytest.fixture(scope="module")
def run():
    """A run that kept its confusion matrices: all was a 3 at first, and as in the test at last."""
    run = records.read(records.WEIGHTS_DIR / f"{RECORDED}.json")
    last = np.array(run.test["confusion"])
    first = np.zeros_like(last)
    first[:, 3] = last.sum(axis=1)
    for epoch, share in zip(run.history, np.linspace(0, 1, len(run.history)), strict=True):
        epoch["val_confusion"] = (first + share * (last - first)).round().astype(int).tolist()
    return run


@pytest.fixture(scope="module")
def url(run, tmp_path_factory):
    """The app with this run, and another that kept none."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "app.py", tree)
    (tree / "fmnist").symlink_to(ROOT / "fmnist")
    shutil.copytree(records.WEIGHTS_DIR, tree / "weights")
    records.update(run, tree / "weights")
    other = records.read(records.WEIGHTS_DIR / f"{OTHER}.json")
    for epoch in other.history:
        epoch.pop("val_confusion", None)
    records.update(other, tree / "weights")
    with running(tree / "log.txt", cwd=tree) as server:
        yield server.url


@pytest.fixture
def page(page):
    """The page with the Training tab and its details open."""
    assert page.locator("#story").count() == 0
    open_training(page)
    return page


def resize(page, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))


def story(page, recipe="robust"):
    """What is told of the small network's training on MNIST."""
    name = f"Epoch: Small network, recipe “{recipe}”, MNIST"
    article = page.locator("article").filter(has=page.get_by_label(name, exact=True))
    return article, article.get_by_role("slider")


def told(run, number):
    """What the page says of an epoch."""
    epoch = run.history[number - 1]
    return re.compile(
        f"^Epoch {number} of {len(run.history)}: "
        f"right on {percent(epoch['accuracy'], 2)} of the images shown "
        f"and {percent(epoch['val_accuracy'], 2)} of the validation images; "
        f"loss {epoch['loss']:.3f} and {epoch['val_loss']:.3f}; "
    )


def runs_of(dataset):
    return [run for run in records.all_runs() if run.dataset == dataset.name]


def chart(page):
    """The chart of the data set chosen."""
    return page.locator("#learning section:visible")


def show_all(page):
    """Switch on all recipes of the chart."""
    chart(page).locator(".curve").first.wait_for()
    for box in chart(page).get_by_role("checkbox").all():
        box.check()


def place(article, number):
    """Where an epoch stands in the curves, on the screen."""
    return article.locator(".curve.validation path").first.evaluate(
        """(curve, index) => {
            const [x, y] = curve.getAttribute("d").split(/[ML]/)[index + 1].trim().split(" ");
            return new DOMPoint(x, y).matrixTransform(curve.getScreenCTM());
        }""",
        number - 1,
    )


def test_the_page_is_sent_without_what_nobody_has_opened(url):
    with urllib.request.urlopen(url) as answer:
        sent = answer.read().decode()
    assert len(sent) < 300_000
    for part in ("data-chart=", 'class="curve', "Dense, 95 units", "data-epochs=", "People’s own"):
        assert part not in sent


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_each_training_is_told_in_words_curves_and_a_table(page, dataset):
    page.get_by_label(dataset.shows, exact=True).check()
    stories = page.locator("#story article:visible")
    expect(stories).to_have_count(len(runs_of(dataset)))
    for article in stories.all():
        expect(article.locator("li").first).to_contain_text("Epochs 1 to ")
        epochs = int(article.get_by_role("slider").get_attribute("max"))
        expect(article.locator("details").get_by_role("rowheader")).to_have_count(epochs)
    for size in SIZES:
        resize(page, size)
        widths = stories.locator("svg").evaluate_all(
            "all => all.map((svg) => svg.getBoundingClientRect().width)"
        )
        assert len(widths) == stories.count() and min(widths) > 250
    expect(page.locator("#dataset")).to_be_visible()
    for other in ("#source", "#sketch", "#examples"):
        expect(page.locator(other)).to_be_hidden()


def test_the_pointer_tells_the_values_of_an_epoch(page, run):
    article, slider = story(page)
    for size, number in ((SIZES[0], 7), (SIZES[0], 1), (SIZES[1], 7), (SIZES[1], len(run.history))):
        resize(page, size)
        article.locator("svg").scroll_into_view_if_needed()
        where = place(article, number)
        page.mouse.move(where["x"] + 2, where["y"] + 30)
        expect(article.locator("figcaption")).to_have_text(told(run, number))
        expect(slider).to_have_value(str(number))
        mark = article.locator(".mark.validation").first.bounding_box()
        assert mark["x"] + mark["width"] / 2 == pytest.approx(where["x"], abs=0.5)
        assert mark["y"] + mark["height"] / 2 == pytest.approx(where["y"], abs=0.5)


def test_a_finger_tells_them_too(visit, run):
    page = visit(size=(375, 812), has_touch=True, is_mobile=True)
    open_training(page)
    article, _ = story(page)
    article.locator("svg").scroll_into_view_if_needed()
    where = place(article, 5)
    page.touchscreen.tap(where["x"], where["y"])
    expect(article.locator("figcaption")).to_have_text(told(run, 5))


def test_the_slider_shows_the_confusion_matrix_learn(page, run):
    article, slider = story(page)
    assert slider.bounding_box()["height"] >= 24
    slider.focus()
    page.keyboard.press("Home")
    for number in (1, 2, 3):
        expect(slider).to_have_attribute("aria-valuetext", told(run, number))
        counts = run.history[number - 1]["val_confusion"]
        cells = article.locator(".confusion :is(.hit, .miss)")
        expect(cells).to_have_text([str(count or "") for count in np.ravel(counts)])
        page.keyboard.press("ArrowRight")
    page.get_by_role("tab", name="Compare").click()
    page.get_by_role("tab", name="Training").click()
    expect(slider).to_have_value("4")  # what was chosen stays
    other, _ = story(page, "published")  # which recorded none
    expect(other.locator("svg")).to_be_visible()
    assert other.locator(".confusion").count() == 0


def test_wide_tables_scroll_in_their_own_box(visit):
    page = visit(size=(320, 700))
    open_training(page)
    article, _ = story(page)
    box = article.get_by_role("region", name="The curves as a table")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth") == 320


CONTRASTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d");
    const rgb = (colour) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (colour) => {
        const [r, g, b] = colour.map((value) =>
            value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const theme = getComputedStyle(document.querySelector(".gradio-container"));
    const paper = rgb(theme.getPropertyValue("--body-background-fill"));
    const contrast = (colour, band) => {
        // on the darkest band of fmnist/ui/training/training.css
        const darkest = paper.map((value, i) => value + (band[i] - value) * 0.16);
        const [above, below] = [light(colour), light(darkest)].sort((a, b) => b - a);
        return (above + 0.05) / (below + 0.05);
    };
    const band = rgb(getComputedStyle(document.querySelector("#story .phase path")).fill);
    const all = "#training svg";
    return [[`${all} text`, "fill"], [`${all} :is(.curve path, path.curve)`, "stroke"],
        [`${all} :is(.mark path, .dot)`, "fill"]].map(([parts, style]) =>
            Math.min(...[...document.querySelectorAll(parts)].map((each) =>
                contrast(rgb(getComputedStyle(each)[style]), band))));
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_and_their_labels_can_be_read(visit, theme):
    page = visit(query=f"?__theme={theme}")
    open_training(page)
    show_all(page)
    text, lines, marks = page.evaluate(CONTRASTS)
    assert text >= 4.5
    assert lines >= 3 and marks >= 3


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_no_words_in_the_curves_overlap(page, dataset):
    page.get_by_label(dataset.shows, exact=True).check()
    show_all(page)
    for size in SIZES:
        resize(page, size)
        curves = page.locator("#training svg:visible:not(li svg)").evaluate_all(WORDS)
        assert len(curves) == 1 + len(runs_of(dataset))
        for words in curves:
            assert len(words) > 10
            assert not overlapping(words)


WORDS = """curves => curves.map((svg) => [...svg.querySelectorAll("text")].map(
    (text) => text.getBoundingClientRect().toJSON()))"""


def overlapping(boxes):
    """The pairs of boxes that overlap by more than the room between two lines."""
    return [
        (one, other)
        for one, other in itertools.combinations(boxes, 2)
        if all(
            min(one[at] + one[size], other[at] + other[size]) - max(one[at], other[at]) > 2
            for at, size in (("x", "width"), ("y", "height"))
        )
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_are_saved_as_they_are_on_white(visit, browser, theme, run, tmp_path):
    page = visit(query=f"?__theme={theme}")
    open_training(page)
    article, slider = story(page)
    slider.press("Home")
    expect(article.locator("figcaption")).to_have_text(told(run, 1))
    for kind in ("PNG", "SVG"):
        with page.expect_download() as saved:
            article.get_by_role("button", name=f"Save as {kind}").click()
        assert saved.value.suggested_filename == f"{RECORDED}.{kind.lower()}"
        saved.value.save_as(tmp_path / saved.value.suggested_filename)
    viewer = browser.new_page(device_scale_factor=3)
    viewer.goto((tmp_path / f"{RECORDED}.svg").as_uri())
    viewer.locator("svg").screenshot(path=tmp_path / "shown.png")
    viewer.close()
    for name in (f"{RECORDED}.png", "shown.png"):
        shows_curves_on_white(tmp_path / name)


def shows_curves_on_white(path):
    pixels = np.array(Image.open(path).convert("RGB"))
    scale = pixels.shape[1] / figures.WIDTH
    assert scale > 2
    ink, good, white = (
        (pixels == ImageColor.getrgb(each)).all(axis=2)
        for each in (figures.INK, figures.GOOD, "white")
    )
    assert white.mean() > 0.2 and good.any()
    at_first, at_last = (ink[:, round(x * scale)] for x in (figures.LEFT, figures.RIGHT))
    assert at_first.mean() > 0.5 > at_last.mean()  # the line is where the slider is


def at(page, network, number, recipe=0):
    """Where an epoch of a network's curve is in the chart, on the screen."""
    curves = chart(page).locator(f".picture .curve.network-{list(NETWORKS).index(network)}")
    return curves.nth(recipe).evaluate(
        """(curve, index) => {
            const [x, y] = curve.getAttribute("d").slice(1).split("L")[index].split(",");
            return new DOMPoint(x, y).matrixTransform(curve.getScreenCTM());
        }""",
        number - 1,
    )


def errors_told(runs, number):
    """What the chart says of an epoch: the name and the error of each run, and by the author."""

    def told(right, last):
        return f"{percent(1 - right, 2)}{f' (after {last})' if number > last else ''}"

    for run in runs:
        last = min(number, len(run.history))
        yield f"{run.network}, {run.recipe.name}", told(run.history[last - 1]["val_accuracy"], last)
    if "published" in {run.recipe.name for run in runs}:
        reported = authors.EPOCHS[runs[0].dataset, "large"]
        last = max(epoch for epoch in reported if epoch <= number)
        yield "large, by Xfan1025", told(reported[last][1], last)


def tells(page, runs, number):
    """Expect the chart to show these runs' errors after an epoch, in words and by its slider."""
    told = list(errors_told(runs, number))
    expect(chart(page).locator("figcaption")).to_contain_text(f"Wrong after epoch {number}")
    lines = chart(page).locator("figcaption li")
    expect(lines).to_have_text([f"{name}{value}" for name, value in told])
    said = "; ".join(f"{name}: {value} wrong" for name, value in told)
    slider = chart(page).get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", f"Epoch {number}: {said}")
    expect(slider).to_have_value(str(number))


def served(dataset):
    return [records.served_run(dataset.name, network) for network in NETWORKS]


@pytest.mark.parametrize("size", SIZES)
def test_the_chart_tells_what_is_under_the_pointer(visit, size):
    page = visit(size=size)
    page.get_by_role("tab", name="Training").click()
    for dataset in DATASETS.values():
        page.get_by_label(dataset.shows, exact=True).check()
        runs = served(dataset)
        tells(page, runs, max(len(run.history) for run in runs))  # at first, the last epoch
        for number in (1, 7, len(runs[1].history)):
            where = at(page, "large", number)
            page.mouse.move(where["x"] + 1, where["y"] - 20)
            tells(page, runs, number)
            dot = chart(page).locator(".dot.network-1").bounding_box()
            assert dot["x"] + dot["width"] / 2 == pytest.approx(where["x"], abs=0.5)
            assert dot["y"] + dot["height"] / 2 == pytest.approx(where["y"], abs=0.5)


def test_the_chart_tells_what_a_finger_touches(visit):
    page = visit(size=(375, 812), has_touch=True, is_mobile=True)
    page.get_by_role("tab", name="Training").click()
    where = at(page, "small", 5)
    page.touchscreen.tap(where["x"], where["y"])
    tells(page, served(DATASETS["mnist"]), 5)


def test_the_chart_is_read_and_changed_by_keyboard(page):
    runs = runs_of(DATASETS["mnist"])
    on = served(DATASETS["mnist"])
    slider = chart(page).get_by_role("slider")
    slider.press("Home")
    tells(page, on, 1)
    slider.press("ArrowRight")
    tells(page, on, 2)
    chart(page).get_by_label("published").press("Space")
    tells(page, runs, 2)  # the epoch stays
    expect(chart(page).locator(".name")).to_have_text(
        [*(f"{r.network}, {r.recipe.name}" for r in runs), "large, by Xfan1025"]
    )
    slider.press("End")
    tells(page, runs, 30)
    for box in chart(page).get_by_role("checkbox").all():
        box.press("Space")
    tells(page, [], 30)
    expect(chart(page).locator(".curve")).to_have_count(0)


def test_the_chart_says_in_a_sentence_what_one_sees(page):
    for dataset in DATASETS.values():
        page.get_by_label(dataset.shows, exact=True).check()
        for run in served(dataset):
            expect(chart(page).locator(".learned")).to_contain_text(
                re.compile(
                    f"the {run.network} network(,| gets) "
                    + re.escape(percent(1 - run.history[0]["val_accuracy"], 2))
                )
            )
            expect(chart(page).locator(".learned")).to_contain_text(
                f"{percent(1 - run.history[-1]['val_accuracy'], 2)} after {len(run.history)}"
            )


def test_phases_are_marked_in_the_chart(page):
    expect(chart(page).locator(".change")).to_have_count(0)
    page.get_by_label("Clothing", exact=True).check()
    run = records.served_run("fashion_mnist", "large")
    first = run.recipe.phases[0].epochs
    line = chart(page).locator(".change").bounding_box()
    assert at(page, "large", first)["x"] < line["x"] < at(page, "large", first + 1)["x"]
    expect(chart(page).get_by_text("large, robust: people’s pictures join")).to_be_visible()


def test_the_chart_is_of_the_data_set_chosen_wherever_that_was(visit):
    page = visit()
    page.get_by_label("Clothing", exact=True).check()
    page.get_by_role("tab", name="Training").click()
    heading = page.get_by_role("heading", name="How the networks learned")
    expect(heading).to_have_text("How the networks learned: clothing")
    page.get_by_label("Digits", exact=True).check()
    expect(heading).to_have_text("How the networks learned: digits")
    page.get_by_role("tab", name="Classify").click()
    expect(page.get_by_label("Digits", exact=True)).to_be_checked()


def test_the_chart_is_saved_with_what_it_shows(visit, tmp_path):
    page = visit(query="?__theme=dark")
    page.get_by_role("tab", name="Training").click()
    chart(page).get_by_label("published").check()
    chart(page).get_by_label("robust").uncheck()
    shown = [run for run in runs_of(DATASETS["mnist"]) if run.recipe.name == "published"]
    for kind in ("PNG", "SVG", "CSV"):
        with page.expect_download() as saved:
            chart(page).get_by_role("button", name=kind).click()
        assert saved.value.suggested_filename == f"mnist-curves.{kind.lower()}"
        saved.value.save_as(tmp_path / f"saved.{kind.lower()}")
    with open(tmp_path / "saved.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [(run, epoch) for run in shown for epoch in run.history]
    ours = [row for row in rows if not row.pop("author")]
    for row, (run, epoch) in zip(ours, expected, strict=True):
        assert (row.pop("network"), row.pop("recipe")) == (run.network, "published")
        assert {name: float(value) for name, value in row.items()} == {
            name: epoch[name] for name in row
        }
        assert len(row) == 6
    reported = [
        (int(row["epoch"]), (float(row["accuracy"]), float(row["val_accuracy"])))
        for row in rows[len(ours) :]
    ]
    assert dict(reported) == authors.EPOCHS["mnist", "large"]
    assert all(row["loss"] == "" for row in rows[len(ours) :])
    svg = (tmp_path / "saved.svg").read_text()
    assert svg.count('class="curve') == 3 and "large, published" in svg
    pixels = np.array(Image.open(tmp_path / "saved.png").convert("RGB"))
    assert (pixels == 255).all(axis=2).mean() > 0.9  # on white, whatever the theme
    assert (pixels == ImageColor.getrgb(figures.GOOD)).all(axis=2).any()


# A busy browser tells in one call that something was out of sight and that it came into sight.
TOLD_LATE = """window.IntersectionObserver = class extends IntersectionObserver {
    constructor(callback, options) {
        const entries = [];
        super((more) => {
            entries.push(...more);
            if (entries.at(-1).isIntersecting) callback(entries.splice(0));
        }, options);
    }
};"""


def test_a_busy_browser_shows_the_tab_as_well(browser, url):
    context = browser.new_context()
    context.add_init_script(TOLD_LATE)
    page = open_page(context, url, size=(1280, 600))  # the details are below it
    page.get_by_role("tab", name="Training").click()
    chart(page).locator(".curve").first.wait_for()
    page.locator("#story").scroll_into_view_if_needed()
    page.locator("#story details").first.wait_for()
    context.close()


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_the_tab_is_short_when_opened_and_never_wider_than_the_screen(visit, dataset):
    page = visit(size=(1280, 900))
    page.get_by_label(dataset.shows, exact=True).check()
    page.get_by_role("tab", name="Training").click()
    chart(page).locator(".curve").first.wait_for()  # asked for when seen, so before scrolling on
    page.locator("#story").scroll_into_view_if_needed()
    page.locator("#story details").first.wait_for()
    assert page.evaluate("document.documentElement.scrollHeight") <= 2500
    show_all(page)
    for width in (1280, 375, 320):
        resize(page, (width, 700))
        picture = chart(page).locator(".picture").element_handle()
        page.wait_for_function(
            "each => each.clientWidth == each.firstChild.clientWidth", arg=picture
        )
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_curves_are_told_apart_without_their_colours(visit):
    page = visit(forced_colors="active")
    page.get_by_role("tab", name="Training").click()
    show_all(page)
    looks = chart(page).locator(".picture .curve").evaluate_all(LOOKS)
    assert len({colour for colour, _ in looks}) == 1
    assert len({form for _, form in looks}) == len(looks) == 5


LOOKS = """all => all.map((each) => {
    const { stroke, strokeWidth, strokeDasharray } = getComputedStyle(each);
    return [stroke, `${strokeWidth} ${strokeDasharray}`];
})"""
