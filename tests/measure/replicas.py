"""Two processes of the app behind a proxy, haproxy: python tests/measure/replicas.py

What fails when each request goes to the next process, and what when a cookie keeps every visitor
with one of them. Then answers a second, of one process and of both. Each process has a folder for
uploads of its own, as on two machines.
"""

import collections
import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

from load import Client, load, make_pictures

from helpers.server import running

TIMES = 20
CLIENTS, SECONDS = 50, 10
ASKED = {
    "a sketch": Client.sketch,
    "/classify, with its upload": Client.classify,
    "a photo on the page": Client.photo,
}
CONFIGURATION = """
defaults
    mode http
    timeout connect 5s
    timeout client 120s
    timeout server 120s
listen app
    bind 127.0.0.1:{port}
    balance roundrobin
    {sticky}
    server one {one} cookie one
    server two {two} cookie two
"""
STICKY = "cookie replica insert indirect nocache"


def main() -> None:
    if not shutil.which("haproxy"):
        print("There is no proxy to try this with: apt install haproxy")
        return
    pictures = make_pictures()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        servers = []
        for name in ("one", "two"):
            Path(folder, name).mkdir()
            servers.append(stack.enter_context(running(Path(folder, name, "log.txt"))))
        for how, sticky in (("each request to the next process", ""), ("by cookie", STICKY)):
            with proxied(Path(folder, "haproxy.cfg"), servers, sticky) as both:
                for what, ask in ASKED.items():
                    failed = failures(ask, both, pictures)
                    print(f"{how}: {what}: {sum(failed.values())} of {TIMES} failed")
                    for error, count in failed.most_common(2):
                        print(f"    {count} × {error}")
        for server in servers:
            server.log.write_text("")  # of sessions that it does not know gradio writes tracebacks
        with proxied(Path(folder, "haproxy.cfg"), servers, STICKY) as both:
            for name, server in (("one process", servers[0]), ("two processes", both)):
                times, errors = load(["sketch"], server, pictures, CLIENTS, SECONDS)
                print(f"{name}: {len(times['sketch']) / SECONDS:.0f} sketches a second, {errors}")


def failures(ask, server, pictures) -> collections.Counter:
    """Of so many visitors, which errors they get and how often."""
    failed: collections.Counter = collections.Counter()
    for _ in range(TIMES):
        try:
            ask(Client(server, server.functions, pictures))
        except Exception as error:
            failed[f"{error!r:.160}"] += 1
    return failed


@contextlib.contextmanager
def proxied(configuration: Path, servers, sticky: str):
    """Both servers behind one address, as something that has a `url` and `functions`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one, two = (server.url.removeprefix("http://") for server in servers)
    configuration.write_text(CONFIGURATION.format(port=port, sticky=sticky, one=one, two=two))
    proxy = subprocess.Popen(["haproxy", "-q", "-f", configuration])
    try:
        deadline = time.monotonic() + 10
        while not answers(port):
            assert time.monotonic() < deadline, "haproxy does not start"
            time.sleep(0.05)
        yield SimpleNamespace(url=f"http://127.0.0.1:{port}", functions=servers[0].functions)
    finally:
        proxy.terminate()
        proxy.wait(10)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
