"""What is known of users and items by which of them rated each other at all."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array, diags_array
from sklearn.utils.extmath import randomized_svd

from edgemark_trainer.readers.interactions import Floats

POWER_ITERATIONS = 6


@dataclass(frozen=True, slots=True)
class RatingPatterns:
    """Singular vectors of the pattern of ratings, as features of unit mean square.

    Rows and columns of the pattern are divided by the roots of their counts plus one first. A
    user's features are sums over the user's items, so that they can be had of any history.
    """

    items: Floats  # features of the items [items, columns]
    loadings: Floats  # what an item adds to its raters' features [items, columns]

    @classmethod
    def fit(cls, rated: csr_array, columns: int, seed: int) -> Self:
        """Decompose the binary matrix [users, items]."""
        rows, heights = (np.sqrt(_counts(rated, axis) + 1) for axis in (1, 0))
        scaled = csr_array(diags_array(1 / rows) @ rated @ diags_array(1 / heights))
        _, values, right = randomized_svd(
            scaled, columns, n_iter=POWER_ITERATIONS, random_state=seed
        )
        users, items = rated.shape
        loadings = right.T / heights[:, None] / values * np.sqrt(users)
        return cls(right.T * np.sqrt(items), loadings)

    @classmethod
    def none(cls, items: int) -> Self:
        """Give no features."""
        return cls(np.zeros((items, 0)), np.zeros((items, 0)))

    def of_users(self, rated: csr_array) -> Floats:
        """Give the users' features [users, columns]: sums of loadings over the root of counts + 1.

        A user without ratings has zeros.
        """
        features: Floats = (rated @ self.loadings) / np.sqrt(_counts(rated, 1) + 1)[:, None]
        return features


def _counts(rated: csr_array, axis: int) -> Floats:
    counts: Floats = np.asarray(rated.sum(axis=axis), dtype=np.float64).reshape(-1)
    return counts
