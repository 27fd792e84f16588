"""From image files to the pixels that a network sees, by the very steps that serving takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from edgemark_trainer.image_rows import ImageRow

MEAN = 0.5
DEVIATION = 0.25
LEAST_DECODED = 96  # pixels
BILINEAR = 2  # Pillow's number of the filter, as preprocessor_config.json holds it


@dataclass(frozen=True, slots=True)
class Preprocessor:
    """Squash to `size` x `size` by Pillow's antialiased bilinear filter, then (x/255 - m) / s."""

    size: int

    def document(self) -> dict[str, Any]:
        """Give preprocessor_config.json in Hugging Face's fields."""
        return {
            "image_processor_type": "ViTImageProcessor",
            "do_resize": True,
            "size": {"height": self.size, "width": self.size},
            "resample": BILINEAR,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": [MEAN] * 3,
            "image_std": [DEVIATION] * 3,
        }


def open_image(path: Path, size: int | None = None) -> Image.Image:
    """Read a file as RGB: upright by its EXIF orientation, transparent parts over white.

    For a pack's `size` a large JPEG is decoded at the smallest of the scales 1, 1/2, 1/4 and 1/8
    at which no side is shorter than `size` and LEAST_DECODED, as serving does.
    """
    with Image.open(path) as image:
        if size:
            least = max(size, LEAST_DECODED)
            image.draft("RGB", (least, least))
        upright = ImageOps.exif_transpose(image)
        if not upright.has_transparency_data:
            return upright.convert("RGB")
        white = Image.new("RGBA", upright.size, "white")
        return Image.alpha_composite(white, upright.convert("RGBA")).convert("RGB")


def squash(image: Image.Image, size: int) -> NDArray[np.uint8]:
    """Resize to [size, size, 3], whatever the aspect ratio was."""
    resized = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.uint8)


def stack(images: Iterable[Image.Image], count: int, size: int) -> Tensor:
    """Squash `count` images to uint8 [count, 3, size, size]."""
    result = np.zeros((count, 3, size, size), dtype=np.uint8)
    for i, image in enumerate(images):
        result[i] = squash(image, size).transpose(2, 0, 1)
    return torch.from_numpy(result)


def read_pixels(rows: Sequence[ImageRow], size: int) -> Tensor:
    """Read images as uint8 [rows, 3, size, size]."""
    return stack((open_image(row.path, size) for row in rows), len(rows), size)


def normalise(pixels: Tensor) -> Tensor:
    """Scale pixel values (0 to 255) to what the network sees, as float32."""
    return (pixels.float() / 255 - MEAN) / DEVIATION
