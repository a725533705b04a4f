"""What `weights/` holds: runs. A run is a set of weights and the record of how they were made.

Everything that the app and the README say about a network is read from its record.
"""

import dataclasses
import functools
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import numpy as np
from annotated_types import Len
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from fmnist import files, networks
from fmnist.datasets import DATASETS
from fmnist.forward import ForwardPass

if TYPE_CHECKING:  # importing Keras takes seconds, and reading a record needs none of it
    from keras import Model

Loaded = TypeVar("Loaded")
WEIGHTS_DIR = Path(__file__).parent.parent / "weights"
SERVED_RECIPES = ("best", "seed")  # the first that has a run is the one that answers
EXACTLY = ConfigDict(extra="forbid")  # of a record's fields: these and no others


class RunError(Exception):
    """A run is missing or damaged; the text says what to do."""


@with_config(ConfigDict(extra="allow"))
class Recipe(TypedDict):
    """How it was trained, `fmnist.training.Recipe`; other versions may have more fields."""

    name: str
    epochs: int
    batch_size: int
    learning_rate: float
    dropout: Annotated[float, Field(ge=0, lt=1)]
    validation_images: int


@with_config(EXACTLY)
class Weights(TypedDict):
    """The file with the weights, in the folder of the record."""

    file: str
    bytes: int
    sha256: str


@with_config(EXACTLY)
class Epoch(TypedDict):
    """What came of an epoch: on the images shown, with dropout, and on the validation images."""

    epoch: int  # from 1
    accuracy: float
    loss: float
    val_accuracy: float
    val_loss: float
    learning_rate: float  # at its beginning
    seconds: float


@with_config(EXACTLY)
class Confidence(TypedDict):
    """The temperature found on the validation images, and `fmnist.confidence.refusal` of them."""

    temperature: Annotated[float, Field(gt=0)]
    threshold: float
    right_refused: float
    wrong_refused: float
    strangers_refused: float


@with_config(EXACTLY)
class Score(TypedDict):
    """The score on the test images.

    loss, accuracy, confusion (rows: what it is, columns: what the network said) and predictions, a
    digit an image, are of the network itself, calibration_error is that of the confidence that
    `fmnist.classify` makes of it.
    """

    images: int
    loss: float
    accuracy: float
    calibration_error: float
    predictions: Annotated[str, Field(pattern="^[0-9]{10000}$")]
    confusion: Annotated[list[Annotated[list[int], Len(10, 10)]], Len(10, 10)]


@dataclass(frozen=True)
class Run:
    """The record of one training; the fields are those of the JSON file beside the weights.

    `convolutions` is the dtype in which they were computed, "float32" or "bfloat16".
    """

    __pydantic_config__ = EXACTLY

    dataset: str
    network: str
    recipe: Recipe
    seed: int
    versions: dict[str, str]
    convolutions: str
    parameters: dict[str, int]
    weights: Weights
    history: Annotated[list[Epoch], Len(1)]
    confidence: Confidence
    test: Score

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
    """Write weights and record; returns the run as recorded. Raises OSError.

    Both appear at once, when the record is renamed: the weights have a name of their own by then,
    with the beginning of their checksum in it. What older runs left is removed.
    """
    weights_dir.mkdir(parents=True, exist_ok=True)
    unfinished = weights_dir / f".{run.name}.weights.h5"
    try:
        checksum = files.save_weights(model, unfinished)
        file = f"{run.name}.{checksum[:8]}.weights.h5"
        size = unfinished.stat().st_size
        run = dataclasses.replace(run, weights=Weights(file=file, bytes=size, sha256=checksum))
        record = _to_json(run).encode()
        unfinished.replace(weights_dir / file)
    finally:
        unfinished.unlink(missing_ok=True)
    files.write(weights_dir / f"{run.name}.json", record)
    for old in weights_dir.glob(f"{run.name}.*weights.h5"):
        if old.name != file:
            old.unlink()
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


def read(path: Path) -> Run:
    """The run that a file is the record of. Raises RunError if it is missing, damaged or none."""
    try:
        run = _RECORD.validate_json(path.read_bytes())
    except OSError as error:
        problem = error.strerror
    except ValidationError as error:
        first = error.errors()[0]
        problem = ".".join(map(str, first["loc"])) + " " + first["msg"]
    else:
        if run.dataset not in DATASETS:
            problem = f"there is no data set {run.dataset}"
        elif run.network not in networks.NETWORKS:
            problem = f"there is no network {run.network}"
        elif path.name != f"{run.name}.json":
            problem = f"it is that of {run.name}"
        else:
            return run
    raise RunError(f"{path} is no record of a run ({problem.strip()}): {_remedy(path.stem)}")


_RECORD = TypeAdapter(Run)


def _remedy(name: str) -> str:
    """What to do about a damaged run of this name."""
    if name.count("-") != 2:
        return "delete it."
    command = "python train.py --dataset {} --network {} --recipe {}".format(*name.split("-"))
    return f"restore it, or make it again with {command}"


def all_runs(weights_dir: Path = WEIGHTS_DIR, strict: bool = False) -> list[Run]:
    """Every recorded run, by data set, network and recipe.

    What is no record is passed over with a line in the log; if `strict`, it raises RunError.
    """
    runs = []
    for path in weights_dir.glob("*.json"):
        try:
            runs.append(read(path))
        except RunError as error:
            if strict:
                raise
            logging.warning("Passed over: %s", error)

    def place(run):
        recipe = run.recipe["name"]
        served = recipe in SERVED_RECIPES
        return (
            list(DATASETS).index(run.dataset),
            list(networks.NETWORKS).index(run.network),
            SERVED_RECIPES.index(recipe) if served else len(SERVED_RECIPES),
            recipe,
        )

    return sorted(runs, key=place)


@functools.cache
def served_run(dataset: str, network: str) -> Run:
    """The run whose weights answer for this data set and network.

    Raises ValueError if there is no such data set or network, RunError if its record is missing or
    damaged.
    """
    for name, names in ((dataset, DATASETS), (network, networks.NETWORKS)):
        if name not in names:
            raise ValueError(f"There is no {name!r}: choose one of {', '.join(names)}.")
    paths = [WEIGHTS_DIR / f"{run_name(dataset, network, name)}.json" for name in SERVED_RECIPES]
    return read(next((path for path in paths if path.exists()), paths[0]))


def load_network(run: Run, weights_dir: Path = WEIGHTS_DIR) -> "Model":
    """The network of a run with its weights. Raises RunError if they are not those recorded."""

    def load(path):
        model = networks.build(run.network, run.recipe["dropout"])
        model.load_weights(path)
        return model

    return _loaded(run, weights_dir, load)


def forward_pass(run: Run, weights_dir: Path = WEIGHTS_DIR) -> ForwardPass:
    """The same network without Keras: it answers, and cannot be trained. Raises as above."""
    return _loaded(run, weights_dir, functools.partial(ForwardPass, run.network))


def _loaded(run: Run, weights_dir: Path, load: Callable[[Path], Loaded]) -> Loaded:
    """What `load` makes of the run's weights, if they are those recorded and of its network."""
    path = weights_dir / run.weights["file"]
    try:
        if files.sha256(path) != run.weights["sha256"]:
            raise ValueError
        return load(path)
    except (OSError, ValueError):
        raise RunError(
            f"{path} is missing or not the file that its record describes: {_remedy(run.name)}"
        ) from None
