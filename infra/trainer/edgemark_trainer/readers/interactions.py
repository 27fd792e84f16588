"""What the trainer knows about a set of interactions: terms, origin, events and items."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Interactions:
    """Events in file order: user and item are indexes into the ids.

    `values` are ratings, quantities, listens or event weights; `times` are Unix seconds, or 0
    where the set has none. `pairs` (friends) are directed edges between users.
    """

    users: Ints
    items: Ints
    values: Floats
    times: Floats
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    titles: tuple[str, ...] = ()
    prices: tuple[float, ...] = ()
    friends: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))

    def __len__(self) -> int:
        """Count the events."""
        return len(self.users)

    @property
    def shape(self) -> tuple[int, int]:
        """Users and items."""
        return len(self.user_ids), len(self.item_ids)

    def take(self, rows: Ints | NDArray[np.bool_]) -> "Interactions":
        """Give some events, all users and items kept."""
        return replace(
            self,
            users=self.users[rows],
            items=self.items[rows],
            values=self.values[rows],
            times=self.times[rows],
        )

    def matrix(self, weights: Floats | None = None) -> csr_array:
        """Sum the weights (absent: the values) of every pair: sparse [users, items]."""
        found = self.values if weights is None else weights
        result = csr_array((found, (self.users, self.items)), shape=self.shape)
        result.sum_duplicates()
        return result

    def binary(self) -> csr_array:
        """Give 1 for every pair that occurs."""
        result = self.matrix(np.ones(len(self)))
        result.data[:] = 1
        return result

    def decayed(self, half_life_days: float, now: float) -> csr_array:
        """Sum values that halve with every half life of age at `now` (Unix seconds)."""
        ages = (now - self.times) / DAY_SECONDS
        return self.matrix(self.values * np.exp2(-ages / half_life_days))


@dataclass(frozen=True, slots=True)
class InteractionDataset:
    """A named set; `read(root)` gives its events."""

    title: str
    licence: str
    source: str
    read: Callable[[Path], Interactions]


def numbered(names: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """Number names by first appearance: the indexes, and the names in order."""
    numbers: dict[str, int] = {}
    indexes = np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
    return indexes, tuple(numbers)
