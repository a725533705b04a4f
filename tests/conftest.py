"""What tests of the running app share: the app itself, started once, as `python app.py` does."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

import fmnist


@pytest.fixture(scope="session")
def url(tmp_path_factory):
    """The address of the app, running in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with log.open("w") as out:
        app = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=os.path.dirname(os.path.dirname(fmnist.__file__)),
            env=os.environ | {"GRADIO_SERVER_PORT": str(port)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 240
    while not _answers(address):
        assert app.poll() is None, f"app.py ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"app.py does not answer:\n{log.read_text()}"
        time.sleep(0.5)
    yield address
    app.terminate()
    app.wait(30)
    assert not re.search(r'File ".*/fmnist/[\w/]+\.py"', log.read_text()), log.read_text()


def _answers(address):
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True
