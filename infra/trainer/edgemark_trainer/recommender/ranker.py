"""What every ranking model offers: it is fitted to a matrix and scores histories by fold-in."""

from typing import Protocol, Self

from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats


class Ranker(Protocol):
    """A ranking model in scikit-learn's manner.

    Both take sparse matrices [users, items]; the users scored need not be those of the fit.
    """

    def fit(self, matrix: csr_array) -> Self:
        """Learn from what users did."""
        ...

    def score(self, history: csr_array) -> Floats:
        """Score every item for every history: [histories, items]; seen items are not masked."""
        ...
