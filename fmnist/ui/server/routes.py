"""The only requests that are answered, based on the routes of gradio 6.31.

This lists those of gradio's routes that the page and the API need, each with its limits. Uploads
are our own, because gradio's accept a thousand files at once and open any file they are told to.
Nothing else has a route. A test walks gradio's routes and fails if one is neither here nor in its
list of those left out, so a new version opens nothing unnoticed.
"""

import mimetypes
from collections.abc import Callable

from gradio.blocks import Blocks
from gradio.routes import App
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from fmnist.ui.server import preview, receiving, requests, scripts, uploads
from fmnist.ui.server.cache import NAMED_BY_CONTENT, Made
from fmnist.ui.server.limits import Asked, EventStreamed, SessionStreamed
from fmnist.ui.server.lines import Places
from fmnist.ui.server.requests import Refusal
from fmnist.ui.server.sessions import EVENTS, EVENTS_EACH, Sessions

API = "/gradio_api"


def routes(gradio: App, page: Blocks, sessions: Sessions) -> list[Route]:
    """All routes.

    Each kind has a limit on concurrent requests, and a lower one per client. The latter is still
    large, because a school's single address may serve a whole class.
    """
    asking, streaming = Places(200, 150), Places(300, 150)
    slower = Places(EVENTS, EVENTS_EACH)  # as many as may wait in gradio's queue
    return [
        # For the page. It calls functions by number, at "run/predict".
        _asked("/run/{api_name}", Asked(gradio, page, asking, requests.run, slower=slower)),
        _post(API + "/upload", receiving.upload),
        _get(API + "/upload_progress", progress),
        _get(API + "/file={path_or_url:path}", file),
        _get(API + "/app_id", gradio),  # whether the server is still the same one
        # For the API, as used by the Python and JavaScript clients and by curl.
        _asked("/queue/join", Asked(gradio, page, asking, requests.join, sessions)),
        _stream("/queue/data", SessionStreamed(gradio, sessions, streaming)),
        _asked("/call/{api_name}", Asked(gradio, page, asking, requests.call, sessions)),
        _stream("/call/{api_name}/{event_id}", EventStreamed(gradio, sessions, streaming)),
        _get(API + "/info", Made(gradio, with_address=True)),
        # The page itself.
        _get("/", Made(gradio, with_address=True, change=preview.previewed)),
        _get("/config", Made(gradio, with_address=True)),
        _get("/theme.css", Made(gradio)),
        _get("/assets/{path:path}", Made(gradio, NAMED_BY_CONTENT)),
        _get(f"/{scripts.FOLDER}/{{path:path}}", Made(scripts.served, NAMED_BY_CONTENT)),
        _get("/static/{path:path}", Made(gradio)),  # fonts, and a script for pages in frames
        _get("/robots.txt", Made(gradio)),
        *preview.ROUTES,
    ]


def _get(path: str, app: ASGIApp | Callable) -> Route:
    return Route(path, app, methods=["GET"])  # otherwise an ASGI app gets all methods


def _stream(path: str, app: ASGIApp) -> Route:
    route = _get(API + path, app)
    route.methods.discard("HEAD")  # type: ignore[union-attr]  # of which it would never end
    return route


def _post(path: str, app: ASGIApp | Callable) -> Route:
    return Route(path, app, methods=["POST"])


def _asked(path: str, app: ASGIApp) -> Route:
    # Level 9 takes three times as long to save 1 %. What TCP sends at once needs no compression
    # (RFC 6928).
    return _post(API + path, GZipMiddleware(app, minimum_size=14_000, compresslevel=6))


async def file(request: Request) -> Response:
    """An upload or an example, shown on the page."""
    path = uploads.known(request.path_params["path_or_url"])
    if path is None or not path.is_file():
        raise Refusal(404, uploads.UNKNOWN)
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not kind.startswith("image/") or "svg" in kind:  # browsers could run it
        return FileResponse(path, media_type="application/octet-stream", filename=path.name)
    return FileResponse(path, media_type=kind, headers={"X-Content-Type-Options": "nosniff"})


async def progress(request: Request) -> Response:
    """The progress of an upload, which gradio's page asks for but does not need."""
    return PlainTextResponse('data: {"msg": "done"}\n\n', media_type="text/event-stream")
