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
from pathlib import Path

import gradio as gr
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
# For all that read uploads: what waits does so in one line, and in no thread.
QUEUE = {"concurrency_id": "uploads", "concurrency_limit": WORKERS}
UNKNOWN = "There is no such picture here: send it (again) as an upload, which is kept ten minutes."


def upload(**kwargs) -> gr.Image:
    """An upload of which a handler receives the path, to be given to `picture`, or None."""
    return gr.Image(type="filepath", image_mode=None, **kwargs)


def accepted(value) -> Path | None:
    """The path of what a caller sends as an upload's value. Raises PictureError if it is none.

    Looks at the text alone: whether there is such a file on the server is nobody's business.
    """
    if value is None:
        return None
    path = value.get("path") if isinstance(value, dict) else None
    if isinstance(path, str) and Path(os.path.normpath(path)).parent.parent == FOLDER:
        return Path(os.path.normpath(path))
    raise PictureError(UNKNOWN)


def picture(path: Path | None) -> Image.Image:
    """The picture that was uploaded. Raises PictureError."""
    try:
        if path is None or not stat.S_ISREG(os.lstat(path).st_mode):
            raise PictureError(UNKNOWN)
        os.utime(path)  # used just now
    except (OSError, ValueError):  # gone; or no path at all, as with a NUL in it
        raise PictureError(UNKNOWN) from None
    return decoded(path)


def renamed(path: str) -> str:
    """An upload in a folder of its own, so that nobody else's equal file shares its path.

    gradio names folders by content. With that, deleting one's upload would delete another's.
    """
    own = FOLDER / (PREFIX + secrets.token_hex(16))
    own.mkdir()
    by_content = Path(path)
    moved = by_content.rename(own / by_content.name)
    with contextlib.suppress(OSError):  # others' equal files are in it
        by_content.parent.rmdir()
    return str(moved)


def delete(path: Path | None) -> None:
    """Delete an upload that nobody needs again; not an example, which others look at too."""
    if path and path.parent.name.startswith(PREFIX):
        _remove(path)


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
            "folder that can be written."
        ) from None


def _files():
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
