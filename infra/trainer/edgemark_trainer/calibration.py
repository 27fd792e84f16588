"""Temperature scaling: one number that makes probabilities honest (Guo et al. 2017)."""

import numpy as np
from numpy.typing import NDArray


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give probabilities along the last axis."""
    shifted = np.asarray(logits, dtype=np.float64)
    shifted = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return result


def log_loss(
    logits: NDArray[np.floating], actual: NDArray[np.int64], weights: NDArray[np.floating]
) -> float:
    """Weighted mean of minus the logarithm of the right class's probability."""
    chosen = softmax(logits)[np.arange(len(actual)), actual]
    return float(np.average(-np.log(np.maximum(chosen, 1e-12)), weights=weights))


def fit_temperature(
    logits: NDArray[np.floating], actual: NDArray[np.int64], weights: NDArray[np.floating]
) -> float:
    """Find the logits' divisor with the least log loss, by golden section on its logarithm."""
    ratio = (np.sqrt(5) - 1) / 2
    low, high = np.log(0.05), np.log(20.0)
    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if log_loss(logits / np.exp(left), actual, weights) < log_loss(
            logits / np.exp(right), actual, weights
        ):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
