"""Read strangers' pictures in a few separate processes, which can be killed at any moment.

A file of 34 bytes can demand gigabytes and minutes, in more ways than any list of checks covers. So
each worker (worker.py) has limits on memory and time, and is replaced when it dies.
"""

import contextlib
import json
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from PIL import Image

from fmnist.pictures.opening import WORKING_SIZE, PictureError
from fmnist.ui.server.worker import OUT_OF_MEMORY, SECONDS

log = logging.getLogger(__name__)

WORKERS = 2  # pictures read at a time, by the whole server
DEADLINE = 2 * SECONDS  # for an answer: a worker may have to start first, or may hang
MAX_LINE = 1000  # bytes, before the pixels
MODES = {"L": 1, "RGB": 3, "RGBA": 4}  # bytes per pixel
ROOT = Path(__file__).parents[3]  # of the package

TOO_MUCH = "This picture takes too long or too much memory to read: send a smaller one, or a JPEG."
FAILED = "Reading this picture failed on the server: save it again as a JPEG, or send another one."
# Exit statuses of a worker that reached a limit; the kernel kills when memory runs out.
LIMITS = {OUT_OF_MEMORY, -signal.SIGALRM, -signal.SIGKILL}

# What a worker inherits from the server's environment, which may contain passwords.
ENVIRONMENT = "PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "OPENBLAS_CORETYPE", "LC_ALL"
OWN = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}

_free: queue.LifoQueue = queue.LifoQueue()  # most recently used first: the others stay asleep
for _ in range(WORKERS):
    _free.put(None)  # a worker that starts when it is needed
_ended = threading.Event()


def decoded(file: int) -> Image.Image:
    """The picture that `open_picture` reads from a file descriptor. Raises PictureError.

    It also raises that if a limit is reached, or if reading fails unexpectedly, which it logs.
    """
    worker = _free.get()
    try:
        if _ended.is_set():
            raise PictureError(FAILED)
        if worker is None or worker.ended():
            worker = Worker()
        return worker.decoded(file)
    except OSError as error:  # the process cannot start
        log.error("A process to read a picture cannot be started: %r", error)
        raise PictureError(FAILED) from None
    finally:
        _free.put(worker)


def end() -> None:
    """Stop the workers when the server stops; no more pictures are read."""
    _ended.set()
    with contextlib.suppress(queue.Empty):
        while True:
            if worker := _free.get_nowait():
                worker.end()


class Worker:
    """A process that runs worker.py."""

    def __init__(self) -> None:
        self.connection, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fmnist.ui.server.worker", str(theirs.fileno())],
                cwd=ROOT,
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | OWN,
                start_new_session=True,  # Ctrl+C must only reach the server
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a file can make decoders write anything there
            )

    def ended(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.wait()

    def decoded(self, file: int) -> Image.Image:
        deadline = time.monotonic() + DEADLINE
        try:
            self.connection.settimeout(DEADLINE)
            socket.send_fds(self.connection, [b"!"], [file])
            answer = self._answer(deadline)
        except (OSError, EOFError):  # it has exited, or hangs
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0, deadline - time.monotonic()))
            status = self.process.poll()  # negative: a signal's number; None: it hangs
            self.end()
            if status in LIMITS:
                raise PictureError(TOO_MUCH) from None
            log.error("A process that read a picture ended with status %s.", status)
            raise PictureError(FAILED) from None
        except Exception as error:  # not an answer that a worker sends
            self.end()
            log.error("A process that read a picture did not answer as it should: %.100r", error)
            raise PictureError(FAILED) from None
        if isinstance(answer, Image.Image):
            return answer
        if refusal := answer.get("refusal"):
            raise PictureError(str(refusal)[:MAX_LINE])
        log.error("Reading a picture raised %.100r, which is a bug in the program.", answer)
        raise PictureError(FAILED)

    def _answer(self, deadline: float) -> Image.Image | dict[str, Any]:
        """The picture, or why there is none. Raises if worker.py would not send such an answer."""
        line = b""
        while not line.endswith(b"\n"):
            if len(line) > MAX_LINE:
                raise ValueError("a line without an end")
            line += self._received(1, deadline)
        answer = json.loads(line)
        if answer.keys() & {"refusal", "error"}:
            return answer
        mode, (width, height) = answer["mode"], answer["size"]
        if not (1 <= width <= WORKING_SIZE and 1 <= height <= WORKING_SIZE):
            raise ValueError("no size that worker.py sends")
        pixels = self._received(width * height * MODES[mode], deadline)
        return Image.frombytes(mode, (width, height), pixels)

    def _received(self, count: int, deadline: float) -> bytes:
        """Receive `count` bytes. Raises TimeoutError or EOFError if they do not come."""
        received = bytearray(count)
        left = memoryview(received)
        while left:
            if (seconds := deadline - time.monotonic()) <= 0:
                raise TimeoutError
            self.connection.settimeout(seconds)
            got = self.connection.recv_into(left)
            if not got:
                raise EOFError
            left = left[got:]
        return bytes(received)
