"""Measures the peers' own packages on the same splits and by the same figures as ours.

They are no dependencies of the trainer. In an environment that has the trainer and
`implicit==0.7.3 scikit-surprise==1.1.5` (LightFM 1.17 where it compiles):

    python peers/measure_peers.py --data FOLDER movielens-stratified
    python peers/measure_peers.py --data FOLDER surprise
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from edgemark_trainer.readers.interactions import Floats, Interactions
from edgemark_trainer.recommender.benchmark import run_benchmark
from edgemark_trainer.recommender.benchmarks import BENCHMARKS
from edgemark_trainer.recommender.candidate import Candidate


def implicit_scores(make: Callable[[], Any], train: Interactions) -> Floats:
    """Fit a model of implicit and multiply its factors."""
    model = make()
    model.fit(csr_matrix(train.binary()).astype(np.float32), show_progress=False)
    return np.asarray(model.user_factors @ model.item_factors.T, dtype=np.float64)


def als() -> Any:
    """ALS of implicit, with the settings of our own iALS: its confidences are ten times ours."""
    from implicit.als import AlternatingLeastSquares

    return AlternatingLeastSquares(
        64, regularization=50.0, alpha=10.0, iterations=15, num_threads=1, random_state=0
    )


def bpr() -> Any:
    """BPR of implicit, 64 dimensions."""
    from implicit.bpr import BayesianPersonalizedRanking

    return BayesianPersonalizedRanking(64, iterations=100, num_threads=1, random_state=0)


def lightfm_scores(train: Interactions) -> Floats:
    """Fit WARP of LightFM, 64 dimensions, 30 epochs."""
    from lightfm import LightFM

    model = LightFM(64, loss="warp", random_state=0)
    model.fit(coo_matrix(train.binary()).astype(np.float32), epochs=30, num_threads=1)
    user_biases, users = model.get_user_representations()
    item_biases, items = model.get_item_representations()
    scores = users @ items.T + item_biases + user_biases[:, None]
    return np.asarray(scores, dtype=np.float64)


def has_lightfm() -> bool:
    """Say whether LightFM is there."""
    try:
        import lightfm  # noqa: F401
    except ImportError:
        return False
    return True


def measure_ranking(name: str, root: Path) -> None:
    """Run the ranking packages on the first of a benchmark's splits."""
    candidates = [
        Candidate("implicit 0.7.3, ALS d64", partial(implicit_scores, als), True),
        Candidate("implicit 0.7.3, BPR d64", partial(implicit_scores, bpr), True),
    ]
    if has_lightfm():
        candidates.append(Candidate("LightFM 1.17, WARP d64", lightfm_scores, True))
    benchmark = replace(BENCHMARKS[name], candidates=tuple(candidates))
    run_benchmark(benchmark, root, benchmark.seeds, partial(print, flush=True))


def measure_ratings(root: Path) -> None:
    """Run Surprise's own cross-validation."""
    from surprise import SVD, Dataset, KNNBaseline, Reader, accuracy
    from surprise.model_selection import KFold

    reader = Reader(line_format="user item rating timestamp", sep="\t")
    data = Dataset.load_from_file(str(root / "recommend/movielens-100k/u.data"), reader)
    similarity = {"name": "pearson_baseline", "user_based": False}
    for name, make in {
        "SVD": partial(SVD, random_state=0),
        "KNNBaseline, items": partial(KNNBaseline, sim_options=similarity, verbose=False),
    }.items():
        errors = [
            accuracy.rmse(make().fit(train).test(test), verbose=False)
            for train, test in KFold(5, random_state=0).split(data)
        ]
        print(f"Surprise 1.1.5, {name} | {np.mean(errors):.4f} | {np.round(errors, 4)}", flush=True)


def main() -> None:
    """Run one benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[*BENCHMARKS, "surprise"])
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    if options.name == "surprise":
        measure_ratings(options.data)
    else:
        measure_ranking(options.name, options.data)


if __name__ == "__main__":
    main()
