"""Limit the number of connections, and how long one may keep the server waiting.

uvicorn waits forever for a request to begin, and for a client to read its response.
"""

import asyncio
import json
from collections import OrderedDict
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from fmnist.ui.server.limits import BUSY, RETRY_SECONDS

REQUEST_SECONDS = 10  # until a request is complete; after a response, uvicorn closes sooner
UNREAD_SECONDS = 30  # until a client reads more of its response
SENTENCE = json.dumps({"detail": BUSY[1], "error": BUSY[1]}).encode()
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Retry-After: %d\r\nContent-Length: %d\r\n\r\n%b" % (RETRY_SECONDS, len(SENTENCE), SENTENCE)
)


class Connection(H11Protocol):
    """One that closes if it keeps the server waiting, sooner if a new one needs its place."""

    most = 1_000  # at a time; `serving` keeps it below what the system allows
    # Those that keep the server waiting: for a request, for the rest of one, or to read a response.
    # The one that has been silent longest is first.
    waiting: ClassVar[OrderedDict["Connection", None]] = OrderedDict()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.until_request: asyncio.TimerHandle | None = None
        self.until_read: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= self.most and self.waiting:
            oldest, _ = self.waiting.popitem(last=False)
            oldest.connections.discard(oldest)
            oldest.transport.abort()
        if len(self.connections) >= self.most:
            self.transport = transport
            transport.write(REFUSAL)
            transport.close()
            return
        super().connection_made(transport)
        self._note()

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        for timer in (self.until_request, self.until_read):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._note()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._note()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.until_read = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)
        self._note()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.until_read:
            self.until_read.cancel()
        self._note()

    def _should_upgrade(self) -> bool:
        return False  # we support no other protocol, and uvicorn would log each attempt

    def _note(self) -> None:
        """Note whether the server is waiting for the client, and since when."""
        if self.transport.is_closing():
            return
        idle = self.cycle is None or self.cycle.response_complete
        if idle and not self.until_request:
            self.until_request = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)
        elif not idle and self.until_request:
            self.until_request.cancel()
            self.until_request = None
        if idle or self.cycle.more_body or self.flow.write_paused:
            self.waiting[self] = None
            self.waiting.move_to_end(self)
        else:
            self.waiting.pop(self, None)
