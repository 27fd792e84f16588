"""Chinese hotel, take-away and shopping reviews of ChineseNlpCorpus, as CSV."""

import csv
import io
import zipfile
from functools import partial
from pathlib import Path

from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.rows import Row

FOLDER = "text/chinese-sentiment"
LICENCE = "no licence text; collected reviews"
SOURCE = "github.com/SophonPlus/ChineseNlpCorpus"


def read_reviews(root: Path, name: str) -> Parts:
    """Read `label,review`; the one empty review of the hotel file is left out."""
    with (root / FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        rows = [Row(line["review"], line["label"]) for line in csv.DictReader(file)]
    return {"all": [row for row in rows if row.text.strip()]}


def read_shopping(root: Path, column: str) -> Parts:
    """Read `cat,label,review` with the class taken from `column`; empty reviews are left out."""
    archive = zipfile.ZipFile(root / FOLDER / "online_shopping_10_cats.zip")
    text = archive.read("online_shopping_10_cats.csv").decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows = [Row(line["review"] or "", line[column], line["cat"]) for line in reader]
    return {"all": [row for row in rows if row.text.strip()]}


def _set(title: str, name: str) -> Dataset:
    return Dataset(title, LICENCE, SOURCE, ("zh",), partial(read_reviews, name=name))


HOTEL = _set("ChnSentiCorp hotel", "ChnSentiCorp_htl_all.csv")
WAIMAI = _set("waimai 10k", "waimai_10k.csv")
SHOPPING = Dataset(
    "online shopping", LICENCE, SOURCE, ("zh",), partial(read_shopping, column="label")
)
SHOPPING_CATEGORIES = Dataset(
    "online shopping categories", LICENCE, SOURCE, ("zh",), partial(read_shopping, column="cat")
)
