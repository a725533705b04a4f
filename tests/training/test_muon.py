"""The optimizer of recipe robust, on kernels of the shapes that the networks have."""

import keras
import numpy as np
import pytest

from fmnist.networks.definitions import NETWORKS, build
from fmnist.runs.recipes import Phase, recipe_for
from fmnist.training.loop import OPTIMIZERS
from fmnist.training.muon import Muon


def stepped(shape, gradient, optimizer):
    """How far a step at a learning rate of 1 takes a variable of zeros."""
    variable = keras.Variable(np.zeros(shape, np.float32), name="kernel")
    optimizer.build([variable])
    optimizer.apply([keras.ops.convert_to_tensor(gradient.reshape(shape))])
    return variable.numpy().reshape(gradient.shape)


@pytest.mark.parametrize("shape", [(3, 3, 22, 12), (5, 5, 4, 30), (972, 95)])
def test_a_kernel_moves_as_far_in_all_its_directions(shape):
    gradient = np.random.default_rng(0).normal(size=(np.prod(shape[:-1]), shape[-1]))
    gradient = gradient.astype(np.float32)
    moved = -stepped(shape, gradient, Muon(1.0, weight_decay=None))
    lengths = np.linalg.svd(moved / (0.2 * np.sqrt(max(moved.shape))), compute_uv=False)
    assert (lengths > 0.6).all() and (lengths < 1.3).all()  # five steps of Newton and Schulz
    plain = keras.optimizers.Muon(1.0, weight_decay=None)
    np.testing.assert_allclose(-moved, stepped(gradient.shape, gradient, plain), atol=1e-6)


def test_matrices_may_be_of_bfloat16():
    gradient = np.random.default_rng(0).normal(size=(198, 12)).astype(np.float32)
    exact, rounded = (
        stepped((3, 3, 22, 12), gradient, Muon(1.0, weight_decay=None, matrix_dtype=dtype))
        for dtype in ("float32", "bfloat16")
    )
    difference = np.abs(rounded - exact).max()
    assert 0 < difference < 0.05 * np.abs(exact).max()


@pytest.mark.parametrize("network", NETWORKS)
def test_first_and_last_layer_and_biases_are_adams(network):
    model = build(network, dropout=0.1)
    muon = OPTIMIZERS["muon"](Phase(1, 0.01, "cosine"), 0.01, model)
    muon.build(model.trainable_variables)
    kernels = [variable for variable in model.trainable_variables if "kernel" in variable.path]
    inner = {variable.path for variable in kernels[1:-1]}
    adams = {v.path for v in model.trainable_variables if muon._should_use_adamw(v)}
    assert adams == {variable.path for variable in model.trainable_variables} - inner


def test_published_recipe_has_the_adam_of_its_time():
    """Keras 2.0's epsilon; other recipes have that of Keras 3."""
    model = build("small", dropout=0.1)
    for recipe, epsilon in (("published", 1e-8), ("robust", 1e-7)):
        phase = recipe_for(recipe, "mnist", "large").phases[0]
        assert OPTIMIZERS["adam"](phase, 0.001, model).epsilon == epsilon
