"""Read and write arrays in IDX, the format of MNIST's files, as its home page describes it.

http://yann.lecun.com/exdb/mnist
"""

import gzip

import numpy as np

# The format has more types; these are the ones we need.
TYPES: dict[int, np.dtype] = {
    0x08: np.dtype("u1"),
    0x0B: np.dtype(">i2"),
}


def decode(content: bytes) -> np.ndarray:
    """The array in an unpacked file: uint8, or int16 in the file's byte order."""
    kind, dimensions = content[2:4]
    shape = np.frombuffer(content, ">u4", count=dimensions, offset=4)
    return np.frombuffer(content, TYPES[kind], offset=4 + 4 * dimensions).reshape(shape)


def encode(values: np.ndarray) -> bytes:
    """An array of uint8 or int16 as a gzip file; the same values always give the same file."""
    (kind,) = (kind for kind, dtype in TYPES.items() if dtype.newbyteorder("=") == values.dtype)
    header = bytes([0, 0, kind, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    return gzip.compress(header + values.astype(TYPES[kind]).tobytes(), 9, mtime=0)
