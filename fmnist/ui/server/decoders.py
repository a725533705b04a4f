"""Read strangers' pictures in a few processes of their own, which may be ended at any moment.

A file of 34 bytes can ask for gigabytes and minutes, in more ways than a list of checks would hold.
So each worker (worker.py) has a limit of memory and time, and is replaced when it dies.
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
import time
from pathlib import Path

from PIL import Image

from fmnist.pictures import WORKING_SIZE, PictureError
from fmnist.ui.server.worker import OUT_OF_MEMORY, SECONDS

log = logging.getLogger(__name__)

WORKERS = 2  # pictures read at a time, by the whole server
DEADLINE = 2 * SECONDS  # of an answer: a worker may have to start, or may be frozen
MAX_LINE = 1000  # bytes of what comes before the pixels
MODES = {"L": 1, "RGB": 3, "RGBA": 4}  # bytes of a pixel
ROOT = Path(__file__).parents[3]  # of the package

TOO_MUCH = "This picture takes too long or too much memory to read: send a smaller one, or a JPEG."
FAILED = "Reading this picture failed on the server: save it again as a JPEG, or send another one."
# How a worker ends that reached a limit: its own alarm, or the kernel's end of memory.
LIMITS = {OUT_OF_MEMORY, -signal.SIGALRM, -signal.SIGKILL}

_free: queue.LifoQueue = queue.LifoQueue()  # the last one used first: the others sleep on
for _ in range(WORKERS):
    _free.put(None)  # a worker that is started when it is needed


def decoded(file: int) -> Image.Image:
    """What `open_picture` makes of an open file, given by its descriptor. Raises PictureError.

    Also if that takes too much, or fails though it should not: of that a line in the log tells.
    """
    worker = _free.get()
    try:
        if worker is None or worker.ended():
            worker = Worker()
        return worker.decoded(file)
    finally:
        _free.put(worker)


def end() -> None:
    """End the workers; for the end of the server."""
    for _ in range(_free.qsize()):
        if worker := _free.get():
            worker.end()
        _free.put(None)


class Worker:
    """A process that runs worker.py."""

    def __init__(self) -> None:
        self.connection, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fmnist.ui.server.worker", str(theirs.fileno())],
                cwd=ROOT,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # decoders write there what a file makes them write
            )

    def ended(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> int:
        """Returns the status: negative is the number of a signal."""
        self.connection.close()
        self.process.kill()
        return self.process.wait()

    def decoded(self, file: int) -> Image.Image:
        deadline = time.monotonic() + DEADLINE
        try:
            self.connection.settimeout(DEADLINE)
            socket.send_fds(self.connection, [b"!"], [file])
            answer, pixels = self._answer(deadline)
        except (OSError, EOFError):  # it has ended, or does not answer in time
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0, deadline - time.monotonic()))  # how it ends by itself
            status = self.end()
            if status in LIMITS:
                raise PictureError(TOO_MUCH) from None
            log.error("A process that read a picture ended with status %d.", status)
            raise PictureError(FAILED) from None
        except (ValueError, LookupError, TypeError) as error:
            self.end()
            log.error("A process that read a picture did not answer as it should: %r", error)
            raise PictureError(FAILED) from None
        if refusal := answer.get("refusal"):
            raise PictureError(refusal)
        if raised := answer.get("error"):
            log.error("Reading a picture raised %s, which is a bug in the program.", raised)
            raise PictureError(FAILED)
        return Image.frombytes(answer["mode"], tuple(answer["size"]), pixels)

    def _answer(self, deadline: float) -> tuple[dict, bytes]:
        """The line and the pixels. Raises ValueError if they are not what worker.py sends."""
        line = b""
        while not line.endswith(b"\n"):
            if len(line) > MAX_LINE:
                raise ValueError("a line without an end")
            line += self._received(1, deadline)
        answer = json.loads(line)
        if answer.keys() & {"refusal", "error"}:
            return answer, b""
        width, height = answer["size"]
        if not 0 < width * height <= WORKING_SIZE**2 or answer["mode"] not in MODES:
            raise ValueError("no picture that worker.py sends")
        return answer, self._received(width * height * MODES[answer["mode"]], deadline)

    def _received(self, count: int, deadline: float) -> bytes:
        """So many bytes. Raises TimeoutError or EOFError if they do not come."""
        received = bytearray(count)
        left = memoryview(received)
        while left:
            self.connection.settimeout(max(0.001, deadline - time.monotonic()))
            got = self.connection.recv_into(left)
            if not got:
                raise EOFError
            left = left[got:]
        return bytes(received)
