"""Ratings from neighbours' differences to their baselines (Koren 2010, section 2.2)."""

from typing import Literal, Self

import numpy as np

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints
from edgemark_trainer.recommender.rating_biases import RatingBiases

Side = Literal["item", "user"]


class RatingKNN:
    """Pearson correlations of baseline residuals over common raters, shrunk by their number.

    The defaults are those of Surprise's KNNBaseline with `pearson_baseline`. Matrices are dense:
    sets of thousands of users and items, not more.
    """

    def __init__(
        self, side: Side = "item", *, neighbours: int = 40, shrinkage: float = 100.0
    ) -> None:
        self.side = side
        self.neighbours = neighbours
        self.shrinkage = shrinkage
        self.biases_ = RatingBiases()
        self.residuals_: Floats = np.zeros((0, 0))
        self.rated_: Floats = np.zeros((0, 0))
        self.similar_: Floats = np.zeros((0, 0))

    def fit(self, train: Interactions) -> Self:
        """Compute biases, residuals [others, things] and similarities [things, things]."""
        self.biases_.fit(train)
        rest = train.values - self.biases_.predict(train.users, train.items)
        residuals = train.matrix(rest).toarray()
        rated = train.binary().toarray()
        if self.side == "user":
            residuals, rated = residuals.T, rated.T
        common = rated.T @ rated
        squares = (residuals**2).T @ rated
        norms = np.sqrt(squares * squares.T)
        product = residuals.T @ residuals
        similar = np.divide(product, norms, out=np.zeros_like(product), where=norms > 0)
        self.similar_ = similar * np.maximum(common - 1, 0) / (common - 1 + self.shrinkage)
        np.fill_diagonal(self.similar_, 0)
        self.residuals_, self.rated_ = residuals, rated
        return self

    def predict(self, users: Ints, items: Ints) -> Floats:
        """Add the weighted mean of the nearest rated neighbours' residuals to the baseline."""
        others, things = (users, items) if self.side == "item" else (items, users)
        result = self.biases_.predict(users, items)
        for other in np.unique(others):
            rows = np.flatnonzero(others == other)
            known = np.flatnonzero(self.rated_[other])
            similar = np.maximum(self.similar_[things[rows]][:, known], 0)
            if similar.shape[1] > self.neighbours:
                least = np.partition(similar, -self.neighbours, axis=1)[:, -self.neighbours]
                similar = np.where(similar >= least[:, None], similar, 0)
            sums = similar.sum(axis=1)
            some = sums > 0
            result[rows[some]] += (similar @ self.residuals_[other, known])[some] / sums[some]
        return result
