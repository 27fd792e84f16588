"""The benchmark of ratings: MovieLens 100k in the five folds of Surprise's table, by RMSE."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from edgemark_trainer.card import table
from edgemark_trainer.readers.movielens import read_movielens
from edgemark_trainer.recommender.intervals import seeds_interval
from edgemark_trainer.recommender.protocols import surprise_folds
from edgemark_trainer.recommender.ranking_metrics import rmse
from edgemark_trainer.recommender.rater import Rater, clipped
from edgemark_trainer.recommender.rating_bayes import RatingBayes
from edgemark_trainer.recommender.rating_biases import RatingBiases
from edgemark_trainer.recommender.rating_blend import RatingBlend
from edgemark_trainer.recommender.rating_knn import RatingKNN
from edgemark_trainer.recommender.rating_shipped import ShippedRating
from edgemark_trainer.recommender.rating_svd import RatingSVD

RATING_BENCHMARK = "movielens-rating"
FOLDS, FOLDS_SEED = 5, 0
GOALS = "must reach RMSE .897; aim .885; Surprise's table: SVD .934, SVD++ .919, kNN baseline .918"

RATERS: dict[str, Callable[[], Rater]] = {
    "biases": RatingBiases,
    "user-kNN with baselines": partial(RatingKNN, "user"),
    "item-kNN with baselines (own)": RatingKNN,
    "SVD (own)": RatingSVD,
    "SVD++ (own)": partial(RatingSVD, implicit=True, penalty=0.2, epochs=14),
    "Bayesian factors": RatingBayes,
    "Bayesian factors, rating patterns": partial(RatingBayes, pattern=20),
    "one pack: the same, folded in, int8 graph": partial(ShippedRating, pattern=20),
    "one pack: the same, folded in, float32": partial(ShippedRating, pattern=20, precision="fp32"),
}
MEMBERS = (
    "user-kNN with baselines",
    "item-kNN with baselines (own)",
    "Bayesian factors, rating patterns",
)
BLEND = "blend by ridge"


def run_rating_benchmark(root: Path, report: Callable[[str], None]) -> None:
    """Measure all models on the five folds; the interval is Student's over folds."""
    data = read_movielens(root)
    makers = RATERS | {BLEND: partial(RatingBlend, [RATERS[name] for name in MEMBERS])}
    rows = []
    for name, make in makers.items():
        errors = []
        for rest, held in surprise_folds(len(data), FOLDS, FOLDS_SEED):
            test = data.take(held)
            found = make().fit(data.take(rest)).predict(test.users, test.items)
            errors.append(rmse(clipped(found), test.values))
            report(f"{name} | fold {len(errors)} | {errors[-1]:.4f}")
        low, high = seeds_interval(errors)
        rows.append([name, f"{np.mean(errors):.4f}", f"{low:.4f} to {high:.4f}"])
    report(f"\n{GOALS}\n")
    report(table(["model", "RMSE", "95 % over folds"], rows))
