"""The Training tab's sentences about a training."""

from itertools import pairwise

from fmnist.runs.records import Run
from fmnist.ui.markup import percent
from fmnist.ui.training.epochs import images_shown


def settings(run: Run) -> str:
    """The settings that all phases share."""
    recipe = run.recipe
    return (
        f"The parameters are adjusted after each batch of {recipe.batch_size} images. "
        f"{recipe.validation_images:,} images are held out for validation. Source of the recipe: "
        f"{recipe.source}"
    )


def phases(run: Run) -> list[str]:
    """What happens in each phase."""
    sentences, before = [], 0
    for phase in run.recipe.phases:
        first, last = before + 1, before + phase.epochs
        optimizer = phase.optimizer.capitalize()
        anew = f"{optimizer} starts afresh, so the curves may jump. " if before else ""
        constant = phase.schedule == "inverse_time" and not phase.decay
        schedule = "constant" if constant else phase.schedule
        shown = images_shown(run, run.history[before])
        if phase.mixture:
            kinds = (
                f"about {round(shown, -3):,} images: the data set’s, people’s pictures, and "
                "outliers that the network should be unsure of"
            )
        else:
            altered = ", altered anew each time" if phase.augmented else ""
            kinds = f"the {shown:,} training images that are not held out{altered}"
        sentences.append(
            f"{anew}Epochs {first} to {last} each show {kinds}. Dropout is "
            f"{percent(run.recipe.dropout_in(phase), 0)}. The optimizer {optimizer} moves the "
            "parameters; the learning rate " + RATES[schedule].format(phase)
        )
        before = last
    return sentences


RATES = {  # by schedule
    "cosine": "falls from {0.learning_rate} to 0 along half a cosine: large steps first, then "
    "ever smaller ones, so the curves end smooth and flat.",
    "inverse_time": "falls as {0.learning_rate} / (1 + {0.decay} × batches so far), fast "
    "at first but never to 0: the curves become smoother but never quite settle.",
    "constant": "stays at {0.learning_rate}: the last steps are as large as the "
    "first, and the curves jump up and down to the end.",
}


def outcome(run: Run) -> str:
    """The final accuracies."""
    last, held_out = run.history[-1], run.recipe.validation_images
    every = sum(images_shown(run, epoch) for epoch in run.history)
    shown = "images shown" if run.recipe.phases[-1].mixture else "training images"
    return (
        f"After {every / 1e6:.1f} million images, it is right on "
        f"{percent(last['accuracy'])} of the {shown} in the last epoch, on "
        f"{percent(last['val_accuracy'])} of the {held_out:,} validation images, and on "
        f"{percent(run.test['accuracy'], 2)} of the {run.test['images']:,} test images."
    )


def errors(runs: list[Run]) -> str:
    """How often the networks erred after their first epoch, and after their last."""

    def told(run: Run, gets: str, of_one: str) -> str:
        first, last = (percent(1 - run.history[at]["val_accuracy"], 2) for at in (0, -1))
        epochs = len(run.history)
        return f"the {run.network} network{gets} {first}{of_one} and {last} after {epochs}"

    first, *others = runs
    clauses = [
        told(first, " gets", " wrong after one epoch"),
        *(told(run, ",", "") for run in others),
    ]
    return (
        "A network learns by going through its images again and again; once through is an epoch. "
        f"Of the validation images, which are kept aside, {'; '.join(clauses)}."
    )


def changes(run: Run) -> list[tuple[int, str]]:
    """Where a phase follows another: the last epoch before, and what changes."""
    found, last = [], 0
    for number, (before, after) in enumerate(pairwise(run.recipe.phases), 2):
        last += before.epochs
        joined = after.mixture and not before.mixture
        what = "people’s pictures join" if joined else f"phase {number}"
        found.append((last, f"{run.network}, {run.recipe.name}: {what}"))
    return found
