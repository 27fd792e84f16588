"""Neighbours of items by who took them both: item-kNN and SAR."""

from typing import Literal, Self

import numpy as np
from scipy.sparse import csr_array, diags_array

from edgemark_trainer.readers.interactions import Floats

Similarity = Literal["jaccard", "lift", "cooccurrence"]


def binary_counts(matrix: csr_array) -> csr_array:
    """Count the users that two items share: sparse [items, items]."""
    ones = matrix.copy()
    ones.data = np.ones_like(ones.data)
    return csr_array(ones.T @ ones)


class ItemKNN:
    """Similarity c_ij / (c_i^alpha c_j^beta) of i in the history for j, j's `neighbours` best kept.

    Both powers one half give the cosine; a smaller beta lets popular items come forward.
    """

    def __init__(self, neighbours: int = 100, *, alpha: float = 0.5, beta: float = 0.5) -> None:
        self.neighbours = neighbours
        self.alpha = alpha
        self.beta = beta
        self.weights_: csr_array = csr_array((0, 0))

    def fit(self, matrix: csr_array) -> Self:
        """Find every item's neighbours: weights [from, to], the best of each column."""
        counts = binary_counts(matrix)
        own = np.maximum(counts.diagonal(), 1)
        scaled = diags_array(own**-self.alpha) @ counts @ diags_array(own**-self.beta)
        similar = csr_array(scaled)
        similar.setdiag(0)
        similar.eliminate_zeros()
        self.weights_ = csr_array(best_of_rows(csr_array(similar.T), self.neighbours).T)
        return self

    def score(self, history: csr_array) -> Floats:
        """Sum the similarities of the history's items."""
        return np.asarray((history @ self.weights_).toarray())

    def times(self, columns: Floats) -> Floats:
        """Multiply the weights [items, items] with columns [items, any]."""
        return np.asarray(self.weights_ @ columns)


class SAR:
    """Smart Adaptive Recommendations (Microsoft Recommenders): similarities are not pruned.

    Their affinity, sums of value and decay, is the history matrix (`Interactions.decayed`).
    """

    def __init__(self, similarity: Similarity = "jaccard") -> None:
        self.similarity = similarity
        self.weights_: csr_array = csr_array((0, 0))

    def fit(self, matrix: csr_array) -> Self:
        """Compute all similarities, an item's with itself included."""
        counts = binary_counts(matrix)
        own = counts.diagonal()
        pairs = counts.tocoo()
        if self.similarity == "jaccard":
            divisor = own[pairs.row] + own[pairs.col] - pairs.data
        elif self.similarity == "lift":
            divisor = own[pairs.row] * own[pairs.col]
        else:
            divisor = np.ones_like(pairs.data)
        self.weights_ = csr_array((pairs.data / divisor, (pairs.row, pairs.col)), counts.shape)
        return self

    def score(self, history: csr_array) -> Floats:
        """Sum the affinities times the similarities."""
        return np.asarray((history @ self.weights_).toarray())


def best_of_rows(matrix: csr_array, count: int) -> csr_array:
    """Keep each row's largest values."""
    lengths = np.diff(matrix.indptr)
    rows = np.repeat(np.arange(matrix.shape[0]), lengths)
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(order)) - np.repeat(matrix.indptr[:-1], lengths)
    kept = order[place < count]
    return csr_array((matrix.data[kept], (rows[kept], matrix.indices[kept])), matrix.shape)
