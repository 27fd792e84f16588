"""Fashion products: shop photographs with type, colour, gender, season and usage."""

import csv
from pathlib import Path

from edgemark_trainer.image_rows import ImageRow
from edgemark_trainer.readers.image_dataset import ImageDataset, ImageParts

COLUMNS = {
    "type": "articleType",
    "colour": "baseColour",
    "gender": "gender",
    "season": "season",
    "usage": "usage",
}


def read_fashion(root: Path) -> ImageParts:
    """Read `subset.csv`, whose last column names the part; empty cells are unknown labels."""
    base = root / "image/fashion-products"
    parts: ImageParts = {"train": [], "test": []}
    with (base / "subset.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            labels = {name: line[column] for name, column in COLUMNS.items() if line[column]}
            parts[line["split"]].append(ImageRow(base / f"images/{line['id']}.jpg", labels))
    return parts


FASHION = ImageDataset(
    "Fashion products (45 types of 150)",
    "unverified",
    "github.com/youngyanglu/fashion-product-images-small",
    tuple(COLUMNS),
    False,
    read_fashion,
)
