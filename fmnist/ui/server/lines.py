"""Who comes next: a few work at a time, and those who wait take turns by client, not by request."""

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Iterator


class Full(Exception):
    """There is no place left, for anybody or for this client."""


class Line:
    """Lets `most` work at a time. Whoever asks much waits behind those who ask little."""

    def __init__(self, most: int) -> None:
        self.free = most
        self.waiting: OrderedDict[str, deque[asyncio.Future]] = OrderedDict()  # whose turn is first

    @contextlib.asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Work when it is this client's turn."""
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
            if not call.cancelled():  # called and cancelled at the same moment
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
                    self.waiting[client] = calls  # at the end: the others' turns come first
                return
        self.free += 1


class Places:
    """At most `most` of something at a time, and at most `each` by one client."""

    def __init__(self, most: int, each: int) -> None:
        self.most, self.each = most, each
        self.taken: Counter[str] = Counter()

    @contextlib.contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Take one meanwhile. Raises Full."""
        if self.taken.total() >= self.most or self.taken[client] >= self.each:
            raise Full
        with counted(self.taken, client):
            yield


@contextlib.contextmanager
def counted(counter: Counter[str], key: str, by: int = 1) -> Iterator[None]:
    """Count so many meanwhile."""
    counter[key] += by
    try:
        yield
    finally:
        less(counter, key, by)


def less(counter: Counter[str], key: str, by: int) -> None:
    """Count so many fewer; what is at 0 is forgotten, as there are ever new clients."""
    counter[key] -= by
    if not counter[key]:
        counter.pop(key, None)
