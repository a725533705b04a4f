"""Reading and downloading the data: the right bytes, or one sentence that says what to do."""

import dataclasses
import functools
import gzip
import hashlib
import http.server
import pwd
import runpy
import socketserver
import threading

import numpy as np
import pytest

from fmnist.data import datasets

TRAIN_IMAGES = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]) + bytes(784) + b"\7" * 784
TRAIN_LABELS = bytes([0, 0, 8, 1, 0, 0, 0, 2, 3, 9])
FILES = {"train-images-idx3-ubyte": TRAIN_IMAGES, "train-labels-idx1-ubyte": TRAIN_LABELS}


@pytest.fixture
def tiny():
    """MNIST as if its training set were two images."""
    sha256 = {file: hashlib.sha256(content).hexdigest() for file, content in FILES.items()}
    return dataclasses.replace(datasets.MNIST, sha256=sha256)


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "data"
    (folder / "mnist").mkdir(parents=True)
    for file, content in FILES.items():
        (folder / "mnist" / f"{file}.gz").write_bytes(gzip.compress(content))
    return folder


@pytest.fixture
def server(data_dir):
    """A server on this machine that has the files of `data_dir`."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=data_dir / "mnist")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / ".cache" / "fmnist"


def test_test_sets_ship_complete():
    for name, dataset in datasets.DATASETS.items():
        images = datasets.test_set(name)
        assert images.pixels.shape == (10_000, 28, 28)
        assert images.pixels.dtype == np.uint8
        assert set(images.labels) == set(range(10)) == set(range(len(dataset.labels)))
    # The first pictures of both test sets, as everybody knows them: a seven and an ankle boot.
    assert datasets.test_set("mnist").labels[0] == 7
    boot = datasets.test_set("fashion_mnist").labels[0]
    assert datasets.FASHION_MNIST.labels[boot] == "Ankle boot"


def test_a_folder_is_read(tiny, data_dir):
    images = datasets.training_set(tiny, data_dir)
    assert images.pixels.shape == (2, 28, 28)
    assert [picture.max() for picture in images.pixels] == [0, 7]
    assert list(images.labels) == [3, 9]


def test_download_is_checked_and_kept(tiny, server, cache):
    tiny = dataclasses.replace(tiny, url=server)
    assert list(datasets.training_set(tiny).labels) == [3, 9]
    unreachable = dataclasses.replace(tiny, url="http://127.0.0.1:9/")
    assert list(datasets.training_set(unreachable).labels) == [3, 9]  # from the cache


def test_altered_download_is_refused_and_not_kept(tiny, server, cache, data_dir):
    (data_dir / "mnist" / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"other"))
    with pytest.raises(datasets.DataError, match=r"SHA-256 differs.*try again later"):
        datasets.training_set(dataclasses.replace(tiny, url=server))
    assert [path.name for path in cache.rglob("*.*")] == ["train-images-idx3-ubyte.gz"]


def test_missing_page_and_missing_network_are_one_sentence(tiny, server, cache):
    for url, reason in [(f"{server}nowhere/", "not found"), ("http://127.0.0.1:9/", "refused")]:
        with pytest.raises(datasets.DataError, match=f"{reason}.*--data-dir"):
            datasets.training_set(dataclasses.replace(tiny, url=url))
    assert not cache.exists()


def test_without_a_home_folder_only_downloads_are_refused(tiny, data_dir, monkeypatch):
    def no_entry(uid):
        raise KeyError(uid)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", no_entry)
    runpy.run_path(datasets.__file__)  # can be imported
    assert list(datasets.training_set(tiny, data_dir).labels) == [3, 9]
    with pytest.raises(datasets.DataError, match=r"There is no home folder .*--data-dir"):
        datasets.training_set(tiny)


def test_cache_that_cannot_be_written_is_one_sentence(tiny, server, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    with pytest.raises(datasets.DataError, match=r"cannot be written .*--data-dir"):
        datasets.training_set(dataclasses.replace(tiny, url=server))


def test_missing_folder(tiny, tmp_path):
    with pytest.raises(datasets.DataError, match=r"There is no folder .*--data-dir"):
        datasets.training_set(tiny, tmp_path / "nowhere")


def test_missing_file(tiny, data_dir):
    (data_dir / "mnist" / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(datasets.DataError, match=r"labels-idx1-ubyte\.gz cannot be read.*: put"):
        datasets.training_set(tiny, data_dir)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda packed: packed[:-20], "cut short"),
        (lambda packed: b"no gzip", "cut short or not a gzip"),
        (lambda packed: packed[:15] + bytes([packed[15] ^ 255]) + packed[16:], "is "),
        (lambda packed: gzip.compress(gzip.decompress(packed) + b"x"), "SHA-256 differs"),
    ],
    ids=["truncated", "no gzip", "a bit turned", "altered"],
)
def test_damaged_file_is_refused_and_left_alone(tiny, data_dir, damage, said):
    path = data_dir / "mnist" / "train-images-idx3-ubyte.gz"
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    with pytest.raises(datasets.DataError, match=f"{said}.*fetch it again from https://"):
        datasets.training_set(tiny, data_dir)
    assert path.read_bytes() == damaged


BROKEN = {
    b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this": "cut short",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nab": "broke off before all",
    b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nnothing": "cut short",
    b"no HTTP at all\r\n\r\n": "gave no proper answer",
}


@pytest.mark.parametrize("answer", BROKEN)
def test_a_download_that_breaks_names_the_cause(answer, tiny, cache):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(10_000)
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{running.server_address[1]}/"
        with pytest.raises(datasets.DataError, match=BROKEN[answer]) as error:
            datasets.training_set(dataclasses.replace(tiny, url=url))
        running.shutdown()
    assert "\n" not in str(error.value)
