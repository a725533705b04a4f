"""Files that are there whole or not at all, whatever ends the process or fills the disk."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras import Model


def write(path: Path, content: bytes) -> None:
    """Replace the file at once: written and flushed to disk under another name, then renamed.

    Raises OSError, and leaves what was there as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        _flush_and_rename(part, path)
    finally:
        part.unlink(missing_ok=True)


def save_weights(model: "Model", path: Path) -> str:
    """The same for the weights of a model and the state of its Adam; returns the file's SHA-256."""
    part = path.with_name(f".part.{path.name}")
    try:
        # On a full disk HDF5 prints tracebacks, so room is made before it begins: four bytes a
        # number, Adam holds two more for each parameter, and some for the names.
        part.write_bytes(bytes(3 * 4 * model.count_params() + 2**18))
        model.save_weights(part)
        checksum = sha256(part)
        _flush_and_rename(part, path)
    finally:
        part.unlink(missing_ok=True)
    return checksum


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _flush_and_rename(part: Path, path: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
