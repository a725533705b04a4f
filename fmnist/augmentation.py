"""How images are changed in training, so that a network knows them as people draw and photograph.

How much was set by eye, so that a person still names what an image shows. What was tried against
something else, on the validation people of `fmnist.people`, says so.
"""

import cv2
import numpy as np

from fmnist.datasets import FASHION_MNIST, Images
from fmnist.preprocess import SIDE, centred_digit, cropped, garment_image, photo_image

CENTRE = (SIDE - 1) / 2
COORDINATES = np.mgrid[:SIDE, :SIDE][::-1].astype(np.float32) - CENTRE  # x and y of each pixel


# Digits: magnitudes are standard deviations.

DIGIT_ROTATION = 0.1  # radians: 6°, as a sheet lies
DIGIT_SLANT = 0.12  # pixels to the side for each pixel down: hands differ in this most
DIGIT_STRETCH = 0.08  # of the logarithm of width and of height: 8 %
DIGIT_DISTORTION = 0.7  # pixels: lines of an unsteady hand; a stroke is 2.6 wide
ADDED_STROKE = 0.2  # of the zeros, ones and sevens: MNIST has hardly any, some countries all
ADDED_WIDTHS = (2, 3)  # pixels, as MNIST's strokes
ADDED_JITTER = 1.5  # pixels, of each end


def augment_digit(pixels: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Rotated, slanted, stretched, distorted; now and then with a stroke that some people add."""
    if label in ADDED and rng.random() < ADDED_STROKE:
        pixels = pixels.copy()
        line = ADDED[label](pixels, rng)
        polyline(pixels, line, width=int(rng.integers(ADDED_WIDTHS[0], ADDED_WIDTHS[1] + 1)))
        pixels = centred_digit(pixels)
    slant = rng.normal(0, DIGIT_SLANT)
    wide, high = np.exp(rng.normal(0, DIGIT_STRETCH, 2))
    matrix = _rotation(rng.normal(0, DIGIT_ROTATION)) @ [[wide, slant], [0, high]]
    x, y = np.tensordot(matrix, COORDINATES, 1)
    return _elastic_distortion(pixels, x, y, DIGIT_DISTORTION, rng)


def _slash(_, rng):
    """Through a zero, from below it to above it."""
    return np.array([(9, 26), (19, 1)]) + rng.normal(0, ADDED_JITTER, (2, 2))


def _upstroke(pixels, rng):
    """To the tip of a one, from its left."""
    rows, columns = np.nonzero(pixels > 127)
    x, y = columns[rows.argmin()], rows.min()
    return np.array([(x - rng.uniform(3, 9), y + rng.uniform(1, 9)), (x, y)])


def _bar(_, rng):
    """Across a seven."""
    return np.array([(9, 14), (19, 14)]) + rng.normal(0, ADDED_JITTER, (2, 2))


ADDED = {0: _slash, 1: _upstroke, 7: _bar}  # lines of points (x, y)


def polyline(pixels: np.ndarray, points: np.ndarray, width: int) -> None:
    """Draw a line through points (n, 2), x and y in pixels, into (h, w) uint8."""
    sixteenths = np.round(points * 16).astype(np.int32)
    cv2.polylines(pixels, [sixteenths], False, 255, width, cv2.LINE_AA, shift=4)


# Photos of clothing: magnitudes are standard deviations, shares are of the images, ranges uniform.
#
# Beside them images of the data set are mirrored only. Altering a quarter of those as well made no
# difference once real photos were among them: of validation photos 72.4 % right with and without,
# negative log-likelihood 0.856 and 0.855.

PHOTO_ROTATION = 0.12  # radians: 7°, as garments lie and people hold their phones
PHOTO_STRETCH = 0.1  # of the logarithm of width and of height: 10 %, cuts and angles differ
PHOTO_SLANT = 0.06  # pixels to the side for each pixel down
PHOTO_CONTRAST = 0.25  # of the logarithm
PHOTO_BRIGHTNESS = 30  # of 255: the same garment in other light
PHOTO_SOFTNESS = (0.2, 0.8)  # pixels of the image; preprocess.SOFTNESS is 0.45
ERASED = 0.25
ERASED_SIDES = (3, 11)  # pixels: of a hand, a hanger or another garment to nearly half a side


def mirror_half(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n, 28, 28) images, each of them mirrored or not."""
    mirrored = rng.random(len(images)) < 0.5
    return np.where(mirrored[:, None, None], images[:, :, ::-1], images)


def augment_photo(cut_out: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A cut-out of a photo, (h, w) uint8, 0 = background, as an image: (28, 28) uint8.

    Mirrored, rotated, stretched, in other light, in part erased, before it is made small: of
    validation photos 72.4 % were right so, 69.4 % if the small images were changed.
    """
    garment = cropped(cut_out)[:, :: rng.choice([-1, 1])]
    wide, high = np.exp(rng.normal(0, PHOTO_STRETCH, 2))
    slant = rng.normal(0, PHOTO_SLANT)
    matrix = _rotation(rng.normal(0, PHOTO_ROTATION)) @ [[wide, slant], [0, high]]
    size = 2 * max(garment.shape)  # room for what is rotated and stretched
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
    return _random_erasing(image, rng) if rng.random() < ERASED else image


# Clothing of the data set, before photos join it: magnitudes, shares and ranges as of photos.

SLEEVED, SHOE_CLASSES = (
    [FASHION_MNIST.labels.index(name) for name in names]
    for names in (
        ("T-shirt/top", "Pullover", "Coat", "Shirt"),
        ("Sandal", "Sneaker", "Ankle boot"),
    )
)
WORN = 0.5
# Half pixels, with room around an image for what is rotated and stretched: a photo that is made
# small is sharp, and so is what is altered at twice its size.
HALVES = np.mgrid[-19:19:0.5, -19:19:0.5][::-1].astype(np.float32)
GARMENT_ROTATION = 0.09  # radians: 5°
PAIRED, PAIR_ROTATION = 0.5, 0.3  # of the shoes; radians: 17°
GARMENT_STRETCH = 0.12  # of the logarithm of width and of height: 12 %
GARMENT_SLANT = 0.06  # pixels to the side for each pixel down
GARMENT_DISTORTION = 0.5  # pixels: another cut
SPREAD, TRUNK, SPREAD_BY = 0.4, (4, 8), (0.1, 0.7)  # of the sleeved; pixels to either side; a share
OTHER_LIGHT, CONTRAST, BRIGHTNESS = 0.3, (0.4, 1.3), (40, 225)  # of 255
FOLDED, FOLDS, FOLD_DEPTH = 0.5, (5, 9, 17), 0.2  # hills across a garment; of its brightness
PATTERNED, HILLS, PATTERN = 0.2, (1, 9, 40), (10, 60)  # stripes, checks, dots; of 255
RAGGED, RAGGED_BY = 0.3, 0.25  # of the outline, as photos are cut out


def augment_garments(images: Images, rng: np.random.Generator) -> np.ndarray:
    """(n, 28, 28): mirrored or not, half of them as worn clothes look, a quarter in part erased."""
    pixels = mirror_half(images.pixels, rng)
    for index in np.flatnonzero(rng.random(len(pixels)) < WORN):
        pixels[index] = _worn(pixels[index], images.labels[index], rng)
    for index in np.flatnonzero(rng.random(len(pixels)) < ERASED):
        pixels[index] = _random_erasing(pixels[index], rng)
    return pixels


def _worn(pixels: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Rotated, stretched, sleeves spread, shoes in pairs; other cloth, folds, a ragged outline."""
    angle = rng.normal(0, GARMENT_ROTATION)
    if label in SHOE_CLASSES and rng.random() < PAIRED:
        pixels, angle = _pair(pixels, rng), rng.normal(0, PAIR_ROTATION)
    wide, high = np.exp(rng.normal(0, GARMENT_STRETCH, 2))
    matrix = [[wide, rng.normal(0, GARMENT_SLANT)], [0, high]] @ _rotation(angle)
    x, y = np.tensordot(matrix.astype(np.float32), HALVES, 1)
    if label in SLEEVED and rng.random() < SPREAD:
        spread = rng.uniform(*SPREAD_BY)
        beyond = np.maximum(np.abs(x) - rng.uniform(*TRUNK), 0)
        x = x - np.sign(x) * beyond * spread / (1 + spread)
        y = y + 0.6 * beyond * spread
    cloth = _elastic_distortion(pixels.astype(np.float32), x, y, GARMENT_DISTORTION, rng)
    garment = cloth > 8
    if not garment.any():
        return pixels
    side = len(cloth)
    if rng.random() < OTHER_LIGHT:
        cloth = (cloth - cloth[garment].mean()) * rng.uniform(*CONTRAST) + rng.uniform(*BRIGHTNESS)
    if rng.random() < FOLDED:
        cloth = cloth * (1 + FOLD_DEPTH * _smooth_noise(tuple(rng.choice(FOLDS, 2)), side, rng))
    if rng.random() < PATTERNED:
        strength = rng.uniform(*PATTERN)
        cloth = cloth + strength * _smooth_noise(tuple(rng.choice(HILLS, 2)), side, rng)
    if rng.random() < RAGGED:
        edge = cv2.GaussianBlur(garment.astype(np.float32), (0, 0), 2)
        garment &= edge + RAGGED_BY * _smooth_noise((11, 11), side, rng) > 0.5
    worn = (cloth.clip(1, 255) * garment).astype(np.uint8)
    return garment_image(worn) if worn.any() else pixels


def _pair(shoe: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The shoe, seen from its side, beside its mirror image: much as a pair seen from above."""
    shoe = np.rot90(cropped(shoe))[:, :: rng.choice([-1, 1])]
    between = np.zeros((len(shoe), rng.integers(4)), np.uint8)
    pair = np.hstack([shoe, between, shoe[:, ::-1]])
    return garment_image(pair[:: rng.choice([-1, 1])])


AUGMENTATIONS = {FASHION_MNIST.name: augment_garments}  # of a data set's images, by its name


def _random_erasing(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """In part hidden by a box of any shade (Z. Zhong et al., arXiv 1708.04896)."""
    pixels = pixels.copy()
    height, width = rng.integers(ERASED_SIDES[0], ERASED_SIDES[1] + 1, 2)
    top, left = rng.integers(0, SIDE - height), rng.integers(0, SIDE - width)
    pixels[top : top + height, left : left + width] = rng.integers(256)
    return pixels


def _elastic_distortion(
    pixels: np.ndarray, x: np.ndarray, y: np.ndarray, strength: float, rng: np.random.Generator
) -> np.ndarray:
    """What lies at these coordinates, counted from the centre, give or take `strength` pixels.

    P. Simard, D. Steinkraus, J. Platt, Best Practices for Convolutional Neural Networks, 2003.
    """
    x, y = (axis + CENTRE + strength * _smooth_noise((5, 5), len(axis), rng) for axis in (x, y))
    return cv2.remap(pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)


def _smooth_noise(hills: tuple[int, ...], side: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of deviation 1 with so many hills down and across a square."""
    noise = rng.standard_normal(hills, np.float32)
    return cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)


def _rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
