"""What tests of the running app share: the app itself, started once, as `python app.py` does."""

import pytest
from server import running


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
