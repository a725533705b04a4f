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
from pathlib import Path
from typing import cast

import keras
import numpy as np

from fmnist import augmentation, checkpoints, commands, datasets, runs
from fmnist.calibrate import calibrate
from fmnist.checkpoints import Checkpoint, at_work, writing
from fmnist.datasets import DATASETS, Images, lookup
from fmnist.evaluate import evaluate
from fmnist.networks import NETWORKS, build
from fmnist.recipes import RECIPES, Phase, Recipe, recipe_for


def train(
    dataset: str,
    network: str,
    recipe: Recipe,
    *,
    training_set: Images,
    seed: int,
    weights_dir: Path,
    compute_dtype: str = "float32",
) -> runs.Run:
    """Train and write weights and record; returns the record, to be calibrated and evaluated.

    compute_dtype: of the convolutions, "float32" or "bfloat16"; the weights are float32

    Goes on after the last finished epoch of an interrupted run with the same recipe and seed, and
    leaves its checkpoint for `fmnist.checkpoints.discard`: of several runs none is trained twice
    then. Raises TrainingError if the folder cannot be written, the checkpoint is damaged, or
    another process trains the same run there.
    """
    name = runs.run_name(dataset, network, recipe.name)
    images, validation = datasets.split(training_set, recipe.validation_images)
    with writing(weights_dir), at_work(name, weights_dir):
        checkpoint = Checkpoint(weights_dir, name, recipe, seed)
        keras.utils.clear_session()  # layers are numbered from 1, whatever was trained before
        keras.utils.set_random_seed(seed)
        model = build(network, recipe.dropout)
        if compute_dtype != "float32":
            for layer in model.layers:
                if isinstance(layer, keras.layers.Conv2D | keras.layers.MaxPooling2D):
                    layer.dtype_policy = f"mixed_{compute_dtype}"
        if checkpoint.history:
            print(f"{name}: going on after epoch {len(checkpoint.history)} of {recipe.epochs}")
        before = 0
        for phase in recipe.phases:
            _train_phase(model, phase, before, dataset, recipe, checkpoint, images, validation)
            before += phase.epochs
        trained = build(network, recipe.dropout)  # without optimizer and bfloat16
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
) -> None:
    """What is left to do of a phase that comes after so many epochs; nothing if it is over."""
    after = before + phase.epochs
    if len(checkpoint.history) > after:
        return
    _compile(model, phase, recipe.batch_size, len(images.labels))
    if len(checkpoint.history) > before:
        checkpoint.restore(model)
    elif phase.average_with_start:
        checkpoint.keep_start(model)
    for epoch in range(len(checkpoint.history), after):
        time_left = _time_left(checkpoint.history, recipe.epochs)
        print(f"{checkpoint.name}: epoch {epoch + 1} of {recipe.epochs}{time_left}")
        rng = np.random.default_rng([checkpoint.seed, epoch])
        start = time.perf_counter()
        _seed_dropout(model, rng)
        shown = images
        if phase.augmentation:
            shown = augmentation.augmented(dataset, images, rng, name=phase.augmentation)
        metrics = _epoch(model, recipe.batch_size, shown, validation, rng)
        seconds = round(time.perf_counter() - start, 1)
        record = {"epoch": epoch + 1} | metrics | {"seconds": seconds}
        checkpoint.keep(model, cast(runs.Epoch, record))
    if phase.average_with_start:
        ends = model.get_weights()
        checkpoint.restore_start(model)
        starts = model.get_weights()
        model.set_weights([(start + end) / 2 for start, end in zip(starts, ends, strict=True)])


def _compile(model: keras.Model, phase: Phase, batch_size: int, count: int) -> None:
    """With an Adam that begins anew, for phases of `count` images of the data set."""
    if phase.augmentation:
        count += augmentation.outlier_count(count)
    steps = phase.epochs * math.ceil(count / batch_size)
    rate = lookup(SCHEDULES, phase.schedule, "fmnist.training.SCHEDULES")(phase, steps)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.optimizer.build(model.trainable_variables)


SCHEDULES = {  # of the learning rate, for a phase of so many steps; see `fmnist.recipes.Phase`
    "inverse_time": lambda phase, steps: keras.optimizers.schedules.InverseTimeDecay(
        phase.learning_rate, decay_steps=1, decay_rate=phase.decay
    ),
    "linear": lambda phase, steps: keras.optimizers.schedules.PolynomialDecay(
        phase.learning_rate, decay_steps=steps, end_learning_rate=0
    ),
}


def _seed_dropout(model: keras.Model, rng: np.random.Generator) -> None:
    """Keras does not save the state of the seeds of dropout: each epoch sets them."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(rng.integers(2**32, size=2, dtype=np.uint32))


def _epoch(
    model: keras.Model,
    batch_size: int,
    images: Images,
    validation: Images,
    rng: np.random.Generator,
) -> dict[str, float]:
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
    metrics = {key: float(values[0]) for key, values in fitted.history.items()}
    return metrics | {"learning_rate": learning_rate}


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
    parser = commands.parser(DESCRIPTION, recipe=next(iter(RECIPES)), data_dir=True)
    parser.add_argument(
        "--epochs", type=_positive, help="just so many epochs, without fine-tuning, to try it"
    )
    parser.add_argument("--seed", type=int, default=42, help="default: %(default)s")
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="compute convolutions in bfloat16: a third faster on processors that have it "
        "(AVX512-BF16, AMX), far slower on others",
    )
    return parser.parse_args()


DESCRIPTION = """\
Train, calibrate and evaluate: without options, all four networks that the app serves.

An interrupted run goes on where it stopped when the same command is given again.
"""


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


def main() -> None:
    args = parse_args()
    with commands.sentences():
        wanted = [
            (dataset, network, recipe_for(args.recipe, dataset, network))
            for network in ([args.network] if args.network else NETWORKS)
            for dataset in ([args.dataset] if args.dataset else DATASETS)
        ]
        training_sets = {
            dataset: datasets.training_set(DATASETS[dataset], args.data_dir)
            for dataset in dict.fromkeys(dataset for dataset, _, _ in wanted)
        }
        finished = []
        for dataset, network, recipe in wanted:
            if args.epochs:
                first = dataclasses.replace(recipe.phases[0], epochs=args.epochs)
                recipe = dataclasses.replace(recipe, phases=(first,))
            run = train(
                dataset,
                network,
                recipe,
                training_set=training_sets[dataset],
                seed=args.seed,
                weights_dir=args.weights_dir,
                compute_dtype="bfloat16" if args.bfloat16 else "float32",
            )
            _, validation = datasets.split(training_sets[dataset], recipe.validation_images)
            run = calibrate(run, validation, weights_dir=args.weights_dir)
            run = evaluate(run, datasets.test_set(dataset), weights_dir=args.weights_dir)
            finished.append(run)
        checkpoints.discard(finished, args.weights_dir)
    print(f"\n{'run':<28} {'parameters':>10} {'validation':>10} {'test':>8}")
    for run in finished:
        print(
            f"{run.name:<28} {run.parameters['total']:>10,} "
            f"{run.history[-1]['val_accuracy']:>10.2%} {run.test['accuracy']:>8.2%}"
        )
