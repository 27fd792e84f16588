"""Batches of token ids: rows of like length together, padded to the longest."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def pad(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Give ids and mask, int64 [rows, longest]; an empty row is one masked token."""
    longest = max(1, max(map(len, rows)))
    ids = np.zeros((len(rows), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for position, row in enumerate(rows):
        ids[position, : len(row)] = row
        mask[position, : len(row)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def by_length(
    rows: Sequence[Sequence[int]], tokens: int, largest: int, rng: np.random.Generator | None = None
) -> Iterator[NDArray[np.int64]]:
    """Give row numbers in batches of at most `largest` rows and about `tokens` padded tokens.

    With `rng` lengths are jittered and batches shuffled, for training.
    """
    lengths = np.array([max(1, len(row)) for row in rows])
    jitter = rng.uniform(0.85, 1.15, len(rows)) if rng else 1.0
    order = np.argsort(lengths * jitter, kind="stable")
    batches: list[NDArray[np.int64]] = []
    start = 0
    while start < len(order):
        end = start + 1
        longest = lengths[order[start]]
        while end < len(order) and end - start < largest:
            longest = max(longest, lengths[order[end]])
            if longest * (end + 1 - start) > tokens:
                break
            end += 1
        batches.append(order[start:end])
        start = end
    for i in rng.permutation(len(batches)) if rng else range(len(batches)):
        yield batches[i]
