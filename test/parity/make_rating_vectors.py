"""Makes test/parity/evaluation-vectors/ratings.json: what Surprise says of randomised predicted ratings.

RMSE and MAE are its own; precision and recall at k are worked out as the recipe in its documentation does ("How to compute
precision@k and recall@k"), user by user, from its predictions.

Run with scikit-surprise and NumPy installed: python test/parity/make_rating_vectors.py
"""

import datetime
import json
import pathlib
from collections import defaultdict
from importlib import metadata

import numpy as np
from surprise import Prediction, accuracy

CASES = 200
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "ratings.json"


def precision_recall(predictions: list[Prediction], k: int, threshold: float) -> tuple[list[float], list[float]]:
    """Of the users who rated something relevant: the recipe counts the others 0, which is a decision about means."""
    by_user = defaultdict(list)
    for user, _, true, estimate, _ in predictions:
        by_user[user].append((estimate, true))
    precisions, recalls = [], []
    for rated in by_user.values():
        rated.sort(key=lambda pair: pair[0], reverse=True)
        relevant = sum(true >= threshold for _, true in rated)
        recommended = sum(estimate >= threshold for estimate, _ in rated[:k])
        both = sum(true >= threshold and estimate >= threshold for estimate, true in rated[:k])
        if relevant == 0:
            continue
        precisions.append(both / recommended if recommended else 0)
        recalls.append(both / relevant)
    return precisions, recalls


def case(number: int) -> dict:
    rng = np.random.default_rng([2031, number])
    users, k = int(rng.choice([1, 3, 10])), int(rng.choice([1, 3, 5]))
    # In half of the cases every estimate is at or above the threshold, so that k items are recommended, the recipe's precision.
    all_recommended = bool(rng.uniform() < 0.5)
    predictions, rows = [], []
    for user in range(users):
        count = int(rng.integers(k, 15)) if all_recommended else int(rng.integers(1, 15))
        true = np.round(np.clip(rng.normal(3.5, 1.2, size=count), 1, 5) * 2) / 2
        estimates = np.clip(true * 0.5 + 1.5 + rng.normal(size=count) * 0.8, 3.5 if all_recommended else 1, 5)
        # Distinct, as the recipe leaves equal ones to the order of rows.
        estimates = np.round(estimates, 3) + np.arange(count) * 1e-5
        for item in range(count):
            predictions.append(Prediction(user, item, float(true[item]), float(estimates[item]), {}))
            rows.append([user, item, float(true[item]), float(f"{estimates[item]:.6g}")])
    predictions = [Prediction(user, item, true, estimate, {}) for user, item, true, estimate in rows]
    precisions, recalls = precision_recall(predictions, k, 3.5)
    return {
        "k": k,
        "threshold": 3.5,
        "allRecommended": all_recommended,
        "rows": rows,
        "rmse": accuracy.rmse(predictions, verbose=False),
        "mae": accuracy.mae(predictions, verbose=False),
        "precision": float(np.mean(precisions)) if precisions else None,
        "recall": float(np.mean(recalls)) if recalls else None,
    }


def main() -> None:
    provenance = {
        "command": "python test/parity/make_rating_vectors.py",
        "date": datetime.date.today().isoformat(),
        "versions": {"scikit-surprise": metadata.version("scikit-surprise"), "numpy": np.__version__},
    }
    cases = [case(number) for number in range(CASES)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"provenance":{json.dumps(provenance)},"cases":[\n{lines}\n]}}\n')


main()
