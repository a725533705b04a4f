"""A 5×5 convolution by Winograd's algorithm, in a quarter of the products.

The large network's second convolution is nearly all that the network computes.
"""

import numpy as np

from fmnist.networks.tuned import Operation, windows_of

KERNEL_SIZE = 5
PART = 128  # filters at once: what they give for an image, 0.3 MB, stays in the processor's cache


def fits(inputs: np.ndarray) -> bool:
    """Whether the outputs for these (n, height, width, channels) fall into tiles of 4×2."""
    return (inputs.shape[1] - 4) % 4 == 0 and (inputs.shape[2] - 4) % 2 == 0


def convolution(kernel: np.ndarray, bias: np.ndarray) -> Operation:
    """F(4×2, 5×5) of A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks.

    arXiv 1509.09308. Each 8×6 window gives 4×2 outputs by 48 products instead of 200: of weighted
    sums of its pixels with weighted sums of the kernel. The inputs have to be such that `fits` is
    true, and the filters a multiple of PART.
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
    """The sums of the kernel, of the inputs and of the products, in one direction.

    Four fewer outputs than inputs, of which there is one more than points: the last is infinity.
    """
    count = len(points) + 1

    def powers(highest: int) -> np.ndarray:
        """Of each point, from 0 on."""
        finite = np.vander(points, highest, increasing=True)
        return np.vstack([finite, np.eye(highest)[-1]])

    kernel, inputs, outputs = powers(5), np.linalg.inv(powers(count)).T, powers(count - 4).T
    # The kernel's sums are computed once, in double precision, and take what is no binary fraction.
    factors = np.append(inputs[:-1, -2], 1)[:, np.newaxis]
    return kernel * factors, inputs / factors, outputs


# The points are those of the least rounding errors (B. Barabasz et al., arXiv 1803.10986).
WINOGRAD_KERNEL, WINOGRAD_INPUTS, WINOGRAD_OUTPUTS = (
    np.kron(down, across).astype(dtype)
    for down, across, dtype in zip(
        _winograd_matrices([0, 1, -1, 0.5, -0.5, 2, -2]),
        _winograd_matrices([0, 1, -1, 0.5, -2]),
        (np.float64, np.float32, np.float32),
        strict=True,
    )
)
