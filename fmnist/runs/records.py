"""Runs, which `weights/` holds: a run is a set of weights and the record of how they were made.

Everything that the app and the README say about a network comes from its record.
"""

import dataclasses
import functools
import hashlib
import io
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypeVar

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from fmnist.data import files
from fmnist.data.datasets import DATASETS
from fmnist.networks import definitions
from fmnist.networks.forward import ForwardPass
from fmnist.runs.recipes import OWN, RECIPES, SHIPPED, Recipe

if TYPE_CHECKING:  # importing Keras takes seconds, and reading a record does not need it
    from keras import Model

Item = TypeVar("Item")
TenOf = Annotated[list[Item], Field(min_length=10, max_length=10)]
PACKAGE = Path(__file__).parent.parent
WEIGHTS_DIR = next(  # inside the package if it is installed, or else beside it
    filter(Path.is_dir, (PACKAGE / "weights", PACKAGE.parent / "weights")),
    PACKAGE.parent / "weights",
)
ANSWERS, CURVES, MOMENTS = "test.npz", "svg", "moments.npz"  # file name endings
EXACTLY = ConfigDict(extra="forbid")  # a record has these fields and no others


class RunError(Exception):
    """A run is missing, damaged or cannot be made; the text says what to do."""


@with_config(EXACTLY)
class Weights(TypedDict):
    """The file with the weights, in the folder of the record."""

    file: str
    bytes: int
    sha256: str


@with_config(EXACTLY)
class Epoch(TypedDict):
    """The metrics of an epoch: on the images shown, with dropout, and on the validation images."""

    epoch: int  # from 1
    images: NotRequired[int]  # shown; older records lack it
    accuracy: float
    loss: float
    val_accuracy: float
    val_loss: float
    learning_rate: float  # at the start of the epoch
    # rows: true class, columns: predicted class; older records lack it
    val_confusion: NotRequired[TenOf[TenOf[int]]]
    seconds: float


@with_config(EXACTLY)
class Confidence(TypedDict):
    """What `python -m fmnist calibrate` found on the validation people's pictures."""

    slope: Annotated[float, Field(gt=0)]  # both: `fmnist.inference.confidence.Scaling`
    offset: float
    sure: float  # answers with at least this confidence are trusted
    perhaps: float  # answers whose two likeliest classes total less than this are "unknown"
    pictures: int
    people: int


@with_config(EXACTLY)
class Measure(TypedDict):
    """What `python -m fmnist evaluate` found on the validation people's pictures."""

    what: str
    value: float
    n: int
    people: NotRequired[int | None]
    interval: NotRequired[Annotated[list[float], Field(min_length=2, max_length=2)]]  # 95 %


@with_config(EXACTLY)
class Score(TypedDict):
    """What `python -m fmnist evaluate` found on the test images, for the answers served."""

    images: int
    loss: float
    accuracy: float
    plain_accuracy: float  # of the network's own answers, without test-time augmentation
    calibration_error: float
    predictions: Annotated[str, Field(pattern="^[0-9]{10000}$")]  # one digit per image
    confusion: TenOf[TenOf[int]]  # rows: true class, columns: predicted class


def _nothing_yet() -> Any:
    return {}


@dataclass(frozen=True)
class Run:
    """The record of one training; its fields are those of the JSON file beside the weights.

    `compute_dtype` is the dtype of the convolutions in training, "float32" or "bfloat16". `moments`
    is a file with the weights after some epochs, see `load_moments`; most recipes keep none.
    `settings` are the settings of preprocessing and test-time augmentation with which the network
    was calibrated, as `fmnist.inference.classify.settings` gives them. `drawings` is what
    `confidence` is, where answers to drawings have their own. These, `people` and `test` are empty,
    and not recorded, until calibration and evaluation.
    """

    __pydantic_config__ = EXACTLY

    dataset: str
    network: str
    recipe: Recipe
    seed: int
    versions: dict[str, str]
    compute_dtype: str
    parameters: dict[str, int]
    weights: Weights
    history: Annotated[list[Epoch], Field(min_length=1)]
    moments: Weights = field(default_factory=_nothing_yet)
    settings: dict[str, Any] = field(default_factory=_nothing_yet)
    confidence: Confidence = field(default_factory=_nothing_yet)
    drawings: Confidence = field(default_factory=_nothing_yet)
    people: list[Measure] = field(default_factory=list)
    test: Score = field(default_factory=_nothing_yet)

    @property
    def name(self) -> str:
        return run_name(self.dataset, self.network, self.recipe.name)

    def confidence_in(self, *, drawn: bool) -> Confidence:
        """What is to be trusted of answers to drawings, or of answers to anything else."""
        return self.drawings if drawn and self.drawings else self.confidence

    @property
    def predictions(self) -> np.ndarray:
        """The predicted class of each test image: (10000,) uint8."""
        return np.frombuffer(self.test["predictions"].encode(), np.uint8) - ord("0")


def run_name(dataset: str, network: str, recipe: str) -> str:
    return f"{dataset}-{network}-{recipe}"


def save(
    run: Run, model: "Model", weights_dir: Path, moments: Mapping[int, np.ndarray] | None = None
) -> Run:
    """Write weights and record; returns the run as recorded. Raises OSError.

    moments: by epoch, all weights after it in a row, (parameters,) float32

    Renaming the record makes both appear at once: by then the weights have a unique name, which
    contains the beginning of their checksum. Files that older runs left are removed.
    """
    weights_dir.mkdir(parents=True, exist_ok=True)
    unfinished = weights_dir / f".{run.name}.weights.h5"
    try:
        checksum = files.save_weights(model, unfinished)
        file = f"{run.name}.{checksum[:8]}.weights.h5"
        size = unfinished.stat().st_size
        run = dataclasses.replace(run, weights=Weights(file=file, bytes=size, sha256=checksum))
        if moments:
            run = dataclasses.replace(run, moments=_write_moments(run, moments, weights_dir))
        record = _to_json(run)
        unfinished.replace(weights_dir / file)
    finally:
        unfinished.unlink(missing_ok=True)
    files.write(weights_dir / f"{run.name}.json", record)
    for kind in ("weights.h5", ANSWERS, CURVES, MOMENTS):
        for old in weights_dir.glob(f"{run.name}.*{kind}"):
            if old.name not in (file, answers_file(run), curves_file(run), moments_file(run)):
                old.unlink()
    return run


def _write_moments(run: Run, moments: Mapping[int, np.ndarray], weights_dir: Path) -> Weights:
    """In float16: to show how the answers changed, that is enough, and half as large."""
    file = io.BytesIO()
    largest = np.finfo(np.float16).max
    weights = np.stack(list(moments.values())).clip(-largest, largest).astype(np.float16)
    np.savez_compressed(file, allow_pickle=False, epochs=np.array(list(moments)), weights=weights)
    files.write(weights_dir / moments_file(run), file.getvalue())
    checksum = hashlib.sha256(file.getvalue()).hexdigest()
    return Weights(file=moments_file(run), bytes=len(file.getvalue()), sha256=checksum)


def answers_file(run: Run) -> str:
    """The name of the file that `fmnist.inference.test_answers` makes with these weights."""
    return _beside(run, ANSWERS)


def moments_file(run: Run) -> str:
    """The name of the file with the weights after some epochs of that training."""
    return _beside(run, MOMENTS)


def curves_file(run: Run) -> str:
    """The name of the file with the curves of the training that made the weights."""
    return _beside(run, CURVES)


def _beside(run: Run, kind: str) -> str:
    return f"{run.name}.{run.weights['sha256'][:8]}.{kind}"


def update(run: Run, weights_dir: Path, **fields: Any) -> Run:
    """Write the record with new values in these fields; returns the new run. Raises OSError."""
    run = dataclasses.replace(run, **fields)
    files.write(weights_dir / f"{run.name}.json", _to_json(run))
    return run


def _to_json(run: Run) -> bytes:
    """One line per field, per epoch and per row of the confusion matrix."""

    def lines(items):
        return "[\n    " + ",\n    ".join(map(json.dumps, items)) + "\n  ]"

    fields = {name: value for name, value in asdict(run).items() if value not in ({}, [])}
    history, test = fields.pop("history"), fields.pop("test", None)
    people = fields.pop("people", None)
    text = [f'  "{key}": {json.dumps(value)}' for key, value in fields.items()]
    text.append(f'  "history": {lines(history)}')
    if people:
        text.append(f'  "people": {lines(people)}')
    if test:
        confusion = test.pop("confusion")
        text.append(f'  "test": {json.dumps(test)[:-1]}, "confusion": {lines(confusion)}}}')
    return ("{\n" + ",\n".join(text) + "\n}\n").encode()


def read(path: Path, finished: bool = True) -> Run:
    """Read a run from its record. Raises RunError if the file is missing, damaged or no record.

    finished: whether it must be calibrated and evaluated
    """
    try:
        run = _RECORD.validate_json(path.read_bytes())
    except OSError as error:
        problem = str(error.strerror)
    except ValidationError as error:
        first = error.errors()[0]
        problem = ".".join(map(str, first["loc"])) + " " + first["msg"]
    else:
        if run.dataset not in DATASETS:
            problem = f"there is no data set {run.dataset}"
        elif run.network not in definitions.NETWORKS:
            problem = f"there is no network {run.network}"
        elif path.name != f"{run.name}.json":
            problem = f"it is the record of {run.name}"
        elif finished and not (run.settings and run.confidence and run.people and run.test):
            problem = "it is not calibrated and evaluated yet"
        else:
            return run
    raise RunError(
        f"{path} is not a valid record of a run ({problem.strip()}): {_remedy(path.stem)}"
    )


_RECORD = TypeAdapter(Run)


def _remedy(name: str) -> str:
    """What the user should do about a damaged run of this name."""
    if name.count("-") != 2:
        return "delete it."
    dataset, network, recipe = name.split("-")
    command = f"python train.py --dataset {dataset} --network {network}"
    if recipe == OWN:
        return f"delete it, or make it again with {command} --pictures FOLDER"
    return f"restore it, or make it again with {command} --recipe {recipe}"


def all_runs(
    weights_dir: Path = WEIGHTS_DIR, *, finished: bool = True, strict: bool = False
) -> list[Run]:
    """All runs, sorted by data set, network and recipe; `finished` as in `read`.

    Files that are not valid records are skipped with a line in the log; if `strict`, they raise
    RunError.
    """
    runs = []
    for path in weights_dir.glob("*.json"):
        try:
            runs.append(read(path, finished))
        except RunError as error:
            if strict:
                raise
            logging.warning("Skipped: %s", error)
    return sorted(runs, key=_order)


def _order(run: Run) -> tuple[int, int, int, str]:
    """The order of the registries; recipes that are not in them come last."""
    recipe = run.recipe.name
    return (
        list(DATASETS).index(run.dataset),
        list(definitions.NETWORKS).index(run.network),
        list(RECIPES).index(recipe) if recipe in RECIPES else len(RECIPES),
        recipe,
    )


@functools.cache
def served_run(dataset: str, network: str) -> Run:
    """The run that answers for this data set and network: the first in the order of RECIPES.

    Raises ValueError if there is no such data set or network, RunError if its record is missing or
    damaged.
    """
    for name, names in ((dataset, DATASETS), (network, definitions.NETWORKS)):
        if name not in names:
            raise ValueError(f"There is no {name!r}: choose one of {', '.join(names)}.")
    return read(_served_record(dataset, network, WEIGHTS_DIR))


def is_served(run: Run, weights_dir: Path = WEIGHTS_DIR) -> bool:
    """Whether this run is the one that answers for its data set and network."""
    return _served_record(run.dataset, run.network, weights_dir).stem == run.name


def _served_record(dataset: str, network: str, weights_dir: Path) -> Path:
    paths = {name: weights_dir / f"{run_name(dataset, network, name)}.json" for name in RECIPES}
    return next((path for path in paths.values() if path.exists()), paths[SHIPPED])


def shipped_run(dataset: str, network: str) -> Run:
    """The run shipped with the app. Raises RunError if its record is missing or damaged."""
    return read(WEIGHTS_DIR / f"{run_name(dataset, network, SHIPPED)}.json")


def load_network(run: Run, weights_dir: Path = WEIGHTS_DIR) -> "Model":
    """The network of a run, with its weights. Raises RunError if they are not those recorded."""

    model = definitions.build(run.network, run.recipe.dropout)

    def load(path):
        model.load_weights(path)
        return model

    return _loaded(run, run.weights, weights_dir, load)


def load_moments(run: Run, weights_dir: Path = WEIGHTS_DIR) -> dict[int, np.ndarray]:
    """By epoch, 0 for before the first, all weights after it: (parameters,) float16 in a row.

    In the order of Keras' `get_weights`. Empty if the run keeps none; raises RunError if the file
    is missing or not the one recorded.
    """
    if not run.moments:
        return {}

    def load(path):
        with np.load(path, allow_pickle=False) as kept:
            return dict(zip(kept["epochs"].tolist(), kept["weights"], strict=True))

    return _loaded(run, run.moments, weights_dir, load)


def forward_pass(run: Run, weights_dir: Path = WEIGHTS_DIR) -> ForwardPass:
    """The same network without Keras: it can answer, but not be trained. Raises RunError, too."""
    return _loaded(run, run.weights, weights_dir, functools.partial(ForwardPass, run.network))


def _loaded(run: Run, recorded: Weights, weights_dir: Path, load: Callable[[Path], Item]) -> Item:
    """Check that the weights are those recorded, and load them with `load`."""
    path = weights_dir / recorded["file"]
    try:
        if files.sha256(path) != recorded["sha256"]:
            raise ValueError
        return load(path)
    except (OSError, ValueError):
        raise RunError(
            f"{path} is missing or not the file that its record describes: {_remedy(run.name)}"
        ) from None
