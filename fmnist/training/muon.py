"""Muon, the optimizer of recipe `robust`: K. Jordan et al., kellerjordan.github.io/posts/muon."""

import re

import keras
from keras import ops


class Muon(keras.optimizers.Muon):
    """Keras's Muon, which only takes matrices, extended to the kernels of convolutions.

    As in the authors' code, such a kernel becomes a matrix with one column per filter. Adam trains
    all other parameters, and the layers in `exclude_layers`.

    matrix_dtype: of the Newton–Schulz steps, "float32" or, as in the authors' code, "bfloat16"
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
