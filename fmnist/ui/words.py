"""Words for the data sets and the networks in the page's sentences."""

from collections.abc import Iterable, Sequence

from fmnist.data.datasets import DATASETS, Dataset
from fmnist.networks.definitions import NETWORKS

NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def listed(words: Iterable[str], last: str = "and") -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end


def capital(text: str) -> str:
    """Capitalize the first letter only; `str.capitalize` would change names in the rest."""
    return text[:1].upper() + text[1:]


def number(count: int) -> str:
    """2 -> "two"; larger numbers stay in figures."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def networks() -> str:
    """Their number and names: "two neural networks, one small and one large"."""
    return f"{number(len(NETWORKS))} neural networks, {listed(f'one {name}' for name in NETWORKS)}"


def all_of(networks: Sequence[object]) -> str:
    """The word "both" for two networks, otherwise "all"."""
    return "both" if len(networks) == 2 else "all"


def draw(dataset: Dataset, where: str = "") -> str:
    """An instruction for the pad: "Draw a digit"."""
    what = f"Draw {dataset.to_draw}{where}"
    return f"{what}, {dataset.how_drawn}" if dataset.how_drawn else what


def only_of(datasets: Iterable[Dataset]) -> list[str]:
    """CSS classes that show an element only while one of these is chosen; see ONLY_OF."""
    return ["of", *(f"of-{dataset.name}" for dataset in datasets)]


ONLY_OF = "".join(
    f'#bench:has(#dataset input[value="{name}"]:checked) .of:not(.of-{name}) {{ display: none; }}\n'
    for name in DATASETS
)


def taking(override: str) -> list[Dataset]:
    """The data sets that have this override."""
    return [dataset for dataset in DATASETS.values() if override in dataset.overrides]


def whose(override: str) -> str:
    """What these show, for a label: "digits"."""
    return ", ".join(dataset.shows.lower() for dataset in taking(override))
