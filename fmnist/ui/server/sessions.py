"""Limit what gradio keeps for its clients: waiting events, and results that nobody fetches."""

import asyncio
import contextlib
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from gradio.queueing import Queue
from gradio.state_holder import SessionState, StateHolder
from gradio.utils import LRUCache

from fmnist.ui.server.lines import Full, counted
from fmnist.ui.server.requests import client_of

MOST = 1_000  # sessions whose state gradio keeps, the most recently used
EVENTS = 100  # waiting or running
EVENTS_EACH = 60  # for one client: a school's single address may serve a whole class
UNREAD = 300  # events in all whose results nobody has fetched yet; some have 100 KB
UNREAD_EACH = 30  # for one session
UNREAD_SECONDS = 30  # until a result that nobody fetches is dropped


class State(SessionState):
    """What gradio keeps of a session, without its copy of the whole page.

    The copy serves links that are off here, and takes 7 ms and 100 KB per session.
    """

    def __init__(self, blocks: Any) -> None:
        nothing: Any = SimpleNamespace(default_config=blocks.default_config, blocks=())
        super().__init__(nothing)  # copies what is in `blocks`


class States(StateHolder):
    """gradio's, holding such states."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = State(self.blocks)
        return super().__getitem__(session_id)


class Messages(LRUCache):
    """gradio's messages for each session. With two streams open, it deletes them twice."""

    def __delitem__(self, session: str) -> None:
        with contextlib.suppress(KeyError):
            super().__delitem__(session)


class Sessions:
    """The sessions with events, in the order in which they last asked for one."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        queue.pending_messages_per_session = Messages(2 * MOST)
        self.asked: OrderedDict[str, tuple[str, float]] = OrderedDict()  # by whom, and when
        self.coming: Counter[str] = Counter()  # by client, events that gradio does not know yet
        self.coming_to: Counter[str] = Counter()  # the same by session
        self.states: OrderedDict[str, str] = OrderedDict()  # their clients; most recently used last
        self.read: Counter[str] = Counter()  # how many streams fetch their results
        self.over: OrderedDict[str, None] = OrderedDict()  # those that recently ran out of results
        self.news: dict[str, list[asyncio.Event]] = {}  # wakes waiting streams, by session

    @contextlib.contextmanager
    def asking(self, session: str, client: str) -> Iterator[None]:
        """Wraps a session's request for an event. Raises Full if it cannot have another."""
        working = [client_of(each.request) for each in self.queue.event_ids_to_events.values()]
        events, of_client = len(working), working.count(client)
        unread = sum(map(len, self.queue.pending_event_ids_session.values()))
        if (
            events + self.coming.total() >= EVENTS
            or of_client + self.coming[client] >= EVENTS_EACH
            or len(self._of(session)) + self.coming_to[session] >= UNREAD_EACH
        ):
            raise Full
        self.forget()
        if unread + self.coming.total() >= UNREAD:
            self._forget_one()
        self._remember(session, client)
        self.asked[session] = client, time.monotonic()
        self.asked.move_to_end(session)
        try:
            with counted(self.coming, client), counted(self.coming_to, session):
                yield
        finally:
            for news in self.news.get(session, []):
                news.set()

    def _remember(self, session: str, client: str) -> None:
        """Keep a session's state; if there are too many, the client with the most loses one."""
        self.states[session] = client
        self.states.move_to_end(session)
        if len(self.states) > MOST:
            ((greediest, _),) = Counter(self.states.values()).most_common(1)
            oldest = next(each for each, owner in self.states.items() if owner == greediest)
            del self.states[oldest]
            holder = self.queue.blocks.state_holder
            holder.session_data.pop(oldest, None)
            holder.time_last_used.pop(oldest, None)

    @contextlib.contextmanager
    def reading(self, session: str) -> Iterator[None]:
        """Wraps the fetching of its results, and then forgets those fetched."""
        try:
            with counted(self.read, session):
                yield
        finally:
            if session not in self.read and not self._of(session):
                self._drop(session)
                self.over[session] = None
                if len(self.over) > MOST:
                    self.over.popitem(last=False)

    def known(self, session: str) -> bool:
        """Whether this session has results to fetch, or had some recently."""
        return session in self.over or session in self.read or bool(self._of(session))

    async def has_more(self, session: str, seconds: float) -> bool:
        """Whether there are results to fetch, waiting up to `seconds` for the session to ask."""
        if not self._of(session):
            news = asyncio.Event()
            waiting = self.news.setdefault(session, [])
            waiting.append(news)
            try:
                async with asyncio.timeout(seconds):
                    await news.wait()
            except TimeoutError:
                pass
            finally:
                waiting.remove(news)
                if not waiting:
                    del self.news[session]
        return bool(self._of(session))

    def session_of(self, event: str) -> str | None:
        """The session that asked for an event, None if the event is unknown."""
        pending = self.queue.pending_event_ids_session.items()
        return next((session for session, events in pending if event in events), None)

    def forget(self) -> None:
        """Drop results that nobody fetched in time."""
        late = time.monotonic() - UNREAD_SECONDS
        for session, (_, asked) in list(self.asked.items()):
            if asked > late:
                return
            if self._idle(session):
                self._drop(session)
            else:
                self.asked.move_to_end(session)
                self.asked[session] = self.asked[session][0], time.monotonic()

    def _forget_one(self) -> None:
        """Drop the oldest results of the client with the most. Raises Full if there are none."""
        idle = [session for session in self.asked if self._idle(session)]
        count = Counter(self.asked[session][0] for session in idle)
        if not count:
            raise Full
        ((client, _),) = count.most_common(1)
        self._drop(next(session for session in idle if self.asked[session][0] == client))

    def _of(self, session: str) -> set[str]:
        return self.queue.pending_event_ids_session.get(session, set())

    def _idle(self, session: str) -> bool:
        """Whether nobody is fetching its results and none are pending."""
        if self.read[session] or self.coming_to[session]:
            return False
        return not self._of(session) & self.queue.event_ids_to_events.keys()

    def _drop(self, session: str) -> None:
        self.asked.pop(session, None)
        self.queue.pending_event_ids_session.pop(session, None)
        self.queue.pending_messages_per_session.pop(session, None)
