"""Ratings of a user whom no model was fitted to, from the ratings that the user gave.

With the items' vectors of a sweep fixed, what Bayesian factors (`rating_bayes`) believe of a user
is a normal distribution; its mean is a ridge regression of the user's ratings. So no user is
stored: what is kept of each sweep are the items and the prior of users.

Written in the user's own units: with R'R the prior's precision, vectors times R have a prior of
precision one, and the regression solves (I + noise X'X) d = noise X'e for how far the user stands
off the prior's mean. X are the rated items' vectors times R^-1, e what the prior leaves of ratings.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from edgemark_trainer.readers.interactions import Floats, Ints
from edgemark_trainer.recommender.low_rank import Int8Rows
from edgemark_trainer.recommender.rating_bayes import RatingBayes, Sample


@dataclass(frozen=True, slots=True)
class RatingFoldIn:
    """What ships of Bayesian factors.

    `rows` [items, sweeps, size + 1] has each item's vector in the users' units and last its bias;
    `loadings` [items, columns] what rating an item at all says of the user; `means` [sweeps, size]
    and `weights` [columns, sweeps, size] give the prior's mean from these features; `noise`
    [sweeps] is the precision of a rating.
    """

    mean: float
    rows: Floats
    loadings: Floats
    means: Floats
    weights: Floats
    noise: Floats
    scale: tuple[float, float]

    @classmethod
    def of(cls, model: RatingBayes, sweeps: int, scale: tuple[float, float] = (1.0, 5.0)) -> Self:
        """Take so many of the fitted model's sweeps, evenly spread."""
        places = np.linspace(0, len(model.samples_) - 1, sweeps).round().astype(np.int64)
        chosen = [_in_user_units(model.samples_[place]) for place in np.unique(places)]
        rows, means, weights, noise = (np.stack(parts) for parts in zip(*chosen, strict=True))
        return cls(
            model.mean_,
            rows.transpose(1, 0, 2),
            model.patterns_.loadings,
            means,
            weights.transpose(1, 0, 2),
            noise,
            scale,
        )

    def rounded(self) -> Self:
        """Give what the int8 graph computes with: items' rows and loadings in 127ths."""
        flat = self.rows.reshape(len(self.rows), -1)
        return replace(
            self,
            rows=Int8Rows.of(flat).dense().reshape(self.rows.shape),
            loadings=Int8Rows.of(self.loadings).dense(),
        )

    def rate(self, history: Ints, ratings: Floats, candidates: Ints) -> Floats:
        """Predict the candidates' ratings, within the scale, from a history that may be empty."""
        features = self.loadings[history].sum(axis=0) / np.sqrt(len(history) + 1)
        priors = self.means + np.einsum("c,csd->sd", features, self.weights)
        rated, biases = self.rows[history, :, :-1], self.rows[history, :, -1]
        left = ratings[:, None] - self.mean - biases - (rated * priors).sum(axis=2)
        grams = np.einsum("nsd,nse,s->sde", rated, rated, self.noise)
        targets = np.einsum("nsd,ns,s->sd", rated, left, self.noise)
        offsets = np.linalg.solve(grams + np.eye(grams.shape[-1]), targets[:, :, None])[:, :, 0]
        asked = self.rows[candidates]
        found = (asked[:, :, :-1] * (priors + offsets)).sum(axis=2) + asked[:, :, -1]
        result: Floats = (self.mean + found.mean(axis=1)).clip(*self.scale)
        return result


def _in_user_units(sample: Sample) -> tuple[Floats, Floats, Floats, Floats]:
    """Give a sweep's rows [items, size + 1], prior mean, feature weights and noise."""
    root = np.linalg.cholesky(sample.precision).T
    design = np.hstack([sample.items[:, :-1], np.ones((len(sample.items), 1))])
    vectors = np.linalg.solve(root.T, design.T).T
    rows = np.hstack([vectors, sample.items[:, -1:]])
    return rows, root @ sample.mean, sample.weights @ root.T, np.array(sample.noise)
