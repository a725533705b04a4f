"""How long answers take: python tests/measure/latency.py

From pen-up to the answer in headless Chromium; the app must be running, and --url says where.
Beside it, in the same run and browser: a page that does nothing but ask gradio for the time, as
gradio does that by default, through its queue, and without the queue, as the pad asks. Then
`fmnist.classify`, from picture to answer, beside `model.predict` of one row.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

import gradio as gr
import numpy as np
from PIL import Image

import fmnist
from fmnist.ui.examples import FOLDER
from helpers.browser import chromium, open_page

TIMES = 50
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.42, 0.85)]

# Milliseconds from the next event of this name to the last change of the element in the second
# after it: while one draws answers keep coming, and only the last is for the whole stroke.
WATCH = """
([selector, name]) => {
    window.took = new Promise((resolve) => {
        addEventListener(name, () => {
            const start = performance.now();
            let last = start; // the answer to a pen that rested was there before
            const all = { subtree: true, childList: true, characterData: true, attributes: true };
            new MutationObserver(() => (last = performance.now()))
                .observe(document.querySelector(selector), all);
            setTimeout(() => resolve(last - start), 1000);
        }, { once: true, capture: true });
    });
}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    options = parser.parse_args()
    for what, inside in (("pen-up to answer", False), ("the same, looking inside", True)):
        answers, queued, unqueued = pen_up(options.url, inside)
        answer = report(what, answers)
        for echo, times in (("bare echo", queued), ("bare echo without the queue", unqueued)):
            print(f"ratio of the medians: {answer / report(echo, times):.2f}")
    library()


def pen_up(url, inside: bool) -> list[list[float]]:
    """Milliseconds to the answer, and of a bare echo with and without the queue, by turns."""
    with chromium() as browser:
        tasks = strokes(browser, url, inside), echoes(browser, True), echoes(browser, False)
        return [list(times) for times in zip(*zip(*tasks, strict=True), strict=True)]


def strokes(browser, url, inside: bool):
    """Milliseconds for each stroke of a seven; the pad is cleared between two.

    inside: whether “Look inside” is open, which asks again after each answer
    """
    page = open_page(browser, url)
    if inside:
        page.locator("#inside summary").first.click()
    box = page.locator("#sketch canvas").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    for _ in range(TIMES):
        page.mouse.move(*points[0])
        page.mouse.down()
        page.mouse.move(*points[1], steps=8)
        page.evaluate(WATCH, ["#answer", "pointerup"])
        page.mouse.move(*points[2], steps=8)
        page.mouse.up()
        took = page.evaluate("took")
        page.get_by_role("button", name="Clear").click()
        page.locator("#answer .hint").wait_for()
        yield took


def echoes(browser, queue: bool):
    """Milliseconds for each click."""
    with gr.Blocks() as demo:
        button, output = gr.Button("Ask"), gr.HTML(elem_id="output")
        button.click(time.time_ns, None, output, show_progress="hidden", queue=queue)
    _, url, _ = demo.launch(prevent_thread_lock=True, ssr_mode=False, quiet=True)
    page = browser.new_page()
    page.goto(url)
    for _ in range(TIMES):
        page.evaluate(WATCH, ["#output", "click"])
        page.get_by_role("button", name="Ask").click()
        yield page.evaluate("took")
    demo.close()


def library() -> None:
    """Of both kinds of pictures, by the large network."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        Image.open(FOLDER / "fashion_mnist" / "t-shirt-on-a-floor.jpg").resize((4000, 3000)).save(
            photo
        )
        sketch = Image.open(FOLDER / "mnist" / "three-in-red.png")
        sketch.load()
        row = np.zeros((1, 28, 28), np.uint8)
        model = fmnist.load_model("mnist", "large")
        tasks = {
            "a sketch": lambda: fmnist.classify(sketch, "mnist"),
            "a photo of 12 megapixels": lambda: fmnist.classify(photo, "fashion_mnist"),
            "model.predict": lambda: model.predict(row, verbose=0),
        }
        for task in tasks.values():
            task()  # loads what it needs
        times = {what: [] for what in tasks}
        for _ in range(TIMES):
            for what, task in tasks.items():
                start = time.perf_counter()
                task()
                times[what].append(1000 * (time.perf_counter() - start))
        for what in tasks:
            report(what, times[what])


def report(what, times) -> float:
    """Print the figures; returns the median."""
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{what}: n = {len(times)}, median {median:.0f} ms, 95th percentile {p95:.0f} ms")
    return median


if __name__ == "__main__":
    main()
