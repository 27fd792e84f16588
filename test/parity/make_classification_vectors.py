"""Makes test/parity/evaluation-vectors/classification.json: what scikit-learn says of randomised classifications.

Run with scikit-learn and NumPy installed: python test/parity/make_classification_vectors.py
"""

import datetime
import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.filterwarnings("ignore")
CASES = 520
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "classification.json"
NAMES = "abcdefghijkl"


def finite(value: float) -> float | None:
    return float(f"{value:.13g}") if math.isfinite(value) else None


def of_predictions(labels, predicted, weights, beta) -> dict[str, float]:
    found = {"accuracy": metrics.accuracy_score(labels, predicted, sample_weight=weights)}
    found["balancedAccuracy"] = metrics.balanced_accuracy_score(labels, predicted, sample_weight=weights)
    for average in ("macro", "weighted", "micro"):
        suffix = average.capitalize()
        some = {"average": average, "sample_weight": weights, "zero_division": 0}
        found[f"precision{suffix}"] = metrics.precision_score(labels, predicted, **some)
        found[f"recall{suffix}"] = metrics.recall_score(labels, predicted, **some)
        found[f"f1{suffix}"] = metrics.f1_score(labels, predicted, **some)
        if average != "micro":
            found[f"fBeta{suffix}"] = metrics.fbeta_score(labels, predicted, beta=beta, **some)
    constant = len(set(labels)) == 1 or len(set(predicted)) == 1
    found["matthewsCorrelation"] = math.nan if constant else metrics.matthews_corrcoef(labels, predicted, sample_weight=weights)
    same = len(set(labels) | set(predicted)) == 1
    found["cohenKappa"] = math.nan if same else metrics.cohen_kappa_score(labels, predicted, sample_weight=weights)
    return found


def of_scores(labels, scores, classes, weights, top_k) -> dict[str, float]:
    truth = np.searchsorted(list(classes), labels)
    found = {"logLoss": metrics.log_loss(labels, scores, sample_weight=weights, labels=list(classes))}
    one_hot = np.eye(len(classes))[truth]
    found["brierScore"] = np.average(((scores - one_hot) ** 2).sum(axis=1), weights=weights)
    if len(classes) > 2 and all(len(set(row)) == len(row) for row in scores):
        found["topKAccuracy"] = metrics.top_k_accuracy_score(
            truth, scores, k=top_k, sample_weight=weights, labels=range(len(classes))
        )
    if len(set(labels)) == len(classes) and len(classes) > 2:
        some = {"multi_class": "ovr", "labels": list(classes)}
        for average in ("macro", "weighted"):
            suffix = average.capitalize()
            found[f"rocAucOvr{suffix}"] = metrics.roc_auc_score(labels, scores, average=average, sample_weight=weights, **some)
            if weights is None:
                found[f"rocAucOvo{suffix}"] = metrics.roc_auc_score(labels, scores, average=average, multi_class="ovo")
    if weights is None:
        best = scores.argmax(axis=1)
        confidence = scores[np.arange(len(scores)), best]
        bins = np.searchsorted(np.linspace(0.0, 1.0, 11)[1:-1], confidence)
        gaps = [abs(np.sum((best == truth)[bins == b]) - np.sum(confidence[bins == b])) for b in range(10)]
        found["expectedCalibrationError"] = sum(gaps) / len(labels)
    return found


def case(number: int) -> dict:
    rng = np.random.default_rng([2027, number])
    size = int(rng.choice([1, 2, 3, 6, 12, 20, 30]))
    count = int(rng.choice([2, 3, 3, 4, 5, 8]))
    classes = NAMES[:count]
    chances = rng.dirichlet(np.full(count, rng.choice([0.3, 1.0, 10.0])))
    truth = rng.choice(count, size=size, p=chances)
    labels = [classes[t] for t in truth]
    kind = rng.integers(0, 4)
    weights = None
    if kind == 2:
        weights = rng.integers(0, 4, size=size).astype(float)
    elif kind == 3:
        weights = np.round(rng.gamma(1.0, size=size) + 0.001, 3)
    if weights is not None and weights.sum() == 0:
        weights = None
    beta, top_k = float(rng.choice([0.5, 1, 2])), int(rng.integers(1, count))
    built = {"labels": "".join(labels), "beta": beta, "topK": top_k}
    if weights is not None:
        built["weights"] = [float(w) for w in weights]
    kept = np.ones(size, bool) if weights is None else weights > 0
    kept_labels = [label for label, keep in zip(labels, kept) if keep]
    w = None if weights is None else weights[kept]
    if rng.uniform() < 0.55:
        parts = rng.integers(0, int(rng.choice([3, 20, 400])), size=(size, count)) + (
            np.eye(count)[truth] * rng.choice([0, 5])
        ).astype(int)
        parts[parts.sum(axis=1) == 0, 0] = 1
        scores = parts / parts.sum(axis=1, keepdims=True)
        built["parts"], built["classes"] = parts.tolist(), classes
        predicted = [classes[p] for p in scores.argmax(axis=1)]
        found = of_scores(kept_labels, scores[kept], classes, w, top_k)
    else:
        wrong = rng.choice(count, size=size)
        right = rng.uniform(size=size) < rng.choice([0.0, 0.5, 0.8, 1.0])
        predicted = [classes[t if is_right else other] for t, is_right, other in zip(truth, right, wrong)]
        built["predictions"] = "".join(predicted)
        found = {}
    kept_predictions = [label for label, keep in zip(predicted, kept) if keep]
    found |= of_predictions(kept_labels, kept_predictions, w, beta)
    return {**built, "expected": {name: finite(value) for name, value in found.items()}}


def main() -> None:
    provenance = {
        "command": "python test/parity/make_classification_vectors.py",
        "date": datetime.date.today().isoformat(),
        "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    cases = [case(number) for number in range(CASES)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"provenance":{json.dumps(provenance)},"cases":[\n{lines}\n]}}\n')


main()
