"""Rejection, figures, mistakes of an image classifier."""

from dataclasses import replace

import numpy as np
import pytest

from edgemark_trainer.image_figures import (
    HeadAnswers,
    class_figures,
    head_figures,
    selection_score,
    worst_confusions,
)
from edgemark_trainer.image_rejection import lost, rejected, threshold_for_loss
from edgemark_trainer.image_sheets import surest_mistakes


def test_the_threshold_spends_the_allowed_loss_and_no_more() -> None:
    best = np.array([0.9, 0.8, 0.7, 0.6, 0.95])
    probabilities = np.stack([best, 1 - best], axis=1)
    actual = np.array([0, 0, 0, 0, 1])
    threshold = threshold_for_loss(probabilities, actual, 0.2)
    assert lost(probabilities, actual, threshold).tolist() == [False, False, False, True, False]
    assert rejected(probabilities, threshold).tolist() == [False, False, False, True, False]
    assert threshold_for_loss(probabilities, actual, 0.0) == pytest.approx(0.6)
    assert threshold_for_loss(probabilities, actual, 1.0) == 1.0


@pytest.fixture
def answers() -> HeadAnswers:
    """Six rows of three classes, three of them wrong, one of the right ones unsure."""
    probabilities = np.array(
        [
            [0.8, 0.1, 0.1],
            [0.4, 0.3, 0.3],
            [0.7, 0.2, 0.1],
            [0.9, 0.1, 0.0],
            [0.1, 0.8, 0.1],
            [0.2, 0.6, 0.2],
        ]
    )
    return HeadAnswers("kind", ("a", "b", "c"), 0.5, probabilities, np.array([0, 0, 1, 1, 1, 2]))


def test_figures_of_a_head(answers: HeadAnswers) -> None:
    values = {figure.note: figure.value for figure in head_figures(answers, "Set", 1)}
    assert [round(value, 4) for value in values.values()] == [0.4444, 0.3333, 0.1667]
    figures = head_figures(answers, "Set", 1)
    assert [figure.name for figure in figures][:2] == ["accuracy", "macroRecall"]
    assert figures[0].value == pytest.approx(0.5)
    assert all(figure.interval[0] <= figure.value <= figure.interval[1] for figure in figures)


def test_figures_by_class_and_confusions(answers: HeadAnswers) -> None:
    classes = {(name, f.name): f.value for name, f in class_figures(answers, "Set", 1)}
    assert classes["kind=b", "recall"] == pytest.approx(1 / 3)
    assert classes["kind=b", "precision"] == pytest.approx(1 / 2)
    assert ("kind=c", "precision") not in classes
    worst = worst_confusions(answers)
    assert worst[0] == {"attribute": "kind", "label": "b", "answered": "a", "count": 2, "rows": 3}


def test_the_sheet_shows_the_surest_mistakes_but_no_confusion_often(answers: HeadAnswers) -> None:
    assert surest_mistakes(answers, 2) == [3, 2]
    same = replace(answers, probabilities=np.tile([0.8, 0.1, 0.1], (6, 1)))
    assert surest_mistakes(replace(same, actual=np.array([0, 1, 1, 1, 2, 0])), 6) == [1, 2, 4]


def test_the_selection_score_skips_unknown_labels() -> None:
    predicted, actual = np.array([0, 0, 1]), np.array([0, 1, -1])
    assert selection_score([predicted], [actual]) == pytest.approx(0.5)
