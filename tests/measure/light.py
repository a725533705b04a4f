"""How quick to wake and how light to host: python tests/measure/light.py

Each line is beside its baseline, and both are measured by turns in this run: a bare gradio page,
`import keras`, ONNX Runtime with the same weights on one thread too, a page that only echoes. Lines
that need the packages onnx and onnxruntime, or Chromium, are left out with a sentence. Time of the
processor is what other work on the machine changes least.
"""

import argparse
import os

# Before NumPy is imported. As app.py does; and the processor as it is, not as a setting has it that
# only NumPy knows of.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.pop("OPENBLAS_CORETYPE", None)

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

import load
import numpy as np

from fmnist.data import people
from fmnist.data.datasets import test_set
from fmnist.inference.classify import predictor
from fmnist.networks.forward import EPSILON, ForwardPass
from fmnist.runs import records
from helpers.server import running

STARTS = 5
COLD = 3
PREDICTIONS = 500
CLIENTS, SECONDS, ROUNDS = 50, 10, 3
COLD_ANSWER = "import fmnist; assert fmnist.classify({!r}).label == '7'"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", nargs="*", default=list(LINES), metavar="|".join(LINES))
    print("| | n | median | 95th percentile | beside | median | 95th percentile | ratio | over |")
    print("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for line in parser.parse_args().lines:
            LINES[line](Path(folder))


def row(what: str, ours: list[float], beside: str, others: list[float], unit: str) -> None:
    cells = [what, str(len(ours))]
    for name, values in (("", ours), (beside, others)):
        cells += [name] if name else []
        p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
        cells += [f"{_rounded(value)} {unit}" for value in (statistics.median(values), p95)]
    one, other = statistics.median(ours), statistics.median(others)
    cells += [f"{one / other:.2f}", f"{_rounded(one - other)} {unit}"]
    print(f"| {' | '.join(cells)} |", flush=True)


def _rounded(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def starts(folder: Path) -> None:
    """Until the page is there and the first answer, and what is resident then."""
    pictures = load.make_pictures()
    page, processor, answer, sketch, photo = ({"app": [], "bare": []} for _ in range(5))
    for _ in range(STARTS):
        for what, script in (("app", ()), ("bare", (load.__file__, "--serve", "bare"))):
            start = time.monotonic()
            with running(folder / "log.txt", *script) as server:
                page[what].append(time.monotonic() - start)
                processor[what].append(server.processor_seconds)
                if what == "app":
                    _, (said, *_) = server.ask("drawn", *load.PANEL, pictures["sketch"])
                    assert "<strong>a 7</strong>" in said, said
                else:
                    server.ask("echo")
                answer[what].append(time.monotonic() - start)
                sketch[what].append(server.megabytes)
                if what == "app":
                    upload = server.upload(pictures["photo"])
                    clothing = ["fashion_mnist", *load.PANEL[1:]]
                    assert server.ask("answered", *clothing, "photo", "", upload)[0]
                photo[what].append(server.megabytes)
    bare = "a bare gradio page"
    row("start to page", page["app"], bare, page["bare"], "s")
    row("– of the processor", processor["app"], bare, processor["bare"], "s")
    row("start to first answer, right", answer["app"], "our page", page["app"], "s")
    row("memory after a sketch", sketch["app"], bare, sketch["bare"], "MB")
    row("memory after a photo, with its worker", photo["app"], bare, photo["bare"], "MB")


def cold(folder: Path) -> None:
    """`import fmnist` and one sketch, in a new process."""
    picture = folder / "seven.png"
    picture.write_bytes(load.make_pictures()["digit"])
    tasks = [COLD_ANSWER.format(str(picture)), "import keras"]
    ours, others = by_turns(COLD, *(lambda code=code: _run(code) for code in tasks))
    row("`import fmnist` and a sketch", ours, "`import keras`", others, "ms")


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.DEVNULL)


def by_turns(times: int, *tasks) -> list[list[float]]:
    """Milliseconds of each task, so many times each."""
    took: list[list[float]] = [[] for _ in tasks]
    for _ in range(times):
        for mine, task in zip(took, tasks, strict=True):
            start = time.perf_counter()
            task()
            mine.append(1000 * (time.perf_counter() - start))
    return took


def predictions(_folder: Path) -> None:
    """One image by each network, and a photo of a garment by the large one.

    That is two cut-outs and their mirror images.
    """
    try:
        import onnxruntime  # noqa: F401
    except ImportError:
        print("There is no ONNX Runtime to compare with: pip install onnx onnxruntime")
        return
    for network in ("small", "large"):
        forward = records.forward_pass(records.served_run("mnist", network))
        digit = test_set("mnist").pixels[:1]
        beside = onnx_session(forward)
        np.testing.assert_allclose(beside(digit), forward(digit), atol=1e-5)
        beside_onnx(f"a prediction, {network}", forward, digit, beside, digit)
    photo = people.load("photos", "validation").views[:1]
    views = np.concatenate([photo[0], photo[0, :, :, ::-1]])
    beside = onnx_session(records.forward_pass(records.served_run("fashion_mnist", "large")))
    serve = predictor("fashion_mnist", "large")
    beside_onnx("a clothing answer of four views, large", serve, photo, beside, views)


def beside_onnx(what: str, ours, image, session, views) -> None:
    times = by_turns(PREDICTIONS, lambda: ours(image), lambda: session(views))
    row(what, times[0], "ONNX Runtime", times[1], "ms")


def onnx_session(forward: ForwardPass):
    """The same network with the same weights, as a function run by ONNX Runtime on one thread.

    ONNX has the channels first, but for the Flatten of Keras.
    """
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights = [helper.make_node("Cast", ["images"], ["0"], to=TensorProto.FLOAT)], []

    def add(kind, *constants, **attributes):
        names = []
        for constant in constants:
            names.append(f"constant {len(weights)}")
            weights.append(numpy_helper.from_array(np.ascontiguousarray(constant), names[-1]))
        count = len(nodes)
        nodes.append(helper.make_node(kind, [str(count - 1), *names], [str(count)], **attributes))

    for layer in forward.layers:
        if layer.kind == "Rescaling":
            add("Mul", np.float32(layer.arguments["scale"]))
        elif layer.kind == "Reshape":
            add("Reshape", np.array([-1, 1, 28, 28]))
        elif layer.kind == "BatchNormalization":  # along the last axis here, the columns
            gamma, beta, mean, variance = layer.weights
            scale = gamma / np.sqrt(variance + np.float32(EPSILON))
            add("Mul", scale)
            add("Add", beta - mean * scale)
        elif layer.kind == "Conv2D":
            kernel, bias = layer.weights
            add("Conv", kernel.transpose(3, 2, 0, 1), bias)
        elif layer.kind == "MaxPooling2D":
            add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
        elif layer.kind == "Flatten":
            add("Transpose", perm=[0, 2, 3, 1])
            add("Flatten")
        elif layer.kind == "Dense":
            add("Gemm", *layer.weights)
        if activation := layer.arguments.get("activation"):
            add({"relu": "Relu", "softmax": "Softmax"}[activation])
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", 28, 28])],
        [helper.make_tensor_value_info(str(len(nodes) - 1), TensorProto.FLOAT, ["n", 10])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda images: session.run(None, {"images": images})[0]


def pen_up(folder: Path) -> None:
    """From pen-up to the answer, in a browser."""
    import latency

    from helpers import browser

    if not browser.CHROMIUM:
        print("There is no browser to draw in: apt install chromium")
        return
    with running(folder / "log.txt") as server:
        for what, inside in (("pen-up to answer", False), ("the same, looking inside", True)):
            answers, echoes = latency.pen_up(server.url, inside)
            row(what, answers, "a bare echo", echoes, "ms")


def many(folder: Path) -> None:
    """Answers a second to many who ask at once, each as soon as it has an answer."""
    pictures = load.make_pictures()
    rates, processor = ({"sketch": [], "echo": []} for _ in range(2))
    with (
        running(folder / "log.txt") as app,
        running(folder / "bare.txt", load.__file__, "--serve", "bare") as bare,
    ):
        for _ in range(ROUNDS):
            for kind, server in (("sketch", app), ("echo", bare)):
                before = server.processor_seconds
                times, errors = load.load([kind], server, pictures, CLIENTS, SECONDS)
                assert not errors, errors
                rates[kind].append(len(times[kind]) / SECONDS)
                took = server.processor_seconds - before
                processor[kind].append(1000 * took / len(times[kind]))
    row(f"sketches of {CLIENTS} clients", rates["sketch"], "echoes", rates["echo"], "a second")
    row("– of the processor, each", processor["sketch"], "an echo", processor["echo"], "ms")


LINES = {
    "start": starts,
    "cold": cold,
    "prediction": predictions,
    "pen-up": pen_up,
    "many": many,
}

if __name__ == "__main__":
    main()
