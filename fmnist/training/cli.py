"""The command line of `train.py`: which runs to train, calibrate and evaluate, and on what."""

import argparse
import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path

from fmnist.data import datasets
from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.runs import records
from fmnist.runs.recipes import OWN, SHIPPED, Recipe, recipe_for
from fmnist.training import options, own
from fmnist.training.calibrate import calibrate
from fmnist.training.evaluate import evaluate

DESCRIPTION = """\
Train, calibrate and evaluate: without options, all networks that the app serves.

An interrupted run goes on where it stopped when the same command is run again.
"""


def parse_args() -> argparse.Namespace:
    parser = options.parser(DESCRIPTION, recipe=SHIPPED, data_dir=True)
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
        help="compute convolutions in bfloat16: about 1.5x as fast on processors that support it "
        "(AVX512-BF16, AMX), far slower on others",
    )
    args = parser.parse_args()
    if args.pictures and args.recipe == SHIPPED:
        args.recipe = OWN
    if (args.recipe == OWN) != bool(args.pictures):
        parser.error(f"--recipe {OWN} needs --pictures FOLDER, and no other recipe takes it")
    return args


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 1 or more")
    return int(text)


def main(
    importing: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
) -> None:
    """What `python train.py` does.

    importing: makes the context in which to import Keras and matplotlib. That takes seconds, so
        it comes after all complaints about the arguments and the data.
    """
    args = parse_args()
    with options.sentences():
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
        with importing():
            from fmnist.training import checkpoints, figures, loop
        finished = []
        for dataset, network, recipe, start in wanted:
            if args.epochs:
                phase = dataclasses.replace(recipe.phases[-1], epochs=args.epochs)
                recipe = dataclasses.replace(recipe, phases=(phase,))
            run = loop.train(
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
        figures.write(args.weights_dir)
        checkpoints.discard(finished, args.weights_dir)
    print(f"\n{'run':<28} {'parameters':>10} {'validation':>10} {'test':>8}")
    for run in finished:
        print(
            f"{run.name:<28} {run.parameters['total']:>10,} "
            f"{run.history[-1]['val_accuracy']:>10.2%} {run.test['accuracy']:>8.2%}"
        )
    drawn = ", ".join(str(args.weights_dir / records.curves_file(run)) for run in finished)
    print(f"The curves of the training are in {drawn}")
    if parts:
        _print_progress(finished, parts, args.weights_dir)


Parts = tuple[own.Pictures, own.Pictures]  # to learn from, and held out


def _plan(
    args: argparse.Namespace, dataset: str, network: str, parts: Parts | None
) -> tuple[Recipe, records.Run | None]:
    """The recipe, and the run from whose weights it starts, if it does not start from scratch."""
    if parts is None:
        return recipe_for(args.recipe, dataset, network), None
    start = None if args.from_scratch else records.shipped_run(dataset, network)
    return own.recipe(dataset, network, parts[0], start), start


def _print_progress(
    finished: list[records.Run], parts: dict[str, Parts], weights_dir: Path
) -> None:
    """What has become better and what worse, against the networks that the app comes with."""
    print(f"\n{'right of':<28} {'your pictures held out':^26} {'test images':^20}")
    print(f"{'':<28} {'before':>12} {'after':>12} {'before':>11} {'after':>8}")
    for run in finished:
        _, held_out = parts[run.dataset]
        shipped, count = records.shipped_run(run.dataset, run.network), len(held_out.classes)
        before = f"{own.right(shipped, held_out, records.WEIGHTS_DIR)} of {count}"
        after = f"{own.right(run, held_out, weights_dir)} of {count}"
        print(
            f"{run.name:<28} {before:>12} {after:>12} "
            f"{shipped.test['accuracy']:>11.2%} {run.test['accuracy']:>8.2%}"
        )
    print(f"The app serves these from its next start, until you delete {weights_dir}/*-{OWN}.*")
