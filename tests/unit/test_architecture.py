"""The folders of the package import each other in one direction, as docs/architecture.md says."""

import ast

import pytest

from helpers import ROOT

# Each may import from those before it, and from itself.
ORDER = ["data", "pictures", "networks", "runs", "inference", "training", "ui"]
MODULES = sorted((ROOT / "fmnist").glob("*/**/*.py"))


def imported(module) -> set[str]:
    """The dotted names of what a module imports, wherever in it, but for types."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("folder", ORDER)
def test_a_folder_imports_only_those_before_it(folder):
    allowed = ORDER[: ORDER.index(folder) + 1]
    modules = [each for each in MODULES if each.relative_to(ROOT).parts[1] == folder]
    assert modules
    for module in modules:
        for name in imported(module):
            if name.startswith("fmnist."):
                part = name.split(".")[1]
                assert part in allowed or part not in ORDER, f"{module} imports {name}"
            assert folder == "ui" or not name.startswith("gradio"), f"{module} imports {name}"


def test_every_folder_has_its_place():
    assert {each.relative_to(ROOT).parts[1] for each in MODULES} == set(ORDER)
