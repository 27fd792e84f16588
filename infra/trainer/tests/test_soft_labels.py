"""Soft labels: computed once for the same teacher and texts."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import torch

from edgemark_trainer.cleaning import fingerprints
from edgemark_trainer.rows import Row
from edgemark_trainer.soft_labels import SoftRows, soft_labels, without


class Counting:
    """Answers like a teacher and counts how often it is asked."""

    def __init__(self, weight: float) -> None:
        weights = {"head": torch.tensor([weight])}
        self.model = SimpleNamespace(state_dict=lambda: weights)
        self.calls = 0

    def logits(self, texts: list[str]) -> np.ndarray:
        self.calls += 1
        return np.array([[len(text), 0.0] for text in texts], dtype=np.float16)


def label(teacher: Counting, texts: list[str], cache: Path | None) -> np.ndarray:
    return soft_labels(cast(Any, teacher), texts, cache)


def test_probabilities_are_the_softmax_of_the_logits() -> None:
    probabilities = label(Counting(1.0), ["", "a"], None)
    np.testing.assert_allclose(probabilities, [[0.5, 0.5], [0.7311, 0.2689]], atol=1e-3)


def test_labels_are_kept_for_the_same_teacher_and_texts_only(tmp_path: Path) -> None:
    teacher = Counting(1.0)
    first = label(teacher, ["a", "bb"], tmp_path)
    np.testing.assert_array_equal(label(teacher, ["a", "bb"], tmp_path), first)
    assert teacher.calls == 1
    label(teacher, ["a", "ccc"], tmp_path)
    label(Counting(2.0), ["a", "bb"], tmp_path)
    assert teacher.calls == 2 and len(list(tmp_path.iterdir())) == 3


def test_a_text_that_is_measured_on_is_left_out_with_its_labels_and_weight() -> None:
    texts = ["very bad .", "a fine film", "Very bad!", "bad"]
    rows = SoftRows(texts, np.eye(4, dtype=np.float32), np.arange(4, dtype=np.float32))
    left = without(rows, fingerprints([Row("Very bad", "negative")]))
    assert left.texts == ["a fine film", "bad"]
    np.testing.assert_array_equal(left.probabilities, np.eye(4)[[1, 3]])
    np.testing.assert_array_equal(left.weights, [1, 3])
