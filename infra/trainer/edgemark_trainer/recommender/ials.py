"""iALS: matrix factorisation of what happened against all that did not (Hu et al. 2008).

Minimises sum over pairs that occur of (1 - u'v)^2 + `unobserved` * sum over all pairs of (u'v)^2 +
`penalty` * the factors' squares, by solving for users and items in turn.
"""

from typing import Self

import numpy as np
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats

START_SCALE = 0.1


class IALS:
    """After `fit`, `items_` are the item factors; users' are solved for when they are scored."""

    def __init__(
        self,
        dimensions: int = 64,
        *,
        unobserved: float = 0.1,
        penalty: float = 5.0,
        iterations: int = 8,
        seed: int = 0,
    ) -> None:
        self.dimensions = dimensions
        self.unobserved = unobserved
        self.penalty = penalty
        self.iterations = iterations
        self.seed = seed
        self.items_: Floats = np.zeros((0, 0))

    def fit(self, matrix: csr_array) -> Self:
        """Solve for users and items in turn, from a small random start."""
        rng = np.random.default_rng(self.seed)
        self.items_ = rng.standard_normal((matrix.shape[1], self.dimensions)) * START_SCALE
        columns = csr_array(matrix.T)
        for _ in range(self.iterations):
            users = self._solved(matrix, self.items_)
            self.items_ = self._solved(columns, users)
        return self

    def _solved(self, rows: csr_array, fixed: Floats) -> Floats:
        """Give each row's best factors while the other side's are fixed."""
        base = self.unobserved * fixed.T @ fixed + self.penalty * np.eye(self.dimensions)
        result = np.zeros((rows.shape[0], self.dimensions))
        for row in range(rows.shape[0]):
            part = slice(rows.indptr[row], rows.indptr[row + 1])
            known, weights = fixed[rows.indices[part]], rows.data[part]
            gram = base + (known.T * weights) @ known
            result[row] = np.linalg.solve(gram, weights @ known)
        return result

    def score(self, history: csr_array) -> Floats:
        """Solve for each history's factors and multiply with all items'."""
        scores: Floats = self._solved(history, self.items_) @ self.items_.T
        return scores
