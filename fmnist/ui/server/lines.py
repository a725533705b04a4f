"""Fair queues: a few requests run at a time, and clients, not requests, take turns."""

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Iterator


class Full(Exception):
    """No place is left, for anybody or for this client."""


class Line:
    """Lets `most` run at a time. Clients that ask much wait behind those that ask little."""

    def __init__(self, most: int) -> None:
        self.free = most
        self.waiting: OrderedDict[str, deque[asyncio.Future]] = OrderedDict()  # next turn first

    @contextlib.asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for this client's turn, and hold it."""
        if self.free:
            self.free -= 1
        else:
            await self._called(client)
        try:
            yield
        finally:
            self._next()

    async def _called(self, client: str) -> None:
        call = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(client, deque()).append(call)
        try:
            await call
        except asyncio.CancelledError:
            if not call.cancelled():  # called and cancelled at the same time
                self._next()
            raise

    def _next(self) -> None:
        while self.waiting:
            client, calls = self.waiting.popitem(last=False)
            while calls and calls[0].done():  # it has given up
                calls.popleft()
            if calls:
                calls.popleft().set_result(None)
                if calls:
                    self.waiting[client] = calls  # at the end: other clients come first
                return
        self.free += 1


class Places:
    """At most `most` of something at a time, and at most `each` for one client."""

    def __init__(self, most: int, each: int) -> None:
        self.most, self.each = most, each
        self.taken: Counter[str] = Counter()

    @contextlib.contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Occupy a place. Raises Full."""
        if self.taken.total() >= self.most or self.taken[client] >= self.each:
            raise Full
        with counted(self.taken, client):
            yield


@contextlib.contextmanager
def counted(counter: Counter[str], key: str, by: int = 1) -> Iterator[None]:
    """Raise the count by `by` for a while."""
    counter[key] += by
    try:
        yield
    finally:
        less(counter, key, by)


def less(counter: Counter[str], key: str, by: int) -> None:
    """Lower the count; drop the key at 0, since there is no end of new clients."""
    counter[key] -= by
    if not counter[key]:
        counter.pop(key, None)
