"""What the trainer knows about a public data set: its terms, where it is from, how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edgemark_trainer.rows import Row

Parts = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named set; `read(root)` gives its rows by part (`train`, `test`, `all`, ...)."""

    title: str
    licence: str
    source: str
    languages: tuple[str, ...]
    read: Callable[[Path], Parts]
