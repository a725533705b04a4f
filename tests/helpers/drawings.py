"""People's drawings as somebody's own pictures, in a folder for each class."""

import functools

from fmnist.data import people
from fmnist.training import make_people

DIGITS = ("1", "4", "7", "9")


def draw(folder, labels=DIGITS, each=4, first=0):
    """A folder a label, with so many drawings of it."""
    for label in labels:
        of_label = [item for item in _digits() if str(item["label"]) == label]
        (folder / label).mkdir(parents=True, exist_ok=True)
        for item in of_label[first : first + each]:
            make_people.draw(item).save(folder / label / f"{item['id']}.png")
    return folder


@functools.cache
def _digits():
    return people.strokes("digits")
