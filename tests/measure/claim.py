"""Test the accuracy that the large network's author claims: python tests/measure/claim.py FOLDER

The published recipe, but with pixels of 0 to 255 straight into the batch normalisation, as the
author feeds them, instead of the scaling by 1/255 before it; three seeds. Convolutions are computed
in bfloat16. FOLDER keeps the epochs that are done: run again, it goes on. An hour on two cores.
"""

import argparse
import dataclasses
import statistics
from pathlib import Path

from fmnist.data import datasets
from fmnist.data.datasets import FASHION_MNIST
from fmnist.networks import definitions
from fmnist.runs import records
from fmnist.runs.recipes import recipe_for
from fmnist.training import loop, options

SEEDS = 1, 2, 3
SCALING, *REST = definitions.LARGE
definitions.NETWORKS["raw"] = (dataclasses.replace(SCALING, arguments={"scale": 1}), *REST)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_data_dir(parser)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    training_set = datasets.training_set(FASHION_MNIST, args.data_dir)
    test = datasets.test_set(FASHION_MNIST.name)
    found = []
    for seed in SEEDS:
        folder = args.folder / str(seed)
        run = loop.train(
            FASHION_MNIST.name,
            "raw",
            recipe_for("published", FASHION_MNIST.name, "large"),
            training_set=training_set,
            seed=seed,
            weights_dir=folder,
            compute_dtype="bfloat16",
        )
        answers = records.forward_pass(run, folder)(test.pixels).argmax(axis=1)
        found.append(float((answers == test.labels).mean()))
        validation = run.history[-1]["val_accuracy"]
        print(f"seed {seed}: {validation:.2%} of validation images, {found[-1]:.2%} of test images")
    mean, deviation = statistics.mean(found), statistics.stdev(found)
    print(f"mean {mean:.2%}, standard deviation {deviation:.2%}, highest {max(found):.2%}")


if __name__ == "__main__":
    with options.sentences():
        main()
