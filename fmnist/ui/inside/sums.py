"""One value of a map, as the sum that it is: each weight times what is under it, and the bias."""

from typing import Any

import numpy as np

from fmnist.pictures.opening import PictureError


def place_of(sent: object, values: np.ndarray) -> tuple[int, int]:
    """The row and column that a caller sends for a (height, width) map, or that of its highest.

    sent: two numbers in a list; None means the highest. Raises PictureError if it is invalid.
    """
    if sent is None:
        row, column = np.unravel_index(values.argmax(), values.shape)
        return int(row), int(column)
    if isinstance(sent, list) and [type(each) for each in sent] == [int, int]:
        row, column = sent
        if 0 <= row < values.shape[0] and 0 <= column < values.shape[1]:
            return row, column
    raise PictureError("There is no such place: choose one on the map.")


def sum_at(
    place: tuple[int, int], inputs: np.ndarray, kernel: np.ndarray, bias: float
) -> tuple[np.ndarray, dict[str, Any]]:
    """The products at a place, (channels, side, side) float32, and what they add up to.

    inputs: (height, width, channels), what the convolution takes; kernel: (side, side, channels)
    """
    row, column = place
    side = len(kernel)
    under = inputs[row : row + side, column : column + side]
    products = (under * kernel).transpose(2, 0, 1)
    return products, {"at": [row, column], "sum": float(products.sum()), "bias": bias}
