"""What visitors upload: where it lies, how long, how much of it, and that nothing else is opened.

gradio keeps uploads for ever and opens what a caller names; here they go ten minutes after their
last use, sooner if there are too many, and a path is believed only if it is that of an upload.
"""

import contextlib
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from PIL import Image

from fmnist.pictures import PictureError
from fmnist.ui.decoders import WORKERS, decoded

FOLDER = Path(os.environ["GRADIO_TEMP_DIR"])  # as fmnist.ui has set it; gradio puts uploads there
PREFIX = "upload-"  # of the folder of each
MAX_BYTES = 30_000_000  # of one upload
CEILING = 1_000_000_000  # bytes of all together
LEAST = 250_000  # bytes that even an empty file counts: many small ones are a burden too
KEPT = 600  # seconds from its last use
AT_LEAST = 60  # seconds that an upload is safe from being pushed out by others
# For handlers of uploads: many slow files leave a place for the others in gradio's queue.
QUEUE: dict[str, Any] = {"concurrency_id": "uploads", "concurrency_limit": 30}
UNKNOWN = "This picture is not on the server, which keeps uploads for ten minutes: send it again."


def upload(**kwargs: Any) -> gr.Image:
    """An upload of which a handler receives the picture, as `picture` says."""
    return gr.Image(type="filepath", image_mode=None, **kwargs)


async def picture(value: object, once: bool) -> Image.Image | None:
    """What a handler receives for an upload that a caller names; None for None from the page.

    once: whether nobody needs the upload again, so that it is deleted

    Raises PictureError.
    """
    if value is None and not once:
        return None
    path = value.get("path") if isinstance(value, dict) else None
    path = Path(os.path.normpath(path if isinstance(path, str) else ""))
    if path.parent.parent != FOLDER:  # said before the disk is asked whether there is such a file
        raise PictureError(UNKNOWN)
    return await run_sync(_opened, path, once, limiter=_decodings)


_decodings = CapacityLimiter(WORKERS)  # what waits does so in one line, and in no thread


def _opened(path: Path, once: bool) -> Image.Image:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise PictureError(UNKNOWN)
        os.utime(path)  # used just now
    except (OSError, ValueError):  # gone; or no path at all, as with a NUL in it
        raise PictureError(UNKNOWN) from None
    try:
        return decoded(path)
    finally:
        if once and path.parent.name.startswith(PREFIX):  # no example, which others look at too
            _remove(path)


def renamed(path: str) -> str:
    """An upload in a folder of its own, so that nobody else's equal file shares its path.

    gradio names folders by content. With that, deleting one's upload would delete another's.
    """
    by_content = Path(path)
    moved = by_content.rename(_own_folder() / by_content.name)
    with contextlib.suppress(OSError):  # others' equal files are in it
        by_content.parent.rmdir()
    return str(moved)


def kept(picture: Image.Image, name: str) -> str:
    """The path of a picture of the page's own, put where uploads lie so that it passes for one."""
    path = _own_folder() / name
    picture.save(path)
    return str(path)


def _own_folder() -> Path:
    own = FOLDER / (PREFIX + secrets.token_hex(16))
    own.mkdir()
    return own


def make_room(needed: int = 0) -> bool:
    """Delete what is no longer kept; whether `needed` bytes more stay below the ceiling.

    If they do not, those used least recently go first.
    """
    now = time.time()
    files = sorted(_files())
    total = needed + sum(size for _, size, _ in files)
    for used, size, path in files:
        age = now - used
        if age > KEPT or (total > CEILING and age > AT_LEAST):
            _remove(path)
            total -= size
    return total <= CEILING


def prepare() -> None:
    """Make the folder, or end with a sentence if that cannot be done."""
    try:
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=FOLDER).close()
        if FOLDER.lstat().st_uid != os.getuid():
            raise PermissionError(0, "it belongs to somebody else")
    except OSError as error:
        raise SystemExit(
            f"Uploads cannot be kept in {FOLDER} ({error.strerror}): set GRADIO_TEMP_DIR to a "
            "folder you can write to."
        ) from None


def _files() -> Iterator[tuple[float, int, Path]]:
    """When each file was last used, how much it counts, and its path; unfinished ones too."""
    for folder, _, names in os.walk(FOLDER):
        for name in names:
            path = Path(folder, name)
            with contextlib.suppress(FileNotFoundError):
                found = path.stat()
                yield found.st_mtime, max(found.st_size, LEAST), path


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
        if path.parent != FOLDER:
            path.parent.rmdir()
