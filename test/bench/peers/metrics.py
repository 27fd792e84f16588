"""One figure of scikit-learn's from numpy arrays in memory, in this process alone.

Prints JSON: seconds, memory over the arrays, the figures: `python -m peers.metrics FIGURE FOLDER ROWS RUNS`.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import metrics

Figures = dict[str, Any]


def read(folder: Path, name: str, dtype: str, rows: int) -> np.ndarray:
    """Read the first rows of an array."""
    return np.fromfile(folder / name, dtype=dtype, count=rows)


def report(folder: Path, rows: int) -> Callable[[], Figures]:
    """Report of ten classes and their confusion matrix."""
    truths = read(folder, "truths.u8", "u1", rows).astype(np.int64)
    predictions = read(folder, "predictions.u8", "u1", rows).astype(np.int64)

    def work() -> Figures:
        return {
            "report": metrics.classification_report(
                truths, predictions, output_dict=True
            ),
            "confusion": metrics.confusion_matrix(truths, predictions).tolist(),
        }

    return work


def binary(folder: Path, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores of two classes."""
    labels = read(folder, "labels.u8", "u1", rows).astype(np.int64)
    return labels, read(folder, "scores.f64", "<f8", rows)


def roc_auc(folder: Path, rows: int) -> Callable[[], Figures]:
    """Area under the ROC curve."""
    labels, scores = binary(folder, rows)
    return lambda: {"rocAuc": float(metrics.roc_auc_score(labels, scores))}


def log_loss(folder: Path, rows: int) -> Callable[[], Figures]:
    """Log loss."""
    labels, scores = binary(folder, rows)
    return lambda: {"logLoss": float(metrics.log_loss(labels, scores))}


def binary_answer(folder: Path, rows: int) -> Callable[[], Figures]:
    """Most of what Edgemark answers for two classes, without its calibration, curves and thresholds."""
    labels, scores = binary(folder, rows)

    def work() -> Figures:
        predicted = (scores >= 0.5).astype(np.int64)
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            labels, predicted, average="binary"
        )
        return {
            "rocAuc": float(metrics.roc_auc_score(labels, scores)),
            "averagePrecision": float(metrics.average_precision_score(labels, scores)),
            "logLoss": float(metrics.log_loss(labels, scores)),
            "brierScore": float(metrics.brier_score_loss(labels, scores)),
            "accuracy": float(metrics.accuracy_score(labels, predicted)),
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(f1),
        }

    return work


FIGURES = {
    "report": report,
    "rocAuc": roc_auc,
    "logLoss": log_loss,
    "binary": binary_answer,
}


def memory_kib(field: str) -> int:
    """Read a field of /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise LookupError(field)


def main() -> None:
    """Measure the figure that the command names."""
    figure, folder, rows, runs = (
        sys.argv[1],
        Path(sys.argv[2]),
        int(sys.argv[3]),
        int(sys.argv[4]),
    )
    work = FIGURES[figure](folder, rows)
    Path("/proc/self/clear_refs").write_text("5")
    before_kib = memory_kib("VmRSS")
    wall: list[float] = []
    cpu: list[float] = []
    figures: Figures = {}
    for _ in range(runs):
        started_at, cpu_before = time.perf_counter(), time.process_time()
        figures = work()
        wall.append(time.perf_counter() - started_at)
        cpu.append(time.process_time() - cpu_before)
    result = {
        "seconds": statistics.median(wall),
        "cpuSeconds": statistics.median(cpu),
        "peakBytes": 1024 * (memory_kib("VmHWM") - before_kib),
        "figures": figures,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
