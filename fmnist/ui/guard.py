"""What stands between strangers and the page: every request, and every value in it, is bounded.

`Page` checks what handlers receive, and answers whatever is wrong with one sentence. `Limits` comes
before gradio reads anything. Both log a line, not a traceback, for what a caller did wrong.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn

import gradio as gr
from anyio.to_thread import run_sync
from gradio.blocks import BlockFunction
from gradio.routes import App
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fmnist.pictures import PictureError
from fmnist.ui import sketch, uploads

log = logging.getLogger(__name__)

API = "/gradio_api/"
# What gradio offers besides, which the page does not use: it stores or fetches for any caller.
CLOSED = ("deep_link", "process_recording", "component_server", "vibe", "proxy=", "file=http")
MAX_BODY = 200_000  # bytes of a request that is no upload; a drawing has 10,000
AT_WORK = 4  # handlers at a time
MAX_WAITING = 100  # in the queue
MAX_REQUESTS = 200  # answered at a time
UPLOAD_SECONDS = 120  # 30 MB from a phone at 2 Mbit/s
RETRY_SECONDS = 10
API_PAGE = "“Use via API” at the foot of the page"
UNREAD = (404, 411, 413, 503)  # the statuses of what is refused before gradio reads it
BUSY = f"The server is busy right now: try again in {RETRY_SECONDS} seconds."
FULL = f"There is no room for uploads right now: try again in {uploads.AT_LEAST} seconds."


class Page(gr.Blocks):
    """Blocks that trust no caller, and let nobody starve.

    All wait in one line, short answers and long: without it forty threads would share two cores.
    Pictures are read before they join it, so that a slow file holds up nothing but other files.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = asyncio.Semaphore(AT_WORK)  # first come, first served

    async def preprocess_data(
        self,
        block_fn: BlockFunction,
        inputs: list[Any],
        state: Any,
        explicit_call: bool = False,
    ) -> list[Any]:
        """The inputs as they are: `process_api` has replaced them by what handlers get.

        gradio's own would copy or download files that the caller names, and keep all values.
        """
        return inputs

    async def process_api(
        self,
        block_fn: Any,
        inputs: list[Any],
        state: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """All that is asked of handlers comes through here: from the page, the queue, the API."""
        try:
            values = await self._accepted(block_fn, inputs, state)
            async with self.line:
                return await super().process_api(block_fn, values, state, *args, **kwargs)
        except PictureError as error:
            log.warning("Refused: %s", error)
            raise gr.Error(str(error), print_exception=False) from None
        except Exception:
            log.exception("This should not happen; it is a bug in the program:")
            raise gr.Error(
                "Something went wrong on the server: try again, or try another picture.",
                print_exception=False,
            ) from None

    async def _accepted(self, block_fn: BlockFunction, inputs: list[Any], state: Any) -> list[Any]:
        """What the caller sends, each value as its component accepts it."""
        if len(inputs) < len(block_fn.inputs):
            raise PictureError(
                f"This takes {len(block_fn.inputs)} values, not {len(inputs)}: see {API_PAGE}."
            )
        values = []
        for component, value in zip(block_fn.inputs, inputs, strict=False):
            if component.stateful:
                values.append(state[component._id])
            elif isinstance(component, gr.Image):
                once = block_fn.api_visibility != "private"  # API callers send it anew each time
                try:
                    values.append(await uploads.picture(value, once))
                except PictureError as error:
                    if once:
                        raise
                    values.append(error)  # the page shows it in the answer's place
            elif isinstance(component, gr.HTML) and "choices" not in component.props:
                values.append(sketch.accepted(value))
            else:
                values.append(_choice(state[component._id], value))
        return values


def _choice(component: gr.Radio | gr.HTML, value: object) -> str:
    """The value, if it is among those to choose from; raises PictureError otherwise."""
    pairs = component.choices if isinstance(component, gr.Radio) else component.props["choices"]
    choices = [str(choice) for _, choice in pairs]
    if not isinstance(value, str) or value not in choices:
        raise PictureError(
            f"“{component.label}” cannot be {repr(value)[:40]}: choose one of {', '.join(choices)}."
        )
    return value


class Limits:
    """ASGI middleware: how much may be asked at once, and how much of it read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.requests = 0
        self.uploading = 0  # bytes announced by uploads that are under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            refusal = await self._answered(scope, receive, watched)
        except Exception as error:  # what gradio's routes stumble over, such as an unknown function
            if started and isinstance(error.__cause__, HTTPException):
                await send({"type": "http.response.body"})  # the stream has told of it: no session
                return
            if started:
                raise
            log.warning("Refused: %.100r to %.100r", error, scope["path"])
            refusal = 400, f"This request cannot be answered: see {API_PAGE}."
        if refusal:
            status, sentence = refusal
            if status in UNREAD:  # who still sends does not listen
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(UPLOAD_SECONDS):
                        while (await receive()).get("more_body"):
                            pass
            answer = JSONResponse({"detail": sentence, "error": sentence}, status)
            if status == 503:
                answer.headers["Retry-After"] = str(RETRY_SECONDS)
            await answer(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> tuple[int, str] | None:
        """Have the request answered, or say with which status and sentence it is refused."""
        path = scope["path"].partition(API)[2]
        if path.lower().startswith(CLOSED):
            return 404, f"There is nothing at this address: see {API_PAGE}."
        if scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return None
        headers = dict(scope["headers"])
        if b"transfer-encoding" in headers:
            return 411, "The request does not say how long it is: send a Content-Length."
        length = int(headers.get(b"content-length", 0))
        upload = path == "upload"
        most = uploads.MAX_BYTES + 10_000 if upload else MAX_BODY  # with what multipart adds
        if length > most:
            return 413, f"This request is too large: send at most {most:,} bytes."
        queue = scope["app"].get_blocks()._queue  # it would refuse too, without saying until when
        if self.requests >= MAX_REQUESTS or len(queue) >= MAX_WAITING:
            return 503, BUSY
        self.requests += 1
        try:
            if upload:
                return await self._uploaded(scope, receive, send, length)
            await self.app(scope, receive, send)
            return None
        finally:
            self.requests -= 1

    async def _uploaded(
        self, scope: Scope, receive: Receive, send: Send, length: int
    ) -> tuple[int, str] | None:
        self.uploading += length
        try:
            if not await run_sync(uploads.make_room, self.uploading):
                return 503, FULL
            async with asyncio.timeout(UPLOAD_SECONDS):
                await self.app(scope, receive, Altered(send, _renamed))
            return None
        except TimeoutError:
            return 408, f"This upload took over {UPLOAD_SECONDS} seconds: send a smaller picture."
        finally:
            self.uploading -= length


def _renamed(paths: bytes) -> bytes:
    """gradio's answer to an upload, each file in a folder of its own."""
    return json.dumps([uploads.renamed(path) for path in json.loads(paths)]).encode()


class Altered:
    """An ASGI `send` that passes an answer on whole, its body as `change` makes it if it is one."""

    def __init__(self, send: Send, change: Callable[[bytes], bytes]) -> None:
        self.send, self.change = send, change
        self.start: Message = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        self.body += message.get("body", b"")
        if message.get("more_body"):
            return
        if self.start["status"] == 200:
            self.body = self.change(self.body)
            MutableHeaders(raw=self.start["headers"])["content-length"] = str(len(self.body))
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": self.body})


@contextlib.asynccontextmanager
async def sweeping(app: App) -> AsyncIterator[None]:
    """While the app runs, delete what is kept no longer."""

    async def sweep() -> NoReturn:
        while True:
            await run_sync(uploads.make_room)
            app.get_blocks().upload_file_set.clear()  # gradio's list of them only grows
            await asyncio.sleep(uploads.AT_LEAST)

    task = asyncio.create_task(sweep())
    yield
    task.cancel()
