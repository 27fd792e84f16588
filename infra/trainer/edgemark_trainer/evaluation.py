"""Figures on a test set with 95 % bootstrap intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
RESAMPLES = 1000

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric with its interval."""

    name: str
    value: float
    interval: tuple[float, float]
    dataset: str
    split: str
    rows: int
    note: str = ""


def accuracy(predicted: Labels, actual: Labels) -> float:
    """Share of rows whose prediction is right."""
    return float(np.mean(predicted == actual))


def macro_recall(predicted: Labels, actual: Labels) -> float:
    """Mean over the classes present of the share found."""
    return float(np.mean([np.mean(predicted[actual == c] == c) for c in np.unique(actual)]))


def macro_f1(predicted: Labels, actual: Labels) -> float:
    """Mean over the classes present of the harmonic mean of precision and recall."""
    scores = []
    for c in np.unique(actual):
        hits = np.sum((predicted == c) & (actual == c))
        scores.append(2 * hits / (np.sum(predicted == c) + np.sum(actual == c)))
    return float(np.mean(scores))


METRICS = {"accuracy": accuracy, "macroRecall": macro_recall, "macroF1": macro_f1}


def restricted_argmax(logits: NDArray[np.float32], classes: Labels) -> Labels:
    """Give the best of `classes` for each row, all other logits left out."""
    chosen: Labels = classes[np.argmax(logits[:, classes], axis=1)]
    return chosen


def bootstrap(name: str, predicted: Labels, actual: Labels, seed: int) -> tuple[float, float]:
    """Give the percentile bootstrap interval of a metric over resampled rows (Efron 1979)."""
    rng = np.random.default_rng(seed)
    rows = len(actual)
    if name == "accuracy":
        # Resampling rows makes the number of hits binomial: drawn at once, the same distribution.
        values = rng.binomial(rows, np.mean(predicted == actual), RESAMPLES) / rows
    else:
        metric = METRICS[name]
        draws = (rng.integers(0, rows, rows) for _ in range(RESAMPLES))
        values = np.array([metric(predicted[draw], actual[draw]) for draw in draws])
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def expected_calibration_error(probabilities: Floats, actual: Labels, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017)."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == actual
    bin_of = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gaps = [
        np.mean(bin_of == b) * abs(np.mean(confidence[bin_of == b]) - np.mean(right[bin_of == b]))
        for b in np.unique(bin_of)
    ]
    return float(np.sum(gaps))
