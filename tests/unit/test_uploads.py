"""Where uploads lie: within bounds, for a while, and nobody can push out those of others."""

import contextlib
import os
import subprocess
import sys

import pytest
from PIL import Image

from fmnist.ui.server import uploads
from fmnist.ui.server.uploads import NoRoom, Store
from helpers import ROOT

NAMES = ["../../etc/passwd", "..", "/", "", "a\0b", "💃" * 400, "-rf", ".x"]


def keep(store, client, size, name="a.png"):
    """Upload so many bytes; where they lie."""
    with store.arriving(client, name) as arrival:
        for _ in range(size):
            arrival.write(b"x")
    return arrival.path


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "uploads", ceiling=100, most=10)


@pytest.fixture
def later(monkeypatch):
    """A function that lets the monotonic clock of the uploads go on by some seconds."""
    passed = 0.0
    real = uploads.time.monotonic

    def wait(seconds):
        nonlocal passed
        passed += seconds

    monkeypatch.setattr(uploads.time, "monotonic", lambda: real() + passed)
    return wait


def test_an_upload_is_known_by_its_path_alone(store):
    path = keep(store, "a", 5)
    assert store.used(path) and path.read_bytes() == b"xxxxx"
    other = path.parent / "b.png"
    other.write_bytes(b"x")  # is there, but nobody uploaded it
    twisted = path.parent / ".." / path.parent.name / path.name
    for strange in (other, path.parent, store.folder, twisted, ROOT / "app.py"):
        assert not store.used(strange)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_of_the_folder(store, name):
    path = keep(store, "a", 1, name)
    assert path.parent.parent == store.folder and path.is_file() and len(path.name) <= 60


def test_who_has_most_loses_the_oldest_first(store):
    mine = keep(store, "me", 10)
    theirs = [keep(store, "them", 20) for _ in range(3)]
    yours = [keep(store, "you", 20) for _ in range(2)]  # 110 of 100: theirs go, though they are new
    assert [path.exists() for path in (mine, *theirs, *yours)] == [True, False, *[True] * 4]
    assert not store.used(theirs[0])


def test_who_sends_much_can_push_out_only_its_own_and_not_at_once(store, later):
    mine = keep(store, "me", 10)
    theirs = [keep(store, "them", 20) for _ in range(4)]
    with pytest.raises(NoRoom):
        keep(store, "them", 20)
    assert mine.exists() and all(path.exists() for path in theirs)
    later(uploads.AT_LEAST)
    assert keep(store, "them", 20).exists() and mine.exists() and not theirs[0].exists()
    assert store.bytes == {"me": 10, "them": 80} and store.files == {"me": 1, "them": 4}


def test_who_never_finishes_can_push_out_nobody(store):
    """What is arriving has a quarter of all room."""
    mine = [keep(store, "me", 20) for _ in range(4)]
    with contextlib.ExitStack() as stack:
        arrivals = [stack.enter_context(store.arriving("them", "a")) for _ in range(5)]
        with pytest.raises(NoRoom):
            for arrival in arrivals * 6:
                arrival.write(b"x")
        assert store.arriving_bytes == {"them": 25}
        assert sum(path.exists() for path in mine) >= 3
    assert not store.arriving_bytes


def test_empty_files_count_too(store):
    for _ in range(10):
        keep(store, "them", 0)
    with pytest.raises(NoRoom):
        keep(store, "them", 0)


def test_many_small_ones_are_a_burden_too(store):
    mine = keep(store, "me", 1)
    theirs = [keep(store, "them", 0) for _ in range(9)]
    with pytest.raises(NoRoom):
        keep(store, "them", 1)
    assert mine.exists() and keep(store, "you", 1).exists() and not theirs[0].exists()


def test_what_has_arrived_counts_and_goes_if_the_rest_does_not_come(store):
    with pytest.raises(ZeroDivisionError), store.arriving("a", "b") as arrival:
        arrival.write(b"x" * 20)
        assert store.bytes == {"a": 20}
        raise ZeroDivisionError
    assert not arrival.path.exists() and not arrival.path.parent.exists() and not store.bytes


def test_uploads_go_ten_minutes_after_their_last_use_whatever_the_clock_says(store, later):
    old, used = keep(store, "a", 1), keep(store, "a", 1)
    os.utime(used, (0, 0))  # the clock was set forward by decades
    later(uploads.KEPT - 1)
    assert store.used(used)
    store.sweep()
    assert old.exists() and used.exists()
    later(2)
    store.sweep()
    assert not old.exists() and used.exists() and not store.used(old)


def test_an_upload_that_is_used_again_stays_longer_than_newer_ones(store, later, monkeypatch):
    monkeypatch.setattr(uploads, "STORE", store)
    used, newer = keep(store, "a", 1), keep(store, "a", 1)
    later(uploads.KEPT - 1)
    assert uploads.known(str(used)) == used
    later(2)
    store.sweep()
    assert used.exists() and not newer.exists()


def test_an_upload_that_is_used_again_is_pushed_out_after_newer_ones(store):
    used, newer, newest = (keep(store, "them", 20) for _ in range(3))
    mine = keep(store, "me", 20)
    assert store.used(used)
    keep(store, "you", 25)
    assert [path.exists() for path in (used, newer, newest, mine)] == [True, False, True, True]


def test_a_folder_that_somebody_deletes_is_made_again(store):
    path = keep(store, "a", 1)
    path.unlink()
    path.parent.rmdir()
    store.folder.rmdir()
    assert keep(store, "a", 1).exists()


FULL = """
import resource, signal
from pathlib import Path
from PIL import Image
from fmnist.ui.server import uploads
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))  # as on a full disk
store = uploads.STORE = uploads.Store(Path({!r}) / "uploads")
try:
    with store.arriving("a", "a.png") as arrival:
        arrival.write(b"x" * 5000)
        arrival.file.flush()
except OSError:
    print(len(list(store.folder.rglob("*"))), dict(store.bytes))
try:
    uploads.kept(Image.effect_noise((200, 200), 60), "a.png", "a")
except uploads.PictureError as error:
    print(error)
with store.arriving("a", "a.png") as arrival:
    arrival.write(b"x")
print(store.used(arrival.path))
"""


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL.format(str(tmp_path))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    left, sentence, again = done.stdout.splitlines()
    assert left == "0 {}" and again == "True"
    assert sentence.startswith("There is no room") and sentence.endswith(".")


def test_a_picture_of_the_pages_own_passes_for_an_upload(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "STORE", Store(tmp_path))
    path = uploads.kept(Image.new("L", (28, 28)), "test-image-5.png", "a")
    assert uploads.known(path) and Image.open(path).size == (28, 28)


HOLD = """
import sys
from fmnist.ui.server import uploads
with uploads.kept_while_running(), uploads.STORE.arriving("a", "b") as arrival:
    print(arrival.path, flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_server_left_goes_when_the_next_one_starts(tmp_path):
    def start():
        return subprocess.Popen(
            [sys.executable, "-c", HOLD],
            cwd=ROOT,
            env=os.environ | {"GRADIO_TEMP_DIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def path_of(server):
        return server.stdout.readline().strip()

    killed, alive = start(), start()
    left, kept = path_of(killed), path_of(alive)
    assert os.path.exists(left) and os.path.exists(kept)
    killed.kill()
    killed.wait()
    new = start()
    assert os.path.exists(path_of(new))
    assert not os.path.exists(left) and os.path.exists(kept)
    for server in (alive, new):
        server.communicate("")
        assert server.returncode == 0
    assert not list(tmp_path.glob("*/server-*"))
