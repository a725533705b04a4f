"""Read a picture from outside safely."""
from PIL import Image


class PictureError(ValueError):
    """There is no picture to answer for; the text is a sentence for the person who sent it."""


def open_picture(source) -> Image.Image:
    return source
