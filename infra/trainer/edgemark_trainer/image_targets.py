"""Training targets of several heads side by side, and the loss that reads them.

A row of targets holds a distribution for each head, times the row's weight in that head: a label
that is unknown has weight 0, so that it teaches nothing, and mixing rows mixes weights too.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from edgemark_trainer.image_corpus import ImageCorpus, label_numbers


def class_weights(actual: NDArray[np.int64], classes: int, power: float) -> NDArray[np.float32]:
    """Give weights in proportion to count ** -power, with mean 1 over the labelled rows.

    `power` 0 weighs rows alike, 1 weighs classes alike.
    """
    counts = np.maximum(np.bincount(actual[actual >= 0], minlength=classes), 1)
    weights = counts.astype(np.float64) ** -power
    weights *= counts.sum() / (weights * counts).sum()
    return weights.astype(np.float32)


def head_targets(
    actual: NDArray[np.int64], classes: int, smoothing: float, power: float
) -> NDArray[np.float32]:
    """Give smoothed, weighted targets [rows, classes] of one head; -1 is unknown."""
    weights = class_weights(actual, classes, power)
    targets = np.full((len(actual), classes), smoothing / classes, dtype=np.float32)
    known = np.flatnonzero(actual >= 0)
    targets[known, actual[known]] += 1 - smoothing
    targets[known] *= weights[actual[known], None]
    targets[actual < 0] = 0
    return targets


def corpus_targets(corpus: ImageCorpus, smoothing: float, power: float) -> Tensor:
    """Give the training rows' targets, all heads side by side."""
    heads = [
        head_targets(label_numbers(corpus.train, name, labels), len(labels), smoothing, power)
        for name, labels in corpus.labels.items()
    ]
    return torch.from_numpy(np.concatenate(heads, axis=1))


def outlier_targets(rows: int, heads: Sequence[int], weight: float) -> Tensor:
    """Give targets that ask for the same probability everywhere: none of the labels fits.

    Outlier exposure (Hendrycks et al. 2019); `weight` is a row's weight against a labelled one.
    """
    return torch.cat([torch.full((rows, classes), weight / classes) for classes in heads], dim=1)


def heads_loss(logits: Tensor, targets: Tensor, heads: Sequence[int]) -> Tensor:
    """Sum over heads of the mean cross-entropy against weighted targets."""
    total = logits.new_zeros(())
    for head, wanted in zip(
        logits.split(list(heads), dim=1), targets.split(list(heads), dim=1), strict=True
    ):
        total = total - (wanted * head.log_softmax(dim=1)).sum() / len(logits)
    return total
