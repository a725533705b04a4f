"""What is asked of the running app: what is listed is answered, all else gets one sentence."""

import asyncio
import base64
import contextlib
import functools
import gzip
import http.client
import json
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from fmnist.ui.examples import FILES
from fmnist.ui.server import receiving
from fmnist.ui.server.address import address_of, listening, listening_at
from fmnist.ui.server.cache import PIECE
from fmnist.ui.server.checks import Page
from fmnist.ui.server.limits import (
    BODY_SECONDS,
    LINGER_SECONDS,
    MAX_COMING,
    MAX_COMING_EACH,
    Asked,
    SessionStreamed,
)
from fmnist.ui.server.lines import Full, Places, counted
from fmnist.ui.server.requests import client_of
from fmnist.ui.server.scripts import FOLDER, UI
from fmnist.ui.server.serving import Seldom, application
from fmnist.ui.server.sessions import EVENTS, EVENTS_EACH, MOST, Sessions
from helpers import ROOT
from helpers.hostile import noise, saved
from helpers.server import is_sentence, running

CLASSIFY = ("mnist", "large", "auto", "auto")
CLOSED = b'data: {"msg":"close_stream"}\n\n'


def empty(server) -> dict:
    """A call of the API without a picture, which is refused at once."""
    return {"data": [None, *CLASSIFY], "fn_index": server.functions["classify"]["id"]}


def said(server, method: str, path: str, body=None, **headers) -> tuple[int, dict, bytes]:
    """Status, headers and body of an answer to a request as it is given."""
    link = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    link.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    if body is not None and "Transfer-Encoding" not in headers:
        headers.setdefault("Content-Length", str(len(body)))
    for name, value in headers.items():
        link.putheader(name.replace("_", "-"), value)
    link.endheaders(body)
    answer = link.getresponse()
    found = answer.status, dict(answer.headers), answer.read()
    link.close()
    return found


def script_of_gradio(server) -> str:
    """The address of the largest that the page loads."""
    page = said(server, "GET", "/")[2].decode()
    return re.search(r'src="\.(/assets/index-.*?\.js)"', page)[1]


def refusal(server, method: str, path: str, body=None, **headers) -> tuple[int, str]:
    status, _, content = said(server, method, path, body, **headers)
    told = json.loads(content)
    assert told["detail"] == told["error"] and is_sentence(told["error"])
    return status, told["error"]


# Of gradio's routes at version 6.31.0, those that nobody needs here. A new version's are to be put
# here or into routes.py, each after a look at what it does.
LEFT_OUT = {
    "/openapi.json": "FastAPI's list of gradio's own routes",
    "/gradio_api/openapi.json": "the API in another form than /info, which no client asks for",
    "/login": "nobody logs in, nor below",
    "/logout": "",
    "/gradio_api/user": "",
    "/gradio_api/login_check": "",
    "/gradio_api/token": "",
    "/svelte/{path:path}": "for rendering on the server",
    "/gradio_api/deep_link": "stores a session for anybody",
    "/gradio_api/runs": "a page of what one has asked, which is off",
    "/pwa_icon": "for a page that can be installed, nor below",
    "/pwa_icon/{size}": "",
    "/manifest.json": "",
    "/monitoring": "how much others ask",
    "/monitoring/summary": "",
    "/monitoring/{key}": "",
    "/gradio_api/dev/reload": "a stream for who writes the page",
    "/gradio_api/startup-events": "the server starts them itself",
    "/gradio_api/theme.css": "the same as /theme.css",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}": "there are none",
    "/gradio_api/proxy={url_path:path}": "fetches from other hosts",
    "/gradio_api/file/{path:path}": "an old name of file=, with all that it opens and fetches",
    "/gradio_api/stream/{event_id}": "nothing is streamed, nor below",
    "/gradio_api/stream/{event_id}/close": "",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8": "",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}": "",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file": "",
    "/gradio_api/heartbeat/{session_hash}": "holds a connection open for each visitor",
    "/gradio_api/reset": "does nothing",
    "/gradio_api/cancel": "ends a task whose thread goes on, uncounted; no answer takes long",
    "/gradio_api/api/{api_name}": "an old name of run",
    "/gradio_api/call/v2/{api_name}": "call with names for its values, which no client asks for",
    "/gradio_api/call/v2/{api_name}/{event_id}": "",
    "/gradio_api/component_server": "functions of components",
    "/gradio_api/queue/status": "how many wait",
    "/gradio_api/process_recording": "runs ffmpeg for anybody",
    "/gradio_api/vibe-edit": "writes the code of the page, nor below",
    "/gradio_api/undo-vibe-edit": "",
    "/gradio_api/vibe-code": "",
    "/gradio_api/vibe-starter-queries": "",
}


def gradios(router, prefix=""):
    """(methods, path) of all routes, those of routers and mounted apps too."""
    for route in router.routes:
        if hasattr(route, "methods"):
            yield route.methods, prefix + route.path
        elif hasattr(route, "original_router"):
            yield from gradios(route.original_router)
        else:
            raise AssertionError(f"{route} is a new kind of route: see what it opens")


@pytest.fixture(scope="module")
def bare():
    """A page without anything on it, as gradio and we serve it."""
    with Page() as page:
        gr.HTML("nothing")
    return page


def test_every_route_of_gradio_is_allowed_or_left_out_with_a_reason(bare):
    running = application(bare, {"run_history": False, "ssr_mode": False}).app.routes
    assert all(type(route) is Route and route.methods for route in running)  # and no mounted app
    paths = {route.path for route in running}
    offered = {path.rstrip("/") or "/" for _, path in gradios(gr.routes.App.create_app(bare))}
    assert offered - paths - LEFT_OUT.keys() == set(), "what do these do, and does anybody need it?"
    assert LEFT_OUT.keys() <= offered and not LEFT_OUT.keys() & paths
    ours = {"/preview.png", f"/{FOLDER}/{{path:path}}"}
    assert paths - offered == ours


@pytest.mark.parametrize("path", LEFT_OUT)
def test_what_is_left_out_is_nowhere(server, path):
    path = re.sub(r"\{.*?\}", "http://127.0.0.1:1/a", path)
    for method in ("GET", "POST"):
        for written in (path, path + "/", path.replace("gradio_api", "GRADIO_API"), path.upper()):
            status, sentence = refusal(server, method, written)
            assert status == 404 and "nothing at this address" in sentence


def test_nothing_is_fetched_from_other_hosts(server):
    with socket.create_server(("127.0.0.1", 0)) as other:
        host = f"127.0.0.1:{other.getsockname()[1]}"
        for start in ("file/http:/", "file=http:/", "file/http%3A/", "proxy=http:/", "FILE=http:/"):
            assert refusal(server, "GET", f"/gradio_api/{start}/{host}/a.png")[0] == 404
        assert not select.select([other], [], [], 0)[0]


def test_only_the_methods_that_are_listed_are_answered(server):
    for method, path in (
        ("POST", "/"),
        ("DELETE", "/"),
        ("GET", "/gradio_api/upload"),
        ("PUT", "/config"),
    ):
        assert refusal(server, method, path)[0] == 404
    assert said(server, "HEAD", "/")[0] == 200


def test_a_component_that_nobody_checks_does_not_build():
    with Page() as page:
        box = gr.Textbox(label="free text")
        gr.Button().click(str, box, gr.HTML())
    with pytest.raises(TypeError, match=r"fmnist\.ui\.server\.checks\.checked"):
        page.verify()
    with Page() as page:
        gr.Button().click(str, gr.HTML(), gr.HTML())
    with pytest.raises(TypeError, match=r"fmnist\.ui\.server\.checks\.checked"):
        page.verify()


WRONG = {
    "no session": {"session_hash": None},
    "an empty session": {"session_hash": ""},
    "a long session": {"session_hash": "a" * 65},
    "a session of other letters": {"session_hash": "a/b"},
    "a session that is a list": {"session_hash": ["a"]},
    "a function that is none": {"fn_index": 9999},
    "a function that is true": {"fn_index": True},
    "a function that is a text": {"fn_index": "1"},
    "no data": {"data": None},
    "data that is a text": {"data": "a"},
    "too much data": {"data": [1] * 21},
    "a component that is none": {"trigger_id": 10**9},
    "another function's queue": {"function": "drawn"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_request_that_no_client_sends_is_refused(server, wrong, quiet):
    wrong = dict(wrong)
    number = server.functions[wrong.pop("function", "classify")]["id"]
    body = {"data": [], "fn_index": number, "session_hash": "a"} | wrong
    assert refusal(server, "POST", "/gradio_api/queue/join", json.dumps(body).encode())[0] == 400


def test_the_page_calls_no_function_through_the_queue(server):
    """What it asks just before it learns that the queue's stream was closed is never answered."""
    own = [each for each in server.functions.values() if each["api_visibility"] == "private"]
    assert not [each["api_name"] for each in own if each["backend_fn"] and each["queue"]]
    assert len([each for each in own if each["backend_fn"]]) > 10


def test_functions_without_python_are_refused_one_line_each(server, quiet):
    for number in range(60):
        body = {"data": [None] * 6, "fn_index": number, "session_hash": "a"}
        for path in ("queue/join", "run/predict"):
            status, _, content = said(
                server, "POST", f"/gradio_api/{path}", json.dumps(body).encode()
            )
            assert status in (200, 400, 500) and b"Traceback" not in content


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"[" * 90_000, b'{"data": NaN}', b"\xff"]
)
@pytest.mark.parametrize("path", ["queue/join", "run/drawn", "call/classify"])
def test_a_body_that_is_no_object_is_refused(server, path, body, quiet):
    assert refusal(server, "POST", f"/gradio_api/{path}", body)[0] == 400


@pytest.mark.parametrize("name", ["answered", "drawn", "js_fn_1", "nothing", "look"])
def test_only_functions_of_the_api_are_called_by_name(server, name, quiet):
    """Whatever number comes with it."""
    for data in ([], [None, *CLASSIFY]):
        body = {"data": data, "fn_index": server.functions["classify"]["id"]}
        path = f"/gradio_api/call/{name}"
        assert refusal(server, "POST", path, json.dumps(body).encode())[0] == 400


def test_pages_for_ever_new_hosts_keep_nobody_out(server):
    """Each is made anew, so they wait in a line, in which one client has few places."""
    with contextlib.ExitStack() as stack:
        for number in range(300):
            link = stack.enter_context(connected(server, "127.0.0.2"))
            link.sendall(f"GET / HTTP/1.1\r\nHost: host-{number}\r\n\r\n".encode())
        start = time.monotonic()
        assert said(server, "GET", "/")[0] == 200
        assert server.ask("drawn", *CLASSIFY, "")[0]
        assert time.monotonic() - start < 3
    assert refusal(server, "GET", "/assets/./index.js")[0] == 404


def test_head_asks_for_no_stream(server):
    session = uuid.uuid4().hex
    server.post("queue/join", empty(server) | {"session_hash": session})
    for stream in (f"queue/data?session_hash={session}", "call/classify/event"):
        assert said(server, "HEAD", f"/gradio_api/{stream}")[0] == 404


def test_a_request_has_not_too_many_headers_and_not_too_long_ones(server):
    assert refusal(server, "GET", "/", **{f"A{number}": "a" for number in range(100)})[0] == 431
    assert refusal(server, "GET", "/", Cookie="a" * 32_000)[0] == 431
    assert said(server, "GET", "/", Cookie="a" * 8_000)[0] == 200


def test_cookies_reach_no_function(bare):
    def told(request: gr.Request) -> str:
        return json.dumps([dict(request.headers), dict(request.cookies)])

    with bare as page:
        gr.Button().click(told, None, gr.HTML(), api_name="told", queue=False)
    client = TestClient(application(page, {"run_history": False, "ssr_mode": False}))
    client.cookies["a"] = "\\" * 99
    answer = client.post("/gradio_api/run/told", json={"data": []}).json()["data"][0]
    assert "content-type" in answer and "cookie" not in answer and json.loads(answer)[1] == {}


def test_what_is_kept_compressed_or_is_a_file_is_not_compressed_for_each(server):
    script = script_of_gradio(server)
    assert "content-encoding" not in said(server, "GET", script, Accept_Encoding="gzip;q=0")[1]
    path = server.upload(b"ACGT" * 20_000, "a.bin")["path"]
    status, headers, _ = said(server, "GET", f"/gradio_api/file={path}", Accept_Encoding="gzip")
    assert status == 200 and "content-encoding" not in headers


def test_a_large_body_is_sent_whole_though_in_pieces(server):
    script = script_of_gradio(server)
    plain = said(server, "GET", script)
    assert len(plain[2]) == int(plain[1]["content-length"]) > PIECE
    assert gzip.decompress(said(server, "GET", script, Accept_Encoding="gzip")[2]) == plain[2]


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),  # as some proxies write it (RFC 4291, 2.5.5.2)
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a:proxy's word", "a:proxy's word"),
    ],
)
def test_a_client_is_an_address_or_a_household(host, client):
    assert client_of(SimpleNamespace(client=SimpleNamespace(host=host))) == client


@pytest.mark.parametrize("field", ["data", "event_data"])
def test_lists_of_lists_are_refused_before_gradio_reads_them(server, field):
    body = empty(server) | {"session_hash": "a"}
    values = body["data"][1:]
    body |= {"data": [[[]] * 3_000, *values]} if field == "data" else {}
    path = "/gradio_api/queue/join"
    if field == "event_data":
        path = "/gradio_api/run/predict"
        look = {"fn_index": server.functions["look"]["id"], "data": ["mnist", "small"]}
        body = look | {"event_data": {"pixels": [[]] * 3_000}}
    status, _ = refusal(server, "POST", path, json.dumps(body).encode())
    assert status == 400


def test_a_path_of_one_that_is_none_holds_nobody_up(server):
    for path in (f"/assets/{'a' * 50}!", f"/assets/{'a.' * 25}!", f"/static/{'a/' * 5_000}!"):
        assert refusal(server, "GET", path)[0] == 404


def test_announced_bodies_of_one_keep_nobody_else_out(server):
    start = b"POST /gradio_api/run/predict HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for _ in range(150):
            stack.enter_context(connected(server, "127.0.0.2")).sendall(start)
        assert server.ask("drawn", *CLASSIFY, "")[0]


def test_of_bodies_on_their_way_there_are_so_many_bytes_and_of_one_client_fewer(bare):
    app = application(bare, {"run_history": False, "ssr_mode": False})
    client = TestClient(app, client=("me", 1))

    def status(**coming) -> int:
        """Of a request while so many bytes of these clients are on their way."""
        with contextlib.ExitStack() as stack:
            for each, size in coming.items():
                stack.enter_context(counted(Asked.coming, each, size))
            return client.post("/gradio_api/run/nothing", json={}).status_code

    assert status() == status(them=MAX_COMING_EACH) == 400  # there is no such function
    assert status(me=MAX_COMING_EACH) == status(them=MAX_COMING) == 503
    assert not Asked.coming


def test_what_gradio_stumbles_over_is_a_line_and_a_sentence(server, quiet):
    for path in ("/", "/config", "/gradio_api/info"):
        status, sentence = refusal(server, "GET", path, X_Forwarded_Host="\x01")
        assert status == 400 and "cannot be answered" in sentence


def test_a_body_without_a_length_is_refused(server):
    chunks = b"2\r\n{}\r\n0\r\n\r\n"
    for path in ("queue/join", "upload"):
        status, _ = refusal(
            server, "POST", f"/gradio_api/{path}", chunks, **{"Transfer-Encoding": "chunked"}
        )
        assert status == 411


def multipart(*parts: bytes) -> tuple[bytes, dict]:
    body = b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return body + b"--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"}


A_FILE = b'name="files"; filename="a.png"\r\n\r\nabc'


def test_an_upload_is_one_file(server, quiet):
    folder = Path(server.upload(b"a")["path"]).parent.parent
    before = len(list(folder.iterdir()))
    for parts in (
        [A_FILE] * 2,
        [A_FILE] * 1000,
        [b'name="a"\r\n\r\nb'],
        [A_FILE, b'name="a"\r\n\r\nb'],
        [],
    ):
        body, headers = multipart(*parts)
        assert refusal(server, "POST", "/gradio_api/upload", body, **headers)[0] == 400
    body, headers = multipart(A_FILE)
    for broken, kind in ((body[:-9], headers), (body, {}), (b"x" * 99, headers)):
        assert refusal(server, "POST", "/gradio_api/upload", broken, **kind)[0] == 400
    assert len(list(folder.iterdir())) == before


def test_an_upload_is_shown_as_a_picture_and_never_run(server):
    for name, kind in (
        ("a.png", "image/png"),
        ("a.svg", "application/octet-stream"),
        ("a.html", "application/octet-stream"),
    ):
        path = server.upload(b"<script>", name)["path"]
        status, headers, content = said(server, "GET", f"/gradio_api/file={path}")
        assert (status, headers["content-type"], content) == (200, kind, b"<script>")
        assert kind == "image/png" or headers["content-disposition"].startswith("attachment")
    assert refusal(server, "GET", f"/gradio_api/file={ROOT}/app.py")[0] == 404


def test_what_is_the_same_for_everybody_is_sent_once(server):
    script = script_of_gradio(server)
    for path in ("/", "/config", "/theme.css", script):
        status, headers, content = said(server, "GET", path, Accept_Encoding="br")
        assert status == 200 and headers["content-encoding"] == "br"
        again = said(
            server, "GET", path + "?a=b", Accept_Encoding="br", If_None_Match=headers["etag"]
        )
        assert again[0] == 304 and again[2] == b"" and again[1]["etag"] == headers["etag"]
        assert said(server, "GET", path, If_None_Match='"other"')[0] == 200
        by_gzip = said(server, "GET", path, Accept_Encoding="gzip")
        assert by_gzip[1]["content-encoding"] == "gzip" and len(by_gzip[2]) < 4 * len(content)
    assert "immutable" in headers["cache-control"]  # of a script, whose name changes with it
    assert said(server, "GET", "/assets/none.js")[0] == 404


def test_a_script_is_kept_for_ever_at_an_address_that_changes_with_it(server):
    page = said(server, "GET", "/")[2].decode()
    addresses = re.findall(r'<script type="module" src="\./(scripts/[^"]+)">', page)
    folder = addresses[0].split("/")[1]
    for path in UI.rglob("*.js"):
        name = path.relative_to(UI).as_posix()
        status, headers, content = said(server, "GET", f"/scripts/{folder}/{name}")
        assert status == 200 and content == path.read_bytes()
        assert headers["content-type"].startswith("text/javascript")
        assert "immutable" in headers["cache-control"]
    assert f"scripts/{folder}/pad/pad.js" in addresses
    assert f"scripts/{folder}/inside/inside.js" not in addresses  # not before it is opened
    assert all(said(server, "GET", f"/{address}")[0] == 200 for address in addresses)
    smaller = said(server, "GET", f"/scripts/{folder}/pad/pad.js", Accept_Encoding="br")
    assert smaller[1]["content-encoding"] == "br"


@pytest.mark.parametrize(
    "name",
    [
        "none.js",
        "page.css",
        "page.py",
        "pad/__init__.py",
        "pad/pad.html",
        "pad/",
        "",
        "pad/../page.js",
        "pad/%2e%2e/page.js",
        "../../gradio_api/info",
        "%2e%2e/%2e%2e/README.md",
        "//etc/passwd",
        "pad\\pad.js",
    ],
)
def test_nothing_but_scripts_is_served_as_one(server, name):
    page = said(server, "GET", "/")[2].decode()
    folder = re.search("scripts/[0-9a-f]+/", page)[0]
    assert refusal(server, "GET", f"/{folder}{name}")[0] == 404
    assert refusal(server, "GET", "/scripts/0/page.js")[0] == 404  # that of another version


def test_each_host_name_is_told_its_own_addresses(server):
    for host in ("one.example", "two.example"):
        page = said(server, "GET", "/", Host=host)[2].decode()
        assert f'content="http://{host}/preview.png"' in page and f'"root":"http://{host}"' in page


def test_no_page_is_kept_for_another_host_than_it_was_made_for(server):
    other = {"Host": "other.example", "X-Gradio-Server": "http://three.example/"}
    assert said(server, "GET", "/", **other)[0] == 200
    page = said(server, "GET", "/", Host="three.example")[2].decode()
    assert '"root":"http://three.example"' in page
    for host in ("one.example", "two.example"):
        told = said(server, "GET", "/gradio_api/info", Host=host)[2].decode()
        assert f"http://{host}" in told and told.count(".example") == told.count(host)


def test_an_event_that_is_over_is_not_waited_for(server):
    session = uuid.uuid4().hex
    body = empty(server) | {"session_hash": session}
    server.post("queue/join", body)
    stream = f"/gradio_api/queue/data?session_hash={session}"
    told = said(server, "GET", stream)[2]
    assert b"process_completed" in told and told.endswith(CLOSED)
    start = time.monotonic()
    assert said(server, "GET", stream)[2] == CLOSED
    assert time.monotonic() - start < LINGER_SECONDS + 2
    assert b"no longer available" in said(server, "GET", stream.replace(session, "unknown"))[2]
    event = json.loads(server.post("call/classify", {"data": [None, *CLASSIFY]}))["event_id"]
    path = f"/gradio_api/call/classify/{event}"
    assert b"event: error" in said(server, "GET", path)[2]
    assert b"no longer available" in said(server, "GET", path)[2]
    for wrong in ("a" * 65, "", "%00"):
        assert refusal(server, "GET", f"/gradio_api/queue/data?session_hash={wrong}")[0] == 400


def test_what_is_asked_after_the_last_answer_is_told_on_the_same_stream(server):
    """A client takes the stream for open until it has read that it is closed."""
    body = empty(server) | {"session_hash": uuid.uuid4().hex}

    def ask() -> str:
        return json.loads(server.post("queue/join", body))["event_id"]

    first = ask()
    stream = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    stream.request("GET", f"/gradio_api/queue/data?session_hash={body['session_hash']}")
    lines = (json.loads(line[6:]) for line in stream.getresponse() if line.startswith(b"data: "))
    for event in (first, None, None):
        event = event or ask()
        done = next(each for each in lines if each["msg"] in ("process_completed", "close_stream"))
        assert done["event_id"] == event
    assert next(lines)["msg"] == "close_stream"
    stream.close()


def test_a_stream_ends_when_its_reader_leaves():
    """Else each of many short ones would hold a place for as long as it may linger."""
    sessions = Sessions(gr.Blocks().queue()._queue)
    sessions.over["mine"] = None
    told = []

    async def left():
        return {"type": "http.disconnect"}

    async def tell(message):
        told.append(message["type"])

    stream = SessionStreamed(left, sessions, Places(1, 1))
    scope = {"type": "http", "query_string": b"session_hash=mine", "headers": [], "client": None}
    asyncio.run(asyncio.wait_for(stream(scope, left, tell), LINGER_SECONDS / 2))
    assert told == ["http.response.start", "http.response.body"]


def connected(server, address="127.0.0.1") -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), 60, source_address=(address, 0))


def closes_after(link: socket.socket) -> float:
    """Seconds until the server ends the connection, or answers on it."""
    start = time.monotonic()
    with contextlib.suppress(ConnectionResetError):
        link.recv(9999)
    return time.monotonic() - start


def test_who_says_nothing_is_not_waited_for(server):
    """Without a request, in the middle of one, in a body, in an upload, and after an answer."""
    head = b"POST /gradio_api/%b HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n%b\r\n"
    form = b"Content-Type: multipart/form-data; boundary=b\r\n"
    starts = [b"", b"GET / HT", head % (b"run/predict", b""), head % (b"upload", form) + b"--b\r\n"]
    links = [connected(server) for _ in starts]
    for link, start in zip(links, starts, strict=True):
        link.sendall(start)
    rested = connected(server)
    rested.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n")
    while b"Disallow" not in rested.recv(9999):
        pass
    rested.sendall(b"G")  # uvicorn would now wait for the rest for ever
    with ThreadPoolExecutor() as waiting:
        took = list(waiting.map(closes_after, [*links, rested]))
    assert max(took) < max(BODY_SECONDS, receiving.STALL_SECONDS) + 2, took
    for link in (*links, rested):
        link.close()


def test_bodies_that_do_not_come_keep_nobody_out(server):
    """More than the requests that are answered at a time: they count once they are there."""
    start = b"POST /gradio_api/run/predict HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(connected(server)).sendall(start)
        for _ in range(40):
            form = b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
            upload = start.replace(b"run/predict", b"upload").replace(
                b"100\r\n\r\n", b"29000000\r\n" + form
            )
            stack.enter_context(connected(server, "127.0.0.2")).sendall(upload)
        assert server.ask("drawn", *CLASSIFY, "")[0]
        upload = server.upload(saved(noise(99, 99, "L"), "PNG"))
        assert server.ask("classify", upload, *CLASSIFY)[0]


def test_results_that_nobody_fetches_are_forgotten_and_of_sessions_there_are_few(server):
    """Of a session 30, then it is told to wait; others go on."""
    body = empty(server) | {"session_hash": uuid.uuid4().hex}
    statuses = [
        said(server, "POST", "/gradio_api/queue/join", json.dumps(body).encode())[0]
        for _ in range(40)
    ]
    assert statuses == [200] * 30 + [503] * 10
    with server.watched() as found:
        for _ in range(1_200):
            body["session_hash"] = uuid.uuid4().hex
            server.post("queue/join", body)
    assert server.ask("drawn", *CLASSIFY, "")[0] and found["megabytes"] < 60


def test_expensive_requests_of_one_do_not_hold_up_the_drawings_of_another(server):
    pixels = base64.b64encode(bytes(range(196)) * 4).decode()
    event = {"pixels": pixels, "all": True, "why": True}
    assert "look" in server.functions  # asked for once, not by all at once
    with ThreadPoolExecutor(30) as looking:
        asked = [
            looking.submit(server.ask, "look", "mnist", "large", event_data=event)
            for _ in range(60)
        ]
        took = []
        while not all(each.done() for each in asked) and len(took) < 20:
            start = time.monotonic()
            assert server.ask("drawn", *CLASSIFY, "")[0]
            took.append(time.monotonic() - start)
        assert all(each.result()[0] for each in asked)
    assert sorted(took)[len(took) // 2] < 1, took


@pytest.mark.parametrize(("name", "most"), [("drawn", 4), ("work", 2)])
def test_so_many_answers_are_worked_on_at_a_time_and_no_more(name, most):
    """Of drawings four, and two of what takes longer, so that drawings keep half of two cores."""
    counting, full = threading.Lock(), threading.Event()
    now = highest = 0

    def work() -> str:
        nonlocal now, highest
        with counting:
            now += 1
            highest = max(highest, now)
            if now == most:
                full.set()
        assert full.wait(60)
        time.sleep(0.1)  # in which one too many would come in
        with counting:
            now -= 1
        return "done"

    with Page() as page:
        gr.Button().click(work, None, gr.HTML(), api_name=name, queue=False)
    settings = {"run_history": False, "ssr_mode": False}
    with TestClient(application(page, settings)) as client, ThreadPoolExecutor(8) as callers:
        ask = functools.partial(client.post, f"/gradio_api/run/{name}", json={"data": []})
        answers = list(callers.map(lambda _: ask().json()["data"], range(8)))
    assert answers == [["done"]] * 8
    assert highest == most


@pytest.mark.parametrize(
    ("name", "most", "each"), [("drawn", 200, 150), ("work", EVENTS, EVENTS_EACH)]
)
def test_of_requests_at_a_time_there_are_so_many_and_of_one_client_fewer(name, most, each):
    async def statuses(*counts) -> list[tuple[int, int]]:
        """(200s, 503s) of clients that send so many requests each, all before one is answered."""
        refused, enough = sum(counts) - most, asyncio.Event()

        async def work() -> str:
            await enough.wait()
            return "done"

        with Page() as page:
            gr.Button().click(work, None, gr.HTML(), api_name=name, queue=False)
        app = application(page, {"run_history": False, "ssr_mode": False})

        async def ask(client: str) -> int:
            nonlocal refused
            transport = httpx.ASGITransport(app, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://a") as asking:
                answer = await asking.post(f"/gradio_api/run/{name}", json={"data": []})
            refused -= answer.status_code == 503
            if not refused:
                enough.set()
            return answer.status_code

        async with asyncio.timeout(60):
            clients = [str(client) for client, count in enumerate(counts) for _ in range(count)]
            answers = await asyncio.gather(*map(ask, clients))
        found = Counter(zip(clients, answers, strict=True))
        return [(found[str(n), 200], found[str(n), 503]) for n in range(len(counts))]

    with ThreadPoolExecutor(1) as thread:  # in this one Playwright's loop may run
        found = thread.submit(asyncio.run, statuses(each + 10, most - each + 10)).result()
    assert found == [(each, 10), (most - each, 10)]


def test_of_events_there_are_so_many_and_of_one_client_fewer():
    class Waiting:  # as gradio's events are
        def __init__(self, client):
            self.request = SimpleNamespace(client=SimpleNamespace(host=client))

    with Page() as page:
        gr.HTML()
    sessions = Sessions(page._queue)

    def waiting(*counts):
        """Have clients "0", "1", … so many events each."""
        page._queue.event_ids_to_events = {
            f"{client} {number}": Waiting(str(client))
            for client, count in enumerate(counts)
            for number in range(count)
        }

    waiting(EVENTS_EACH)
    with pytest.raises(Full), sessions.asking("a", "0"):
        pass
    with sessions.asking("a", "1"):
        pass
    waiting(EVENTS // 2, EVENTS // 2)
    with pytest.raises(Full), sessions.asking("a", "2"):
        pass
    waiting()
    with contextlib.ExitStack() as stack:  # those that gradio does not know yet count, too
        for number in range(EVENTS_EACH):
            stack.enter_context(sessions.asking(str(number), "0"))
        with pytest.raises(Full), sessions.asking("a", "0"):
            pass
        stack.enter_context(sessions.asking("a", "1"))
    assert not sessions.coming and not sessions.coming_to


def test_nobody_can_make_the_sessions_of_others_forgotten():
    with Page() as page:
        gr.HTML()
    application(page, {"run_history": False, "ssr_mode": False})
    sessions = Sessions(page._queue)
    for session, client in (("mine", "me"), *((f"theirs {n}", "them") for n in range(MOST + 100))):
        with sessions.asking(session, client):
            page.state_holder[session]
    assert "mine" in page.state_holder and len(page.state_holder.session_data) <= MOST


def test_an_example_is_not_deleted_by_who_asks_for_it(server):
    example = {"path": str(FILES[0])}
    for _ in range(2):
        assert server.ask("classify", example, *CLASSIFY)[0]
    assert FILES[0].exists()


def test_what_asyncio_stumbles_over_is_told_once_a_minute(caplog):
    tell = Seldom()
    for _ in range(1000):
        error = OSError(24, "Too many open files")
        tell(None, {"message": "socket.accept() out of system resource", "exception": error})
    tell(None, {"message": "something else"})
    first, second = caplog.messages
    assert "out of system resource" in first and "Too many open files" in first
    assert "something else" in second


@pytest.fixture(scope="module")
def confined(tmp_path_factory):
    """The app behind a prefix, with few descriptors and a disk that is full after 100,000 bytes."""

    def confine():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 300))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    log = tmp_path_factory.mktemp("confined") / "log.txt"
    env = os.environ | {"GRADIO_ROOT_PATH": "/demo"}
    with running(log, env=env, preexec_fn=confine) as server:
        yield server


def test_as_many_descriptors_as_may_be_are_asked_for(confined):
    assert re.search(r"Max open files +300 ", Path(f"/proc/{confined.pid}/limits").read_text())


def test_connections_give_way_before_the_system_has_none_left(confined):
    """300 descriptors, so 100 connections: the silent ones end for those who ask."""
    before = len(confined.log.read_text().splitlines())
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(connected(confined, "127.0.0.2"))
        assert confined.ask("drawn", *CLASSIFY, "")[0]
        assert said(confined, "GET", "/")[0] == 200
        open_files = len(list(Path(f"/proc/{confined.pid}/fd").iterdir()))
    assert open_files < 200
    assert len(confined.log.read_text().splitlines()) < before + 5


def test_a_full_disk_is_a_sentence_and_over_when_there_is_room_again(confined):
    folder = Path(confined.upload(b"a")["path"]).parent.parent
    before = len(list(folder.iterdir()))
    for _ in range(3):
        body, headers = multipart(A_FILE + bytes(200_000))
        status, sentence = refusal(confined, "POST", "/gradio_api/upload", body, **headers)
        assert status == 503 and sentence.startswith("There is no room for uploads right now")
    assert len(list(folder.iterdir())) == before
    good = confined.upload(saved(noise(99, 99, "L"), "PNG"))
    assert confined.ask("classify", good, *CLASSIFY)[0]


def test_behind_a_prefix_the_page_has_its_icon(confined):
    page = said(confined, "GET", "/", Host="a.example")[2].decode()
    assert '"root":"http://a.example/demo"' in page
    base, icon = (
        re.search('<base href="(.*?)"', page)[1],
        re.search('<link rel="icon" href="(.*?)"', page)[1],
    )
    assert (base, icon) == ("./", "./favicon.ico")  # so it is below the prefix
    assert re.search('<script type="module" src="./scripts/.*?/pad/pad.js">', page)
    assert said(confined, "GET", "/favicon.ico")[2].startswith(b"\x89PNG")


def ended(process, number: int) -> tuple[int, float]:
    start = time.monotonic()
    process.send_signal(number)
    return process.wait(60), time.monotonic() - start


@contextlib.contextmanager
def uploading(server):
    """Meanwhile, an upload comes by a byte a second. One may take 120."""
    over = threading.Event()
    with connected(server) as link, ThreadPoolExecutor(1) as sending:
        link.sendall(b"POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n")
        link.sendall(b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n")

        def go_on():
            with contextlib.suppress(OSError):
                while not over.wait(1):
                    link.sendall(b" ")

        sending.submit(go_on)
        try:
            yield
        finally:
            over.set()


@pytest.mark.parametrize(
    ("number", "busy", "least"),
    [
        (signal.SIGTERM, contextlib.nullcontext, 0),
        (signal.SIGINT, uploading, 4),  # what takes too long is waited for, but not to its end
    ],
    ids=["SIGTERM", "SIGINT during a long upload"],
)
def test_when_it_is_told_to_end_running_answers_finish_and_uploads_go(
    tmp_path, number, busy, least
):
    with running(tmp_path / "log.txt") as server:
        slow = noise(4000, 3000, "RGB")  # a second or so
        upload = server.upload(saved(slow, "JPEG"))
        with connected(server), busy(server), ThreadPoolExecutor(1) as asking:
            clothing = ("fashion_mnist", "large", "auto", "auto")
            answer = asking.submit(server.ask, "classify", upload, *clothing)
            while not server.workers:  # until one reads the picture
                assert not answer.done()
                time.sleep(0.001)
            status, seconds = ended(server.process, number)
            assert answer.result()[0], answer.result()
        assert status == 0 and seconds >= least
        assert not Path(upload["path"]).parent.parent.exists()
        assert "Traceback" not in server.log.read_text()


def started(tmp_path, **env) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "app.py"],
        cwd=ROOT,
        env=os.environ | {"GRADIO_TEMP_DIR": str(tmp_path)} | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("name", "value"), [("GRADIO_SERVER_PORT", "abc"), ("GRADIO_SERVER_NAME", "203.0.113.7")]
)
def test_a_wrong_address_is_named_in_a_sentence_before_anything_takes_time(tmp_path, name, value):
    done = started(tmp_path, **{name: value})
    *imported, sentence = done.stderr.strip().splitlines()
    assert done.returncode == 1 and value in sentence and name in sentence
    assert is_sentence(sentence) and imported
    slow = r"\b(gradio|numpy|cv2)$"
    assert not [line for line in imported if re.search(slow, line)]


@pytest.mark.parametrize("port", ["abc", "99999", "65536", "0", "-1", "", "7860.5"])
def test_a_port_that_is_none_is_named_in_a_sentence(port):
    with pytest.raises(SystemExit) as ended:
        listening_at("127.0.0.1", port)
    assert is_sentence(ended.value.code)
    assert f"“{port}”" in ended.value.code and "GRADIO_SERVER_PORT" in ended.value.code


def test_an_empty_setting_does_not_serve_the_page_to_the_whole_network(monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_NAME", "")
    with listening() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_a_host_that_is_not_this_machine_is_named_in_a_sentence(host):
    with pytest.raises(SystemExit) as ended:
        listening_at(host, "7860")
    assert is_sentence(ended.value.code)
    assert host in ended.value.code and "GRADIO_SERVER_NAME" in ended.value.code


def test_no_part_of_an_answer_waits_until_the_one_before_is_acknowledged():
    with (
        listening_at("127.0.0.1", "7860") as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_of_a_port_that_is_taken_it_says_which_one_it_takes_instead(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listening_at("127.0.0.1", str(port)) as listener:
            number = listener.getsockname()[1]
            assert port < number and address_of(listener) == f"http://127.0.0.1:{number}"
    assert capsys.readouterr().out == f"Port {port} is taken: the page uses port {number}.\n"
