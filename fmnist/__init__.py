"""Recognise drawn digits and photographed clothing with two convolutional networks.

import fmnist
result = fmnist.classify("seven.png", dataset="mnist", network="large")
result.label, result.confidence
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fmnist.inference.classify import Result, classify, compare, load_model
    from fmnist.pictures.opening import PictureError

__all__ = ["PictureError", "Result", "classify", "compare", "load_model"]


def __getattr__(name: str) -> Any:
    """Import names lazily (PEP 562): a process that only reads pictures needs no OpenCV."""
    if name not in __all__:
        raise AttributeError(f"module 'fmnist' has no attribute {name!r}")
    module = "fmnist.pictures.opening" if name == "PictureError" else "fmnist.inference.classify"
    return getattr(importlib.import_module(module), name)
