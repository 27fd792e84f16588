"""PriceRunner offers: product titles with category and cluster (offers of one product)."""

import csv
from pathlib import Path

from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.rows import Row


def read(root: Path) -> Parts:
    """Read the header-less CSV; the cluster id is the group, for its titles nearly repeat."""
    path = root / "text/pricerunner/pricerunner_aggregate.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {"all": [Row(line[1], line[6].strip(), line[3]) for line in csv.reader(file)]}


PRICERUNNER = Dataset(
    "PriceRunner",
    "CC BY 4.0",
    "UCI Product Classification and Clustering, Akritidis 2020",
    ("en",),
    read,
)
