"""Convolution by the Fourier transform, for training.

The large network spends nearly all its time in its second convolution. The Fourier transform, as
proposed by M. Mathieu, M. Henaff and Y. LeCun (Fast Training of Convolutional Networks through
FFTs, arXiv 1312.5851), reduces it from 52 to 16 million multiplications per image.
"""

import keras
import numpy as np
from keras import ops


class FourierConv2D(keras.layers.Conv2D):
    """`Conv2D` for square images without padding; the same except for rounding.

    It uses the Fourier transform only on CPUs, where multiplications take most of the time, and
    only if that needs fewer of them.
    """

    def build(self, input_shape):
        super().build(input_shape)
        _, side, _, channels = input_shape
        kernel = self.kernel_size[0]
        self.matrices = transforms(side, kernel)
        of_image, _, back = self.matrices
        directly = back.shape[0] * kernel**2 * channels * self.filters
        transformed = (
            of_image.size * channels
            + len(of_image) * channels * self.filters
            + back.size * self.filters
        )
        self.by_fourier = transformed < directly and not keras.distribution.list_devices("gpu")

    def convolution_op(self, inputs, kernel):
        """(n, side, side, channels), (k, k, channels, filters) -> (n, out, out, filters)"""
        if not self.by_fourier:
            return super().convolution_op(inputs, kernel)
        of_image, of_kernel, back = (ops.cast(each, inputs.dtype) for each in self.matrices)
        terms = of_image.shape[0]
        size, _, channels, filters = kernel.shape
        out = inputs.shape[1] - size + 1
        positions = ops.reshape(ops.transpose(inputs, (1, 2, 0, 3)), (inputs.shape[1] ** 2, -1))
        images = ops.reshape(of_image @ positions, (terms, -1, channels))
        kernels = of_kernel @ ops.reshape(kernel, (size**2, -1))
        products = images @ ops.reshape(kernels, (terms, channels, filters))
        sums = ops.reshape(back @ ops.reshape(products, (terms, -1)), (out, out, -1, filters))
        return ops.transpose(sums, (2, 0, 1, 3))


def transforms(side: int, kernel: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Matrices that turn convolving into multiplying: back @ ((of_image @ x) * (of_kernel @ w)).

    x is an image (side²,) and w a kernel (kernel²,), row by row; the result is (out²,), a value for
    each place of the kernel within the image. The matrices are float32: (terms, side²),
    (terms, kernel²), (out², terms).

    For real numbers, a frequency and its opposite are conjugates, so one of the two is enough. A
    product of two complex numbers takes three multiplications (Gauss), one term each.
    """
    of_image, of_kernel, back = [], [], []
    for down, right in np.ndindex(side, side):
        opposite = (-down % side, -right % side)
        if (down, right) > opposite:
            continue
        image, weights, sums = (
            np.exp(2j * np.pi / side * (down * rows + right * columns)).ravel()
            for rows, columns in (np.mgrid[:n, :n] for n in (side, kernel, side - kernel + 1))
        )
        a, b = image.real, -image.imag
        c, d = (
            weights.real,
            weights.imag,
        )  # not conjugated: Keras does not flip kernels
        if (down, right) == opposite:
            of_image += [a]
            of_kernel += [c]
            back += [sums.real]
        else:
            real, imaginary = 2 * sums.real, -2 * sums.imag
            of_image += [a, b, a + b]
            of_kernel += [c, d, c + d]
            back += [real - imaginary, -real - imaginary, imaginary]
    return (
        np.array(of_image, np.float32),
        np.array(of_kernel, np.float32),
        np.array(back, np.float32).T / side**2,
    )
