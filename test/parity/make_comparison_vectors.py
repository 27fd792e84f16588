"""Makes test/parity/evaluation-vectors/comparison.json: what SciPy and scikit-learn say of two models on the same rows.

Run with SciPy, scikit-learn and NumPy installed: python test/parity/make_comparison_vectors.py
"""

import datetime
import json
import math
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics

warnings.filterwarnings("ignore")
CASES = 400
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "comparison.json"


def finite(value: float) -> float | None:
    return float(f"{value:.13g}") if math.isfinite(value) else None


def mcnemar(b: int, c: int) -> dict[str, float]:
    """The exact test by SciPy's binomial test, mid-p and the corrected chi-square by their formulas."""
    if b + c == 0:
        return {"mcnemarExactPValue": 1.0, "mcnemarMidPValue": 1.0, "mcnemarStatistic": 0.0, "mcnemarChiSquarePValue": 1.0}
    fewer = min(b, c)
    statistic = max(0, abs(b - c) - 1) ** 2 / (b + c)
    return {
        "mcnemarExactPValue": stats.binomtest(fewer, b + c, 0.5).pvalue,
        "mcnemarMidPValue": 2 * stats.binom.cdf(fewer, b + c, 0.5) - stats.binom.pmf(fewer, b + c, 0.5),
        "mcnemarStatistic": statistic,
        "mcnemarChiSquarePValue": stats.chi2.sf(statistic, 1),
    }


def components(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    positives, negatives = scores[labels == 1], scores[labels == 0]
    wins = (positives[:, None] > negatives[None, :]) + 0.5 * (positives[:, None] == negatives[None, :])
    return wins.mean(axis=1), wins.mean(axis=0)


def delong(labels: np.ndarray, a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """Covariance of the two areas from their structural components, by all pairs (DeLong et al. 1988)."""
    (a10, a01), (b10, b01) = components(labels, a), components(labels, b)
    found = {
        "rocAucBaseline": metrics.roc_auc_score(labels, a),
        "rocAucCandidate": metrics.roc_auc_score(labels, b),
    }
    difference = found["rocAucDifference"] = found["rocAucCandidate"] - found["rocAucBaseline"]
    if min(len(a10), len(a01)) < 2:
        return found
    covariance = np.cov(a10, b10) / len(a10) + np.cov(a01, b01) / len(a01)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    if variance > 1e-15:
        error = math.sqrt(variance)
        found["rocAucPValue"] = 2 * stats.norm.sf(abs(difference) / error)
        found["rocAucDifferenceLower"] = max(-1, difference - stats.norm.ppf(0.975) * error)
        found["rocAucDifferenceUpper"] = min(1, difference + stats.norm.ppf(0.975) * error)
    return found


def case(number: int) -> dict:
    rng = np.random.default_rng([2030, number])
    size = int(rng.choice([1, 2, 5, 12, 25, 40]))
    labels = (rng.uniform(size=size) < rng.choice([0.0, 0.2, 0.5, 1.0], p=[0.05, 0.4, 0.5, 0.05])).astype(int)
    shared, digits = rng.normal(size=size), int(rng.choice([1, 3]))
    model = lambda skill: np.round(1 / (1 + np.exp(-(shared + skill * (labels - 0.5) + rng.normal(size=size)))), digits)
    a = model(1.0)
    b = a.copy() if rng.uniform() < 0.05 else model(float(rng.choice([0.5, 1.0, 2.5])))
    right_a, right_b = (a >= 0.5) == labels, (b >= 0.5) == labels
    found: dict[str, float] = {
        "accuracyBaseline": right_a.mean(),
        "accuracyCandidate": right_b.mean(),
        "accuracyDifference": right_b.mean() - right_a.mean(),
        "logLossBaseline": metrics.log_loss(labels, a, labels=[0, 1]),
        "logLossCandidate": metrics.log_loss(labels, b, labels=[0, 1]),
        "brierScoreDifference": np.mean((b - labels) ** 2 - (a - labels) ** 2),
    }
    found |= mcnemar(int(np.sum(right_a & ~right_b)), int(np.sum(right_b & ~right_a)))
    if len(set(labels)) == 2:
        found |= delong(labels, a, b)
    else:
        found |= {"rocAucBaseline": math.nan, "rocAucDifference": math.nan, "rocAucPValue": math.nan}
    return {
        "labels": "".join(map(str, labels)),
        "baseline": a.tolist(),
        "candidate": b.tolist(),
        "expected": {name: finite(float(value)) for name, value in found.items()},
    }


def main() -> None:
    provenance = {
        "command": "python test/parity/make_comparison_vectors.py",
        "date": datetime.date.today().isoformat(),
        "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    }
    cases = [case(number) for number in range(CASES)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"provenance":{json.dumps(provenance)},"cases":[\n{lines}\n]}}\n')


main()
