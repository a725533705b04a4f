"""What tests of the running app share: the app, started as `python app.py` does, and a browser."""

import os
import shutil
from pathlib import Path

import pytest

# Before NumPy and OpenCV are imported, here and in the processes that tests start. Where others
# want the same cores, OpenBLAS's threads wait for each other in a loop: ten times the work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")

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


@pytest.fixture(scope="session")
def context_of(browser):
    """A function that gives a context of the browser by its options, the same one to all tests.

    Loading a page takes half as long where another has loaded and compiled the same scripts.
    """
    contexts = {}

    def context_of(url, options):
        key = repr((url, sorted(options.items())))
        if key not in contexts:
            contexts[key] = browser.new_context(**options)
            # What is compiled goes with the last page of the site. This one stays, without scripts.
            contexts[key].new_page().goto(f"{url}/robots.txt")
        return contexts[key]

    return context_of


@pytest.fixture
def wrong():
    """Errors on pages, which fail the test at its end unless it takes out those that it causes."""
    return []


@pytest.fixture
def visit(browser, context_of, url, wrong):
    """A function that opens the page in a new tab.

    `options` are those of `browser.new_context`. With alone=True the page shares nothing with
    those of other tests, so that its clock may be stopped.
    """
    pages = []

    def visit(size=(1280, 900), query="", alone=False, **options):
        opener, more = (browser, options) if alone else (context_of(url, options), {})
        pages.append(open_page(opener, url, size, query, wrong.append, **more))
        return pages[-1]

    yield visit
    for page in pages:
        page.close()
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
