"""Makes test/parity/evaluation-vectors/fairness.json: what fairlearn says of binary classifications by group.

A group without the rate that a criterion compares is left out of it here, as fairlearn would take the rate for 0.

Run with fairlearn, scikit-learn and NumPy installed: python test/parity/make_fairness_vectors.py
"""

import datetime
import json
import math
import pathlib
import warnings

import fairlearn
import numpy as np
import sklearn
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
    false_positive_rate,
    true_positive_rate,
)
from sklearn.metrics import precision_score

warnings.filterwarnings("ignore")
CASES = 500
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "fairness.json"
Rows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def rows_of(rng: np.random.Generator) -> Rows:
    size = int(rng.choice([2, 8, 30, 100]))
    groups = rng.integers(0, int(rng.choice([1, 2, 2, 3, 6])), size)
    labels = (rng.uniform(size=size) < rng.choice([0.1, 0.5, 0.9])).astype(int)
    skill = rng.uniform(0, 1)
    selected = np.where(rng.uniform(size=size) < skill, labels, rng.uniform(size=size) < 0.3 + 0.08 * groups).astype(
        int
    )
    weights = np.ones(size) if rng.uniform() < 0.6 else np.round(rng.uniform(0.5, 2, size), 2)
    return groups, labels, selected, weights


def where(rows: Rows, condition: np.ndarray) -> Rows:
    """Rows of the groups that have a row under the condition."""
    kept = np.isin(rows[0], np.unique(rows[0][condition]))
    return tuple(column[kept] for column in rows)


def frame_of(rows: Rows, metric) -> MetricFrame:
    groups, labels, selected, weights = rows
    return MetricFrame(
        metrics=metric,
        y_true=labels,
        y_pred=selected,
        sensitive_features=groups,
        sample_params={"sample_weight": weights},
    )


def said(rows: Rows, of) -> float | None:
    groups, labels, selected, weights = rows
    if len(np.unique(groups)) < 2:
        return None
    value = float(of(labels, selected, sensitive_features=groups, sample_weight=weights))
    return value if math.isfinite(value) else None


def combined(values: list[float | None], choose) -> float | None:
    return None if None in values else choose(values)


def expected(rows: Rows) -> dict[str, float | None]:
    _, labels, selected, _ = rows
    positives, negatives, chosen = (where(rows, each) for each in (labels == 1, labels == 0, selected == 1))

    def of_frame(metric, kind):
        return lambda labels, selected, sensitive_features, sample_weight: getattr(
            frame_of((sensitive_features, labels, selected, sample_weight), metric), kind
        )()

    found = {
        "demographicParityDifference": said(rows, demographic_parity_difference),
        "demographicParityRatio": said(rows, demographic_parity_ratio),
        "equalOpportunityDifference": said(positives, equal_opportunity_difference),
        "equalOpportunityRatio": said(positives, equal_opportunity_ratio),
        "equalizedOddsDifference": combined(
            [
                said(positives, of_frame(true_positive_rate, "difference")),
                said(negatives, of_frame(false_positive_rate, "difference")),
            ],
            max,
        ),
        "equalizedOddsRatio": combined(
            [
                said(positives, of_frame(true_positive_rate, "ratio")),
                said(negatives, of_frame(false_positive_rate, "ratio")),
            ],
            min,
        ),
        "predictiveParityDifference": said(chosen, of_frame(precision_score, "difference")),
        "predictiveParityRatio": said(chosen, of_frame(precision_score, "ratio")),
    }
    if len(positives[0]) == len(negatives[0]) == len(rows[0]):
        assert found["equalizedOddsDifference"] == said(rows, equalized_odds_difference)
        assert found["equalizedOddsRatio"] in (None, said(rows, equalized_odds_ratio))
    return {name: value if value is None else float(f"{value:.13g}") for name, value in found.items()}


def case_of(rng: np.random.Generator) -> dict[str, object]:
    rows = rows_of(rng)
    weights = rows[3]
    case = {name: "".join(map(str, column)) for name, column in zip(("groups", "labels", "selected"), rows)}
    return case | {"weights": None if np.all(weights == 1) else weights.tolist(), "expected": expected(rows)}


def main() -> None:
    rng = np.random.default_rng(20261124)
    vectors = {
        "provenance": {
            "command": "python test/parity/make_fairness_vectors.py",
            "date": str(datetime.date.today()),
            "versions": {
                "fairlearn": fairlearn.__version__,
                "scikit-learn": sklearn.__version__,
                "numpy": np.__version__,
            },
        },
        "cases": [case_of(rng) for _ in range(CASES)],
    }
    OUT.write_text(json.dumps(vectors, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
