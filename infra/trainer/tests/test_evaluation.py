"""Figures, intervals and calibration with known answers."""

import numpy as np
import pytest

from edgemark_trainer.calibration import fit_temperature, softmax
from edgemark_trainer.evaluation import (
    accuracy,
    bootstrap,
    expected_calibration_error,
    macro_f1,
    macro_recall,
    restricted_argmax,
)


def test_bootstrap_interval_matches_the_binomial_one() -> None:
    actual = np.zeros(1000, dtype=np.int64)
    predicted = (np.arange(1000) < 100).astype(np.int64)  # 90 % right
    low, high = bootstrap("accuracy", predicted, actual, 1)
    half = 1.96 * np.sqrt(0.9 * 0.1 / 1000)
    assert low == pytest.approx(0.9 - half, abs=0.004)
    assert high == pytest.approx(0.9 + half, abs=0.004)


def test_bootstrap_of_macro_recall_covers_the_value_and_repeats_by_seed() -> None:
    actual = np.arange(300) % 3
    predicted = np.where(np.arange(300) % 10 == 0, 0, actual)
    interval = bootstrap("macroRecall", predicted, actual, 1)
    assert interval[0] < macro_recall(predicted, actual) < interval[1]
    assert interval == bootstrap("macroRecall", predicted, actual, 1)


def test_metrics_of_a_small_table() -> None:
    actual, predicted = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert accuracy(predicted, actual) == 0.75
    assert macro_recall(predicted, actual) == 0.75
    assert macro_f1(predicted, actual) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_restricted_argmax_leaves_other_labels_out() -> None:
    logits = np.array([[1.0, 9.0, 2.0]], dtype=np.float32)
    assert restricted_argmax(logits, np.array([0, 2])).tolist() == [2]


def test_temperature_undoes_a_known_scaling() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20000, 3))
    drawn = (softmax(logits).cumsum(1) < rng.random((20000, 1))).sum(1)
    found = fit_temperature(logits * 3, drawn, np.ones(20000))
    assert found == pytest.approx(3.0, rel=0.05)


def test_calibration_error_of_overconfidence() -> None:
    sure = np.array([[1.0, 0.0]] * 10)
    half_right = np.array([0, 1] * 5)
    assert expected_calibration_error(sure, half_right) == pytest.approx(0.5)
