"""The figures of a recommender pack, measured with the graph that would ship at the cut."""

from dataclasses import dataclass

import numpy as np

from edgemark_trainer.evaluation import Figure
from edgemark_trainer.readers.interactions import Floats
from edgemark_trainer.recommender.intervals import bootstrap_mean
from edgemark_trainer.recommender.ranking_metrics import Beyond, UserFigures

LIST_LENGTH = 10


@dataclass(frozen=True, slots=True)
class FigureContext:
    """What all figures of a pack have in common."""

    dataset: str
    split: str
    seed: int

    def mean(self, name: str, values: Floats, note: str) -> Figure:
        """Give the mean over users with its bootstrap interval."""
        interval = bootstrap_mean(values, self.seed)
        value = float(np.mean(values))
        return Figure(name, value, interval, self.dataset, self.split, len(values), note)


def accuracy_figures(context: FigureContext, found: UserFigures, note: str) -> list[Figure]:
    """Give nDCG, precision and recall."""
    named = {"ndcg@10": found.ndcg, "precision@10": found.precision, "recall@10": found.recall}
    return [context.mean(name, values, note) for name, values in named.items()]


def beyond_figures(context: FigureContext, found: Beyond, note: str) -> list[Figure]:
    """Give what lies beyond accuracy and has a value a list; coverage has none."""
    named = {
        "novelty": (found.novelty, "bits: -log2 of the share of customers who have the item"),
        "diversity": (found.diversity, "1 - cosine of two listed items' customers"),
        "popularityBias": (
            found.popularity_bias,
            "popularity of the list over that of the history",
        ),
    }
    return [context.mean(name, values, f"{note}; {what}") for name, (values, what) in named.items()]
