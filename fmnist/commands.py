"""Train the networks: `python train.py` makes all four sets of weights in weights/ again.

An interrupted run goes on where it stopped when the same command is given again.
"""

import argparse
import dataclasses
import os
import sys
from pathlib import Path

from fmnist import datasets, runs, training
from fmnist.datasets import DATASETS
from fmnist.networks import NETWORKS


def parse_args(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    data_dir = os.environ.get("FMNIST_DATA_DIR")
    parser.add_argument("--dataset", choices=DATASETS, help="only this data set")
    parser.add_argument("--network", choices=NETWORKS, help="only this network")
    parser.add_argument(
        "--recipe",
        choices=training.RECIPES,
        default=next(recipe for recipe in runs.SERVED_RECIPES if recipe in training.RECIPES),
        help="how to train (default: %(default)s, the one that the app serves)",
    )
    parser.add_argument(
        "--epochs", type=positive, help="just so many epochs, without a finish, to try it"
    )
    parser.add_argument("--seed", type=int, default=42, help="default: %(default)s")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=data_dir and Path(data_dir),
        help="folder with mnist/*.gz and fashion_mnist/*.gz (default: $FMNIST_DATA_DIR, else "
        f"downloaded once into {datasets.CACHE})",
    )
    parser.add_argument(
        "--weights-dir",
        type=Path,
        default=runs.WEIGHTS_DIR,
        help="where weights and records go (default: %(default)s)",
    )
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="compute convolutions in bfloat16: a third faster on processors that have it "
        "(AVX512-BF16, AMX), far slower on others",
    )
    return parser.parse_args(argv)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


def train() -> None:
    args = parse_args()
    wanted = [
        (dataset, network)
        for network in ([args.network] if args.network else NETWORKS)
        for dataset in ([args.dataset] if args.dataset else DATASETS)
    ]
    finished = []
    try:
        training_sets = {
            dataset: datasets.training_set(DATASETS[dataset], args.data_dir)
            for dataset in dict.fromkeys(dataset for dataset, _ in wanted)
        }
        for dataset_name, network in wanted:
            recipe = training.RECIPES[args.recipe][dataset_name][network]
            if args.epochs:
                recipe = dataclasses.replace(
                    recipe,
                    epochs=args.epochs,
                    finishing_epochs=0,
                    settling_epochs=0,
                    softening_epochs=0,
                )
            run = training.train(
                dataset_name,
                network,
                recipe,
                training_sets[dataset_name],
                datasets.test_set(dataset_name),
                args.seed,
                args.weights_dir,
                args.bfloat16,
            )
            finished.append(run)
    except (datasets.DataError, training.TrainingError) as error:
        sys.exit(str(error))
    training.discard_checkpoints(finished, args.weights_dir)
    print(f"\n{'run':<28} {'parameters':>10} {'validation':>10} {'test':>8}")
    for run in finished:
        print(
            f"{run.name:<28} {run.parameters['total']:>10,} "
            f"{run.history[-1]['val_accuracy']:>10.2%} {run.test['accuracy']:>8.2%}"
        )
