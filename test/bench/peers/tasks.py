"""The classification tasks: train and test rows from the data folder, split as the published baselines are."""

import csv
import gzip
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

from sklearn.model_selection import GroupShuffleSplit, train_test_split

from peers.part import Part, part_of

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Task:
    """`tests` by name; `language` is a BCP 47 tag."""

    name: str
    language: str
    train: Part
    tests: dict[str, Part]


def intent(root: Path) -> Task:
    """CLINC150 with its out-of-scope training rows and Banking77 in one label space of 227, official splits."""
    clinc = json.loads((root / "text/clinc150/data_full.json").read_text("utf-8"))
    banking = root / "text/banking77"
    train = [*clinc["train"], *clinc["oos_train"], *read_banking(banking / "train.csv")]
    return Task(
        "intent",
        "en",
        part_of((text, intent_name(label)) for text, label in train),
        {
            "banking77": part_of(
                (t, intent_name(l)) for t, l in read_banking(banking / "test.csv")
            ),
            "clinc150": part_of((t, intent_name(l)) for t, l in clinc["test"]),
            "clinc150-out-of-scope": part_of(
                (t, intent_name(l)) for t, l in clinc["oos_test"]
            ),
        },
    )


def intent_name(label: str) -> str:
    """Give the identifier used by the shipped pack: both sets' `exchange_rate` is one label, `oos` is written out."""
    return OUT_OF_SCOPE if label == "oos" else label.lower().rstrip("?")


def read_banking(path: Path) -> list[tuple[str, str]]:
    """Read `text,category`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def sst2(root: Path) -> Task:
    """SST-2 sentences, official train and test."""
    folder = root / "text/harvard-sent-conv"
    return Task(
        "sst2",
        "en",
        read_polarity(folder / "stsa.binary.train"),
        {"sst2": read_polarity(folder / "stsa.binary.test")},
    )


def read_polarity(path: Path) -> Part:
    """Read lines `0 text` and `1 text`."""
    lines = path.read_text("utf-8").splitlines()
    return part_of(
        (line[2:].strip(), polarity(line[0] == "1")) for line in lines if line.strip()
    )


def imdb(root: Path) -> Task:
    """IMDB reviews, official halves."""
    folder = root / "text/imdb"
    return Task(
        "imdb",
        "en",
        read_imdb(folder / "train.tsv.gz"),
        {"imdb": read_imdb(folder / "test.tsv.gz")},
    )


def read_imdb(path: Path) -> Part:
    """Read `id, label, rating, text`; line breaks of the page are blanks."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    return part_of(
        (row[3].replace("<br />", " "), polarity(row[1] == "pos")) for row in rows
    )


def waimai(root: Path) -> Task:
    """Take-away reviews, stratified 80/20."""
    return chinese(root, "waimai", "waimai_10k.csv")


def hotel(root: Path) -> Task:
    """Hotel reviews, stratified 80/20."""
    return chinese(root, "hotel", "ChnSentiCorp_htl_all.csv")


def chinese(root: Path, name: str, file_name: str) -> Task:
    """Read `label,review`; rows without a text are left out, then split with random_state 0."""
    content = (root / "text/chinese-sentiment" / file_name).read_text("utf-8-sig")
    rows = [
        row for row in csv.DictReader(io.StringIO(content)) if row["review"].strip()
    ]
    texts = [row["review"] for row in rows]
    labels = [polarity(row["label"] == "1") for row in rows]
    train_texts, test_texts, train_labels, test_labels = train_test_split(
        texts, labels, test_size=0.2, random_state=0, stratify=labels
    )
    return Task(
        name,
        "zh",
        Part(train_texts, train_labels),
        {name: Part(test_texts, test_labels)},
    )


def polarity(is_positive: bool) -> str:
    """Name the two classes as the sentiment pack does."""
    return "positive" if is_positive else "negative"


def titles(root: Path) -> Task:
    """PriceRunner's product titles in ten categories; offers of one product stay together, 20 % held out with seed 0."""
    path = root / "text/pricerunner/pricerunner_aggregate.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(line[1], line[6].strip(), line[3]) for line in csv.reader(file)]
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=0)
    train, test = next(splitter.split(rows, groups=[group for _, _, group in rows]))
    return Task(
        "titles",
        "en",
        part_of(rows[i][:2] for i in train),
        {"pricerunner": part_of(rows[i][:2] for i in test)},
    )


def categories(root: Path) -> Task:
    """Chinese shopping reviews in ten categories, each text once, stratified 80/20."""
    archive = zipfile.ZipFile(
        root / "text/chinese-sentiment/online_shopping_10_cats.zip"
    )
    content = archive.read("online_shopping_10_cats.csv").decode("utf-8-sig")
    read = [
        (row["review"], row["cat"])
        for row in csv.DictReader(io.StringIO(content, newline=""))
        if (row["review"] or "").strip()
    ]
    # As the pack's trainer drops repeats, so that the same rows are held out.
    rows = dict(reversed(dict(reversed(read)).items()))
    train_texts, test_texts, train_labels, test_labels = train_test_split(
        list(rows),
        list(rows.values()),
        test_size=0.2,
        random_state=0,
        stratify=list(rows.values()),
    )
    return Task(
        "categories",
        "zh",
        Part(train_texts, train_labels),
        {"shopping-categories": Part(test_texts, test_labels)},
    )


TASKS = {
    "intent": intent,
    "sst2": sst2,
    "imdb": imdb,
    "waimai": waimai,
    "hotel": hotel,
    "titles": titles,
    "categories": categories,
}
