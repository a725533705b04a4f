"""How digits and garments are read under many conditions: paper, light, lines, frames, margins.

    python tests/measure/conditions.py [--only WORD] [--save FOLDER] [--data-dir FOLDER]

Each condition is shown with 30 digits by several hands, strokes of UNIPEN or images of MNIST's
training set, or with garments of Fashion-MNIST's. The table gives what is right, what is sure, and
what is sure but wrong, by network. Right is also a picture of which no answer is sure and for which
there is a sentence, where there is no answer (a garment that cannot be seen).
"""

import argparse
import io
import itertools
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import gradio
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fmnist.data import people
from fmnist.data.datasets import DATASETS, FASHION_MNIST, MNIST, training_set
from fmnist.inference.classify import Result, compare
from fmnist.networks.definitions import NETWORKS
from fmnist.pictures.opening import PictureError
from fmnist.training import options

HANDS = 3  # for each digit
SHEET = 600  # pixels a side of a sheet of paper
INKS = [(25, 30, 40), (30, 45, 140), (20, 20, 22)]
TEXT = "Name Class Date"
Strokes = list[np.ndarray]


@cache
def hands() -> dict[int, list[Strokes]]:
    """Strokes of each digit by several writers, of whom no two are of one group if possible."""
    found: dict[int, list[Strokes]] = {digit: [] for digit in range(10)}
    groups: dict[int, set[str]] = {digit: set() for digit in range(10)}
    for item in sorted(people.strokes("digits"), key=lambda item: zlib.crc32(item["id"].encode())):
        digit = int(item["label"])
        if len(found[digit]) < HANDS and item["source"] not in groups[digit]:
            groups[digit].add(item["source"])
            found[digit].append([np.array(stroke, float) for stroke in item["strokes"]])
    return found


@cache
def images(dataset: str, data_dir: Path | None) -> dict[int, list[np.ndarray]]:
    """The first images of each class of a training set, MNIST or Fashion-MNIST."""
    pixels, labels = training_set(DATASETS[dataset], data_dir)
    return {label: list(pixels[labels == label][:HANDS]) for label in range(10)}


def inked(strokes: Strokes, size: float, width: float, *, at=None, canvas=SHEET, taper=0.0):
    """The share of ink at each pixel of a square canvas: (canvas, canvas) floats of 0 to 1."""
    ink = Image.new("L", (2 * canvas, 2 * canvas))
    pen = ImageDraw.Draw(ink)
    points = np.concatenate(strokes)
    start = (canvas - size * points.max(axis=0)) / 2 if at is None else np.array(at)
    for stroke in strokes:
        path = 2 * (start + size * stroke)
        dense = [path[0]]
        for a, b in itertools.pairwise(path):
            steps = max(1, int(np.hypot(*(b - a)) / width))
            dense += [a + (b - a) * (step + 1) / steps for step in range(steps)]
        for one, (a, b) in enumerate(zip(dense, dense[1:] or dense, strict=False)):
            turn = np.arctan2(*(b - a)) if taper else 0
            wide = width * (1 - taper * abs(np.sin(turn)) * 0.9)
            pen.line([*a, *b], fill=255, width=max(1, round(2 * wide)))
            for x, y in (a, b) if one == 0 else (b,):
                pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=255)
    return np.asarray(ink.reduce(2)) / np.float32(255)


def paper(rng, colour=(243, 241, 234), grain=3.0, canvas=SHEET):
    """A sheet with grain: (canvas, canvas, 3) floats of 0 to 255."""
    fibres = cv2.GaussianBlur(rng.standard_normal((canvas, canvas), np.float32), (0, 0), 1.5)
    return np.array(colour, np.float32) + grain * (fibres / fibres.std())[..., None]


def laid(ground, ink, colour):
    return ground * (1 - ink[..., None]) + np.array(colour, np.float32) * ink[..., None]


def photo(pixels, rng, *, noise=2.0, quality=85, blur=0.7):
    """What a phone makes of it."""
    pixels = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), blur)
    pixels += noise * rng.standard_normal(pixels.shape, np.float32)
    content = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(content, "JPEG", quality=quality)
    return Image.open(content)


def on_sheet(size, width, *, colour=(243, 241, 234), grain=3.0, ink=None, at=None, before=None,
             after=None, taper=0.0, **seen):  # fmt: skip
    """A digit of this size on a sheet; before and after it is written, something is done to it."""

    def made(strokes: Strokes, rng: np.random.Generator) -> Image.Image:
        sheet = paper(rng, colour, grain)
        if before:
            sheet = before(sheet, rng)
        where = None if at is None else [rng.uniform(*at), rng.uniform(*at)]
        pen = INKS[rng.integers(len(INKS))] if ink is None else ink
        sheet = laid(sheet, inked(strokes, size, width, at=where, taper=taper), pen)
        return photo(after(sheet, rng) if after else sheet, rng, **seen)

    return made


def drawn(shape: Callable[[ImageDraw.ImageDraw, Any], None], colour, blur=0.5):
    """A step that draws something on the sheet."""

    def step(sheet, rng):
        mask = Image.new("L", sheet.shape[1::-1])
        shape(ImageDraw.Draw(mask), rng)
        soft = cv2.GaussianBlur(np.asarray(mask) / 255.0, (0, 0), blur)
        return laid(sheet, soft, colour)

    return step


def lines(spacing, colour, *, squared, turned=0.0, width=2):
    def step(sheet, rng):
        y, x = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
        angle = np.deg2rad(turned)
        down = y * np.cos(angle) + x * np.sin(angle) + rng.uniform(0, spacing)
        across = x * np.cos(angle) - y * np.sin(angle) + rng.uniform(0, spacing)
        on = down % spacing < width
        if squared:
            on |= across % spacing < width
        return laid(sheet, cv2.GaussianBlur(on.astype(float), (0, 0), 0.6), colour)

    return step


def dots(sheet, rng):
    y, x = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    on = (((y % 30) - 15) ** 2 + ((x % 30) - 15) ** 2 < 5).astype(float)
    return laid(sheet, on, (150, 150, 160))


def gradient(sheet, rng):
    x = np.linspace(1.05, 0.55, sheet.shape[1])
    return sheet * (x[None, :, None] if rng.random() < 0.5 else x[:, None, None])


def shadow(edge, dark):
    def step(sheet, rng):
        y, x = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
        angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-60, 60)
        away = (x - 300) * np.cos(angle) + (y - 300) * np.sin(angle) - offset
        return sheet * (1 - dark / (1 + np.exp(-away / edge)))[..., None]

    return step


def phone_shadow(sheet, rng):
    mask = Image.new("L", (SHEET, SHEET))
    left, top = rng.uniform(-200, 0), rng.uniform(260, 340)
    ImageDraw.Draw(mask).rectangle((left, top, left + 480, SHEET), fill=255)
    soft = cv2.GaussianBlur(np.asarray(mask) / 255.0, (0, 0), 8)
    return sheet * (1 - 0.6 * soft)[..., None]


def wood(rng, colour=(120, 80, 50), height=SHEET, width=SHEET):
    streaks = cv2.GaussianBlur(rng.normal(0, 1, (height, width)), (0, 0), 25, sigmaY=1.2)
    boards = 1 - 0.3 * (np.arange(width) % 150 < 3)
    ground = np.array(colour, float) * (1 + 0.12 * (streaks / streaks.std())[..., None])
    return ground * boards[None, :, None]


def busy(rng):
    ground = cv2.resize(rng.uniform(40, 200, (9, 9, 3)), (SHEET, SHEET))
    return ground + rng.normal(0, 8, ground.shape)


def page_on(ground, *, tilt=8.0, share=0.62, light=None):
    """The sheet lies turned on another ground."""

    def step(sheet, rng):
        below = ground(rng)
        angle = rng.uniform(-tilt, tilt)
        turn = cv2.getRotationMatrix2D((SHEET / 2, SHEET / 2), angle, share)
        turn[:, 2] += rng.uniform(-40, 40, 2)
        inside = cv2.warpAffine(np.ones((SHEET, SHEET)), turn, (SHEET, SHEET))[..., None]
        page = cv2.warpAffine(sheet, turn, (SHEET, SHEET))
        both = page * inside + below * (1 - inside)
        return light(both, rng) if light else both

    return step


def table_beside(sheet, rng):
    edge = int(rng.uniform(60, 110))
    out = np.rot90(sheet, rng.integers(4)).copy()
    out[:, :edge] = wood(rng)[:, :edge]
    return np.rot90(out, -rng.integers(1)).copy()


def wall(rng):
    return paper(rng, (205, 200, 190), 4)


def dark_wood(rng):
    return wood(rng, (70, 48, 36))


def light_wood(rng):
    return wood(rng, (190, 150, 105))


def circle(pen, rng, gap=0):
    at, radius = 300 + rng.uniform(-8, 8), 175
    box = (at - radius, at - radius * 1.04, at + radius, at + radius * 1.04)
    start = rng.uniform(0, 360)
    pen.arc(box, start, start + 360 - gap, fill=255, width=7)


def gapped_circle(pen, rng):
    circle(pen, rng, gap=18)


def box(pen, rng):
    pen.rectangle((130, 135, 470, 460), outline=255, width=int(rng.integers(4, 8)))


def tight_box(pen, rng):
    pen.rectangle((165, 165, 435, 435), outline=255, width=5)


def fields(pen, rng):
    for left in (10, 210, 410):
        pen.rectangle((left, 190, left + 190, 410), outline=255, width=4)


def underline(pen, rng):
    pen.line((170, 450, 440, 446 + rng.uniform(-8, 8)), fill=255, width=8)


def crossed_box(pen, rng):
    pen.rectangle((188, 150, 420, 405), outline=255, width=5)


def margin_line(pen, rng):
    pen.line((110, 0, 110, 600), fill=255, width=4)


def words(pen, rng):
    font = ImageFont.truetype("DejaVuSans.ttf", 22)
    pen.text((60, 40), TEXT, fill=255, font=font)


def edge_frame(width, colour):
    def step(sheet, rng):
        framed = np.full_like(sheet, 0) + np.array(colour, float)
        framed[width:-width, width:-width] = sheet[width:-width, width:-width]
        return framed

    return step


def drawing(strokes, rng):
    """A sketch on a transparent canvas, as the pad sends it."""
    picture = Image.new("RGBA", (400, 400))
    picture.putalpha(Image.fromarray((255 * inked(strokes, 240, 12, canvas=400)).astype(np.uint8)))
    return picture


def sticker(strokes, rng):
    y, x = np.mgrid[:SHEET, :SHEET]
    disc = ((x - 300) ** 2 + (y - 300) ** 2 < rng.uniform(190, 290) ** 2) * 255
    pixels = laid(np.full((SHEET, SHEET, 3), 255.0), inked(strokes, 230, 16), (0, 0, 0))
    return Image.fromarray(np.dstack([pixels, disc]).astype(np.uint8))


def enamel(strokes, rng):
    ground = paper(rng, (150, 90, 75), 12)
    mask = Image.new("L", (SHEET, SHEET))
    ImageDraw.Draw(mask).rounded_rectangle((120, 110, 480, 490), 30, fill=255)
    plate = laid(ground, np.asarray(mask) / 255, (30, 50, 120))
    return photo(laid(plate, inked(strokes, 230, 22), (235, 235, 230)), rng)


def plot(image, rng):
    picture = Image.new("RGB", (340, 340), "white")
    picture.paste(Image.fromarray(image).resize((280, 280), Image.Resampling.NEAREST), (38, 30))
    pen = ImageDraw.Draw(picture)
    for tick in range(0, 28, 5):
        pen.line((38 + tick * 10, 310, 38 + tick * 10, 314), fill="black")
        pen.text((34 + tick * 10, 316), str(tick), fill="black")
        pen.line((34, 30 + tick * 10, 38, 30 + tick * 10), fill="black")
        pen.text((18, 25 + tick * 10), str(tick), fill="black")
    pen.rectangle((38, 30, 318, 310), outline="black")
    return picture


def cut_to_ink(side=None, inverted=False, margin=0):
    def made(image, rng):
        rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
        ink = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        ink = np.pad(ink, margin)
        picture = Image.fromarray(255 - ink if inverted else ink)
        if side:
            scale = side / max(picture.size)
            picture = picture.resize([max(1, round(scale * s)) for s in picture.size])
        return picture

    return made


def tight_scan(strokes, rng):
    ink = inked(strokes, 300, 22)
    rows, columns = (np.flatnonzero((ink > 0.5).any(axis)) for axis in (1, 0))
    sheet = laid(paper(rng, (246, 245, 240), 2), ink, (30, 30, 60))
    return photo(sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], rng, noise=1)


def printed(*faces):
    def made(digit, rng):
        picture = Image.new("L", (320, 320), 255)
        font = ImageFont.truetype(str(face_file(faces[int(rng.integers(len(faces)))])), 220)
        ImageDraw.Draw(picture).text((160, 160), str(digit), 10, font, "mm")
        return picture

    return made


@cache
def face_file(face: str) -> Path:
    """A font of this system, or one of those that come with gradio."""
    assets = Path(gradio.__file__).parent / "templates"
    return next(assets.rglob(f"{face}*.ttf"), Path(f"{face}.ttf"))


def twice(strokes, rng):
    ink = np.maximum(inked(strokes, 180, 8, at=(90, 200)), inked(strokes, 180, 8, at=(340, 200)))
    return photo(laid(paper(rng), ink, INKS[1]), rng)


def hollow(strokes, rng):
    wide, narrow = inked(strokes, 260, 50), inked(strokes, 260, 38)
    return photo(laid(paper(rng), np.clip(wide - narrow, 0, 1), INKS[0]), rng)


def crumpled(sheet, rng):
    folds = cv2.GaussianBlur(rng.normal(0, 1, (SHEET, SHEET)), (0, 0), 18)
    return sheet * (1 + 0.06 * (folds / folds.std()).clip(-2, 2))[..., None]


def glare(sheet, rng):
    y, x = np.mgrid[:SHEET, :SHEET]
    at = rng.uniform(100, 500, 2)
    return sheet + 60 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 2 / 90**2)[..., None]


STRONG, FAINT = (130, 145, 190), (205, 212, 225)
WRITTEN: dict[str, Callable] = {
    "drawing": drawing,
    "sheet, digit 400 of 600": on_sheet(400, 14),
    "sheet, digit 240": on_sheet(240, 9),
    "sheet, digit 120": on_sheet(120, 6),
    "sheet, digit 60": on_sheet(60, 4),
    "strong grain, digit 150": on_sheet(150, 6, grain=7),
    "in a corner": on_sheet(130, 6, at=(40, 90)),
    "fine pen": on_sheet(200, 3),
    "felt pen": on_sheet(260, 34),
    "pencil": on_sheet(200, 6, ink=(150, 150, 152)),
    "yellow paper": on_sheet(200, 7, colour=(250, 225, 110)),
    "brown paper": on_sheet(200, 8, colour=(170, 130, 90)),
    "lines, faint": on_sheet(200, 8, before=lines(40, FAINT, squared=False)),
    "lines, strong": on_sheet(200, 8, before=lines(40, STRONG, squared=False, turned=1)),
    "squares, faint": on_sheet(200, 8, before=lines(32, FAINT, squared=True)),
    "squares, strong": on_sheet(220, 8, before=lines(45, STRONG, squared=True)),
    "squares, strong, turned": on_sheet(220, 8, before=lines(45, STRONG, squared=True, turned=4)),
    "squares, small, strong": on_sheet(220, 10, before=lines(24, STRONG, squared=True, turned=-2)),
    "dotted paper": on_sheet(200, 8, before=dots),
    "red margin line": on_sheet(200, 8, before=drawn(margin_line, (200, 60, 60))),
    "light from a side": on_sheet(200, 8, after=gradient),
    "soft shadow": on_sheet(200, 8, after=shadow(25, 0.45)),
    "hard shadow": on_sheet(200, 8, after=shadow(4, 0.5)),
    "a phone's shadow": on_sheet(200, 8, after=phone_shadow),
    "crumpled": on_sheet(200, 8, after=crumpled),
    "table beside": on_sheet(200, 8, after=table_beside),
    "page on a dark table": on_sheet(300, 11, after=page_on(dark_wood)),
    "page on light wood": on_sheet(300, 11, after=page_on(light_wood)),
    "note on a wall": on_sheet(
        300, 14, colour=(250, 228, 120), after=page_on(wall, tilt=5, share=0.45)
    ),
    "page on a busy ground": on_sheet(320, 13, after=page_on(busy, share=0.6)),
    "page on a table, shadow": on_sheet(
        300, 11, after=page_on(dark_wood, light=shadow(20, 0.35))
    ),
    "sticker": sticker,
    "enamel plate": enamel,
    "circled": on_sheet(190, 8, after=drawn(circle, INKS[0])),
    "circled, open": on_sheet(190, 8, after=drawn(gapped_circle, INKS[0])),
    "in a box": on_sheet(210, 8, after=drawn(box, INKS[0])),
    "in a tight box": on_sheet(220, 8, after=drawn(tight_box, INKS[0])),
    "in a form's field": on_sheet(150, 8, after=drawn(fields, (60, 60, 60))),
    "box that is touched": on_sheet(230, 8, after=drawn(crossed_box, INKS[0])),
    "dark frame at the edge": on_sheet(250, 9, after=edge_frame(22, (40, 30, 30))),
    "thin frame at the edge": on_sheet(250, 9, after=edge_frame(4, (10, 10, 10))),
    "underlined": on_sheet(200, 8, after=drawn(underline, INKS[1])),
    "words above": on_sheet(180, 8, after=drawn(words, (40, 40, 40))),
    "tight scan": tight_scan,
    "chalk": on_sheet(220, 10, colour=(45, 60, 55), grain=5, ink=(225, 225, 220)),
    "chalk, light from a side": on_sheet(
        220, 10, colour=(55, 70, 65), grain=5, ink=(225, 225, 220), after=gradient
    ),
    "whiteboard with glare": on_sheet(220, 10, colour=(195, 195, 198), grain=1, after=glare),
    "JPEG of quality 20": on_sheet(200, 8, quality=20),
    "out of focus": on_sheet(200, 10, blur=5),
    "dark room": on_sheet(200, 9, after=lambda sheet, rng: sheet * 0.3, noise=8),
    "brush": on_sheet(260, 30, taper=0.9),
    "hollow": hollow,
}  # fmt: skip
OF_MNIST: dict[str, Callable] = {
    "MNIST cut to its ink": cut_to_ink(),
    "MNIST cut to its ink, inverted": cut_to_ink(inverted=True),
    "MNIST cut to its ink, 16 pixels": cut_to_ink(16),
    "MNIST cut to its ink, 8 pixels": cut_to_ink(8),
    "MNIST with one pixel of margin": cut_to_ink(margin=1),
    "MNIST cut to its ink, 200 pixels": cut_to_ink(200),
    "plot with axes": plot,
}
PRINTED: dict[str, Callable] = {
    "print, sans": printed("DejaVuSans", "KaTeX_SansSerif-Regular", "DejaVuSansMono"),
    "print, serif": printed("DejaVuSerif", "KaTeX_Main-Regular", "KaTeX_Typewriter-Regular"),
    "print, bold": printed("DejaVuSans-Bold", "DejaVuSerif-Bold", "KaTeX_Main-Bold"),
}
NUMBERS: dict[str, Callable] = {"two digits": twice}


def on_ground(ground, size=300, at=(150, 150), colour=None):
    """An image of Fashion-MNIST as the garment that it may have been made of."""

    def made(image, rng):
        grey = cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC)
        alpha = cv2.GaussianBlur((grey > 12).astype(float), (0, 0), 1)
        cloth = (255.0 - grey)[..., None].repeat(3, axis=2)
        if colour is not None:
            cloth = cloth / 255 * np.array(colour, float)
        pixels = ground(rng)
        inside = pixels[at[1] : at[1] + size, at[0] : at[0] + size]
        inside[:] = inside * (1 - alpha[..., None]) + cloth * alpha[..., None]
        return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))

    return made


def plain(colour):
    return lambda rng: np.full((SHEET, SHEET, 3), 0.0) + np.array(colour, float)


def screenshot(image, rng):
    picture = Image.new("RGB", (360, 640), "white")
    garment = on_ground(plain((255, 255, 255)), 240, (180, 180), (140, 170, 250))
    picture.paste(garment(image, rng).crop((180, 180, 420, 420)), (60, 80))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 360, 56), fill=(33, 33, 38))
    pen.text((30, 400), "Basic item", "black", ImageFont.truetype("DejaVuSans.ttf", 22))
    pen.rectangle((30, 470, 330, 520), fill=(20, 120, 90))
    return picture


def near_white(image, rng):
    """A white garment on a white ground, with a few dark parts."""
    garment = np.where(image > 12, 250 - 4 * (image / 255), 255)
    garment[24:26] = np.where(image[24:26] > 12, 40, garment[24:26])
    big = cv2.resize(garment.astype(np.float32), (300, 300), interpolation=cv2.INTER_CUBIC)
    pixels = np.full((480, 480), 255, np.uint8)
    pixels[90:390, 90:390] = big.clip(0, 255)
    return Image.fromarray(pixels).convert("RGB")


def bag(ground, colour):
    """A bag with a handle through which the ground is seen; the class does not matter."""

    def made(image, rng):
        pixels = ground(rng)
        mask = Image.new("L", (SHEET, SHEET))
        pen = ImageDraw.Draw(mask)
        top, left = rng.uniform(230, 280), rng.uniform(130, 190)
        high = rng.uniform(90, 170)
        pen.polygon(
            [(left + 15, top), (SHEET - left - 15, top), (SHEET - left, 510), (left, 510)], fill=255
        )
        side = rng.uniform(40, 80)
        handle = (left + side, top - high, SHEET - left - side, top + high)
        pen.arc(handle, 180, 360, fill=255, width=int(rng.integers(14, 24)))
        shade = np.linspace(1.1, 0.8, SHEET)[:, None, None]
        cloth = np.array(colour, float) * shade + rng.normal(0, 4, (SHEET, SHEET, 3))
        alpha = cv2.GaussianBlur(np.asarray(mask) / 255.0, (0, 0), 1)[..., None]
        pixels = pixels * (1 - alpha) + cloth * alpha
        pixels[int(top) + 60 : int(top) + 68, int(left) + 20 : SHEET - int(left) - 20] *= 0.7
        return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))

    return made


CLOTHING: dict[str, Callable] = {
    "garment on white": on_ground(plain((255, 255, 255))),
    "garment on black": on_ground(plain((0, 0, 0)), colour=(235, 200, 160)),
    "garment on black, grey": on_ground(plain((0, 0, 0))),
    "garment on wood": on_ground(light_wood, colour=(130, 150, 220)),
    "small garment on wood": on_ground(light_wood, 170, (215, 215), colour=(130, 150, 220)),
    "garment in a shop's screenshot": screenshot,
}
BAGS: dict[str, Callable] = {
    "bag on white": bag(plain((255, 255, 255)), (120, 60, 50)),
    "bag on black": bag(plain((0, 0, 0)), (95, 70, 60)),
    "bag on wood": bag(light_wood, (60, 60, 110)),
    "bag on a sheet": bag(lambda rng: paper(rng, (225, 222, 215), 5), (110, 50, 60)),
}
UNSEEN: dict[str, Callable] = {"near-white garment on white": near_white}


def pictures(only: str = "", data_dir: Path | None = None):
    """Each condition's name, data set, picture and label; the label is None for no answer."""
    hand = {digit: list(enumerate(each)) for digit, each in hands().items()}
    digits, garments = (images(each.name, data_dir) for each in (MNIST, FASHION_MNIST))
    sets = [
        (WRITTEN, MNIST, hand, 1),
        (OF_MNIST, MNIST, {d: list(enumerate(each)) for d, each in digits.items()}, 1),
        (PRINTED, MNIST, {d: [(i, d) for i in range(HANDS)] for d in range(10)}, 1),
        (NUMBERS, MNIST, hand, 2),
        (CLOTHING, FASHION_MNIST, {c: list(enumerate(e)) for c, e in garments.items()}, 1),
        (BAGS, FASHION_MNIST, {8: [(i, None) for i in range(10)]}, 1),
        (UNSEEN, FASHION_MNIST, {c: list(enumerate(e)) for c, e in garments.items()}, 0),
    ]
    for conditions, dataset, sources, times in sets:  # how often the label is there
        for name, make in conditions.items():
            for label, each in sources.items() if only in name else ():
                for index, source in each:
                    rng = np.random.default_rng([zlib.crc32(name.encode()), label, index])
                    answer = dataset.labels[label] * times or None
                    yield name, dataset.name, make(source, rng), answer


def marks(picture: Image.Image, dataset: str, label: str | None) -> dict[str, tuple[bool, ...]]:
    """By network whether an answer is right, sure, and sure but wrong."""
    try:
        results: dict[str, Result] = compare(picture, dataset)
    except PictureError:
        return dict.fromkeys(NETWORKS, (label is None, False, False))
    return {
        network: (
            result.label == label if label else not result.sure and result.reason is not None,
            result.sure,
            result.sure and result.label != label,
        )
        for network, result in results.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="conditions whose names hold this")
    parser.add_argument("--save", type=Path, help="a folder for the pictures")
    options.add_data_dir(parser)
    args = parser.parse_args()
    found: dict[str, list[dict[str, tuple[bool, ...]]]] = {}
    for number, (name, dataset, picture, label) in enumerate(pictures(args.only, args.data_dir)):
        if args.save:
            args.save.mkdir(parents=True, exist_ok=True)
            picture.save(
                args.save / f"{name.replace(' ', '-')}-{number:04}-{label}.png".replace("/", "-")
            )
        found.setdefault(name, []).append(marks(picture, dataset, label))
    print(
        f"| condition | n | {' | '.join(f'{n}: right | sure | sure but wrong' for n in NETWORKS)} |"
    )
    print("| --- |" + " ---: |" * (1 + 3 * len(NETWORKS)))
    total = np.zeros((len(NETWORKS), 3), int)
    count = 0
    for name, each in found.items():
        sums = [np.sum([marks_[network] for marks_ in each], axis=0) for network in NETWORKS]
        total, count = total + sums, count + len(each)
        print(f"| {name} | {len(each)} | {' | '.join(str(v) for s in sums for v in s)} |")
    print(f"| all | {count} | {' | '.join(map(str, total.ravel()))} |")


if __name__ == "__main__":
    main()
