"""What README.md and docs/results.md say is so: numbers, versions, and the code they show."""

import re

import pytest
from PIL import Image

from fmnist.data import datasets
from fmnist.training import report
from helpers import ROOT

README = (ROOT / "README.md").read_text()


def front_matter():
    return dict(re.findall(r"^(\w+): (.+)$", README.split("---")[1], re.MULTILINE))


def pinned():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("page", report.PAGES, ids=lambda page: page.name)
def test_tables_are_those_of_the_records(page):
    assert report.with_tables(page) == page.read_text(), "run python -m fmnist report"


def test_space_gets_the_versions_that_are_tested():
    space = front_matter()
    assert space["sdk"] == "gradio"
    assert space["sdk_version"] == pinned()["gradio"]
    assert space["python_version"].strip('"') == "3.11"
    assert (ROOT / space["app_file"]).exists()
    assert len(space["short_description"]) <= 60  # more is refused by Hugging Face


def test_every_requirement_is_pinned():
    for file in ("requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / file).read_text().splitlines():
            assert not line or line.startswith("#") or re.fullmatch(r"[\w-]+==[\w.]+", line)


def test_python_example_works(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(import fmnist\n.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    seven = datasets.test_set("mnist").pixels[0]
    Image.fromarray(seven).resize((280, 280)).save(re.search(r'"(\w+\.png)"', example)[1])
    names = {}
    exec(example, names)
    assert names["result"].label == "7"
    assert names["model"].count_params() == 106_991
