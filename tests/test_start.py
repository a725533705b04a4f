"""The app starts where it is allowed little, as in a container of a host, or says why not."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hostile import asked, saved
from PIL import Image
from server import ROOT, running

EXAMPLES = ROOT / "fmnist" / "ui" / "examples"
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
            good, (_, _, example) = server.ask("chosen", event_data={"number": 1})
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


def test_the_page_is_put_together_without_what_only_training_or_drawing_figures_needs():
    code = (
        "import sys; from fmnist.ui.page import build; build()\n"
        "print([name for name in ('keras', 'tensorflow', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
