"""Makes test/parity/evaluation-vectors/regression.json: what scikit-learn says of randomised regressions.

Run with scikit-learn and NumPy installed: python test/parity/make_regression_vectors.py
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
CASES = 500
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "regression.json"


def finite(value: float) -> float | None:
    return float(f"{value:.14g}") if math.isfinite(value) else None


def quantiles_of(
    rng: np.random.Generator, actual: np.ndarray, predicted: np.ndarray, scale: float, digits: int
) -> dict[float, np.ndarray]:
    """Quantiles by share, some rows' crossed, some equal to the actual number; half of the cases have none."""
    shares = [[], [], [], [0.5], [0.05, 0.95], [0.1, 0.25, 0.5, 0.75, 0.9], [0.025, 0.2, 0.975]][rng.integers(0, 7)]
    spread = scale * rng.choice([0.05, 0.5, 2.0])
    found = {}
    for share in shares:
        values = predicted + spread * (share - 0.5) * 3 + spread * 0.3 * rng.normal(size=len(actual))
        found[share] = np.where(rng.uniform(size=len(actual)) < 0.1, actual, np.round(values, digits))
    return found


def quantile_figures(
    actual: np.ndarray, quantiles: dict[float, np.ndarray], weights: np.ndarray | None
) -> dict[str, float]:
    """Losses by scikit-learn; coverage and the interval score (Gneiting and Raftery 2007, equation 43) by their definitions."""
    found = {}
    for share, values in quantiles.items():
        found[f"pinballLoss:{share}"] = metrics.mean_pinball_loss(actual, values, alpha=share, sample_weight=weights)
        found[f"quantileCoverage:{share}"] = np.average(actual <= values, weights=weights)
        upper = quantiles.get(round(1 - share, 6))
        if share >= 0.5 or upper is None:
            continue
        alpha = 2 * share
        score = (
            (upper - values)
            + 2 / alpha * (values - actual) * (actual < values)
            + 2 / alpha * (actual - upper) * (actual > upper)
        )
        name = f"{round(1 - alpha, 6):g}"
        # Where the ends are crossed, a number between them is outside both.
        found[f"intervalCoverage:{name}"] = np.average((values <= actual) & (actual <= upper), weights=weights)
        found[f"intervalWidth:{name}"] = np.average(upper - values, weights=weights)
        found[f"intervalScore:{name}"] = np.average(score, weights=weights)
    if quantiles:
        found["meanPinballLoss"] = np.mean([found[f"pinballLoss:{share}"] for share in quantiles])
        ordered = np.array([quantiles[share] for share in sorted(quantiles)])
        crossed = (np.diff(ordered, axis=0) < 0).any(axis=0)
        found["quantileCrossing"] = np.average(crossed, weights=weights) if len(quantiles) > 1 else math.nan
    return found


def case(number: int) -> dict:
    rng = np.random.default_rng([2028, number])
    size = int(rng.choice([1, 2, 3, 7, 15, 30]))
    scale = float(rng.choice([0.01, 1.0, 1000.0, 1e6]))
    offset = float(rng.choice([0.0, 0.0, 5.0, 1e6]))
    digits = int(rng.choice([0, 1, 4]))
    actual = np.round(offset + scale * rng.normal(size=size), digits)
    if rng.uniform() < 0.05:
        actual[:] = actual[0]
    predicted = np.round(actual + scale * rng.choice([0.0, 0.1, 1.0]) * rng.normal(size=size), digits)
    kind = rng.integers(0, 4)
    weights = None
    if kind == 2:
        weights = rng.integers(0, 4, size=size).astype(float)
    elif kind == 3:
        weights = np.round(rng.gamma(1.0, size=size) + 0.001, 3)
    if weights is not None and weights.sum() == 0:
        weights = None
    quantile = float(rng.choice([0.5, 0.1, 0.9]))
    kept = np.ones(size, bool) if weights is None else weights > 0
    y, p, w = actual[kept], predicted[kept], None if weights is None else weights[kept]
    some = {"sample_weight": w}
    found = {
        "mse": metrics.mean_squared_error(y, p, **some),
        "rmse": metrics.root_mean_squared_error(y, p, **some),
        "mae": metrics.mean_absolute_error(y, p, **some),
        "medianAbsoluteError": metrics.median_absolute_error(y, p, **some),
        "mape": metrics.mean_absolute_percentage_error(y, p, **some) if np.all(y != 0) else math.nan,
        "r2": metrics.r2_score(y, p, **some) if len(y) > 1 and len(set(y)) > 1 else math.nan,
        "pinballLoss": metrics.mean_pinball_loss(y, p, alpha=quantile, **some),
        "meanError": np.average(y - p, weights=w),
        "maxError": metrics.max_error(y, p),
    }
    quantiles = quantiles_of(rng, actual, predicted, scale, digits)
    found |= quantile_figures(y, {share: values[kept] for share, values in quantiles.items()}, w)
    return {
        "actual": actual.tolist(),
        "predicted": predicted.tolist(),
        **({} if weights is None else {"weights": weights.tolist()}),
        "quantile": quantile,
        "quantiles": {str(share): values.tolist() for share, values in quantiles.items()},
        "expected": {name: finite(float(value)) for name, value in found.items()},
    }


def main() -> None:
    provenance = {
        "command": "python test/parity/make_regression_vectors.py",
        "date": datetime.date.today().isoformat(),
        "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    cases = [case(number) for number in range(CASES)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"provenance":{json.dumps(provenance)},"cases":[\n{lines}\n]}}\n')


main()
