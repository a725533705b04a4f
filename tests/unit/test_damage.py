"""Damage to a network and to what it sees."""

import numpy as np
import pytest

from fmnist.data import datasets
from fmnist.inference.classify import served_network
from fmnist.networks.damage import LOST, Damage, breakable, broken, spoiled

IMAGES = datasets.test_set("mnist").pixels[:200]
LABELS = datasets.test_set("mnist").labels[:200]


@pytest.fixture(scope="module")
def small():
    return served_network("mnist", "small")


def outputs(network, number):
    return list(network.activations(IMAGES))[number][1]


def test_without_damage_it_answers_as_it_did(small):
    np.testing.assert_array_equal(broken(small, Damage())(IMAGES), small(IMAGES))
    assert spoiled(IMAGES, Damage()) is IMAGES


def test_a_filter_that_is_off_never_fires_and_the_others_do_as_before(small):
    before, after = outputs(small, 2), outputs(broken(small, Damage(off=(2, 5))), 2)
    assert before[..., 5].any() and not after[..., 5].any()
    np.testing.assert_array_equal(np.delete(after, 5, axis=3), np.delete(before, 5, axis=3))


def test_each_layer_can_lose_its_biases(small):
    for number in breakable(small):
        without = broken(small, Damage(biases=number))
        for index, layer in enumerate(without.layers):
            same = zip(layer.weights, small.layers[index].weights, strict=True)
            kept = [np.array_equal(now, before) for now, before in same]
            assert kept == ([True, False] if index == number else [True] * len(kept))
        assert not without.layers[number].weights[1].any()


def test_a_tenth_of_the_weights_is_lost_another_one_by_each_seed(small):
    lost = [broken(small, Damage(lost=seed)) for seed in (0, 0, 1)]
    kernels = [np.concatenate([w.ravel() for w in weights_of(each)]) for each in lost]
    assert np.mean(kernels[0] == 0) == pytest.approx(LOST, abs=0.01)
    assert np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


def weights_of(network):
    return [network.layers[number].weights[0] for number in breakable(network)]


@pytest.mark.parametrize("damage", [Damage(noise=True), Damage(blur=True)])
def test_noise_and_blur_change_the_images_and_make_more_answers_wrong(small, damage):
    seen = spoiled(IMAGES, damage)
    assert (seen.dtype, seen.shape) == (np.uint8, IMAGES.shape)
    right = [(small(images).argmax(axis=1) == LABELS).mean() for images in (IMAGES, seen)]
    assert right[1] < right[0]
    assert np.array_equal(seen, spoiled(IMAGES, damage))
