"""Whatever way a digit is drawn or a garment photographed, the image made of it is the same."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from fmnist.data.datasets import test_set as shipped_test_set
from fmnist.pictures import clothing, digits
from fmnist.pictures.clothing import garment_image
from fmnist.pictures.digits import centred_digit
from fmnist.pictures.opening import PictureError
from fmnist.pictures.preprocessing import preprocess
from fmnist.runs import records

FIVE = [[(0.9, 0), (0.2, 0.02)], [(0.2, 0.12), (0.15, 0.5), (0.5, 0.4), (0.75, 0.6), (0.7, 0.85)]]
FIVE[1] += [(0.4, 1), (0.05, 0.9)]
SEVEN = [[(0, 0.05), (0.65, 0), (0.3, 1)]]
DIGITS = [(SEVEN, 7), (FIVE, 5)]


def share_right(dataset: str, images: np.ndarray, labels: np.ndarray) -> float:
    network = records.forward_pass(records.served_run(dataset, "small"))
    return float((network(images).argmax(axis=1) == labels).mean())


def images_of(pictures, dataset: str) -> np.ndarray:
    return np.stack([preprocess(picture, dataset).pixels for picture in pictures])


def stroke(digit, size=200, at=(100, 90), brush=16, canvas=400) -> Image.Image:
    """The digit in white on black, smooth as a browser draws it."""
    ink = Image.new("L", (2 * canvas, 2 * canvas))
    pen = ImageDraw.Draw(ink)
    for line in digit:
        path = [(2 * (at[0] + x * size), 2 * (at[1] + y * size)) for x, y in line]
        pen.line(path, fill=255, width=2 * brush, joint="curve")
        for x, y in path:
            pen.ellipse((x - brush, y - brush, x + brush, y + brush), fill=255)
    return ink.resize((canvas, canvas))


def sketch(digit, colour=(0, 0, 0), **where) -> Image.Image:
    """The digit in ink on a transparent canvas."""
    ink = stroke(digit, **where)
    drawing = Image.new("RGBA", ink.size, colour)
    drawing.putalpha(ink)
    return drawing


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """0 for equal images, 1 for images without a common pixel."""
    return np.abs(a.astype(int) - b).sum() / (a.astype(int) + b).sum()


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
def test_images_of_the_data_set_stay_as_they_are(dataset):
    images, labels = (part[::10] for part in shipped_test_set(dataset))
    images = np.minimum(images, 254)  # the test images themselves are known
    again = images_of(images, dataset)
    assert (np.abs(again.astype(int) - images).max(axis=(1, 2)) <= 3).mean() > 0.99
    before, after = (share_right(dataset, some, labels) for some in (images, again))
    assert after == pytest.approx(before, abs=0.0011)  # but for one of 1,000


@pytest.mark.parametrize("dataset, odd", [("mnist", 4530), ("fashion_mnist", 2042)])
def test_test_images_come_out_to_the_pixel(dataset, odd):
    images = shipped_test_set(dataset).pixels[[*range(100), odd]]  # the last has a bright edge
    assert (images_of(images, dataset) == images).all()


@pytest.mark.parametrize(("dataset", "loss"), [("mnist", 0.02), ("fashion_mnist", 0.0)])
def test_enlarged_images_are_recognised_as_well(dataset, loss):
    images, labels = (part[:200] for part in shipped_test_set(dataset))
    pictures = [
        Image.fromarray(image).resize((280, 280), Image.Resampling.NEAREST) for image in images
    ]
    found = share_right(dataset, images_of(pictures, dataset), labels)
    assert found >= share_right(dataset, images, labels) - loss


@pytest.mark.parametrize(("digit", "label"), DIGITS)
def test_ink_of_any_colour_on_any_background_gives_the_same_image(digit, label):
    ink = stroke(digit)
    red_on_cream = Image.composite(*(Image.new("RGB", ink.size, c) for c in ("#c22", "#fe9")), ink)
    yellow = Image.composite(*(Image.new("RGB", ink.size, c) for c in ("yellow", "white")), ink)
    expected = preprocess(sketch(digit), "mnist").pixels
    assert share_right("mnist", expected[None], [label]) == 1
    for picture in (
        sketch(digit, (255, 255, 255)),
        sketch(digit, (40, 90, 250)),
        ink,
        ink.point(lambda value: 255 - value),
        red_on_cream,
        yellow,
        np.asarray(ink) / 255,
    ):
        assert difference(preprocess(picture, "mnist").pixels, expected) < 0.05


@pytest.mark.parametrize(("digit", "label"), DIGITS)
def test_place_size_and_brush_hardly_matter(digit, label):
    expected = preprocess(sketch(digit), "mnist").pixels
    for where in (
        {"at": (195, 190)},
        {"at": (10, 10)},
        {"size": 60, "brush": 6},
        {"size": 340, "at": (30, 30)},
        {"brush": 6},
        {"brush": 24},
    ):
        pixels = preprocess(sketch(digit, **where), "mnist").pixels
        assert share_right("mnist", pixels[None], [label]) == 1, where
        assert difference(pixels, expected) < 0.2, where


def test_strokes_become_as_wide_as_those_of_mnist_whatever_the_brush():
    corner = [[(0, 0), (0, 1), (0.7, 1)]]
    widths = [
        preprocess(sketch(corner, size=240, brush=brush), "mnist").pixels[8:14].sum(axis=1).mean()
        for brush in (4, 8, 16, 24)
    ]
    assert np.mean(widths) / 255 == pytest.approx(2.6, abs=0.35)
    assert np.ptp(widths) / 255 < 0.1


def test_a_digit_is_centred_and_fitted_as_mnist_does():
    pixels = preprocess(sketch(SEVEN, at=(10, 150)), "mnist").pixels.astype(float)
    rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
    assert 20 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21  # 21: shifted by part of a pixel
    y, x = np.mgrid[:28, :28]
    assert (x * pixels).sum() / pixels.sum() == pytest.approx(13.5, abs=0.2)
    assert (y * pixels).sum() / pixels.sum() == pytest.approx(13.5, abs=0.2)


@pytest.mark.parametrize("turns", range(4))
def test_nothing_of_a_lopsided_digit_is_cut_off(turns):
    ink = np.zeros((20, 20), np.uint8)
    ink[:, :3] = ink[9:11] = 255  # its centre of mass is 9 pixels left of the middle
    ink = np.rot90(ink, turns)
    assert centred_digit(ink).sum() == pytest.approx(ink.sum(), rel=1e-3)


def test_specks_are_dropped_and_loose_strokes_kept():
    expected = preprocess(sketch(FIVE), "mnist").pixels
    spotted = sketch(FIVE)
    pen = ImageDraw.Draw(spotted)
    for x, y in ((380, 390), (12, 15), (200, 380)):
        pen.ellipse((x - 8, y - 8, x + 8, y + 8), fill=(0, 0, 0, 255))
    assert difference(preprocess(spotted, "mnist").pixels, expected) < 0.05
    headless = preprocess(sketch(FIVE[1:]), "mnist").pixels
    assert difference(headless, expected) > 0.2


@pytest.mark.parametrize(
    ("brush", "hair", "width"),
    [(20, [(340, 100), (345, 220)], 3), (5, [(350, 100), (350, 121)], 22)],
    ids=["long and thin", "short and thick"],
)
def test_a_hair_or_a_blot_beside_the_digit_is_dropped(brush, hair, width):
    expected = preprocess(sketch(FIVE, brush=brush), "mnist").pixels
    hairy = sketch(FIVE, brush=brush)
    ImageDraw.Draw(hairy).line(hair, fill=(0, 0, 0, 255), width=width)
    assert difference(preprocess(hairy, "mnist").pixels, expected) < 0.05


def on_paper(digit: np.ndarray, seed: int) -> Image.Image:
    """A digit in blue pen on ruled paper: light from a side, a shadow, a table's edge, noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:480, :360]
    paper = np.full((480, 360, 3), (228, 225, 215), float)
    paper[(y + x * 0.02).astype(int) % 36 < 2] = (190, 200, 222)
    pen = np.zeros((480, 360))
    left, top = random.integers(60, 150, 2)
    pen[top : top + 196, left : left + 196] = (
        np.asarray(Image.fromarray(digit).resize((196, 196), Image.Resampling.BICUBIC)) / 255
    )
    photo = paper * (1 - pen[..., None]) + np.array((40, 50, 140)) * pen[..., None]
    photo[y + 0.06 * x > 450] = (105, 75, 50)
    light = 1.05 - 0.45 * x / 360 - 0.25 / (1 + np.exp((x + y - 300 - 9 * seed) / 15))
    photo = photo * light[..., None] + random.normal(0, 5, photo.shape)
    return Image.fromarray(photo.clip(0, 255).astype(np.uint8))


def test_digits_on_paper_in_uneven_light_are_recognised():
    images, labels = (part[:60] for part in shipped_test_set("mnist"))
    photos = [on_paper(image, seed) for seed, image in enumerate(images)]
    assert share_right("mnist", images_of(photos, "mnist"), labels) >= 0.9


@pytest.mark.parametrize(
    "edge",
    [
        [(350, 0), (360, 400)],
        [(350, 0), (350, 90)],
        [(350, 320), (350, 400)],
        [(0, 350), (90, 350)],
        [(310, 350), (400, 350)],
    ],
)
def test_what_runs_out_of_the_picture_is_no_ink(edge):
    paper = (
        np.random.default_rng(0).normal(215, 4, (400, 400, 3)) * np.linspace(1, 0.7, 400)[:, None]
    )
    paper = Image.fromarray(paper.clip(0, 255).astype(np.uint8))
    paper.paste((30, 30, 90), mask=stroke(SEVEN))
    ImageDraw.Draw(paper).line(edge, fill=(70, 50, 35), width=10)
    found = preprocess(paper, "mnist")
    assert difference(found.pixels, preprocess(sketch(SEVEN), "mnist").pixels) < 0.1
    ink = np.asarray(found.steps["Ink"])
    assert max(ink[0].max(), ink[-1].max(), ink[:, 0].max(), ink[:, -1].max()) == 0


def test_chalk_in_uneven_light_is_recognised():
    images, labels = (part[:60] for part in shipped_test_set("mnist"))
    photos = [
        Image.eval(on_paper(image, seed), lambda v: 255 - v) for seed, image in enumerate(images)
    ]
    assert share_right("mnist", images_of(photos, "mnist"), labels) >= 0.9


def test_the_person_can_say_which_is_the_ink():
    dark_on_light = stroke(SEVEN).point(lambda value: 255 - value)
    found = {ink: preprocess(dark_on_light, "mnist", ink=ink).pixels for ink in ("auto", "dark")}
    assert np.array_equal(found["auto"], found["dark"])
    with pytest.raises(PictureError, match="stands out"):
        preprocess(dark_on_light, "mnist", ink="light")


def dots() -> Image.Image:
    """Every second pixel in both directions: all of it grey when it is made smaller."""
    ink = np.zeros((320, 320, 4), np.uint8)
    ink[::2, ::2, 3] = 255
    return Image.fromarray(ink)


def plain_noise() -> Image.Image:
    noise = np.random.default_rng(0).normal(180, 4, (300, 300, 3))
    return Image.fromarray(noise.astype(np.uint8))


@pytest.mark.parametrize(
    "blank",
    [
        Image.new("RGBA", (400, 400)),
        Image.new("RGB", (400, 400), "white"),
        Image.new("L", (28, 28)),
        Image.new("1", (1, 1)),
        Image.new("RGBA", (50, 50), (9, 9, 9, 255)),
        plain_noise(),
        dots(),
    ],
)
def test_an_empty_canvas_is_refused_for_digits(blank):
    with pytest.raises(PictureError) as caught:
        preprocess(blank, "mnist")
    assert str(caught.value).endswith(".") and ". " not in str(caught.value)


def on_sticker(colour: int, ink: int) -> Image.Image:
    """A diamond in a transparent picture, whose right half has the colour of ink."""
    y, x = np.mgrid[-70:71, -70:71]
    grey = np.where(x > 10, ink, colour)
    opaque = np.where(np.abs(x) + np.abs(y) <= 50, 255, 0)
    return Image.fromarray(np.stack([grey, grey, grey, opaque], axis=2).astype(np.uint8))


@pytest.mark.parametrize(("colour", "ink"), [(150, 255), (0, 255)])
def test_a_sticker_without_ink_of_the_chosen_kind_is_refused(colour, ink):
    with pytest.raises(PictureError, match="No digit stands out"):
        preprocess(on_sticker(colour, ink), "mnist", ink="dark")


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "1"])
def test_a_blank_picture_is_refused_for_clothing(mode):
    for size in ((1, 1), (28, 28), (300, 200)):
        with pytest.raises(PictureError, match="blank"):
            preprocess(Image.new(mode, size), "fashion_mnist")


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
@pytest.mark.parametrize("size", [(2, 1), (3, 3), (1, 40), (9000, 2), (5, 700), (64, 64)])
def test_odd_sizes_give_an_image_or_a_sentence(dataset, size):
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 4), np.uint8)
    for picture in (noise, noise[..., :3], noise[..., 0]):
        try:
            made = preprocess(picture, dataset)
        except PictureError:
            continue
        assert made.pixels.shape == (28, 28) and made.pixels.dtype == np.uint8


def test_a_wrong_choice_is_answered_with_the_right_ones():
    with pytest.raises(ValueError, match="mnist, fashion_mnist"):
        preprocess(stroke(SEVEN), "cifar")
    with pytest.raises(ValueError, match="auto, dark or light"):
        preprocess(stroke(SEVEN), "mnist", ink="blue")


def product_photo(image: np.ndarray) -> Image.Image:
    """What the image may have been made of: the garment on white, with room around it."""
    photo = Image.new("L", (500, 640), 255)
    garment = Image.fromarray(255 - image).resize((420, 420), Image.Resampling.BICUBIC)
    photo.paste(garment, (50, 90))
    return photo.convert("RGB")


def test_product_photos_on_white_are_recognised():
    images, labels = (part[:100] for part in shipped_test_set("fashion_mnist"))
    photos = [product_photo(image) for image in images]
    found = images_of(photos, "fashion_mnist")
    assert share_right("fashion_mnist", found, labels) > 0.8


@pytest.mark.parametrize("at", [(0, 60), (160, 60), (80, 0), (80, 120)])
def test_a_garment_may_touch_an_edge_of_its_photo(at):
    photo = Image.new("RGB", (260, 320), "white")
    photo.paste("#446", (*at, at[0] + 100, at[1] + 200))
    assert preprocess(photo, "fashion_mnist").steps["Cut out"].size == (100, 200)


SHIRT = [(80, 60), (120, 60), (135, 75), (150, 60), (190, 60), (240, 110), (215, 140), (195, 120)]
SHIRT += [(195, 300), (75, 300), (75, 120), (55, 140), (30, 110)]


def shirt_on_a_floor() -> tuple[Image.Image, np.ndarray]:
    """A blue shirt on a wooden floor in uneven light, and where the shirt is."""
    y, x = np.mgrid[:360, :270]
    mask = Image.new("1", (270, 360))
    ImageDraw.Draw(mask).polygon(SHIRT, fill=1)
    mask = np.asarray(mask)
    boards = 1 - 0.25 * (x % 45 < 2) + 0.05 * np.sin(y / 6 + x // 45)
    photo = np.where(mask[..., None], (35, 60, 120), boards[..., None] * (190, 150, 105))
    photo = photo * (0.75 + 0.4 * y / 360)[..., None]
    photo += np.random.default_rng(0).normal(0, 6, photo.shape)
    return Image.fromarray(photo.clip(0, 255).astype(np.uint8)), mask


def test_a_garment_is_cut_out_of_its_floor():
    photo, mask = shirt_on_a_floor()
    white = Image.composite(photo, Image.new("RGB", photo.size, "white"), Image.fromarray(mask))
    expected = preprocess(white, "fashion_mnist").pixels
    pixels = preprocess(photo, "fashion_mnist").pixels
    assert difference(pixels, expected) < 0.1
    assert pixels[-1, 0] == pixels[-1, -1] == 0 and pixels[14, 14] > 100
    left_in = preprocess(photo, "fashion_mnist", cut_out=False).pixels
    assert (left_in[:, 4:24] > 0).all()


def test_a_photo_is_cut_out_in_two_ways_and_a_product_photo_in_one():
    photo, mask = shirt_on_a_floor()
    white = Image.composite(photo, Image.new("RGB", photo.size, "white"), Image.fromarray(mask))
    expected = preprocess(white, "fashion_mnist")
    assert expected.views.shape == (1, 28, 28) and list(expected.steps) == ["Cut out"]
    found = preprocess(photo, "fashion_mnist")
    assert found.views.shape == (2, 28, 28)
    assert list(found.steps) == ["Cut out", "Cut out another way"]
    for view in found.views:
        assert difference(view, expected.pixels) < 0.1
    first, second = found.steps.values()
    assert first.tobytes() != second.tobytes()


def test_a_garment_may_nearly_fill_its_photo():
    photo, mask = shirt_on_a_floor()
    filled = preprocess(photo.crop((26, 56, 244, 304)), "fashion_mnist")
    assert abs(filled.steps["Cut out"].height - mask.any(axis=1).sum()) <= 3
    assert difference(filled.pixels, preprocess(photo, "fashion_mnist").pixels) < 0.1


def test_what_lies_beside_a_garment_is_left_out():
    photo, _ = shirt_on_a_floor()
    expected = preprocess(photo, "fashion_mnist").pixels
    ImageDraw.Draw(photo).rectangle((215, 250, 250, 320), fill=(40, 62, 118))
    assert difference(preprocess(photo, "fashion_mnist").pixels, expected) < 0.05


@pytest.mark.parametrize(("stretched", "made"), [(1, 0.8), (1.25, 0.8), (0.7, 0.6), (2.2, 1.9)])
def test_spread_sleeves_are_drawn_in_to_the_width_of_hanging_ones(stretched, made):
    photo, _ = shirt_on_a_floor()  # 210 x 240 pixels of a shirt, 0.875 times as wide as high
    photo = photo.resize((round(270 * stretched), 360))
    rows, columns = (
        np.ptp(np.flatnonzero((preprocess(photo, "fashion_mnist").pixels > 20).any(axis))) + 1
        for axis in (1, 0)
    )
    assert columns / rows == pytest.approx(made, abs=0.06)


def test_clothing_is_sharpened_as_the_data_set_is():
    stripe = np.full((28, 28), 100, np.uint8)
    stripe[:, 14] = 140
    line = garment_image(stripe)[10].astype(int)
    assert line[14] > 150 and line[13] == line[15] < 95
    assert (np.delete(line, [13, 14, 15]) == 100).all()


def test_a_photo_shows_less_of_the_folds_than_a_product_photo():
    photo, mask = shirt_on_a_floor()
    folds = 1 + 0.3 * np.sin(np.arange(270) / 5)[None, :, None]
    folded = Image.fromarray((np.asarray(photo) * folds).clip(0, 255).astype(np.uint8))
    white = Image.composite(folded, Image.new("RGB", photo.size, "white"), Image.fromarray(mask))
    soft, sharp = (
        np.diff(preprocess(picture, "fashion_mnist").pixels[10:20, 10:18].astype(int)).std()
        for picture in (folded, white)
    )
    assert soft < 0.6 * sharp


def test_a_transparent_background_is_no_part_of_the_garment():
    photo, mask = shirt_on_a_floor()
    expected = preprocess(photo, "fashion_mnist").pixels
    photo.putalpha(Image.fromarray(mask))
    assert difference(preprocess(photo, "fashion_mnist").pixels, expected) < 0.1


RING = [[(0, 0), (0.6, 0), (0.6, 1), (0, 1), (0, 0)]]


@pytest.mark.parametrize("brush", [3, 8, 20])
@pytest.mark.parametrize("size", [60, 250])
def test_a_drawing_of_clothing_is_cropped_however_small_it_is(brush, size):
    found = preprocess(sketch(RING, size=size, brush=brush), "fashion_mnist")
    assert found.drawn and found.views.shape == (1, 28, 28)
    rows = np.flatnonzero(found.pixels.any(axis=1))
    assert (rows[0], rows[-1]) == (0, 27)
    if brush < size / 10:
        assert found.pixels[8:20, 12:16].max() < 64  # an outline stays one


def test_a_product_photo_on_a_transparent_ground_is_no_drawing():
    pixels = np.full((200, 200, 4), 255, np.uint8)
    pixels[..., :3] = np.linspace(60, 220, 200)[:, None, None]
    pixels[..., 3] = 0
    pixels[40:160, 60:140, 3] = 255
    pixels[80:120, 90:110, 3] = 0  # a handle
    assert not preprocess(Image.fromarray(pixels), "fashion_mnist").drawn


def test_the_steps_are_small_pictures():
    photo, _ = shirt_on_a_floor()
    for picture, dataset in (
        (photo.resize((2700, 3600)), "fashion_mnist"),
        (stroke(FIVE), "mnist"),
    ):
        steps = preprocess(picture, dataset).steps
        assert steps
        for name, step in steps.items():
            assert name and step.mode in ("L", "RGB") and max(step.size) <= 400


def test_many_at_once_get_the_same_images():
    photo, _ = shirt_on_a_floor()
    jobs = [(photo, "fashion_mnist"), (stroke(FIVE), "mnist"), (on_paper_five(), "mnist")] * 8
    alone = [preprocess(*job).pixels for job in jobs[:3]] * 8
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda job: preprocess(*job).pixels, jobs))
    assert np.array_equal(together, alone)


def on_paper_five() -> Image.Image:
    images, labels = shipped_test_set("mnist")
    return on_paper(images[np.flatnonzero(labels == 5)[0]], seed=1)


@pytest.mark.parametrize("colour", ["#c33", "#3a3", "#33c"])
def test_a_photo_on_black_is_no_image_of_the_data_set(colour):
    photo = Image.new("RGB", (200, 300))
    photo.paste(colour, (50, 50, 150, 250))
    found = preprocess(photo, "fashion_mnist")
    assert list(found.steps) == ["Cut out"] and found.steps["Cut out"].size == (100, 200)
    assert found.pixels[14, 14] == 255 - Image.new("RGB", (1, 1), colour).convert("L").getpixel(
        (0, 0)
    )


def test_a_dark_sheet_leaves_no_specks():
    rng = np.random.default_rng(0)
    photo = rng.normal(8, 6, (300, 300, 3))
    photo[60:240, 90:210] += 150
    pixels = preprocess(photo.clip(0, 255).astype(np.uint8), "fashion_mnist").pixels
    assert max(pixels[:, :3].max(), pixels[:, -3:].max()) < 5
    assert pixels[2:-2, 8:20].min() > 50


@pytest.mark.parametrize("steps", [digits, clothing])
def test_every_constant_of_the_steps_is_among_their_settings(steps):
    constants = {
        name.lower()
        for name, value in vars(steps).items()
        if name.isupper() and isinstance(value, int | float | np.ndarray | tuple)
    }
    constants -= {"belongs", "figure_height", "beside"}  # these do not alter an image
    constants -= {"most_digits", "most_parts", "dot", "wide", "one_pen"}
    assert constants <= dataclasses.asdict(steps.SETTINGS).keys()


def off_centre(dataset):
    """A picture whose subject is in a corner: bright on black, as images of the data set are."""
    if dataset == "mnist":
        return stroke(SEVEN, at=(20, 150))
    images = shipped_test_set(dataset)
    pullover = Image.fromarray(images.pixels[list(images.labels).index(2)]).resize((140, 140))
    return ImageOps.expand(pullover, (150, 20, 10, 40))


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
def test_the_frame_says_where_in_the_picture_the_image_lies(dataset):
    bright = off_centre(dataset)
    found = preprocess(ImageOps.invert(bright), dataset)
    left, top, right, bottom = np.array(found.frame) * [*bright.size, *bright.size]
    edges = (left, top, left, bottom, right, bottom, right, top)
    framed = bright.transform((280, 280), Image.Transform.QUAD, edges).reduce(10)
    alike = np.corrcoef(np.ravel(framed), found.pixels.ravel())[0, 1]
    assert alike > 0.85  # strokes are redrawn in another width
    whole = np.corrcoef(np.ravel(bright.resize((28, 28))), found.pixels.ravel())[0, 1]
    assert whole < 0.5


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
def test_the_frame_of_an_image_of_the_data_set_is_all_of_it(dataset):
    image = Image.fromarray(shipped_test_set(dataset).pixels[0])
    assert preprocess(image, dataset).frame == (0, 0, 1, 1)
