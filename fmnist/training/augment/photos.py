"""Augment cut-outs of people's photos, varying pose and light, into images of Fashion-MNIST.

Magnitudes are standard deviations, shares are of the images, ranges are uniform. All are set by eye
so that a person can still name the garment.
"""

import cv2
import numpy as np

from fmnist.pictures.clothing import photo_image
from fmnist.pictures.pixels import cropped
from fmnist.training.augment.warping import random_erasing, rotation

PHOTO_ROTATION = 0.12  # radians: 7°, as garments lie and people hold their phones
PHOTO_STRETCH = 0.1  # of the logarithm of width and height: 10 %, as cuts and angles vary
PHOTO_SLANT = 0.06  # pixels sideways per pixel down
PHOTO_CONTRAST = 0.25  # of the logarithm
PHOTO_BRIGHTNESS = 30  # of 255: the same garment in other light
PHOTO_SOFTNESS = (0.2, 0.8)  # pixels of the image; answers use ClothingSettings.softness
ERASED = 0.25


def augment_photo(cut_out: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn a photo's cut-out, (h, w) uint8, 0 = background, into an image: (28, 28) uint8.

    Mirrors, rotates, stretches and relights it before reducing it, then may erase a part.
    """
    garment = cropped(cut_out)[:, :: rng.choice([-1, 1])]
    wide, high = np.exp(rng.normal(0, PHOTO_STRETCH, 2))
    slant = rng.normal(0, PHOTO_SLANT)
    matrix = rotation(rng.normal(0, PHOTO_ROTATION)) @ [[wide, slant], [0, high]]
    size = 2 * max(garment.shape)  # room for rotating and stretching
    middle = (np.array(garment.shape[::-1]) - 1) / 2
    shift = (size - 1) / 2 - matrix @ middle
    garment = cv2.warpAffine(
        garment.astype(np.float32), np.column_stack([matrix, shift]), (size, size)
    )
    inside = garment > 0.75
    mean = garment[inside].mean()
    contrast = np.exp(rng.normal(0, PHOTO_CONTRAST))
    brightness = mean + rng.normal(0, PHOTO_BRIGHTNESS)
    garment = ((garment - mean) * contrast + brightness).clip(1, 255) * inside
    image = photo_image(garment.astype(np.uint8), softness=rng.uniform(*PHOTO_SOFTNESS))
    return random_erasing(image, rng) if rng.random() < ERASED else image
