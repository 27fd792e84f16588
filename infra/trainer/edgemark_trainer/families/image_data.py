"""A dataset of pictures made ready: fetched, squashed to one size, labels of each attribute."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import UnidentifiedImageError
from torch import Tensor

from edgemark_trainer.families.base import BadDatasetError, Dataset, Floats, Ints
from edgemark_trainer.families.text_data import check_labels
from edgemark_trainer.image_pixels import open_image, squash

SINGLE = "label"  # the attribute of datasets that have one label a picture


class Pictures:
    """uint8 pixels [rows, 3, side, side] with a label's number (-1: unknown) of each attribute."""

    def __init__(self, pixels: Tensor, actual: Ints) -> None:
        self.pixels, self.actual = pixels, actual

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.pixels)


def attributes_of(labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give each attribute's labels: `colour=red` and so on, or plain labels of one attribute."""
    if not all("=" in label for label in labels):
        return {SINGLE: tuple(labels)}
    found: dict[str, list[str]] = {}
    for label in labels:
        attribute, _, value = label.partition("=")
        found.setdefault(attribute, []).append(value)
    return {attribute: tuple(values) for attribute, values in found.items()}


class ImageData:
    """Training pictures at `source` pixels, held-out ones at the `size` that the pack sees."""

    def __init__(self, dataset: Dataset, size: int, source: int) -> None:
        self.dataset, self.size = dataset, size
        self.labels = attributes_of(dataset.labels)
        self.train = self._read("train", source)
        self.validation = self._read("validation", size)
        for place, labels in enumerate(self.labels.values()):
            known = self.train.actual[:, place]
            check_labels(known[known >= 0], labels, len(self.validation))

    @property
    def heads(self) -> tuple[int, ...]:
        """The number of labels of each attribute."""
        return tuple(len(labels) for labels in self.labels.values())

    def test(self) -> Pictures:
        """Read the test split: once, when the pack is measured."""
        return self._read("test", self.size)

    def _read(self, split: str, size: int) -> Pictures:
        pixels, actual = [], []
        for line, row in enumerate(self.dataset.rows(split), 1):
            where = f"Row {line} of {split}"
            actual.append(self._numbers(row, where))
            path = row.get("image")
            if not isinstance(path, str):
                raise BadDatasetError(f"{where} has no image.")
            try:
                pixels.append(squash(open_image(self.dataset.picture(path), size), size))
            except (UnidentifiedImageError, OSError) as error:
                raise BadDatasetError(f"{where} has a picture that can't be read.") from error
        stacked = np.stack(pixels) if pixels else np.zeros((0, size, size, 3), np.uint8)
        planes = torch.from_numpy(np.ascontiguousarray(stacked.transpose(0, 3, 1, 2)))
        return Pictures(planes, np.array(actual, np.int64).reshape(len(planes), len(self.labels)))

    def _numbers(self, row: dict[str, Any], where: str) -> list[int]:
        given = row.get("labels", {SINGLE: row.get("label")})
        if not isinstance(given, dict):
            raise BadDatasetError(f"{where} has labels that are no object.")
        numbers = []
        for attribute, labels in self.labels.items():
            value = given.get(attribute)
            if value is not None and value not in labels:
                raise BadDatasetError(f"{where} has an unknown label: {value!r:.80}.")
            numbers.append(-1 if value is None else labels.index(value))
        return numbers


def hits(logits: Tensor, heads: Sequence[int], actual: Ints) -> Floats:
    """Give each row's share of right answers among the attributes that are known of it."""
    guesses = np.stack(
        [head.argmax(1).numpy() for head in logits.cpu().split(list(heads), dim=1)], axis=1
    )
    known = actual >= 0
    right: Floats = ((guesses == actual) & known).sum(1) / np.maximum(known.sum(1), 1)
    return right
