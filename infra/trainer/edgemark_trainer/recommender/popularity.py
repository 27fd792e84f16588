"""The same list for everybody: what most users took, lately where the matrix is decayed."""

from typing import Self

import numpy as np
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats


class Popularity:
    """Scores are the column sums of the fitted matrix."""

    def __init__(self) -> None:
        self.sums_: Floats = np.zeros(0)

    def fit(self, matrix: csr_array) -> Self:
        """Sum what was done with every item."""
        self.sums_ = np.asarray(matrix.sum(axis=0), dtype=np.float64).reshape(-1)
        return self

    def score(self, history: csr_array) -> Floats:
        """Give every history the same scores."""
        return np.tile(self.sums_, (history.shape[0], 1))
