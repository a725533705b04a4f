"""The same networks trained from several seeds: `tests/measure/claim.py` writes docs/seeds.json.

From it come the tables of docs/results.md that say how far one run is from the next.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from fmnist.data import files

FILE = Path(__file__).parents[2] / "docs" / "seeds.json"


@dataclass(frozen=True)
class Trained:
    """A training, of which only the results are kept.

    sha256: of the weights
    accuracy, val_accuracy: by epoch; on the images shown, with dropout, and on validation images
    training, test: at the end, in one view, without dropout, on the images to learn from as they
        are and on the test images
    """

    dataset: str
    network: str
    recipe: str
    seed: int
    compute_dtype: str
    sha256: str
    minutes: float
    accuracy: list[float]
    val_accuracy: list[float]
    training: float
    test: float


def read() -> list[Trained]:
    """All of them; none if there is no file yet."""
    if not FILE.exists():
        return []
    return [Trained(**each) for each in json.loads(FILE.read_text(encoding="utf-8"))]


def add(run: Trained) -> None:
    """Write one more into the file, one to a line."""
    lines = (json.dumps(asdict(each)) for each in [*read(), run])
    files.write(FILE, ("[\n" + ",\n".join(lines) + "\n]\n").encode())
