"""Many at once: python tests/measure/load.py

The app runs in a process of its own, on the page an endpoint more that does nothing: the bare echo.
Clients ask without a pause, each by turns for what is measured and for the echo: (a) /classify, (b)
sketches as the page sends them, (c) both, and photos of 12 megapixels on the page, whose upload is
part of the wait. Prints milliseconds, ratios to the echo, errors, and megabytes.

With --visitors 10 20 30, how long answers take so many who draw at a human pace instead.
"""

import argparse
import base64
import collections
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

from PIL import Image

from helpers import EXAMPLES
from helpers.hostile import noise, saved
from helpers.server import running

PANEL = ["mnist", "large", "auto", "auto"]
STROKE, PAUSE = 1, 2  # seconds: a visitor draws, and looks at the answer
PICTURES = 0.1  # seconds between two that the pad sends while drawing, see ui/pad/pad.js


class Client:
    """One of those who ask; keeps connection, session and cookie, as a browser does."""

    def __init__(self, server, functions: dict[str, dict], pictures: dict[str, bytes]):
        self.connection = HTTPConnection(urlsplit(server.url).netloc, timeout=120)
        self.functions, self.pictures = functions, pictures
        self.session = os.urandom(8).hex()
        self.cookie = ""
        self.told = iter(())  # what the session is told, line by line, until the server ends it

    def echo(self):
        self.run("echo")

    def queued_echo(self):
        self.queued("queued_echo")

    def sketch(self):
        self.run("drawn", *PANEL, self.pictures["sketch"])

    def classify(self):
        self.queued("classify", self.upload("digit"), *PANEL)

    def photo(self):
        clothing = ["fashion_mnist", *PANEL[1:]]
        self.run("answered", *clothing, "photo", None, self.upload("photo"))

    def run(self, function, *data):
        self.post(f"run/{function}", self.body(function, data))

    def queued(self, function, *data):
        event = json.loads(self.post("queue/join", self.body(function, data)))["event_id"]
        for _ in range(2):  # the stream may end with the event before
            for line in self.told:
                said = json.loads(line[6:]) if line.startswith(b"data: ") else {}
                if said.get("event_id") == event and said["msg"] == "process_completed":
                    assert said["success"], said
                    return
            stream = HTTPConnection(self.connection.host, self.connection.port, timeout=120)
            stream.request(
                "GET",
                f"/gradio_api/queue/data?session_hash={self.session}",
                headers={"Cookie": self.cookie},
            )
            self.told = iter(stream.getresponse())
        raise AssertionError("the stream ended without an answer")

    def upload(self, name) -> dict:
        content, line = self.pictures[name], "b1946ac92492d2347c6235b4d2611184"
        head = f'--{line}\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{line}--\r\n".encode()
        (path,) = json.loads(self.post("upload", body, f"multipart/form-data; boundary={line}"))
        return {"path": path, "meta": {"_type": "gradio.FileData"}}

    def body(self, function, data) -> bytes:
        number = self.functions[function]["id"]
        body = {"data": data, "fn_index": number, "session_hash": self.session}
        return json.dumps(body).encode()

    def post(self, path, body, kind="application/json") -> bytes:
        answer = self.ask("POST", path, body, {"Content-Type": kind})
        content = answer.read()
        assert answer.status == 200, content[:200]
        return content

    def ask(self, method, path, body=None, headers=()):
        headers = {"Cookie": self.cookie, **dict(headers)}
        self.connection.request(method, f"/gradio_api/{path}", body, headers)
        answer = self.connection.getresponse()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        return answer


MIXES = {
    "(a) /classify": ["classify", "queued_echo"],
    "(b) sketches": ["sketch", "echo"],
    "(c) all": ["sketch", "echo", "classify", "photo", "queued_echo"],
}
ECHO = {"sketch": "echo", "classify": "queued_echo", "photo": "echo"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each run")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--visitors", type=int, nargs="+", default=[])
    parser.add_argument("--serve", choices=["app", "bare"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    pictures = make_pictures()
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}  # as app.py does
    with tempfile.TemporaryDirectory() as folder:
        if options.visitors:
            with running(Path(folder, "log.txt")) as server:
                for count in options.visitors:
                    took = visits(server, count, pictures, options.seconds)
                    print(f"{count} visitors: {figures(took, None)}", flush=True)
            return
        for what, mixes in (("app", MIXES), ("bare", {"bare page": ["echo", "queued_echo"]})):
            with running(Path(folder, "log.txt"), __file__, "--serve", what) as server:
                for name, kinds in mixes.items():
                    report(name, kinds, server, pictures, options)


def serve(what: str) -> None:
    """The app, or a page of gradio's alone, each with the echo."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    def echoing(page):
        with page:
            output = gr.HTML()
            for name, queue in (("echo", False), ("queued_echo", True)):
                gr.Button().click(str, None, output, api_name=name, queue=queue)
        return page

    if what == "app":
        from fmnist.ui.page import SETTINGS, build
        from fmnist.ui.server.address import listening
        from fmnist.ui.server.serving import serve

        serve(listening(), lambda: echoing(build()), SETTINGS)
    else:
        echoing(gr.Blocks().queue(api_open=False)).launch(ssr_mode=False)


def report(name, kinds, server, pictures, options) -> None:
    """Run a mix and print what it took."""
    before = server.megabytes
    times, errors = load(kinds, server, pictures, options.clients, options.seconds)
    after = server.megabytes
    print(f"{name}: {before:.0f} MB before, {after:.0f} after, {sum(errors.values())} errors")
    for error, count in errors.most_common(5):
        print(f"    {count} × {error}")
    for kind in kinds:
        took = sorted(times[kind])
        if len(took) > 1:
            print(f"    {kind}: {figures(took, times.get(ECHO.get(kind)))}", flush=True)


def figures(took, echo) -> str:
    p50, p95 = percentiles(took)
    text = f"n = {len(took):,}, p50 {p50:.0f} ms, p95 {p95:.0f} ms"
    if echo:
        text += ", ratio to the echo {:.2f} and {:.2f}".format(
            *(mine / its for mine, its in zip((p50, p95), percentiles(echo), strict=True))
        )
    return text


def percentiles(took) -> tuple[float, float]:
    twentieths = statistics.quantiles(took, n=20)
    return twentieths[9], twentieths[18]


def load(kinds, server, pictures, clients, seconds):
    """Milliseconds by kind, and how often which error came."""
    times, errors = collections.defaultdict(list), collections.Counter()
    functions = server.functions
    end = time.monotonic() + seconds

    def ask(number):
        client = Client(server, functions, pictures)
        for kind in itertools.islice(itertools.cycle(kinds), number % len(kinds), None):
            start = time.monotonic()
            if start > end:
                return
            try:
                getattr(client, kind)()
                times[kind].append(1000 * (time.monotonic() - start))
            except Exception as error:
                errors[f"{kind}: {error!r:.200}"] += 1
                client = Client(server, functions, pictures)

    threads = [threading.Thread(target=ask, args=[number]) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, errors


def visits(server, count, pictures, seconds) -> list[float]:
    """Milliseconds of the answers that so many visitors get who draw a stroke, pause, and so on.

    As the pad does, each leaves out the pictures of the time in which it waits for an answer, but
    never the last one of a stroke: the wait for that one begins at pen-up.
    """
    times: list[float] = []
    functions, begin = server.functions, time.monotonic()

    def visit(number):
        client = Client(server, functions, pictures)
        stroke = begin + (STROKE + PAUSE) * random.Random(number).random()  # as visitors come
        while stroke + STROKE < begin + seconds:
            pen_up = stroke + STROKE
            moments = [stroke + PICTURES * (1 + each) for each in range(int(STROKE / PICTURES))]
            for moment in (*moments, pen_up):
                if moment < pen_up and moment < time.monotonic():
                    continue
                time.sleep(max(0, moment - time.monotonic()))
                client.sketch()
                times.append(1000 * (time.monotonic() - moment))
            stroke = time.monotonic() + PAUSE

    threads = [threading.Thread(target=visit, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def make_pictures() -> dict:
    """A photo of 2.5 MB, a digit, and a sketch as the pad sends it."""
    from fmnist.ui.pad import SIDE

    shirt = Image.open(EXAMPLES / "fashion_mnist" / "t-shirt-on-a-floor.jpg").convert("RGB")
    photo = Image.blend(shirt.resize((4000, 3000)), noise(4000, 3000, "RGB"), 0.3)
    digit = Image.open(EXAMPLES / "mnist" / "seven-with-a-bar.png")
    png = saved(digit.resize((SIDE, SIDE)), "PNG")
    return {
        "photo": saved(photo, "JPEG", quality=98),
        "digit": saved(digit, "PNG"),
        "sketch": "data:image/png;base64," + base64.b64encode(png).decode(),
    }


if __name__ == "__main__":
    main()
