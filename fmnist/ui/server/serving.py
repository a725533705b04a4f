"""Serve the page: the server that app.py starts, until it shuts down."""

import asyncio
import contextlib
import importlib
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NoReturn

import gradio as gr
import uvicorn
from anyio.to_thread import run_sync
from gradio.route_utils import CustomCORSMiddleware
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from fmnist.ui.server import decoders, uploads
from fmnist.ui.server.address import address_of
from fmnist.ui.server.checks import Page
from fmnist.ui.server.connections import Connection
from fmnist.ui.server.limits import Net, missing, refused, stumbled
from fmnist.ui.server.requests import Refusal
from fmnist.ui.server.routes import routes
from fmnist.ui.server.sessions import Sessions, States

log = logging.getLogger(__name__)

END_SECONDS = 5  # for running answers to finish when the server shuts down
SWEEP_SECONDS = 10
DESCRIPTORS = 8_192  # file descriptors to request; each connection takes one
RESERVED = 200  # of them, for files, workers, and what Python and gradio open
MIDDLEWARE = [
    Middleware(CustomCORSMiddleware),  # gradio's, for other sites that use the API
]
# A Space can only be reached through a proxy in its private network (RFC 1918).
PRIVATE = "127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"


def serve(listener: socket.socket, build: Callable[[], Page], settings: dict[str, Any]) -> None:
    """Serve a page until the process is told to stop. Exits with a sentence if that fails.

    listener: where, from address.py
    build: makes the page, once there is a folder for its files
    settings: how the page looks, for `gr.mount_gradio_app`

    $GRADIO_ROOT_PATH sets the path at which a proxy shows it, $FORWARDED_ALLOW_IPS the proxies to
    trust when they name a client's address.
    """
    Connection.most = allowed_connections()
    on_space = os.environ.get("SYSTEM") == "spaces"
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", PRIVATE if on_space else None)
    with uploads.kept_while_running():
        config = uvicorn.Config(
            application(build(), settings),
            http=Connection,
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            forwarded_allow_ips=trusted,
            timeout_graceful_shutdown=END_SECONDS,
        )
        print(f"Open {address_of(listener)}", flush=True)
        try:
            Server(config).run([listener])
        finally:
            decoders.end()


def application(page: Page, settings: dict[str, Any]) -> ASGIApp:
    """The ASGI app: what `routes` lists of gradio's, within its limits."""
    # gradio imports it at the first answer, which then waits, and fails for good if the system has
    # no descriptor left to read its files.
    importlib.import_module("matplotlib")
    mounted = Starlette(lifespan=sweeping)
    gr.mount_gradio_app(
        mounted,  # type: ignore[arg-type]  # all that it needs of FastAPI
        page,
        path="/",
        app_kwargs={"exception_handlers": {Exception: stumbled}},
        **settings,
    )
    (gradio,) = [route.app for route in mounted.routes]  # type: ignore[attr-defined]
    gradio.state_holder = States()
    gradio.state_holder.set_blocks(page)
    app = Starlette(
        routes=routes(gradio, page, Sessions(page._queue)),
        middleware=MIDDLEWARE,
        exception_handlers={HTTPException: missing, Refusal: refused, Exception: stumbled},
        lifespan=mounted.router.lifespan_context,
    )
    app.router.redirect_slashes = False
    return Net(app)


@contextlib.asynccontextmanager
async def sweeping(app: Starlette) -> AsyncIterator[None]:
    """While the app runs, delete what has expired."""

    async def sweep() -> NoReturn:
        while True:
            await run_sync(uploads.STORE.sweep)
            await asyncio.sleep(SWEEP_SECONDS)

    asyncio.get_running_loop().set_exception_handler(Seldom())
    task = asyncio.create_task(sweep())
    yield
    task.cancel()


class Seldom:
    """Logs asyncio's errors in one line, each kind at most once a minute.

    When the system runs out of file descriptors, there are thousands a second.
    """

    def __init__(self) -> None:
        self.told: dict[str, float] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        message = context["message"]
        if time.monotonic() - self.told.get(message, -60) >= 60:
            self.told[message] = time.monotonic()
            log.warning("%s: %.100r", message, context.get("exception"))


class Server(uvicorn.Server):
    """uvicorn's, but being told to stop is not an error."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


def allowed_connections() -> int:
    """Raise the limit on file descriptors if allowed; returns how many may be connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(1, min(Connection.most, most - RESERVED))
