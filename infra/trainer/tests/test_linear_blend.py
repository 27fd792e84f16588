"""The linear model in the bag: learns words, and moves the poles by its share."""

import numpy as np
import pytest
import torch

from edgemark_trainer.linear_blend import blend, features, fit_linear
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape
from edgemark_trainer.training import predict

SHAPE = TextClassifierShape(50, 3, hashed=97, bag=1, embedding=8, filters=5)
GOOD, BAD = 7, 8


def texts_with_poles() -> tuple[list[list[int]], np.ndarray]:
    rng = np.random.default_rng(0)
    positive = np.arange(200) % 2 == 0
    texts = [[*rng.integers(9, 50, 6).tolist(), GOOD if good else BAD] for good in positive]
    return texts, positive


def test_weights_tell_the_poles_apart() -> None:
    texts, positive = texts_with_poles()
    weights = fit_linear(texts, positive, SHAPE, penalty=1.0, seed=0)
    assert weights[GOOD] > 0 > weights[BAD]
    assert weights[0] == 0
    assert np.array_equal(features(texts, SHAPE) @ weights > 0, positive)


def test_blending_moves_the_poles_by_the_linear_score() -> None:
    torch.manual_seed(0)
    model = TextClassifier(SHAPE)
    texts, positive = texts_with_poles()
    texts.append([])
    weights = fit_linear(texts[:-1], positive, SHAPE, penalty=1.0, seed=0)
    before, after = predict(model, texts, 3), predict(blend(model, weights, 2.0), texts, 3)
    moved = (after[:, 2] - after[:, 0]) - (before[:, 2] - before[:, 0])
    np.testing.assert_allclose(moved, 2 * (features(texts, SHAPE) @ weights), atol=1e-5)


def test_a_bag_of_more_columns_is_refused() -> None:
    shape = TextClassifierShape(50, 3, hashed=97, bag=3)
    with pytest.raises(ValueError, match="one column"):
        blend(TextClassifier(shape), np.zeros(147, np.float32), 1.0)
