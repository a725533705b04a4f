"""What tests and the scripts in tests/measure share."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "fmnist" / "ui" / "examples"  # as a path, for who must not import the app
