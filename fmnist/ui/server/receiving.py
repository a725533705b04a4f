"""Receive uploads: one file per request, within time limits, counting the bytes that arrive."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from fmnist.ui.server import uploads
from fmnist.ui.server.limits import BUSY, length_of
from fmnist.ui.server.lines import Full, Places
from fmnist.ui.server.requests import API_PAGE, Refusal, client_of

STALL_SECONDS = 10  # until more of it arrives
SECONDS = 120  # for all of it: 30 MB from a phone at 2 Mbit/s
MULTIPART = 10_000  # bytes that the encoding adds to a file
PLACES = Places(100, 50)  # at a time, and for one client
FULL = 503, f"There is no room for uploads right now: try again in {uploads.AT_LEAST} seconds."
SLOW = 408, f"This upload stopped midway, or took over {SECONDS} seconds: send a smaller picture."
ONE_FILE = 400, f"This is not one file as multipart/form-data: see {API_PAGE}."


async def upload(request: Request) -> Response:
    """Receive one file; responds with a list of its path, like gradio. Raises Refusal."""
    length_of(request, uploads.MAX_BYTES + MULTIPART)
    client = client_of(request)
    try:
        with PLACES.place(client):
            return JSONResponse([await _received(request, client)])
    except Full:
        raise Refusal(*BUSY) from None
    except TimeoutError:
        raise Refusal(*SLOW) from None
    except (uploads.NoRoom, OSError):  # no room for this client, or on the disk
        raise Refusal(*FULL) from None
    except (FormParserError, ClientDisconnect):
        raise Refusal(*ONE_FILE) from None


async def _received(request: Request, client: str) -> str:
    """The file's path. Raises NoRoom, OSError, TimeoutError, FormParserError or Refusal."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise Refusal(*ONE_FILE)
    now = asyncio.get_running_loop().time
    end = now() + SECONDS
    with contextlib.ExitStack() as stack:
        file = OneFile(lambda name: stack.enter_context(uploads.STORE.arriving(client, name)))
        parser = MultipartParser(options[b"boundary"], file.callbacks())  # type: ignore[arg-type]
        async with asyncio.timeout(STALL_SECONDS) as stall:
            async for chunk in request.stream():
                parser.write(chunk)
                stall.reschedule(min(now() + STALL_SECONDS, end))
        return str(file.whole().path)


logging.getLogger("python_multipart").setLevel(logging.ERROR)  # do not log what we refuse


class OneFile:
    """The only part that a body may have, a file (RFC 7578), written as it arrives.

    start: opens a file, given its name
    """

    def __init__(self, start: Callable[[str], uploads.Arrival]) -> None:
        self.start = start
        self.header, self.value = b"", b""  # of the part, as far as they have arrived
        self.disposition = b""
        self.arrival: uploads.Arrival | None = None
        self.ended = False

    def callbacks(self) -> dict[str, Callable]:
        """The callbacks of a MultipartParser."""
        names = "header_field", "header_value", "header_end", "headers_finished", "part_data", "end"
        return {f"on_{name}": getattr(self, name) for name in names}

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self.header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def header_end(self) -> None:
        if self.header.lower() == b"content-disposition":
            self.disposition = self.value
        self.header, self.value = b"", b""

    def headers_finished(self) -> None:
        _, options = parse_options_header(self.disposition)
        if self.arrival or b"filename" not in options:
            raise Refusal(*ONE_FILE)
        self.arrival = self.start(options[b"filename"].decode(errors="replace"))

    def part_data(self, data: bytes, start: int, end: int) -> None:
        assert self.arrival  # headers come first
        self.arrival.write(data[start:end])

    def end(self) -> None:
        self.ended = True

    def whole(self) -> uploads.Arrival:
        """The file, if it is complete. Raises Refusal."""
        if not self.arrival or not self.ended:
            raise Refusal(*ONE_FILE)
        return self.arrival
