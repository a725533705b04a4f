"""A process that reads pictures for the server, bounded in memory and time: see ui/decoders.py.

It is run as a script, since importing the package would bring OpenCV and more into the
memory of each.
"""

import contextlib
import json
import os
import resource
import signal
import sys
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

from pictures import PictureError, open_picture  # in the folder of this script
from PIL import AvifImagePlugin, Image

SECONDS = 2.5  # for one picture
MEMORY = 160 * 2**20  # bytes beyond what the idle process has


def main(connection: Connection) -> None:
    """Read the picture at each path that comes in, until the server closes the connection.

    Back go mode and size and then the pixels, or the sentence of a refusal. A picture that takes
    too much time or memory ends the process, since nothing else stops a decoder.
    """
    warnings.simplefilter("ignore")
    Image.init()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each has memory of its own
    limit_memory()
    while True:
        path = connection.recv_bytes().decode()
        signal.setitimer(signal.ITIMER_REAL, SECONDS)  # its signal kills
        try:
            picture = open_picture(path)
            answer, pixels = {"mode": picture.mode, "size": picture.size}, picture.tobytes()
        except PictureError as error:
            answer, pixels = {"refusal": str(error)}, b""
        except MemoryError:
            os._exit(1)
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send_bytes(json.dumps(answer).encode())
        connection.send_bytes(pixels)


def limit_memory() -> None:
    """As Linux does; on other systems the limits of pixels and time have to do."""
    size = Path("/proc/self/statm")
    if size.exists():
        most = int(size.read_text().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        main(Connection(int(sys.argv[1])))
