"""Serve the page's scripts: JavaScript modules that import each other by relative addresses.

The address contains a hash of all of them, so browsers may cache each forever. Only files that
existed when the app started are served.
"""

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fmnist.ui.events import telling
from fmnist.ui.server.requests import NOTHING, Refusal

UI = Path(__file__).parent.parent
FILES = {path.relative_to(UI).as_posix(): path.read_bytes() for path in sorted(UI.rglob("*.js"))}
HASH = hashlib.sha256(repr(FILES).encode()).hexdigest()[:16]
FOLDER = f"scripts/{HASH}"  # relative to the page's address
LATER = (  # these scripts load when a tab or a <details> is opened
    "compare/",
    "several/",
    "training/",
    "learn/",
    "csv.js",
    "inside/",
    "changes/changes.js",
)
FIRST = [f"{FOLDER}/{name}" for name in FILES if not name.startswith(LATER)]


def calling(file: Path, *arguments: str) -> str:
    """JavaScript that calls a script's default export, or tells "unloaded" if it cannot be loaded.

    arguments: what to pass to it, in one object: names of variables, or `name: value`
    """
    address = f"{FOLDER}/{file.relative_to(UI).as_posix()}"
    given = f"{{ {', '.join(arguments)} }}" if arguments else ""
    return (
        f'import(new URL("{address}", document.baseURI)).then((module) => module.default({given}), '
        f"{telling('unloaded')})"
    )


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve the script at a path, as an ASGI app."""
    content = FILES.get(scope["path_params"]["path"])
    if content is None:
        raise Refusal(*NOTHING)
    await Response(content, media_type="text/javascript")(scope, receive, send)
