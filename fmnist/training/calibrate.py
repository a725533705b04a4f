"""Calibrate trained networks: `python -m fmnist calibrate` writes `confidence` into the records.

Scaling and thresholds are fitted to the validation people's pictures, because the app answers
people's pictures. Keras is not needed.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fmnist.data import people
from fmnist.data.datasets import named
from fmnist.inference import classify, confidence
from fmnist.runs import records


def calibrate(run: records.Run, *, weights_dir: Path) -> records.Run:
    """Find scaling and thresholds, and write them into the record; returns the new record."""
    dataset = named(run.dataset)
    predict = classify.predictor_of(run, scaling=confidence.UNSCALED, weights_dir=weights_dir)
    pictures = people.load(dataset.people, "validation")
    found = {"confidence": _found(predict, pictures, dataset.right_when_sure)}
    if dataset.drawings:
        drawings = people.load(dataset.drawings, "validation")
        # Who drew them is not known: many did, so let each be another person's.
        drawings = drawings._replace(people=np.arange(len(drawings.people)))
        right, outliers_sure = dataset.right_when_sure, confidence.DRAWN_OUTLIERS_SURE
        found["drawings"] = _found(predict, drawings, right, outliers_sure)
    settings = classify.settings(run.dataset, run.recipe.tta)
    return records.update(run, weights_dir, settings=settings, **found)


def _found(
    predict: Callable[[np.ndarray], np.ndarray],
    pictures: people.Examples,
    right: float,
    outliers_sure: float = 1.0,
) -> records.Confidence:
    unscaled, known = predict(pictures.views), pictures.known
    scaling = confidence.fit_scaling(unscaled, pictures.classes)
    scaled = confidence.scale(unscaled, scaling)
    sure, perhaps = confidence.thresholds(
        scaled, pictures.classes, pictures.people, right, outliers_sure
    )
    return records.Confidence(
        slope=scaling.slope,
        offset=scaling.offset,
        sure=sure,
        perhaps=perhaps,
        pictures=int(known.sum()),
        people=len(np.unique(pictures.people[known])),
    )
