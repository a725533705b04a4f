"""Steps that the augmentation of digits and of clothing share."""

import cv2
import numpy as np

from fmnist.pictures.pixels import SIDE

CENTRE = (SIDE - 1) / 2
ERASED_SIDES = (3, 11)  # pixels: a hand, a hanger or another garment, up to nearly half a side


def mirror_half(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mirror half of (n, 28, 28) images, chosen at random."""
    mirrored = rng.random(len(images)) < 0.5
    return np.where(mirrored[:, None, None], images[:, :, ::-1], images)


def random_erasing(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide a part under a box of any shade (Z. Zhong et al., arXiv 1708.04896)."""
    pixels = pixels.copy()
    height, width = rng.integers(ERASED_SIDES[0], ERASED_SIDES[1] + 1, 2)
    top, left = rng.integers(0, SIDE - height), rng.integers(0, SIDE - width)
    pixels[top : top + height, left : left + width] = rng.integers(256)
    return pixels


def elastic_distortion(
    pixels: np.ndarray, x: np.ndarray, y: np.ndarray, strength: float, rng: np.random.Generator
) -> np.ndarray:
    """Sample the image at these coordinates from its centre, give or take `strength` pixels.

    P. Simard, D. Steinkraus, J. Platt, Best Practices for Convolutional Neural Networks, 2003.
    """
    x, y = (axis + CENTRE + strength * smooth_noise((5, 5), len(axis), rng) for axis in (x, y))
    return cv2.remap(pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)


def smooth_noise(hills: tuple[int, ...], side: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of standard deviation 1, with this many hills down and across a square."""
    noise = rng.standard_normal(hills, np.float32)
    return cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)


def rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
