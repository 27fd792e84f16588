"""Banking77 and CLINC150: what customers ask for, in short sentences."""

import csv
import json
from pathlib import Path

from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.rows import Row


def read_banking77(root: Path) -> Parts:
    """Read both official CSV parts."""
    parts: Parts = {}
    for part in ("train", "test"):
        path = root / f"text/banking77/{part}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            parts[part] = [Row(line["text"], line["category"]) for line in csv.DictReader(file)]
    return parts


def read_clinc150(root: Path) -> Parts:
    """Read the full set; the out-of-scope rows are parts of their own with label `oos`."""
    path = root / "text/clinc150/data_full.json"
    data: dict[str, list[list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    names = {"train": "train", "val": "validation", "test": "test"}
    parts = {}
    for key, rows in data.items():
        part = names[key.removeprefix("oos_")]
        prefix = "oos_" if key.startswith("oos_") else ""
        parts[prefix + part] = [Row(text, label) for text, label in rows]
    return parts


BANKING77 = Dataset(
    "Banking77",
    "CC BY 4.0",
    "github.com/PolyAI-LDN/task-specific-datasets",
    ("en",),
    read_banking77,
)
CLINC150 = Dataset("CLINC150", "CC BY 3.0", "github.com/clinc/oos-eval", ("en",), read_clinc150)
