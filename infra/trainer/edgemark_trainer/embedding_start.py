"""Where a student's embeddings start: a teacher's vectors of its pieces, in fewer dimensions."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Floats = NDArray[np.float32]
SPREAD = 0.25  # standard deviation of all embeddings at the start; 0.1 gave less


def is_known(piece: str) -> bool:
    """Say whether an English teacher can know a piece: ASCII with a letter or digit, no sign."""
    return piece.isascii() and piece.isalnum()


def reduced(vectors: Floats, size: int) -> Floats:
    """Give the first `size` principal components of centred vectors [rows, size], spread alike.

    The spread of components is kept in proportion; over all it becomes SPREAD.
    """
    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    components: Floats = (centred @ axes[:size].T).astype(np.float32)
    return components * np.float32(SPREAD / components.std())


def start_embeddings(
    embeddings: nn.Embedding,
    pieces: Sequence[str],
    known: NDArray[np.floating],
    rng: np.random.Generator,
) -> None:
    """Set embeddings [pieces, size]: reduced vectors where a piece is known, else random ones.

    `known` [known pieces, any] are the teacher's vectors of those pieces, in order. The padding
    row stays zero.
    """
    table = rng.normal(0, SPREAD, embeddings.weight.shape).astype(np.float32)
    places = [i for i, piece in enumerate(pieces) if is_known(piece)]
    table[places] = reduced(known.astype(np.float32), table.shape[1])
    if embeddings.padding_idx is not None:
        table[embeddings.padding_idx] = 0
    with torch.no_grad():
        embeddings.weight.copy_(torch.from_numpy(table))
