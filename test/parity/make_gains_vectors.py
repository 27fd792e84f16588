"""Makes test/parity/evaluation-vectors/gains.json and uplift-amounts.json.

Gains: lift, cumulative gains and the best cut-off from scikit-learn's ROC curve, whose points are the ends of groups of equal scores.
Uplift of amounts: SciPy's Welch test at the top and overall; the area under the uplift curve by NumPy's trapezoids over groups.

Run with SciPy, scikit-learn and NumPy installed: python test/parity/make_gains_vectors.py
"""

import datetime
import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics

GAINS_CASES = 250
AMOUNT_CASES = 150
SHARES = (0.1, 0.25, 0.5)
FOLDER = pathlib.Path(__file__).parent / "evaluation-vectors"
RNG = np.random.default_rng(20261124)


def exact(value: float) -> float | None:
    return float(f"{value:.15g}") if np.isfinite(value) else None


def gains_case() -> dict | None:
    rows = int(RNG.integers(2, 80))
    labels = (RNG.uniform(size=rows) < RNG.choice([0.1, 0.3, 0.7])).astype(int)
    if labels.min() == labels.max():
        return None
    scores = np.round(RNG.uniform(size=rows) + 0.5 * labels, int(RNG.choice([1, 2, 8])))
    weights = np.round(RNG.uniform(0.1, 3, size=rows), 3) if RNG.uniform() < 0.4 else np.ones(rows)
    value, cost = (float(np.round(RNG.uniform(0.5, 10), 2)), float(np.round(RNG.uniform(0.1, 5), 2)))
    false_rate, true_rate, thresholds = metrics.roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)
    positives = weights[labels == 1].sum()
    negatives = weights[labels == 0].sum()
    addressed = true_rate * positives + false_rate * negatives
    total = positives + negatives

    def gain(share: float) -> float:
        return float(np.interp(share * total, addressed, true_rate))

    profit = value * true_rate * positives - cost * addressed
    best = int(np.argmax(profit))
    second = np.sort(profit)[-2]
    if profit[best] - second < 1e-9:
        return None
    deciles = [gain((decile + 1) / 10) for decile in range(10)]
    return {
        "labels": "".join(map(str, labels)),
        "scores": scores.tolist(),
        **({} if np.all(weights == 1) else {"weights": weights.tolist()}),
        "value": value,
        "cost": cost,
        "deciles": [exact(each) for each in deciles],
        "expected": {
            **{f"lift@{round(100 * share)}": exact(gain(share) / share) for share in SHARES},
            "bestCutOff": exact(thresholds[best]) if best > 0 else None,
            "bestShare": exact(addressed[best] / total),
            "bestProfit": exact(profit[best]),
        },
    }


def welch(treated: np.ndarray, control: np.ndarray) -> dict[str, float | None]:
    test = stats.ttest_ind(treated, control, equal_var=False)
    interval = test.confidence_interval(0.95)
    return {"": exact(treated.mean() - control.mean()), "Lower": exact(interval.low), "Upper": exact(interval.high)}


def amount_case() -> dict | None:
    rows = int(RNG.integers(20, 120))
    treatment = (RNG.uniform(size=rows) < RNG.choice([0.3, 0.5, 0.7])).astype(int)
    score = np.round(RNG.normal(size=rows), int(RNG.choice([0, 1, 8])))
    scale = 10 ** float(RNG.uniform(-2, 5))
    amount = np.round(scale * (RNG.normal(size=rows) + treatment * (1 + score)), 3)
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), rows - 1)
    treated, control = np.cumsum(treatment[order]), np.cumsum(1 - treatment[order])
    of_treated, of_control = np.cumsum(treatment[order] * amount[order]), np.cumsum((1 - treatment[order]) * amount[order])

    def rate(total: np.ndarray, count: np.ndarray) -> np.ndarray:
        return np.divide(total, count, out=np.zeros(rows), where=count > 0)

    gained = (rate(of_treated, treated) - rate(of_control, control)) * (treated + control)
    x, y = np.append(0, ends + 1), np.append(0, gained[ends])
    if treated[-1] < 2 or control[-1] < 2 or abs(y[-1]) < 1e-6 * scale:
        return None
    expected = {"auucRelative": exact(np.trapezoid(y, x) / (x[-1] * y[-1]))}
    arms = (amount[treatment == 1], amount[treatment == 0])
    expected |= {f"averageEffect{edge}": value for edge, value in welch(*arms).items()}
    top = order[: rows // 2]
    cut = score[order[rows // 2 - 1]] != score[order[rows // 2]]
    top_arms = (amount[top][treatment[top] == 1], amount[top][treatment[top] == 0])
    if cut and min(map(len, top_arms)) >= 2:
        expected |= {f"uplift@50{edge}": value for edge, value in welch(*top_arms).items()}
    return {"treatment": "".join(map(str, treatment)), "score": score.tolist(), "amount": amount.tolist(), "expected": expected}


def write(name: str, make, count: int) -> None:
    cases: list[dict] = []
    while len(cases) < count:
        case = make()
        if case is not None:
            cases.append(case)
    provenance = {
        "command": "python test/parity/make_gains_vectors.py",
        "date": str(datetime.datetime.now(tz=datetime.UTC).date()),
        "versions": {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    text = json.dumps({"provenance": provenance, "cases": cases}, separators=(",", ":"), allow_nan=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


write("gains", gains_case, GAINS_CASES)
write("uplift-amounts", amount_case, AMOUNT_CASES)
