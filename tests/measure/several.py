"""How long many pictures take: python tests/measure/several.py FOLDER

The first 20 photos of clothing in the folder, each enlarged to 12 megapixels with a camera's noise,
are answered in the tab “Many pictures” of headless Chromium, on a phone's line and on one without
limits. Beside it, in the same browser: how long it takes to upload the same photos, already made
small by the browser, one after another. The app must be running, and --url says where.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from fmnist.pictures.opening import WORKING_SIZE
from fmnist.ui.server.scripts import FOLDER
from fmnist.ui.several import MOST
from helpers.browser import chromium, open_page

SIZE = 3000, 4000
NOISE = 4  # standard deviation, of 255
LINES = {
    "3 Mbit/s up, 75 ms": {
        "offline": False,
        "latency": 75,
        "uploadThroughput": 3e6 / 8,
        "downloadThroughput": 10e6 / 8,
    },
    "no limits": {"offline": False, "latency": 0, "uploadThroughput": -1, "downloadThroughput": -1},
}
INPUT = "<input type=file id=measured multiple>"
# Milliseconds from the choice of the files until all are answered.
ANSWERED = """() => {
    const [input, state] = document.querySelectorAll("#pictures input, #pictures [role=status]");
    window.took = new Promise((resolve) => input.addEventListener("change", () => {
        const start = performance.now();
        new MutationObserver(() => / answered/.test(state.textContent)
            && resolve(performance.now() - start)).observe(state, { childList: true });
    }, { once: true }));
}"""
# The files made small, in `window`, and their bytes.
MADE_SMALL = """async ([scripts, longest]) => {
    const { small } = await import(new URL(`${scripts}/panel/small.js`, document.baseURI));
    window.files = [];
    for (const file of document.querySelector("#measured").files)
        files.push(await small(file, longest));
    return files.reduce((sum, file) => sum + file.size, 0);
}"""
UPLOADED = """async () => {
    const start = performance.now();
    for (const file of files) {
        const body = new FormData();
        body.append("files", file);
        await (await fetch("gradio_api/upload", { method: "POST", body })).json();
    }
    return performance.now() - start;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        photos = sorted(options.folder.glob("*.jpg"))[:MOST]
        files = [as_of_a_phone(photo, Path(folder) / photo.name) for photo in photos]
        page = open_page(browser, options.url)
        page.get_by_label("Clothing", exact=True).check()
        page.get_by_role("tab", name="Many pictures").click()
        page.evaluate(f"document.body.insertAdjacentHTML('beforeend', '{INPUT}')")
        page.locator("#measured").set_input_files(files)
        size = page.evaluate(MADE_SMALL, [FOLDER, WORKING_SIZE])
        print(
            f"n = {len(files)} photos, {size / 1e6:.2f} MB once small; {options.times} times each"
        )
        devtools = page.context.new_cdp_session(page)
        for name, line in LINES.items():
            devtools.send("Network.emulateNetworkConditions", line)
            took = [(answered(page, files), uploaded(page)) for _ in range(options.times)]
            both, alone = map(statistics.median, zip(*took, strict=True))
            print(
                f"{name}: answered in {both / 1000:.1f} s, uploads alone {alone / 1000:.1f} s, "
                f"ratio {both / alone:.2f}; all:",
                *(f"{a / 1000:.1f}/{b / 1000:.1f}" for a, b in took),
            )


def as_of_a_phone(photo: Path, path: Path) -> Path:
    """The photo in a phone's size, saved at the path."""
    large = Image.open(photo).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    noise = np.random.default_rng(0).normal(0, NOISE, (SIZE[1], SIZE[0], 1))
    pixels = (np.asarray(large) + noise).clip(0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, quality=90)
    return path


def answered(page, files) -> float:
    """Milliseconds until the table is complete."""
    page.evaluate(ANSWERED)
    page.locator("#pictures input").set_input_files(files)
    took = page.evaluate("took")
    expect(page.locator("#pictures tbody tr")).to_have_count(len(files))
    return took


def uploaded(page) -> float:
    """Milliseconds until all files have been uploaded one after another."""
    return page.evaluate(UPLOADED)


if __name__ == "__main__":
    main()
