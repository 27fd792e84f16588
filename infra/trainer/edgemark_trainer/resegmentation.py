"""Copies of Chinese texts cut into other pieces, so that a model sees a word's parts as well."""

import re
from collections.abc import Sequence

import numpy as np

_BETWEEN_HAN = re.compile("(?<=[㐀-䶿一-鿿])(?=[㐀-䶿一-鿿])")


def resegmented(texts: Sequence[str], share: float, rng: np.random.Generator) -> list[str]:
    """Put a blank into `share` of the places between two Chinese characters.

    Byte-pair encoding does not join pieces over a blank: the text means the same, its pieces
    differ. Like dropout of merges (Provilkov et al. 2020), but repeatable by seed.
    """
    return [_BETWEEN_HAN.sub(lambda _: " " if rng.random() < share else "", t) for t in texts]
