"""Neighbours of items by their titles and texts: what a new item has instead of customers."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from edgemark_trainer.readers.interactions import Floats
from edgemark_trainer.recommender.item_knn import best_of_rows


class ContentKNN:
    """Cosine of TF-IDF vectors of words and pairs of words, the best neighbours of each item.

    `fit` needs no customers: it takes what it is given for the interface's sake and looks at the
    texts alone, so that items that nobody took have neighbours too.
    """

    def __init__(self, texts: Sequence[str], neighbours: int = 50) -> None:
        self.texts = texts
        self.neighbours = neighbours
        self.weights_: csr_array = csr_array((0, 0))

    def fit(self, matrix: csr_array) -> Self:
        """Compare all texts."""
        if matrix.shape[1] != len(self.texts):
            raise ValueError(f"{len(self.texts)} texts for {matrix.shape[1]} items")
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(self.texts)
        similar = csr_array(vectors @ vectors.T)
        similar.setdiag(0)
        similar.eliminate_zeros()
        self.weights_ = csr_array(best_of_rows(similar, self.neighbours).T)
        return self

    def score(self, history: csr_array) -> Floats:
        """Sum the similarities of the history's items."""
        return np.asarray((history @ self.weights_).toarray())

    def times(self, columns: Floats) -> Floats:
        """Multiply the weights [items, items] with columns [items, any]."""
        return np.asarray(self.weights_ @ columns)
