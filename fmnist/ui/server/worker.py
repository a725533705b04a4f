"""A process that reads strangers' pictures for the server, and may do nothing else.

decoders.py is the server's side; docs/serving.md lists what is enforced on which system.
"""

import contextlib
import copy  # noqa: F401
import ctypes
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
import warnings
from pathlib import Path
from typing import Any

from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,  # noqa: F401
)

from fmnist.pictures.opening import PictureError, open_picture

SECONDS = 2.5  # for one picture
MEMORY = 160 * 2**20  # bytes beyond those of the idle process
OUT_OF_MEMORY = 3  # exit status
CODECS = "ascii", "latin-1", "utf-8", "utf-16", "cp1252"  # of text in pictures
# Pillow imports copy and ImageCms only when a picture needs them, which is too late here.

# prctl(2) and seccomp(2)
SET_SECCOMP, FILTER, SET_NO_NEW_PRIVS = 22, 2, 38
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # with EPERM
ARCHITECTURE = 0xC000003E  # AUDIT_ARCH_X86_64, in <linux/audit.h>
CALLS = {  # needed to compute, to receive a picture and to answer; numbers in <asm/unistd_64.h>
    "read": 0,
    "close": 3,
    "lseek": 8,
    "mmap": 9,
    "mprotect": 10,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "pread64": 17,
    "sched_yield": 24,
    "mremap": 25,
    "madvise": 28,
    "setitimer": 38,
    "getpid": 39,
    "sendto": 44,
    "recvmsg": 47,
    "exit": 60,
    "futex": 202,
    "clock_gettime": 228,
    "exit_group": 231,
}


def main(server: socket.socket) -> None:
    """Read each picture that the server passes as an open file, until the server is gone.

    The answer is a line of JSON: the mode and the size of the picture, whose pixels follow; or the
    sentence of a refusal; or the name of an unexpected error. A picture that takes too much time or
    memory ends the process, since nothing else stops a decoder.
    """
    warnings.simplefilter("ignore")
    Image.init()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each thread takes memory
    for codec in CODECS:  # Python loads each from a file at its first use
        "".encode(codec)
    confine()
    while True:
        told, files, _, _ = socket.recv_fds(server, 1, 1)
        if not told:
            return
        signal.setitimer(signal.ITIMER_REAL, SECONDS)  # its signal kills the process
        with open(files[0], "rb") as file:
            answer, pixels = answered(file)
        signal.setitimer(signal.ITIMER_REAL, 0)
        server.sendall(json.dumps(answer).encode() + b"\n")
        server.sendall(pixels)


def answered(file: Any) -> tuple[dict[str, Any], bytes]:
    """The answer to a picture: the line's content, and the pixels."""
    try:
        picture = open_picture(file)
        return {"mode": picture.mode, "size": picture.size}, picture.tobytes()
    except PictureError as error:
        return {"refusal": str(error)}, b""
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:
        return {"error": type(error).__name__}, b""


def confine() -> None:
    """From now on, let this process only read the next picture, as decoders may have flaws.

    It has one open file at a time, the picture. It cannot open or write others, start programs, or
    use the network. Linux enforces all of this, on x86-64 even for root.
    """
    os.close(0)  # so that a picture gets this descriptor, the only one that the limit allows
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 1,
    }
    statm = Path("/proc/self/statm")
    if statm.exists():
        now = int(statm.read_text().split()[0]) * resource.getpagesize()
        limits[resource.RLIMIT_AS] = now + MEMORY
    system, machine = platform.system(), platform.machine()
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    if system == "Linux":
        control = ctypes.CDLL(None).prctl
        control(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if machine == "x86_64":
            program = _program()
            code = ctypes.create_string_buffer(program, len(program))
            head = struct.pack("HL", len(program) // 8, ctypes.addressof(code))
            control(SET_SECCOMP, FILTER, ctypes.create_string_buffer(head, len(head)), 0, 0)


def _program() -> bytes:
    """A program for the kernel's system call filter, which allows those in CALLS.

    Each instruction has a code, two jumps, if equal and if not, and a value (bpf(4), seccomp(2)).
    """
    load, jump_if_equal, give_back = 0x20, 0x15, 0x06
    number, architecture = 0, 4  # offsets in struct seccomp_data
    steps = [(load, 0, 0, architecture), (jump_if_equal, 1, 0, ARCHITECTURE)]
    steps += [(give_back, 0, 0, REFUSE), (load, 0, 0, number)]
    for place, call in enumerate(CALLS.values()):
        steps.append((jump_if_equal, len(CALLS) - place, 0, call))
    steps += [(give_back, 0, 0, REFUSE), (give_back, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt), socket.socket(fileno=int(sys.argv[1])) as server:
        main(server)
