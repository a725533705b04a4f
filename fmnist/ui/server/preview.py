"""The page's head: what a link's preview and a browser's tab show, and the first scripts.

gradio's template has its own in the HTML's head, and adds the page's only by JavaScript, which
robots do not run, and too late for the scripts. So the head is changed.
"""

import html
import re
from pathlib import Path

from starlette.responses import FileResponse
from starlette.routing import Route

from fmnist.data.datasets import DATASETS
from fmnist.networks.definitions import NETWORKS
from fmnist.ui import words
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
# When the page is left, gradio would abort what it waits for, and report that as an error. Of
# the listeners of a window, the first that was added hears of an event first.
LEAVE = """<script>
addEventListener("beforeunload", (event) => event.stopImmediatePropagation());
</script>"""
MANIFEST = re.compile(rb'<link rel="manifest"[^>]*>')  # of a page to install, which this is not


def previewed(page: bytes, address: str) -> bytes:
    """The page as HTML, with the tags for the page at this address."""
    head, script, rest = page.partition(b"<script>")  # what follows is what the page shows
    ours = (tags(address) + LEAVE + scripts.TAGS).encode()
    return GRADIOS.sub(b"", head) + ours + script + MANIFEST.sub(b"", rest, 1)


def tags(address: str) -> str:
    """Title and description for search engines, and for previews by https://ogp.me."""
    address = html.escape(address)
    properties = {
        "type": "website",
        "url": address,
        "title": TITLE,
        "description": DESCRIPTION,
        "image": f"{address}/preview.png",
        "image:width": "1200",
        "image:height": "630",
        "image:alt": "A drawn digit, what the network sees of it, and the ten probabilities",
    }
    return (
        f'<title>{TITLE}</title><meta name="description" content="{DESCRIPTION}">'
        '<link rel="icon" href="./favicon.ico">'  # below the page's address, whatever that is
        '<meta name="twitter:card" content="summary_large_image">'
        + "".join(f'<meta property="og:{key}" content="{it}">' for key, it in properties.items())
    )


def _file(path: str, name: str) -> Route:
    return Route(path, lambda request: FileResponse(Path(__file__).with_name(name)))


ROUTES = [_file("/favicon.ico", "icon.png"), _file("/preview.png", "preview.png")]
