"""Pixels as serving sees them, near copies, drawn pages."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from edgemark_trainer.image_duplicates import LARGEST_DISTANCE, copies, prints, without_copies
from edgemark_trainer.image_pages import text_pages
from edgemark_trainer.image_pixels import Preprocessor, normalise, open_image, read_pixels, squash
from edgemark_trainer.image_rows import ImageRow


def photo(seed: int) -> Image.Image:
    """A smooth picture of our own: noise, enlarged."""
    small = np.random.default_rng(seed).integers(0, 256, (7, 6, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((96, 120), Image.Resampling.BICUBIC)


def test_pixels_are_pillows_bilinear_squash_of_the_upright_image(tmp_path: Path) -> None:
    picture, path = photo(1), tmp_path / "turned.png"
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    picture.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    wanted = np.asarray(picture.resize((16, 16), Image.Resampling.BILINEAR))
    pixels = read_pixels([ImageRow(path, {})], 16)
    np.testing.assert_array_equal(pixels[0].permute(1, 2, 0).numpy(), wanted)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 4), (200, 0, 0, 0))
    image.putpixel((0, 0), (200, 0, 0, 255))
    path = tmp_path / "clear.png"
    image.save(path)
    opened = open_image(path)
    assert (opened.getpixel((0, 0)), opened.getpixel((3, 3))) == ((200, 0, 0), (255, 255, 255))


def test_a_large_jpeg_is_decoded_at_a_scale_that_keeps_both_sides_long(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    photo(1).resize((800, 400)).save(path)
    assert open_image(path).size == (800, 400)
    assert open_image(path, 64).size == (200, 100)
    assert open_image(path, 128).size == (400, 200)
    assert open_image(path, 224).size == (800, 400)


def test_the_preprocessor_says_what_normalise_does() -> None:
    document = Preprocessor(64).document()
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8)
    wanted = pixels.double() * document["rescale_factor"] - document["image_mean"][0]
    assert document["size"] == {"height": 64, "width": 64}
    assert document["resample"] == Image.Resampling.BILINEAR
    np.testing.assert_allclose(normalise(pixels), wanted / document["image_std"][0], atol=1e-6)


def test_squash_keeps_no_aspect_ratio() -> None:
    assert squash(photo(1), 10).shape == (10, 10, 3)


def test_copies_are_found_after_compression_and_other_images_are_not(tmp_path: Path) -> None:
    picture = photo(1)
    picture.save(tmp_path / "copy.jpg", quality=60)
    copy = open_image(tmp_path / "copy.jpg").resize((72, 90))
    found = copies(prints([copy, photo(2), photo(3)]), prints([photo(4), picture]))
    assert found.tolist() == [True, False, False]


def test_another_colour_of_the_same_shape_is_no_copy() -> None:
    picture = photo(1)
    other = Image.merge("RGB", picture.split()[::-1])
    grey = [prints([image.convert("L").convert("RGB")]) for image in (picture, picture)]
    assert copies(*grey).all()
    assert np.abs(prints([picture]).thumbnails - prints([other]).thumbnails).mean() > 10
    assert not copies(prints([picture]), prints([other])).any()
    assert LARGEST_DISTANCE < 64


def test_training_rows_that_are_copies_of_held_out_ones_are_dropped(tmp_path: Path) -> None:
    rows = []
    for number, seed in enumerate((1, 2, 1)):
        photo(seed).save(tmp_path / f"{number}.png")
        rows.append(ImageRow(tmp_path / f"{number}.png", {}))
    assert without_copies(rows[:2], rows[2:]) == [rows[1]]


def test_drawn_pages_repeat_with_their_seed_and_hold_text() -> None:
    first, again, other = (text_pages(3, seed) for seed in (1, 1, 2))
    assert [page.tobytes() for page in first] == [page.tobytes() for page in again]
    assert first[0].tobytes() != other[0].tobytes()
    assert all(np.asarray(page.convert("L")).std() > 3 for page in first + other)
