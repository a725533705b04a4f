"""Train the same networks from several seeds: python tests/measure/claim.py FOLDER

How far one run is from the next, and whether the accuracy that the large network's author reports
is within that. `python -m fmnist report` makes tables of the results, which go to docs/seeds.json
as soon as each training ends; those that are there are not done again. FOLDER keeps the epochs of
an interrupted one: run again, it goes on. The large network's convolutions are computed in
bfloat16. Nine hours on two cores.
"""

import argparse
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np

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
    training_sets = {
        name: datasets.training_set(dataset, args.data_dir) for name, dataset in DATASETS.items()
    }
    done = {(run.recipe, run.dataset, run.network, run.seed) for run in seeds.read()}
    for number, seed in enumerate(SEEDS):
        for (recipe, network, count), dataset in product(PLAN, DATASETS):
            if number < count and (recipe, dataset, network, seed) not in done:
                run = trained(
                    recipe, dataset, network, seed, training_sets[dataset], args.folder / str(seed)
                )
                seeds.add(run)
                print(f"{dataset}, {network}, {recipe}, seed {seed}: {run.test:.2%} of test images")


def trained(
    recipe: str,
    dataset: str,
    network: str,
    seed: int,
    training_set: datasets.Images,
    folder: Path,
) -> seeds.Trained:
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
