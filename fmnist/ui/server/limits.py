"""Limits on concurrent requests, on the time to receive a body, and on the time to answer.

Each class is an ASGI app that wraps gradio's: one per kind of request, and `Net` around them all.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
from gradio.blocks import Blocks
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fmnist.ui.server import requests
from fmnist.ui.server.lines import Full, Places, counted
from fmnist.ui.server.requests import MAX_BODY, Refusal, answers_drawings, client_of
from fmnist.ui.server.sessions import Sessions

log = logging.getLogger(__name__)

BODY_SECONDS = 10  # to receive a body: a slow phone sends 10,000 bytes in a tenth of a second
# For a stream: the last of all events that may wait takes half of it. A session that asks for one
# event after another gets twice as long.
STREAM_SECONDS = 120
BEFORE_BODY = 400, 404, 411, 413, 503  # statuses of refusals sent before the body has arrived
MAX_REST, REST_SECONDS = 60_000_000, 30  # how much of such a body is still read, and for how long
MAX_COMING, MAX_COMING_EACH = (
    20_000_000,
    5_000_000,
)  # bytes arriving, in all and per client
MAX_HEADERS, MAX_HEAD = 100, 32_000  # of a request, and how many bytes they may have in all
RETRY_SECONDS = 10
BUSY = 503, f"The server is busy right now: try again in {RETRY_SECONDS} seconds."
SLOW = 408, f"This request took over {BODY_SECONDS} seconds to arrive: send it again."
LONG = 431, "This request has too many headers, or too long ones: clear this site's cookies."
LINGER_SECONDS = 2  # a stream stays open after its last event, in case another follows
LOST = "This answer is no longer available: ask again."


async def refused(request: Request, error: Exception) -> Response:
    """The response to a refused request, for starlette's `exception_handlers`."""
    status, sentence = (error.status, error.sentence) if isinstance(error, Refusal) else BUSY
    answer = JSONResponse({"detail": sentence, "error": sentence}, status)
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


async def missing(request: Request, error: Exception) -> Response:
    """The response to a request without a route."""
    return await refused(request, Refusal(*requests.NOTHING))


async def stumbled(request: Request, error: Exception) -> Response:
    """The response when gradio's routes raise, as they do on some unexpected requests."""
    if not getattr(error, "told", False):  # gradio's app raises it, and then ours raises it again
        log.warning("Refused: %.100r to %.100r", error, request.scope["path"])
        error.told = True  # type: ignore[attr-defined]
    return await refused(request, Refusal(*requests.UNCLEAR))


class Net:
    """Wraps everything: logs any exception in one line, and completes the response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = scope["headers"]
        if len(headers) > MAX_HEADERS or sum(len(b"".join(each)) for each in headers) > MAX_HEAD:
            await (await refused(Request(scope), Refusal(*LONG)))(scope, receive, send)
            return
        # Nobody logs in, and Python before 3.11.10 takes seconds for a cookie of backslashes
        # (CVE-2024-7592).
        scope = {**scope, "headers": [each for each in headers if each[0] != b"cookie"]}
        started = ended = False
        unread = scope["method"] == "POST"

        async def heard() -> Message:
            nonlocal unread
            message = await receive()
            unread = message.get("more_body", False)
            return message

        async def watched(message: Message) -> None:
            nonlocal started, ended
            if not started and unread and message["status"] in BEFORE_BODY:
                await _read_on(Request(scope, heard))
            started = True
            ended = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self.app(scope, heard, watched)
        except asyncio.CancelledError:  # the server is stopping
            if not started:
                await (await refused(Request(scope), Refusal(*BUSY)))(scope, receive, send)
            elif not ended:
                await send({"type": "http.response.body"})
        except Exception as error:
            if not started:
                answer = await stumbled(Request(scope), error)
                await answer(scope, receive, send)
            elif not ended:
                if not getattr(error, "told", False):
                    log.warning("Ended early: %.100r in an answer to %.100r", error, scope["path"])
                await send({"type": "http.response.body"})


async def _read_on(request: Request) -> None:
    """Read the rest of a refused body: some clients only listen once they have sent all of it."""
    if "expect" in request.headers:  # then the client waits for the response before it sends it
        return
    left = MAX_REST
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(REST_SECONDS):
            while left > 0:
                message = await request.receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return


class Asked:
    """Wraps requests that call a function. A request counts once its body has arrived."""

    coming: ClassVar[Counter[str]] = Counter()  # bytes still to arrive, by client

    def __init__(
        self,
        app: ASGIApp,
        page: Blocks,
        places: Places,
        check: Callable[[bytes, Any, Blocks], dict[str, Any]],
        sessions: Sessions | None = None,
        slower: Places | None = None,
    ) -> None:
        """check: turns a body into the one to pass on, as in requests.py

        sessions: given if the function waits in gradio's queue
        slower: the places for all functions but for the one that answers drawings
        """
        self.app, self.page, self.places = app, page, places
        self.check, self.sessions, self.slower = check, sessions, slower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        client = client_of(request)
        body = await self._body(request, client)
        asked = self.check(body, request.path_params.get("api_name"), self.page)
        body = orjson.dumps(asked)
        headers = MutableHeaders(raw=[*scope["headers"]])
        headers["content-length"], headers["content-type"] = str(len(body)), "application/json"
        try:
            with contextlib.ExitStack() as stack:
                stack.enter_context(self.places.place(client))
                if self.slower and not answers_drawings(self.page.fns[asked["fn_index"]]):
                    stack.enter_context(self.slower.place(client))
                if self.sessions:
                    stack.enter_context(self.sessions.asking(asked["session_hash"], client))
                await self.app({**scope, "headers": headers.raw}, _again(body, receive), send)
        except Full:
            raise Refusal(*BUSY) from None

    async def _body(self, request: Request, client: str) -> bytes:
        """Read the body. Raises Refusal if it is too large or too slow."""
        length = length_of(request, MAX_BODY)
        coming = Asked.coming
        if coming.total() + length > MAX_COMING or coming[client] + length > MAX_COMING_EACH:
            raise Refusal(*BUSY)
        try:
            with counted(coming, client, length):
                async with asyncio.timeout(BODY_SECONDS):
                    return await request.body()
        except (TimeoutError, ClientDisconnect):
            raise Refusal(*SLOW) from None


def length_of(request: Request, most: int) -> int:
    """The length of a request's body in bytes. Raises Refusal."""
    if "transfer-encoding" in request.headers:
        raise Refusal(411, "The request does not say how long it is: send a Content-Length.")
    length = int(request.headers.get("content-length", 0))
    if length > most:
        raise Refusal(413, f"This request is too large: send at most {most:,} bytes.")
    return length


def _again(body: bytes, receive: Receive) -> Receive:
    """An ASGI `receive` that first replays a body that was already read."""
    messages = [{"type": "http.request", "body": body}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


@dataclass
class EventStreamed:
    """Wraps gradio's stream for a single event, and limits its time."""

    app: ASGIApp
    sessions: Sessions
    places: Places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        session = self.sessions.session_of(requests.name(request.path_params["event_id"]))
        if session is None:
            await _told("event: error\ndata: ", {"error": LOST})(scope, receive, send)
            return
        try:
            with self.places.place(client_of(request)), self.sessions.reading(session):
                async with asyncio.timeout(STREAM_SECONDS):
                    await self.app(scope, receive, send)
        except Full:
            raise Refusal(*BUSY) from None
        except TimeoutError:
            await send({"type": "http.response.body"})


@dataclass
class SessionStreamed:
    """Wraps gradio's stream for all events of a session.

    gradio closes it after the last event that it knows of. If its client has already asked for
    another, it believes the stream is still open and never learns of that event. So we keep the
    stream open until nothing has been asked for a while. The page itself uses none.
    """

    app: ASGIApp
    sessions: Sessions
    places: Places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        session = requests.name(request.query_params.get("session_hash"))
        if not self.sessions.known(session):
            lost = {"msg": "unexpected_error", "message": LOST, "session_not_found": True}
            await _told("data: ", lost | {"success": False})(scope, receive, send)
            return
        try:
            with self.places.place(client_of(request)), self.sessions.reading(session):
                await send({"type": "http.response.start", "status": 200, "headers": STREAM})
                await self._passed_on(session, scope, receive, send)
        except Full:
            raise Refusal(*BUSY) from None

    async def _passed_on(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.Event()  # the client has disconnected

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                gone.set()
            return message

        async def passed(message: Message) -> None:
            body = message.get("body", b"")
            # When cancelled, gradio sends an error.
            if body and not body.startswith(CLOSES) and not limit.expired():
                await send({"type": "http.response.body", "body": body, "more_body": True})

        start = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * STREAM_SECONDS) as limit:
                while not gone.is_set():
                    old = time.monotonic() - start > STREAM_SECONDS
                    more = self.sessions.has_more(session, 0 if old else LINGER_SECONDS)
                    if not await _unless_gone(more, gone, heard):
                        break
                    await self.app({**scope}, heard, passed)
        await send({"type": "http.response.body", "body": CLOSES + b"}\n\n"})


async def _unless_gone(
    awaited: Coroutine[Any, Any, bool], gone: asyncio.Event, heard: Receive
) -> bool:
    """The awaited result, or False as soon as the client disconnects."""

    async def listen() -> None:
        while not gone.is_set():
            await heard()

    result, leaving = asyncio.ensure_future(awaited), asyncio.ensure_future(listen())
    try:
        await asyncio.wait({result, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return not gone.is_set() and result.result()
    finally:
        result.cancel()
        leaving.cancel()


STREAM = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
CLOSES = b'data: {"msg":"close_stream"'


def _told(before: str, told: dict[str, Any]) -> Response:
    """A stream of one message that gradio's clients understand."""
    text = before + orjson.dumps(told).decode() + "\n\n"
    return PlainTextResponse(text, media_type="text/event-stream")
