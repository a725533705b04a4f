"""Write the README's table of results from the records: `python -m fmnist.report`."""

from pathlib import Path

from fmnist import runs
from fmnist.datasets import DATASETS

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- results: python -m fmnist.report -->\n", "<!-- end of results -->\n"

# Test accuracy as the authors of the two networks give it.
PUBLISHED = {
    "fashion_mnist-small-seed": "about 91 %",
    "fashion_mnist-large-seed": "93.23 %",
    "mnist-large-seed": "99.42 %",
}


def results() -> str:
    """A Markdown table with a row for every recorded run."""
    lines = [
        "| data set | network | parameters | recipe | test accuracy | published "
        "| calibration error | last epoch: training | validation |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in runs.all_runs():
        last = run.history[-1]
        cells = [
            DATASETS[run.dataset].title,
            run.network,
            f"{run.parameters['total']:,}",
            run.recipe["name"],
            f"**{_percent(run.test['accuracy'])}**",
            PUBLISHED.get(run.name, "–"),
            _percent(run.test["calibration_error"]),
            _percent(last["accuracy"]),
            _percent(last["val_accuracy"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def with_results(readme: str) -> str:
    """The README's text with the table as the records have it now."""
    before, rest = readme.split(START)
    _, after = rest.split(END)
    return before + START + results() + END + after


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


if __name__ == "__main__":
    README.write_text(with_results(README.read_text()))
