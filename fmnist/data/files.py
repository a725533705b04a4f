"""Write files all or nothing, even if the process is killed or the disk fills up."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras import Model


def write(path: Path, content: bytes) -> None:
    """Replace the file atomically: write and flush it under another name, then rename it.

    Raises OSError, and then leaves the old file as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        _flush_and_rename(part, path)
    finally:
        part.unlink(missing_ok=True)


def save_weights(model: "Model", path: Path) -> str:
    """Likewise save a model's weights and Adam's state; returns the file's SHA-256."""
    part = path.with_name(f".part.{path.name}")
    try:
        # HDF5 prints tracebacks when the disk is full, so first reserve the space: four bytes a
        # number, two more numbers per parameter for Adam, and some room for the names.
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
