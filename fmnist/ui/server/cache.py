"""Cache responses that are the same for everybody: compressed, and sent with a validator."""

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import brotli
from anyio.to_thread import run_sync
from gradio.route_utils import get_root_url
from gradio.routes import App
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fmnist.ui.server.limits import BUSY
from fmnist.ui.server.lines import Full, Line, Places
from fmnist.ui.server.requests import NOTHING, Refusal, client_of

MOST_BYTES = 16_000_000  # of all cached responses; a page load takes 0.5 MB
PIECE = 64_000  # bytes
SMALL = 1_400  # bytes that fit into one packet need no compression
TEXT = re.compile(r"text/|application/(javascript|json)|image/svg")
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {  # best first
    "br": lambda body: brotli.compress(body, quality=9),  # 11 takes ten times as long for 5 % less
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
PASSED_ON = b"host", b"x-forwarded-host", b"x-forwarded-proto"  # headers that an address depends on
PLAIN = re.compile(r"(/[\w-]+(\.[\w-]+)*)*/?", re.ASCII)  # each part begins with its own slash
CHANGING = "no-cache"  # browsers revalidate it each time
NAMED_BY_CONTENT = "public, max-age=31536000, immutable"


class Answer(NamedTuple):
    """A cached response: its headers, and its body by "Content-Encoding", "" for none."""

    headers: dict[str, str]
    bodies: dict[str, bytes]


_kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()  # most recently used last
_makers = Line(1)  # clients that want many new responses wait behind those that want few
_waiting = Places(100, 20)


class Made:
    """Wraps an app whose responses do not depend on the client. Ignores query strings."""

    def __init__(
        self,
        app: ASGIApp,
        control: str = CHANGING,
        *,
        with_address: bool = False,
        change: Callable[[bytes, str], bytes] = lambda body, address: body,
    ) -> None:
        """control: the Cache-Control; with_address: whether gradio inserts the page's address

        change: a function that alters the body, given the address
        """
        self.app, self.control, self.change = app, control, change
        self.with_address = with_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        path, address = scope["path"], ""
        if not PLAIN.fullmatch(path):  # "/./" would be another name for the same path
            raise Refusal(*NOTHING)
        plain = _plain(scope)
        if self.with_address and isinstance(self.app, App):
            address = get_root_url(Request(plain), path, self.app.root_path)
        answer: Answer | Response | None = _kept.get((path, address))
        if not answer:
            client = client_of(request)
            try:
                with _waiting.place(client):
                    async with _makers.turn(client):
                        answer = _kept.get((path, address))
                        answer = answer or await self._made(plain, receive, address)
            except Full:
                raise Refusal(*BUSY) from None
        if isinstance(answer, Response):
            await answer(scope, receive, send)
            return
        if (path, address) in _kept:
            _kept.move_to_end((path, address))
        accepted = request.headers.get("accept-encoding", "")
        encoding = next((each for each in answer.bodies if _accepts(accepted, each)), "")
        headers = answer.headers | ({"content-encoding": encoding} if encoding else {})
        if headers["etag"] in request.headers.get("if-none-match", ""):
            await Response(status_code=304, headers=headers)(scope, receive, send)
            return
        body = answer.bodies[encoding]
        headers["content-length"] = str(len(body))
        await StreamingResponse(_pieces(body), headers=headers)(scope, receive, send)

    async def _made(self, scope: Scope, receive: Receive, address: str) -> Answer | Response:
        """The app's response to a plain request, cached if its status is 200."""
        if isinstance(self.app, App):  # which would keep the one made for the first address
            self.app.api_info = None
        status, given, body = await _asked(self.app, scope, receive)
        if status != 200:
            return Response(body, status, dict(given))
        body = self.change(body, address)
        headers = {
            "content-type": given.get("content-type", ""),
            "cache-control": self.control,
            "etag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',  # the same for all encodings
            "vary": "Accept-Encoding",
        }
        bodies = {}
        if TEXT.match(headers["content-type"]) and len(body) > SMALL:
            for name, compressed in COMPRESSIONS.items():
                bodies[name] = await run_sync(compressed, body)
        answer = Answer(headers, bodies | {"": body})
        _kept[scope["path"], address] = answer
        while (
            sum(len(body) for each in _kept.values() for body in each.bodies.values()) > MOST_BYTES
        ):
            _kept.popitem(last=False)
        return answer


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    """Each is sent once the one before has gone: a client may not read, and copies take memory."""
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]


def _accepts(accepted: str, encoding: str) -> bool:
    """Whether an Accept-Encoding allows this one; "" is always allowed."""
    found = re.search(rf"\b{encoding}\b\s*(;\s*q=0(\.0*)?\s*(,|$))?", accepted)
    return not encoding or bool(found and not found[1])


def _plain(scope: Scope) -> Scope:
    """The request as a GET with nothing that differs by client, but what its address depends on.

    What a response is cached under must come from nothing else than what it is made of.
    """
    headers = [(key, value) for key, value in scope["headers"] if key in PASSED_ON]
    return {**scope, "method": "GET", "query_string": b"", "headers": headers}


async def _asked(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
    """Status, headers and body of an app's answer."""
    start: Message = {}
    body = bytearray()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return start["status"], Headers(raw=start["headers"]), bytes(body)
