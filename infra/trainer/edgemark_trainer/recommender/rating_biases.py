"""Ratings as a mean and how far users and items stand off it (Koren 2010, section 2.1)."""

from typing import Self

import numpy as np

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints


class RatingBiases:
    """Biases shrunk by their penalty, solved for items and users in turn."""

    def __init__(
        self, *, user_penalty: float = 15.0, item_penalty: float = 10.0, iterations: int = 10
    ) -> None:
        self.user_penalty = user_penalty
        self.item_penalty = item_penalty
        self.iterations = iterations
        self.mean_ = 0.0
        self.user_: Floats = np.zeros(0)
        self.item_: Floats = np.zeros(0)

    def fit(self, train: Interactions) -> Self:
        """Solve by alternating least squares (the defaults are Surprise's)."""
        users, items = train.shape
        self.mean_ = float(train.values.mean())
        self.user_, self.item_ = np.zeros(users), np.zeros(items)
        rest = train.values - self.mean_
        by_user = np.bincount(train.users, minlength=users) + self.user_penalty
        by_item = np.bincount(train.items, minlength=items) + self.item_penalty
        for _ in range(self.iterations):
            left = rest - self.user_[train.users]
            self.item_ = np.bincount(train.items, left, minlength=items) / by_item
            left = rest - self.item_[train.items]
            self.user_ = np.bincount(train.users, left, minlength=users) / by_user
        return self

    def predict(self, users: Ints, items: Ints) -> Floats:
        """Add mean and biases."""
        result: Floats = self.mean_ + self.user_[users] + self.item_[items]
        return result
