"""How the page is sent: with a preview for whoever gets a link, and compressed."""

import re
import urllib.request

from PIL import Image


def test_a_preview_of_the_link_shows_this_page_and_its_picture_is_its_own(url):
    request = urllib.request.Request(f"{url}/", headers={"Host": 'a"b.example'})
    with urllib.request.urlopen(request) as answer:
        head = answer.read().decode().partition("<script>")[0]
    assert not re.search("gradio", head, re.IGNORECASE)
    for tag in ("og:title", "og:description", "og:url", "og:image"):
        assert head.count(f'"{tag}"') == 1
    assert "<title>fmnist" in head and 'name="description"' in head
    assert 'a"b' not in head
    for name in ("preview.png", "favicon.ico"):
        with urllib.request.urlopen(f"{url}/{name}") as answer:
            picture = Image.open(answer)
            assert answer.headers["content-type"] == "image/png"
            assert picture.size == ((1200, 630) if name == "preview.png" else (192, 192))


def test_the_page_comes_compressed_where_that_is_understood(url):
    def size(**headers):
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return len(answer.read())

    assert size(**{"Accept-Encoding": "gzip"}) < size() / 2
