"""What the first page costs: python tests/measure/first_page.py

Bytes that come over the network, and the time until the page can be used, in headless Chromium with
an empty cache, at 9 Mbit/s and 75 ms; the app must be running, and --url says where. By turns with
a bare gradio page of a button.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

import gradio as gr

from helpers.browser import chromium

TIMES = 10
LINE = {"offline": False, "latency": 75, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8}
QUIET = 3000  # milliseconds without a word after which everything has come


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    options = parser.parse_args()
    with gr.Blocks() as demo:
        gr.Button("Ask", elem_id="usable")
    _, bare, _ = demo.launch(prevent_thread_lock=True, ssr_mode=False, quiet=True)
    found: list[list[tuple[int, float]]] = [[], []]
    with chromium() as browser:
        for _ in range(TIMES):
            for each, (url, usable) in zip(
                found, [(options.url, "#sketch canvas"), (bare, "#usable")], strict=True
            ):
                each.append(visit(browser, url, usable))
    demo.close()
    (size, seconds), (size_bare, seconds_bare) = (
        [statistics.median(values) for values in zip(*each, strict=True)] for each in found
    )
    print(
        f"n = {TIMES} each, medians: {size / 1000:.0f} kB, bare {size_bare / 1000:.0f} kB, ratio "
        f"{size / size_bare:.2f}; usable after {seconds:.2f} s, bare {seconds_bare:.2f} s, later "
        f"by {seconds - seconds_bare:.2f} s"
    )


def visit(browser, url: str, usable: str) -> tuple[int, float]:
    """Bytes until all is quiet, and seconds until what is to be used can be seen."""
    context = browser.new_context()
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", LINE)
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(usable).wait_for()
    seconds = time.perf_counter() - start
    count = -1
    while count < len(sizes):
        count = len(sizes)
        page.wait_for_timeout(QUIET)
    context.close()
    return sum(sizes), seconds


if __name__ == "__main__":
    main()
