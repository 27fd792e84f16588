"""What the trainer knows about a public image set: its terms, its attributes, how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edgemark_trainer.image_rows import ImageRow

ImageParts = dict[str, list[ImageRow]]


@dataclass(frozen=True, slots=True)
class ImageDataset:
    """A named set; `read(root)` gives its rows by part (`train`, `validation`, `test`).

    `shown` says whether its terms allow pictures of it in a pack's folder.
    """

    title: str
    licence: str
    source: str
    attributes: tuple[str, ...]
    shown: bool
    read: Callable[[Path], ImageParts]
