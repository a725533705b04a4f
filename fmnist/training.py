"""Train a network by a recipe, in epochs that can be interrupted.

Whatever is random in an epoch follows from the seed and the epoch's number, so a run that was
interrupted and goes on ends with the same weights.
"""

import argparse
import dataclasses
import math
import platform
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import cv2
import keras
import numpy as np
import tensorflow as tf
from keras import ops

from fmnist import checkpoints, commands, datasets, own, runs
from fmnist.augmentation import AUGMENTATIONS
from fmnist.calibrate import calibrate
from fmnist.checkpoints import Checkpoint, at_work, writing
from fmnist.datasets import DATASETS, Images, lookup
from fmnist.evaluate import evaluate
from fmnist.fourier import FourierConv2D
from fmnist.mixtures import MIXTURES, Targets, one_hot
from fmnist.muon import Muon
from fmnist.networks import NETWORKS, build
from fmnist.recipes import OWN, SHIPPED, Phase, Recipe, recipe_for


def train(
    dataset: str,
    network: str,
    recipe: Recipe,
    *,
    training_set: Images,
    seed: int,
    weights_dir: Path,
    compute_dtype: str = "float32",
    start: runs.Run | None = None,
    pictures: own.Pictures | None = None,
) -> runs.Run:
    """Train and write weights and record; returns the record, to be calibrated and evaluated.

    compute_dtype: of the convolutions, "float32" or "bfloat16"; the weights are float32
    start: the shipped run from whose weights training starts; None means from scratch
    pictures: a person's own, that join those of a mixture; `recipe.source` is to tell them apart

    Goes on after the last finished epoch of an interrupted run with the same recipe and seed, and
    leaves its checkpoint for `fmnist.checkpoints.discard`: of several runs none is trained twice
    then. Raises TrainingError if the folder cannot be written, the checkpoint is damaged, or
    another process trains the same run there.
    """
    name = runs.run_name(dataset, network, recipe.name)
    images, validation = datasets.split(training_set, recipe.validation_images)
    cv2.setNumThreads(1)  # a second one would wait, and take its processor from the learning
    with writing(weights_dir), at_work(name, weights_dir):
        checkpoint = Checkpoint(weights_dir, name, recipe, seed)
        keras.utils.clear_session()  # layers are numbered from 1, whatever was trained before
        keras.utils.set_random_seed(seed)
        model = build(network, recipe.dropout, Conv2D=FourierConv2D)
        if start:
            model.set_weights(runs.load_network(start).get_weights())
        if compute_dtype != "float32":
            for layer in model.layers:
                if isinstance(layer, keras.layers.Conv2D | keras.layers.MaxPooling2D):
                    layer.dtype_policy = f"mixed_{compute_dtype}"
        if checkpoint.history:
            print(f"{name}: going on after epoch {len(checkpoint.history)} of {recipe.epochs}")
        before = 0
        for phase in recipe.phases:
            _train_phase(
                model, phase, before, dataset, recipe, checkpoint, images, validation, pictures
            )
            before += phase.epochs
        trained = build(network, recipe.dropout)  # as published, without optimizer
        trained.set_weights(model.get_weights())
        run = runs.Run(
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
            weights=runs.Weights(file="", bytes=0, sha256=""),  # they are saved below
            history=checkpoint.history,
        )
        return runs.save(run, trained, weights_dir)


def _train_phase(
    model: keras.Model,
    phase: Phase,
    before: int,
    dataset: str,
    recipe: Recipe,
    checkpoint: Checkpoint,
    images: Images,
    validation: Images,
    pictures: own.Pictures | None,
) -> None:
    """What is left to do of a phase that comes after so many epochs; nothing if it is over."""
    done, after = len(checkpoint.history), before + phase.epochs
    if done > after:
        return

    def shown_in(epoch):
        rng = np.random.default_rng([checkpoint.seed, epoch, len(images.labels)])
        if phase.augmented:
            augment = lookup(AUGMENTATIONS, dataset, "fmnist.augmentation.AUGMENTATIONS")
            return Images(augment(images, rng), images.labels)
        if not phase.mixture:
            return images
        mixture = lookup(MIXTURES, dataset, "fmnist.mixtures.MIXTURES")
        some = images
        if phase.images:
            chosen = rng.choice(len(images.labels), phase.images, replace=False)
            some = Images(*(array[chosen] for array in images))
        shown = mixture(some, rng, phase.mixture)
        return own.joined(shown, pictures, dataset, rng) if pictures else shown

    shown = shown_in(done)
    _set_dropout(model, recipe.dropout_in(phase))
    accuracy = Accuracy()
    _compile(model, phase, recipe.batch_size, len(shown.pixels), accuracy)
    if done > before:
        checkpoint.restore(model)
    held_out: Images | Targets = validation
    if phase.mixture:
        held_out = Targets(validation.pixels, one_hot(validation.labels))
    with ThreadPoolExecutor(1) as ahead:  # the next epoch's images are made while one is learned
        for epoch in range(done, after):
            time_left = _time_left(checkpoint.history, recipe.epochs)
            print(f"{checkpoint.name}: epoch {epoch + 1} of {recipe.epochs}{time_left}")
            start = time.perf_counter()
            following = ahead.submit(shown_in, epoch + 1) if epoch + 1 < after else None
            rng = np.random.default_rng([checkpoint.seed, epoch])
            _seed_dropout(model, rng)
            metrics = _epoch(model, recipe.batch_size, shown, held_out, rng)
            confusion = accuracy.confusion.numpy().astype(int).tolist()  # validation came last
            shown = following and following.result()
            seconds = round(time.perf_counter() - start, 1)
            record = {"epoch": epoch + 1, **metrics, "val_confusion": confusion, "seconds": seconds}
            checkpoint.keep(model, cast(runs.Epoch, record))


def _compile(
    model: keras.Model, phase: Phase, batch_size: int, count: int, accuracy: "Accuracy"
) -> None:
    """With an optimizer that begins anew, for epochs of `count` images."""
    steps = phase.epochs * math.ceil(count / batch_size)
    rate = lookup(SCHEDULES, phase.schedule, "fmnist.training.SCHEDULES")(phase, steps)
    model.compile(
        optimizer=lookup(OPTIMIZERS, phase.optimizer, "fmnist.training.OPTIMIZERS")(rate, model),
        loss=any_right if phase.mixture else "sparse_categorical_crossentropy",
        metrics=[accuracy],
    )
    model.optimizer.build(model.trainable_variables)


def _muon(rate: keras.optimizers.schedules.LearningRateSchedule, model: keras.Model) -> Muon:
    """Adam's share, as its authors advise: first layer, last layer, and all that is no matrix."""
    layers = [layer for layer in model.layers if hasattr(layer, "kernel")]
    return Muon(
        rate,
        exclude_layers=[f"/{layers[0].name}/", f"/{layers[-1].name}/"],
        adam_lr_ratio=ADAM_RATIO,
        weight_decay=None,
        matrix_dtype=layers[0].compute_dtype,  # as the convolutions
    )


ADAM_RATIO = 0.1
OPTIMIZERS = {  # by name, for a schedule of the learning rate and a model
    "adam": lambda rate, model: keras.optimizers.Adam(rate),
    "muon": _muon,
}
SCHEDULES = {  # of the learning rate, for a phase of so many steps; see `fmnist.recipes.Phase`
    "inverse_time": lambda phase, steps: keras.optimizers.schedules.InverseTimeDecay(
        phase.learning_rate, decay_steps=1, decay_rate=phase.decay
    ),
    "cosine": lambda phase, steps: keras.optimizers.schedules.CosineDecay(
        phase.learning_rate, decay_steps=steps
    ),
}


def any_right(classes, probabilities):
    """Cross-entropy with several right classes, or none: (n, 10) tensors -> (n,).

    The negative logarithm of the probability that one of the right classes has. An outlier has no
    right class, and its target is the uniform distribution (outlier exposure: D. Hendrycks,
    M. Mazeika, T. Dietterich, arXiv 1812.04606).
    """
    classes = ops.cast(classes, probabilities.dtype)
    smallest = keras.config.epsilon()
    right = ops.log(ops.maximum(ops.sum(classes * probabilities, axis=-1), smallest))
    uniform = ops.mean(ops.log(ops.maximum(probabilities, smallest)), axis=-1)
    return -ops.where(_known(classes), right, uniform)


class Accuracy(keras.metrics.Mean):
    """How often the likeliest class is one of the right ones; outliers do not count.

    `confusion` counts the same answers: (10, 10), rows what it is, columns what was predicted.
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
    """Before the model is compiled, which is when rates are read."""
    for layer in _dropouts(model):
        layer.rate = rate


def _seed_dropout(model: keras.Model, rng: np.random.Generator) -> None:
    """Keras does not save the state of the seeds of dropout: each epoch sets them."""
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
    """In their order, as `fit` makes them of arrays, but for one thing.

    tf.data tunes itself 10, 20, 40 … ms after its start, and cannot end before the next time: with
    that, an epoch that took 21 s was not over before 41 s.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    batches = tf.data.Dataset.from_tensor_slices(tuple(arrays)).batch(size).prefetch(2)
    return batches.with_options(options)


def _time_left(history: list[runs.Epoch], epochs: int) -> str:
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


def parse_args() -> argparse.Namespace:
    parser = commands.parser(DESCRIPTION, recipe=SHIPPED, data_dir=True)
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="a folder of your own pictures, with a folder for each class, named after its label: "
        "the app's networks learn from them too, and the app then serves the result",
    )
    parser.add_argument(
        "--from-scratch",
        action="store_true",
        help="with --pictures: start from random weights and train for as long as the app's "
        "networks were trained, instead of for minutes",
    )
    parser.add_argument(
        "--epochs",
        type=_positive,
        help="train for only this many epochs, as in the last phase, to try it out",
    )
    parser.add_argument(
        "--seed", type=int, default=42, help="of all that is random (default: %(default)s)"
    )
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="compute convolutions in bfloat16: half as fast again on processors that support it "
        "(AVX512-BF16, AMX), far slower on others",
    )
    args = parser.parse_args()
    if args.pictures and args.recipe == SHIPPED:
        args.recipe = OWN
    if (args.recipe == OWN) != bool(args.pictures):
        parser.error(f"--recipe {OWN} needs --pictures FOLDER, and no other recipe takes it")
    return args


DESCRIPTION = """\
Train, calibrate and evaluate: without options, all four networks that the app serves.

An interrupted run goes on where it stopped when the same command is run again.
"""


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 1 or more")
    return int(text)


def main() -> None:
    args = parse_args()
    with commands.sentences():
        pictures = own.read(args.pictures, args.dataset) if args.pictures else {}
        parts = {dataset: own.hold_out(each, dataset) for dataset, each in pictures.items()}
        wanted = [
            (dataset, network, *_plan(args, dataset, network, parts.get(dataset)))
            for network in ([args.network] if args.network else NETWORKS)
            for dataset in ([args.dataset] if args.dataset else parts or DATASETS)
        ]
        training_sets = {
            dataset: datasets.training_set(DATASETS[dataset], args.data_dir)
            for dataset in dict.fromkeys(dataset for dataset, *_ in wanted)
        }
        finished = []
        for dataset, network, recipe, start in wanted:
            if args.epochs:
                phase = dataclasses.replace(recipe.phases[-1], epochs=args.epochs)
                recipe = dataclasses.replace(recipe, phases=(phase,))
            run = train(
                dataset,
                network,
                recipe,
                training_set=training_sets[dataset],
                seed=args.seed,
                weights_dir=args.weights_dir,
                compute_dtype="bfloat16" if args.bfloat16 else "float32",
                start=start,
                pictures=parts[dataset][0] if parts else None,
            )
            run = calibrate(run, weights_dir=args.weights_dir)
            run = evaluate(run, datasets.test_set(dataset), weights_dir=args.weights_dir)
            finished.append(run)
        checkpoints.discard(finished, args.weights_dir)
    print(f"\n{'run':<28} {'parameters':>10} {'validation':>10} {'test':>8}")
    for run in finished:
        print(
            f"{run.name:<28} {run.parameters['total']:>10,} "
            f"{run.history[-1]['val_accuracy']:>10.2%} {run.test['accuracy']:>8.2%}"
        )
    if parts:
        _print_progress(finished, parts, args.weights_dir)


Parts = tuple[own.Pictures, own.Pictures]  # to learn from, and held out


def _plan(
    args: argparse.Namespace, dataset: str, network: str, parts: Parts | None
) -> tuple[Recipe, runs.Run | None]:
    """The recipe, and the run from whose weights it starts, if it does not start from scratch."""
    if parts is None:
        return recipe_for(args.recipe, dataset, network), None
    start = None if args.from_scratch else runs.shipped_run(dataset, network)
    return own.recipe(dataset, network, parts[0], start), start


def _print_progress(finished: list[runs.Run], parts: dict[str, Parts], weights_dir: Path) -> None:
    """What has become better and what worse, against the networks that the app comes with."""
    print(f"\n{'right of':<28} {'your pictures held out':^26} {'test images':^20}")
    print(f"{'':<28} {'before':>12} {'after':>12} {'before':>11} {'after':>8}")
    for run in finished:
        _, held_out = parts[run.dataset]
        shipped, count = runs.shipped_run(run.dataset, run.network), len(held_out.classes)
        before = f"{own.right(shipped, held_out, runs.WEIGHTS_DIR)} of {count}"
        after = f"{own.right(run, held_out, weights_dir)} of {count}"
        print(
            f"{run.name:<28} {before:>12} {after:>12} "
            f"{shipped.test['accuracy']:>11.2%} {run.test['accuracy']:>8.2%}"
        )
    print(f"The app serves these from its next start, until you delete {weights_dir}/*-{OWN}.*")
