"""What stands between strangers and the page: every request, and every value in it, is bounded.

`Page` checks what handlers receive, and answers whatever is wrong with one sentence. `Limits` comes
before gradio reads anything. Both log a line, not a traceback, for what a caller did wrong.
"""

import asyncio
import contextlib
import json
import logging

import gradio as gr
from anyio.to_thread import run_sync
from starlette.responses import JSONResponse

from fmnist.pictures import PictureError
from fmnist.ui import sketch, uploads

log = logging.getLogger(__name__)

API = "/gradio_api/"
# What gradio offers besides, which the page does not use: it stores or fetches for any caller.
CLOSED = ("deep_link", "process_recording", "component_server", "vibe", "proxy=", "file=http")
MAX_BODY = 200_000  # bytes of a request that is no upload; a drawing has 10,000
MAX_REQUESTS = 200  # answered at a time
UPLOAD_SECONDS = 60
RETRY_SECONDS = 10
UNREAD = (404, 411, 413, 503)  # the statuses of what is refused before gradio reads it
BUSY = f"Too much is asked just now: try again in {RETRY_SECONDS} seconds."
FULL = f"There is no room for uploads just now: try again in {uploads.AT_LEAST} seconds."


class Page(gr.Blocks):
    """Blocks that trust no caller."""

    async def preprocess_data(self, block_fn, inputs, state, explicit_call=False):
        """The values for a handler, each as its component accepts it.

        gradio's own would first copy or download files that the caller names, and keep the values.
        """
        if len(inputs) < len(block_fn.inputs):
            raise PictureError(
                f"This takes {len(block_fn.inputs)} values, not {len(inputs)}: see the page's API."
            )
        return [
            state[component._id] if component.stateful else _accepted(state[component._id], value)
            for component, value in zip(block_fn.inputs, inputs, strict=False)
        ]

    async def process_api(self, block_fn, *args, **kwargs):
        """All that is asked of handlers comes through here: from the page, the queue, the API."""
        try:
            return await super().process_api(block_fn, *args, **kwargs)
        except PictureError as error:
            log.warning("Refused: %s", error)
            raise gr.Error(str(error), print_exception=False) from None
        except Exception:
            log.exception("This should not happen, and is a fault of the program:")
            raise gr.Error(
                "Something went wrong here: try again, or with another picture.",
                print_exception=False,
            ) from None


def _accepted(component: gr.components.Component, value):
    """The value that a caller sends for a component. Raises PictureError for any other."""
    if isinstance(component, gr.Image):
        return uploads.accepted(value)
    if isinstance(component, gr.HTML):
        return sketch.accepted(value)
    choices = [choice for _, choice in component.choices]
    if not isinstance(value, str) or value not in choices:
        raise PictureError(
            f"“{component.label}” cannot be {repr(value)[:40]}: choose one of {', '.join(choices)}."
        )
    return value


class Limits:
    """ASGI middleware: how much may be asked at once, and how much of it read."""

    def __init__(self, app):
        self.app = app
        self.requests = 0
        self.uploading = 0  # bytes announced by uploads that are under way

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message):
            nonlocal started
            started = True
            await send(message)

        try:
            refusal = await self._answered(scope, receive, watched)
        except Exception as error:  # what gradio's routes stumble over, such as an unknown function
            if started:
                raise
            log.warning("Refused: %s to %s", repr(error)[:100], scope["path"][:100])
            refusal = 400, "This request cannot be answered: see the page's API."
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

    async def _answered(self, scope, receive, send) -> tuple[int, str] | None:
        """Have the request answered, or say with which status and sentence it is refused."""
        path = scope["path"].partition(API)[2]
        if path.lower().startswith(CLOSED):
            return 404, "There is no such thing here."
        if scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return None
        headers = dict(scope["headers"])
        if b"transfer-encoding" in headers:
            return 411, "The length of what you send is missing: give a Content-Length."
        length = int(headers.get(b"content-length", 0))
        upload = path == "upload"
        most = uploads.MAX_BYTES + 10_000 if upload else MAX_BODY  # with what multipart adds
        if length > most:
            return 413, f"This is too much to send at once: send at most {most:,} bytes."
        if self.requests >= MAX_REQUESTS:
            return 503, BUSY
        self.requests += 1
        try:
            if upload:
                return await self._uploaded(scope, receive, send, length)
            await self.app(scope, receive, send)
            return None
        finally:
            self.requests -= 1

    async def _uploaded(self, scope, receive, send, length) -> tuple[int, str] | None:
        self.uploading += length
        try:
            if not await run_sync(uploads.make_room, self.uploading):
                return 503, FULL
            async with asyncio.timeout(UPLOAD_SECONDS):
                await self.app(scope, receive, _Renaming(send))
            return None
        except TimeoutError:
            return 408, f"This upload took over {UPLOAD_SECONDS} seconds: send a smaller picture."
        finally:
            self.uploading -= length


class _Renaming:
    """Passes gradio's answer to an upload on, each file in a folder of its own."""

    def __init__(self, send):
        self.send, self.start, self.body = send, None, b""

    async def __call__(self, message):
        if message["type"] == "http.response.start":
            self.start = message
            return
        self.body += message.get("body", b"")
        if message.get("more_body"):
            return
        if self.start["status"] == 200:
            self.body = json.dumps(
                [uploads.renamed(path) for path in json.loads(self.body)]
            ).encode()
            length = (b"content-length", str(len(self.body)).encode())
            others = [header for header in self.start["headers"] if header[0] != length[0]]
            self.start["headers"] = [*others, length]
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": self.body})


@contextlib.asynccontextmanager
async def sweeping(app):
    """While the app runs, delete what is kept no longer."""

    async def sweep():
        while True:
            await run_sync(uploads.make_room)
            app.get_blocks().upload_file_set.clear()  # gradio's list of them only grows
            await asyncio.sleep(uploads.AT_LEAST)

    task = asyncio.create_task(sweep())
    yield
    task.cancel()
