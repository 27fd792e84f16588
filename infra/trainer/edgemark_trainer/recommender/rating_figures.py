"""The figures of rating models over folds, with intervals over users."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edgemark_trainer.evaluation import LEVEL, RESAMPLES, Figure
from edgemark_trainer.readers.interactions import Floats, Ints


@dataclass(frozen=True, slots=True)
class FoldErrors:
    """What each prediction of a fold is off by, and whose rating it was."""

    users: Ints
    errors: Floats


@dataclass(frozen=True, slots=True)
class RatingContext:
    """What all figures of a rating pack have in common; `users` is how many there are."""

    dataset: str
    split: str
    users: int
    seed: int

    def figures(self, folds: Sequence[FoldErrors], note: str) -> list[Figure]:
        """Give RMSE and MAE."""
        return [
            self._figure("rmse", folds, np.square, np.sqrt, note),
            self._figure("mae", folds, np.abs, np.asarray, note),
        ]

    def _figure(
        self,
        name: str,
        folds: Sequence[FoldErrors],
        loss: Callable[[Floats], Floats],
        finished: Callable[[Floats], Floats],
        note: str,
    ) -> Figure:
        """Give the mean over folds; the bootstrap draws users, with all that they rated."""
        sums = np.stack([self._sums(fold, loss(fold.errors)) for fold in folds])
        counts = np.stack([self._sums(fold, np.ones(len(fold.errors))) for fold in folds])
        rng = np.random.default_rng(self.seed)
        shares = np.full(self.users, 1 / self.users)
        draws = np.vstack([np.ones(self.users), rng.multinomial(self.users, shares, RESAMPLES)])
        value, *values = finished((draws @ sums.T) / (draws @ counts.T)).mean(axis=1)
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(values, [tail, 1 - tail])
        rows = sum(len(fold.errors) for fold in folds)
        interval = (float(low), float(high))
        return Figure(name, float(value), interval, self.dataset, self.split, rows, note)

    def _sums(self, fold: FoldErrors, values: Floats) -> Floats:
        """Add up values a user."""
        return np.bincount(fold.users, values, self.users).astype(np.float64)
