"""Where a student's embeddings start: a teacher's vectors of its pieces, in fewer dimensions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SPREAD = 0.1  # standard deviation of all embeddings at the start


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


def starting_embeddings(
    pieces: Sequence[str], known: Floats, size: int, rng: np.random.Generator
) -> Floats:
    """Give embeddings [pieces, size]: reduced vectors where a piece is known, else random ones.

    `known` [known pieces, any] are the teacher's vectors of those pieces in order.
    """
    table = rng.normal(0, SPREAD, (len(pieces), size)).astype(np.float32)
    places = [i for i, piece in enumerate(pieces) if is_known(piece)]
    table[places] = reduced(known, size)
    return table
