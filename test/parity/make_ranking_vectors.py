"""Makes test/parity/evaluation-vectors/ranking.json: what rankings are worth.

nDCG is scikit-learn's, and so is average precision wherever every relevant item is ranked within k (scikit-learn has no cut-off).
The other figures are worked out from their definitions with NumPy: precision and recall from sets, overlaps of lists pair by pair,
Gini from mean absolute differences.

Run with scikit-learn and NumPy installed: python test/parity/make_ranking_vectors.py
"""

import datetime
import itertools
import json
import pathlib

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, ndcg_score

CASES = 600
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "ranking.json"
Query = tuple[dict[int, float], list[int]]


def queries_of(rng: np.random.Generator, items: int, graded: bool) -> list[Query]:
    popularity = rng.dirichlet(np.full(items, rng.choice([0.2, 1.0, 10.0])))
    queries: list[Query] = []
    for _ in range(int(rng.choice([1, 2, 3, 6, 12]))):
        wanted = 0 if rng.uniform() < 0.08 else int(rng.integers(1, min(items, 8) + 1))
        relevant = rng.choice(items, size=wanted, replace=False)
        gains = rng.integers(1, 5, size=wanted) if graded else np.ones(wanted)
        length = int(rng.choice([0, 1, 2, 5, items, items])) if rng.uniform() < 0.5 else int(rng.integers(0, items + 1))
        noise = rng.gumbel(size=items) + np.log(popularity + 1e-9) * rng.choice([0, 1])
        noise[relevant] += rng.choice([0.0, 1.0, 4.0, 30.0])
        ranked = np.argsort(-noise, kind="stable")[: min(length, items)]
        queries.append(({int(i): float(g) for i, g in zip(relevant, gains)}, [int(i) for i in ranked]))
    return queries


def ndcg(query: Query, k: int, exponential: bool) -> float:
    """Irrelevant strangers between what was ranked and what was not keep the latter out of the first k."""
    relevant, ranked = query
    strangers = [-1 - i for i in range(k + 1)]
    missed = [i for i in relevant if i not in ranked]
    order = ranked + strangers + missed
    gains = np.array([relevant.get(i, 0.0) for i in order])
    if exponential:
        gains = 2**gains - 1
    return float(ndcg_score([gains], [np.arange(len(order), 0, -1)], k=k))


def average_precision(query: Query, k: int) -> float:
    relevant, ranked = query
    if set(relevant) <= set(ranked[:k]):
        truth = np.array([i in relevant for i in ranked])
        return float(average_precision_score(truth, np.arange(len(ranked), 0, -1)))
    found = [i + 1 for i, item in enumerate(ranked[:k]) if item in relevant]
    return sum(len(set(ranked[:place]) & set(relevant)) / place for place in found) / min(k, len(relevant))


def of_query(query: Query, k: int, exponential: bool) -> dict[str, float]:
    relevant, ranked = query
    hits = set(relevant) & set(ranked[:k])
    places = [ranked.index(item) + 1 for item in hits]
    return {
        "precision": len(hits) / k,
        "recall": len(hits) / len(relevant),
        "hitRate": float(len(hits) > 0),
        "ndcg": ndcg(query, k, exponential),
        "map": average_precision(query, k),
        "mrr": 1 / min(places) if places else 0.0,
    }


def of_items(queries: list[Query], k: int, greatest_k: int, catalogue_size: int | None) -> dict[str, float | None]:
    named = {i for relevant, ranked in queries for i in (*relevant, *ranked[:greatest_k])}
    lists = [ranked[:k] for _, ranked in queries]
    recommended = [item for each in lists for item in each]
    liked = [item for relevant, _ in queries for item in relevant]
    if not named:
        return dict.fromkeys(["coverage", "novelty", "diversity", "gini", "popularityBias"])
    size = max(catalogue_size or 0, len(named))
    found: dict[str, float | None] = {"coverage": len(set(recommended)) / size}
    if not recommended:
        return found | dict.fromkeys(["novelty", "diversity", "gini", "popularityBias"])
    times = np.zeros(size)
    for i, item in enumerate(named):
        times[i] = recommended.count(item)
    found["gini"] = float(np.abs(times[:, None] - times[None, :]).sum() / (2 * size * size * times.mean()))
    shares = np.array([(liked.count(item) + 1) / (len(queries) + 1) for item in recommended])
    found["novelty"] = float(-np.log2(shares).mean())
    found["diversity"] = None
    if len(queries) > 1:
        overlaps = [len(set(a) & set(b)) for a, b in itertools.combinations(lists, 2)]
        found["diversity"] = float(1 - np.mean(overlaps) / np.mean([len(each) for each in lists]))
    found["popularityBias"] = None
    if liked:
        mean_popularity = np.mean([liked.count(item) for item in liked])
        found["popularityBias"] = float(np.mean([liked.count(item) for item in recommended]) / mean_popularity - 1)
    return found


def case_of(rng: np.random.Generator) -> dict[str, object]:

    items = int(rng.choice([1, 2, 5, 12, 25]))
    exponential = bool(rng.uniform() < 0.4)
    queries = queries_of(rng, items, graded=bool(rng.uniform() < 0.6))
    depths = sorted({int(k) for k in rng.choice([1, 2, 3, 5, 10, 20, 40], size=int(rng.integers(1, 4)))})
    catalogue_size = int(rng.integers(1, 60)) if rng.uniform() < 0.4 else None
    expected: dict[str, float | None] = {}
    judged = [query for query in queries if query[0]]
    for k in depths:
        figures = [of_query(query, k, exponential) for query in judged]
        for name in ["precision", "recall", "hitRate", "ndcg", "map", "mrr"]:
            expected[f"{name}@{k}"] = float(np.mean([each[name] for each in figures])) if figures else None
        for name, value in of_items(queries, k, max(depths), catalogue_size).items():
            expected[f"{name}@{k}"] = value
    return {
        "queries": [[[[i, g] for i, g in relevant.items()], ranked] for relevant, ranked in queries],
        "k": depths,
        "gain": "exponential" if exponential else "linear",
        "catalogueSize": catalogue_size,
        "expected": {name: value if value is None else float(f"{value:.13g}") for name, value in expected.items()},
    }


def main() -> None:
    rng = np.random.default_rng(20261124)
    vectors = {
        "provenance": {
            "command": "python test/parity/make_ranking_vectors.py",
            "date": str(datetime.date.today()),
            "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        },
        "cases": [case_of(rng) for _ in range(CASES)],
    }
    OUT.write_text(json.dumps(vectors, separators=(",", ":")).replace(".0]", "]") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
