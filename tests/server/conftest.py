"""What tests of the running app share."""

import pytest


@pytest.fixture
def quiet(server):
    """Fails if what the test sends leaves a traceback in the log, or more lines than requests."""
    before = len(server.log.read_text())
    yield
    said = server.log.read_text()[before:]
    assert "Traceback" not in said and 'File "' not in said, said
