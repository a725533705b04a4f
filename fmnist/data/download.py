"""Fetch a file over the network, once, into a cache."""

import http.client
import ssl
import sys
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
    """Fetch a file, showing progress; it appears at `path` only once it is known to be right.

    check: raises DataError if this is not the right file, with the words that follow "The file"

    Raises DataError if the file cannot be reached, is not right, or cannot be written.
    """
    print(f"Downloading {url}")
    packed = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            announced = response.headers.get("Content-Length", "")
            size = int(announced) if announced.isdecimal() else None
            while chunk := response.read(1 << 16):
                packed += chunk
                _show_progress(len(packed), size)
            print()
        check(bytes(packed))
    except (OSError, http.client.HTTPException) as error:  # URLError and TimeoutError are OSErrors
        raise DataError(
            f"{url} {_what_failed(error)}, or use --data-dir to name a folder that already holds "
            "the data."
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


def _show_progress(received: int, size: int | None) -> None:
    """In one line of a terminal."""
    if sys.stdout.isatty():
        of_all = f" of {size / 1e6:.1f}" if size else ""
        print(f"\r{received / 1e6:.1f}{of_all} MB", end="", flush=True)


def _what_failed(error: Exception) -> str:
    """The cause of a failed download and what to do, as the words that follow its address."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            f"shows a certificate that is not trusted ({reason.verify_message}): check this "
            "computer’s clock and certificates"
        )
    if isinstance(error, http.client.IncompleteRead):
        return "broke off before all of it had come: try again"
    if isinstance(error, http.client.HTTPException):
        return f"gave no proper answer ({type(error).__name__}): try again later"
    return f"cannot be reached ({reason}): check the network"
