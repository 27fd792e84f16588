"""An image recipe's data: parts without near-copies between them, and the labels of each head."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from edgemark_trainer.image_duplicates import without_copies
from edgemark_trainer.image_recipe import ImageRecipe, Outsiders
from edgemark_trainer.image_rows import ImageRow
from edgemark_trainer.readers import IMAGE_DATASETS

VALIDATION_SHARE = 0.1  # of the training part, where a set has no validation part


@dataclass(frozen=True, slots=True)
class ImageCorpus:
    """Rows by part; `labels` of each attribute in the order of its logits.

    `dropped` counts the training rows that were near-copies of held-out ones.
    """

    train: list[ImageRow]
    validation: list[ImageRow]
    test: list[ImageRow]
    labels: dict[str, tuple[str, ...]]
    dropped: int


def read_image_corpus(recipe: ImageRecipe, root: Path) -> ImageCorpus:
    """Read the official parts; a missing validation part is split off the training part."""
    parts = IMAGE_DATASETS[recipe.set].read(root)
    train, validation, test = parts["train"], parts.get("validation", []), parts["test"]
    labels = {
        name: tuple(sorted({row.labels[name] for row in train if name in row.labels}))
        for name in recipe.attributes
    }
    clean = without_copies(train, [*validation, *test])
    if not validation:
        first = [row.labels.get(recipe.attributes[0], "") for row in clean]
        clean, validation = train_test_split(
            clean, test_size=VALIDATION_SHARE, random_state=0, stratify=first
        )
        clean = without_copies(clean, validation)
    dropped = len(train) - len(clean) - (0 if "validation" in parts else len(validation))
    return ImageCorpus(clean, validation, test, labels, dropped)


def read_outsiders(spec: Outsiders, root: Path) -> list[ImageRow]:
    """Read images that a pack knows nothing of."""
    rows = IMAGE_DATASETS[spec.set].read(root)[spec.part]
    if not spec.labels:
        return rows
    return [row for row in rows if row.labels.get(spec.attribute) in spec.labels]


def label_numbers(
    rows: Sequence[ImageRow], attribute: str, labels: Sequence[str]
) -> NDArray[np.int64]:
    """Give each row's place among an attribute's labels; -1 where it is unknown."""
    place = {label: i for i, label in enumerate(labels)}
    return np.array([place.get(row.labels.get(attribute, ""), -1) for row in rows], dtype=np.int64)


def actual_labels(corpus: ImageCorpus, rows: Sequence[ImageRow]) -> list[NDArray[np.int64]]:
    """Give the rows' label numbers in each head."""
    return [label_numbers(rows, name, labels) for name, labels in corpus.labels.items()]
