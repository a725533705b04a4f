"""From a picture to a row of the data set."""
from dataclasses import dataclass

import numpy as np
from PIL import Image

from fmnist.pictures import PictureError, open_picture


@dataclass(frozen=True)
class Row:
    pixels: np.ndarray
    steps: dict[str, Image.Image]


def to_row(image, dataset: str, ink: str = "auto", cut_out: bool | None = None) -> Row:
    picture = open_picture(image).convert("RGBA")
    ink_picture = picture.getchannel("A")
    box = ink_picture.getbbox()
    if box is None:
        raise PictureError("Nothing is drawn yet: draw a digit first.")
    return Row(np.asarray(ink_picture.crop(box).resize((28, 28))), {"Drawing": ink_picture})
