"""The small clothing set: ten kinds of garments, photographed at home."""

from pathlib import Path

from edgemark_trainer.image_rows import ImageRow
from edgemark_trainer.readers.image_dataset import ImageDataset, ImageParts


def read_clothing(root: Path) -> ImageParts:
    """Read the official parts, a folder each, with a folder a kind."""
    base = root / "image/clothing-small-128px"
    return {
        part: [
            ImageRow(path, {"type": path.parent.name})
            for path in sorted((base / part).glob("*/*.jpg"))
        ]
        for part in ("train", "validation", "test")
    }


CLOTHING = ImageDataset(
    "Clothing dataset (small)",
    "CC0 1.0",
    "github.com/alexeygrigorev/clothing-dataset-small",
    ("type",),
    True,
    read_clothing,
)
