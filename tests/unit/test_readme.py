"""What README.md and docs/results.md say is so: numbers, versions, and the code they show."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from fmnist.data import datasets
from fmnist.training import report
from helpers import ROOT

README = (ROOT / "README.md").read_text()


def front_matter():
    return dict(re.findall(r"^(\w+): (.+)$", README.split("---")[1], re.MULTILINE))


def pinned():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("page", report.PAGES, ids=lambda page: page.name)
def test_tables_are_those_of_the_records(page):
    assert report.with_tables(page) == page.read_text(), "run python -m fmnist report"


def test_space_gets_the_versions_that_are_tested():
    space = front_matter()
    assert space["sdk"] == "gradio"
    assert space["sdk_version"] == pinned()["gradio"]
    assert space["python_version"].strip('"') == "3.11"
    assert (ROOT / space["app_file"]).exists()
    assert len(space["short_description"]) <= 60  # more is refused by Hugging Face


def test_every_requirement_is_pinned():
    for file in ("requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / file).read_text().splitlines():
            assert not line or line.startswith("#") or re.fullmatch(r"[\w-]+==[\w.]+", line)


def test_python_example_works(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(import fmnist\n.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    seven = datasets.test_set("mnist").pixels[0]
    Image.fromarray(seven).resize((280, 280)).save(re.search(r'"(\w+\.png)"', example)[1])
    names = {}
    exec(example, names)
    assert names["result"].label == "7"
    assert names["model"].count_params() == 106_991


class Hub(BaseHTTPRequestHandler):
    """Answers an upload as Hugging Face does, and keeps the paths of its files."""

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"] or 0))
        url = f"http://{self.headers['Host']}/spaces/YOUR_NAME/fmnist"
        answer = {"url": url, "commitUrl": f"{url}/commit/1", "commitOid": "1"}
        if "/preupload/" in self.path:
            files = json.loads(asked)["files"]
            self.server.paths = {file["path"] for file in files}
            mode = {"uploadMode": "regular", "shouldIgnore": False}
            answer = {"files": [{"path": file["path"], **mode} for file in files]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_GET = do_POST

    def log_message(self, *_):
        pass


def test_an_upload_to_spaces_takes_the_tree_and_no_environment(tmp_path, tmp_path_factory):
    (command,) = re.findall(r"bin/hf (upload .*)", README)
    kept, left = {"README.md", "weights/run.json"}, {".git/x", ".venv/bin/x", "node_modules/x/y"}
    for path in kept | left:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("text")
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as hub:
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        home = {"HF_HOME": str(tmp_path_factory.mktemp("home")), "HF_TOKEN": "hf_none"}
        subprocess.run(
            [Path(sys.executable).with_name("hf"), *shlex.split(command)],
            cwd=tmp_path,
            env=os.environ | home | {"HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}"},
            check=True,
            timeout=60,
        )
        hub.shutdown()
    assert hub.paths == kept
