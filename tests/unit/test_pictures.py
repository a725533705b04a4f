"""Any picture that people send gives an answer, or one sentence that says what is wrong."""

import io
import subprocess
import sys
import warnings

import numpy as np
import pytest
from PIL import Image

from fmnist.pictures.opening import PictureError, open_picture
from helpers import ROOT


def refusal(source) -> str:
    """What the person reads; it has to be one sentence."""
    with pytest.raises(PictureError) as caught:
        open_picture(source)
    text = str(caught.value)
    assert text.endswith(".") and text.count(". ") == 0 and "\n" not in text
    return text


@pytest.fixture
def colours() -> Image.Image:
    """60 × 40: red left, blue right, so that turning and channels show."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :30, 0] = pixels[:, 30:, 2] = 255
    return Image.fromarray(pixels)


def left_and_right(image: Image.Image) -> list[str]:
    names = {(True, False): "red", (False, True): "blue"}
    rgb = image.convert("RGB")
    found = [rgb.getpixel((rgb.width * i // 4, rgb.height // 2)) for i in (1, 3)]
    return [names.get((r > 128, b > 128), "?") for r, _, b in found]


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "bmp", "tiff", "avif"])
def test_every_common_format_is_read(colours, tmp_path, ending):
    colours.save(tmp_path / f"a.{ending}")
    image = open_picture(tmp_path / f"a.{ending}")
    assert image.mode == "RGB" and image.size == (60, 40)
    assert left_and_right(image) == ["red", "blue"]
    assert open_picture(str(tmp_path / f"a.{ending}")) == image


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "P", "RGBA", "RGBX"])
def test_every_kind_of_colour_is_read(colours, mode):
    image = open_picture(colours.convert(mode))
    assert image.mode == "RGB" and left_and_right(image) == ["red", "blue"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I", "F", "I;16"])
def test_every_kind_of_grey_is_read(mode):
    grey = Image.linear_gradient("L")
    source = grey.convert(mode)
    image = open_picture(source)
    assert np.asarray(image.convert("L"))[[0, -1]].mean(axis=1) == pytest.approx([0, 255], abs=2)


def test_sixteen_bits_are_scaled_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    for ending in ("png", "tiff"):
        Image.fromarray(ramp).save(tmp_path / f"deep.{ending}")
        assert np.asarray(open_picture(tmp_path / f"deep.{ending}"))[0].tolist() == list(range(256))
    assert np.asarray(open_picture(ramp))[0].tolist() == list(range(256))


def test_arrays_are_read():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for array in (grey, grey / 255, grey.astype(np.float32) / 255, grey.astype(np.int64)):
        image = open_picture(array)
        assert image.mode == "L" and np.array_equal(image, grey)
    assert np.array_equal(open_picture(grey > 99), (grey > 99) * 255)
    assert open_picture(np.dstack([grey] * 3)).mode == "RGB"
    assert open_picture(np.dstack([grey] * 4)).mode == "RGBA"


@pytest.mark.parametrize(
    "source",
    [
        None,
        b"bytes",
        np.zeros((4, 4, 2), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 4), np.uint8),
        np.full((4, 4), np.nan),
        np.full((4, 4), -1.0),
        np.array([["a", "b"]]),
    ],
)
def test_what_is_no_picture_is_refused(source):
    refusal(source)


def test_transparency_is_kept_whatever_holds_it(tmp_path):
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.paste(1, (4, 0, 8, 8))
    palette.save(tmp_path / "p.png", transparency=0)
    half = Image.new("LA", (8, 8), (90, 0))
    half.paste((90, 255), (4, 0, 8, 8))
    for source in (
        tmp_path / "p.png",
        half,
        half.convert("RGBA").convert("PA"),
        half.convert("RGBA"),
    ):
        image = open_picture(source)
        assert image.mode == "RGBA"
        assert image.getchannel("A").getpixel((1, 1)) == 0
        assert image.getchannel("A").getpixel((6, 1)) == 255


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tiff"])
def test_a_photo_is_turned_upright(colours, tmp_path, ending):
    exif = Image.Exif()
    exif[0x0112] = 3  # the camera was held upside down
    colours.save(tmp_path / f"turned.{ending}", exif=exif)
    assert left_and_right(open_picture(tmp_path / f"turned.{ending}")) == ["blue", "red"]
    exif[0x0112] = 6
    colours.save(tmp_path / f"turned.{ending}", exif=exif)
    assert open_picture(tmp_path / f"turned.{ending}").size == (40, 60)


def test_broken_exif_does_not_hide_the_picture(colours, tmp_path):
    colours.save(tmp_path / "a.jpg", exif=b"Exif\0\0nonsense")
    assert open_picture(tmp_path / "a.jpg").size == (60, 40)


@pytest.fixture
def photo() -> Image.Image:
    """Of 12 megapixels; no two of its lines are the same."""
    small = np.random.default_rng(0).integers(0, 255, (40, 30, 3), np.uint8)
    return Image.fromarray(small).resize((3000, 4000), Image.Resampling.BICUBIC)


def test_of_a_jpeg_with_more_pictures_behind_it_the_first_is_read(photo, tmp_path):
    """As iPhones, Nikon, Panasonic and others write them (CIPA DC-007)."""
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    photo.save(tmp_path / "one.jpg", exif=exif)
    thumbnail = photo.resize((300, 400))
    photo.save(tmp_path / "two.jpg", "MPO", exif=exif, save_all=True, append_images=[thumbnail])
    with Image.open(tmp_path / "two.jpg") as seen:
        assert seen.format == "MPO"
    one, two = open_picture(tmp_path / "one.jpg"), open_picture(tmp_path / "two.jpg")
    assert two.size == (800, 600) and np.array_equal(one, two)


def test_such_a_jpeg_has_the_bounds_of_a_jpeg(tmp_path):
    photo, thumbnail = Image.new("L", (8160, 6144)), Image.new("L", (80, 60))
    photo.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[thumbnail])
    assert open_picture(tmp_path / "a.jpg").size == (800, 602)
    Image.new("L", (8160, 8160)).save(tmp_path / "b.jpg", "MPO", save_all=True)
    assert "64 million" in refusal(tmp_path / "b.jpg")


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_its_end_is_read_as_browsers_do(photo, tmp_path, mode, progressive):
    whole = tmp_path / "whole.jpg"
    photo.convert(mode).save(whole, progressive=progressive)
    cut, content = tmp_path / "cut.jpg", whole.read_bytes()
    cut.write_bytes(content[:-2])
    assert open_picture(cut) == open_picture(whole)
    cut.write_bytes(content[: int(0.95 * len(content))])
    upper = (0, 0, 600, 680)
    difference = np.subtract(
        np.asarray(open_picture(cut).crop(upper), int),
        np.asarray(open_picture(whole).crop(upper), int),
    )
    assert abs(difference).mean() < 1  # what is there is as it was; progressive ones are coarser


def test_a_jpeg_that_lacks_more_than_a_tenth_of_its_lines_is_damaged(photo, tmp_path):
    content = io.BytesIO()
    photo.save(content, "JPEG")
    for share in (0.8, 0.5, 0.1):
        cut = tmp_path / "cut.jpg"
        cut.write_bytes(content.getvalue()[: int(share * content.tell())])
        assert "damaged" in refusal(cut)


@pytest.mark.parametrize("brands", [b"heic", b"heix", b"mif1heic", b"mif1", b"msf1hevc"])
def test_heic_is_refused_with_what_to_do_on_an_iphone(tmp_path, brands):
    box = b"ftyp" + brands[:4] + bytes(4) + brands[4:]
    (tmp_path / "a.heic").write_bytes((len(box) + 4).to_bytes(4) + box + bytes(500))
    said = refusal(tmp_path / "a.heic")
    assert "HEIC" in said and "Most Compatible" in said and "JPEG" in said


def test_avif_in_the_same_container_is_not_called_heic(tmp_path):
    box = b"ftypmif1" + bytes(4) + b"mif1avif"
    (tmp_path / "a.avif").write_bytes((len(box) + 4).to_bytes(4) + box + bytes(500))
    assert "damaged" in refusal(tmp_path / "a.avif")


def test_an_open_file_is_read(colours, tmp_path):
    colours.save(tmp_path / "a.png")
    with open(tmp_path / "a.png", "rb") as file:
        assert open_picture(file) == colours
    assert open_picture(io.BytesIO((tmp_path / "a.png").read_bytes())) == colours
    assert "empty" in refusal(io.BytesIO())


def test_of_an_animation_the_first_frame_is_read(colours, tmp_path):
    for ending in ("gif", "webp", "png"):
        other = Image.new("RGB", colours.size, "white")
        colours.save(tmp_path / f"a.{ending}", save_all=True, append_images=[other])
        assert left_and_right(open_picture(tmp_path / f"a.{ending}")) == ["red", "blue"]


def test_files_that_hold_no_picture_are_refused(colours, tmp_path):
    (tmp_path / "text.png").write_text("no picture\n" * 20)
    (tmp_path / "empty.png").touch()
    (tmp_path / "header.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "not a picture" in refusal(tmp_path / "text.png")
    assert "damaged" in refusal(tmp_path / "header.png")
    assert "empty" in refusal(tmp_path / "empty.png")
    assert "folder" in refusal(tmp_path)
    assert "no file" in refusal(tmp_path / "missing.png")
    assert "no file" in refusal("a\0b.png")
    assert "no file" in refusal("x" * 5000)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "bmp", "tiff", "avif"])
def test_a_file_cut_short_is_called_damaged(tmp_path, ending):
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    path = tmp_path / f"a.{ending}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "damaged" in refusal(path)
    with warnings.catch_warnings():  # Pillow itself warns as it opens a cut TIFF
        warnings.simplefilter("ignore")
        try:
            opened = Image.open(path)
        except OSError:
            return
    refusal(opened)


def test_tiny_and_very_wide_pictures_are_read(tmp_path):
    assert open_picture(Image.new("RGB", (1, 1))).size == (1, 1)
    Image.new("L", (30_000, 3)).save(tmp_path / "wide.png")
    assert open_picture(tmp_path / "wide.png").size == (800, 1)


def test_the_callers_image_is_left_as_it_is(colours):
    before = colours.copy()
    open_picture(colours).paste(0, (0, 0, 9, 9))
    assert colours == before


def test_a_photo_of_fifty_megapixels_is_read(tmp_path):
    Image.new("RGB", (8160, 6144), "red").save(tmp_path / "big.jpg")
    assert open_picture(tmp_path / "big.jpg").size == (800, 602)


MEASURE = """
import resource, sys, warnings
from fmnist.pictures import opening
warnings.simplefilter("error")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for bomb in sys.argv[1:]:
    try:
        opening.open_picture(bomb)
    except opening.PictureError as error:
        print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs the module resource")
def test_a_decompression_bomb_is_refused_before_it_takes_memory(tmp_path):
    """Refused by a sentence, not by Pillow's warning, and without decoding: that takes 120 MB."""
    bombs = [tmp_path / "bomb.png", tmp_path / "huge.png"]
    Image.new("1", (12_000, 10_000)).save(bombs[0])
    Image.new("1", (20_000, 20_000)).save(bombs[1])
    assert bombs[0].stat().st_size < 30_000
    command = [sys.executable, "-c", MEASURE, *map(str, bombs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *sentences, megabytes = done.stdout.splitlines()
    assert ["12000 × 10000" in sentences[0], "20000 × 20000" in sentences[1]] == [True, True]
    assert int(megabytes) < 60 and done.stderr == ""


def test_grey_with_a_channel_of_its_own_is_read():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(open_picture(grey[..., None]), grey)


def test_more_than_one_picture_or_a_line_of_pixels_is_named():
    assert "one at a time" in refusal(np.zeros((5, 28, 28), np.uint8))
    assert "one at a time" in refusal(np.zeros((5, 28, 28, 1), np.uint8))
    assert "reshape(28, 28)" in refusal(np.zeros((1, 784), np.uint8))
    assert "list" in refusal([np.zeros((28, 28), np.uint8)])
    assert "dict" in refusal({"path": "a.png"})


def test_any_file_that_is_open_in_binary_mode_is_read(colours, tmp_path):
    colours.save(tmp_path / "a.png")
    with open(tmp_path / "a.png", "rb", buffering=0) as file:
        assert open_picture(file) == colours
    with open(tmp_path / "a.png", encoding="latin-1") as file:
        assert "binary" in refusal(file)
