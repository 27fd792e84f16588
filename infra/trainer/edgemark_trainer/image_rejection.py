"""Rejection by a head's best probability: below its threshold the answer is `other`."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def threshold_for_loss(probabilities: Floats, actual: Labels, loss: float) -> float:
    """Give the greatest threshold that makes at most `loss` (0 to 1) of the rows wrong.

    Only rows that were right before count: others cost no accuracy.
    """
    best = probabilities.max(axis=1)
    right = np.sort(best[probabilities.argmax(axis=1) == actual])
    allowed = int(np.floor(loss * len(actual) + 1e-9))
    return float(right[allowed]) if allowed < len(right) else 1.0


def rejected(probabilities: Floats, threshold: float) -> NDArray[np.bool_]:
    """Say which rows are answered `other`."""
    best: Floats = probabilities.max(axis=1)
    below: NDArray[np.bool_] = np.less(best, threshold)
    return below


def lost(probabilities: Floats, actual: Labels, threshold: float) -> NDArray[np.bool_]:
    """Say which rows only the rejection makes wrong."""
    right: NDArray[np.bool_] = probabilities.argmax(axis=1) == actual
    return np.logical_and(right, rejected(probabilities, threshold))
