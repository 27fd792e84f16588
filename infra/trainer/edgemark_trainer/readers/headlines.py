"""TNEWS headlines of FewCLUE: factual Chinese lines, one JSON object each."""

import json
from pathlib import Path

from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.rows import Row


def read(root: Path) -> Parts:
    """Read the labelled few-shot parts; the public test part is for evaluation only."""
    names = {
        "train": "train_few_all.json",
        "validation": "dev_few_all.json",
        "test": "test_public.json",
    }
    parts: Parts = {}
    for part, name in names.items():
        lines = (root / "text/fewclue-tnews" / name).read_text(encoding="utf-8").splitlines()
        documents = [json.loads(line) for line in lines if line.strip()]
        parts[part] = [Row(document["sentence"], document["label_desc"]) for document in documents]
    return parts


TNEWS = Dataset(
    "TNEWS (FewCLUE)",
    "no licence text; research custom",
    "github.com/CLUEbenchmark/FewCLUE",
    ("zh",),
    read,
)
