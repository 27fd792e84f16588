"""From image files to the pixels that a network sees, by the very steps that serving takes."""

from collections.abc import Sequence
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


def open_image(path: Path) -> Image.Image:
    """Read a file as RGB, turned upright by its EXIF orientation."""
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def squash(image: Image.Image, size: int) -> NDArray[np.uint8]:
    """Resize to [size, size, 3], whatever the aspect ratio was."""
    resized = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.uint8)


def read_pixels(rows: Sequence[ImageRow], size: int) -> Tensor:
    """Read images as uint8 [rows, 3, size, size]."""
    result = np.zeros((len(rows), 3, size, size), dtype=np.uint8)
    for i, row in enumerate(rows):
        result[i] = squash(open_image(row.path), size).transpose(2, 0, 1)
    return torch.from_numpy(result)


def normalise(pixels: Tensor) -> Tensor:
    """Scale pixel values (0 to 255) to what the network sees, as float32."""
    return (pixels.float() / 255 - MEAN) / DEVIATION
