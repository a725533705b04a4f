"""Read strangers' pictures in a few processes of their own, which may be ended at any moment.

A file of 34 bytes can ask for gigabytes and minutes, in more ways than a list of checks would hold.
So each worker (fmnist/worker.py) has a limit of memory and time, and is replaced when it dies.
"""

import json
import os
import queue
import subprocess
import sys
from multiprocessing.connection import Pipe
from pathlib import Path

from PIL import Image

from fmnist.pictures import PictureError

WORKERS = 2  # pictures read at a time, by the whole server
SCRIPT = Path(__file__).parent.parent / "worker.py"
TOO_MUCH = "This picture takes too long or too much memory to read: send a smaller one, or a JPEG."

_free: queue.LifoQueue = queue.LifoQueue()  # the last one used first: the others sleep on
for _ in range(WORKERS):
    _free.put(None)  # a worker that is started when it is needed


def decoded(path: Path) -> Image.Image:
    """What `open_picture` makes of a file. Raises PictureError, also if that takes too much."""
    worker = _free.get()
    try:
        if worker is None or worker.ended():
            worker = Worker()
        return worker.decoded(path)
    finally:
        _free.put(worker)


class Worker:
    """A process that runs worker.py."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        self.process = subprocess.Popen(
            [sys.executable, SCRIPT, str(theirs.fileno())],
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # decoders write there what a file makes them write
        )
        theirs.close()

    def ended(self) -> bool:
        return self.process.poll() is not None

    def decoded(self, path: Path) -> Image.Image:
        try:
            self.connection.send_bytes(os.fsencode(path))
            answer = json.loads(self.connection.recv_bytes())
            pixels = self.connection.recv_bytes()
        except (EOFError, OSError):
            self.connection.close()
            self.process.kill()
            self.process.wait()
            raise PictureError(TOO_MUCH) from None
        if refusal := answer.get("refusal"):
            raise PictureError(refusal)
        return Image.frombytes(answer["mode"], tuple(answer["size"]), pixels)
