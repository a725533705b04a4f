"""Calibrate trained networks: `python -m fmnist.calibrate` writes `confidence` into the records.

The temperature is fitted to the validation images; the threshold of confidence below which an
answer is not trusted follows from augmented ones. Needs the training data and no Keras.
"""

from pathlib import Path

import numpy as np

from fmnist import augmentation, commands, confidence, inference, runs
from fmnist.datasets import DATASETS, Images, lookup, split, training_set

AUGMENTATION = "distorted"


def calibrate(run: runs.Run, validation: Images, *, weights_dir: Path) -> runs.Run:
    """Fit temperature and threshold, write them into the record, and return it so."""
    predict = inference.predictor_of(run, temperature=1, weights_dir=weights_dir)
    temperature = confidence.fit_temperature(predict(validation.pixels), validation.labels)
    rng = np.random.default_rng(run.seed)
    shown = augmentation.augmented(run.dataset, validation, rng, name=AUGMENTATION)
    probabilities = confidence.scale_temperature(predict(shown.pixels), temperature)
    count = len(validation.labels)
    rejection = confidence.rejection(
        probabilities[:count],
        validation.labels,
        outliers=probabilities[count:],
        correct_rejected=lookup(
            confidence.CORRECT_REJECTED,
            (run.dataset, run.network),
            "fmnist.confidence.CORRECT_REJECTED",
        ),
    )
    found = runs.Confidence(
        temperature=temperature,
        threshold=rejection["threshold"],
        correct_rejected=rejection["correct_rejected"],
        wrong_rejected=rejection["wrong_rejected"],
        outliers_rejected=rejection["outliers_rejected"],
        augmentation=AUGMENTATION,
        seed=run.seed,
    )
    settings = inference.settings(run.dataset, run.recipe.tta)
    return runs.update(run, weights_dir, settings=settings, confidence=found)


def main() -> None:
    parser = commands.parser(__doc__, data_dir=True)
    args = parser.parse_args()
    with commands.sentences():
        for run in commands.recorded_runs(args):
            images = training_set(DATASETS[run.dataset], args.data_dir)
            _, validation = split(images, run.recipe.validation_images)
            run = calibrate(run, validation, weights_dir=args.weights_dir)
            print(
                f"{run.name}: temperature {run.confidence['temperature']}, "
                f"threshold {run.confidence['threshold']}"
            )


if __name__ == "__main__":
    main()
