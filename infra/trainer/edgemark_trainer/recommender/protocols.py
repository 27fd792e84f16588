"""How events are divided into training and test, as published tables divide them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Interactions, Ints

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Split:
    """Training events, and test events in the same numbering of users and items."""

    train: Interactions
    test: Interactions

    def new_pairs(self) -> csr_array:
        """Give 1 for every test pair that training does not have."""
        wanted, seen = self.test.binary(), self.train.binary()
        left = csr_array(wanted - wanted.multiply(seen))
        left.eliminate_zeros()
        return left

    def known_users(self) -> Ints:
        """Give the users who have a training event."""
        return np.unique(self.train.users)


def of_known_items(wanted: csr_array, split: Split) -> csr_array:
    """Keep wanted pairs whose item has a training event: others no model of the past can list."""
    counts = np.bincount(split.train.items, minlength=split.train.shape[1])
    left = csr_array(wanted.multiply((counts > 0)[None, :].astype(np.float64)))
    left.eliminate_zeros()
    return left


def stratified_by_item(data: Interactions, seed: int, ratio: float = 0.75) -> Split:
    """Divide every item's events as Microsoft Recommenders' `python_stratified_split` does.

    One uniform number an event from NumPy's legacy generator; sorted by item, then by it, an item's
    first round(ratio * count) events train (halves round to even).
    """
    numbers = np.random.RandomState(seed).rand(len(data))
    order = np.lexsort((numbers, data.items))
    counts = np.bincount(data.items, minlength=data.shape[1])
    starts = np.cumsum(counts) - counts
    rank = np.arange(len(data)) - starts[data.items[order]] + 1
    training = rank <= np.round(ratio * counts)[data.items[order]]
    return Split(data.take(np.sort(order[training])), data.take(np.sort(order[~training])))


def random_share(data: Interactions, seed: int, share: float = 0.2) -> Split:
    """Hold out a share of all events drawn at random."""
    order = np.random.default_rng(seed).permutation(len(data))
    count = round(share * len(data))
    return Split(data.take(np.sort(order[count:])), data.take(np.sort(order[:count])))


def calendar_cut(data: Interactions, share: float = 0.8) -> Split:
    """Train on the first `share` of the calendar between the first and the last event."""
    first, last = float(data.times.min()), float(data.times.max())
    cut = first + share * (last - first)
    return Split(data.take(data.times < cut), data.take(data.times >= cut))


def surprise_folds(rows: int, folds: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Give training and test indexes as Surprise's `KFold(folds, random_state=seed)` does.

    Indexes are shuffled once by NumPy's legacy generator and cut into runs; the first runs take
    the remainder.
    """
    indexes = np.arange(rows)
    np.random.RandomState(seed).shuffle(indexes)
    for test in np.array_split(indexes, folds):
        yield np.concatenate(_without(indexes, test, folds)), test


def _without(indexes: Ints, test: Ints, folds: int) -> list[Ints]:
    """Give the other runs, in order."""
    return [run for run in np.array_split(indexes, folds) if run[0] != test[0]]
