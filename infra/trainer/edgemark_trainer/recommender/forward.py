"""What customers take after what they took: ridge regression across cuts of the calendar.

At every cut a customer's items before it are the input and the new items of the days after it the
answer, so that weights go from what is had to what comes next, as a calendar's test part asks. EASE
sees all of a customer's items at once and cannot tell which came first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import DAY_SECONDS, Floats, Interactions
from edgemark_trainer.recommender.ease import EASE, inverted


@dataclass(frozen=True, slots=True)
class ForwardSettings:
    """Cuts lie `step_days` apart, the last `window_days` before the end of training.

    A cut counts half of one that is `half_life_days` younger. The first cut leaves at least
    `least_history_days` before it.
    """

    penalty: float = 400.0
    window_days: float = 30.0
    step_days: float = 15.0
    half_life_days: float = 60.0
    least_history_days: float = 20.0


def cuts(
    train: Interactions, settings: ForwardSettings
) -> Iterator[tuple[float, csr_array, csr_array]]:
    """Give each cut's weight, and what users had before it and took in the days after, 1 a pair."""
    last = float(train.times.max())
    days = (last - float(train.times.min())) / DAY_SECONDS - settings.least_history_days
    for age in np.arange(settings.window_days, days, settings.step_days):
        cut = last - age * DAY_SECONDS
        until = cut + settings.window_days * DAY_SECONDS
        before = train.take(train.times < cut).binary()
        after = train.take((train.times >= cut) & (train.times < until)).binary()
        yield float(np.exp2(-age / settings.half_life_days)), before, after


def forward_weights(train: Interactions, settings: ForwardSettings) -> Floats:
    """Give weights [items, items] from items had to new items taken after."""
    items = train.shape[1]
    gram, answers = csr_array((items, items)), csr_array((items, items))
    for weight, before, after in cuts(train, settings):
        fresh = csr_array(after - after.multiply(before))
        fresh.eliminate_zeros()
        both = np.flatnonzero((np.diff(before.indptr) > 0) & (np.diff(fresh.indptr) > 0))
        gram = gram + weight * (before[both].T @ before[both])
        answers = answers + weight * (before[both].T @ fresh[both])
    dense = gram.toarray()
    dense[np.diag_indices_from(dense)] += settings.penalty
    result: Floats = np.asarray((answers.T @ inverted(dense)).T)
    return result


def repeat_rates(train: Interactions, settings: ForwardSettings, shrinkage: float = 20.0) -> Floats:
    """Give the share [items] of those having an item who took it again in the days after a cut.

    Only customers who took anything then are asked. Shares of rare items are drawn to the mean, as
    if so many more customers had behaved like all.
    """
    had, again = np.zeros(train.shape[1]), np.zeros(train.shape[1])
    for weight, before, after in cuts(train, settings):
        active = np.flatnonzero(np.diff(after.indptr))
        past = before[active]
        had += weight * past.sum(axis=0)
        again += weight * past.multiply(after[active]).sum(axis=0)
    mean = again.sum() / max(had.sum(), 1e-12)
    result: Floats = (again + shrinkage * mean) / (had + shrinkage)
    return result


class ForwardBlend:
    """EASE's weights and forward weights in one item-item matrix.

    Each is divided by the deviation of its scores of the training histories, so that `share` says
    how many of EASE's deviations one of the forward weights' is worth.
    """

    def __init__(self, ease: EASE, settings: ForwardSettings, share: float) -> None:
        self.ease = ease
        self.settings = settings
        self.share = share
        self.weights_: Floats = np.zeros((0, 0))

    def fit(self, train: Interactions) -> Self:
        """Fit both to the events of users who have any."""
        matrix = train.binary()[np.unique(train.users)]
        first = self.ease.fit(matrix).item_item()
        second = forward_weights(train, self.settings)
        sizes = [typical_deviation(matrix @ weights) for weights in (first, second)]
        self.weights_ = first + self.share * sizes[0] / sizes[1] * second
        return self

    def score(self, history: csr_array) -> Floats:
        """Sum the weights of the history's items."""
        return np.asarray(history @ self.weights_)

    def times(self, columns: Floats) -> Floats:
        """Multiply the weights [items, items] with columns [items, any]."""
        result: Floats = self.weights_ @ columns
        return result


def typical_deviation(scores: Floats) -> float:
    """Give the median over histories of the deviation of their scores."""
    return float(np.median(scores.std(axis=1)))
