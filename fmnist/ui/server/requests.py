"""Check requests: the body, the names in it, and the client. Everything else is refused.

gradio's models accept any text as a name and any number as a function, and its routes then fail. So
we pass on only what its clients send, and check each value.
"""

import functools
import ipaddress
import re
import secrets
from collections.abc import Container
from typing import Any

import orjson
from gradio.block_function import BlockFunction
from gradio.blocks import Blocks

MAX_BODY = 200_000  # bytes of a request other than an upload; a drawing has 10,000
MAX_VALUES = 20  # in "data"; no function takes even half as many
MAX_VALUE = 5_000  # bytes of one that is no text; what the page sends of a photo has 3,200
# Of a session or an event; gradio's clients use 10 to 36 characters.
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
UNQUEUED = "unqueued"  # the session that all calls without a queue share
API_PAGE = "“Use via API” at the foot of the page"


class Refusal(Exception):
    """Why a request is refused: its status, and a sentence for the client."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


UNCLEAR = 400, f"This request cannot be answered: see {API_PAGE}."
NOTHING = 404, f"There is nothing at this address: see {API_PAGE}."


def client_of(request: Any) -> str:
    """The address from which gradio's or starlette's request came, "" if unknown.

    Behind a proxy that uvicorn trusts ($FORWARDED_ALLOW_IPS), the address that the proxy names. For
    IPv6, the network of 64 bits, within which a household chooses its own addresses (RFC 4291).
    """
    host = request.client.host if request.client else ""
    return _network(host) if ":" in host else host


@functools.lru_cache(1000)
def _network(host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:  # a proxy may name anything as the client
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def name(value: object) -> str:
    """The name of a session or an event, as gradio's clients form them. Raises Refusal."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Refusal(*UNCLEAR)
    return value


def run(body: bytes, api_name: str, page: Blocks) -> dict[str, Any]:
    """Check a call of a function that does not wait in gradio's queue. Raises Refusal.

    api_name: from the request's path; ignored if "fn_index" gives the function's number, as the
        page's requests do
    """
    asked = _object(body)
    number = asked.get("fn_index")
    function = _function(page, _number_of(api_name, page) if number is None else number)
    if function.queue:
        raise Refusal(*UNCLEAR)
    # No function reads what gradio remembers of a session.
    return _checked(asked, function, page) | {"session_hash": UNQUEUED}


def join(body: bytes, api_name: None, page: Blocks) -> dict[str, Any]:
    """Likewise for a function that waits in the queue, given by its number."""
    asked = _object(body)
    function = _function(page, asked.get("fn_index"))
    if not function.queue:
        raise Refusal(*UNCLEAR)
    return _checked(asked, function, page) | {"session_hash": name(asked.get("session_hash"))}


def call(body: bytes, api_name: str, page: Blocks) -> dict[str, Any]:
    """Likewise for a function of the API, given by the request's path."""
    asked = _object(body)
    function = _function(page, _number_of(api_name, page))
    if not function.queue or function.api_visibility == "private":
        raise Refusal(*UNCLEAR)
    return {"session_hash": secrets.token_hex(16)} | _checked(asked, function, page)


def answers_drawings(function: BlockFunction) -> bool:
    """Whether it is the function that answers while one draws."""
    return function.api_name == "drawn"


def _function(page: Blocks, number: object) -> BlockFunction:
    """The page's function with this number, if it is in Python. Raises Refusal."""
    function = page.fns[_number(number, page.fns)]
    if function.fn is None:
        raise Refusal(*UNCLEAR)
    return function


def _number_of(api_name: str, page: Blocks) -> int | None:
    return next((i for i, each in page.fns.items() if each.api_name == api_name), None)


def _checked(asked: dict[str, Any], function: BlockFunction, page: Blocks) -> dict[str, Any]:
    """The part of a call that is passed on. Raises Refusal."""
    data = asked.get("data")
    if not isinstance(data, list) or len(data) > MAX_VALUES or not all(map(_is_plain, data)):
        raise Refusal(*UNCLEAR)
    checked = {"data": data, "fn_index": function._id}
    if (session := asked.get("session_hash")) is not None:
        checked["session_hash"] = name(session)
    if (trigger := asked.get("trigger_id")) is not None:
        checked["trigger_id"] = _number(trigger, page.blocks)
    if (event := asked.get("event_data")) is not None and function.collects_event_data:
        if not _is_plain(event):
            raise Refusal(*UNCLEAR)
        checked["event_data"] = event
    return checked


def _is_plain(value: object) -> bool:
    """Whether it is a text, or else short: gradio takes its time for lists of lists."""
    return isinstance(value, str) or len(orjson.dumps(value)) <= MAX_VALUE


def _object(body: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal(*UNCLEAR) from None
    if not isinstance(asked, dict):
        raise Refusal(*UNCLEAR)
    return asked


def _number(value: object, known: Container[int]) -> int:
    if type(value) is not int or value not in known:
        raise Refusal(*UNCLEAR)
    return value
