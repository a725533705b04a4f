"""A third data set and a third network, for tests: digits in the part of letters, `third` as small.

`tree` makes a copy of the package with all that they need; in a process that runs there, `add`
registers them, and `page` says what the page then shows.
"""

import dataclasses
import json
import os
import shutil
from pathlib import Path

from PIL import Image

from fmnist.data import datasets
from fmnist.networks import definitions
from fmnist.pictures import preprocessing
from fmnist.pictures.opening import PictureError
from fmnist.runs import recipes, records
from fmnist.training import registry
from helpers import ROOT

LETTERS = dataclasses.replace(
    datasets.MNIST,
    name="letters",
    title="Latin-MNIST",
    cited="Nobody, 2000",
    shows="Letters",
    subject="a letter",
    item="letter",
    items="letters",
    to_draw="a letter",
    guidance="One letter.",
    overrides=(),
    labels=tuple("abcdefghij"),
    phrases=tuple(f"the letter {letter}" for letter in "abcdefghij"),
)


def tree(folder: Path) -> None:
    """Make the folder a copy of the tree, by links, with what lies in files of the third ones."""
    package = folder / "fmnist"
    shutil.copytree(ROOT / "fmnist", package, copy_function=os.symlink)
    for place in (package / "data" / "testsets", package / "ui" / "examples"):
        (place / "letters").symlink_to(place / "mnist")
    (folder / "weights").mkdir()
    for dataset in ("mnist", "fashion_mnist", "letters"):
        for network in ("small", "large", "third"):
            known = "mnist" if dataset == "letters" else dataset
            run = records.shipped_run(known, "small" if network == "third" else network)
            other = dataclasses.replace(run, dataset=dataset, network=network)
            records.update(other, folder / "weights")
            for old, new in (
                (run.weights["file"], other.weights["file"]),
                (records.answers_file(run), records.answers_file(other)),
            ):
                link = folder / "weights" / new
                if not link.exists():
                    link.symlink_to(records.WEIGHTS_DIR / old)


def add() -> None:
    """Register both, before the page is imported."""
    datasets.DATASETS["letters"] = LETTERS
    definitions.NETWORKS["third"] = definitions.SMALL
    preprocessing.PREPROCESSING["letters"] = preprocessing.PREPROCESSING["mnist"]
    registry.TRAINING["letters"] = registry.TRAINING["mnist"]
    robust = recipes.RECIPES[recipes.SHIPPED]
    for dataset in datasets.DATASETS:
        for network in definitions.NETWORKS:
            robust.setdefault((dataset, network), robust["mnist", "small"])


def page() -> dict[str, str]:
    """What the page shows of letters, by its part, and of clothing, by three networks."""
    from fmnist.ui import compare, panel, several, training
    from fmnist.ui.compare import images, tables
    from fmnist.ui.page import build
    from fmnist.ui.server import api, preview
    from fmnist.ui.training import chart
    from fmnist.ui.wiring import answered

    config = build().config
    runs = {
        network: records.served_run("fashion_mnist", network) for network in definitions.NETWORKS
    }
    recorded = records.all_runs(strict=True)
    picture = Image.open(ROOT / "fmnist" / "ui" / "examples" / "mnist" / "three-in-red.png")
    one, every, _ = answered("letters", "third", "auto", "auto", "photo", "", picture)
    filters = images.Filters(network="third", outcome="both")
    alone = images.Filters(network="large", outcome="alone")
    return {
        "config": json.dumps(config, default=str, ensure_ascii=False),
        "preview": preview.tags("https://example.org"),
        "hint": panel.hint("letters", panel.DRAW),
        "overrides": json.dumps(panel.overrides("letters", "dark", "off")),
        "Classify": one,
        "Compare": every,
        "waiting": compare.waiting("letters", panel.DRAW),
        "refused": compare.refusal(PictureError("Nothing is drawn."), "letters"),
        "tables": tables.costs(runs) + tables.per_class(runs),
        "confusions": tables.confusions(runs),
        "images": images.page_of(runs, filters),
        "found": json.dumps([images.find(runs, each).tolist() for each in (filters, alone)]),
        "Several": several.row(picture, "letters"),
        "Training": chart.content(recorded) + training.content(recorded),
        "API": json.dumps(list(api.compare(picture, "letters", "dark", "off"))),
    }


if __name__ == "__main__":
    add()
    print(json.dumps(page()))
