"""Layers of the forward pass, tuned so that a single image takes microseconds.

`dot` is half a microsecond faster than `@`. NumPy adds or compares two arrays of the same shape in
a third of the time that broadcasting a row or a number takes.
"""

import functools
import itertools
from collections.abc import Callable

import numpy as np

FEW = 40_000  # outputs of a layer: up to this many, zeros to compare with are cached

Operation = Callable[[np.ndarray], np.ndarray]  # from a layer's inputs to its outputs


def convolution(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    """A convolution as one matrix product of all windows with all filters."""
    size, filters = kernel.shape[0], kernel.shape[3]
    # OpenBLAS multiplies by 24 filters in five sixths of the time it takes for 22.
    matrix = np.pad(kernel.reshape(-1, filters), [(0, 0), (0, -filters % 4)])
    bias = np.pad(bias, (0, -filters % 4))

    @functools.lru_cache(4)
    def biases(count: int) -> np.ndarray:
        return np.tile(bias, (count, 1))

    def convolve(inputs: np.ndarray) -> np.ndarray:
        windows = windows_of(inputs, (size, size)).transpose(2, 3, 4, 0, 1, 5)
        outputs = windows.reshape(-1, len(matrix)).dot(matrix)
        outputs += biases(len(outputs))
        outputs = np.ascontiguousarray(outputs[:, :filters])
        return outputs.reshape(*windows.shape[:3], filters)

    return convolve


def convolution_of_one_channel(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    """The same for grey images: copies windows in long runs, and adds the bias in the product."""
    size, filters = kernel.shape[0], kernel.shape[3]
    matrix = np.vstack([kernel.reshape(-1, filters), bias])

    def convolve(inputs: np.ndarray) -> np.ndarray:
        windows = windows_of(inputs, (size, size))
        rows = np.empty((len(matrix), windows[0, 0].size), np.float32)
        rows[:-1].reshape(windows.shape)[...] = windows
        rows[-1] = 1
        return rows.T.dot(matrix).reshape(*windows.shape[2:5], filters)

    return convolve


def windows_of(
    inputs: np.ndarray, size: tuple[int, int], step: tuple[int, int] = (1, 1)
) -> np.ndarray:
    """The windows of (n, …, …, channels), as a view of shape (*size, n, down, across, channels).

    Does what numpy.lib.stride_tricks does, in a tenth of the time.
    """
    count, height, width, channels = inputs.shape
    image, row, column, channel = inputs.strides
    down, across = (height - size[0]) // step[0] + 1, (width - size[1]) // step[1] + 1
    return np.ndarray(
        (*size, count, down, across, channels),
        inputs.dtype,
        inputs,
        strides=(row, column, image, step[0] * row, step[1] * column, channel),
    )


def dense(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    matrix = np.asfortranarray(kernel)

    def multiply(inputs: np.ndarray) -> np.ndarray:
        # OpenBLAS is slower on two or three rows, the views of an image, than on four.
        if len(inputs) in (2, 3):
            outputs = np.stack([row.dot(matrix) for row in inputs])
        else:
            outputs = inputs.dot(matrix)
        outputs += bias
        return outputs

    return multiply


def relu(values: np.ndarray) -> np.ndarray:
    few = values.size <= FEW
    zeros = _zeros(values.shape) if few else np.zeros(values.shape[2:], np.float32)
    return np.maximum(values, zeros, out=values)


@functools.cache
def _zeros(shape: tuple[int, ...]) -> np.ndarray:
    return np.zeros(shape, np.float32)


def pooled(inputs: np.ndarray) -> np.ndarray:
    """The largest of each 2×2; an odd last row or column is left out."""
    even = inputs[:, : inputs.shape[1] // 2 * 2, : inputs.shape[2] // 2 * 2]
    lines = np.maximum(even[:, ::2], even[:, 1::2])
    return np.maximum(lines[:, :, ::2], lines[:, :, 1::2])


def pooled_first(operations: list[Operation]) -> list[Operation]:
    """The same operations with ReLU after pooling, where it has a quarter of the values to do."""
    ordered = operations.copy()
    for place, both in enumerate(itertools.pairwise(operations)):
        if both == (relu, pooled):
            ordered[place : place + 2] = reversed(both)
    return ordered
