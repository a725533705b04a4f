"""Take pictures of the page, wide and narrow, light and dark: python tests/screenshots.py FOLDER

The app must be running; --url says where.
"""

import argparse
from pathlib import Path

from browser import chromium, draw, open_page, upload

SHIRT = Path(__file__).parent.parent / "fmnist/ui/examples/fashion_mnist/pullover-on-a-sheet.jpg"
SIZES = {"wide": (1280, 900), "narrow": (375, 812)}
SEVEN = [(0.25, 0.25), (0.72, 0.25), (0.42, 0.8)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        page = open_page(browser, options.url, (1200, 630))  # fmnist/ui/preview.png
        draw(page, SEVEN)
        page.wait_for_timeout(1000)
        page.screenshot(path=options.folder / "preview.png")
        page.context.close()
        for theme in ("light", "dark"):
            for name, size in SIZES.items():
                page = open_page(browser, options.url, size, query=f"?__theme={theme}")

                def picture(what, page=page, start=f"{name}-{theme}", **kwargs):
                    page.screenshot(path=options.folder / f"{start}-{what}.png", **kwargs)

                picture("empty")
                draw(page, SEVEN)
                page.wait_for_timeout(1000)  # the answer to the last stroke, and the bars at rest
                picture("digit")
                page.get_by_role("tab", name="Compare").click()
                page.locator("#answers .verdict").first.wait_for()
                picture("compare", full_page=True)
                page.get_by_role("tab", name="Training").click()
                page.locator("#training img").last.wait_for()
                picture("training", full_page=True)
                page.get_by_role("tab", name="Classify").click()
                page.get_by_label("Clothing", exact=True).check()
                upload(page, SHIRT)
                picture("garment", full_page=True)
                page.context.close()


if __name__ == "__main__":
    main()
