"""Evaluate calibrated networks: `python -m fmnist evaluate` writes the scores into the records.

The scores are for the answers that the app serves: on the 10,000 test images, and on the validation
people's pictures. For served runs it also writes the answers to all test images
(`fmnist.inference.test_answers`) beside the record. Keras is not needed.
"""

from pathlib import Path

import numpy as np

from fmnist.data.datasets import Images
from fmnist.inference import classify, confidence, test_answers
from fmnist.runs import records
from fmnist.training.measures import Served
from fmnist.training.registry import of_dataset


def evaluate(run: records.Run, images: Images, *, weights_dir: Path) -> records.Run:
    """Write the scores on these test images and on people's pictures; returns the new record.

    If the network is served, also writes its answers to the test images beside the record.

    Raises RunError if the run was calibrated with other settings.
    """
    if run.settings != classify.settings(run.dataset, run.recipe.tta):
        raise records.RunError(
            f"{run.name} was not calibrated with the current preprocessing and test-time "
            "augmentation: run python -m fmnist calibrate first."
        )
    served = [
        Served(
            classify.predictor_of(run, drawn=drawn, weights_dir=weights_dir),
            run.confidence_in(drawn=drawn)["sure"],
        )
        for drawn in (False, True)
    ]
    probabilities = served[0].predict(images.pixels)
    plain = records.forward_pass(run, weights_dir)(images.pixels)
    if records.is_served(run, weights_dir):
        test_answers.save(run, images.pixels, probabilities, weights_dir=weights_dir)
    return records.update(
        run,
        weights_dir,
        test=score(probabilities, plain, images.labels),
        people=of_dataset(run.dataset).measures(*served),
    )


def score(probabilities: np.ndarray, plain: np.ndarray, labels: np.ndarray) -> records.Score:
    """The score of (n, 10) probabilities, n = 10,000, for the true (n,) labels.

    plain: (n, 10) probabilities without test-time augmentation

    Rounded to six digits; further ones depend on the number of threads.
    """
    predictions = probabilities.argmax(axis=1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, predictions), 1)
    correct = probabilities[np.arange(len(labels)), labels]
    return records.Score(
        images=len(labels),
        loss=round(float(-np.log(np.maximum(correct, confidence.SMALLEST)).mean()), 6),
        accuracy=float((predictions == labels).mean()),
        plain_accuracy=float((plain.argmax(axis=1) == labels).mean()),
        calibration_error=round(
            confidence.calibration_error(probabilities.max(axis=1), predictions == labels), 6
        ),
        predictions="".join(map(str, predictions)),
        confusion=confusion.tolist(),
    )
