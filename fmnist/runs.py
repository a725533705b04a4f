"""What `weights/` holds: runs. A run is a set of weights and the record of how they were made.

Everything that the app and the README say about a network is read from its record.
"""

import dataclasses
import functools
import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fmnist import networks
from fmnist.datasets import DATASETS
from fmnist.forward import ForwardPass

if TYPE_CHECKING:  # importing Keras takes seconds, and reading a record needs none of it
    from keras import Model

WEIGHTS_DIR = Path(__file__).parent.parent / "weights"
SERVED_RECIPES = ("best", "seed")  # the first that has a run is the one that answers


class RunError(Exception):
    """A run is missing or damaged; the text says what to do."""


@dataclass(frozen=True)
class Run:
    """The record of one training; the fields are those of the JSON file beside the weights.

    `convolutions` is the dtype in which they were computed, "float32" or "bfloat16".
    `history` has a row an epoch: epoch, loss, accuracy, val_loss, val_accuracy, learning_rate,
    seconds. `confidence` is the temperature found on the validation images and what
    `fmnist.confidence.refusal` found on them when altered. `test` is the score on the 10,000 test
    images: loss, accuracy, confusion (rows: what it is, columns: what the network said) and
    predictions, a digit an image, of the network itself, and calibration_error of the confidence
    that `fmnist.classify` makes of it.
    """

    dataset: str
    network: str
    recipe: dict
    seed: int
    versions: dict[str, str]
    convolutions: str
    parameters: dict[str, int]
    weights: dict
    history: list[dict]
    confidence: dict[str, float]
    test: dict

    @property
    def name(self) -> str:
        return run_name(self.dataset, self.network, self.recipe["name"])

    @property
    def predictions(self) -> np.ndarray:
        """What the network said to each test image: (10000,) uint8."""
        return np.frombuffer(self.test["predictions"].encode(), np.uint8) - ord("0")


def run_name(dataset: str, network: str, recipe: str) -> str:
    return f"{dataset}-{network}-{recipe}"


def save(run: Run, model: "Model", weights_dir: Path) -> Run:
    """Write weights, then record; each appears whole or not at all. Returns the run as recorded."""
    weights_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=weights_dir, prefix=".") as unfinished:
        weights = Path(unfinished) / f"{run.name}.weights.h5"
        model.save_weights(weights)
        content = weights.read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        run = dataclasses.replace(
            run, weights={"file": weights.name, "bytes": len(content), "sha256": checksum}
        )
        record = Path(unfinished) / f"{run.name}.json"
        record.write_text(_to_json(run))
        for path in (weights, record):
            path.replace(weights_dir / path.name)
    return run


def _to_json(run: Run) -> str:
    """A line for each field, one for each epoch and one for each row of the confusion matrix."""

    def lines(items):
        return "[\n    " + ",\n    ".join(map(json.dumps, items)) + "\n  ]"

    fields = asdict(run)
    test = fields.pop("test")
    confusion = test.pop("confusion")
    history = fields.pop("history")
    text = [f'  "{key}": {json.dumps(value)}' for key, value in fields.items()]
    text.append(f'  "history": {lines(history)}')
    text.append(f'  "test": {json.dumps(test)[:-1]}, "confusion": {lines(confusion)}}}')
    return "{\n" + ",\n".join(text) + "\n}\n"


def all_runs(weights_dir: Path = WEIGHTS_DIR) -> list[Run]:
    """Every recorded run, by data set, network and recipe."""
    runs = [Run(**json.loads(path.read_text())) for path in weights_dir.glob("*.json")]
    order = (list(DATASETS), list(networks.NETWORKS), list(SERVED_RECIPES))

    def place(run):
        keys = (run.dataset, run.network, run.recipe["name"])
        return [names.index(key) for names, key in zip(order, keys, strict=True)]

    return sorted(runs, key=place)


@functools.cache
def served_run(dataset: str, network: str) -> Run:
    """The run whose weights answer for this data set and network.

    Raises ValueError if there is no such data set or network, RunError if there are no weights.
    """
    for name, names in ((dataset, DATASETS), (network, networks.NETWORKS)):
        if name not in names:
            raise ValueError(f"There is no {name!r}: choose one of {', '.join(names)}.")
    for recipe in SERVED_RECIPES:
        for run in all_runs():
            if run.name == run_name(dataset, network, recipe):
                return run
    raise RunError(
        f"There are no weights of {network} for {dataset} in {WEIGHTS_DIR}: make them with "
        f"python train.py --dataset {dataset} --network {network}"
    )


def load_network(run: Run, weights_dir: Path = WEIGHTS_DIR) -> "Model":
    """The network of a run with its weights. Raises RunError if they are not those recorded."""
    path = _recorded_weights(run, weights_dir)
    model = networks.build(run.network, run.recipe["dropout"])
    model.load_weights(path)
    return model


def forward_pass(run: Run, weights_dir: Path = WEIGHTS_DIR) -> ForwardPass:
    """The same network without Keras: it answers, and cannot be trained. Raises as above."""
    return ForwardPass(run.network, _recorded_weights(run, weights_dir))


def _recorded_weights(run: Run, weights_dir: Path) -> Path:
    path = weights_dir / run.weights["file"]
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != run.weights["sha256"]:
        raise RunError(
            f"{path} is missing or not the file that its record describes: restore it, or make it "
            f"again with python train.py --dataset {run.dataset} --network {run.network} "
            f"--recipe {run.recipe['name']}"
        )
    return path
