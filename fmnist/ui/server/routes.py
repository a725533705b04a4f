"""The requests that are answered, and nothing else is: read off gradio's routes, version 6.31.

Those of gradio's that the page and the API need are listed here, each within its limits; uploads
are our own, as gradio's take a thousand files at once and open what they are told to. For all else
there is no route. A test walks gradio's own and fails at one that is neither here nor in its list
of those left out, so that a new version opens nothing unseen.
"""

import mimetypes

from gradio.blocks import Blocks
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from fmnist.ui.server import preview, receiving, requests, uploads
from fmnist.ui.server.cache import NAMED_BY_CONTENT, Made
from fmnist.ui.server.limits import Asked, Streamed
from fmnist.ui.server.lines import Places
from fmnist.ui.server.requests import Refusal
from fmnist.ui.server.sessions import Sessions

API = "/gradio_api"


def routes(gradio: ASGIApp, page: Blocks, sessions: Sessions) -> list[Route]:
    """All that there are. Places are how many of one kind there may be at a time, and by a client:

    behind a school's one address there may be a class.
    """
    asking, streaming = Places(200, 150), Places(300, 150)
    streamed = Streamed(gradio, sessions, streaming)
    return [
        # What the page asks for. It calls functions by number, those of no queue at "run/predict".
        _post("/run/{api_name}", Asked(gradio, page, asking, requests.run)),
        _post("/queue/join", Asked(gradio, page, asking, requests.join, sessions)),
        _post("/cancel", Asked(gradio, page, asking, requests.cancel)),
        Route(f"{API}/queue/data", streamed),
        Route(f"{API}/upload", receiving.upload, methods=["POST"]),
        Route(f"{API}/upload_progress", progress),
        Route(f"{API}/file={{path:path}}", file),
        Route(f"{API}/app_id", gradio),  # whether the server is still the same one
        # What the API needs besides, as Python's and JavaScript's clients use it, and curl.
        _post("/call/{api_name}", Asked(gradio, page, asking, requests.call, sessions)),
        Route(f"{API}/call/{{api_name}}/{{event_id}}", streamed),
        Route(f"{API}/info", Made(gradio, with_address=True)),
        # The page itself.
        Route("/", Made(gradio, with_address=True, change=preview.previewed)),
        Route("/config", Made(gradio, with_address=True)),
        Route("/theme.css", Made(gradio)),
        Route("/assets/{path:path}", Made(gradio, NAMED_BY_CONTENT)),
        Route("/static/{path:path}", Made(gradio)),  # fonts, and a script for pages in frames
        Route("/robots.txt", Made(gradio)),
        *preview.ROUTES,
    ]


def _post(path: str, app: ASGIApp) -> Route:
    return Route(API + path, app, methods=["POST"])


async def file(request: Request) -> Response:
    """An upload or an example, for the page to show."""
    path = uploads.known(request.path_params["path"])
    if path is None or not path.is_file():
        raise Refusal(404, uploads.UNKNOWN)
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not kind.startswith("image/") or "svg" in kind:  # nothing that a browser would run
        return FileResponse(path, media_type="application/octet-stream", filename=path.name)
    return FileResponse(path, media_type=kind, headers={"X-Content-Type-Options": "nosniff"})


async def progress(request: Request) -> Response:
    """What gradio's page asks for while it uploads: how far it is. It knows when it is done."""
    return PlainTextResponse('data: {"msg": "done"}\n\n', media_type="text/event-stream")
