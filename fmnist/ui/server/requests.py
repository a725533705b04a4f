"""What a request may be: its body, the names in it, and who sends it. All else is refused.

gradio's own models take any text for a name and any number for a function, and its routes then
stumble. So only what its clients send is passed on, each value checked.
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

MAX_BODY = 200_000  # bytes of a request that is no upload; a drawing has 10,000
MAX_VALUES = 20  # in "data"; no function takes half as many
# Of a session or an event; those of gradio's clients have 10 to 36 letters.
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
UNQUEUED = "unqueued"  # the one session of all that call functions without a queue
API_PAGE = "“Use via API” at the foot of the page"


class Refusal(Exception):
    """Why a request is not answered: its status, and a sentence for who sent it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


UNCLEAR = 400, f"This request cannot be answered: see {API_PAGE}."
NOTHING = 404, f"There is nothing at this address: see {API_PAGE}."


def client_of(request: Any) -> str:
    """The address that a request is from, "" if it is unknown; of gradio's or starlette's request.

    Behind a proxy that uvicorn is told to trust ($FORWARDED_ALLOW_IPS), the one that it names. Of
    IPv6 the network of 64 bits, within which a household chooses its own addresses (RFC 4291).
    """
    host = request.client.host if request.client else ""
    return _network(host) if ":" in host else host


@functools.lru_cache(1000)
def _network(host: str) -> str:
    try:
        return str(ipaddress.ip_network((host.partition("%")[0], 64), strict=False))
    except ValueError:  # a proxy may name anything
        return host


def name(value: object) -> str:
    """The name of a session or an event, as gradio's clients make them. Raises Refusal."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Refusal(*UNCLEAR)
    return value


def run(body: bytes, api_name: str, page: Blocks) -> dict[str, Any]:
    """What a client sends to call a function that does not wait in gradio's queue, checked.

    api_name: in the request's path, unless "fn_index" names the function by its number, as the page
    does. Raises Refusal.
    """
    asked = _object(body)
    number = asked.get("fn_index")
    function = _function(page, _number_of(api_name, page) if number is None else number)
    if function.queue:
        raise Refusal(*UNCLEAR)
    # Such functions choose nothing that a session would have to remember.
    return _checked(asked, function, page) | {"session_hash": UNQUEUED}


def join(body: bytes, api_name: None, page: Blocks) -> dict[str, Any]:
    """The same for a function that waits in the queue; it is named by its number."""
    asked = _object(body)
    function = _function(page, asked.get("fn_index"))
    if not function.queue:
        raise Refusal(*UNCLEAR)
    return _checked(asked, function, page) | {"session_hash": name(asked.get("session_hash"))}


def call(body: bytes, api_name: str, page: Blocks) -> dict[str, Any]:
    """The same for a function of the API, which is named by the request's path."""
    asked = _object(body)
    function = _function(page, _number_of(api_name, page))
    if not function.queue or function.api_visibility == "private":
        raise Refusal(*UNCLEAR)
    return {"session_hash": secrets.token_hex(16)} | _checked(asked, function, page)


def _function(page: Blocks, number: object) -> BlockFunction:
    """The page's function of this number, if it is one of Python. Raises Refusal."""
    function = page.fns[_number(number, page.fns)]
    if function.fn is None:
        raise Refusal(*UNCLEAR)
    return function


def _number_of(api_name: str, page: Blocks) -> int | None:
    return next((i for i, each in page.fns.items() if each.api_name == api_name), None)


def _checked(asked: dict[str, Any], function: BlockFunction, page: Blocks) -> dict[str, Any]:
    """What is passed on of a call. Raises Refusal."""
    data = asked.get("data")
    if not isinstance(data, list) or len(data) > MAX_VALUES:
        raise Refusal(*UNCLEAR)
    checked = {"data": data, "fn_index": function._id}
    if (session := asked.get("session_hash")) is not None:
        checked["session_hash"] = name(session)
    if (trigger := asked.get("trigger_id")) is not None:
        checked["trigger_id"] = _number(trigger, page.blocks)
    if (event := asked.get("event_data")) is not None:
        checked["event_data"] = event
    return checked


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
