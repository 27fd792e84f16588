"""Makes test/parity/evaluation-vectors/multilabel.json: what scikit-learn says of randomised multi-label classifications.

Run with scikit-learn and NumPy installed: python test/parity/make_multilabel_vectors.py
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
CASES = 400
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "multilabel.json"


def finite(value: float) -> float | None:
    return float(f"{value:.13g}") if math.isfinite(value) else None


def case(number: int) -> dict:
    rng = np.random.default_rng([2029, number])
    size, count = int(rng.choice([1, 2, 4, 8, 16, 24])), int(rng.choice([2, 3, 5]))
    truth = (rng.uniform(size=(size, count)) < rng.uniform(0, 0.7, size=count)).astype(int)
    scores = np.round(
        np.clip(truth * rng.choice([0.0, 0.3]) + rng.uniform(size=(size, count)) * 0.7, 0, 1), int(rng.choice([1, 3]))
    )
    predicted = (scores >= 0.5).astype(int)
    weights = None if rng.uniform() < 0.5 else rng.integers(1, 4, size=size).astype(float)
    some = {"sample_weight": weights}
    found = {
        "subsetAccuracy": metrics.accuracy_score(truth, predicted, **some),
        "hammingLoss": metrics.hamming_loss(truth, predicted, **some),
        "jaccardSamples": metrics.jaccard_score(truth, predicted, average="samples", zero_division=0, **some),
        "labelRankingLoss": metrics.label_ranking_loss(truth, scores, **some),
        "labelCoverageError": metrics.coverage_error(truth, scores, **some),
        "labelRankingAveragePrecision": metrics.label_ranking_average_precision_score(truth, scores, **some),
    }
    for average in ("micro", "macro", "weighted", "samples"):
        with_zero = {"average": average, "zero_division": 0, **some}
        suffix = average.capitalize()
        nothing = average == "micro"
        found[f"precision{suffix}"] = (
            math.nan if nothing and not predicted.any() else metrics.precision_score(truth, predicted, **with_zero)
        )
        nothing_labelled = average in ("micro", "weighted") and not truth.any()
        found[f"recall{suffix}"] = math.nan if nothing_labelled else metrics.recall_score(truth, predicted, **with_zero)
        neither = nothing and not truth.any() and not predicted.any()
        found[f"f1{suffix}"] = (
            math.nan
            if neither or (average == "weighted" and not truth.any())
            else metrics.f1_score(truth, predicted, **with_zero)
        )
    if not truth.any():
        found["precisionWeighted"] = math.nan
    parted = [c for c in range(count) if 0 < truth[:, c].sum() < size]
    for average in ("macro", "weighted"):
        suffix = average.capitalize()
        arguments = (truth[:, parted], scores[:, parted])
        if len(parted) > 1:
            found[f"rocAuc{suffix}"] = metrics.roc_auc_score(*arguments, average=average, **some)
            found[f"averagePrecision{suffix}"] = metrics.average_precision_score(*arguments, average=average, **some)
        if not parted:
            found[f"rocAuc{suffix}"] = found[f"averagePrecision{suffix}"] = math.nan
    return {
        "truth": ["".join(map(str, row)) for row in truth],
        "scores": scores.tolist(),
        **({} if weights is None else {"weights": weights.tolist()}),
        "expected": {name: finite(float(value)) for name, value in found.items()},
    }


def main() -> None:
    provenance = {
        "command": "python test/parity/make_multilabel_vectors.py",
        "date": datetime.date.today().isoformat(),
        "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    cases = [case(number) for number in range(CASES)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"provenance":{json.dumps(provenance)},"cases":[\n{lines}\n]}}\n')


main()
