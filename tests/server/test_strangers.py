"""What strangers may send: anything, and the running app answers with a sentence and lives on."""

import base64
import json
import os
import select
import signal
import time
import urllib.error
import urllib.request
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from fmnist.ui.compare.images import Filters
from helpers import EXAMPLES
from helpers.hostile import FILES, asked, asked_for, chunk, noise, png_with, saved
from helpers.server import is_sentence

CLASSIFY = ("mnist", "large", "auto", "auto")
PANEL = ("mnist", "large", "auto", "auto")
WRONG = [99999, -1, "x", 1.5, None, True, [1], {}]  # numbers of what is on the page
META = {"meta": {"_type": "gradio.FileData"}}


@pytest.fixture(scope="module")
def seven(server):
    return saved(Image.open(EXAMPLES / "mnist" / "seven-with-a-bar.png"), "PNG")


@pytest.fixture(scope="module")
def forbidden(server, tmp_path_factory):
    """Files as a caller may name them, none of which it has uploaded."""
    secret = tmp_path_factory.mktemp("secret") / "secret.png"
    noise(90, 90, "L").save(secret)
    upload = server.upload(b"a")["path"]
    (secret.parent / "empty.png").touch()
    (secret.parent / "text.png").write_text("no picture")
    out = os.path.join(os.path.dirname(upload), *[".."] * 20) + str(secret)
    paths = [secret, secret.parent, secret.parent / "empty.png", secret.parent / "text.png"]
    paths += [secret.parent / "missing.png", "/etc/passwd", "a\0b.png", "", out, upload + "x"]
    paths += [
        os.path.dirname(upload),
        "http://127.0.0.1/a.png",
        EXAMPLES / "__init__.py",
        "x" * 4500,  # longer than Linux takes
    ]
    metas = [{}, {"meta": None}, {"meta": {}}, {"meta": {"_type": "x"}}, META]
    files = [{"path": str(path)} | META for path in paths]
    files += [{"path": str(secret)} | meta for meta in metas]
    wrong = [1, True, 1.5, [], {}, "x", str(secret), [str(secret)], {"path": None}, {"path": 1}]
    return files + wrong + [{"path": [str(secret)]}, {"url": f"file://{secret}"} | META]


def test_only_uploads_are_opened_and_all_else_gets_one_sentence(server, forbidden, quiet):
    answers = {
        asked_for(server, each, file) for each in ("classify", "answered") for file in forbidden
    }
    answers |= {server.ask("compare", file, "mnist", "auto", "auto") for file in forbidden}
    ((good, sentence),) = answers
    assert not good and is_sentence(sentence)


def test_an_upload_is_opened_once_by_the_api_and_then_deleted(server, seven, quiet):
    upload = server.upload(seven)
    assert server.ask("classify", upload, *CLASSIFY)[0]
    assert not os.path.exists(upload["path"])
    good, said = server.ask("classify", upload, *CLASSIFY)
    assert not good and is_sentence(said)


def test_deleting_an_upload_leaves_the_equal_one_of_somebody_else(server, seven):
    mine, yours = server.upload(seven, "a.png"), server.upload(seven, "a.png")
    assert server.ask("classify", mine, *CLASSIFY)[0]
    assert server.ask("classify", yours, *CLASSIFY)[0]


def test_the_page_can_ask_again_for_the_same_photo(server, seven):
    upload = server.upload(seven)
    for network in ("small", "large"):
        _, (said, *_) = server.ask(
            "answered", "mnist", network, "auto", "auto", "photo", "", upload
        )
        assert "<strong>a 7</strong>" in said


def drawing(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


BOMB = b"a\0\0" + zlib.compress(bytes(50_000_000), 9)
DRAWINGS = {
    "number": 7,
    "bool": True,
    "list": ["a"],
    "object": {"a": 1},
    "not ASCII": "data:image/png;base64,ü",
    "text": "x",
    "long": "A" * 150_000,
    "no PNG": drawing(b"x"),
    "small": drawing(saved(Image.new("L", (9, 9)), "PNG")),
    "broken": drawing(png_with(b"x" * 99)),
    "profile": drawing(png_with(chunk(b"iCCP", BOMB))),
    "comment": drawing(png_with(chunk(b"zTXt", BOMB))),
}


@pytest.mark.parametrize("sketch", DRAWINGS.values(), ids=DRAWINGS)
def test_any_drawing_is_answered_with_a_sentence(server, sketch, quiet):
    for function, more in (("drawn", ()), ("answered", ("draw",))):
        data = (*PANEL, *more, sketch) + ((None,) if more else ())
        good, said = server.ask(function, *data)
        assert is_sentence(said) if not good else 'class="problem"' in said[0]


@pytest.mark.parametrize("value", [None, "huge", 1, True, ["mnist"], {"a": 1}, "mnist\n"])
def test_only_what_can_be_chosen_is_accepted(server, seven, value, quiet):
    for place in range(4):
        chosen = [*PANEL[:place], value, *PANEL[place + 1 :]]
        for function, data in (
            ("classify", [server.upload(seven), *chosen]),
            ("drawn", [*chosen, ""]),
            ("answered", [*chosen, "draw", "", None]),
        ):
            good, said = server.ask(function, *data)
            assert not good and is_sentence(said), (function, place, said)
    good, said = server.ask("answered", *PANEL, value, "", None)
    assert not good and is_sentence(said)


@pytest.mark.parametrize("number", WRONG)
def test_only_examples_that_there_are_can_be_clicked(server, number, quiet):
    for event in ({"number": number}, number, {}):
        good, said = server.ask("example", event_data=event)
        assert not good and is_sentence(said)
    assert server.ask("example", event_data={"number": 1})[0]


FILTERED = {"dataset": "mnist", "page": 0, **Filters()._asdict()}


@pytest.mark.parametrize("field", ["dataset", *Filters._fields])
@pytest.mark.parametrize("value", [None, "x", 3, True, ["any"], {"a": 1}])
def test_only_filters_that_there_are_can_be_chosen(server, field, value, quiet):
    without = {each: FILTERED[each] for each in FILTERED if each != field}
    for event in (FILTERED | {field: value}, without):
        good, said = server.ask("filtered", event_data=event)
        assert not good and is_sentence(said)


IMAGE = {"dataset": "mnist", "number": 5, "network": "large"}


@pytest.mark.parametrize("wrong", WRONG)
def test_only_pages_and_images_that_there_are_can_be_opened(server, wrong, quiet):
    for event in (*({**IMAGE, key: wrong} for key in IMAGE), wrong, {}):
        good, said = server.ask("test_image", event_data=event)
        assert not good and is_sentence(said)
    for event in (FILTERED | {"page": wrong}, wrong, {}):
        good, said = server.ask("filtered", event_data=event)
        assert not good and is_sentence(said)


def test_a_test_image_becomes_an_upload_like_others(server):
    assert server.ask("filtered", event_data=FILTERED | {"page": 9_999})[0]
    good, (said,) = server.ask("test_image", event_data=IMAGE)
    told = json.loads(said)
    assert good and told["truth"] == "It is: 1"
    path = Path(told["path"])
    assert path.name.endswith("-5.png") and path.exists()
    photo = {"path": told["path"]} | META
    good, (answer, *_) = server.ask("answered", *PANEL, "photo", "", photo)
    assert good and "<strong>a 1</strong>" in answer


def test_a_row_of_the_table_is_asked_for_as_any_other_answer(server, seven, forbidden, quiet):
    answers = {server.ask("row", file, "mnist") for file in forbidden}
    ((good, sentence),) = answers
    assert not good and is_sentence(sentence)
    good, sentence = server.ask("row", server.upload(b"no picture"), "mnist")
    assert not good and is_sentence(sentence)
    upload = server.upload(seven, "<b>.png")
    for dataset in (None, "x", ["mnist"], 3):
        assert not server.ask("row", upload, dataset)[0]
    upload = server.upload(seven, "<b>.png")
    good, (cells,) = server.ask("row", upload, "mnist")
    assert good and '<data value="7">' in cells
    assert not os.path.exists(upload["path"])  # nobody needs it again


def test_requests_that_gradio_stumbles_over_get_a_sentence_too(server, quiet):
    wrong = [
        ("queue/join", {"data": [], "fn_index": 9999, "session_hash": "a"}),
        ("queue/join", {"data": [1], "fn_index": 0, "session_hash": "a", "trigger_id": 10**9}),
        ("run/nothing", {"data": []}),
        ("run/drawn", {"data": []}),
        ("call/nothing", {"data": []}),
        ("call/v2/nothing", {"a": 1}),
        ("run/classify", {"data": [None, *CLASSIFY]}),
        ("run/drawn", b"{"),
        ("upload", b"nothing"),
    ]
    for path, body in wrong:
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.post(path, body)
        assert is_sentence(json.load(refused.value)["error"]), path
    for path in ("queue/data?session_hash=nobody", "call/classify/nothing"):
        with urllib.request.urlopen(f"{server.url}/gradio_api/{path}", timeout=60) as stream:
            assert stream.read().startswith((b"data: ", b"event: error"))
    for good, sentence in (server.ask("classify"), server.ask("drawn", 1)):
        assert not good and is_sentence(sentence)


@pytest.mark.parametrize("name", FILES)
def test_reading_a_file_stays_within_memory_and_time(server, name, seven):
    content = FILES[name]()
    with server.watched() as found:
        _, said = asked(server, "classify", content)
    assert is_sentence(said) and found["megabytes"] < 200 and found["seconds"] < 5, (said, found)
    assert asked(server, "classify", seven) == (True, "an answer")


def test_eight_at_once_stay_within_memory_and_others_go_on(server, seven):
    webp, scans = FILES["lossless WebP of 7.9 megapixels"](), FILES["PNG of tiny chunks"]()
    with server.watched() as found, ThreadPoolExecutor(9) as callers:
        files = [webp, scans] * 4
        busy = [
            callers.submit(asked, server, ("classify", "answered")[n % 2], file)
            for n, file in enumerate(files)
        ]
        for _ in range(5):
            start = time.monotonic()
            assert server.ask("drawn", *PANEL, "")[0]
            assert time.monotonic() - start < 3
        assert all(is_sentence(each.result()[1]) for each in busy)
    assert found["megabytes"] < 500 and len(server.workers) <= 2


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_the_next_picture_is_read_when_a_worker_dies(server, seven, how):
    assert asked(server, "classify", seven) == (True, "an answer")
    for worker in server.workers:
        ended = os.pidfd_open(worker)
        os.kill(worker, how)
        assert select.select([ended], [], [], 10)[0], "the worker lives on"
        os.close(ended)
    assert asked(server, "classify", seven) == (True, "an answer")
    assert len(server.workers) <= 2


def test_a_photo_of_a_phone_of_fifty_megapixels_is_read(server):
    photo = saved(noise(8160, 6144, "RGB"), "JPEG")
    with server.watched() as found:
        upload = server.upload(photo)
        good, _ = server.ask("classify", upload, "fashion_mnist", "large", "auto", "off")
    assert good and found["megabytes"] < 200


def test_too_much_at_once_is_refused_before_it_is_read(server):
    for path, size in (("upload", 31_000_000), ("queue/join", 20_000_000), ("run/drawn", 300_000)):
        with server.watched() as found, pytest.raises(urllib.error.HTTPError) as caught:
            server.post(path, b" " * size)
        assert caught.value.code == 413 and found["megabytes"] < 10
        assert is_sentence(json.load(caught.value)["detail"])


def test_nothing_but_pictures_is_served_from_the_folder_of_the_examples(server):
    served = f"{server.url}/gradio_api/file="
    picture = EXAMPLES / "mnist" / "seven-with-a-bar.png"
    assert urllib.request.urlopen(f"{served}{picture}").status == 200
    for path in ("__init__.py", "LICENSES.md", "../page.py"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{served}{EXAMPLES / path}")
