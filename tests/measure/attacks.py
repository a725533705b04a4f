"""What one stranger's attack costs the others: python tests/measure/attacks.py

50 clients draw without a pause, and one uploads a picture a second, while a stranger at another
address (127.0.0.2) does one thing after the other. Beside what the drawings take without that:
their milliseconds, the ratio of the 95th percentiles, their errors, the uploads that failed,
megabytes of the server over idle, and lines of its log.
--tree names another checkout to attack, to compare with. The app may open 1,024 files.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import uuid
from pathlib import Path
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

import load

from helpers import ROOT
from helpers.hostile import asked, noise, saved
from helpers.server import running

STRANGER = "127.0.0.2"
CLIENTS = 50
FILES = 1024  # that the app may open, as is usual


COLUMNS = ["drawings", "median", "p95", "ratio", "errors", "uploads", "MB", "log"]


def asking(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()


class Stranger:
    """Who attacks: raw requests to a server, until its time is over."""

    def __init__(self, url: str, seconds: float):
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.end = time.monotonic() + seconds
        with contextlib.suppress(OSError):
            self.functions = json.loads(self.get("/config"))["dependencies"]

    def get(self, path: str) -> bytes:
        with socket.create_connection((self.host, self.port), source_address=(STRANGER, 0)) as link:
            link.sendall(asking(path))
            return b"".join(iter(lambda: link.recv(2**16), b"")).partition(b"\r\n\r\n")[2]

    @property
    def empty(self) -> dict:
        """A call of the API without a picture."""
        data = [None, "mnist", "large", "auto", "auto"]
        return {"data": data, "fn_index": self.number("classify")}

    def number(self, name: str) -> int:
        return next(each["id"] for each in self.functions if each["api_name"] == name)

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.end

    async def connect(self):
        return await asyncio.open_connection(self.host, self.port, local_addr=(STRANGER, 0))

    async def send(self, data: bytes, answered: bool = True, keep: float = 0) -> bytes:
        """One request on a connection of its own; returns the start of the answer."""
        try:
            reader, writer = await self.connect()
            writer.write(data)
            await writer.drain()
            said = b""
            if answered:
                while part := await asyncio.wait_for(reader.read(2**16), 30):
                    said += part
            await asyncio.sleep(keep)
            writer.close()
            return said
        except (OSError, TimeoutError):
            await asyncio.sleep(0.05)
            return b""

    def post(self, path: str, body: bytes, kind="application/json", length=None) -> bytes:
        head = f"POST /gradio_api/{path} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\n"
        length = len(body) if length is None else length
        return f"{head}Connection: close\r\nContent-Length: {length}\r\n\r\n".encode() + body

    async def many(self, count: int, task) -> None:
        """So many at a time do the same again and again."""

        async def one():
            while self.goes_on:
                await task()

        await asyncio.gather(*(one() for _ in range(count)))

    async def silent_bodies(self):
        """400 sockets announce a body that never comes."""
        request = self.post("run/predict", b"", length=100)
        await self.many(400, lambda: self.send(request, answered=False, keep=5))

    async def tiny_files(self):
        """A request after the other with 1,000 empty files in it."""
        part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%d"\r\n\r\n\r\n'
        body = b"".join(part % number for number in range(1000)) + b"--b--\r\n"
        request = self.post("upload", body, "multipart/form-data; boundary=b")
        await self.many(2, lambda: self.send(request))

    async def announced_uploads(self):
        """36 sockets announce an upload of 30 MB, of which the first bytes come."""
        start = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\na'
        request = self.post("upload", start, "multipart/form-data; boundary=b", 29_000_000)
        await self.many(36, lambda: self.send(request, answered=False, keep=5))

    async def silent_connections(self):
        """1,100 connections on which nothing is said."""
        await self.many(1100, lambda: self.send(b"", answered=False, keep=5))

    async def unread_results(self):
        """Events of ever new sessions with names as long as may be, whose results nobody reads."""
        size = 190_000

        async def join():
            nonlocal size
            session = uuid.uuid4().hex.ljust(size, "x")
            request = json.dumps(self.empty | {"session_hash": session}).encode()
            said = await self.send(self.post("queue/join", request))
            if b" 400 " in said[:20]:
                size = 64

        await self.many(4, join)

    async def endless_streams(self):
        """100 streams of events that are over, and 100 of gradio's own reloading."""
        session = uuid.uuid4().hex
        request = json.dumps(self.empty | {"session_hash": session}).encode()
        await self.send(self.post("queue/join", request))
        paths = [f"queue/data?session_hash={session}", "dev/reload"]
        requests = [asking(f"/gradio_api/{path}") for path in paths]
        turns = iter(range(10**9))
        await self.many(200, lambda: self.send(requests[next(turns) % 2], answered=False, keep=5))

    async def looking_inside(self):
        """30 requests at a time to look inside a network."""
        pixels = base64.b64encode(bytes(range(196)) * 4).decode()
        event = {"pixels": pixels, "all": True, "why": True}
        body = {"data": ["mnist", "large"], "fn_index": self.number("look"), "event_data": event}
        request = self.post("run/predict", json.dumps(body | {"session_hash": "a"}).encode())
        await self.many(30, lambda: self.send(request))

    async def pages(self):
        """40 requests at a time for the page."""
        await self.many(40, lambda: self.send(asking("/")))


ATTACKS = [
    name
    for name, each in vars(Stranger).items()
    if asyncio.iscoroutinefunction(each) and name not in ("connect", "send", "many")
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout to attack")
    parser.add_argument("--seconds", type=float, default=10, help="of each attack")
    parser.add_argument("attacks", nargs="*", default=ATTACKS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.url:
        stranger = Stranger(options.url, options.seconds)
        asyncio.run(getattr(stranger, options.attacks[0])())
        return
    pictures = load.make_pictures()
    print(f"| a stranger’s | {' | '.join(COLUMNS)} |")
    print("| --- |" + " ---: |" * len(COLUMNS))
    for attack in options.attacks:
        with tempfile.TemporaryDirectory() as folder, served(Path(folder), options.tree) as server:
            load.load(["sketch"], server, pictures, CLIENTS, 2)  # all is loaded
            alone = measured(server, pictures, options.seconds, None)
            report("nothing", *alone, alone)
            report(attack, *measured(server, pictures, options.seconds, attack), alone)


@contextlib.contextmanager
def served(folder: Path, tree: Path):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))

    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
    env |= {"GRADIO_TEMP_DIR": str(folder)}
    with running(folder / "log.txt", cwd=tree, env=env, preexec_fn=limit) as server:
        yield server


def measured(server, pictures, seconds, attack):
    """Milliseconds of the drawings, errors, failed uploads, megabytes over idle, lines of log."""
    lines = len(server.log.read_text().splitlines())
    stranger = attack and subprocess.Popen(
        [sys.executable, __file__, attack, "--url", server.url, "--seconds", str(seconds + 2)],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(2 if attack else 0)
    uploads: list[bool] = []
    over = threading.Event()
    thread = threading.Thread(target=upload, args=(server, over, uploads))
    with server.watched() as found:
        thread.start()
        times, errors = load.load(["sketch"], server, pictures, CLIENTS, seconds)
        over.set()
        thread.join()
    if stranger:
        stranger.wait()
    for error, count in errors.most_common(2):
        print(f"{count} × {error}", file=sys.stderr)
    said = len(server.log.read_text().splitlines()) - lines
    return times["sketch"], errors.total(), uploads.count(False), found["megabytes"], said


def upload(server, over, results) -> None:
    """A picture a second, and whether it was answered."""
    content = saved(noise(99, 99, "L"), "PNG")
    while not over.wait(1):
        try:
            asked(server, "classify", content)
            results.append(True)
        except (OSError, urllib.error.HTTPError) as error:
            print(repr(error), file=sys.stderr)
            results.append(False)


def report(what, times, errors, failed, megabytes, lines, alone) -> None:
    p50, p95 = load.percentiles(times) if len(times) > 1 else (float("nan"),) * 2
    ratio = p95 / load.percentiles(alone[0])[1]
    cells = [what.replace("_", " "), f"{len(times):,}", f"{p50:.0f}", f"{p95:.0f}", f"{ratio:.2f}"]
    cells += [str(errors), str(failed), f"{megabytes:.0f}", f"{lines:,}"]
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
