"""TweetEval (Barbieri et al. 2020): one text and one label a line, in two files a part."""

from functools import partial
from pathlib import Path

from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.rows import Row

PARTS = {"train": "train", "val": "validation", "test": "test"}


def read(root: Path, task: str) -> Parts:
    """Read the parts that have texts; labels are the indices of the task's mapping file."""
    folder = root / "text/tweeteval" / task
    parts: Parts = {}
    for stem, part in PARTS.items():
        texts = folder / f"{stem}_text.txt"
        if texts.exists():
            labels = (folder / f"{stem}_labels.txt").read_text(encoding="utf-8").split()
            lines = texts.read_text(encoding="utf-8").split("\n")[: len(labels)]
            parts[part] = [
                Row(line.strip(), label) for line, label in zip(lines, labels, strict=True)
            ]
    return parts


def _task(task: str) -> Dataset:
    return Dataset(
        f"TweetEval {task}",
        "SemEval and Twitter terms; research custom",
        "github.com/cardiffnlp/tweeteval",
        ("en",),
        partial(read, task=task),
    )


SENTIMENT = _task("sentiment")
EMOTION = _task("emotion")
IRONY = _task("irony")
OFFENSIVE = _task("offensive")
