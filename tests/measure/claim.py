"""Train the same networks from several seeds: python tests/measure/claim.py FOLDER

How far one run is from the next, and whether the accuracy that the large network's author reports
is within that. `python -m fmnist report` makes tables of the results, which go to docs/seeds.json
as soon as each training ends; those that are there are not done again. FOLDER keeps the epochs of
an interrupted one: run again, it goes on. What train.py has made of a seed in FOLDER/SEED is taken
from there. The large network's convolutions are computed in bfloat16.

As many trainings as there are processor cores run side by side, with one thread each: the small
network learns as quickly with one as with two, and the weights no longer depend on the number of
cores. Five hours on two cores.
"""

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from statistics import median

import numpy as np
import tensorflow as tf

from fmnist.data import datasets
from fmnist.data.datasets import DATASETS
from fmnist.runs import records
from fmnist.runs.recipes import PUBLISHED, SHIPPED, recipe_for
from fmnist.training import loop, options, seeds

SEEDS = range(42, 47)  # the first is the default of train.py, whose networks ship
PLAN = [  # recipe, network, from how many of the seeds
    (PUBLISHED, "large", 5),
    (PUBLISHED, "small", 5),
    (SHIPPED, "small", 5),
    (SHIPPED, "large", 3),
]
DTYPES = {"small": "float32", "large": "bfloat16"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_data_dir(parser)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    done = {(run.recipe, run.dataset, run.network, run.seed) for run in seeds.read()}
    wanted = [
        (recipe, dataset, network, seed)
        for recipe, network, count in PLAN
        for seed in SEEDS[:count]
        for dataset in DATASETS
    ]
    processes = ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("spawn"), initializer=use_one_thread
    )
    with processes:
        coming = [
            processes.submit(trained, *each, args.folder / str(each[-1]), args.data_dir)
            for each in wanted
            if each not in done
        ]
        for each in as_completed(coming):
            run = each.result()
            seeds.add(run)
            print(f"{run.dataset}, {run.network}, {run.recipe}, seed {run.seed}: {run.test:.2%}")


def use_one_thread() -> None:
    tf.config.threading.set_intra_op_parallelism_threads(1)


def trained(
    recipe: str,
    dataset: str,
    network: str,
    seed: int,
    folder: Path,
    data_dir: Path | None,
) -> seeds.Trained:
    training_set = datasets.training_set(DATASETS[dataset], data_dir)
    asked = recipe_for(recipe, dataset, network)
    finished = [
        each
        for each in records.all_runs(folder, finished=False)
        if (each.dataset, each.network, each.recipe) == (dataset, network, asked)
    ]
    run = next(iter(finished), None) or loop.train(
        dataset,
        network,
        asked,
        training_set=training_set,
        seed=seed,
        weights_dir=folder,
        compute_dtype=DTYPES[network],
    )
    answer = records.forward_pass(run, folder)
    learned, _ = run.recipe.split(training_set)

    def accuracy(images: datasets.Images) -> float:
        return float(np.mean(answer(images.pixels).argmax(axis=1) == images.labels))

    return seeds.Trained(
        dataset=dataset,
        network=network,
        recipe=recipe,
        seed=seed,
        compute_dtype=run.compute_dtype,
        sha256=run.weights["sha256"],
        minutes=round(median(epoch["seconds"] for epoch in run.history) * len(run.history) / 60, 1),
        accuracy=[round(epoch["accuracy"], 4) for epoch in run.history],
        val_accuracy=[round(epoch["val_accuracy"], 4) for epoch in run.history],
        training=round(accuracy(learned), 4),
        test=accuracy(datasets.test_set(dataset)),
    )


if __name__ == "__main__":
    with options.sentences():
        main()
