"""What the page is made of, without a browser."""

import base64
import io
import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import jinja2
import numpy as np
import pytest
from PIL import Image, ImageDraw

import fmnist
from fmnist.data import datasets
from fmnist.networks import definitions
from fmnist.runs import records
from fmnist.runs.recipes import Phase
from fmnist.training import report
from fmnist.ui import changes, classify, compare, markup, pad, page, several, share, training
from fmnist.ui.compare import images, tables
from fmnist.ui.compare.images import Filters
from fmnist.ui.training import epochs, sentences
from helpers.hostile import chunk, png_with
from helpers.results import result

UNKNOWN = "It does not look like any digit the network knows."


def drawing(size=(pad.SIDE, pad.SIDE), kind="PNG", colour=(0, 0, 0, 0)):
    file = io.BytesIO()
    Image.new("RGBA", size, colour).save(file, kind)
    return pad.PREFIX + base64.b64encode(file.getvalue()).decode()


def test_a_picture_to_save_of_a_number_shows_all_of_it():
    ones = Image.new("RGBA", (500, 300))
    for place in range(4):
        left = 60 + 110 * place
        ImageDraw.Draw(ones).line([(left, 60), (left, 240)], fill="black", width=20)
    found = share.on_picture(fmnist.compare(ones), "large", "mnist")
    assert found["label"] == "1111"
    for network in found["networks"]:
        ((name, confidence, _),) = network["shares"]
        assert name == "1111" and confidence > 0.9


def test_a_drawing_of_the_pad_becomes_a_picture_in_black():
    picture = pad.decode(drawing(colour=(200, 30, 10, 90)))
    assert (picture.mode, picture.size) == ("RGBA", (pad.SIDE, pad.SIDE))
    assert picture.getcolors() == [(pad.SIDE**2, (0, 0, 0, 90))]


@pytest.mark.parametrize(
    "sent",
    [
        "data:text/html,<b>",
        "A" * 10_000_000,
        pad.PREFIX + "!!!!",
        pad.PREFIX + base64.b64encode(b"no picture").decode(),
        drawing()[:-300],
        drawing((9000, 9000)),
        drawing(kind="GIF"),
        pad.PREFIX + base64.b64encode(png_with(chunk(b"IDAT") * 200)).decode(),
    ],
    ids=["other URL", "long", "no base64", "no picture", "cut short", "large", "no PNG", "chunks"],
)
def test_anything_else_is_refused_with_a_sentence(sent):
    with pytest.raises(fmnist.PictureError, match="drawing"):
        pad.decode(sent)


def result_of(confidence, verdict="sure", label="7", reason=None):
    """A 7 of this confidence; all else speaks for a 1."""
    probabilities = np.zeros(10, np.float32)
    probabilities[[7, 1]] = confidence, 1 - confidence
    whole = result(verdict, label, reason)
    return replace(whole, probabilities=probabilities, confidence=confidence)


def said(shown, dataset="mnist"):
    """What Classify says of a result in words."""
    page_ = classify.answer({"large": shown}, dataset, "large", with_steps=False)
    (verdict,) = re.findall(r'<p class="verdict.*?</p>', page_, re.DOTALL)
    return plain(verdict)


def plain(html):
    """Its text, in one line."""
    return re.sub(r"[ \n]+", " ", re.sub("<[^>]+>", "", html)).strip()


def test_probabilities_stand_in_the_order_of_the_data_set():
    bag = {"large": result(label="Bag")}
    rows = classify.answer(bag, "fashion_mnist", "large", with_steps=False)
    places = [rows.index(f">{label}<") for label in datasets.FASHION_MNIST.names]
    assert places == sorted(places)


def test_an_answer_not_to_be_trusted_is_not_shouted():
    def text(*args, confidence=0.7):
        return said(result_of(confidence, *args))

    assert text("sure", confidence=0.85) == "This is a 7 85.0\u00a0% likely"
    assert text("sure", confidence=0.84) == "Probably a 7 84.0\u00a0% likely"
    assert text("perhaps") == "Perhaps a 7, or a 1 70.0\u00a0% and 30.0\u00a0% likely"
    assert text("perhaps", "7", "Draw one.") == "Perhaps a 7, or a 1 Draw one."
    assert text("perhaps", confidence=0.89).startswith("Perhaps a 7, or a 1 ")
    assert text("perhaps", confidence=0.91) == "Perhaps a 7 91.0\u00a0% likely"
    assert text("unknown") == f"Not sure {UNKNOWN}"
    assert text("unknown", "7", "Draw one.") == "Not sure Draw one."


def test_a_number_is_said_as_a_single_digit_is():
    def text(verdict, *confidences):
        verdicts = ["sure"] * (len(confidences) - 1) + [verdict]
        digits = tuple(map(result_of, confidences, verdicts))
        whole = result_of(0.5, verdict, "7" * len(digits))
        return said(replace(whole, digits=digits, confidence=math.prod(confidences)))

    assert text("sure", 0.95, 0.95) == "This is 77 90.2\u00a0% likely"
    assert text("sure", 0.9, 0.9) == "Probably 77 81.0\u00a0% likely"
    assert text("perhaps", 0.9, 0.7) == "Perhaps 77, or 71 63.0\u00a0% and 27.0\u00a0% likely"
    assert text("perhaps", 0.99, 0.92) == "Perhaps 77 91.1\u00a0% likely"
    assert text("unknown", 0.99, 0.5) == f"Not sure {UNKNOWN}"


def test_what_is_worn_in_pairs_is_one_pair():
    trousers = np.eye(10, dtype=np.float32)[1]
    shown = replace(result_of(0.9), probabilities=trousers)
    assert said(shown, "fashion_mnist") == "This is a pair of trousers 90.0\u00a0% likely"
    assert datasets.FASHION_MNIST.names[1] == "Trousers"


@pytest.mark.parametrize("verdict", ["sure", "perhaps", "unknown"])
def test_bars_claim_nothing_of_which_the_network_is_not_sure(verdict):
    shown = result_of(0.9996, verdict)
    one = classify.answer({"large": shown}, "mnist", "large", with_steps=False)
    both = compare.answers({"large": shown}, "mnist")
    for table, doubt in (
        (one, "<caption>If it had to choose:"),
        (both, ">Large, if it had to choose<"),
    ):
        assert (doubt in table) == (verdict == "unknown")
        assert ('class="best"' in table) == (verdict != "unknown")
        assert "over 99.9\u00a0%" in table


def test_a_reason_to_switch_is_a_button_on_the_page_and_a_sentence_elsewhere():
    reason = "This looks like clothing: switch to Clothing."
    shown = replace(result("unknown", reason=reason), other="fashion_mnist")
    button = '<button type="button" data-switch="fashion_mnist">Switch to Clothing</button>'
    for page_ in (
        classify.answer({"large": shown}, "mnist", "large", with_steps=False),
        compare.answers({"large": shown}, "mnist"),
    ):
        assert f"This looks like clothing. {button}" in page_
    assert classify.for_scripts(shown, "mnist")["below"] == reason


CHOOSING = f"Not sure {UNKNOWN} If it had to choose: a 7, 91.0\u00a0%"
LEVELS = [  # what Several's table says, and its CSV; what is said of a changed drawing
    (0.9, "sure", "This is a 7 90.0\u00a0% likely", "sure", "a 7"),
    (0.7, "sure", "Probably a 7 70.0\u00a0% likely", "probably", "probably a 7"),
    (0.91, "perhaps", "Perhaps a 7 91.0\u00a0% likely", "perhaps", "perhaps a 7"),
    (0.91, "unknown", CHOOSING, "not sure", "not sure what it is"),
]


@pytest.mark.parametrize(("confidence", "verdict", "table", "csv", "changed"), LEVELS)
def test_all_of_the_page_says_it_in_the_same_words(
    confidence, verdict, table, csv, changed, monkeypatch
):
    shown = result_of(confidence, verdict)
    monkeypatch.setattr(fmnist, "classify", lambda *_, **__: shown)
    monkeypatch.setattr(fmnist, "compare", lambda *_: {"large": shown})
    row = several.row(Image.new("L", (28, 28)), "mnist")
    assert plain(re.search("<td.*</td>", row, re.DOTALL)[0]) == table
    assert re.findall('<data value="(.*?)">', row) == ["7", csv, f"{confidence:.4f}"]
    assert csv in several.LEVELS  # by which the table is sorted
    asked = "\n".join(["1", drawing(), drawing()])
    what_if = json.loads(changes.what_if("mnist", "large", "auto", "auto", asked))
    assert what_if["said"] == [{"answer": changed, "same": True}]


def test_an_image_is_shown_pixel_by_pixel():
    pixels = np.arange(784, dtype=np.uint8).reshape(28, 28)
    sent = markup.data_url(Image.fromarray(pixels)).partition(",")[2]
    shown = Image.open(io.BytesIO(base64.b64decode(sent)))
    assert np.array_equal(shown, pixels)


HOSTILE = """<b>&"'"""


def texts_and_values(page):
    """What a browser makes of the page: its tags, its texts and the values of its attributes."""
    tags, found = [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            tags.append(tag)
            found.extend(value for _, value in attributes)

        def handle_data(self, data):
            found.append(data)

    reader = Reader()
    reader.feed(page)
    reader.close()
    return tags, found


@pytest.fixture
def hostile(monkeypatch):
    """A data set all of whose words have characters with a meaning in HTML."""
    words = tuple(f"{HOSTILE}{number}" for number in range(10))
    hostile = replace(datasets.MNIST, labels=words, phrases=words)
    monkeypatch.setitem(datasets.DATASETS, "mnist", hostile)
    classify.example.cache_clear()
    yield hostile
    classify.example.cache_clear()


@pytest.mark.parametrize("verdict", ["sure", "perhaps", "unknown"])
def test_words_are_never_taken_for_html_in_an_answer(hostile, verdict):
    result_ = replace(
        result(verdict, hostile.labels[7], HOSTILE),
        steps={HOSTILE: Image.new("RGB", (40, 30))},
    )
    both = {"small": result_, "large": result_}
    shown = classify.answer(both, "mnist", "large", with_steps=True)
    shown += compare.answers(both, "mnist")
    tags, found = texts_and_values(shown)
    assert "b" not in tags
    assert found.count(HOSTILE) == 5  # the step's name, and reasons
    for name in hostile.names:
        assert found.count(name) >= 2  # the tables


def test_words_are_never_taken_for_html_in_compare(hostile):
    both = {each: records.served_run("mnist", each) for each in definitions.NETWORKS}
    tags, found = texts_and_values(tables.confusions(both) + tables.numbers(both))
    plain, _ = texts_and_values(tables.per_class(both))
    assert tags.count("b") == plain.count("b") <= 20  # the better one
    for name in hostile.names:
        assert found.count(name) >= 7
    tags, found = texts_and_values(images.page_of(both, Filters()))
    assert tags.count("b") == tags.count("li")
    assert sum(HOSTILE in each for each in found if each) == 3 * tags.count("li")


def test_words_are_never_taken_for_html_elsewhere(hostile):
    picture = Image.fromarray(datasets.test_set("mnist").pixels[0])
    tags, found = texts_and_values(several.row(picture, "mnist"))
    assert "b" not in tags and tags.count("strong") == 2
    assert found.count(hostile.labels[7]) == 2 * 2
    tags, found = texts_and_values(page.sources(HOSTILE))
    assert "b" not in tags and any(HOSTILE in each for each in found)
    tags, found = texts_and_values(markup.message(HOSTILE))
    assert tags == ["p"] and HOSTILE in found
    tags, found = texts_and_values(markup.image(picture, HOSTILE))
    assert tags == ["img"] and HOSTILE in found
    error = fmnist.PictureError(HOSTILE)
    both = classify.refusal(error, "mnist", "large") + compare.refusal(error, "mnist")
    tags, found = texts_and_values(both)
    assert "b" not in tags and found.count(HOSTILE) == 2


def test_a_template_says_what_it_was_not_given():
    with pytest.raises(jinja2.UndefinedError, match="kind"):
        markup.render("message.jinja", text="Loading …")


@pytest.fixture(params=list(datasets.DATASETS))
def both(request):
    return {network: records.served_run(request.param, network) for network in definitions.NETWORKS}


@pytest.mark.parametrize("network", definitions.NETWORKS)
def test_each_filter_lets_pass_what_it_says(both, network):
    truth = datasets.test_set(both["small"].dataset).labels
    said = both[network].predictions
    other = both["large" if network == "small" else "small"].predictions

    def found(**chosen):
        return images.find(both, Filters(network, **chosen))

    def numbers(which):
        return set(np.flatnonzero(which))

    assert set(found()) == numbers(said != truth)
    assert set(found(outcome="right")) == numbers(said == truth)
    assert set(found(outcome="alone")) == numbers((said != truth) & (other == truth))
    assert set(found(outcome="both")) == numbers((said != truth) & (other != truth))
    assert set(found(outcome="same")) == numbers((said != truth) & (other == said))
    assert set(found(outcome="differ")) == numbers(said != other)
    assert len(found(outcome="any")) == 10_000
    third = tables.names_of(both)[3]
    assert set(found(truth=third)) == numbers((said != truth) & (truth == 3))
    assert set(found(outcome="any", said=third)) == numbers(said == 3)
    parts = [found(outcome="any", confidence=each) for each in images.CONFIDENCES]
    assert sorted(np.concatenate(parts[1:])) == sorted(parts[0])
    sure = images.confidences(both, network)[parts[2]]
    assert (np.diff(sure) <= 0).all() and 0.99 > sure[0] >= sure[-1] >= 0.9


def test_a_class_of_the_other_data_set_filters_nothing(both):
    every = images.find(both, Filters())
    assert np.array_equal(images.find(both, Filters(truth="Twelve", said="Hat")), every)


def test_pages_end_where_the_images_end(both):
    count = len(images.find(both, Filters()))
    last = (count - 1) // images.PAGE
    text = images.page_of(both, Filters(), 9_999)
    assert f"Page {last + 1} of {last + 1}" in text
    assert text.count("<li>") == count - last * images.PAGE


def test_numbers_are_those_of_the_records(both):
    text = tables.costs(both) + tables.per_class(both) + tables.confusions(both)
    for run in both.values():
        assert markup.percent(run.test["accuracy"], 2) in text
        assert f"{run.parameters['total']:,}" in text
        for count in np.ravel(run.test["confusion"]):
            assert not count or f">{count}</button>" in text


ROW = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td(.*?)>(.*?)</td>")


def test_of_each_class_the_share_of_mistakes_is_shown_and_the_fewer_ones_bold(both):
    truth = datasets.test_set(both["small"].dataset).labels
    rows = ROW.findall(tables.per_class(both))
    assert len(rows) == 10
    for label, (_, cells) in enumerate(rows):
        wrong = [(run.predictions != label)[truth == label].mean() for run in both.values()]
        expected = [markup.percent(share) for share in wrong]
        assert re.findall(r"[\d.]+\s%", cells) == expected
        bold = [each for each, share in zip(expected, wrong, strict=True) if share == min(wrong)]
        assert re.findall("<b>(.*?)</b>", cells) == bold


def test_more_hits_and_fewer_mistakes_are_marked_as_better(both):
    truth = datasets.test_set(both["small"].dataset).labels
    small, large = (run.predictions for run in both.values())
    rows = ROW.findall(tables.confusions(both).rpartition("<table")[2])
    assert len(rows) == 10
    for label, (_, cells) in enumerate(rows):
        for said, (attributes, text) in enumerate(CELL.findall(cells)):
            more = int(((large == said) & (truth == label)).sum())
            more -= int(((small == said) & (truth == label)).sum())
            assert text == (f"{more:+}".replace("-", "−") if more else "")
            better = more > 0 if said == label else more < 0
            assert not more or f'class="{"better" if better else "worse"}"' in attributes


def test_layers_add_up_to_the_network():
    for network, parameters in (("small", "106,991"), ("large", "1,879,098")):
        text = training.architecture(records.served_run("mnist", network))
        assert f"{parameters} parameters" in text
        counts = re.findall(r"<td>([\d,]+)</td></tr>", text)
        assert sum(int(count.replace(",", "")) for count in counts) == int(
            parameters.replace(",", "")
        )


@pytest.fixture
def published():
    return records.read(records.WEIGHTS_DIR / "mnist-large-published.json")


def test_phases_are_told_one_by_one(published):
    (told,) = sentences.phases(published)
    assert told.startswith("Epochs 1 to 30 each show the 51,000 training images")
    assert "falls as 0.001 / (1 + 0.001 × batches so far)" in told
    assert "Dropout is 35\u00a0%." in told
    phases = (
        Phase(epochs=20, learning_rate=0.0015, schedule="cosine", mixture=True),
        Phase(10, learning_rate=0.0003, schedule="inverse_time", augmented=True, dropout=0.1),
    )
    run = replace(published, recipe=replace(published.recipe, phases=phases))
    first, second = sentences.phases(run)
    assert "images: the data set’s, people’s pictures" in first
    assert "falls from 0.0015 to 0 along half a cosine" in first
    assert second.startswith("Adam starts afresh")
    assert "Epochs 21 to 30" in second and "stays at 0.0003" in second
    assert "Dropout is 10\u00a0%." in second
    assert "held out, altered anew each time." in second


def test_where_a_phase_follows_another_is_told(published):
    phases = (
        Phase(epochs=20, learning_rate=0.0015, schedule="cosine", augmented=True),
        Phase(6, learning_rate=0.001, schedule="cosine", mixture=0.5),
        Phase(4, learning_rate=0.0003, schedule="cosine", mixture=0.5),
    )
    run = replace(published, recipe=replace(published.recipe, phases=phases))
    assert sentences.changes(published) == []
    assert sentences.changes(run) == [
        (20, "large, published: people’s pictures join"),
        (26, "large, published: phase 3"),
    ]


def test_shares_are_never_told_without_saying_of_what(published):
    text = sentences.outcome(published)
    shares = re.findall(r"[\d.]+\s% (of the [\w,]+ ?\w* images)", text)
    assert shares == [
        "of the training images",
        "of the 9,000 validation images",
        "of the 10,000 test images",
    ]
    assert "After 1.5 million images," in text and "minute" not in text


def test_curves_are_drawn_if_no_file_lies_beside_the_record(published, tmp_path, monkeypatch):
    beside = [published]
    lying_there = training.curves(published, beside)
    monkeypatch.setattr(records, "WEIGHTS_DIR", tmp_path)
    drawn = training.curves(published, beside)
    curve = re.compile(r'<g class="curve validation">.*?</g>', re.DOTALL)
    assert curve.search(drawn) and curve.search(lying_there)
    (tmp_path / records.curves_file(published)).write_text("<svg>")
    assert training.curves(published, beside) == "<svg>"


def test_the_training_tab_shows_what_an_epoch_does():
    text = epochs.mixture()
    assert text.count("<figure>") == 3 * len(datasets.DATASETS)
    assert text.count("<img") == 3 * report.SHOWN * len(datasets.DATASETS)
