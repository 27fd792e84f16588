"""Makes test/parity/evaluation-vectors/drift.json: how far two samples are apart.

Kolmogorov-Smirnov, chi-square and Jensen-Shannon are SciPy's; the population stability index is worked out with NumPy from its
definition, over bins whose edges NumPy finds. Large samples are made from whole numbers by a rule that the test follows as well.

Run with SciPy and NumPy installed: python test/parity/make_drift_vectors.py
"""

import datetime
import json
import pathlib

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, ks_2samp

CASES = 700
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "drift.json"
LEAST_SHARE = 1e-4


def numbers(rng: np.random.Generator, size: int, shift: float, kind: int) -> np.ndarray:
    if kind == 0:
        return np.round(rng.normal(shift, 1, size), 3)
    if kind == 1:
        return rng.integers(-2, 3, size).astype(float) + round(shift)
    if kind == 2:
        return np.round(rng.lognormal(shift, 1.5, size), 4)
    if kind == 3:
        return np.full(size, float(round(shift)))
    return np.round(rng.uniform(-1, 1, size) * 10.0 ** rng.integers(-3, 6), 2)


def binned(reference: np.ndarray, current: np.ndarray, bins: int) -> np.ndarray:
    ascending = np.sort(reference)
    places = [-(-len(ascending) * b // bins) - 1 for b in range(1, bins)]
    edges = np.unique(ascending[places])
    return np.array(
        [
            np.bincount(np.searchsorted(edges, side, side="left"), minlength=len(edges) + 1)
            for side in (reference, current)
        ]
    )


def distances(table: np.ndarray) -> dict[str, float]:
    shares = table / table.sum(axis=1, keepdims=True)
    floored = np.maximum(shares, LEAST_SHARE)
    present = table[:, table.sum(axis=0) > 0]
    statistic, p_value, *_ = chi2_contingency(present, correction=False)
    return {
        "psi": float(np.sum((floored[1] - floored[0]) * np.log(floored[1] / floored[0]))),
        "jensenShannon": float(jensenshannon(shares[0], shares[1], base=2)),
        "chiSquare": float(statistic),
        "chiSquarePValue": float(p_value),
    }


def of_numbers(reference: np.ndarray, current: np.ndarray, bins: int, method: str) -> dict[str, float]:
    test = ks_2samp(reference, current, method=method)
    found = distances(binned(reference, current, bins))
    return found | {"ks": float(test.statistic), "ksPValue": float(test.pvalue)}


def numeric_case(rng: np.random.Generator) -> dict[str, object]:
    kind = int(rng.integers(5))
    sizes = [int(rng.choice([1, 2, 5, 12, 30, 60])) for _ in range(2)]
    shift = float(rng.choice([0, 0, 0.5, 2, 50]))
    reference, current = numbers(rng, sizes[0], 0, kind), numbers(rng, sizes[1], shift, kind)
    bins = int(rng.choice([2, 5, 10, 20]))
    expected = of_numbers(reference, current, bins, "exact")
    return {
        "kind": "numeric",
        "bins": bins,
        "reference": reference.tolist(),
        "current": current.tolist(),
        "expected": expected,
    }


def categorical_case(rng: np.random.Generator) -> dict[str, object]:
    categories = int(rng.choice([1, 2, 3, 8, 30]))
    sides = []
    for _ in range(2):
        shares = rng.dirichlet(np.full(categories, rng.choice([0.3, 1, 20])))
        sides.append(rng.choice(categories, size=int(rng.choice([1, 4, 20, 60])), p=shares))
    table = np.array([np.bincount(side, minlength=categories) for side in sides])
    names = [[f"c{int(value)}" for value in side] for side in sides]
    return {"kind": "categorical", "bins": 10, "reference": names[0], "current": names[1], "expected": distances(table)}


def by_rule(count: int, factor: int, modulus: int, add: int) -> np.ndarray:
    return (np.arange(count, dtype=np.int64) * factor % modulus + add).astype(float)


def large_case(rng: np.random.Generator) -> dict[str, object]:
    rules = [[int(rng.choice([3_000, 20_000, 50_000])), int(rng.integers(2, 9_000)), 9_973, 0] for _ in range(2)]
    rules[1][3] = int(rng.choice([0, 20, 60, 150, 400]))
    reference, current = (by_rule(*rule) for rule in rules)
    return {
        "bins": 10,
        "reference": rules[0],
        "current": rules[1],
        "expected": of_numbers(reference, current, 10, "asymp"),
    }


def shortened(case: dict[str, object]) -> dict[str, object]:
    expected = {name: float(f"{value:.13g}") for name, value in case["expected"].items()}
    return case | {"expected": expected}


def main() -> None:
    rng = np.random.default_rng(20261124)
    cases = [numeric_case(rng) if rng.uniform() < 0.6 else categorical_case(rng) for _ in range(CASES)]
    vectors = {
        "provenance": {
            "command": "python test/parity/make_drift_vectors.py",
            "date": str(datetime.date.today()),
            "versions": {"scipy": scipy.__version__, "numpy": np.__version__},
        },
        "cases": [shortened(case) for case in cases],
        "large": [shortened(large_case(rng)) for _ in range(60)],
    }
    OUT.write_text(json.dumps(vectors, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
