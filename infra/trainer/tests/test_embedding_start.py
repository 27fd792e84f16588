"""Embeddings that start from a teacher's vectors."""

import numpy as np
import pytest
from torch import nn

from edgemark_trainer.embedding_start import SPREAD, is_known, reduced, start_embeddings


@pytest.mark.parametrize(
    ("piece", "known"), [("film", True), ("10", True), ("差", False), (",", False), ("é", False)]
)
def test_only_plain_latin_pieces_are_known(piece: str, known: bool) -> None:
    assert is_known(piece) is known


def test_reduced_vectors_keep_distances_that_lie_in_few_dimensions() -> None:
    rng = np.random.default_rng(1)
    plane = rng.normal(size=(50, 2)).astype(np.float32)
    wide = plane @ rng.normal(size=(2, 16)).astype(np.float32) + 3
    small = reduced(wide, 2)
    assert small.std() == pytest.approx(SPREAD, rel=1e-4)

    def distances(x: np.ndarray) -> np.ndarray:
        return np.linalg.norm(x[:, None] - x[None], axis=2)

    ratio = distances(small)[np.triu_indices(50, 1)] / distances(wide)[np.triu_indices(50, 1)]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)


def test_known_pieces_start_from_the_teacher_and_padding_stays_zero() -> None:
    pieces = ["[PAD]", "good", "差", "great", "bad", "awful"]
    poles = np.array([[1, 0], [1, 0.1], [-1, 0], [-1, 0.1]], dtype=np.float16)
    embeddings = nn.Embedding(6, 2, padding_idx=0)
    start_embeddings(embeddings, pieces, poles, np.random.default_rng(1))
    table = embeddings.weight.detach().numpy()
    assert (table[0] == 0).all() and (table[2] != 0).all()
    assert np.linalg.norm(table[1] - table[3]) < np.linalg.norm(table[1] - table[4])
