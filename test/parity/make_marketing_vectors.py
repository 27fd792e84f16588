"""Makes test/parity/marketing/*.json: answers of SciPy, statsmodels and scikit-uplift to randomised cases.

Run: python test/parity/make_marketing_vectors.py test/parity/marketing
"""

import datetime
import json
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
import sklift
import statsmodels
from scipy import stats
from sklift import metrics as uplift_metrics
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import normal_power_het
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)

warnings.filterwarnings("ignore")
RNG = np.random.default_rng(6)
PROVENANCE = (
    f"SciPy {scipy.__version__}, statsmodels {statsmodels.__version__}, scikit-uplift {sklift.__version__}, "
    f"{datetime.date.today()}, test/parity/make_marketing_vectors.py"
)


def finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def share_cases(count: int) -> list[dict]:
    found = []
    for _ in range(count):
        rows = [int(np.exp(RNG.uniform(0.7, 13))) for _ in range(2)]
        rate = float(RNG.choice([0, 1, RNG.uniform(), 10 ** RNG.uniform(-4, -0.5)], p=[0.03, 0.03, 0.34, 0.6]))
        lift = float(RNG.choice([1, 1.05, 1.5, 0.7]))
        hits = [int(RNG.binomial(rows[0], rate)), int(RNG.binomial(rows[1], min(1, rate * lift)))]
        level = float(RNG.choice([0.8, 0.9, 0.95, 0.99]))
        _, p_value = proportions_ztest([hits[1], hits[0]], [rows[1], rows[0]])
        arguments = (hits[1], rows[1], hits[0], rows[0])
        difference = confint_proportions_2indep(*arguments, method="newcomb", compare="diff", alpha=1 - level)
        ratio = (
            confint_proportions_2indep(*arguments, method="log", compare="ratio", alpha=1 - level)
            if min(hits) > 0
            else (np.nan, np.nan)
        )
        found.append(
            {
                "hits": hits,
                "rows": rows,
                "level": level,
                "pValue": finite(p_value),
                "difference": [finite(end) for end in difference],
                "ratio": [finite(end) for end in ratio],
            }
        )
    return found


def rounded(values: np.ndarray) -> list[float]:
    return [float(value) for value in np.round(values, 3)]


def mean_cases(count: int) -> list[dict]:
    found = []
    for _ in range(count):
        sizes = RNG.integers(2, 25, size=2)
        scale = 10 ** RNG.uniform(-1, 3)
        arms = []
        slope = RNG.normal()
        for size in sizes:
            x = np.round(RNG.normal(size=size) * scale, 3)
            spread = scale * RNG.choice([0.1, 1])
            y = np.round(slope * x + RNG.normal(size=size) * spread + RNG.choice([0, 0.3]) * scale, 3)
            if RNG.uniform() < 0.3:
                y = np.where(RNG.uniform(size=size) < 0.5, 0, y)
            arms.append((y, x, np.round(RNG.uniform(1, 5, size=size), 3)))
        (y0, x0, d0), (y1, x1, d1) = arms
        level = float(RNG.choice([0.8, 0.9, 0.95, 0.99]))
        welch = stats.ttest_ind(y1, y0, equal_var=False)
        interval = welch.confidence_interval(level)
        within = sum(np.sum((x - x.mean()) ** 2) for x in (x0, x1))
        theta = sum(np.sum((x - x.mean()) * (y - y.mean())) for y, x in ((y0, x0), (y1, x1))) / within
        cuped = stats.ttest_ind(y1 - theta * x1, y0 - theta * x0, equal_var=False)
        cuped_interval = cuped.confidence_interval(level)
        # The delta method's variance is that of y - R d over n mean(d)^2.
        ratios = [(y.mean() / d.mean(), np.var(y - y.mean() / d.mean() * d, ddof=1) / y.size / d.mean() ** 2) for y, _, d in arms]
        z = (ratios[1][0] - ratios[0][0]) / np.sqrt(ratios[0][1] + ratios[1][1])
        found.append(
            {
                "control": {"y": rounded(y0), "x": rounded(x0), "d": rounded(d0)},
                "treatment": {"y": rounded(y1), "x": rounded(x1), "d": rounded(d1)},
                "level": level,
                "welch": [finite(v) for v in (y1.mean() - y0.mean(), *interval, welch.pvalue)],
                "cuped": [finite(v) for v in (*cuped_interval, cuped.pvalue)],
                "ratio": [finite(v) for v in (ratios[1][0] - ratios[0][0], 2 * stats.norm.sf(abs(z)))],
            }
        )
    return found


def holm_cases(count: int) -> list[dict]:
    found = []
    for _ in range(count):
        p = np.round(RNG.uniform(size=RNG.integers(1, 12)) ** RNG.choice([1, 5]), RNG.choice([1, 12]))
        found.append({"pValues": p.tolist(), "adjusted": multipletests(p, method="holm")[1].tolist()})
    return found


def sample_ratio_cases(count: int) -> list[dict]:
    found = []
    for _ in range(count):
        shares = np.round(RNG.uniform(0.1, 2, size=RNG.integers(2, 8)), 3)
        planned = shares if RNG.uniform() < 0.7 else np.ones(shares.size)
        rows = RNG.multinomial(int(10 ** RNG.uniform(1, 6)), planned / planned.sum())
        expected = shares / shares.sum() * rows.sum()
        found.append(
            {"counts": rows.tolist(), "shares": shares.tolist(), "pValue": float(stats.chisquare(rows, expected).pvalue)}
        )
    return found


def power_cases(count: int) -> list[dict]:
    found = []
    while len(found) < count:
        p0 = float(10 ** RNG.uniform(-3, -0.1))
        p1 = float(min(0.99, p0 * RNG.choice([1.02, 1.1, 1.5, 0.8])))
        ratio = float(RNG.choice([0.25, 1, 3]))
        alpha = float(RNG.choice([0.01, 0.05, 0.2]))
        rows = int(10 ** RNG.uniform(2, 6))
        power = float(RNG.choice([0.5, 0.8, 0.95]))
        # statsmodels numbers the treatment first and gives the ratio as that of the second to the first.
        shares_power = power_proportions_2indep(p1 - p0, p0, rows * ratio, ratio=1 / ratio, alpha=alpha, return_results=False)
        size = samplesize_proportions_2indep_onetail(p1 - p0, p0, power, ratio=1 / ratio, alpha=alpha, alternative="two-sided")
        deviations = [float(RNG.uniform(0.5, 4)), float(RNG.uniform(0.5, 4))]
        error = np.sqrt(deviations[0] ** 2 + deviations[1] ** 2 / ratio)
        difference = float(RNG.uniform(0.2, 4) * error / np.sqrt(rows))
        means_power = normal_power_het(difference, rows, alpha, std_null=error, std_alternative=error)
        found.append(
            {
                "shares": [p0, p1],
                "ratio": ratio,
                "alpha": alpha,
                "rows": rows,
                "power": power,
                "sharesPower": float(shares_power),
                "sharesSize": float(size) / ratio,
                "deviations": deviations,
                "difference": difference,
                "meansPower": float(means_power),
            }
        )
    return found


def uplift_cases(count: int) -> list[dict]:
    found = []
    while len(found) < count:
        rows = int(RNG.integers(12, 60))
        treatment = (RNG.uniform(size=rows) < RNG.choice([0.3, 0.5, 0.8])).astype(int)
        score = np.round(RNG.normal(size=rows), int(RNG.choice([0, 1, 6])))
        outcome = (RNG.uniform(size=rows) < np.clip(0.3 + 0.3 * treatment * score, 0.02, 0.98)).astype(int)
        if len(set(treatment)) < 2 or len(set(outcome)) < 2:
            continue
        has_ties = len(set(score)) < rows
        case = {
            "treatment": treatment.tolist(),
            "score": score.tolist(),
            "outcome": outcome.tolist(),
            "qini": finite(uplift_metrics.qini_auc_score(outcome, score, treatment)),
            "auuc": finite(uplift_metrics.uplift_auc_score(outcome, score, treatment)),
        }
        if not has_ties:
            case["at30"] = finite(uplift_metrics.uplift_at_k(outcome, score, treatment, strategy="overall", k=0.3))
            case["at30ByGroup"] = finite(uplift_metrics.uplift_at_k(outcome, score, treatment, strategy="by_group", k=0.3))
            table: pd.DataFrame = uplift_metrics.uplift_by_percentile(outcome, score, treatment, strategy="overall", bins=5)
            case["percentiles"] = [
                [int(n1), int(n0), finite(u)]
                for n1, n0, u in zip(table["n_treatment"], table["n_control"], table["uplift"], strict=True)
            ]
            case["weighted"] = finite(uplift_metrics.weighted_average_uplift(outcome, score, treatment, bins=2))
        found.append(case)
    return found


def write(folder: pathlib.Path, name: str, cases: dict[str, list[dict]]) -> None:
    text = json.dumps({"provenance": PROVENANCE, **cases}, separators=(",", ":"), allow_nan=False)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    write(
        folder,
        "experiments",
        {
            "shares": share_cases(400),
            "means": mean_cases(100),
            "holm": holm_cases(100),
            "sampleRatio": sample_ratio_cases(100),
            "power": power_cases(150),
        },
    )
    write(folder, "uplift", {"cases": uplift_cases(170)})


main()
