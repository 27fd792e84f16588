"""IMDB reviews (Maas et al. 2011), packed as gzipped tab-separated id, label, rating, text."""

import csv
import gzip
import sys
from pathlib import Path

from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.rows import Row


def read(root: Path) -> Parts:
    """Read both official parts; `<br />` tags are line breaks of the web page and become blanks."""
    csv.field_size_limit(sys.maxsize)
    parts: Parts = {}
    for part in ("train", "test"):
        with gzip.open(root / f"text/imdb/{part}.tsv.gz", "rt", encoding="utf-8") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            parts[part] = [
                Row(line["text"].replace("<br />", " "), line["label"]) for line in reader
            ]
    return parts


IMDB = Dataset(
    "IMDB",
    "no licence text; published for research, asks for citation (Maas et al. 2011)",
    "Stanford aclImdb",
    ("en",),
    read,
)
