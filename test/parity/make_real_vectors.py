"""Makes test/parity/evaluation-vectors/real.json: what scikit-learn and fairlearn say of small models on real customers.

A logistic regression is trained for each set and its weights are rounded, so that the test works the same scores out of the raw
rows: 1 / (1 + exp(-z)) to six decimals, z summed in the order of the terms. Only weights and figures are written, no rows.

Run with fairlearn, scikit-learn, pandas and NumPy installed, EDGEMARK_DATA naming the data folder:
python test/parity/make_real_vectors.py
"""

import datetime
import io
import json
import os
import pathlib
import zipfile

import fairlearn
import numpy as np
import pandas as pd
import sklearn
from fairlearn import metrics as fair
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

DATA = pathlib.Path(os.environ["EDGEMARK_DATA"]) / "marketing"
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "real.json"
AGES = {"under 30": (0, 30), "30 to 44": (30, 45), "45 to 59": (45, 60), "60 and over": (60, 999)}
# A text stands for a column's number, a pair for whether the column has the value.
Feature = str | tuple[str, str]


def bank() -> pd.DataFrame:
    with zipfile.ZipFile(DATA / "bank-marketing" / "bank-additional.zip") as archive:
        text = archive.read("bank-additional/bank-additional-full.csv")
    rows = pd.read_csv(io.BytesIO(text), sep=";", keep_default_na=False)
    for name, (low, high) in AGES.items():
        rows.loc[(rows["age"] >= low) & (rows["age"] < high), "ageBand"] = name
    return rows


def shoppers() -> pd.DataFrame:
    path = DATA / "online-shoppers" / "online_shoppers_intention.csv"
    return pd.read_csv(path, keep_default_na=False, dtype={"Weekend": str, "Revenue": str})


def telco() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "telco-churn" / "Telco-Customer-Churn.csv", keep_default_na=False)
    # Customers of the first month have a blank here.
    rows["TotalCharges"] = pd.to_numeric(rows["TotalCharges"], errors="coerce").fillna(0.0)
    return rows


SETS = {
    "bank-marketing": {
        "rows": bank,
        "label": ("y", "yes"),
        "threshold": 0.2,
        "features": [
            "age",
            "campaign",
            "previous",
            "emp.var.rate",
            "cons.price.idx",
            "euribor3m",
            ("contact", "telephone"),
            ("default", "unknown"),
            ("poutcome", "success"),
            ("month", "may"),
            ("month", "mar"),
        ],
        "slices": ["ageBand", "marital"],
    },
    "online-shoppers": {
        "rows": shoppers,
        "label": ("Revenue", "TRUE"),
        "threshold": 0.3,
        "features": [
            "BounceRates",
            "ExitRates",
            "PageValues",
            "ProductRelated",
            "SpecialDay",
            ("Month", "Nov"),
            ("VisitorType", "New_Visitor"),
            ("Weekend", "TRUE"),
        ],
        "slices": ["VisitorType", "Weekend"],
    },
    "telco-churn": {
        "rows": telco,
        "label": ("Churn", "Yes"),
        "threshold": 0.5,
        "features": [
            "tenure",
            "MonthlyCharges",
            "TotalCharges",
            "SeniorCitizen",
            ("Contract", "One year"),
            ("Contract", "Two year"),
            ("InternetService", "Fiber optic"),
            ("PaymentMethod", "Electronic check"),
            ("PaperlessBilling", "Yes"),
            ("OnlineSecurity", "Yes"),
        ],
        "slices": ["gender", "SeniorCitizen"],
    },
}


def column_of(rows: pd.DataFrame, feature: Feature) -> np.ndarray:
    if isinstance(feature, str):
        return rows[feature].to_numpy(float)
    name, value = feature
    return (rows[name].astype(str) == value).to_numpy(float)


def six_digits(value: float) -> float:
    return float(f"{value:.6g}")


def trained(rows: pd.DataFrame, labels: np.ndarray, features: list[Feature]) -> tuple[float, list[float]]:
    """Intercept and weights for the raw columns, rounded."""
    columns = np.column_stack([column_of(rows, feature) for feature in features])
    mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    model = LogisticRegression(max_iter=1_000).fit((columns - mean) / deviation, labels)
    weights = model.coef_[0] / deviation
    return six_digits(model.intercept_[0] - weights @ mean), [six_digits(weight) for weight in weights]


def scores_of(rows: pd.DataFrame, features: list[Feature], intercept: float, weights: list[float]) -> np.ndarray:
    total = np.full(len(rows), intercept)
    for feature, weight in zip(features, weights):
        total = total + weight * column_of(rows, feature)
    return np.floor(1 / (1 + np.exp(-total)) * 1e6 + 0.5) / 1e6


def figures(labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, float]:
    chosen = (scores >= threshold).astype(int)
    return {
        "rocAuc": metrics.roc_auc_score(labels, scores),
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "logLoss": metrics.log_loss(labels, scores),
        "brierScore": metrics.brier_score_loss(labels, scores),
        "accuracy": metrics.accuracy_score(labels, chosen),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, chosen),
        "precision": metrics.precision_score(labels, chosen),
        "recall": metrics.recall_score(labels, chosen),
        "f1": metrics.f1_score(labels, chosen),
        "matthewsCorrelation": metrics.matthews_corrcoef(labels, chosen),
        "cohenKappa": metrics.cohen_kappa_score(labels, chosen),
        "selectionRate": fair.selection_rate(labels, chosen),
    }


def fairness(labels: np.ndarray, chosen: np.ndarray, groups: pd.Series) -> dict[str, float]:
    arguments = {"y_true": labels, "y_pred": chosen, "sensitive_features": groups.astype(str)}
    precision = fair.MetricFrame(metrics=metrics.precision_score, **arguments)
    return {
        "demographicParityDifference": fair.demographic_parity_difference(**arguments),
        "demographicParityRatio": fair.demographic_parity_ratio(**arguments),
        "equalOpportunityDifference": fair.equal_opportunity_difference(**arguments),
        "equalizedOddsDifference": fair.equalized_odds_difference(**arguments),
        "equalizedOddsRatio": fair.equalized_odds_ratio(**arguments),
        "predictiveParityDifference": precision.difference(),
    }


def rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{float(value):.13g}") for name, value in found.items()}


def said_of(setting: dict) -> dict:
    rows = setting["rows"]()
    label, positive = setting["label"]
    labels = (rows[label].astype(str) == positive).to_numpy(int)
    features, threshold = setting["features"], setting["threshold"]
    intercept, weights = trained(rows, labels, features)
    scores = scores_of(rows, features, intercept, weights)
    shares, means = calibration_curve(labels, scores, n_bins=10)
    slices = {
        column: {
            str(value): {
                "rows": int((rows[column] == value).sum()),
                "expected": rounded(
                    figures(labels[rows[column] == value], scores[rows[column] == value], threshold)
                ),
            }
            for value in sorted(rows[column].unique())
        }
        for column in setting["slices"]
    }
    return {
        "label": label,
        "threshold": threshold,
        "rows": len(rows),
        "positives": int(labels.sum()),
        "intercept": intercept,
        "terms": [
            {"column": feature, "weight": weight}
            if isinstance(feature, str)
            else {"column": feature[0], "equals": feature[1], "weight": weight}
            for feature, weight in zip(features, weights)
        ],
        "expected": rounded(figures(labels, scores, threshold)),
        "calibration": {"x": [float(f"{x:.13g}") for x in means], "y": [float(f"{y:.13g}") for y in shares]},
        "slices": slices,
        "fairness": {
            column: rounded(fairness(labels, (scores >= threshold).astype(int), rows[column]))
            for column in setting["slices"]
        },
    }


def charges() -> dict[str, float]:
    """TotalCharges by tenure times MonthlyCharges; blanks are no numbers and left out."""
    rows = pd.read_csv(DATA / "telco-churn" / "Telco-Customer-Churn.csv", keep_default_na=False)
    actual = pd.to_numeric(rows["TotalCharges"], errors="coerce")
    known = actual.notna()
    actual, predicted = actual[known], (rows["tenure"] * rows["MonthlyCharges"])[known]
    return rounded(
        {
            "count": known.sum(),
            "mae": metrics.mean_absolute_error(actual, predicted),
            "rmse": metrics.root_mean_squared_error(actual, predicted),
            "medianAbsoluteError": metrics.median_absolute_error(actual, predicted),
            "mape": metrics.mean_absolute_percentage_error(actual, predicted),
            "r2": metrics.r2_score(actual, predicted),
        }
    )


def main() -> None:
    vectors = {
        "provenance": {
            "command": "EDGEMARK_DATA=… python test/parity/make_real_vectors.py",
            "date": datetime.date.today().isoformat(),
            "versions": {
                "scikit-learn": sklearn.__version__,
                "fairlearn": fairlearn.__version__,
                "pandas": pd.__version__,
                "numpy": np.__version__,
            },
        },
        "cases": [{"name": name, **said_of(setting)} for name, setting in SETS.items()],
        "charges": charges(),
    }
    OUT.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
