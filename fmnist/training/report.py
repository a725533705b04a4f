"""Write the tables and figures of README.md and docs/ from the records: `python -m fmnist report`.

It also draws the curves beside the records, for the Training tab, and finds the drawings of the
Compare tab, which takes minutes.
"""

import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from fmnist.data import files
from fmnist.data.datasets import DATASETS, FASHION_MNIST, MNIST, Images, test_set
from fmnist.networks.definitions import NETWORKS
from fmnist.runs import authors, records
from fmnist.runs.recipes import OWN, PUBLISHED, SHIPPED, recipe_for
from fmnist.training import disagreements, figures, seeds
from fmnist.training.registry import step_of
from fmnist.training.seeds import percent

ROOT = Path(__file__).parents[2]
SHOWN, OF_EACH = 12, 500  # images in a row, and of the data set, from which they are chosen
START, END = "<!-- {} -->\n", "<!-- end of {} -->\n"


def results() -> str:
    """A Markdown table with a row for every recorded run, except those of recipe `own`."""
    lines = [
        "| data set | network | parameters | recipe | test accuracy | one view "
        "| reported by its author | calibration error | last epoch: training | validation |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in records.all_runs(strict=True):
        if run.recipe.name == OWN:
            continue
        last, of = run.history[-1], (run.dataset, run.network)
        cells = [
            DATASETS[run.dataset].title,
            run.network,
            f"{run.parameters['total']:,}",
            run.recipe.name,
            f"**{percent(run.test['accuracy'])}**",
            percent(run.test["plain_accuracy"]),
            authors.ACCURACY.get(of, "–") if run.recipe.name == PUBLISHED else "–",
            percent(run.test["calibration_error"]),
            percent(last["accuracy"]),
            percent(last["val_accuracy"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def people() -> str:
    """A Markdown table of the shipped networks' results on the validation people's pictures."""
    lines = [
        f"| | n | {' | '.join(NETWORKS)} | by recipe {PUBLISHED}: {' | '.join(NETWORKS)} |",
        f"| --- | ---: |{' ---: |' * 2 * len(NETWORKS)}",
    ]
    published = {
        (run.dataset, run.network): run
        for run in records.all_runs(strict=True)
        if run.recipe.name == PUBLISHED
    }
    for dataset in DATASETS:
        served = [records.shipped_run(dataset, network).people for network in NETWORKS]
        others = [
            published[dataset, network].people
            if (dataset, network) in published
            else [None] * len(served[0])
            for network in NETWORKS
        ]
        for measures in zip(*served, *others, strict=True):
            of_all = len({measure["n"] for measure in measures if measure}) == 1
            count = f"{measures[0]['n']:,}" if of_all else "–"
            cells = [measures[0]["what"], count, *(_measure(each, of_all) for each in measures)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _measure(measure: records.Measure | None, of_all: bool) -> str:
    """The value, with its interval if it is a share, and with n unless all networks share it."""
    if measure is None or not measure["n"]:
        return "–"
    text = f"{100 * measure['value']:.1f} %"
    if "interval" in measure:
        text += " ({:.1f}–{:.1f})".format(*(100 * end for end in measure["interval"]))
    return text if of_all else f"{text}, n = {measure['n']:,}"


PAGES: dict[Path, dict[str, Callable[[], str]]] = {  # by file: its tables, and what makes them
    ROOT / "README.md": {"results": results, "claim": seeds.claim},
    ROOT / "docs" / "results.md": {
        "people": people,
        "seeds": seeds.accuracies,
        "epochs": seeds.by_epoch,
    },
}


def with_tables(page: Path) -> str:
    """The text of one of PAGES, with its tables up to date."""
    text = page.read_text(encoding="utf-8")
    for name, table in PAGES[page].items():
        before, rest = text.split(START.format(name))
        _, after = rest.split(END.format(name))
        text = before + START.format(name) + table() + END.format(name) + after
    return text


def curves() -> str:
    """The curves of the large network on clothing, for each recipe, as SVG."""
    runs = [
        run
        for run in records.all_runs(strict=True)
        if (run.dataset, run.network) == ("fashion_mnist", "large") and run.recipe.name != OWN
    ]
    return figures.svg(figures.curves(runs))


def confusion(dataset: str) -> str:
    """The confusion matrix of the shipped large network on the test images, as SVG."""
    run = records.shipped_run(dataset, "large")
    return figures.svg(figures.confusion(run.test["confusion"], dataset))


def mixture(dataset: str) -> np.ndarray:
    """Images of an epoch of the recipe that is served, for the Training tab.

    Rows of images of the data set, of people's that are known, and of outliers: (84, 336) uint8.
    Test images stand in for training images, which are not shipped.
    """
    share = max(recipe_for(SHIPPED, dataset, each).phases[-1].mixture for each in NETWORKS)
    images = Images(*(array[:OF_EACH] for array in test_set(dataset)))
    shown = step_of(dataset, "mixture")(images, np.random.default_rng(0), share)
    known = shown.classes.any(axis=1)
    of_people = np.arange(len(known)) >= OF_EACH
    rows = shown.pixels[:OF_EACH], shown.pixels[known & of_people], shown.pixels[~known]
    spaced = (row[np.arange(SHOWN) * len(row) // SHOWN] for row in rows)
    return np.vstack([np.hstack(list(row)) for row in spaced])


def drawings() -> str:
    """People's drawings on which the networks disagree, by data set, as JSON; one to a line."""
    found = {name: disagreements.found(name) for name in (MNIST.name, FASHION_MNIST.name)}
    return json.dumps(found, separators=(",", ":")).replace('{"of"', '\n{"of"') + "\n"


DISAGREEMENTS = ROOT / "fmnist" / "ui" / "compare" / "drawings.json"
MIXTURES = {  # by file: the data set
    ROOT / "fmnist" / "ui" / "training" / f"{name}.png": name
    for name in (MNIST.name, FASHION_MNIST.name)
}
PICTURES: dict[Path, Callable[[], str]] = {  # by file: the function that makes it
    ROOT / "docs" / "curves.svg": curves,
    **{
        ROOT / "docs" / f"confusion-{dataset}.svg": partial(confusion, dataset)
        for dataset in DATASETS
    },
}


def write() -> None:
    """Bring tables and figures up to date."""
    for page in PAGES:
        files.write(page, with_tables(page).encode())
    for picture, make in PICTURES.items():
        files.write(picture, make().encode())
    for picture, dataset in MIXTURES.items():
        png = io.BytesIO()
        Image.fromarray(mixture(dataset)).save(png, "PNG")
        files.write(picture, png.getvalue())
    files.write(DISAGREEMENTS, drawings().encode())
    figures.write(records.WEIGHTS_DIR)
