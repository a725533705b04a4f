"""The page's scripts, as JavaScript modules that import each other by relative addresses.

Their address holds a hash of all of them, so that each may be kept for ever. Only the files that
were there when the app started are served.
"""

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fmnist.ui.server.requests import NOTHING, Refusal

UI = Path(__file__).parent.parent
FILES = {path.relative_to(UI).as_posix(): path.read_bytes() for path in sorted(UI.rglob("*.js"))}
HASH = hashlib.sha256(repr(FILES).encode()).hexdigest()[:16]
FOLDER = f"scripts/{HASH}"  # below the page's address, whatever that is
TABS = "compare/", "several/", "training/"  # their scripts are asked for when they are opened
FIRST = [f"{FOLDER}/{name}" for name in FILES if not name.startswith(TABS)]


def calling(file: Path, *arguments: str) -> str:
    """JavaScript that calls the function which a script exports as its default.

    arguments: the names of what it takes, as an object
    """
    address = f"{FOLDER}/{file.relative_to(UI).as_posix()}"
    given = f"{{ {', '.join(arguments)} }}" if arguments else ""
    return (
        f'import(new URL("{address}", document.baseURI)).then((module) => module.default({given}))'
    )


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    """The script of a path, as an ASGI app."""
    content = FILES.get(scope["path_params"]["path"])
    if content is None:
        raise Refusal(*NOTHING)
    await Response(content, media_type="text/javascript")(scope, receive, send)
