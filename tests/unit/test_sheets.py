"""A digit is found on its sheet and a garment on its ground, or a sentence says what is wrong.

The pictures in cases/ were made for this; a file's name says what it shows.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import fmnist
from fmnist.pictures.preprocessing import preprocess

CASES = Path(__file__).parent / "cases"
SEVEN = [(150, 130), (270, 120), (205, 290)]


def sheet(*, grain=4.0, colour=(240, 238, 230), size=400) -> Image.Image:
    noise = np.random.default_rng(0).normal(0, grain, (size, size, 1))
    return Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8))


def seven(ground: Image.Image, width=9, ink=(30, 40, 130), scale=1.0) -> Image.Image:
    """The same picture with a 7 written in its middle."""
    path = [(200 + scale * (x - 200), 200 + scale * (y - 200)) for x, y in SEVEN]
    ImageDraw.Draw(ground).line(path, fill=ink, width=width, joint="curve")
    return ground


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """0 for equal images, 1 for images without a common pixel."""
    return np.abs(a.astype(int) - b).sum() / (a.astype(int) + b).sum()


@pytest.mark.parametrize(
    "case",
    [
        *("01-small-on-grainy-page-2.jpg", "04-tight-16px-2.png", "04-tight-20px-2.png"),
        *("08-squared-paper-5.jpg", "11-page-on-dark-table-5.jpg", "14-bold-serif-4.png"),
        *("14-bold-serif-8.png", "22-round-sticker-5.png"),
        *("24-screenshot-of-a-plot-3.png", "27-phone-shadow-on-page-5.jpg", "30-underlined-5.jpg"),
        "31-stroke-along-a-line-9.jpg",
    ],
)
def test_both_networks_read_the_digit(case):
    for result in fmnist.compare(CASES / case, "mnist").values():
        assert result.label == Path(case).stem[-1]


@pytest.mark.parametrize(
    ("case", "label"),
    [("15-tote-on-black.png", "Bag"), ("28-shop-screenshot-tee.png", "T-shirt/top")],
)
def test_both_networks_know_the_garment(case, label):
    for result in fmnist.compare(CASES / case, "fashion_mnist").values():
        assert result.label == label and result.sure


def test_a_garment_that_hardly_differs_from_its_ground_is_told_so():
    case = CASES / "18-near-white-boot-on-white.png"
    for result in fmnist.compare(case, "fashion_mnist").values():
        assert result.verdict == "unknown"
        assert "hardly differs from its background" in result.reason


def test_a_number_on_paper_is_read():
    for result in fmnist.compare(CASES / "10-two-digits-42.jpg", "mnist").values():
        assert (result.label, result.sure) == ("42", True)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.2])
def test_the_grain_of_the_paper_is_no_part_of_the_digit(scale):
    expected = preprocess(seven(Image.new("RGB", (400, 400), "white")), "mnist").pixels
    small = seven(sheet(grain=6), width=max(3, round(9 * scale)), scale=scale)
    assert difference(preprocess(small, "mnist").pixels, expected) < 0.25


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("size", [20, 200])
def test_a_digit_without_a_margin_is_ink_and_what_is_around_it_is_not(size, inverted):
    tight = seven(Image.new("L", (400, 400)), width=22, ink=255).crop((140, 110, 282, 300))
    tight = tight.resize((round(size * 142 / 190), size))
    picture = tight.point(lambda value: 255 - value) if inverted else tight
    assert fmnist.classify(picture, "mnist", "small").label == "7"


@pytest.mark.parametrize("turned", [0, 3])
def test_the_lines_of_squared_paper_are_no_ink(turned):
    squares = Image.new("L", (600, 600))
    pen = ImageDraw.Draw(squares)
    for at in range(15, 600, 34):
        pen.line((at, 0, at, 600), fill=255, width=2)
        pen.line((0, at, 600, at), fill=255, width=2)
    squares = squares.rotate(turned).crop((100, 100, 500, 500))
    paper = sheet()
    paper.paste((125, 140, 190), mask=squares)
    assert fmnist.classify(seven(paper), "mnist", "small").label == "7"


def circle(pen):
    pen.arc((70, 70, 330, 340), 20, 372, fill=(30, 40, 130), width=6)


def box(pen):
    pen.rectangle((90, 80, 320, 330), outline=(30, 40, 130), width=5)


def fields(pen):
    for left in (-120, 85, 290):
        pen.rectangle((left, 85, left + 200, 330), outline=(60, 60, 60), width=4)


def margin(pen):
    pen.line((60, 0, 60, 400), fill=(200, 60, 60), width=4)


def underline(pen):
    pen.line((130, 330, 290, 326), fill=(30, 40, 130), width=7)


@pytest.mark.parametrize("drawn", [circle, box, fields, margin, underline])
def test_what_is_drawn_around_the_digit_is_dropped(drawn):
    expected = preprocess(seven(sheet()), "mnist").pixels
    picture = seven(sheet())
    drawn(ImageDraw.Draw(picture))
    assert difference(preprocess(picture, "mnist").pixels, expected) < 0.1


def test_a_box_that_the_digit_touches_is_told_to_be_there():
    picture = seven(sheet())
    ImageDraw.Draw(picture).rectangle((148, 110, 280, 285), outline=(30, 40, 130), width=5)
    for result in fmnist.compare(picture, "mnist").values():
        assert result.verdict == "unknown" and "drawn around the digit" in result.reason


def test_the_outline_of_an_eight_is_no_frame_around_its_hole():
    picture = sheet()
    pen = ImageDraw.Draw(picture)
    for fill, grown in (((20, 20, 20), 4), ((240, 238, 230), 0)):
        pen.ellipse((155 - grown, 90 - grown, 245 + grown, 180 + grown), fill=fill)
        pen.ellipse((145 - grown, 195 - grown, 255 + grown, 305 + grown), fill=fill)
        pen.rectangle((185 - grown, 150, 215 + grown, 230), fill=fill)
    pen.ellipse((160, 210, 240, 290), outline=(20, 20, 20), width=4)
    found = np.asarray(preprocess(picture, "mnist").steps["Even strokes"])
    rows, columns = found.any(axis=1).sum(), found.any(axis=0).sum()
    assert rows > 1.5 * columns  # the eight, and not the ring in it


@pytest.mark.parametrize("colour", ["#463223", "#c8a070", "#333333"])
def test_a_page_on_a_table_is_found(colour):
    expected = preprocess(seven(sheet()), "mnist").pixels
    page = seven(sheet()).convert("RGBA").rotate(6, expand=True, resample=Image.Resampling.BICUBIC)
    table = sheet(grain=8, colour=Image.new("RGB", (1, 1), colour).getpixel((0, 0)), size=640)
    table.paste(page, (90, 90), page)
    assert difference(preprocess(table, "mnist").pixels, expected) < 0.35
    assert fmnist.classify(table, "mnist", "small").label == "7"


def test_the_thin_parts_of_bold_print_stay():
    bold = Image.new("L", (300, 300), 255)
    pen = ImageDraw.Draw(bold)
    pen.rectangle((150, 50, 195, 250), fill=0)  # the stem of a 4, and its hairlines
    pen.line((150, 55, 60, 180), fill=0, width=9)
    pen.line((60, 180, 240, 180), fill=0, width=9)
    pixels = preprocess(bold, "mnist").pixels
    assert fmnist.classify(bold, "mnist", "small").label == "4"
    rows = (pixels > 100).sum(axis=1)
    assert rows.max() >= 12  # the bar of the 4 is there


def test_what_shows_through_a_handle_is_no_bag():
    for ground in ("white", "black"):
        bag = Image.new("RGB", (300, 300), ground)
        pen = ImageDraw.Draw(bag)
        pen.rectangle((80, 150, 220, 260), fill="#704830")
        pen.arc((110, 80, 190, 220), 180, 360, fill="#704830", width=12)
        pixels = preprocess(bag, "fashion_mnist").pixels
        assert pixels[9, 14] == 0 and pixels[20, 14] > 100


def test_a_grey_photo_on_black_is_cut_out_as_one_in_colour():
    boot = Image.new("RGB", (200, 300))
    boot.paste("#b0b0b0", (60, 80, 140, 250))
    found = preprocess(boot, "fashion_mnist")
    assert found.steps["Cut out"].size == (80, 170)
    assert found.pixels[14, 14] == 255 - 0xB0
