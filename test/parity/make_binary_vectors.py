"""Makes test/parity/evaluation-vectors/binary.json: what scikit-learn says of randomised binary classifications.

Run with scikit-learn and NumPy installed: python test/parity/make_binary_vectors.py
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
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
CASES = 560
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "binary.json"


def finite(value: float) -> float | None:
    return float(f"{value:.13g}") if math.isfinite(value) else None


def scores_of(rng: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Probabilities, probabilities rounded so that many are equal, few values, all equal, certain ones, or margins."""
    kind = rng.integers(0, 7)
    skill = rng.uniform(0, 3)
    margin = rng.normal(size=len(labels)) + skill * (labels - 0.5)
    probability = 1 / (1 + np.exp(-margin))
    if kind == 0:
        return np.full(len(labels), round(rng.uniform(), 2))
    if kind == 1:
        return np.round(probability, 1)
    if kind == 2:
        return np.round(probability * 3) / 3
    if kind == 3:
        return np.round(margin, int(rng.integers(0, 4)))
    if kind == 4:
        return np.where(rng.uniform(size=len(labels)) < 0.2, np.round(probability), np.round(probability, 4))
    return np.round(probability, int(rng.integers(2, 9)))


def weights_of(rng: np.random.Generator, size: int) -> np.ndarray | None:
    kind = rng.integers(0, 5)
    if kind <= 1:
        return None
    if kind == 2:
        return rng.integers(0, 4, size=size).astype(float)
    if kind == 3:
        return np.round(rng.gamma(1.0, size=size), 3)
    return np.round(rng.uniform(0.5, 2.0, size=size), 4)


def delong(labels: np.ndarray, scores: np.ndarray) -> float:
    """Standard error of the area, from the structural components of DeLong et al. (1988), by all pairs."""
    positives, negatives = scores[labels == 1], scores[labels == 0]
    wins = (positives[:, None] > negatives[None, :]) + 0.5 * (positives[:, None] == negatives[None, :])
    of_positives, of_negatives = wins.mean(axis=1), wins.mean(axis=0)
    return math.sqrt(of_positives.var(ddof=1) / len(positives) + of_negatives.var(ddof=1) / len(negatives))


def expected(labels, scores, weights, threshold, beta, costs) -> dict[str, float | None]:
    kept = slice(None) if weights is None else weights > 0
    labels, scores = labels[kept], scores[kept]
    w = None if weights is None else weights[kept]
    predicted = (scores >= threshold).astype(int)
    both = len(set(labels)) == 2
    some = {"sample_weight": w, "zero_division": np.nan}
    found: dict[str, float] = {
        "accuracy": metrics.accuracy_score(labels, predicted, sample_weight=w),
        "precision": metrics.precision_score(labels, predicted, **some),
        "recall": metrics.recall_score(labels, predicted, **some),
        "specificity": metrics.recall_score(labels, predicted, pos_label=0, **some),
        "negativePredictiveValue": metrics.precision_score(labels, predicted, pos_label=0, **some),
        "f1": metrics.f1_score(labels, predicted, **some),
        "fBeta": metrics.fbeta_score(labels, predicted, beta=beta, **some),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, predicted, sample_weight=w) if both else math.nan,
        "prevalence": np.average(labels, weights=w),
        "selectionRate": np.average(predicted, weights=w),
        "rocAuc": metrics.roc_auc_score(labels, scores, sample_weight=w) if both else math.nan,
        "averagePrecision": metrics.average_precision_score(labels, scores, sample_weight=w) if labels.any() else math.nan,
    }
    constant = len(set(labels)) == 1 or len(set(predicted)) == 1
    found["matthewsCorrelation"] = math.nan if constant else metrics.matthews_corrcoef(labels, predicted, sample_weight=w)
    same = len(set(labels) | set(predicted)) == 1
    found["cohenKappa"] = math.nan if same else metrics.cohen_kappa_score(labels, predicted, sample_weight=w)
    found["costPerRow"] = np.average(
        costs[0] * ((labels == 0) & (predicted == 1)) + costs[1] * ((labels == 1) & (predicted == 0)), weights=w
    )
    candidates = [math.inf, *sorted(set(scores), reverse=True)]
    at = lambda t: np.average(costs[0] * ((labels == 0) & (scores >= t)) + costs[1] * ((labels == 1) & (scores < t)), weights=w)
    found["cheapestCostPerRow"] = min(at(t) for t in candidates)
    if labels.any():
        found["bestF1"] = max(metrics.f1_score(labels, scores >= t, sample_weight=w, zero_division=0) for t in candidates)
    if scores.min() >= 0 and scores.max() <= 1:
        found["logLoss"] = metrics.log_loss(labels, scores, sample_weight=w, labels=[0, 1])
        found["brierScore"] = metrics.brier_score_loss(labels, scores, sample_weight=w, pos_label=1, labels=[0, 1])
        if w is None:
            found["expectedCalibrationError"] = calibration_error(labels, scores)
    else:
        found["logLoss"] = found["brierScore"] = found["expectedCalibrationError"] = math.nan
    if both and w is None and min(labels.sum(), (1 - labels).sum()) > 1:
        error = delong(labels, scores)
        area = found["rocAuc"]
        if 0 < area < 1:
            spread = stats.norm.ppf(0.975) * error / (area * (1 - area))
            for name, sign in (("rocAucLower", -1), ("rocAucUpper", 1)):
                found[name] = 1 / (1 + math.exp(-(math.log(area / (1 - area)) + sign * spread)))
    return {name: finite(value) for name, value in found.items()}


def calibration_error(labels: np.ndarray, scores: np.ndarray) -> float:
    share, mean = calibration_curve(labels, scores, n_bins=10) if len(set(labels)) == 2 else one_class_curve(labels, scores)
    bins = np.searchsorted(np.linspace(0.0, 1.0, 11)[1:-1], scores)
    counts = np.bincount(bins, minlength=10)
    return float(np.sum(counts[counts > 0] * np.abs(share - mean)) / len(labels))


def one_class_curve(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    bins = np.searchsorted(np.linspace(0.0, 1.0, 11)[1:-1], scores)
    counts = np.bincount(bins, minlength=10)
    used = counts > 0
    return (
        np.bincount(bins, weights=labels, minlength=10)[used] / counts[used],
        np.bincount(bins, weights=scores, minlength=10)[used] / counts[used],
    )


def case(number: int) -> dict:
    rng = np.random.default_rng([2026, number])
    size = int(rng.choice([1, 2, 3, 5, 8, 12, 20, 36]))
    labels = (rng.uniform(size=size) < rng.choice([0.0, 0.05, 0.3, 0.5, 0.9, 1.0], p=[0.05, 0.1, 0.3, 0.4, 0.1, 0.05])).astype(
        int
    )
    scores, weights = scores_of(rng, labels), weights_of(rng, size)
    if weights is not None and weights.sum() == 0:
        weights = None
    threshold = float(rng.choice([0.5, 0.3, 0.9, 0.1]))
    beta, costs = float(rng.choice([0.5, 1, 2])), [float(rng.integers(1, 5)), float(rng.integers(1, 20))]
    return {
        "labels": "".join(map(str, labels)),
        "scores": [float(s) for s in scores],
        **({} if weights is None else {"weights": [float(w) for w in weights]}),
        "threshold": threshold,
        "beta": beta,
        "costs": costs,
        "expected": expected(labels, scores, weights, threshold, beta, costs),
    }


def main() -> None:
    provenance = {
        "command": "python test/parity/make_binary_vectors.py",
        "date": datetime.date.today().isoformat(),
        "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    }
    OUT.parent.mkdir(exist_ok=True)
    cases = [case(number) for number in range(CASES)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"provenance":{json.dumps(provenance)},"cases":[\n{lines}\n]}}\n')


main()
