"""The page's head: its title, the preview of links to it, and the first scripts.

gradio's template has tags of its own, and adds the page's by JavaScript: robots do not run that,
and it is too late for scripts. So we rewrite the head.
"""

import re
from pathlib import Path

from markupsafe import Markup
from starlette.responses import FileResponse
from starlette.routing import Route

from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.ui import words
from fmnist.ui.markup import render
from fmnist.ui.server import scripts

SHOWN = words.listed(dataset.shows.lower() for dataset in DATASETS.values())
TITLE = f"fmnist: {words.number(len(NETWORKS))} neural networks recognise {SHOWN}"
TO_SHOW = words.listed(
    (
        f"draw {dataset.subject}" if dataset.is_drawn else f"upload a photo of {dataset.subject}"
        for dataset in DATASETS.values()
    ),
    last="or",
)
DESCRIPTION = f"{words.capital(TO_SHOW)}, and watch {words.networks()}, recognise it."
GRADIOS = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>')
MANIFEST = re.compile(rb'<link rel="manifest"[^>]*>')  # only for pages that can be installed


def previewed(page: bytes, address: str) -> bytes:
    """The page's HTML with the tags for this address."""
    head, script, rest = page.partition(b"<script>")  # the page's content follows
    return GRADIOS.sub(b"", head) + tags(address).encode() + script + MANIFEST.sub(b"", rest, 1)


def tags(address: str) -> Markup:
    """The tags to add to the head: title, preview and scripts."""
    return render(
        "server/head.jinja",
        title=TITLE,
        description=DESCRIPTION,
        address=address,
        scripts=scripts.FIRST,
    )


def _file(path: str, name: str) -> Route:
    return Route(path, lambda request: FileResponse(Path(__file__).with_name(name)))


ROUTES = [_file("/favicon.ico", "icon.png"), _file("/preview.png", "preview.png")]
