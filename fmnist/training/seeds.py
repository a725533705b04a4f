"""The same networks trained from several seeds: `tests/measure/claim.py` writes docs/seeds.json.

From it come the tables of docs/results.md that say how far one run is from the next.
"""

import json
import statistics
import textwrap
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from fmnist.data import files
from fmnist.data.datasets import DATASETS, FASHION_MNIST
from fmnist.runs import authors
from fmnist.runs.recipes import PUBLISHED

WIDTH = 120  # of a line of Markdown
FILE = Path(__file__).parents[2] / "docs" / "seeds.json"


@dataclass(frozen=True)
class Trained:
    """A training, of which only the results are kept.

    sha256: of the weights
    minutes: for all epochs, if each took as long as the median: some wait for other work
    accuracy, val_accuracy: by epoch; on the images shown, with dropout, and on validation images
    training, test: at the end, in one view, without dropout, on the images to learn from as they
        are and on the test images
    """

    dataset: str
    network: str
    recipe: str
    seed: int
    compute_dtype: str
    sha256: str
    minutes: float
    accuracy: list[float]
    val_accuracy: list[float]
    training: float
    test: float


def percent(share: float) -> str:
    """0.9255 -> "92.55 %"."""
    return f"{100 * share:.2f} %"


def read() -> list[Trained]:
    """All of them; none if there is no file yet."""
    if not FILE.exists():
        return []
    return [Trained(**each) for each in json.loads(FILE.read_text(encoding="utf-8"))]


def add(run: Trained) -> None:
    """Write one more into the file, one to a line."""
    lines = (json.dumps(asdict(each)) for each in [*read(), run])
    files.write(FILE, ("[\n" + ",\n".join(lines) + "\n]\n").encode())


def accuracies() -> str:
    """A Markdown table: how far one run is from the next, by data set, network and recipe."""
    lines = [
        "| data set | network | recipe | seeds | test accuracy: mean | standard deviation "
        "| highest | reported by its author | training accuracy: mean | gap | minutes |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (dataset, network, recipe), runs in _groups().items():
        test = [run.test for run in runs]
        cells = [
            DATASETS[dataset].title,
            network,
            recipe,
            str(len(runs)),
            f"**{percent(statistics.mean(test))}**",
            f"{100 * statistics.stdev(test):.2f}" if len(test) > 1 else "–",
            percent(max(test)),
            authors.ACCURACY.get((dataset, network), "–") if recipe == PUBLISHED else "–",
            percent(statistics.mean(run.training for run in runs)),
            f"{100 * statistics.mean(run.training - run.test for run in runs):.1f}",
            f"{min(run.minutes for run in runs):.0f}",  # the rest waited for other work
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def by_epoch() -> str:
    """A Markdown table: the author's training and validation accuracy beside the mean of ours."""
    lines = [
        "| data set | epoch | reported: training | validation | ours: training | validation "
        "| seeds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    groups = _groups()
    for (dataset, network), epochs in authors.EPOCHS.items():
        runs = groups.get((dataset, network, PUBLISHED), [])
        for epoch, theirs in epochs.items() if runs else ():
            ours = [
                statistics.mean(of(run)[epoch - 1] for run in runs)
                for of in (lambda run: run.accuracy, lambda run: run.val_accuracy)
            ]
            shares = " | ".join(map(percent, (*theirs, *ours)))
            lines.append(f"| {DATASETS[dataset].title} | {epoch} | {shares} | {len(runs)} |")
    return "\n".join(lines) + "\n"


def claim() -> str:
    """README's sentences on what the large network's author reports of Fashion-MNIST."""
    dataset, network = FASHION_MNIST.name, "large"
    test = [run.test for run in _groups()[dataset, network, PUBLISHED]]
    sentences = (
        f"The author of the large network reports {authors.ACCURACY[dataset, network]} on "
        f"{FASHION_MNIST.title}; the same recipe gives us {percent(statistics.mean(test))} (mean "
        f"of {len(test)} seeds, standard deviation {100 * statistics.stdev(test):.2f}). "
        "The initialisers, the choice of validation images, Adam's epsilon, the scaling of the "
        "pixels and the precision do not explain the gap; "
        "[the early files of the data set](docs/results.md#what-we-could-not-reproduce), in which "
        "some images were in both the training and the test part, probably do."
    )
    return textwrap.fill(sentences, WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def _groups() -> dict[tuple[str, str, str], list[Trained]]:
    """All of them by data set, network and recipe."""

    def group(run: Trained) -> tuple[str, str, str]:
        return run.dataset, run.network, run.recipe

    return {key: list(runs) for key, runs in groupby(sorted(read(), key=group), key=group)}
