"""Fetch a file over the network, once, into a cache."""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from fmnist.data import files

CACHE = "~/.cache/fmnist"  # where downloaded files are kept


class DataError(Exception):
    """A data set cannot be had or is not what it should be; the text says what to do."""


def cache() -> Path:
    """The folder for downloaded files. Raises DataError if there is no home folder."""
    try:
        return Path(CACHE).expanduser()
    except RuntimeError:
        raise DataError(
            f"There is no home folder to keep the data in ({CACHE}): use --data-dir to name a "
            "folder that already holds it."
        ) from None


def fetch(url: str, path: Path, check: Callable[[bytes], object]) -> None:
    """Fetch a file with a progress bar; it appears at `path` only once it is known to be right.

    check: raises DataError if this is not the right file, with the words that follow "The file"

    Raises DataError if the file cannot be reached, is not right, or cannot be written.
    """
    from keras.utils import Progbar

    print(f"Downloading {url}")
    packed = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            bar = Progbar(int(response.headers.get("Content-Length", 0)) or None, unit_name="byte")
            while chunk := response.read(1 << 16):
                packed += chunk
                bar.update(len(packed))
        check(bytes(packed))
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise DataError(
            f"{url} cannot be reached ({getattr(error, 'reason', error)}): check the network, or "
            "use --data-dir to name a folder that already holds the data."
        ) from None
    except DataError as error:
        raise DataError(f"The file from {url} {error}: try again later.") from None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, bytes(packed))
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}): make room, or use --data-dir to "
            "name a folder that already holds the data."
        ) from None
