"""Merged networks: the mean of their logits, in the model and in the graph that ships."""

from pathlib import Path

import numpy as np
import pytest
import torch

from edgemark_trainer.ensemble import merged
from edgemark_trainer.export import export
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape
from edgemark_trainer.training import predict

SHAPE = TextClassifierShape(50, 3, hashed=97, bag=1, embedding=8, filters=5)
TEXTS = [[1, 2, 3, 4, 9], [5], [], list(range(1, 50))]


def networks(count: int) -> list[TextClassifier]:
    torch.manual_seed(0)
    return [TextClassifier(SHAPE) for _ in range(count)]


def mean_logits(members: list[TextClassifier]) -> np.ndarray:
    return np.mean([predict(member, TEXTS, 3) for member in members], axis=0)


def test_merged_networks_give_the_mean_of_their_logits() -> None:
    members = networks(3)
    np.testing.assert_allclose(predict(merged(members), TEXTS, 3), mean_logits(members), atol=1e-6)


def test_a_bag_is_projected_on_the_mean_direction_of_the_heads() -> None:
    members = networks(2)
    with torch.no_grad():
        members[0].head.weight[:, 0] *= 3.0  # parallel: nothing is lost
    np.testing.assert_allclose(predict(merged(members), TEXTS, 3), mean_logits(members), atol=1e-6)


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-6), ("int8", 1e-3)])
def test_the_graph_keeps_members_apart(precision: str, tolerance: float, tmp_path: Path) -> None:
    members = networks(2)
    export(merged(members), tmp_path / "m.onnx", precision=precision, temperature=1.0)
    wanted = mean_logits(members)
    np.testing.assert_allclose(run_graph(tmp_path / "m.onnx", TEXTS), wanted, atol=tolerance)


def test_one_network_stays_itself_and_wide_bags_are_refused() -> None:
    (alone,) = networks(1)
    assert merged([alone]) is alone
    wide = TextClassifier(TextClassifierShape(50, 3, hashed=97, bag=3, embedding=8, filters=5))
    with pytest.raises(ValueError, match="one column"):
        merged([wide, wide])
