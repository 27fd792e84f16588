"""Near-copies of images: alike in a difference hash and, pixel for pixel, as thumbnails.

The hash compares neighbours in a grey image of 17 x 16 pixels, so it survives scaling and
compression (N. Krawetz, "Kind of Like That", 2013). Different things before one plain background
have like hashes too; there the colours of the thumbnails tell them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgemark_trainer.image_pixels import open_image, squash
from edgemark_trainer.image_rows import ImageRow

SIDE = 16
MARGIN = 3  # grey levels; smaller steps are compression's
LARGEST_DISTANCE = 12  # of 256 bits
LARGEST_DIFFERENCE = 3.0  # mean over a thumbnail's values, of 255


@dataclass(frozen=True, slots=True)
class Prints:
    """What copies are found by: hash bits [rows, 256] and thumbnails' values [rows, 768]."""

    bits: NDArray[np.float32]
    thumbnails: NDArray[np.float32]


def difference_hash(image: Image.Image) -> NDArray[np.bool_]:
    """Give 256 bits: whether each pixel is clearly darker than its right neighbour."""
    grey = image.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BILINEAR)
    values = np.asarray(grey, dtype=np.int16)
    bits: NDArray[np.bool_] = (values[:, :-1] + MARGIN < values[:, 1:]).reshape(-1)
    return bits


def prints(images: Sequence[Image.Image]) -> Prints:
    """Give the prints of many images."""
    bits = np.zeros((len(images), SIDE * SIDE), dtype=np.float32)
    thumbnails = np.zeros((len(images), SIDE * SIDE * 3), dtype=np.float32)
    for i, image in enumerate(images):
        bits[i] = difference_hash(image)
        thumbnails[i] = squash(image, SIDE).reshape(-1)
    return Prints(bits, thumbnails)


def copies(left: Prints, right: Prints) -> NDArray[np.bool_]:
    """Say for each left image whether some right one is a near-copy of it."""
    a, b = left.bits, right.bits
    distances = a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :] - 2 * (a @ b.T)
    found = np.zeros(len(a), dtype=np.bool_)
    for i, j in np.argwhere(distances <= LARGEST_DISTANCE):
        difference = np.abs(left.thumbnails[i] - right.thumbnails[j]).mean()
        found[i] |= difference <= LARGEST_DIFFERENCE
    return found


def without_copies(rows: Sequence[ImageRow], held_out: Sequence[ImageRow]) -> list[ImageRow]:
    """Drop the rows that are near-copies of a held-out image."""
    if not rows or not held_out:
        return list(rows)
    near = copies(
        prints([open_image(row.path) for row in rows]),
        prints([open_image(row.path) for row in held_out]),
    )
    return [row for row, copied in zip(rows, near, strict=True) if not copied]
