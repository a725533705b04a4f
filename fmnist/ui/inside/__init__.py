"""“Look inside”, below the answer: what each layer computes, why, and similar test images.

The answer contains the 28×28 pixels that the network saw. While this is open, the browser sends
them back after each answer, and inside.js draws what `look` returns.
"""

import base64
import binascii
import logging
import zlib
from typing import Any

import gradio as gr
import numpy as np

from fmnist.data.datasets import DATASETS, test_set
from fmnist.inference import test_answers
from fmnist.inference.classify import predictor, served_network
from fmnist.networks import saliency
from fmnist.networks.damage import spoiled
from fmnist.networks.forward import ForwardPass
from fmnist.pictures.opening import PictureError
from fmnist.pictures.pixels import SIDE
from fmnist.pictures.preprocessing import MOST_VIEWS
from fmnist.runs import records
from fmnist.ui.component import templates
from fmnist.ui.events import QUIETLY, telling
from fmnist.ui.inside import breaking, sums

MANY = 64  # maps: of a layer with more, only the
STRONGEST = 32  # are shown, unless all are requested
ALIKE = 6  # test images shown per class
MISSING = "The networks’ answers to the test images are missing: run python -m fmnist evaluate."


def view(dataset: gr.Radio, network: gr.Radio) -> None:
    """Lay it out, for the network that these choices select."""
    inside = gr.HTML(
        None,
        **templates(__file__, when_opened=True),
        apply_default_css=False,
        seeds=breaking.SEEDS,
        elem_id="inside",
    )
    asked = inside.input(look, [dataset, network], inside, trigger_mode="multiple", **QUIETLY)
    asked.failure(None, js=telling("unseen"), **QUIETLY)


def look(dataset: str, network: str, event: gr.EventData) -> dict[str, Any]:
    """What a network computes from an image, for inside.js to draw.

    The event has `pixels`, the bytes of an image's views in base64, of which the first is used;
    `drawn`, as in `fmnist.Result`; `all`, whether to send every map; `map`, the numbers of a layer
    and of one of its maps, or null; `at`, the row and column of a value of that map, or null for
    its highest; `why`, whether to explain the answer; `rival`, the class to explain it against, or
    null for the runner-up; `damage`, what is broken, or null; and `number`, which is returned. Of a
    broken network nothing is explained. Raises PictureError if it is invalid.
    """
    asked = event._data if isinstance(event._data, dict) else {}
    views = views_sent(asked.get("pixels"))
    forward = served_network(dataset, network)
    damage = breaking.damage(asked.get("damage"), forward)
    told, drawn = None, asked.get("drawn") is True
    if damage:
        told = breaking.told(dataset, network, damage, views, drawn=drawn)
        forward, views = breaking.network_with(dataset, network, damage), spoiled(views, damage)
    outputs = [output[0] for _, output in forward.activations(views[:1])]
    chosen, rival, number = asked.get("map"), asked.get("rival"), asked.get("number")
    labels = DATASETS[dataset].names
    if rival is not None and (type(rival) is not int or not 0 <= rival < len(labels)):
        raise PictureError("There is no such class: choose one from the list.")
    seen = {
        "number": number if type(number) is int else 0,
        "network": network,
        "labels": labels,
        "layers": layers(forward, outputs, everything=asked.get("all") is True),
        "evidence": saliency.evidence(forward, views[:1])[0].round(2).tolist(),
    }
    if told:
        seen["broken"] = {"told": told, "pixels": packed(views[0])}
    try:
        if chosen is not None:
            seen["filter"] = filter_of(
                forward, outputs, chosen, dataset, network, at=asked.get("at")
            )
        if asked.get("why") is True and not damage:
            seen["why"] = why(forward, outputs, views, rival, dataset, network)
    except records.RunError as error:
        logging.error("%s", error)
        seen["problem"] = MISSING
    return seen


def views_sent(sent: object) -> np.ndarray:
    """The (n, 28, 28) uint8 views that a caller sends. Raises PictureError if they are invalid."""
    try:
        if not isinstance(sent, str) or len(sent) > 2 * MOST_VIEWS * SIDE * SIDE:
            raise ValueError
        pixels = np.frombuffer(base64.b64decode(sent, validate=True), np.uint8)
        if not 1 <= len(pixels) // SIDE**2 <= MOST_VIEWS:
            raise ValueError
        return pixels.reshape(-1, SIDE, SIDE)
    except (ValueError, binascii.Error):
        raise PictureError("This is not an image that the network saw: draw again.") from None


def layers(
    network: ForwardPass, outputs: list[np.ndarray], *, everything: bool
) -> list[dict[str, Any]]:
    """The layers that have maps or units, in order, with their outputs.

    `values` are uint8, 255 for the layer's highest, one map after another; `maps` are the maps'
    numbers. Layers with very many maps have only the strongest, unless `everything`.
    """
    found = []
    shown = np.empty(0, int)
    for index, (layer, output) in enumerate(zip(network.layers, outputs, strict=True)):
        if layer.kind == "Conv2D":
            shown = np.arange(output.shape[2])
            if len(shown) > MANY and not everything:
                shown = np.sort(np.argsort(-output.max(axis=(0, 1)), kind="stable")[:STRONGEST])
        if layer.kind in ("Conv2D", "MaxPooling2D"):
            values = output[:, :, shown].transpose(2, 0, 1)
        elif layer.kind == "Dense" and layer.arguments.get("activation") == "relu":
            values = output[:, np.newaxis, np.newaxis]
        else:
            continue
        found.append(
            {
                "index": index,
                "kind": layer.kind,
                "size": values.shape[1:],
                "of": output.shape[-1],
                "maps": shown.tolist() if output.ndim == 3 else [],
                "values": packed(scaled(values)),
                **_place(network, index),
            }
        )
    return found


def _place(network: ForwardPass, index: int) -> dict[str, float]:
    """The places of a map's values: the middle of the first, and the stride, in pixels.

    Also the sides of a value's receptive field, the square on which it depends, and of the filter.
    """
    middle, stride, field, side = 0.5, 1, 1, 0
    for layer in network.layers[: index + 1]:
        if layer.kind == "Conv2D":
            side = layer.arguments["kernel_size"]
            middle += stride * (side - 1) / 2
            field += stride * (side - 1)
        elif layer.kind == "MaxPooling2D":
            middle += stride / 2
            field += stride
            stride *= 2
    return {"middle": middle, "stride": stride, "field": field, "side": side}


def filter_of(
    network: ForwardPass,
    outputs: list[np.ndarray],
    chosen: object,
    dataset: str,
    name: str,
    at: object = None,
) -> dict[str, Any] | None:
    """A filter, given by the numbers of a layer and a map, and the test images it responds to.

    Of a convolution's map also the sum behind the value `at` a row and column, see `sums`. None if
    the network has no such filter. Raises RunError if the test images' answers are missing.
    """
    if not (isinstance(chosen, list) and [type(each) for each in chosen] == [int, int]):
        raise PictureError("There is no such map: choose one that is shown.")
    index, number = chosen
    convolutions = [
        place
        for place, layer in enumerate(network.layers[: max(index, 0) + 1])
        if layer.kind == "Conv2D"
    ]
    if not convolutions or index >= len(outputs) or outputs[index].ndim != 3:
        return None
    convolution = convolutions[-1]
    kernel, bias = network.layers[convolution].weights
    if not 0 <= number < kernel.shape[-1]:
        return None
    strongest = test_answers.of_served(dataset, name).strongest[len(convolutions) - 1]
    images, peak = strongest.images[number], float(strongest.peaks[number])
    weights = kernel[..., number].transpose(2, 0, 1)  # one pattern per input map
    values = outputs[index][..., number]
    summed: dict[str, Any] | None = None
    if index == convolution:
        place = sums.place_of(at, values)
        products, summed = sums.sum_at(
            place, outputs[index - 1], kernel[..., number], float(bias[number])
        )
        summed["products"] = packed(signed(products))
    return {
        "layer": index,
        "map": number,
        "values": packed(scaled(values)),
        "weights": packed(signed(weights)),
        "slices": len(weights),
        "side": weights.shape[1],
        "share": float(outputs[convolution][..., number].max()) / peak if peak else None,
        "sum": summed,
        "images": _shown(dataset, images.tolist()) if peak else [],
    }


def why(
    network: ForwardPass,
    outputs: list[np.ndarray],
    views: np.ndarray,
    rival: int | None,
    dataset: str,
    name: str,
) -> dict[str, Any]:
    """What speaks for and against the answer and its rival, and similar test images.

    Raises RunError if the test images' answers are missing.
    """
    answer, runner_up = predictor(dataset, name)(views[np.newaxis])[0].argsort()[:-3:-1].tolist()
    classes = [answer, runner_up if rival in (None, answer) else rival]
    held, labels = test_answers.of_served(dataset, name), test_set(dataset).labels
    alike = [
        test_answers.nearest(held, outputs[-2].ravel(), labels == each, ALIKE) for each in classes
    ]
    return {
        "classes": classes,
        "pixels": packed(views[0]),
        "saliency": packed(signed(saliency.integrated_gradients(network, views[0], classes))),
        "alike": [
            [
                image | {"cosine": round(cosine, 3)}
                for image, (_, cosine) in zip(
                    _shown(dataset, [number for number, _ in found]), found, strict=True
                )
            ]
            for found in alike
        ],
    }


def _shown(dataset: str, numbers: list[int]) -> list[dict[str, Any]]:
    images = test_set(dataset)
    return [
        {
            "number": number,
            "label": DATASETS[dataset].names[images.labels[number]],
            "pixels": packed(images.pixels[number]),
        }
        for number in numbers
    ]


def scaled(values: np.ndarray) -> np.ndarray:
    """Values from 0 as uint8; 255 stands for the highest."""
    return np.rint(values * (255 / max(float(values.max()), 1e-6))).astype(np.uint8)


def signed(values: np.ndarray) -> np.ndarray:
    """Signed values as uint8: 128 stands for 0; 1 and 255 for minus and plus the largest size."""
    return (128 + np.rint(values * (127 / max(float(np.abs(values).max()), 1e-9)))).astype(np.uint8)


def packed(values: np.ndarray) -> str:
    """uint8 values as text: zlib-compressed (RFC 1950), in base64."""
    return base64.b64encode(zlib.compress(values.tobytes(), 1)).decode()
