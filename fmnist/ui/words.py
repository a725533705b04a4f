"""What the page says of the data sets and the networks, in sentences."""

from collections.abc import Iterable, Sequence

from fmnist.data.datasets import DATASETS, Dataset
from fmnist.networks.definitions import NETWORKS

NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def listed(words: Iterable[str], last: str = "and") -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end


def capital(text: str) -> str:
    """As a sentence begins; the rest is left alone, where `str.capitalize` changes names."""
    return text[:1].upper() + text[1:]


def number(count: int) -> str:
    """2 -> "two"; many are written in figures."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def networks() -> str:
    """How many there are and which: "two neural networks, one small and one large"."""
    return f"{number(len(NETWORKS))} neural networks, {listed(f'one {name}' for name in NETWORKS)}"


def all_of(networks: Sequence[object]) -> str:
    """What they are called together: "both" if they are two."""
    return "both" if len(networks) == 2 else "all"


def draw(dataset: Dataset, where: str = "") -> str:
    """What to do with the pad: "Draw a digit"."""
    return f"Draw {dataset.to_draw}{where}{' and fill it in' if dataset.is_filled else ''}"


def only_of(datasets: Iterable[Dataset]) -> list[str]:
    """The CSS classes of what is shown only while one of these is chosen; see ONLY_OF."""
    return ["of", *(f"of-{dataset.name}" for dataset in datasets)]


ONLY_OF = "".join(
    f'#panel:has(#dataset input[value="{name}"]:checked) .of:not(.of-{name}) {{ display: none; }}\n'
    for name in DATASETS
)


def taking(override: str) -> list[Dataset]:
    """The data sets whose pictures can be read differently in this way."""
    return [dataset for dataset in DATASETS.values() if override in dataset.overrides]


def whose(override: str) -> str:
    """What these show, as a label has it: "digits"."""
    return ", ".join(dataset.shows.lower() for dataset in taking(override))
