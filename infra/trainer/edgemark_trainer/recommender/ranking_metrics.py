"""Figures of ranked lists, one value a user, and what lies beyond accuracy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats

Lists = NDArray[np.int64]


def top_items(scores: Floats, count: int) -> Lists:
    """Give each row's best items, best first; equal scores in order of index.

    Items of -inf are never listed: such places hold -1.
    """
    width = min(count, scores.shape[1])
    near = np.argpartition(-scores, width - 1, axis=1)[:, :width]
    near.sort(axis=1)
    values = np.take_along_axis(scores, near, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best = np.take_along_axis(near, order, axis=1)
    best[np.isneginf(np.take_along_axis(values, order, axis=1))] = -1
    return best


@dataclass(frozen=True, slots=True)
class UserFigures:
    """Binary nDCG, precision and recall of each user with something to find."""

    ndcg: Floats
    precision: Floats
    recall: Floats


def hits(lists: Lists, wanted: csr_array) -> NDArray[np.bool_]:
    """Say which listed items are wanted: [users, places]."""
    rows = np.repeat(np.arange(len(lists)), lists.shape[1])
    dense = wanted.tocsr()
    found = np.asarray(dense[rows, np.maximum(lists, 0).reshape(-1)]).reshape(lists.shape)
    result: NDArray[np.bool_] = (found > 0) & (lists >= 0)
    return result


def user_figures(lists: Lists, wanted: csr_array, k: int) -> UserFigures:
    """Measure the first k places (Järvelin and Kekäläinen 2002, relevance 0 or 1).

    The ideal list has min(k, wanted) hits; precision divides by k, recall by all that is wanted.
    """
    found = hits(lists[:, :k], wanted)
    counts = np.diff(wanted.indptr)
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(counts, k)]
    with np.errstate(invalid="ignore", divide="ignore"):
        ndcg = (found * discounts[: found.shape[1]]).sum(axis=1) / ideal
        recall = found.sum(axis=1) / counts
    some = counts > 0
    return UserFigures(ndcg[some], found.sum(axis=1)[some] / k, recall[some])


@dataclass(frozen=True, slots=True)
class Beyond:
    """What lies beyond accuracy; all but coverage have a value a full list.

    `coverage`: share of the catalogue that anybody is shown. `novelty`: mean self-information of a
    shown item in bits, -log2 of the share of users who have it (Castells et al. 2015; items of
    nobody count as of one). `diversity`: mean over a list's pairs of 1 - cosine between two items'
    users. `popularity_bias`: mean popularity of the shown items divided by that of the user's
    history (1: as popular as what they took themselves).
    """

    coverage: float
    novelty: Floats
    diversity: Floats
    popularity_bias: Floats


def beyond(lists: Lists, history: csr_array) -> Beyond:
    """Measure lists [users, places] beside the binary history of the same users."""
    users, items = history.shape
    sums = np.asarray(history.sum(axis=0)).reshape(-1)
    counts = np.diff(history.indptr)
    popularity = np.maximum(sums, 1.0)
    full = (lists >= 0).all(axis=1) & (counts > 0)
    kept = lists[full]
    own = (history @ popularity)[full] / counts[full]
    return Beyond(
        len(np.unique(lists[lists >= 0])) / items,
        -np.log2(popularity[kept] / users).mean(axis=1),
        _diversity(kept, history, sums),
        popularity[kept].mean(axis=1) / own,
    )


def _diversity(lists: Lists, history: csr_array, sums: Floats) -> Floats:
    """Give each list's mean distance of pairs: the square of a sum of unit vectors has them all."""
    norms = np.sqrt(np.maximum(sums, 1.0))
    length = lists.shape[1]
    rows = np.repeat(np.arange(len(lists)), length)
    chosen = lists.reshape(-1)
    shape = (len(lists), history.shape[1])
    picks = csr_array((1 / norms[chosen], (rows, chosen)), shape=shape)
    added = picks @ history.T.tocsr()
    squares = np.asarray(added.multiply(added).sum(axis=1)).reshape(-1)
    alone = (sums[lists] > 0).sum(axis=1)
    distance: Floats = 1 - (squares - alone) / (length * (length - 1))
    return distance


def rmse(predicted: Floats, actual: Floats) -> float:
    """Give the root of the mean squared error."""
    return float(np.sqrt(np.mean((predicted - actual) ** 2)))
