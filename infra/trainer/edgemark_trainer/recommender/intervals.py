"""Intervals of figures: over users within one split, over seeds between splits."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from edgemark_trainer.evaluation import LEVEL, RESAMPLES
from edgemark_trainer.readers.interactions import Floats

Interval = tuple[float, float]


def bootstrap_mean(values: Floats, seed: int) -> Interval:
    """Give the percentile bootstrap interval of a mean over users (Efron 1979)."""
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), RESAMPLES)
    means = draws @ values / len(values)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def seeds_interval(values: Sequence[float]) -> Interval:
    """Give Student's interval of the mean over seeds.

    Splits of one set overlap, so it says how far chance of the split moves the mean, not how
    another set would come out.
    """
    if len(values) < 2:
        raise ValueError("an interval over seeds needs two or more")
    spread = np.std(values, ddof=1) / np.sqrt(len(values))
    half = float(t.ppf((1 + LEVEL) / 2, len(values) - 1) * spread)
    mean = float(np.mean(values))
    return mean - half, mean + half


def standard_error(values: Floats) -> float:
    """Give the standard error of a mean over users."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))
