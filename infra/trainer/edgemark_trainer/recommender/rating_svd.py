"""Ratings as products of factors: SVD and SVD++ (Koren 2008), stepped by Adam on mini-batches."""

from typing import Self

import numpy as np
import torch

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints
from edgemark_trainer.recommender.rating_biases import RatingBiases

START_SCALE = 0.1


class RatingSVD:
    """Biases and a product of user and item factors; `implicit` adds what the user rated at all.

    With it the user's side is p_u + |N(u)|^-1/2 * sum of y_j over the items N(u) they rated.
    """

    def __init__(
        self,
        *,
        implicit: bool = False,
        dimensions: int = 20,
        epochs: int = 20,
        rate: float = 0.005,
        penalty: float = 0.1,
        batch: int = 1000,
        seed: int = 0,
    ) -> None:
        self.implicit = implicit
        self.dimensions = dimensions
        self.epochs = epochs
        self.rate = rate
        self.penalty = penalty
        self.batch = batch
        self.seed = seed
        self.biases_ = RatingBiases()
        self.users_: Floats = np.zeros((0, 0))
        self.items_: Floats = np.zeros((0, 0))

    def fit(self, train: Interactions) -> Self:
        """Step through all ratings in random order, once an epoch."""
        generator = torch.Generator().manual_seed(self.seed)
        self.biases_.fit(train)
        users = torch.from_numpy(train.users)
        items = torch.from_numpy(train.items)
        values = torch.from_numpy(train.values - self.biases_.mean_).float()
        history = torch.from_numpy(self._history(train)).float()

        def start(rows: int) -> torch.Tensor:
            drawn = torch.randn(rows, self.dimensions, generator=generator) * START_SCALE
            return drawn.requires_grad_()

        p, q = start(train.shape[0]), start(train.shape[1])
        y = torch.zeros(train.shape[1], self.dimensions, requires_grad=True)
        b = torch.from_numpy(self.biases_.user_).float().requires_grad_()
        c = torch.from_numpy(self.biases_.item_).float().requires_grad_()
        optimizer = torch.optim.Adam([p, q, y, b, c], lr=self.rate)
        for _ in range(self.epochs):
            for part in torch.randperm(len(values), generator=generator).split(self.batch):
                u, i = users[part], items[part]
                factors, squares = p[u], p[u].square().sum(dim=1) + q[i].square().sum(dim=1)
                if self.implicit:
                    found, place = torch.unique(u, return_inverse=True)
                    added = (history[found] @ y)[place]
                    factors = factors + added
                    squares = squares + added.square().sum(dim=1)
                error = values[part] - b[u] - c[i] - (factors * q[i]).sum(dim=1)
                loss = error.square() + self.penalty * (squares + b[u] ** 2 + c[i] ** 2)
                optimizer.zero_grad()
                loss.mean().backward()
                optimizer.step()
        with torch.no_grad():
            all_users = p + history @ y if self.implicit else p
        self.users_, self.items_ = all_users.detach().double().numpy(), q.detach().double().numpy()
        self.biases_.user_ = b.detach().double().numpy()
        self.biases_.item_ = c.detach().double().numpy()
        return self

    def _history(self, train: Interactions) -> Floats:
        """Give each user's rated items as a row of |N(u)|^-1/2."""
        rated: Floats = train.binary().toarray()
        rated /= np.sqrt(np.maximum(rated.sum(axis=1, keepdims=True), 1))
        return rated

    def predict(self, users: Ints, items: Ints) -> Floats:
        """Add biases and the product of factors."""
        products = (self.users_[users] * self.items_[items]).sum(axis=1)
        result: Floats = self.biases_.predict(users, items) + products
        return result
