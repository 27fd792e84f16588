"""The exported graph: equal to the trained model, whatever stands beside a text."""

from pathlib import Path

import numpy as np
import pytest
import torch

from edgemark_trainer.export import export
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.quantize import quantize
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape
from edgemark_trainer.training import (
    Examples,
    TrainingOptions,
    predict,
    seed_everything,
    train,
)

SHAPES = [
    TextClassifierShape(50, 3, hashed=97, orders=(2, 3), bag=3, embedding=8, filters=5),
    TextClassifierShape(50, 4, hashed=97, orders=(2,), bag=6),
    TextClassifierShape(50, 2, hashed=0, orders=(), bag=2, embedding=4, filters=3),
]


def random_texts(rows: int) -> list[list[int]]:
    rng = np.random.default_rng(0)
    return [rng.integers(1, 50, rng.integers(1, 40)).tolist() for _ in range(rows)]


@pytest.mark.parametrize("shape", SHAPES)
def test_fp32_graph_equals_the_model(shape: TextClassifierShape, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = TextClassifier(shape)
    texts = [*random_texts(30), []]
    export(model, tmp_path / "m.onnx", precision="fp32", temperature=2.0)
    expected = predict(model, texts, shape.classes) / 2
    np.testing.assert_allclose(run_graph(tmp_path / "m.onnx", texts), expected, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_int8_logits_do_not_depend_on_padding_or_companions(
    shape: TextClassifierShape, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    export(TextClassifier(shape), tmp_path / "m.onnx", precision="int8", temperature=1.0)
    texts = random_texts(20)
    together = run_graph(tmp_path / "m.onnx", texts)
    alone = np.concatenate([run_graph(tmp_path / "m.onnx", [text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.isfinite(run_graph(tmp_path / "m.onnx", [[]])).all()


def test_quantisation_error_is_at_most_half_a_step_without_clipping() -> None:
    table = np.linspace(-1, 1, 255, dtype=np.float32)[:, None]
    result = quantize(table)
    assert np.abs(result.values * result.scale - table).max() <= result.scale[0] / 2 + 1e-6


def trained(seed: int) -> tuple[TextClassifier, float]:
    rng = seed_everything(seed)
    texts = [[2 + i % 2, *rng.integers(5, 50, 6).tolist()] for i in range(200)]
    targets = np.eye(2, dtype=np.float32)[np.arange(200) % 2]
    model = TextClassifier(TextClassifierShape(50, 2, hashed=97, bag=2, embedding=4, filters=3))
    examples = Examples(texts, targets, np.ones(200, dtype=np.float32))

    def right(network: torch.nn.Module) -> float:
        return float(np.mean(predict(network, texts, 2).argmax(1) == np.arange(200) % 2))

    train(model, examples, TrainingOptions(epochs=4, batch_rows=16), rng, right)
    return model, right(model)


def test_training_learns_and_a_seed_reproduces_it() -> None:
    (first, score), (second, _) = trained(3), trained(3)
    assert score > 0.95
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)
