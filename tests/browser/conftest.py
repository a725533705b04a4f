"""What tests in the browser share."""

import pytest

from helpers.browser import DRESS, THREE


@pytest.fixture
def width():
    """Of the page, for tests that give none by a parameter."""
    return 1280


@pytest.fixture
def files(tmp_path):
    """A digit, what is no picture, and a garment."""
    broken = tmp_path / "=1+1, <b>.png"  # a formula for a spreadsheet, and a tag
    broken.write_text("no picture")
    return [THREE, broken, DRESS]
