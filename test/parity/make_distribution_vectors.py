"""Makes vectors/distributions: SciPy's answers, and mpmath's where SciPy loses digits.

Run: python test/parity/make_distribution_vectors.py test/parity/distributions/vectors.json
"""

import datetime
import json
import sys

import mpmath
import numpy as np
import scipy
from scipy import stats

RNG = np.random.default_rng(20261124)
mpmath.mp.dps = 40


def number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def log_uniform(low: float, high: float) -> float:
    return float(np.exp(RNG.uniform(np.log(low), np.log(high))))


def share() -> float:
    kind = RNG.integers(3)
    if kind == 0:
        return float(RNG.uniform(1e-6, 1 - 1e-6))
    return log_uniform(1e-30, 0.5) if kind == 1 else 1 - log_uniform(1e-12, 0.5)


def cases() -> dict[str, list[list[float | None]]]:
    found: dict[str, list[list[float | None]]] = {}

    def add(name: str, arguments: list[float], value: float) -> None:
        value = float(value)
        if value != 0 and 1e-280 < abs(value) < 1e280:
            found.setdefault(name, []).append([*arguments, value])

    for _ in range(150):
        x = float(RNG.normal() * RNG.choice([0.01, 1, 5]))
        add("normalCdf", [x], mpmath.ncdf(x))
        p = share()
        add("normalQuantile", [p], stats.norm.ppf(p))
        degrees = float(RNG.choice([1, 2, 3, 5, 10, 30, 100, 1e4, 1e6, log_uniform(0.5, 1e5)]))
        t = float(RNG.standard_t(3) * RNG.choice([0.01, 1, 4]))
        add("studentTCdf", [t, degrees], stats.t.cdf(t, degrees))
        add("studentTQuantile", [p, degrees], stats.t.ppf(p, degrees))
        chi_degrees = float(RNG.choice([1, 2, 3, 9, 50, 999, 1e5]))
        chi = float(chi_degrees * np.exp(RNG.normal() * RNG.choice([0.1, 1]) * (1 if chi_degrees < 100 else 0.1)))
        add("chiSquareSurvival", [chi, chi_degrees], stats.chi2.sf(chi, chi_degrees))
        add("chiSquareQuantile", [p, chi_degrees], stats.chi2.ppf(p, chi_degrees))
        a, b = log_uniform(0.05, 1e6), log_uniform(0.05, 1e6)
        mean, spread = a / (a + b), np.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
        x = float(np.clip(mean + spread * RNG.normal() * 2, mean * 1e-3, 1 - (1 - mean) * 1e-3))
        add("incompleteBeta", [x, a, b], stats.beta.cdf(x, a, b))
        add("betaQuantile", [p, a, b], stats.beta.ppf(p, a, b))
        trials = int(log_uniform(1, 1e6))
        q = float(RNG.choice([0.5, RNG.uniform(), log_uniform(1e-5, 0.5)]))
        successes = int(np.clip(RNG.binomial(trials, q) + RNG.normal() * np.sqrt(trials * q * (1 - q)), 0, trials))
        add("binomialTest", [successes, trials, q], stats.binomtest(successes, trials, q).pvalue)
        add("binomialCdf", [successes, trials, q], stats.binom.cdf(successes, trials, q))
        f, d1, d2 = log_uniform(0.01, 20), float(RNG.integers(1, 30)), float(RNG.integers(1, 5000))
        add("fSurvival", [f, d1, d2], stats.f.sf(f, d1, d2))
        k = float(RNG.uniform(0.2, 4))
        add("kolmogorovSurvival", [k], stats.kstwobign.sf(k))
        z = log_uniform(0.01, 1e6)
        add("logGamma", [z], mpmath.loggamma(z))
    return found


def main() -> None:
    vectors = {
        "provenance": f"SciPy {scipy.__version__}, mpmath {mpmath.__version__} (normalCdf, logGamma), "
        f"{datetime.date.today()}, test/parity/make_distribution_vectors.py",
        "cases": cases(),
    }
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(vectors, file, separators=(",", ":"))
        file.write("\n")


main()
