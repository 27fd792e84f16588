"""From events to the graph's inputs, as serving computes them."""

import numpy as np
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import DAY_SECONDS, Floats, Interactions
from edgemark_trainer.recommender.recipe import RepeatWeights, ServingSettings

LONGEST_DAYS = 10_000.0


def popularity(events: Interactions, half_life_days: float, now: float) -> Floats:
    """Sum events that halve with every half life of age; the largest is 1."""
    weights = np.exp2(-(now - events.times) / DAY_SECONDS / half_life_days)
    sums = np.bincount(events.items, weights, minlength=events.shape[1])
    result: Floats = sums / sums.max()
    return result


def history_weights(events: Interactions, settings: ServingSettings, now: float) -> csr_array:
    """Give what every pair counts: 1, or what its newest event's age leaves of it."""
    result = events.binary()
    if settings.history_half_life_days is None:
        return result
    newest = np.zeros(events.shape)
    np.maximum.at(newest, (events.users, events.items), events.times)
    rows = np.repeat(np.arange(events.shape[0]), np.diff(result.indptr))
    ages = (now - newest[rows, result.indices]) / DAY_SECONDS
    result.data = np.exp2(-ages / settings.history_half_life_days)
    return result


def repeat_bonus(events: Interactions, weights: RepeatWeights, now: float) -> csr_array:
    """Give the history bias of every pair."""
    ages = (now - events.times) / DAY_SECONDS
    recent = np.exp2(-ages / weights.recency_half_life_days)
    return events.matrix(weights.count_weight + weights.recency_weight * recent)


def freshness(events: Interactions, now: float) -> Floats:
    """Give -log(1 + days since an item's first event); items without one are as of 27 years ago."""
    first = np.full(events.shape[1], now - LONGEST_DAYS * DAY_SECONDS)
    some = np.unique(events.items)
    first[some] = np.inf
    np.minimum.at(first, events.items, events.times)
    result: Floats = -np.log1p((now - first) / DAY_SECONDS)
    return result
