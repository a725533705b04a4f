"""Integrated gradients: they are right, and the maps depend on the weights and on the class."""

import copy

import numpy as np
import pytest

from fmnist.data import datasets
from fmnist.networks import saliency
from fmnist.networks.definitions import NETWORKS
from fmnist.runs import records

EVERY = [(dataset, network) for dataset in datasets.DATASETS for network in NETWORKS]


def forward_pass(dataset, network):
    return records.forward_pass(records.served_run(dataset, network))


def correctly_named(dataset, network, count):
    """Test images that the network gets right, and their labels."""
    images = datasets.test_set(dataset)
    right = records.served_run(dataset, network).predictions == images.labels
    chosen = np.flatnonzero(right)[:: right.sum() // count][:count]
    return images.pixels[chosen], images.labels[chosen]


@pytest.mark.parametrize(("dataset", "network"), EVERY)
def test_the_pixels_add_up_to_the_evidence(dataset, network):
    """The axiom that the authors call completeness."""
    forward = forward_pass(dataset, network)
    images, labels = correctly_named(dataset, network, 30)
    blank = saliency.evidence(forward, np.zeros((1, 28, 28), np.uint8))[0]
    errors = []
    for image, label in zip(images, labels, strict=True):
        (pixels,) = saliency.integrated_gradients(forward, image, [label])
        gained = saliency.evidence(forward, image[None])[0, label] - blank[label]
        errors.append(abs(pixels.sum() - gained) / abs(gained))
        assert (pixels[image == 0] == 0).all()
    assert np.median(errors) < 0.1


def alike(one, other, images):
    """The mean rank correlation (Spearman) of maps, at the pixels that are not blank."""

    def ranks(values):
        return values.argsort().argsort()

    return np.mean(
        [
            np.corrcoef(ranks(a[image > 0]), ranks(b[image > 0]))[0, 1]
            for a, b, image in zip(one, other, images, strict=True)
        ]
    )


@pytest.mark.parametrize(("dataset", "network"), EVERY)
def test_maps_depend_on_the_weights_and_on_the_class(dataset, network):
    """J. Adebayo et al., Sanity Checks for Saliency Maps, arXiv 1810.03292.

    Weights are replaced from the last layer downwards, by themselves in another order; whoever only
    traced edges would draw the same maps after it.
    """
    forward = forward_pass(dataset, network)
    images, labels = correctly_named(dataset, network, 6)

    def maps(of, classes):
        return [
            saliency.integrated_gradients(of, image, [label])[0]
            for image, label in zip(images, classes, strict=True)
        ]

    ours = maps(forward, labels)
    rng = np.random.default_rng(0)
    randomised = copy.deepcopy(forward)
    last, *others = [layer for layer in reversed(randomised.layers) if len(layer.weights) == 2]
    for layers, most in (([last], 0.75), (others, 0.25)):
        for layer in layers:
            kernel = layer.weights[0]
            layer.weights[0] = rng.permuted(kernel.ravel()).reshape(kernel.shape)
        assert abs(alike(ours, maps(randomised, labels), images)) < most
    assert alike(ours, maps(forward, (labels + 1) % 10), images) < 0.5
