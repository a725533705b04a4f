"""Calibrate trained networks: `python -m fmnist.calibrate` writes `confidence` into the records.

Scaling and thresholds are found on the pictures of the validation people, since it is people's
pictures that the app answers. Needs no Keras.
"""

from pathlib import Path

import numpy as np

from fmnist import commands, confidence, inference, people, runs
from fmnist.datasets import FASHION_MNIST, MNIST, lookup

PICTURES = {MNIST.name: "pens", FASHION_MNIST.name: "photos"}  # of people, by data set


def calibrate(run: runs.Run, *, weights_dir: Path) -> runs.Run:
    """Find scaling and thresholds, write them into the record, and return it so."""
    name = lookup(PICTURES, run.dataset, "fmnist.calibrate.PICTURES")
    pictures = people.load(name, "validation")
    predict = inference.predictor_of(run, scaling=confidence.UNSCALED, weights_dir=weights_dir)
    unscaled, known = predict(pictures.views), pictures.known
    scaling = confidence.fit_scaling(unscaled, pictures.classes)
    sure, perhaps = confidence.thresholds(
        confidence.scale(unscaled[known], scaling),
        pictures.classes[known],
        lookup(confidence.RIGHT_WHEN_SURE, run.dataset, "fmnist.confidence.RIGHT_WHEN_SURE"),
    )
    found = runs.Confidence(
        slope=scaling.slope,
        offset=scaling.offset,
        sure=sure,
        perhaps=perhaps,
        pictures=int(known.sum()),
        people=len(np.unique(pictures.people[known])),
    )
    settings = inference.settings(run.dataset, run.recipe.tta)
    return runs.update(run, weights_dir, settings=settings, confidence=found)


def main() -> None:
    args = commands.parser(__doc__).parse_args()
    with commands.sentences():
        for run in commands.recorded_runs(args):
            run = calibrate(run, weights_dir=args.weights_dir)
            found = ", ".join(f"{key} {value:g}" for key, value in run.confidence.items())
            print(f"{run.name}: {found}")


if __name__ == "__main__":
    main()
