"""A 5×5 convolution by Winograd's algorithm, with a quarter of the multiplications.

The large network spends nearly all its time in its second convolution.
"""

import numpy as np

from fmnist.networks.tuned import Operation, windows_of

KERNEL_SIZE = 5
PART = 128  # filters at once: their outputs for an image, 0.3 MB, stay in the processor's cache


def fits(inputs: np.ndarray) -> bool:
    """Whether the outputs for these (n, height, width, channels) divide into tiles of 4×2."""
    return (inputs.shape[1] - 4) % 4 == 0 and (inputs.shape[2] - 4) % 2 == 0


def convolution(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    """F(4×2, 5×5) of A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks.

    arXiv 1509.09308. Each 8×6 window gives 4×2 outputs with 48 multiplications instead of 200: of
    weighted sums of its pixels by weighted sums of the kernel. `fits` must be true of the inputs,
    and the number of filters a multiple of PART.
    """
    channels, filters = kernel.shape[2:]
    kernels = (WINOGRAD_KERNEL @ kernel.reshape(25, -1)).reshape(48, channels, -1, PART)
    parts = np.ascontiguousarray(kernels.transpose(2, 0, 1, 3), np.float32)

    def convolve(inputs: np.ndarray) -> np.ndarray:
        windows = windows_of(inputs, (8, 6), step=(4, 2))
        count, height, width = windows.shape[2:5]
        sums = (WINOGRAD_INPUTS @ windows.reshape(48, -1)).reshape(48, -1, channels)
        tiles = np.empty((count, height, 4, width, 2, len(parts), PART), np.float32)
        for number, part in enumerate(parts):
            products = WINOGRAD_OUTPUTS @ (sums @ part).reshape(48, -1)
            products = products.reshape(4, 2, count, height, width, PART)
            tiles[..., number, :] = products.transpose(2, 3, 0, 4, 1, 5)
        outputs = tiles.reshape(count, 4 * height, 2 * width, filters)
        outputs += bias
        return outputs

    return convolve


def _winograd_matrices(points: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Matrices that sum the kernel, the inputs and the products, in one direction.

    There is one more input than points, as the last point is infinity, and four fewer outputs.
    """
    count = len(points) + 1

    def powers(highest: int) -> np.ndarray:
        """The powers of each point, from 0 up."""
        finite = np.vander(points, highest, increasing=True)
        return np.vstack([finite, np.eye(highest)[-1]])

    kernel, inputs, outputs = powers(5), np.linalg.inv(powers(count)).T, powers(count - 4).T
    # The kernel's matrix takes the factors that are not binary fractions, because it is only
    # applied once, in double precision.
    factors = np.append(inputs[:-1, -2], 1)[:, np.newaxis]
    return kernel * factors, inputs / factors, outputs


# The points with the smallest rounding errors (B. Barabasz et al., arXiv 1803.10986).
WINOGRAD_KERNEL, WINOGRAD_INPUTS, WINOGRAD_OUTPUTS = (
    np.kron(down, across).astype(dtype)
    for down, across, dtype in zip(
        _winograd_matrices([0, 1, -1, 0.5, -0.5, 2, -2]),
        _winograd_matrices([0, 1, -1, 0.5, -2]),
        (np.float64, np.float32, np.float32),
        strict=True,
    )
)
