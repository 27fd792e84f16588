"""Whether one model is better than another on the same rows (paired bootstrap, Efron 1979)."""

import numpy as np

from edgemark_trainer.evaluation import LEVEL
from edgemark_trainer.families.base import Comparison, Floats

RESAMPLES = 2000


def paired_bootstrap(candidate: Floats, baseline: Floats, seed: int) -> Comparison:
    """Compare two models' scores of the same rows: mean difference, percentile interval."""
    differences = np.asarray(candidate, np.float64) - np.asarray(baseline, np.float64)
    rng = np.random.default_rng(seed)
    rows = len(differences)
    means = np.array([differences[rng.integers(0, rows, rows)].mean() for _ in range(RESAMPLES)])
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Comparison(float(differences.mean()), (float(low), float(high)), rows)
