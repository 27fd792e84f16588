"""A linear model over the bag's own n-grams, averaged into its table: no cost at run time.

Logistic regression on features scaled by naive-Bayes log-count ratios (Wang and Manning 2012,
Baselines and Bigrams), from the first label to the last. The network and the linear model err
differently, so that their sum does better than either.
"""

import copy
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from edgemark_trainer.batches import by_length, pad
from edgemark_trainer.rows import Row
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape, ngram_indices

Floats = NDArray[np.float32]
PASSES = 40  # over the data: early stopping, the solver is not fully converged by then


def features(ids: Sequence[Sequence[int]], shape: TextClassifierShape) -> csr_matrix:
    """Count rows of the bag's table in each text, over the square root of its token count."""
    rows: list[NDArray[np.int32]] = [np.zeros(0, np.int32)] * len(ids)
    for batch in by_length(ids, 65536, 512):
        indices = ngram_indices(*pad([ids[i] for i in batch]), shape).numpy().astype(np.int32)
        for i, found in zip(batch, indices, strict=True):
            rows[i] = found[found != 0]
    lengths = np.array([len(row) for row in rows])
    scale = 1 / np.sqrt(np.maximum([len(text) for text in ids], 1))
    starts = np.concatenate([[0], np.cumsum(lengths)])
    values = np.repeat(scale, lengths).astype(np.float32)
    counts = csr_matrix(
        (values, np.concatenate(rows), starts), (len(ids), shape.vocabulary + shape.hashed)
    )
    counts.sum_duplicates()
    return counts


def log_count_ratios(counts: csr_matrix, positive: NDArray[np.bool_]) -> Floats:
    """Give each feature's log ratio of its share of positive to that of negative texts."""
    present = counts.copy()
    present.data = np.ones_like(present.data)
    shares = []
    for part in (positive, ~positive):
        found = np.asarray(present[part].sum(axis=0)).ravel() + 1.0
        shares.append(found / found.sum())
    ratios: Floats = np.log(shares[0] / shares[1]).astype(np.float32)
    return ratios


def fit_linear(
    ids: Sequence[Sequence[int]],
    positive: NDArray[np.bool_],
    shape: TextClassifierShape,
    *,
    penalty: float,
    seed: int,
) -> Floats:
    """Give one weight for each row of the bag's table; a text's score is their scaled sum."""
    counts = features(ids, shape)
    ratios = log_count_ratios(counts, positive)
    counts.data *= ratios[counts.indices]
    machine = LinearSVC(C=1 / penalty, random_state=seed, max_iter=PASSES)
    machine.fit(counts, positive)
    weights: Floats = (machine.coef_[0] * ratios).astype(np.float32)
    return weights


def polar_examples(
    rows: Sequence[Row], labels: Sequence[str]
) -> tuple[list[Row], NDArray[np.bool_]]:
    """Give the rows with the first or the last label, and which have the last."""
    polar = [row for row in rows if row.label in (labels[0], labels[-1])]
    return polar, np.array([row.label == labels[-1] for row in polar])


def blend(model: TextClassifier, weights: Floats, share: float) -> TextClassifier:
    """Give a copy whose last logit less the first is greater by `share` x the linear score.

    Needs a bag of one column, which the head spreads over the labels.
    """
    if model.shape.bag != 1:
        raise ValueError("only a bag of one column can be blended")
    blended = copy.deepcopy(model)
    with torch.no_grad():
        spread = blended.head.weight[-1, 0] - blended.head.weight[0, 0]
        blended.table.weight[:, 0] += share * torch.from_numpy(weights) / spread
    return blended
