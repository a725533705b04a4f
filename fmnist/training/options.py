"""Options that the command lines of training, calibration and evaluation share."""

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from fmnist.data import datasets, download
from fmnist.networks.definitions import NETWORKS
from fmnist.runs import records
from fmnist.runs.recipes import RECIPES


def parser(
    description: str, *, recipe: str | None = None, data_dir: bool = False
) -> argparse.ArgumentParser:
    """A parser with the options that select runs, and with --data-dir if data are needed.

    recipe: the default; None means all
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", choices=datasets.DATASETS, help="only this data set")
    parser.add_argument("--network", choices=NETWORKS, help="only this network")
    parser.add_argument(
        "--recipe",
        choices=RECIPES,
        default=recipe,
        help="only this recipe"
        + (" (default: %(default)s, which the app serves)" if recipe else ""),
    )
    parser.add_argument(
        "--weights-dir",
        type=Path,
        default=records.WEIGHTS_DIR,
        help="the folder of weights and records (default: %(default)s)",
    )
    if data_dir:
        add_data_dir(parser)
    return parser


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add the option --data-dir."""
    given = os.environ.get("FMNIST_DATA_DIR")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path(given) if given else None,
        help=f"the folder with {' and '.join(f'{name}/*.gz' for name in datasets.DATASETS)} "
        f"(default: $FMNIST_DATA_DIR, else downloaded once into {download.CACHE})",
    )


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Errors that have a sentence for the user end the program with it."""
    for stream in (sys.stdout, sys.stderr):  # a console may lack a character
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        yield
    except (datasets.DataError, datasets.RegistryError, records.RunError) as error:
        sys.exit(str(error))
    except OSError as error:
        # A full disk gives no name.
        what = f"{error.filename} cannot be read or written" if error.filename else "Writing failed"
        sys.exit(f"{what} ({error.strerror or error}): fix that and run the same command again.")


def recorded_runs(args: argparse.Namespace) -> list[records.Run]:
    """The runs that the options select, finished or not. Raises RunError if there are none."""
    found = [
        run
        for run in records.all_runs(args.weights_dir, finished=False)
        if args.dataset in (None, run.dataset)
        and args.network in (None, run.network)
        and args.recipe in (None, run.recipe.name)
    ]
    if not found:
        raise records.RunError(
            f"There is no such run in {args.weights_dir}: run python train.py to make it."
        )
    return found
