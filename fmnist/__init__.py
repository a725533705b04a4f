"""Recognise drawn digits and photographed clothing with two convolutional networks.

import fmnist
result = fmnist.classify("seven.png", dataset="mnist", network="large")
result.label, result.confidence
"""

from fmnist.inference import Result, classify, compare, load_model
from fmnist.pictures import PictureError

__all__ = ["PictureError", "Result", "classify", "compare", "load_model"]
