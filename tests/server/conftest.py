"""What tests of the running app share."""

import re

import pytest


@pytest.fixture
def quiet(server):
    """Fails if what the test sends leaves more in the log than a short line for a refusal."""
    before = len(server.log.read_text())
    yield
    for line in server.log.read_text()[before:].splitlines():
        assert re.match("(Refused|Ended)", line) and len(line) < 300, line
