"""Strangers' pictures are read in processes that may do nothing else, and are replaced."""

import contextlib
import io
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from fmnist.pictures.opening import PictureError, open_picture
from fmnist.ui.server import decoders
from helpers import ROOT

KINDS = {
    "JPEG": {},
    "progressive JPEG": {"progressive": True},
    "MPO": {"save_all": True, "append_images": [Image.new("RGB", (9, 9))]},
    "PNG": {},
    "animated PNG": {"save_all": True, "append_images": [Image.new("RGB", (60, 40))]},
    "WEBP": {},
    "lossless WEBP": {"lossless": True},
    "GIF": {},
    "animated GIF": {"save_all": True, "append_images": [Image.new("RGB", (60, 40))]},
    "BMP": {},
    "TIFF": {},
    "compressed TIFF": {"compression": "tiff_lzw"},
    "TIFF with JPEG in it": {"compression": "jpeg"},
    "AVIF": {},
}
MODES = {"CMYK": "JPEG", "LAB": "TIFF", "P": "PNG", "RGBA": "WEBP", "LA": "PNG", "I;16": "PNG"}
MODES |= {"1": "TIFF", "F": "TIFF", "L": "GIF"}


def saved(mode: str, kind: str, **options) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    picture = Image.fromarray(pixels)
    picture = picture.convert("L").convert(mode) if mode in ("F", "I;16") else _in(picture, mode)
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    picture.save(file, kind, **options, **({"exif": exif} if kind in ("JPEG", "PNG") else {}))
    return file.getvalue()


def _in(picture: Image.Image, mode: str) -> Image.Image:
    if mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(picture, srgb, lab, outputMode="LAB")
    return picture.convert(mode)


@contextlib.contextmanager
def opened(content: bytes, folder):
    path = folder / "picture"
    path.write_bytes(content)
    with path.open("rb") as file:
        yield file.fileno()


FILES = {name: ("RGB", re.search("[A-Z]{3,}", name)[0], more) for name, more in KINDS.items()}
FILES |= {f"{kind} of {mode}": (mode, kind, {}) for mode, kind in MODES.items()}


@pytest.mark.parametrize(("mode", "kind", "more"), FILES.values(), ids=FILES)
def test_a_worker_reads_what_the_library_reads(tmp_path, mode, kind, more):
    """A confined process can import nothing: all that Pillow needs has to be there."""
    content = saved(mode, kind, **more)
    with opened(content, tmp_path) as file:
        picture = decoders.decoded(file)
    here = open_picture(io.BytesIO(content))
    assert picture.mode == here.mode and np.array_equal(picture, here)


ALL_HOLDS = (sys.platform, os.uname().machine) == ("linux", "x86_64")
ATTEMPTS = {
    "open a file": "os.open('/etc/hostname', os.O_RDONLY)",
    "write a file": "os.open('/tmp/fmnist-escaped', os.O_CREAT | os.O_WRONLY)",
    "delete a file": "os.unlink('/tmp/fmnist-kept')",
    "list a folder": "os.listdir('/')",
    "use the network": "socket.socket()",
    "talk to a process": "socket.socketpair()",
    "end another process": "os.kill(os.getppid(), 0)",
    "look into another process": "os.pidfd_open(os.getppid())",
    "start a process": "os.fork()",
    "start a program": "os.execv('/bin/true', ['true'])",
    "start a thread": "threading.Thread(target=print).start()",
    "become somebody else": "os.setuid(1)",
    "have more files again": "resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))",
    "copy a descriptor": "os.dup(1)",
}
CONFINED = """
import os, resource, socket, sys, threading
from fmnist.ui.server import worker
told = socket.socket(fileno=int(sys.argv[1]))
worker.confine()
try:
    {}
except (OSError, RuntimeError, ValueError) as error:
    told.send(type(error).__name__.encode())
else:
    told.send(b"done")
os._exit(0)
"""


@pytest.mark.skipif(not ALL_HOLDS, reason="all of it on x86-64 Linux only")
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_decoder_that_is_made_to_run_anything_gets_nothing(attempt, tmp_path):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(60)
        subprocess.Popen(
            [sys.executable, "-c", CONFINED.format(attempt), str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
        ).wait(60)
        assert ours.recv(99) in (b"PermissionError", b"RuntimeError", b"OSError", b"ValueError")


def refusal(file: int) -> str:
    with pytest.raises(PictureError) as caught:
        decoders.decoded(file)
    return str(caught.value)


def test_a_crash_a_limit_and_a_picture_that_cannot_be_read_are_three_sentences(tmp_path, caplog):
    with opened(b"no picture", tmp_path) as file:
        unreadable = refusal(file)
    with opened(b"GIF89a\x09\0\x09\0\0\0\0" + b"\x21\xfe\x01a\0" * 1_000_000, tmp_path) as file:
        limit = refusal(file)
    assert not caplog.records
    folder = os.open(tmp_path, os.O_RDONLY)  # which no decoder expects
    crash = refusal(folder)
    os.close(folder)
    assert "not a picture" in unreadable and "too long or too much" in limit
    assert "failed on the server" in crash
    (line,) = caplog.messages
    assert "IsADirectoryError" in line and "Traceback" not in caplog.text


def _workers() -> list[int]:
    """The processes that this one has started to read pictures; tests start others, too."""
    return [each for each in _children() if b"server.worker" in _command(each)]


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _children() -> list[int]:
    path = f"/proc/{os.getpid()}/task"
    children = [Path(path, task, "children").read_text().split() for task in os.listdir(path)]
    return [int(child) for each in children for child in each]


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the processes")
def test_a_frozen_worker_is_ended_and_replaced(tmp_path):
    good = saved("RGB", "PNG")
    with opened(good, tmp_path) as file:
        decoders.decoded(file)
        for frozen in _workers():
            os.kill(frozen, signal.SIGSTOP)
        start = time.monotonic()
        assert "failed on the server" in refusal(file)
        assert time.monotonic() - start < decoders.DEADLINE + 1
        for frozen in _workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(frozen, signal.SIGKILL)
        assert decoders.decoded(file).size == (40, 60)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the processes")
def test_a_worker_that_dies_while_it_reads_is_told_of_by_its_status(tmp_path, caplog):
    slow = b"GIF89a\x09\0\x09\0\0\0\0" + b"\x21\xfe\x01a\0" * 1_000_000
    with opened(saved("RGB", "PNG"), tmp_path) as file:
        decoders.decoded(file)  # there is one
    with opened(slow, tmp_path) as file, _killed(signal.SIGSEGV):
        assert "failed on the server" in refusal(file)
    assert f"status -{int(signal.SIGSEGV)}" in caplog.text


@contextlib.contextmanager
def _killed(how: signal.Signals):
    """Once a worker reads the file that is handed to it, end it this way."""

    def kill():
        deadline = time.monotonic() + 60
        while not any(_reads(each) for each in _workers()) and time.monotonic() < deadline:
            select.select([], [], [], 0.005)
        for each in _workers():
            os.kill(each, how)

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    thread.join()


def _reads(process: int) -> bool:
    try:
        return os.path.basename(os.readlink(f"/proc/{process}/fd/0")) == "picture"
    except OSError:
        return False
