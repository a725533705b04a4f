"""The app starts where it is allowed little, as in a container of a host, or says why not."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from fmnist.runs import records
from helpers import EXAMPLES, ROOT
from helpers.hostile import asked, saved
from helpers.server import running

NOBODY = 12345  # a user id without an entry in the list of users


def can_be_nobody() -> bool:
    """Only root can change its user, and the other has to be able to run this Python."""
    try:
        return subprocess.run([sys.executable, "-c", ""], user=NOBODY).returncode == 0
    except PermissionError:
        return False


@pytest.mark.skipif(not can_be_nobody(), reason="needs root, and a Python that others may run")
def test_it_starts_as_an_unknown_user_without_home_in_a_folder_it_cannot_write(tmp_path):
    with tempfile.TemporaryDirectory() as outside:  # pytest's own folder is closed to others
        app = Path(outside, "app")
        for part in ("app.py", "fmnist", "weights"):
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            app.mkdir(exist_ok=True)
            copy(ROOT / part, app / part)
        Path(outside).chmod(0o755)
        env = {name: value for name, value in os.environ.items() if name not in UNSET}
        log = tmp_path / "log.txt"
        with running(
            log, cwd=app, env=env | {"SYSTEM": "spaces"}, user=NOBODY, group=NOBODY
        ) as server:
            assert server.ask("drawn", "mnist", "large", "auto", "auto", "")[0]
            photo = saved(Image.open(EXAMPLES / "mnist" / "two-drawn.png"), "PNG")
            assert asked(server, "classify", photo) == (True, "an answer")
            assert asked(server, "answered", photo) == (True, "an answer")
            good, (_, _, example) = server.ask("example", event_data={"number": 1})
            assert good and example["url"]


UNSET = ("HOME", "GRADIO_TEMP_DIR")


def test_a_folder_that_cannot_be_written_is_named_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | {"GRADIO_TEMP_DIR": str(tmp_path / "file")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    sentence = done.stderr.splitlines()[-1]
    assert str(tmp_path / "file") in sentence and "GRADIO_TEMP_DIR" in sentence


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """What is imported once the page is put together, once it can be served, and after an answer.

    And "home", the user's folder, in a system without settings of matplotlib.
    """
    code = """if True:
        import json, sys
        from fmnist.ui.page import SETTINGS, build
        from fmnist.ui.server.serving import application
        from gradio.utils import MatplotlibBackendMananger as Answering

        page = build()
        built = list(sys.modules)
        application(page, SETTINGS)
        served = list(sys.modules)
        with Answering():
            pass
        print(json.dumps({"built": built, "served": served, "answered": list(sys.modules)}))
    """
    home = tmp_path_factory.mktemp("home")
    env = {name: value for name, value in os.environ.items() if name not in MATPLOTLIBS}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env | {"HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout) | {"home": home}


def test_the_page_is_put_together_without_what_only_training_or_drawing_figures_needs(imported):
    assert not {"keras", "tensorflow", "matplotlib"} & set(imported["built"])


def test_matplotlib_is_there_before_the_first_answer(imported):
    assert "matplotlib" in imported["served"]


def test_an_answer_makes_matplotlib_import_no_more_and_leave_no_folder(imported):
    assert imported["answered"] == imported["served"]
    assert not list(imported["home"].rglob("matplotlib*"))


MATPLOTLIBS = (
    "MPLBACKEND",
    "MATPLOTLIBRC",
    "MPLCONFIGDIR",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
)


@pytest.fixture
def start_app(weights_dir):
    """Starts app.py of a tree that has this folder with weights, at a port or any free one."""
    tree = weights_dir.parent
    shutil.copy(ROOT / "app.py", tree)
    (tree / "fmnist").symlink_to(ROOT / "fmnist")
    apps = []

    def start(port=7860):
        app = subprocess.Popen(
            [sys.executable, "-u", "app.py"],
            cwd=tree,
            env=os.environ | {"GRADIO_SERVER_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        apps.append(app)
        return app

    yield start
    for app in apps:
        app.kill()
        app.communicate()


def test_app_names_the_file_that_it_cannot_do_without(weights_dir, start_app):
    damaged = weights_dir / f"{records.served_run('mnist', 'large').name}.json"
    damaged.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    app = start_app()
    _, errors = app.communicate(timeout=240)
    assert app.returncode == 1
    assert errors.splitlines()[-1].startswith(f"{damaged} is not a valid record of a run (")
    assert "Traceback" not in errors


def test_app_starts_whatever_else_the_folder_holds_and_whoever_has_its_port(weights_dir, start_app):
    (weights_dir / "fashion_mnist-large-published.json").write_bytes(b"")
    (weights_dir / "package.json").write_text('{"private": true}')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        app = start_app(port)
        first, second = app.stdout.readline(), app.stdout.readline()
        started = re.fullmatch(rf"Port {port} is taken: the page uses port (\d+)\.\n", first)
        if started:
            address = f"http://127.0.0.1:{started[1]}"
            assert second == f"Open {address}\n"
            assert urllib.request.urlopen(address, timeout=60).status == 200
    app.send_signal(signal.SIGTERM)
    _, errors = app.communicate(timeout=60)
    assert started and app.returncode == 0, errors
    skipped = [line for line in errors.splitlines() if "Skipped: " in line]
    assert [Path(line.split(" is not a valid record")[0]).name for line in sorted(skipped)] == [
        "fashion_mnist-large-published.json",
        "package.json",
    ]
    assert "Traceback" not in errors
