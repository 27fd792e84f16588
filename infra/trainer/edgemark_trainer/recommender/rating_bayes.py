"""Bayesian matrix factorisation by Gibbs sampling (Salakhutdinov and Mnih 2008).

A rating is the mean plus both biases plus the product of factors plus noise. A user's factors and
bias are one vector with a normal prior whose mean and precision are sampled too (normal-Wishart),
and so for items; the noise's precision is sampled. Predictions are means over the kept sweeps.

Features shift the prior's mean linearly (Simm et al. 2017, Macau), with sampled weights: what is
known of a user or item counts most where ratings are few.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import wishart

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints
from edgemark_trainer.recommender.rating_patterns import RatingPatterns

FEATURE_PENALTY = 10.0
START_SCALE = 0.1


@dataclass(slots=True)
class Side:
    """The vectors [things, dimensions + 1] of users or of items, the last number their bias."""

    vectors: Floats
    features: Floats
    weights: Floats
    mean: Floats
    precision: Floats

    @classmethod
    def start(cls, features: Floats, size: int, rng: np.random.Generator) -> Self:
        """Draw small vectors of things with these features [things, columns]."""
        things, columns = features.shape
        vectors = rng.standard_normal((things, size)) * START_SCALE
        return cls(vectors, features, np.zeros((columns, size)), np.zeros(size), np.eye(size))

    def step(
        self,
        ratings: csr_array,
        rest: Floats,
        others: Floats,
        noise: float,
        rng: np.random.Generator,
    ) -> None:
        """Sample hyperparameters, feature weights, then all vectors given the other side's.

        `ratings` has the pattern [things, others], `rest` what is left of the ratings without mean
        and the others' biases; `noise` is the precision of a rating.
        """
        mean, precision = self.mean, self.precision = self._hyperparameters(rng)
        self._feature_weights(mean, precision, rng)
        design = np.hstack([others[:, :-1], np.ones((len(others), 1))])
        size = design.shape[1]
        ones = csr_array((np.ones_like(rest), ratings.indices, ratings.indptr), ratings.shape)
        left = csr_array((rest, ratings.indices, ratings.indptr), ratings.shape)
        outer = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
        grams = precision + noise * (ones @ outer).reshape(-1, size, size)
        priors = mean + self.features @ self.weights
        targets = priors @ precision + noise * (left @ design)
        roots = np.linalg.cholesky(grams)
        means = np.linalg.solve(grams, targets[:, :, None])
        drawn = rng.standard_normal((len(priors), size, 1))
        spread = np.linalg.solve(np.swapaxes(roots, 1, 2), drawn)
        self.vectors = (means + spread)[:, :, 0]

    def _hyperparameters(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Sample the prior's mean and precision, after a normal-Wishart prior of weak belief."""
        rest = self.vectors - self.features @ self.weights
        count, size = rest.shape
        centre = rest.mean(axis=0)
        scatter = (rest - centre).T @ (rest - centre)
        belief = 2.0
        inverse = (
            np.eye(size) + scatter + count * belief / (count + belief) * np.outer(centre, centre)
        )
        scale = np.linalg.inv(inverse)
        precision = wishart.rvs(df=size + count, scale=(scale + scale.T) / 2, random_state=rng)
        root = np.linalg.cholesky((belief + count) * precision)
        drawn = np.linalg.solve(root.T, rng.standard_normal(size))
        return count * centre / (count + belief) + drawn, precision

    def _feature_weights(self, mean: Floats, precision: Floats, rng: np.random.Generator) -> None:
        """Sample the weights by ridge regression of noisy targets."""
        columns = self.features.shape[1]
        if columns == 0:
            return
        spread = np.linalg.inv(np.linalg.cholesky(precision))
        noisy = self.vectors - mean + rng.standard_normal(self.vectors.shape) @ spread
        gram = self.features.T @ self.features + FEATURE_PENALTY * np.eye(columns)
        prior = np.sqrt(FEATURE_PENALTY) * rng.standard_normal((columns, len(mean))) @ spread
        self.weights = np.linalg.solve(gram, self.features.T @ noisy + prior)


@dataclass(frozen=True, slots=True)
class Sample:
    """A kept sweep: both sides' vectors, and the prior of users that its vectors were drawn by."""

    users: Floats
    items: Floats
    mean: Floats
    precision: Floats
    weights: Floats
    noise: float


class RatingBayes:
    """Sampled through `sweeps`, of which the first `burn_in` are thrown away.

    `pattern` is the number of features made of who rated what at all (the implicit feedback of
    SVD++); 0 gives plain factors. Vectors of the kept sweeps are stored, so that any pairs can be
    predicted later.
    """

    def __init__(
        self,
        *,
        dimensions: int = 12,
        sweeps: int = 110,
        burn_in: int = 20,
        pattern: int = 0,
        seed: int = 0,
    ) -> None:
        self.dimensions = dimensions
        self.sweeps = sweeps
        self.burn_in = burn_in
        self.pattern = pattern
        self.seed = seed
        self.mean_ = 0.0
        self.patterns_ = RatingPatterns.none(0)
        self.samples_: list[Sample] = []

    def fit(self, train: Interactions) -> Self:
        """Sample."""
        rng = np.random.default_rng(self.seed)
        size = self.dimensions + 1
        rated = train.binary()
        self.patterns_ = RatingPatterns.none(train.shape[1])
        if self.pattern:
            self.patterns_ = RatingPatterns.fit(rated, self.pattern, self.seed)
        users = Side.start(self.patterns_.of_users(rated), size, rng)
        items = Side.start(self.patterns_.items, size, rng)
        self.mean_ = float(train.values.mean())
        by_user = np.lexsort((train.items, train.users))
        by_item = np.lexsort((train.users, train.items))
        rest = train.values - self.mean_
        rated_by = csr_array(rated.T)
        self.samples_ = []
        for sweep in range(self.sweeps):
            predicted = self._products(users.vectors, items.vectors, train.users, train.items)
            errors = rest - predicted
            squares = float(errors @ errors)
            noise = rng.gamma(len(rest) / 2 + 1, 1 / (squares / 2 + 1))
            left = rest - items.vectors[train.items, -1]
            users.step(rated, left[by_user], items.vectors, noise, rng)
            left = rest - users.vectors[train.users, -1]
            items.step(rated_by, left[by_item], users.vectors, noise, rng)
            if sweep >= self.burn_in:
                self.samples_.append(_sample(users, items, noise))
        return self

    def _products(self, users: Floats, items: Floats, at: Ints, beside: Ints) -> Floats:
        """Add biases and products of factors, without the mean."""
        u, i = users[at], items[beside]
        result: Floats = (u[:, :-1] * i[:, :-1]).sum(axis=1) + u[:, -1] + i[:, -1]
        return result

    def predict(self, users: Ints, items: Ints) -> Floats:
        """Give the mean over the kept sweeps."""
        total = np.zeros(len(users))
        for sample in self.samples_:
            total += self._products(sample.users, sample.items, users, items)
        result: Floats = self.mean_ + total / len(self.samples_)
        return result


def _sample(users: Side, items: Side, noise: float) -> Sample:
    prior = (users.mean, users.precision, users.weights)
    return Sample(users.vectors, items.vectors, *prior, noise)
