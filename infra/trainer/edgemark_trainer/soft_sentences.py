"""Unlabelled short texts for distillation: sentences cut from long training documents."""

import re
from collections.abc import Sequence

import numpy as np

_END = re.compile(r"(?<=[.!?])\s+")
SHORTEST, LONGEST = 15, 300


def sentences(documents: Sequence[str], limit: int, seed: int) -> list[str]:
    """Draw at most `limit` different sentences of 15 to 300 characters, in document order."""
    found: dict[str, None] = {}
    for document in documents:
        for sentence in _END.split(document):
            if SHORTEST <= len(sentence.strip()) <= LONGEST:
                found[sentence.strip()] = None
    texts = list(found)
    if len(texts) <= limit:
        return texts
    chosen = np.random.default_rng(seed).choice(len(texts), limit, replace=False)
    return [texts[i] for i in sorted(chosen)]
