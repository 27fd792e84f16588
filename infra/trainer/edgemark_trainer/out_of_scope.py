"""Rejection by the out-of-scope logit: its threshold and the figures that describe it.

The out-of-scope label is the last. A text is rejected when its logit is the greatest; adding a
shift to that logit moves the threshold, and the shift lives in the graph's last bias.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


def margin(logits: Floats) -> Floats:
    """Give how far the out-of-scope logit is above the best other: rejected when positive."""
    best: Floats = logits[:, :-1].max(axis=1)
    return np.subtract(logits[:, -1], best)


def rejection_loss(logits: Floats, actual: Labels) -> float:
    """Give the share of in-scope rows that only the rejection makes wrong (0 to 1)."""
    right = logits[:, :-1].argmax(axis=1) == actual
    return float(np.mean(right & (margin(logits) > 0)))


def rejection_recall(logits: Floats) -> float:
    """Give the share of out-of-scope rows that are rejected (0 to 1)."""
    return float(np.mean(margin(logits) > 0))


def shift_for_loss(logits: Floats, actual: Labels, loss: float) -> float:
    """Give the greatest shift of the out-of-scope logit that costs at most `loss` (0 to 1)."""
    right = logits[:, :-1].argmax(axis=1) == actual
    margins = np.sort(margin(logits)[right])[::-1]
    allowed = int(np.floor(loss * len(actual) + 1e-9))
    if allowed >= len(margins):
        return float(-margins[-1] + 1.0)
    return float(-margins[allowed] - 1e-6)
