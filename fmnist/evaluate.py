"""Evaluate calibrated networks: `python -m fmnist.evaluate` writes `test` into the records.

The score is that of the answers which are served, on the 10,000 test images. Needs no Keras.
"""

from pathlib import Path

import numpy as np

from fmnist import commands, confidence, inference, runs
from fmnist.datasets import Images, test_set


def evaluate(run: runs.Run, images: Images, *, weights_dir: Path) -> runs.Run:
    """Write the score on these test images into the record; returns it so.

    Raises RunError if the run was not calibrated for what answers depend on today.
    """
    if run.settings != inference.settings(run.dataset, run.recipe.tta):
        raise runs.RunError(
            f"{run.name} was not calibrated with today's preprocessing and test-time augmentation: "
            "run python -m fmnist.calibrate first."
        )
    temperature = run.confidence["temperature"]
    predict = inference.predictor_of(run, temperature=temperature, weights_dir=weights_dir)
    return runs.update(run, weights_dir, test=score(predict(images.pixels), images.labels))


def score(probabilities: np.ndarray, labels: np.ndarray) -> runs.Score:
    """The score of (n, 10) probabilities, n = 10,000, where the (n,) labels are right.

    To six digits, which do not depend on the number of threads that multiply matrices.
    """
    predictions = probabilities.argmax(axis=1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, predictions), 1)
    correct = probabilities[np.arange(len(labels)), labels]
    return runs.Score(
        images=len(labels),
        loss=round(float(-np.log(np.maximum(correct, confidence.SMALLEST)).mean()), 6),
        accuracy=float((predictions == labels).mean()),
        calibration_error=round(confidence.calibration_error(probabilities, labels), 6),
        predictions="".join(map(str, predictions)),
        confusion=confusion.tolist(),
    )


def main() -> None:
    args = commands.parser(__doc__).parse_args()
    with commands.sentences():
        for run in commands.recorded_runs(args):
            run = evaluate(run, test_set(run.dataset), weights_dir=args.weights_dir)
            print(f"{run.name}: {run.test['accuracy']:.2%} of the test images")


if __name__ == "__main__":
    main()
