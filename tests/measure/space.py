"""A trial of the Space, as nearly as it can be had elsewhere: python tests/measure/space.py

On the Python that README.md pins: a fresh environment from requirements.txt together with
gradio[oauth,mcp] of the pinned version, then the app as user 1000 who may write into his home and
nowhere else, on two cores, with SYSTEM=spaces. Prints what it takes. Needs root, Linux, and the
registry of packages.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

from load import PANEL, make_pictures

from helpers import ROOT
from helpers.server import running

USER = 1000
CORES = 2
# What starts the app: in a namespace of mounts of its own, where no folder for temporary files can
# be written.
START = """
for folder in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o ro none $folder; done
exec setpriv --reuid={user} --regid={user} --clear-groups {python} app.py
"""


def main() -> None:
    if os.getuid() != 0:
        sys.exit("Only root can be another user: run this as root.")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory(dir="/srv", prefix="space-") as folder:
        trial(Path(folder), setting("sdk_version"), setting("python_version"))


def setting(name: str) -> str:
    """One of those on top of README.md."""
    return re.search(rf'^{name}: "?([\d.]+)"?$', (ROOT / "README.md").read_text(), re.M)[1]


def trial(folder: Path, gradio: str, version: str) -> None:
    """Build the Space in an empty folder, start it there and ask it."""
    folder.chmod(0o755)
    start = time.monotonic()
    python = environment(folder / "env", gradio, interpreter(version))
    say("build", f"{time.monotonic() - start:.0f} s")
    say("size on disk", f"{megabytes(folder):,.0f} MB")
    app, home = folder / "app", folder / "home"
    subprocess.run(["git", "checkout-index", "-a", f"--prefix={app}/"], cwd=ROOT, check=True)
    home.mkdir()
    os.chown(home, USER, USER)
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "SYSTEM": "spaces"}
    pictures = make_pictures()
    shell = ("--mount", "sh", "-c", START.format(user=USER, python=python))
    start = time.monotonic()
    with running(folder / "log.txt", *shell, python="unshare", cwd=app, env=env) as server:
        say("start to page", f"{time.monotonic() - start:.1f} s")
        good, said = server.ask("drawn", *PANEL, pictures["sketch"])
        assert good and "<strong>a 7</strong>" in said[0], said
        say("start to first answer", f"{time.monotonic() - start:.1f} s")
        say("memory", f"{server.megabytes:.0f} MB")
        good, said = server.ask("classify", server.upload(pictures["photo"]), *PANEL)
        assert good, said
        say("memory with the worker that read a photo", f"{server.megabytes:.0f} MB")
    say("written", ", ".join(sorted(path.name for path in home.rglob("*"))) or "nothing")


def environment(folder: Path, gradio: str, python: str) -> Path:
    """What a Space installs; returns its Python."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "-q"]
    requirements = ["-r", ROOT / "requirements.txt", f"gradio[oauth,mcp]=={gradio}"]
    subprocess.run([*pip, *requirements], check=True)
    return folder / "bin" / "python"


def interpreter(version: str) -> str:
    """A Python of this version that other users may run."""
    for folder in ("/usr/local/bin", "/usr/bin", *os.environ["PATH"].split(":")):
        path = shutil.which(f"python{version}", path=folder)
        try:
            if path and subprocess.run([path, "-c", ""], user=USER).returncode == 0:
                return path
        except PermissionError:
            continue
    sys.exit(f"There is no Python {version} here that other users may run: install one.")


def megabytes(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*")) / 2**20


def say(what: str, value: str) -> None:
    print(f"{what}: {value}", flush=True)


if __name__ == "__main__":
    main()
