"""A shallow linear autoencoder whose cost does not grow with the square of the catalogue.

ELSA (Vančura et al. 2022): scores are x A A' - x with unit rows of A, trained so that they point
where the history points (squared distance of unit vectors), by Adam on mini-batches of users.
"""

from typing import Self

import numpy as np
import torch
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats


class ShallowAutoencoder:
    """After `fit`, `factors_` is A [items, dimensions]."""

    def __init__(
        self,
        dimensions: int = 128,
        *,
        epochs: int = 20,
        rate: float = 0.01,
        batch: int = 128,
        dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.dimensions = dimensions
        self.epochs = epochs
        self.rate = rate
        self.batch = batch
        self.dropout = dropout
        self.seed = seed
        self.factors_: Floats = np.zeros((0, 0))

    def fit(self, matrix: csr_array) -> Self:
        """Step through all users in random order, once an epoch."""
        generator = torch.Generator().manual_seed(self.seed)
        factors = torch.randn(matrix.shape[1], self.dimensions, generator=generator)
        factors.requires_grad_()
        optimizer = torch.optim.NAdam([factors], lr=self.rate)
        users = np.flatnonzero(np.diff(matrix.indptr))
        for _ in range(self.epochs):
            order = torch.randperm(len(users), generator=generator).numpy()
            for start in range(0, len(order), self.batch):
                chosen = users[order[start : start + self.batch]]
                rows = torch.from_numpy(matrix[chosen].toarray()).float()
                kept = rows
                if self.dropout:
                    kept = rows * (torch.rand(rows.shape, generator=generator) > self.dropout)
                unit = torch.nn.functional.normalize(factors, dim=1)
                answers = torch.relu((kept @ unit) @ unit.T - kept)
                distance = torch.nn.functional.normalize(answers, dim=1)
                distance = distance - torch.nn.functional.normalize(rows, dim=1)
                loss = distance.square().sum(dim=1).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        unit = torch.nn.functional.normalize(factors.detach(), dim=1)
        self.factors_ = unit.double().numpy()
        return self

    def score(self, history: csr_array) -> Floats:
        """Give x A A' - x."""
        scores: Floats = np.asarray(history @ self.factors_) @ self.factors_.T
        scores -= history.toarray()
        return scores

    def times(self, columns: Floats) -> Floats:
        """Multiply A A' - 1 with columns [items, any]."""
        result: Floats = self.factors_ @ (self.factors_.T @ columns)
        return result - columns
