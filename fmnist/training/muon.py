"""Muon, the optimizer of recipe `robust`: K. Jordan et al., kellerjordan.github.io/posts/muon."""

import re

import keras
from keras import ops


class Muon(keras.optimizers.Muon):
    """Keras's Muon, which is for matrices alone, for the kernels of convolutions too.

    Such a kernel is taken, as by the authors, for a matrix with a column for each filter. What is
    neither, and the layers in `exclude_layers`, remain Adam's.

    matrix_dtype: of the steps of Newton and Schulz, "float32" or, as with the authors, "bfloat16"
    """

    def __init__(self, *args, matrix_dtype: str = "float32", **kwargs):
        super().__init__(*args, **kwargs)
        self.matrix_dtype = matrix_dtype

    def _should_use_adamw(self, variable):
        excluded = any(re.search(layer, variable.path) for layer in self.exclude_layers)
        return excluded or len(variable.shape) not in (2, 4)

    def zeropower_via_newtonschulz5(self, x, steps):
        matrix = ops.cast(_matrix(x), self.matrix_dtype)
        orthogonal = super().zeropower_via_newtonschulz5(matrix, steps)
        return ops.reshape(ops.cast(orthogonal, x.dtype), x.shape)

    def lr_adjust(self, x):
        return ops.reshape(super().lr_adjust(_matrix(x)), x.shape)


def _matrix(kernel):
    return ops.reshape(kernel, (-1, kernel.shape[-1]))
