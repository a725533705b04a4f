"""Checkpoints in the weights folder, from which the same command resumes interrupted training."""

import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import filelock
import keras
import numpy as np
from pydantic import TypeAdapter

from fmnist.data import files
from fmnist.runs import records
from fmnist.runs.recipes import Recipe

FOLDER = ".partial"  # in the weights folder


class TrainingError(records.RunError):
    """Training cannot start or continue; the text says what to do."""


@contextlib.contextmanager
def writing(weights_dir: Path) -> Iterator[None]:
    """Turn write errors into a sentence, at once if the folder cannot be written at all."""
    try:
        weights_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=weights_dir).close()
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error
        raise TrainingError(
            f"{weights_dir} cannot be written ({reason}): fix that and run the same command "
            "again, which goes on after the last finished epoch, or name another folder with "
            "--weights-dir."
        ) from None


@contextlib.contextmanager
def at_work(name: str, weights_dir: Path) -> Iterator[Path]:
    """Lock the run of this name; yields the lock's file. Raises TrainingError if it is locked.

    The lock is the system's, so it vanishes with its process.
    """
    lock = weights_dir / FOLDER / f"{name}.lock"
    lock.parent.mkdir(exist_ok=True)
    try:
        with filelock.FileLock(lock, blocking=False):
            yield lock
    except filelock.Timeout:
        raise TrainingError(
            f"{name} is being trained in {weights_dir} by another process: wait for it to end, or "
            "name another folder with --weights-dir."
        ) from None


@dataclass(frozen=True)
class MadeBy:
    """A run resumes only a checkpoint for which all of this is the same."""

    recipe: Recipe
    seed: int
    compute_dtype: str
    keras: str = field(default_factory=keras.version)


@dataclass(frozen=True)
class State:
    """The contents of `state.json`; `weights` maps the name of the other file to its checksum.

    As does `moments`, for the weights after those epochs that the recipe keeps.
    """

    made_by: MadeBy
    weights: dict[str, str]
    history: list[records.Epoch]
    moments: dict[str, str] = field(default_factory=dict)


def in_a_row(model: keras.Model) -> np.ndarray:
    """All weights of a model, in the order of `get_weights`: (parameters,) float32."""
    return np.concatenate([values.ravel() for values in model.get_weights()])


class Checkpoint:
    """The state after the last finished epoch, in a folder of its own.

    It is empty at first, and if what the folder holds was made otherwise. Raises TrainingError if
    that is damaged.
    """

    def __init__(self, weights_dir: Path, name: str, made_by: MadeBy):
        self.name = name
        self.seed = made_by.seed
        self.folder = weights_dir / FOLDER / name
        self.file = self.folder / "state.json"
        self.state = State(made_by, weights={}, history=[])
        if self.file.exists() and (state := self._read()).made_by == made_by:
            self.state = state

    def _read(self) -> State:
        try:
            state = TypeAdapter(State).validate_json(self.file.read_bytes())
            for file, checksum in (state.weights | state.moments).items():
                if files.sha256(self.folder / file) != checksum:
                    raise ValueError
        except (OSError, ValueError):
            raise self._useless("is damaged") from None
        return state

    def _useless(self, why: str) -> TrainingError:
        return TrainingError(
            f"The interrupted training kept in {self.folder} {why}: delete that folder and run the "
            "same command again, which starts over."
        )

    @property
    def history(self) -> list[records.Epoch]:
        """The epochs so far."""
        return self.state.history

    def restore(self, model: keras.Model) -> None:
        """Load the weights and the optimizer's state after the last epoch.

        Raises TrainingError if they do not fit the model's layers.
        """
        (file,) = self.state.weights
        try:
            model.load_weights(self.folder / file)
        except ValueError:
            raise self._useless("is of an earlier version of the code") from None

    def keep(self, model: keras.Model, epoch: records.Epoch) -> None:
        """Save weights and optimizer after this epoch, replacing those after the previous one.

        Writes the weights first, under a new name, then atomically replaces the state that names
        them.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        history = [*self.history, epoch]
        file = f"epoch-{len(history)}.weights.h5"
        weights = {file: files.save_weights(model, self.folder / file)}
        moments = self.state.moments
        if len(history) in self.state.made_by.recipe.kept_epochs:
            moment, bytes_ = self._moment(len(history)), io.BytesIO()
            np.save(bytes_, in_a_row(model))
            files.write(self.folder / moment, bytes_.getvalue())
            moments = moments | {moment: files.sha256(self.folder / moment)}
        self.state = State(self.state.made_by, weights, history, moments)
        files.write(self.file, json.dumps(asdict(self.state)).encode())
        for old in self.folder.glob("*.h5"):
            if old.name not in weights:
                old.unlink()

    def moment(self, epoch: int) -> np.ndarray:
        """All weights after an epoch of `Recipe.kept_epochs`, in a row: (parameters,) float32."""
        return np.load(self.folder / self._moment(epoch))

    @staticmethod
    def _moment(epoch: int) -> str:
        return f"epoch-{epoch}.npy"

    def discard(self) -> None:
        """Delete it, unless it was made otherwise."""
        if self.history:
            shutil.rmtree(self.folder)


def discard(finished: list[records.Run], weights_dir: Path) -> None:
    """Delete the checkpoints of these runs, so that the next training starts afresh.

    If another process is training one of them again by now, its checkpoint stays.
    """
    for run in finished:
        with contextlib.suppress(TrainingError), at_work(run.name, weights_dir) as lock:
            made_by = MadeBy(run.recipe, run.seed, run.compute_dtype)
            Checkpoint(weights_dir, run.name, made_by).discard()
            lock.unlink()
    with contextlib.suppress(OSError):  # other runs may still have theirs
        (weights_dir / FOLDER).rmdir()
