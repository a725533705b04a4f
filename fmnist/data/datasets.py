"""The data sets: all facts about each, and how to read them.

Each has 60,000 training and 10,000 test pictures of 28×28 grey pixels in four IDX files. The code
that differs between them is in the registries of other layers:
`fmnist.pictures.preprocessing.PREPROCESSING`, `fmnist.runs.recipes.RECIPES`,
`fmnist.training.registry.TRAINING`.

MNIST: Y. LeCun, C. Cortes, C. Burges, http://yann.lecun.com/exdb/mnist (CC BY-SA 3.0).
Fashion-MNIST: H. Xiao, K. Rasul, R. Vollgraf, arXiv 1708.07747 (MIT).
"""

import functools
import gzip
import hashlib
import re
import zlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from fmnist.data import download, idx
from fmnist.data.download import DataError

SHIPPED_TEST_SETS = Path(__file__).parent / "testsets"


class RegistryError(LookupError):
    """A registry lacks an entry; the text says which."""


class Images(NamedTuple):
    """`pixels` (n, 28, 28) uint8, 0 = background, and their `labels` (n,) uint8."""

    pixels: np.ndarray
    labels: np.ndarray


class Views(NamedTuple):
    """Test-time augmentation (TTA): an answer is the mean over an image and these views.

    mirrored: whether the mirror image is a view
    turned: the angle in degrees of two more views, turned left and right; 0 means none
    pivot: the point about which they are turned, in pixels below the middle
    """

    mirrored: bool = False
    turned: int = 0
    pivot: int = 0


AS_IT_IS = Views()


@dataclass(frozen=True)
class Dataset:
    """All facts about a data set.

    name: in code and in the names of files and folders
    title, cited, paper: its proper name, its authors and year, and the address of their paper
    shows, subject, item, items: what its pictures show: as a choice on the page, and in sentences,
        as in "a picture of …", "one …", "2 …"
    to_draw, how_drawn: what the page asks people to draw, and what it says about how, or ""
    is_drawn: whether people usually draw it rather than photograph it
    guidance: what a person's picture should be like
    is_negative: whether its images are bright where things are dark, whatever they are
    overrides: the options of `fmnist.pictures.preprocessing.preprocess` for it: "ink", "cut_out"
    example: the file in its folder of `fmnist/ui/examples` that the page answers before a visitor
        has shown anything
    people: the set in `fmnist.data.people` on which its networks are calibrated
    drawings: the set on which they are calibrated for drawings, if these are not people's usual
        pictures of it
    right_when_sure: the share of "sure" answers to validation people's pictures that must be right
    views: for its test-time augmentation
    labels: the classes, as the data set names them
    phrases: the classes, as used in a sentence: "This is …"
    url: the folder of its files
    sha256: of the unpacked files, as gzip wrappers differ
    """

    name: str
    title: str
    cited: str
    paper: str
    shows: str
    subject: str
    item: str
    items: str
    to_draw: str
    how_drawn: str
    is_drawn: bool
    guidance: str
    is_negative: bool
    overrides: tuple[str, ...]
    example: str
    people: str
    drawings: str | None
    right_when_sure: float
    views: Views
    labels: tuple[str, ...]
    phrases: tuple[str, ...]
    url: str
    sha256: dict[str, str]

    @property
    def likeness(self) -> str:
        """What is said of a picture that another data set's networks do not know."""
        return f"This looks like {self.subject}"

    @property
    def switching(self) -> str:
        """What to do about it."""
        return f"switch to {self.shows}"

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The classes as the page lists them: its phrases, in fewer words."""
        short = (re.sub("^an? (pair of )?", "", each) for each in self.phrases)
        return tuple(each.replace(" or ", "/").capitalize() for each in short)


MNIST = Dataset(
    name="mnist",
    title="MNIST",
    cited="LeCun and others, 1998",
    paper="https://doi.org/10.1109/5.726791",
    shows="Digits",
    subject="a digit",
    item="digit",
    items="digits",
    to_draw="a digit",
    how_drawn="",
    is_drawn=True,
    guidance="A digit, or a few side by side, dark on light paper or light on dark.",
    is_negative=False,
    overrides=("ink",),
    example="five-on-squared-paper.jpg",
    people="pens",
    drawings=None,
    right_when_sure=0.995,
    # Writers slant their digits to either side. Degrees and pivot were chosen by the negative
    # log-likelihood on the validation people's digits.
    views=Views(turned=8, pivot=8),
    labels=tuple("0123456789"),
    phrases=tuple(f"an {digit}" if digit == "8" else f"a {digit}" for digit in "0123456789"),
    url="https://storage.googleapis.com/cvdf-datasets/mnist/",
    sha256={
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
)
FASHION_MNIST = Dataset(
    name="fashion_mnist",
    title="Fashion-MNIST",
    cited="Xiao and others, 2017",
    paper="https://arxiv.org/abs/1708.07747",
    shows="Clothing",
    subject="clothing",
    item="garment",
    items="garments",
    to_draw="a garment",
    how_drawn="as an outline or filled",
    is_drawn=False,
    guidance="One garment on a plain background, all of it in the picture; a single shoe, from the "
    "side.",
    is_negative=True,
    overrides=("cut_out",),
    example="pullover-on-a-sheet.jpg",
    people="photos",
    drawings="drawings",
    # Lower than for digits: people agree with the authors' labels on 83.5 % (arXiv 1708.07747).
    right_when_sure=0.9,
    views=Views(mirrored=True),
    labels=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    phrases=(
        "a T-shirt or top",
        "a pair of trousers",
        "a pullover",
        "a dress",
        "a coat",
        "a sandal",
        "a shirt",
        "a sneaker",
        "a bag",
        "an ankle boot",
    ),
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    sha256={
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
)
DATASETS = {dataset.name: dataset for dataset in (MNIST, FASHION_MNIST)}
DEFAULT = MNIST  # selected when the page opens

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def lookup(registry: Mapping[Key, Value], key: Key, name: str) -> Value:
    """The entry of this registry for a key, such as a data set; RegistryError if there is none."""
    if key not in registry:
        raise RegistryError(f"{name} has nothing for {key!r}: add it there.")
    return registry[key]


def named(name: str) -> Dataset:
    """The data set of this name. Raises ValueError with a sentence if there is none."""
    if name not in DATASETS:
        raise ValueError(f"There is no data set {name!r}: choose one of {', '.join(DATASETS)}.")
    return DATASETS[name]


def training_set(dataset: Dataset, data_dir: Path | None = None) -> Images:
    """The 60,000 training images, from `data_dir` or else downloaded once into the cache.

    `data_dir` holds a folder for each data set, with its name and its `.gz` files. Raises DataError
    if a file is missing, damaged or cannot be downloaded.
    """
    if data_dir is None:
        data_dir = download.cache()
        for file in _files("train"):
            path = _path(data_dir, dataset, file)
            if not path.exists():
                check = functools.partial(_verified, dataset, file)
                download.fetch(f"{dataset.url}{file}.gz", path, check)
    elif not data_dir.is_dir():
        raise DataError(
            f"There is no folder {data_dir}: give --data-dir a folder that holds "
            f"{dataset.name}/train-images-idx3-ubyte.gz, or leave it out to download the data."
        )
    return _read(dataset, "train", data_dir)


@functools.cache
def test_set(name: str) -> Images:
    """The 10,000 test images of "mnist" or another of DATASETS; they ship with the code."""
    return _read(named(name), "t10k", SHIPPED_TEST_SETS)


def split(images: Images, validation_images: int, seed: int | None = None) -> tuple[Images, Images]:
    """Hold out some images for validation; returns the others, and those.

    They are the last ones, as `keras.Model.fit(validation_split=…)` holds them out. With a seed
    they are chosen at random, as scikit-learn's `train_test_split(random_state=seed)` does.
    """
    count = len(images.labels)
    if seed is None:
        others, held_out = np.split(np.arange(count), [count - validation_images])
    else:
        order = np.random.RandomState(seed).permutation(count)
        held_out, others = np.split(order, [validation_images])
    return (
        Images(*(array[others] for array in images)),
        Images(*(array[held_out] for array in images)),
    )


def _files(split: str) -> tuple[str, str]:
    return f"{split}-images-idx3-ubyte", f"{split}-labels-idx1-ubyte"


def _path(data_dir: Path, dataset: Dataset, file: str) -> Path:
    return data_dir / dataset.name / f"{file}.gz"


def _read(dataset: Dataset, split: str, data_dir: Path) -> Images:
    """Read the files of a split, "train" or "t10k"."""

    def unpacked(file):
        path = _path(data_dir, dataset, file)
        try:
            return _verified(dataset, file, path.read_bytes())
        except OSError as error:
            raise DataError(
                f"{path} cannot be read ({error.strerror}): put the file there, or name another "
                "folder with --data-dir."
            ) from None
        except DataError as error:
            raise DataError(
                f"{path} {error}: delete it and fetch it again from {dataset.url}{file}.gz"
            ) from None

    return Images(*(idx.decode(unpacked(file)) for file in _files(split)))


def _verified(dataset: Dataset, file: str, packed: bytes) -> bytes:
    """The unpacked file, if it is the official one."""
    try:
        unpacked = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        raise DataError("is cut short or not a gzip file") from None
    if hashlib.sha256(unpacked).hexdigest() != dataset.sha256[file]:
        raise DataError("is not the official file (its SHA-256 differs)")
    return unpacked
