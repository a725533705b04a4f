"""“Watch it learn”, in the Training tab: what a network answered at moments of its training.

While this is on the screen, the browser sends the pixels of each new answer, as “Look inside” does,
and learn.js draws what `learn` returns.
"""

import functools
import logging
from typing import Any

import gradio as gr
import numpy as np

from fmnist.data.datasets import DATASETS, Dataset, test_set
from fmnist.inference import moments, test_answers
from fmnist.inference.classify import verdict
from fmnist.networks.definitions import NETWORKS
from fmnist.networks.forward import ForwardPass
from fmnist.runs import records
from fmnist.ui import classify
from fmnist.ui.component import templates
from fmnist.ui.events import QUIETLY, telling
from fmnist.ui.inside import packed, signed, views_sent
from fmnist.ui.learn import sentences
from fmnist.ui.markup import likelihood

EACH = 2  # test images shown that are right from the same moment on
NONE_KEPT = "No moments of these networks’ training were saved."
DAMAGED = "Some of the saved moments of the training are missing or damaged: see the server’s log."


def view(dataset: gr.Radio) -> None:
    """Lay it out, for the data set chosen."""
    shown = gr.HTML(None, **templates(__file__), apply_default_css=False, elem_id="learn")
    asked = shown.input(learn, dataset, shown, trigger_mode="multiple", **QUIETLY)
    asked.failure(None, js=telling("unlearned"), **QUIETLY)


def learn(dataset: str, event: gr.EventData) -> dict[str, Any]:
    """What the network answered at each moment, for learn.js to draw.

    The event has `pixels`, the bytes of an image's views in base64, or null for the data set's
    example; `drawn`, whether it was drawn on the pad; `tests`, whether to tell of the test images
    and the filters, too; and `number`, which is returned. Raises PictureError if it is invalid.
    """
    asked = event._data if isinstance(event._data, dict) else {}
    number = asked.get("number")
    told: dict[str, Any] = {"number": number if type(number) is int else 0, "dataset": dataset}
    try:
        run = _learner(dataset)
        if run is None:
            return told | {"problem": NONE_KEPT}
        views = _views(asked.get("pixels"), run)
        told |= _answers(run, views, drawn=asked.get("drawn") is True)
        if asked.get("tests") is True:
            told["tests"] = _tests(dataset, run.network)
    except records.RunError as error:
        logging.error("%s", error)
        return told | {"problem": DAMAGED}
    return told


@functools.cache
def _learner(dataset: str) -> records.Run | None:
    """The first run of the served ones that kept moments of its training."""
    served = (records.served_run(dataset, network) for network in NETWORKS)
    return next((run for run in served if run.moments), None)


def _views(sent: object, run: records.Run) -> np.ndarray:
    return classify.example(run.dataset)[run.network].views if sent is None else views_sent(sent)


def _answers(run: records.Run, views: np.ndarray, *, drawn: bool) -> dict[str, Any]:
    """The answers to one picture at each moment, in numbers and in words."""
    of = DATASETS[run.dataset]
    then = moments.of_served(run.dataset, run.network)
    answers = moments.answers(run, then, views[np.newaxis], drawn=drawn)[:, 0]
    return {
        "network": run.network,
        "labels": of.names,
        "pixels": packed(views[0]),
        "moments": [
            {
                "name": sentences.moment(epoch),
                "trained": sentences.epochs(epoch) if epoch else sentences.moment(epoch),
                "best": int(shares.argmax()),
                "shares": shares.round(4).tolist(),
                "percents": [likelihood(share) for share in shares],
            }
            for epoch, shares in zip(then, answers, strict=True)
        ],
        "story": _story(of, list(then), answers, run.confidence_in(drawn=drawn)),
    }


def _story(of: Dataset, when: list[int], answers: np.ndarray, found: records.Confidence) -> str:
    said = [of.phrases[best] for best in answers.argmax(axis=1)]
    is_known = verdict(answers[-1], found) != "unknown"
    return sentences.story(when, said, float(answers[-1].max()) if is_known else None)


@functools.cache
def _tests(dataset: str, network: str) -> dict[str, Any]:
    """The filters of the first layer, and the classes named for the test images, at each moment.

    The test images are in the order of their classes, `counts` of each; `some` are a few of them,
    in the order in which they became right for good.
    """
    images, learned = test_set(dataset), test_answers.of_served(dataset, network).learned
    if not len(learned):
        raise records.RunError(
            "When it learned each test image is missing: run python -m fmnist evaluate."
        )
    order = images.labels.argsort(kind="stable")
    some = _some(learned == images.labels)
    filters = [_filters(each) for each in moments.of_served(dataset, network).values()]
    return {
        "counts": np.bincount(images.labels, minlength=10).tolist(),
        "learned": packed(learned[:, order]),
        "filters": packed(np.array(filters)),
        "side": int(filters[0].shape[-1] ** 0.5),
        "some": {
            "numbers": some.tolist(),
            "places": order.argsort()[some].tolist(),
            "pixels": packed(images.pixels[some]),
        },
    }


def _some(right: np.ndarray) -> np.ndarray:
    """The numbers of a few test images that became right for good at each moment, or never.

    right: (moments, n) bool, whether each was; those right even untrained are left out
    """
    since = len(right) - np.logical_and.accumulate(right[::-1]).sum(axis=0)
    chosen = [np.flatnonzero(since == moment)[:EACH] for moment in range(1, len(right) + 1)]
    return np.concatenate(chosen) if chosen else np.empty(0, int)


def _filters(network: ForwardPass) -> np.ndarray:
    """(filters, side²) uint8, the signed weights of the first convolution."""
    kernel = next(layer.weights[0] for layer in network.layers if layer.kind == "Conv2D")
    return signed(kernel[:, :, 0].reshape(-1, kernel.shape[-1]).T)
