"""How many images a second networks learn in training: python tests/measure/throughput.py

By the recipe that ships, which makes the images of each epoch anew, beside the plain `fit` of Keras
and beside PyTorch with the same layers (pip install torch==2.13.0), both by Adam on the images as
they are. By turns; of each two epochs the second counts. Convolutions are computed in float32 or
bfloat16.
"""

import argparse
import contextlib
import dataclasses
import io
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # the next epoch's images are made beside the learning

import keras
import numpy as np

from fmnist.data import datasets
from fmnist.data.datasets import FASHION_MNIST, Images
from fmnist.networks.definitions import NETWORKS, build
from fmnist.runs.recipes import SHIPPED, recipe_for
from fmnist.training import loop, options
from fmnist.training.registry import step_of

IMAGES, HELD_OUT = 5_000, 500
ROUNDS = 3
DATASET = FASHION_MNIST


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", choices=NETWORKS, help="only this network")
    options.add_data_dir(parser)
    args = parser.parse_args()
    everything = datasets.training_set(DATASET, args.data_dir)
    some = Images(*(array[: IMAGES + HELD_OUT] for array in everything))
    print("| network | convolutions | learns by | n | images a second, median | least | most |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: |")
    for network in [args.network] if args.network else NETWORKS:
        for dtype in ("float32", "bfloat16"):
            rates: dict[str, list[float]] = {what: [] for what in LEARNERS}
            for _ in range(ROUNDS):
                for what, learn in LEARNERS.items():
                    with contextlib.suppress(ImportError):  # PyTorch
                        rates[what].append(learn(network, dtype, some))
            for what, found in rates.items():
                if found:
                    figures = statistics.median(found), min(found), max(found)
                    cells = [network, dtype, what, len(found), *map("{:,.0f}".format, figures)]
                    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def by_recipe(network: str, dtype: str, images: Images) -> float:
    """Images a second in the second epoch, as all of these; validation included."""
    recipe = recipe_for(SHIPPED, DATASET.name, network)
    phase = dataclasses.replace(recipe.phases[-1], epochs=2)
    recipe = dataclasses.replace(recipe, phases=(phase,), validation_images=HELD_OUT)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        run = loop.train(
            DATASET.name,
            network,
            recipe,
            training_set=images,
            seed=1,
            weights_dir=Path(folder),
            compute_dtype=dtype,
        )
    learned, _ = datasets.split(images, HELD_OUT)
    shown = step_of(DATASET.name, "mixture")(learned, np.random.default_rng(1), phase.mixture)
    return len(shown.pixels) / run.history[-1]["seconds"]


def by_keras(network: str, dtype: str, images: Images) -> float:
    recipe = recipe_for(SHIPPED, DATASET.name, network)
    keras.config.set_dtype_policy("float32" if dtype == "float32" else "mixed_bfloat16")
    try:
        model = build(network, recipe.dropout)
    finally:
        keras.config.set_dtype_policy("float32")
    model.compile("adam", "sparse_categorical_crossentropy")
    for _ in range(2):
        start = time.perf_counter()
        model.fit(images.pixels, images.labels, recipe.batch_size, verbose=0)
    return len(images.labels) / (time.perf_counter() - start)


def by_torch(network: str, dtype: str, images: Images) -> float:
    """Channels last, which is the faster layout on processors. Raises ImportError without it."""
    import torch

    recipe = recipe_for(SHIPPED, DATASET.name, network)
    model = torch.nn.Sequential(*torch_layers(network, recipe.dropout))
    pixels = torch.tensor(images.pixels[:, None] / np.float32(255))
    pixels = pixels.contiguous(memory_format=torch.channels_last)
    labels = torch.tensor(images.labels.astype(np.int64))
    model(pixels[:2])  # lazy layers learn their shapes
    model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(2):
        start = time.perf_counter()
        for batch in torch.randperm(len(labels)).split(recipe.batch_size):
            with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16"):
                logits = model(pixels[batch])
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits.float(), labels[batch]).backward()
            optimizer.step()
    return len(labels) / (time.perf_counter() - start)


def torch_layers(network: str, dropout: float):
    """The table of `fmnist.networks` in PyTorch, but for scaling and reshaping at its beginning."""
    from torch import nn

    class Columns(nn.BatchNorm2d):
        def forward(self, images):
            return super().forward(images.transpose(1, 3)).transpose(1, 3)

    for layer in NETWORKS[network]:
        arguments = layer.arguments
        if layer.kind == "BatchNormalization":
            yield Columns(28)
        elif layer.kind == "Conv2D":
            yield nn.LazyConv2d(arguments["filters"], arguments["kernel_size"])
        elif layer.kind == "MaxPooling2D":
            yield nn.MaxPool2d(2)
        elif layer.kind == "Flatten":
            yield nn.Flatten()
        elif layer.kind == "Dropout":
            yield nn.Dropout(dropout)
        elif layer.kind == "Dense":
            yield nn.LazyLinear(arguments["units"])
        if arguments.get("activation") == "relu":
            yield nn.ReLU()


LEARNERS = {
    f"recipe {SHIPPED}": by_recipe,
    "plain fit of Keras": by_keras,
    "PyTorch": by_torch,
}

if __name__ == "__main__":
    main()
