"""Bayesian factors as they ship: an exported graph that folds every user in."""

import tempfile
from pathlib import Path
from typing import Any, Self

import numpy as np

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints
from edgemark_trainer.recommender.rating_bayes import RatingBayes
from edgemark_trainer.recommender.rating_fold_in import RatingFoldIn
from edgemark_trainer.recommender.rating_graph import Precision, export_rating
from edgemark_trainer.recommender.rating_graph_runner import GraphRater


def loaded_graph(model: RatingFoldIn, precision: Precision) -> GraphRater:
    """Export the model to a folder that is gone afterwards, and load what was written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_rating(model, path, precision)
        return GraphRater(path)


class ShippedRating:
    """A rater whose predictions are the graph's, each user known by the training ratings alone."""

    def __init__(
        self, *, sweeps_kept: int = 30, precision: Precision = "int8", **settings: Any
    ) -> None:
        self.sweeps_kept = sweeps_kept
        self.precision: Precision = precision
        self.settings = settings
        self._train: Interactions | None = None
        self._graph: GraphRater | None = None

    def fit(self, train: Interactions) -> Self:
        """Sample the factors and export them."""
        model = RatingFoldIn.of(RatingBayes(**self.settings).fit(train), self.sweeps_kept)
        self._train, self._graph = train, loaded_graph(model, self.precision)
        return self

    def predict(self, users: Ints, items: Ints) -> Floats:
        """Run the graph once a user."""
        if self._train is None or self._graph is None:
            raise ValueError("fit before predicting")
        return self._graph.rate_pairs(self._train, users, items)


def shortened(given: Interactions, longest: int, seed: int) -> Interactions:
    """Keep so many of every user's ratings, drawn at random."""
    order = np.random.default_rng(seed).permutation(len(given))
    order = order[np.argsort(given.users[order], kind="stable")]
    users = given.users[order]
    rank = np.arange(len(users)) - np.searchsorted(users, users)
    return given.take(np.sort(order[rank < longest]))
