"""Figures of trainings show what the records say, and their SVG fits into any page."""

import re
import xml.etree.ElementTree
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fmnist.runs import records
from fmnist.runs.recipes import Phase
from fmnist.training import figures, report

FIELDS = {
    "Right answers": ("accuracy", "val_accuracy"),
    "Loss": ("loss", "val_loss"),
    "Learning rate": ("learning_rate",),
}


@pytest.fixture
def run():
    return records.read(records.WEIGHTS_DIR / "mnist-large-published.json")


@pytest.fixture
def other():
    return records.read(records.WEIGHTS_DIR / "mnist-large-robust.json")


def named(figure, name):
    """The parts of a figure with this name, whatever else they are named."""
    return figure.findobj(lambda part: name in (part.get_gid() or "").split())


def values(run):
    """What the curves have to show, one below the other."""
    return [[epoch[field] for epoch in run.history] for each in FIELDS.values() for field in each]


def test_curves_are_those_of_the_record_each_with_a_mark_on_the_last_epoch(run):
    figure = figures.curves([run])
    curves, marks = named(figure, "curve"), named(figure, "mark")
    kinds = ["training", "validation", "training", "validation", "rate"]
    assert [curve.get_gid().split()[1] for curve in curves] == kinds
    figure.canvas.draw()
    for curve, mark, expected in zip(curves, marks, values(run), strict=True):
        np.testing.assert_array_equal(curve.get_xdata(), range(1, len(run.history) + 1))
        np.testing.assert_array_equal(curve.get_ydata(), expected)
        end = curve.get_transform().transform(curve.get_xydata()[-1])
        np.testing.assert_allclose(mark.get_transform().transform((0, 0)), end)
        assert mark.get_facecolor()[:3] == pytest.approx(np.array(rgb(curve.get_color())))
    (line,) = named(figure, "now")
    assert set(line.get_xdata()) == {len(run.history)}


def rgb(colour):
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def test_several_runs_stand_on_the_same_axes_and_are_told_apart(run, other):
    figure = figures.curves([run, other])
    curves = named(figure, "curve")
    shown = [curve.get_ydata().tolist() for curve in curves]
    assert sorted(shown) == sorted(values(run) + values(other))
    words = [text.get_text() for text in named(figure, "legend")]
    colours = {}
    for each in (run, other):
        label = f"large network, “{each.recipe.name}”"
        line = named(figure, "run")[words.index(label) - 2]
        colours[each.recipe.name] = line.get_color()
        mine = [curve for curve in curves if curve.get_ydata().tolist() in values(each)]
        assert {curve.get_color() for curve in mine} == {line.get_color()}
    assert colours["published"] != colours["robust"]


def test_curves_of_a_run_and_of_one_beside_it_can_be_compared(run, other):
    one, two = (figures.curves([each], [run, other]) for each in (run, other))
    for axes, same in zip(one.axes[1:], two.axes[1:], strict=True):
        assert axes.get_ylim() == same.get_ylim()
    lowest = min(min(each[0]) for each in (values(run), values(other)))
    assert one.axes[1].get_ylim() == (lowest, 1)


def test_phases_are_shaded_one_beside_the_other(run):
    phases = (Phase(20, 0.001, "cosine"), Phase(10, 0.001, "cosine"))
    figure = figures.curves([replace(run, recipe=replace(run.recipe, phases=phases))])
    bands = [(band.get_x(), band.get_x() + band.get_width()) for band in named(figure, "phase")]
    assert bands == [(1, 20.5), (20.5, 30)]
    assert named(figure, "even")[0].get_x() == 20.5


def test_a_training_of_one_epoch_is_a_figure_too(run):
    assert "curve validation" in figures.svg(
        figures.curves([replace(run, history=run.history[:1])])
    )


def test_a_curve_of_many_epochs_keeps_a_point_for_each(run):
    text = figures.svg(figures.curves([replace(run, history=run.history * 10)]))
    paths = re.findall(r'class="curve \w+">\s*<path d="(.*?)"', text, re.DOTALL)
    assert [len(re.findall("[ML]", path)) for path in paths] == 5 * [300]


def test_words_of_the_curves_stay_words(run):
    root = xml.etree.ElementTree.fromstring(figures.svg(figures.curves([run])))
    words = [part.text for part in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Right answers", "Loss", "Learning rate", "Epoch", "validation images"} <= set(words)


@pytest.mark.parametrize(
    "draw",
    [
        lambda run: figures.curves([run]),
        lambda run: figures.confusion(run.test["confusion"], run.dataset),
    ],
    ids=["curves", "confusion matrix"],
)
def test_svg_is_the_same_each_time_and_changes_nothing_else_on_a_page(run, draw):
    text = figures.svg(draw(run))
    assert text == figures.svg(draw(run))
    root = xml.etree.ElementTree.fromstring(text)
    for part in root.iter():  # ids are those of the page, and so are style sheets
        assert part.get("id") is None and not part.tag.endswith("style")


def test_confusion_matrix_shows_what_was_taken_for_what(run):
    counts = run.test["confusion"]
    (axes,) = figures.confusion(counts, run.dataset).axes
    shown = np.zeros((10, 10), int)
    for text in axes.texts:
        column, row = text.get_position()
        shown[int(row), int(column)] = int(text.get_text())
    np.testing.assert_array_equal(shown, counts)
    assert axes.yaxis_inverted()  # the first class is on top
    shades = axes.collections[0].get_array()
    assert (shades.diagonal() > 0.4).all() and (shades <= 0).sum() == 90
    assert np.argmin(shades) == np.argmax(np.array(counts) * (1 - np.eye(10)))


@pytest.mark.parametrize("picture", report.PICTURES, ids=lambda picture: picture.name)
def test_pictures_of_the_docs_are_those_of_the_records(picture):
    assert picture.read_text() == report.PICTURES[picture](), "run python -m fmnist report"


@pytest.mark.parametrize("picture", report.MIXTURES, ids=lambda picture: picture.name)
def test_pictures_of_an_epoch_are_what_training_shows_today(picture):
    with Image.open(picture) as shown:
        expected = report.mixture(report.MIXTURES[picture])
        assert (np.asarray(shown) == expected).all(), "run python -m fmnist report"


def test_curves_beside_the_records_are_theirs(weights_dir):
    expected = {path.name: path.read_text() for path in weights_dir.glob("*.svg")}
    assert len(expected) == len(records.all_runs())
    for path in weights_dir.glob("*.svg"):
        path.unlink()
    figures.write(weights_dir)
    written = {path.name: path.read_text() for path in weights_dir.glob("*.svg")}
    assert written == expected, "run python -m fmnist report"
