"""Store visitors' uploads within limits of time and space, and open no other file.

An upload is deleted ten minutes after its last use, or sooner if there are too many; all are
deleted when the server stops. A path that a caller names is accepted only if it is an upload's.
"""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from anyio.to_thread import run_sync
from PIL import Image

from fmnist.pictures.opening import PictureError
from fmnist.ui.server import decoders
from fmnist.ui.server.lines import Line, less

BASE = Path(os.environ["GRADIO_TEMP_DIR"])  # set by fmnist.ui
MAX_BYTES = 30_000_000  # of one upload
CEILING = 1_000_000_000  # bytes of all uploads together
MOST = 4_000  # uploads: many small ones are a burden, too
KEPT = 600  # seconds after the last use
AT_LEAST = 60  # seconds before a client's newer uploads can push out an older one
UNKNOWN = "This picture is not on the server, which keeps uploads for ten minutes: send it again."


class NoRoom(Exception):
    """There is no room for another upload of this client."""


class Upload(NamedTuple):
    """A stored upload: its client, its size in bytes, and its last use (time.monotonic)."""

    client: str
    size: int
    used: float


class Store:
    """The uploads of this process, in a folder of their own.

    Thread-safe. It tracks files without looking at the disk, and their age without the wall clock.
    """

    def __init__(self, folder: Path, *, ceiling: int = CEILING, most: int = MOST) -> None:
        self.folder, self.ceiling, self.most = folder, ceiling, most
        self.uploads: OrderedDict[Path, Upload] = OrderedDict()  # most recently used last
        self.files: Counter[str] = Counter()  # by client
        self.bytes: Counter[str] = Counter()  # by client, including what is still arriving
        self.arriving_bytes: Counter[str] = Counter()  # by client
        self.lasting: frozenset[Path] = frozenset()  # pictures elsewhere that count as uploads
        self.lock = threading.Lock()

    @contextlib.contextmanager
    def arriving(self, client: str, name: str) -> Iterator["Arrival"]:
        """A file to write to, stored if all goes well and removed otherwise.

        Raises NoRoom, or OSError if the disk is full.
        """
        self.make_room(client, 0)
        path = self.folder / secrets.token_hex(16) / _plain(name)
        path.parent.mkdir(parents=True)  # including the folder, if somebody has deleted it
        arrival = None
        try:
            with path.open("xb") as file:
                arrival = Arrival(self, client, path, file)
                yield arrival
            with self.lock:
                self.uploads[path] = Upload(client, arrival.size, time.monotonic())
                self.files[client] += 1
        except BaseException:
            _delete(path)
            if arrival:
                with self.lock:
                    less(self.bytes, client, arrival.size)
            raise
        finally:
            if arrival:
                with self.lock:
                    less(self.arriving_bytes, client, arrival.size)

    def make_room(self, client: str, size: int) -> None:
        """Reserve `size` bytes for a client. Raises NoRoom.

        The client with the most loses its oldest upload first, so nobody can push out others'
        uploads by sending many. A client can push out its own only once they are a minute old. What
        is still arriving cannot be pushed out, so a client may use a quarter of all room for that.
        """
        with self.lock:
            if self.arriving_bytes[client] + size > self.ceiling / 4:
                raise NoRoom
            while self.bytes.total() + size > self.ceiling or len(self.uploads) >= self.most:
                greediest = max({*self.bytes, *self.files}, key=self._burden, default=client)
                oldest = next((p for p, u in self.uploads.items() if u.client == greediest), None)
                if oldest is None:
                    raise NoRoom
                age = time.monotonic() - self.uploads[oldest].used
                if greediest == client and age < AT_LEAST:
                    raise NoRoom
                self._remove(oldest)
            if size:
                self.bytes[client] += size
                self.arriving_bytes[client] += size

    def _burden(self, client: str) -> float:
        """A client's share of the limit on bytes or on files, whichever is larger."""
        return max(self.bytes[client] / self.ceiling, self.files[client] / self.most)

    def used(self, path: Path) -> bool:
        """Whether this is the path of an upload, which is then kept for ten more minutes."""
        with self.lock:
            if path not in self.uploads:
                return path in self.lasting
            self.uploads[path] = self.uploads.pop(path)._replace(used=time.monotonic())
            return True

    def remove(self, path: Path) -> None:
        """Delete an upload, if it still exists."""
        with self.lock:
            if path in self.uploads:
                self._remove(path)

    def sweep(self) -> None:
        """Delete those that have expired."""
        with self.lock:
            while self.uploads:
                path, upload = next(iter(self.uploads.items()))
                if time.monotonic() - upload.used <= KEPT:
                    return
                self._remove(path)

    def _remove(self, path: Path) -> None:
        upload = self.uploads.pop(path)
        less(self.bytes, upload.client, upload.size)
        less(self.files, upload.client, 1)
        _delete(path)


class Arrival:
    """A file at `path` that is being uploaded."""

    def __init__(self, store: Store, client: str, path: Path, file: BinaryIO) -> None:
        self.store, self.client, self.path, self.file = store, client, path, file
        self.size = 0

    def write(self, data: bytes) -> None:
        """Write and count what has arrived. Raises NoRoom, or OSError if the disk is full."""
        self.store.make_room(self.client, len(data))
        self.size += len(data)
        self.file.write(data)


def _plain(name: str) -> str:
    """A file name reduced to at most 60 letters, digits, dots and hyphens."""
    return re.sub(r"[^\w.-]+", "-", Path(name).name, flags=re.ASCII)[-60:].lstrip(".-") or "picture"


def _delete(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
    with contextlib.suppress(OSError):
        path.parent.rmdir()


STORE = Store(BASE / f"server-{secrets.token_hex(8)}")  # `kept_while_running` makes the folder
_decodings = Line(decoders.WORKERS)  # those that wait occupy no thread


@contextlib.contextmanager
def kept_while_running() -> Iterator[None]:
    """Make the folder for this process's uploads; delete it at the end.

    It also deletes the folders of processes that were killed; locks tell which are alive. Exits
    with a sentence if the folder cannot be made.
    """
    with contextlib.ExitStack() as stack:
        try:
            BASE.mkdir(mode=0o700, parents=True, exist_ok=True)
            if BASE.lstat().st_uid != os.getuid():
                raise PermissionError(0, "it belongs to somebody else")
            with _locked(BASE):  # so that no other process deletes our folder before we lock it
                for folder in BASE.glob("server-*"):
                    alive_or_gone = BlockingIOError, FileNotFoundError
                    with contextlib.suppress(*alive_or_gone), _locked(folder, wait=False):
                        shutil.rmtree(folder, ignore_errors=True)
                STORE.folder.mkdir()
                tempfile.TemporaryFile(dir=STORE.folder).close()
                stack.enter_context(_locked(STORE.folder))
        except OSError as error:
            raise SystemExit(
                f"Uploads cannot be kept in {BASE} ({error.strerror}): set GRADIO_TEMP_DIR to a "
                "folder you can write to."
            ) from None
        stack.callback(shutil.rmtree, STORE.folder, ignore_errors=True)
        yield


@contextlib.contextmanager
def _locked(folder: Path, wait: bool = True) -> Iterator[None]:
    """Lock a folder, until the process ends at the latest. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


async def picture(value: object, client: str, once: bool) -> Image.Image | None:
    """What a handler receives for an upload that a caller names; None if the page sends None.

    once: whether to delete the upload, as nobody needs it again

    Raises PictureError.
    """
    if value is None and not once:
        return None
    path = known(value.get("path") if isinstance(value, dict) else None)
    if path is None:
        raise PictureError(UNKNOWN)
    async with _decodings.turn(client):
        return await run_sync(_opened, path, once)


def known(path: object) -> Path | None:
    """The path of an upload that a caller names, None if it names none."""
    return Path(path) if isinstance(path, str) and STORE.used(Path(path)) else None


def _opened(path: Path, once: bool) -> Image.Image:
    try:
        file = path.open("rb")
    except OSError:  # deleted just now
        raise PictureError(UNKNOWN) from None
    try:
        with file:
            return decoders.decoded(file.fileno())
    finally:
        if once:
            STORE.remove(path)


def kept(picture: Image.Image, name: str, client: str) -> str:
    """Store one of the page's own pictures as an upload; returns its path.

    Raises PictureError if there is no room.
    """
    try:
        with STORE.arriving(client, name) as arrival:
            picture.save(arrival, "PNG")  # type: ignore[arg-type]  # it only writes
    except (OSError, NoRoom):
        raise PictureError(
            "There is no room on the server to show this picture: try again in a minute."
        ) from None
    return str(arrival.path)
