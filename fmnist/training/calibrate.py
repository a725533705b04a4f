"""Calibrate trained networks: `python -m fmnist calibrate` writes `confidence` into the records.

Scaling and thresholds are found on the pictures of the validation people, since it is people's
pictures that the app answers. Needs no Keras.
"""

from pathlib import Path

import numpy as np

from fmnist.data import people
from fmnist.data.datasets import FASHION_MNIST, MNIST, lookup
from fmnist.inference import classify, confidence
from fmnist.inference.confidence import RIGHT_WHEN_SURE
from fmnist.runs import records

PICTURES = {MNIST.name: "pens", FASHION_MNIST.name: "photos"}  # of people, by data set


def calibrate(run: records.Run, *, weights_dir: Path) -> records.Run:
    """Find scaling and thresholds, write them into the record, and return it so."""
    name = lookup(PICTURES, run.dataset, "fmnist.training.calibrate.PICTURES")
    pictures = people.load(name, "validation")
    predict = classify.predictor_of(run, scaling=confidence.UNSCALED, weights_dir=weights_dir)
    unscaled, known = predict(pictures.views), pictures.known
    scaling = confidence.fit_scaling(unscaled, pictures.classes)
    sure, perhaps = confidence.thresholds(
        confidence.scale(unscaled[known], scaling),
        pictures.classes[known],
        lookup(RIGHT_WHEN_SURE, run.dataset, "fmnist.inference.confidence.RIGHT_WHEN_SURE"),
    )
    found = records.Confidence(
        slope=scaling.slope,
        offset=scaling.offset,
        sure=sure,
        perhaps=perhaps,
        pictures=int(known.sum()),
        people=len(np.unique(pictures.people[known])),
    )
    settings = classify.settings(run.dataset, run.recipe.tta)
    return records.update(run, weights_dir, settings=settings, confidence=found)
