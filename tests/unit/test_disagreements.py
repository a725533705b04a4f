"""The drawings that Compare shows are people's, and the networks do disagree on them."""

import html
import json
import re

import pytest

from fmnist.data.datasets import DATASETS
from fmnist.inference.classify import compare
from fmnist.pictures.strokes import from_steps, painted
from fmnist.training import disagreements, report
from fmnist.ui import compare as tab
from fmnist.ui.compare import drawings

STALE = "run python -m fmnist report"


def shipped(dataset):
    return json.loads(report.DISAGREEMENTS.read_text())[dataset]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_networks_disagree_on_each_as_the_page_says(dataset):
    shown = drawings.content(dataset)
    said = [html.unescape(each) for each in re.findall('aria-label="(.*?)"', shown)]
    assert len(said) == len(shipped(dataset)), STALE
    assert ("hardly ever disagree" in shown) == (not said)
    for drawing, name in zip(shipped(dataset), said, strict=True):
        picture = painted(from_steps(drawing["width"], drawing["lines"]))
        answers = tab.answers(compare(picture, dataset), dataset)
        each = re.fullmatch(r"Drawing of (.+): small says (.+) but large says (.+)", name)
        of, small, large = each.groups()
        agreement = f"the small network says {small} and the large one {large}."
        assert of == drawing["of"]
        assert f"They disagree: {agreement}" in answers, STALE


@pytest.mark.parametrize("dataset", DATASETS)
def test_they_are_drawings_of_people_from_whom_no_network_learned(dataset):
    held_out = {
        json.dumps(disagreements.placed(strokes)) for _, strokes in disagreements.held_out(dataset)
    }
    assert all(json.dumps(drawing["lines"]) in held_out for drawing in shipped(dataset)), STALE


def test_there_are_some_of_each_kind_of_garment_and_the_file_is_small():
    of = [drawing["of"] for drawing in shipped("fashion_mnist")]
    assert len(of) >= 12 and len(set(of)) >= 5 and max(map(of.count, of)) <= disagreements.MOST
    assert report.DISAGREEMENTS.stat().st_size < 16_000


def test_a_data_set_without_drawings_has_no_gallery():
    assert drawings.content("letters") == ""
