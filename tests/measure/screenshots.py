"""Take pictures of the page at four widths, light and dark, into a folder:
python tests/measure/screenshots.py FOLDER

Also preview.png, for fmnist/ui/server/, and drawing.gif, for docs/: a digit that is recognised
while it is drawn. The app must be running; --url says where.
"""

import argparse
import io
import itertools
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

import numpy as np
from PIL import Image

from helpers import EXAMPLES
from helpers.browser import chromium, draw, open_page, upload

SHIRT = EXAMPLES / "fashion_mnist" / "pullover-on-a-sheet.jpg"
SIZES = {1280: 900, 768: 1024, 375: 812, 320: 640}
SEVEN = [(0.25, 0.25), (0.72, 0.25), (0.42, 0.8)]
BAR = [(0.36, 0.52), (0.72, 0.5)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        page = open_page(browser, options.url, (1200, 630))  # fmnist/ui/server/preview.png
        draw(page, SEVEN)
        page.wait_for_timeout(1000)
        page.screenshot(path=options.folder / "preview.png")
        page.context.close()
        animate(browser, options.url, options.folder / "drawing.gif")
        for theme in ("light", "dark"):
            for size in SIZES.items():
                page = open_page(browser, options.url, size, query=f"?__theme={theme}")

                def picture(what, page=page, start=f"{size[0]}-{theme}", **kwargs):
                    page.screenshot(path=options.folder / f"{start}-{what}.png", **kwargs)

                picture("empty")
                draw(page, SEVEN)
                page.wait_for_timeout(1000)  # the answer to the last stroke, and the bars at rest
                picture("digit")
                page.get_by_role("tab", name="Compare").click()
                page.locator("#answers .verdict").first.wait_for()
                page.locator("#confusions td").first.wait_for()
                picture("compare", full_page=True)
                page.get_by_role("tab", name="Many pictures").click()
                picture("several", full_page=True)
                page.get_by_role("tab", name="Training").click()
                page.locator("#learning svg").first.wait_for()
                picture("training", full_page=True)
                page.get_by_role("tab", name="Classify").click()
                for more in ("What would change the answer?", "Look inside"):
                    page.get_by_role("heading", name=more).click()
                page.wait_for_timeout(3000)
                picture("open", full_page=True)
                page.get_by_label("Clothing", exact=True).check()
                upload(page, SHIRT)
                page.locator("#inside .why").wait_for()
                page.wait_for_timeout(500)  # its last canvas
                picture("garment", full_page=True)
                page.context.close()


def animate(browser, url, path):
    """A seven that gets its bar: what the page shows after each piece of the strokes."""
    page = open_page(browser, url, (1100, 700))
    box = page.locator("#sketch canvas").bounding_box()
    frames = []

    def shoot():
        page.wait_for_timeout(250)  # the answer, and the bars at rest
        frame = Image.open(io.BytesIO(page.screenshot()))
        frames.append(frame.quantize(64))

    shoot()
    for stroke in (SEVEN, BAR):
        for number, (start, end) in enumerate(itertools.pairwise([stroke[0], *stroke])):
            for share in np.linspace(0, 1, 5)[1:] if number else [1]:
                x, y = np.array(start) * (1 - share) + np.array(end) * share
                page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
                if not number:
                    page.mouse.down()
                shoot()
        page.mouse.up()
    durations = [250] * (len(frames) - 1) + [2500]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0)
    page.context.close()


if __name__ == "__main__":
    main()
