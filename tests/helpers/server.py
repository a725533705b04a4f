"""The app in a process of its own, as `python app.py` starts it, and what it takes."""

import base64
import contextlib
import functools
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
import zlib
from pathlib import Path

import numpy as np

from helpers import ROOT


class Server:
    """The running app: its `url`, its process id `pid`, and the file `log`."""

    def __init__(self, process: subprocess.Popen, url: str, log: Path):
        self.process, self.url, self.log, self.pid = process, url, log, process.pid

    @property
    def workers(self) -> list[int]:
        """The processes that the app has started.

        Until it runs a program of its own, one shares the app's memory: it is none yet.
        """
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        children = [int(child) for path in tasks for child in path.read_text().split()]
        return [child for child in children if _command(child) != _command(self.pid)]

    @property
    def megabytes(self) -> float:
        """What the app and its workers have in memory."""
        return sum(map(_megabytes, (self.pid, *self.workers)))

    @property
    def processor_seconds(self) -> float:
        """What the app has computed since it was started, without its workers."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    @contextlib.contextmanager
    def watched(self):
        """Measures meanwhile: a dict that gets "megabytes", the peak over now, and "seconds"."""
        found, before, ended = {"megabytes": 0}, self.megabytes, threading.Event()

        def watch():
            while not ended.wait(0.002):
                found["megabytes"] = max(found["megabytes"], self.megabytes - before)

        thread = threading.Thread(target=watch)
        thread.start()
        start = time.monotonic()
        try:
            yield found
        finally:
            found["seconds"] = time.monotonic() - start
            ended.set()
            thread.join()

    def upload(self, content: bytes, name: str = "picture") -> dict:
        """The upload as gradio's clients name it to handlers. Raises HTTPError."""
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"'
        body = f"{head}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        (path,) = json.loads(self.post("upload", body, kind))
        return {"path": path, "meta": {"_type": "gradio.FileData"}}

    def post(self, path: str, body: bytes | dict, kind: str = "application/json") -> bytes:
        """Raises HTTPError."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/gradio_api/{path}", body, {"Content-Type": kind}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def ask(self, function: str, *data, event_data=None) -> tuple[bool, object]:
        """Whether a handler answers, through the queue if it has one, and what, or the sentence."""
        session, asked = uuid.uuid4().hex, self.functions[function]
        body = {"data": data, "fn_index": asked["id"], "session_hash": session}
        body["event_data"] = event_data
        try:
            if not asked["queue"]:
                return True, json.loads(self.post(f"run/{function}", body))["data"]
            self.post("queue/join", body)
        except urllib.error.HTTPError as error:
            return False, json.loads(error.read())["error"]
        lines = f"{self.url}/gradio_api/queue/data?session_hash={session}"
        with urllib.request.urlopen(lines, timeout=60) as answers:
            for line in answers:
                said = json.loads(line.removeprefix(b"data: ") if line.strip() else b"{}")
                if said.get("msg") == "process_completed":
                    good, output = said["success"], said["output"]
                    return good, output["data"] if good else output["error"]

    @functools.cached_property
    def functions(self) -> dict[str, dict]:
        """All handlers, by name, as gradio describes them to its clients."""
        with urllib.request.urlopen(f"{self.url}/config", timeout=60) as answer:
            return {each["api_name"]: each for each in json.load(answer)["dependencies"]}


@contextlib.contextmanager
def running(log: Path, *script: str, python: str | Path = sys.executable, **options):
    """The app as a Server. `options` are for subprocess.Popen; `log` gets what it prints.

    script: what Python runs instead of app.py, with its arguments
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"GRADIO_TEMP_DIR": str(log.parent)}  # other servers here delete what is old in theirs
    options = {"cwd": ROOT, "env": os.environ | own} | options
    told = {"GRADIO_SERVER_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    options["env"] = options["env"] | told
    with log.open("w") as out:
        app = subprocess.Popen([python, *(script or ["app.py"])], stdout=out, stderr=out, **options)
    deadline = time.monotonic() + 240
    while not (url := _address(log)) or not _answers(url):
        assert app.poll() is None, f"app.py ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"app.py does not answer:\n{log.read_text()}"
        time.sleep(0.02)
    server = Server(app, url, log)
    try:
        yield server
    finally:
        workers = server.workers
        app.kill()
        app.wait(30)
    deadline = time.monotonic() + 10
    while any(_megabytes(worker) for worker in workers):
        assert time.monotonic() < deadline, "workers outlive the app"
        time.sleep(0.05)
    assert not re.search(r'File ".*/fmnist/[\w/]+\.py"', log.read_text()), log.read_text()


def is_sentence(text) -> bool:
    """Whether this is for people to read: one sentence, and a short one."""
    return isinstance(text, str) and text.endswith(".") and "\n" not in text and len(text) < 250


def _address(log: Path) -> str | None:
    """Where the app serves, once it says so: the port that was free may be taken by then."""
    said = re.search(r"^(Open|\* Running on local URL:) +http://\S+:(\d+)", log.read_text(), re.M)
    return f"http://127.0.0.1:{said[2]}" if said else None


def _answers(url):
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _megabytes(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):  # a worker that has ended
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def sent(images):
    """Images of the data set as the page sends them."""
    return base64.b64encode(images.tobytes()).decode()


def unpacked(text):
    """The bytes that the page unpacks."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
