"""Several models' scores added, each brought to mean 0 and deviation 1 in every history."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats
from edgemark_trainer.recommender.ranker import Ranker


def standardised(scores: Floats) -> Floats:
    """Give each row mean 0 and deviation 1; rows of one value become 0."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    result: Floats = centred / np.maximum(centred.std(axis=1, keepdims=True), 1e-12)
    return result


class Blend:
    """A weighted sum of standardised scores."""

    def __init__(self, members: Sequence[tuple[float, Ranker]]) -> None:
        self.members = members

    def fit(self, matrix: csr_array) -> Self:
        """Fit every member."""
        for _, member in self.members:
            member.fit(matrix)
        return self

    def score(self, history: csr_array) -> Floats:
        """Add the members' scores."""
        result = np.zeros(history.shape)
        for weight, member in self.members:
            result += weight * standardised(member.score(history))
        return result
