"""What tests of the running app share: the app, started as `python app.py` does, and a browser."""

import os
import shutil
from pathlib import Path

import pytest

from fmnist.runs import records
from helpers.browser import CHROMIUM, chromium, open_page
from helpers.server import running

TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(item.path.relative_to(TESTS).parts[0])  # the folder says what it needs


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The app, running in a process of its own."""
    folder = tmp_path_factory.mktemp("app")
    with running(folder / "log.txt") as server:
        yield server


@pytest.fixture(scope="session")
def url(server):
    """Its address."""
    return server.url


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium: apt install chromium")
        pytest.skip("no Chromium here: apt install chromium, or name it in $CHROMIUM")
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser, url):
    """A function that opens the page; what it does wrong fails the test at its end."""
    wrong, contexts = [], []

    def visit(**options):
        page = open_page(browser, url, **options, watch=wrong.append)
        contexts.append(page.context)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def page(visit):
    return visit()


@pytest.fixture
def weights_dir(tmp_path):
    """A folder with copies of the shipped records and links to the shipped weights."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in records.WEIGHTS_DIR.glob("*.*"):
        if path.suffix == ".json":
            shutil.copy(path, folder)
        else:
            (folder / path.name).symlink_to(path)
    return folder
