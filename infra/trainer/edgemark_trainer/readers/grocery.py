"""The Grocery Store set: fruit, vegetables and cartons, photographed in shops."""

import csv
from pathlib import Path

from edgemark_trainer.image_rows import ImageRow
from edgemark_trainer.readers.image_dataset import ImageDataset, ImageParts


def read_grocery(root: Path) -> ImageParts:
    """Read the official parts; `classes.csv` names the fine and coarse numbers of their lists."""
    base = root / "image/grocery-store-128px"
    with (base / "classes.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    fine = {int(line[1]): line[0] for line in lines}
    coarse = {int(line[3]): line[2] for line in lines}
    parts: ImageParts = {}
    for part, name in (("train", "train"), ("validation", "val"), ("test", "test")):
        rows = []
        for line in (base / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            path, fine_number, coarse_number = line.split(", ")
            labels = {"coarse": coarse[int(coarse_number)], "fine": fine[int(fine_number)]}
            rows.append(ImageRow(base / path, labels))
        parts[part] = rows
    return parts


GROCERY = ImageDataset(
    "Grocery Store Dataset",
    "MIT",
    "github.com/marcusklasson/GroceryStoreDataset",
    ("coarse", "fine"),
    True,
    read_grocery,
)
