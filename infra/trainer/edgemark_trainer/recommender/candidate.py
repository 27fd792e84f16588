"""What a benchmark compares: ways from training events to a score for every user and item."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, diags_array

from edgemark_trainer.readers.interactions import Floats, Interactions
from edgemark_trainer.recommender.blend import standardised
from edgemark_trainer.recommender.ease import EASE
from edgemark_trainer.recommender.graph import export_low_rank
from edgemark_trainer.recommender.graph_runner import GraphRecommender
from edgemark_trainer.recommender.item_knn import SAR
from edgemark_trainer.recommender.low_rank import LinearRanker, reduced
from edgemark_trainer.recommender.popularity import Popularity
from edgemark_trainer.recommender.ranker import Ranker
from edgemark_trainer.recommender.recipe import RepeatWeights, ServingSettings
from edgemark_trainer.recommender.serving_history import (
    freshness,
    history_weights,
    popularity,
    repeat_bonus,
)

Scores = Callable[[Interactions], Floats]
LEAST_POPULARITY = 1e-6  # so that an item that nobody took of late has a logarithm


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name for the table and scores [users, items] from training events alone.

    `is_slow` candidates run on the first seed only.
    """

    name: str
    scores: Scores
    is_slow: bool = False


def with_history(matrix: csr_array) -> csr_array:
    """Leave out users who have nothing."""
    return matrix[np.flatnonzero(np.diff(matrix.indptr))]


Fitted = Callable[[Interactions], LinearRanker]


def binary(make: Callable[[], Ranker]) -> Scores:
    """Fit and score what happened at all."""

    def scores(train: Interactions) -> Floats:
        matrix = train.binary()
        return make().fit(with_history(matrix)).score(matrix)

    return scores


def linear(fitted: Fitted) -> Scores:
    """Score what happened by a model fitted to events."""

    def scores(train: Interactions) -> Floats:
        return fitted(train).score(train.binary())

    return scores


def graph_scores(train: Interactions, export: Callable[[Path], None]) -> Floats:
    """Score what happened by the graph that `export` writes to a path."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export(path)
        return GraphRecommender(path).score(train.binary())


def int8_pack(fitted: Fitted, dimensions: int, seed: int = 0) -> Scores:
    """Score by the int8 graph, as it ships."""

    def scores(train: Interactions) -> Floats:
        known = with_history(train.binary())
        factors = reduced(fitted(train), known, dimensions, seed)
        return graph_scores(train, lambda path: export_low_rank(factors, path, seed))

    return scores


def sar(train: Interactions) -> Floats:
    """Score by SAR with Jaccard's similarity and affinities that halve in 30 days."""
    affinity = train.decayed(30, float(train.times.max()))
    return SAR().fit(train.binary()).score(affinity)


def decayed_popularity(half_life_days: float | None) -> Scores:
    """Give everybody what was popular, of late if a half life is given."""

    def scores(train: Interactions) -> Floats:
        if half_life_days is None:
            return Popularity().fit(train.binary()).score(train.binary())
        prior = popularity(train, half_life_days, float(train.times.max()))
        return np.tile(prior, (train.shape[0], 1))

    return scores


def recent(
    make: Callable[[], Ranker],
    *,
    half_life_days: float,
    prior_days: float,
    prior: float,
    fresh: float = 0.0,
) -> Scores:
    """Score decayed histories; add `prior` deviations of log recent popularity, `fresh` of age."""

    def scores(train: Interactions) -> Floats:
        now = float(train.times.max())
        settings = ServingSettings({}, 1, prior_days, half_life_days)
        model = make().fit(with_history(train.binary()))
        found = standardised(model.score(history_weights(train, settings, now)))
        logs = np.log(popularity(train, prior_days, now) + LEAST_POPULARITY)
        found += prior * standardised(logs[None, :])
        found += fresh * standardised(freshness(train, now)[None, :])
        return found

    return scores


def with_repeats(scores: Scores, weights: RepeatWeights, popularity_days: float) -> Scores:
    """Add to scores what taking an item again is worth."""

    def more(train: Interactions) -> Floats:
        now = float(train.times.max())
        found = scores(train)
        found += repeat_bonus(train, weights, now).toarray()
        found += weights.popularity_weight * popularity(train, popularity_days, now)
        return found

    return more


def own_frequency(train: Interactions) -> Floats:
    """Give everybody what they took most often, equals and the rest by popularity of 30 days."""
    counts: Floats = train.matrix(np.ones(len(train))).toarray()
    counts += 0.01 * popularity(train, 30.0, float(train.times.max()))
    return counts


def listens(*, penalty: float, column_power: float, friends: float = 0.0) -> Scores:
    """Score by EASE over logarithms of counts, friends' mean scores added.

    Logarithms are divided by their mean, so that a penalty means what it does for ones.
    """

    def scores(train: Interactions) -> Floats:
        matrix = train.matrix(np.log1p(train.values))
        matrix.data /= matrix.data.mean()
        model = EASE(penalty, column_power=column_power).fit(matrix)
        found = model.score(matrix)
        if friends:
            found += friends * (friends_mean(train) @ found)
        return found

    return scores


def friends_mean(train: Interactions) -> csr_array:
    """Give the matrix [users, users] that takes the mean over a user's friends."""
    edges = (np.ones(len(train.friends)), (train.friends[:, 0], train.friends[:, 1]))
    users = train.shape[0]
    matrix = csr_array(edges, shape=(users, users))
    counts = np.maximum(np.asarray(matrix.sum(axis=1)).reshape(-1), 1)
    return csr_array(diags_array(1 / counts) @ matrix)
