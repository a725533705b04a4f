"""Train a network by a recipe, in epochs that can be interrupted.

All randomness in an epoch follows from the seed and the epoch's number, so a run that is
interrupted and resumed ends with the same weights.
"""

import math
import platform
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import keras
import numpy as np
import tensorflow as tf
from keras import ops

from fmnist.data.datasets import Images, lookup
from fmnist.networks.definitions import build
from fmnist.runs import records
from fmnist.runs.recipes import Phase, Recipe
from fmnist.training import own
from fmnist.training.checkpoints import Checkpoint, MadeBy, at_work, in_a_row, writing
from fmnist.training.fourier import FourierConv2D
from fmnist.training.mixtures import Targets, one_hot
from fmnist.training.muon import Muon
from fmnist.training.registry import step_of


def train(
    dataset: str,
    network: str,
    recipe: Recipe,
    *,
    training_set: Images,
    seed: int,
    weights_dir: Path,
    compute_dtype: str = "float32",
    start: records.Run | None = None,
    pictures: own.Pictures | None = None,
) -> records.Run:
    """Train and write weights and record; returns the record, not yet calibrated or evaluated.

    compute_dtype: of the convolutions, "float32" or "bfloat16"; the weights are float32
    start: the shipped run whose weights to start from; None means from scratch
    pictures: a person's own, which join the mixture; `recipe.source` must tell them apart

    Resumes an interrupted run of the same recipe and seed after its last finished epoch. Leaves the
    checkpoint for `fmnist.training.checkpoints.discard`, so that none of several runs is trained
    twice. Raises TrainingError if the folder cannot be written, the checkpoint is damaged, or
    another process is training the same run there.
    """
    name = records.run_name(dataset, network, recipe.name)
    images, validation = recipe.split(training_set)
    cv2.setNumThreads(1)  # more threads would only wait, and take processors from training
    with writing(weights_dir), at_work(name, weights_dir):
        checkpoint = Checkpoint(weights_dir, name, MadeBy(recipe, seed, compute_dtype))
        keras.utils.clear_session()  # number layers from 1, whatever was trained before
        keras.utils.set_random_seed(seed)
        model = build(network, recipe.dropout, Conv2D=FourierConv2D)
        if start:
            model.set_weights(records.load_network(start).get_weights())
        if compute_dtype != "float32":
            for layer in model.layers:
                if isinstance(layer, keras.layers.Conv2D | keras.layers.MaxPooling2D):
                    layer.dtype_policy = f"mixed_{compute_dtype}"
        if checkpoint.history:
            print(f"{name}: going on after epoch {len(checkpoint.history)} of {recipe.epochs}")
        training = Training(model, dataset, recipe, checkpoint, images, validation, pictures)
        untrained = in_a_row(model)
        for phase in recipe.phases:
            training.run(phase)
        trained = build(network, recipe.dropout)  # as published, without optimizer
        trained.set_weights(model.get_weights())
        run = records.Run(
            dataset=dataset,
            network=network,
            recipe=recipe,
            seed=seed,
            versions={
                "python": platform.python_version(),
                "keras": keras.version(),
                keras.backend.backend(): _backend_version(),
                "numpy": np.__version__,
            },
            compute_dtype=compute_dtype,
            parameters=_parameters(trained),
            weights=records.Weights(file="", bytes=0, sha256=""),  # set by `save` below
            history=checkpoint.history,
        )
        moments = {
            epoch: checkpoint.moment(epoch) if epoch else untrained for epoch in recipe.kept_epochs
        }
        return records.save(run, trained, weights_dir, moments)


@dataclass
class Training:
    """A model that goes through the phases of a recipe, one after another.

    images: the training images
    pictures: a person's own, which join the mixture
    """

    model: keras.Model
    dataset: str
    recipe: Recipe
    checkpoint: Checkpoint
    images: Images
    validation: Images
    pictures: own.Pictures | None
    before: int = 0  # epochs of earlier phases

    def run(self, phase: Phase) -> None:
        """Train for the remaining epochs of the next phase, if any."""
        before, after = self.before, self.before + phase.epochs
        self.before = after
        done = len(self.checkpoint.history)
        if done > after:
            return
        shown = self._shown(phase, done)
        _set_dropout(self.model, self.recipe.dropout_in(phase))
        accuracy = Accuracy()
        _compile(self.model, phase, self.recipe.batch_size, len(shown.pixels), accuracy)
        if done > before:
            self.checkpoint.restore(self.model)
        held_out: Images | Targets = self.validation
        if phase.mixture:
            held_out = Targets(self.validation.pixels, one_hot(self.validation.labels))
        with ThreadPoolExecutor(1) as ahead:  # makes the next epoch's images meanwhile
            for epoch in range(done, after):
                self._announce(epoch)
                start = time.perf_counter()
                more = epoch + 1 < after
                following = ahead.submit(self._shown, phase, epoch + 1) if more else None
                rng = np.random.default_rng([self.checkpoint.seed, epoch])
                _seed_dropout(self.model, rng)
                images = len(shown.pixels)
                metrics = _epoch(self.model, self.recipe.batch_size, shown, held_out, rng)
                confusion = accuracy.confusion.numpy().astype(int).tolist()  # validation came last
                if following:
                    shown = following.result()
                record = {
                    "epoch": epoch + 1,
                    "images": images,
                    **metrics,
                    "val_confusion": confusion,
                    "seconds": round(time.perf_counter() - start, 1),
                }
                self.checkpoint.keep(self.model, cast(records.Epoch, record))

    def _shown(self, phase: Phase, epoch: int) -> Images | Targets:
        """The images of an epoch, which follow from the seed and the epoch's number."""
        images = self.images
        rng = np.random.default_rng([self.checkpoint.seed, epoch, len(images.labels)])
        if phase.augmented:
            augmented = step_of(self.dataset, "augmented")
            return Images(augmented(images, rng), images.labels)
        if not phase.mixture:
            return images
        mixture = step_of(self.dataset, "mixture")
        some = images
        if phase.images:
            chosen = rng.choice(len(images.labels), phase.images, replace=False)
            some = Images(*(array[chosen] for array in images))
        shown = mixture(some, rng, phase.mixture)
        return own.joined(shown, self.pictures, self.dataset, rng) if self.pictures else shown

    def _announce(self, epoch: int) -> None:
        time_left = _time_left(self.checkpoint.history, self.recipe.epochs)
        print(f"{self.checkpoint.name}: epoch {epoch + 1} of {self.recipe.epochs}{time_left}")


def _compile(
    model: keras.Model, phase: Phase, batch_size: int, count: int, accuracy: "Accuracy"
) -> None:
    """Compile with a fresh optimizer, for epochs of `count` images."""
    steps = phase.epochs * math.ceil(count / batch_size)
    rate = lookup(SCHEDULES, phase.schedule, "fmnist.training.loop.SCHEDULES")(phase, steps)
    optimizer = lookup(OPTIMIZERS, phase.optimizer, "fmnist.training.loop.OPTIMIZERS")
    model.compile(
        optimizer=optimizer(phase, rate, model),
        loss=any_right if phase.mixture else "sparse_categorical_crossentropy",
        metrics=[accuracy],
    )
    model.optimizer.build(model.trainable_variables)


def _muon(
    phase: Phase, rate: keras.optimizers.schedules.LearningRateSchedule, model: keras.Model
) -> Muon:
    """As Muon's authors advise, Adam trains the first and last layers and all but matrices."""
    layers = [layer for layer in model.layers if hasattr(layer, "kernel")]
    return Muon(
        rate,
        exclude_layers=[f"/{layers[0].name}/", f"/{layers[-1].name}/"],
        adam_lr_ratio=ADAM_RATIO,
        weight_decay=None,
        matrix_dtype=layers[0].compute_dtype,  # same as the convolutions
    )


ADAM_RATIO = 0.1
OPTIMIZERS = {  # by name; each takes a `Phase`, a learning rate schedule and a model
    "adam": lambda phase, rate, model: keras.optimizers.Adam(rate, epsilon=phase.epsilon),
    "muon": _muon,
}
SCHEDULES = {  # by name; each takes a `fmnist.runs.recipes.Phase` and its number of steps
    "inverse_time": lambda phase, steps: keras.optimizers.schedules.InverseTimeDecay(
        phase.learning_rate, decay_steps=1, decay_rate=phase.decay
    ),
    "cosine": lambda phase, steps: keras.optimizers.schedules.CosineDecay(
        phase.learning_rate, decay_steps=steps
    ),
}


def any_right(classes, probabilities):
    """Cross-entropy with several right classes, or none: (n, 10) tensors -> (n,).

    The negative logarithm of the right classes' total probability. An outlier has no right class;
    its target is the uniform distribution (outlier exposure: D. Hendrycks, M. Mazeika,
    T. Dietterich, arXiv 1812.04606).
    """
    classes = ops.cast(classes, probabilities.dtype)
    smallest = keras.config.epsilon()
    right = ops.log(ops.maximum(ops.sum(classes * probabilities, axis=-1), smallest))
    uniform = ops.mean(ops.log(ops.maximum(probabilities, smallest)), axis=-1)
    return -ops.where(_known(classes), right, uniform)


class Accuracy(keras.metrics.Mean):
    """How often the likeliest class is a right one; outliers do not count.

    `confusion` counts the same answers: (10, 10), rows are true classes, columns predicted ones.
    """

    def __init__(self):
        super().__init__(name="accuracy")
        self.confusion = self.add_weight(shape=(10, 10), initializer="zeros", name="confusion")

    def update_state(self, classes, probabilities, sample_weight=None):
        """classes: (n, 10), or labels (n,)"""
        if len(classes.shape) == 1:
            classes = ops.one_hot(classes, 10)
        predicted = ops.one_hot(ops.argmax(probabilities, axis=-1), 10)
        classes = ops.cast(classes, predicted.dtype)
        self.confusion.assign_add(ops.matmul(ops.transpose(classes), predicted))
        right = ops.sum(classes * predicted, axis=-1)
        super().update_state(right, sample_weight=ops.cast(_known(classes), "float32"))

    def reset_state(self):
        super().reset_state()
        self.confusion.assign(ops.zeros_like(self.confusion))


def _known(classes):
    return ops.any(classes > 0, axis=-1)


def _set_dropout(model: keras.Model, rate: float) -> None:
    """Call this before the model is compiled, which is when rates are read."""
    for layer in _dropouts(model):
        layer.rate = rate


def _seed_dropout(model: keras.Model, rng: np.random.Generator) -> None:
    """Set dropout's seeds for an epoch, as Keras does not save their state."""
    for layer in _dropouts(model):
        layer.seed_generator.state.assign(rng.integers(2**32, size=2, dtype=np.uint32))


def _dropouts(model: keras.Model) -> list[keras.layers.Dropout]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]


def _epoch(
    model: keras.Model,
    batch_size: int,
    shown: Images | Targets,
    validation: Images | Targets,
    rng: np.random.Generator,
) -> dict[str, float]:
    learning_rate = float(model.optimizer.learning_rate)
    order = rng.permutation(len(shown.pixels))
    fitted = model.fit(
        _batches([array[order] for array in shown], batch_size),
        shuffle=False,
        validation_data=_batches(validation, 500),
        verbose=1 if sys.stdout.isatty() else 2,
    )
    metrics = {key: float(values[0]) for key, values in fitted.history.items()}
    return metrics | {"learning_rate": learning_rate}


def _batches(arrays: Iterable[np.ndarray], size: int) -> tf.data.Dataset:
    """Batches in order, as `fit` makes them from arrays, but without autotuning.

    tf.data tunes itself 10, 20, 40 … ms after it starts, and cannot end between these times: an
    epoch of 21 s then took 41 s.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    batches = tf.data.Dataset.from_tensor_slices(tuple(arrays)).batch(size).prefetch(2)
    return batches.with_options(options)


def _time_left(history: list[records.Epoch], epochs: int) -> str:
    if not history:
        return ""
    recent = [epoch["seconds"] for epoch in history[-3:]]
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
