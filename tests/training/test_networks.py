"""The networks are the two that their authors published, and the shipped weights are as good."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import fmnist
from fmnist.data import datasets
from fmnist.inference import classify
from fmnist.networks import saliency
from fmnist.networks.definitions import NETWORKS, build
from fmnist.runs import records

# Output shapes and parameters, as the authors' own summaries print them (channels last here).
SMALL = [
    ("Reshape", (28, 28, 1), 0),
    ("Conv2D", (26, 26, 34), 340),
    ("MaxPooling2D", (13, 13, 34), 0),
    ("Conv2D", (11, 11, 22), 6754),
    ("Conv2D", (9, 9, 12), 2388),
    ("Flatten", (972,), 0),
    ("Dropout", (972,), 0),
    ("Dense", (95,), 92435),
    ("Dropout", (95,), 0),
    ("Dense", (40,), 3840),
    ("Dropout", (40,), 0),
    ("Dense", (24,), 984),
    ("Dropout", (24,), 0),
    ("Dense", (10,), 250),
]
LARGE = [
    ("BatchNormalization", (28, 28, 1), 112),
    ("Conv2D", (24, 24, 64), 1664),
    ("MaxPooling2D", (12, 12, 64), 0),
    ("Conv2D", (8, 8, 512), 819712),
    ("MaxPooling2D", (4, 4, 512), 0),
    ("Flatten", (8192,), 0),
    ("Dense", (128,), 1048704),
    ("Dropout", (128,), 0),
    ("Dense", (64,), 8256),
    ("Dropout", (64,), 0),
    ("Dense", (10,), 650),
]
# Before these stand the layers that turn a row of the data set into the authors' input.
PUBLISHED = {
    "small": ([("Rescaling", (28, 28), 0)], SMALL, 106_991, 0),
    "large": (
        [("Rescaling", (28, 28), 0), ("Reshape", (28, 28, 1), 0)],
        LARGE,
        1_879_098,
        56,
    ),
}
MINIMAL_ACCURACY = {
    ("fashion_mnist", "small"): 0.910,
    ("mnist", "small"): 0.990,
    ("fashion_mnist", "large"): 0.92,
    ("mnist", "large"): 0.994,
}
EVERY = [(dataset, network) for dataset in datasets.DATASETS for network in NETWORKS]


def test_every_network_has_its_published_table():
    assert PUBLISHED.keys() == NETWORKS.keys()


@pytest.mark.parametrize("name", PUBLISHED)
def test_layers_are_those_published(name):
    before, table, total, not_trainable = PUBLISHED[name]
    model = build(name, 0.1)
    layers = [
        (type(layer).__name__, layer.output.shape[1:], layer.count_params())
        for layer in model.layers
    ]
    assert layers == before + table
    assert model.count_params() == total
    trainable = sum(np.prod(weight.shape) for weight in model.trainable_weights)
    assert total - trainable == not_trainable


def test_large_normalises_the_columns_of_the_picture():
    pixels = np.zeros((64, 28, 28), np.uint8)
    pixels[::2, :, 3] = 255  # only column 3 ever changes
    normalisation = build("large", 0).layers[2]
    normalisation(pixels[..., None] / 255, training=True)
    variance = np.array(normalisation.moving_variance)
    assert variance[3] > variance[4]
    assert np.ptp(np.delete(variance, 3)) == 0


def test_large_starts_as_in_its_authors_notebook():
    """Its first convolution, that is; all other layers start as Keras has them."""
    keras.utils.set_random_seed(0)
    model = build("large", 0)
    first, *others = [layer for layer in model.layers if hasattr(layer, "kernel")]
    kernel, bias = first.get_weights()
    assert 0.049 < np.abs(kernel).max() <= 0.05  # random_uniform
    assert kernel.std() == pytest.approx(0.1 / 12**0.5, rel=0.05)
    assert bias.std() == pytest.approx(0.05, rel=0.2)  # random_normal, of 64
    for layer in others:
        kernel, bias = layer.get_weights()
        limit = (6 / (np.prod(kernel.shape[:-2]) * sum(kernel.shape[-2:]))) ** 0.5
        assert 0.9 * limit < np.abs(kernel).max() <= limit * 1.001  # Glorot's uniform
        assert not bias.any()


@pytest.mark.parametrize(("dataset", "network"), EVERY)
def test_networks_answer_without_keras_as_with_it(dataset, network):
    run = records.served_run(dataset, network)
    model = fmnist.load_model(dataset=dataset, network=network)
    assert run.parameters["total"] == model.count_params() == PUBLISHED[network][2]
    assert run.parameters["non_trainable"] == PUBLISHED[network][3]
    pixels = datasets.test_set(dataset).pixels[::20]
    probabilities = model.predict(pixels, batch_size=500, verbose=0)
    assert probabilities.shape == (500, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    without_keras = records.forward_pass(run)(pixels)
    np.testing.assert_allclose(without_keras, probabilities, atol=1e-5)
    np.testing.assert_array_equal(without_keras.argmax(axis=1), probabilities.argmax(axis=1))


@pytest.mark.parametrize(("dataset", "network"), EVERY)
def test_gradients_are_those_of_keras(dataset, network):
    forward = records.forward_pass(records.served_run(dataset, network))
    model = fmnist.load_model(dataset, network)
    noise = np.random.default_rng(0).uniform(0, 255, (8, 28, 28)).astype(np.float32)
    images = tf.constant(noise)  # with no two equal values, of which Keras takes the first
    hidden, last = model.layers[:-1], model.layers[-1]
    with tf.GradientTape() as tape:
        tape.watch(images)
        values = images
        for layer in hidden:
            values = layer(values)
        logits = values @ last.kernel + last.bias
        evidence = logits[:, 3] - tf.reduce_mean(logits, axis=1)
    expected = tape.gradient(evidence, images).numpy()
    ours = saliency.gradients(forward, noise, 3)
    np.testing.assert_allclose(ours, expected, atol=1e-3 * np.abs(expected).max())
    found = saliency.evidence(forward, noise)[:, 3]
    np.testing.assert_allclose(found, evidence.numpy(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("dataset", "network"), EVERY)
def test_served_networks_are_good_on_the_test_set(dataset, network):
    # The next test holds this number to the predictions, and those to the weights.
    accuracy = records.served_run(dataset, network).test["accuracy"]
    assert accuracy >= MINIMAL_ACCURACY[dataset, network]


@pytest.mark.parametrize("run", records.all_runs(strict=True), ids=lambda run: run.name)
def test_records_agree_with_themselves_and_with_their_weights(run):
    labels = datasets.test_set(run.dataset).labels
    confusion = np.array(run.test["confusion"])
    assert run.test["images"] == len(labels) == len(run.predictions) == confusion.sum()
    assert run.test["accuracy"] == np.mean(run.predictions == labels)
    for label in range(10):
        predicted = np.bincount(run.predictions[labels == label], minlength=10)
        np.testing.assert_array_equal(confusion[label], predicted)
    assert [epoch["epoch"] for epoch in run.history] == list(range(1, run.recipe.epochs + 1))
    assert records.load_network(run).count_params() == run.parameters["total"]
    # `python -m fmnist evaluate` does the same with all images. Another processor may round
    # differently, which turns a prediction or two of 10,000.
    some = datasets.test_set(run.dataset).pixels[::25]
    predict = classify.predictor_of(run)
    assert (predict(some).argmax(axis=1) == run.predictions[::25]).mean() >= 0.995


def test_damaged_weights_are_refused(tmp_path):
    run = records.served_run("mnist", "small")
    weights = (records.WEIGHTS_DIR / run.weights["file"]).read_bytes()
    (tmp_path / run.weights["file"]).write_bytes(weights[:-1] + b"x")
    with pytest.raises(records.RunError, match=r"python train\.py --dataset mnist --network small"):
        records.load_network(run, tmp_path)
