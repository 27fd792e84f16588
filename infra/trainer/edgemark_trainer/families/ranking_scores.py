"""What a recommender is judged by while it is trained: each user's nDCG of ten new items."""

import numpy as np

from edgemark_trainer.families.base import Floats
from edgemark_trainer.families.interaction_data import Questions
from edgemark_trainer.recommender.figures import LIST_LENGTH
from edgemark_trainer.recommender.low_rank import Factors
from edgemark_trainer.recommender.ranking_metrics import top_items, user_figures

CHUNK = 1024  # users


def ndcg_of(factors: Factors, asked: Questions) -> Floats:
    """Give each user's nDCG; what they had is not listed."""
    parts = []
    for start in range(0, asked.history.shape[0], CHUNK):
        history = asked.history[start : start + CHUNK]
        scores = factors.score(history)
        scores[history.nonzero()] = -np.inf
        lists = top_items(scores, LIST_LENGTH)
        parts.append(user_figures(lists, asked.wanted[start : start + CHUNK], LIST_LENGTH).ndcg)
    result: Floats = np.concatenate(parts)
    return result
