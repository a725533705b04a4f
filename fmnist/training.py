"""Train a network by a recipe: epochs that can be interrupted, then one score on the test set.

Whatever is random in an epoch follows from the seed and the epoch's number, so a run that was
interrupted and goes on ends with the same weights.
"""

import contextlib
import dataclasses
import functools
import json
import math
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock
import keras
import numpy as np
from pydantic import TypeAdapter

from fmnist import augmentation, confidence, files, runs
from fmnist.datasets import DATASETS, FASHION_MNIST, MNIST, Images, lookup
from fmnist.networks import build

CHECKPOINTS = ".partial"  # a folder in the weights folder
AUGMENTATION = {"finishing": "distorted", "settling": "mirrored", "softening": "blurred"}


class TrainingError(Exception):
    """Training cannot begin or go on; the text says what to do."""


@dataclass(frozen=True)
class Recipe:
    """How a network is trained by Adam.

    For `epochs` its rate falls as learning_rate / (1 + decay × step). Then, if there are
    `finishing_epochs`, Adam begins anew, its rate falls from finishing_rate to 0 with every step,
    and the images are those of `fmnist.augmentation`. `settling_epochs` do the same once more from
    settling_rate, with images that are hardly altered: what is left to learn are those of the data
    set itself (Z. He et al., Data Augmentation Revisited, arXiv 1909.09148). `softening_epochs` do
    so from softening_rate with images altered and less sharp, after which the network is the mean
    of the one before and the one after them, which keeps the best of both (M. Wortsman et al.,
    Robust fine-tuning of zero-shot models, arXiv 2109.01903).
    """

    name: str
    epochs: int
    batch_size: int
    learning_rate: float
    decay: float
    dropout: float
    validation_images: int
    source: str
    finishing_epochs: int = 0
    finishing_rate: float = 0.0
    settling_epochs: int = 0
    settling_rate: float = 0.0
    softening_epochs: int = 0
    softening_rate: float = 0.0

    @property
    def all_epochs(self) -> int:
        return self.epochs + self.finishing_epochs + self.settling_epochs + self.softening_epochs

    def phase(self, epoch: int) -> str:
        """Of the epoch with this number, from 0: "seed", "finishing", "settling" or "softening"."""
        if epoch < self.epochs:
            return "seed"
        if epoch < self.epochs + self.finishing_epochs:
            return "finishing"
        return "settling" if epoch < self.all_epochs - self.softening_epochs else "softening"


# 15 % of the training images are held out for validation, as the large network's author did.
SEED = {
    "small": Recipe(
        name="seed",
        epochs=30,
        batch_size=128,
        learning_rate=0.001,
        decay=0.0,
        dropout=0.25,
        validation_images=9000,
        source="The author gives the layers and 30 epochs; the rest is our choice.",
    ),
    "large": Recipe(
        name="seed",
        epochs=30,
        batch_size=256,
        learning_rate=0.001,
        decay=0.001,
        dropout=0.35,
        validation_images=9000,
        source="The author's published recipe.",
    ),
}
FINISH = {
    network: dataclasses.replace(
        recipe,
        name="best",
        finishing_epochs={"small": 12, "large": 30}[network],
        finishing_rate=0.001,
        source="The seed recipe, then a finish of our own.",
    )
    for network, recipe in SEED.items()
}
# Of clothing only: digits are not altered so much that there is something left to settle.
SOFTENED = {
    network: dataclasses.replace(
        recipe,
        settling_epochs=5,
        settling_rate=0.0003,
        softening_epochs=3,
        softening_rate=0.0007,
    )
    for network, recipe in FINISH.items()
}
RECIPES = {  # by name, data set and network
    "best": {MNIST.name: FINISH, FASHION_MNIST.name: SOFTENED},
    "seed": {dataset: SEED for dataset in DATASETS},
}


def split(images: Images, validation_images: int) -> tuple[Images, Images]:
    """Hold out the last images for validation, as `keras.Model.fit(validation_split=…)` does."""
    return (
        Images(*(part[:-validation_images] for part in images)),
        Images(*(part[-validation_images:] for part in images)),
    )


def train(
    dataset: str,
    network: str,
    recipe: Recipe,
    training_set: Images,
    test_set: Images,
    seed: int,
    weights_dir: Path,
    bfloat16: bool = False,
) -> runs.Run:
    """Train, score on the test set once, write weights and record; returns the record.

    Goes on after the last finished epoch of an interrupted run with the same recipe and seed, and
    leaves its checkpoint for `discard_checkpoints`: of several runs none is trained twice then.
    Raises TrainingError if the folder cannot be written, the checkpoint is damaged, or another
    process trains the same run there.
    """
    name = runs.run_name(dataset, network, recipe.name)
    with _writing(weights_dir), at_work(name, weights_dir):
        return _train(dataset, network, recipe, training_set, test_set, seed, weights_dir, bfloat16)


@contextlib.contextmanager
def _writing(weights_dir: Path) -> Iterator[None]:
    """Turns what the disk refuses into a sentence, at once if it refuses everything."""
    try:
        weights_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=weights_dir).close()
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error
        raise TrainingError(
            f"{weights_dir} cannot be written ({reason}): mend that and give the same command "
            "again, which goes on after the last finished epoch, or name another folder with "
            "--weights-dir."
        ) from None


@contextlib.contextmanager
def at_work(name: str, weights_dir: Path) -> Iterator[Path]:
    """Keeps others from the run of this name; TrainingError if another process does so now.

    The lock is the system's, so that it vanishes with a process that is killed. Its file is given.
    """
    lock = weights_dir / CHECKPOINTS / f"{name}.lock"
    lock.parent.mkdir(exist_ok=True)
    try:
        with filelock.FileLock(lock, blocking=False):
            yield lock
    except filelock.Timeout:
        raise TrainingError(
            f"{name} is being trained in {weights_dir} by another process: wait for it to end, or "
            "name another folder with --weights-dir."
        ) from None


def _train(
    dataset, network, recipe, training_set, test_set, seed, weights_dir, bfloat16
) -> runs.Run:
    images, validation = split(training_set, recipe.validation_images)
    keras.utils.clear_session()  # layers are numbered from 1, whatever was trained before
    keras.utils.set_random_seed(seed)
    model = build(network, recipe.dropout)
    if bfloat16:
        for layer in model.layers:
            if isinstance(layer, keras.layers.Conv2D | keras.layers.MaxPooling2D):
                layer.dtype_policy = "mixed_bfloat16"  # the weights stay float32
    name = runs.run_name(dataset, network, recipe.name)
    checkpoint = Checkpoint(weights_dir, name, asdict(recipe), seed)
    history = checkpoint.history
    _compile(model, recipe, recipe.phase(max(len(history) - 1, 0)), len(images.labels))
    checkpoint.restore(model)
    epochs = recipe.all_epochs
    if history:
        print(f"{name}: going on after epoch {len(history)} of {epochs}")
    for epoch in range(len(history), epochs):
        print(f"{name}: epoch {epoch + 1} of {epochs}{_time_left(history, epochs)}")
        phase = recipe.phase(epoch)
        if epoch and phase != recipe.phase(epoch - 1):
            _compile(model, recipe, phase, len(images.labels))
        rng = np.random.default_rng([seed, epoch])
        start = time.perf_counter()
        _seed_dropout(model, rng)
        shown = images
        if phase != "seed":
            shown = augmentation.augmented(dataset, images, rng, name=AUGMENTATION[phase])
        row = {"epoch": epoch + 1} | _epoch(model, recipe.batch_size, shown, validation, rng)
        history.append(row | {"seconds": round(time.perf_counter() - start, 1)})
        checkpoint.save(model, history)
    trained = build(network, recipe.dropout)  # without optimizer and bfloat16
    weights = model.get_weights()
    if recipe.softening_epochs:
        checkpoint.restore_unsoftened(trained)
        weights = [(old + new) / 2 for old, new in zip(trained.get_weights(), weights, strict=True)]
    trained.set_weights(weights)
    calibration = calibrate(trained, dataset, network, validation, seed)
    run = runs.Run(
        dataset=dataset,
        network=network,
        recipe=asdict(recipe),
        seed=seed,
        versions={
            "python": platform.python_version(),
            "keras": keras.version(),
            keras.backend.backend(): _backend_version(),
            "numpy": np.__version__,
        },
        convolutions="bfloat16" if bfloat16 else "float32",
        parameters=_parameters(trained),
        weights={},
        history=history,
        confidence=calibration,
        test=score(trained, dataset, test_set, calibration["temperature"]),
    )
    return runs.save(run, trained, weights_dir)


def discard_checkpoints(finished: list[runs.Run], weights_dir: Path) -> None:
    """Forget the states that these runs could go on from: the next `train` starts anew.

    Another process that trains one of them again by now keeps its state.
    """
    for run in finished:
        with contextlib.suppress(TrainingError), at_work(run.name, weights_dir) as lock:
            Checkpoint(weights_dir, run.name, run.recipe, run.seed).discard()
            lock.unlink()
    with contextlib.suppress(OSError):  # other runs may still have theirs
        (weights_dir / CHECKPOINTS).rmdir()


def calibrate(
    model: keras.Model, dataset: str, network: str, validation: Images, seed: int
) -> dict[str, float]:
    """What a record's `confidence` holds, see `runs.Run`."""

    def predict(pixels, temperature):
        return confidence.served_probabilities(
            _predictor(model), pixels, dataset, temperature=temperature
        )

    temperature = confidence.fit_temperature(predict(validation.pixels, 1), validation.labels)
    rng = np.random.default_rng(seed)
    shown = augmentation.augmented(dataset, validation, rng, name="distorted")
    probabilities = predict(shown.pixels, temperature)
    count = len(validation.labels)
    name = "fmnist.confidence.CORRECT_REJECTED"
    correct_rejected = lookup(confidence.CORRECT_REJECTED, (dataset, network), name)
    rejection = confidence.rejection(
        probabilities[:count],
        validation.labels,
        outliers=probabilities[count:],
        correct_rejected=correct_rejected,
    )
    return {"temperature": temperature} | rejection


def score(model: keras.Model, dataset: str, images: Images, temperature: float) -> dict:
    """What a record's `test` holds, see `runs.Run`."""
    predict = _predictor(model)
    probabilities = predict(images.pixels)
    predictions = probabilities.argmax(axis=1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (images.labels, predictions), 1)
    right = probabilities[np.arange(len(images.labels)), images.labels]
    served = confidence.served_probabilities(
        predict, images.pixels, dataset, temperature=temperature
    )
    return {
        "images": len(images.labels),
        "loss": float(-np.log(np.maximum(right, keras.config.epsilon())).mean()),
        "accuracy": float((predictions == images.labels).mean()),
        "calibration_error": confidence.calibration_error(served, images.labels),
        "predictions": "".join(map(str, predictions)),
        "confusion": confusion.tolist(),
    }


def _predictor(model):
    return functools.partial(model.predict, batch_size=500, verbose=0)


def _compile(model, recipe, phase, count) -> None:
    schedules = keras.optimizers.schedules
    if phase == "seed":
        rate = schedules.InverseTimeDecay(recipe.learning_rate, 1, recipe.decay)
    else:
        steps = math.ceil(count * (1 + augmentation.OUTLIERS) / recipe.batch_size)
        first, epochs = {
            "finishing": (recipe.finishing_rate, recipe.finishing_epochs),
            "settling": (recipe.settling_rate, recipe.settling_epochs),
            "softening": (recipe.softening_rate, recipe.softening_epochs),
        }[phase]
        rate = schedules.PolynomialDecay(first, epochs * steps, end_learning_rate=0)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


def _seed_dropout(model, rng) -> None:
    """Keras does not save the state of the seeds of dropout: each epoch sets them."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(rng.integers(2**32, size=2, dtype=np.uint32))


def _epoch(model, batch_size, images, validation, rng) -> dict[str, float]:
    learning_rate = float(model.optimizer.learning_rate)
    order = rng.permutation(len(images.labels))
    fitted = model.fit(
        images.pixels[order],
        images.labels[order],
        batch_size=batch_size,
        shuffle=False,
        validation_data=validation,
        validation_batch_size=500,
        verbose=1 if sys.stdout.isatty() else 2,
    )
    row = {key: float(values[0]) for key, values in fitted.history.items()}
    return row | {"learning_rate": learning_rate}


def _time_left(history: list[dict], epochs: int) -> str:
    if not history:
        return ""
    recent = [row["seconds"] for row in history[-3:]]
    minutes = sum(recent) / len(recent) * (epochs - len(history)) / 60
    return f", about {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"


def _parameters(model: keras.Model) -> dict[str, int]:
    def count(weights):
        return sum(int(np.prod(weight.shape)) for weight in weights)

    return {
        "total": model.count_params(),
        "trainable": count(model.trainable_weights),
        "non_trainable": model.count_params() - count(model.trainable_weights),
    }


def _backend_version() -> str:
    return sys.modules[keras.backend.backend()].__version__


@dataclass(frozen=True)
class State:
    """What a checkpoint's `state.json` holds; `weights` are the checksums of its other files."""

    made_by: dict
    weights: dict[str, str]
    history: list[runs.Epoch]


class Checkpoint:
    """The state after the last finished epoch, in a folder of its own.

    There is none at first, nor if it was made by another recipe. Raises TrainingError if it is
    damaged.
    """

    def __init__(self, weights_dir: Path, name: str, recipe: dict, seed: int):
        self.folder = weights_dir / CHECKPOINTS / name
        self.file = self.folder / "state.json"
        self.made_by = {"recipe": recipe, "seed": seed, "keras": keras.version()}
        softening = recipe["softening_epochs"]
        epochs = ("epochs", "finishing_epochs", "settling_epochs")
        self.unsoftened = _weights_file(sum(map(recipe.get, epochs))) if softening else None
        self.state = self._read() if self.file.exists() else None
        if not self.state or self.state.made_by != self.made_by:
            self.state = State(self.made_by, {}, [])

    def _read(self) -> State:
        try:
            state = TypeAdapter(State).validate_json(self.file.read_bytes())
            for file, checksum in state.weights.items():
                if files.sha256(self.folder / file) != checksum:
                    raise ValueError
        except (OSError, ValueError):
            raise TrainingError(
                f"What {self.folder} keeps of an interrupted training is damaged: delete that "
                "folder, and the same command begins anew."
            ) from None
        return state

    @property
    def history(self) -> list[runs.Epoch]:
        """The epochs so far."""
        return list(self.state.history)

    def restore(self, model: keras.Model) -> None:
        """Load weights and optimizer, if there is a state."""
        if self.state.history:
            model.optimizer.build(model.trainable_variables)
            model.load_weights(self.folder / _weights_file(len(self.state.history)))

    def restore_unsoftened(self, model: keras.Model) -> None:
        """Load the weights from before the softening epochs."""
        model.load_weights(self.folder / self.unsoftened)

    def save(self, model: keras.Model, history: list[runs.Epoch]) -> None:
        """Weights first, under a new name; the state that names them is then replaced at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = _weights_file(len(history))
        weights = {file: files.save_weights(model, self.folder / file)}
        if self.unsoftened in self.state.weights:
            weights[self.unsoftened] = self.state.weights[self.unsoftened]
        self.state = State(self.made_by, weights, history)
        files.write(self.file, json.dumps(asdict(self.state)).encode())
        for old in self.folder.glob("*epoch-*"):
            if old.name not in weights:
                old.unlink()

    def discard(self) -> None:
        """Delete it, unless it is that of another recipe or seed."""
        if self.state.history:
            shutil.rmtree(self.folder)


def _weights_file(epoch: int) -> str:
    return f"epoch-{epoch}.weights.h5"
