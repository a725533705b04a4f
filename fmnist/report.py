"""Write the README's tables of results from the records: `python -m fmnist.report`."""

import json
from pathlib import Path

from fmnist import runs
from fmnist.datasets import DATASETS
from fmnist.networks import NETWORKS

README = Path(__file__).parent.parent / "README.md"
WILD = README.parent / "docs" / "wild.json"  # made by tests/wild.py
START, END = "<!-- {} -->\n", "<!-- end of {} -->\n"

# Test accuracy as the authors of the two networks give it.
AUTHORS_ACCURACY = {
    "fashion_mnist-small-published": "about 91 %",
    "fashion_mnist-large-published": "93.23 %",
    "mnist-large-published": "99.42 %",
}


def results() -> str:
    """A Markdown table with a line for every recorded run."""
    lines = [
        "| data set | network | parameters | recipe | test accuracy | its author's "
        "| calibration error | last epoch: training | validation |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in runs.all_runs(strict=True):
        last = run.history[-1]
        cells = [
            DATASETS[run.dataset].title,
            run.network,
            f"{run.parameters['total']:,}",
            run.recipe.name,
            f"**{_percent(run.test['accuracy'])}**",
            AUTHORS_ACCURACY.get(run.name, "–"),
            _percent(run.test["calibration_error"]),
            _percent(last["accuracy"]),
            _percent(last["val_accuracy"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def served() -> dict[str, str]:
    """The checksum of the weights of each run that answers, by the run's name."""
    served = [runs.served_run(dataset, network) for dataset in DATASETS for network in NETWORKS]
    return {run.name: run.weights["sha256"] for run in served}


def wild() -> str:
    """A Markdown table of how the served networks do on real drawings and photos."""
    lines = [
        f"| real drawings and photos | n | {' | '.join(NETWORKS)} |",
        f"| --- | ---: |{' ---: |' * len(NETWORKS)}",
    ]
    for result in json.loads(WILD.read_text())["results"]:
        measured = " | ".join(_percent(result[network]) for network in NETWORKS)
        lines.append(f"| {result['what']} | {result['n']:,} | {measured} |")
    return "\n".join(lines) + "\n"


def with_results(readme: str) -> str:
    """The README's text with the tables as the records have them now."""
    for name, table in (("results", results()), ("wild", wild())):
        before, rest = readme.split(START.format(name))
        _, after = rest.split(END.format(name))
        readme = before + START.format(name) + table + END.format(name) + after
    return readme


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


if __name__ == "__main__":
    README.write_text(with_results(README.read_text()))
