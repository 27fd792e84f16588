"""Unlabelled short texts for distillation: sentences of documents, spans of sentences."""

import re
from collections.abc import Sequence

import numpy as np

_END = re.compile(r"(?<=[.!?])\s+")
_CLAUSE = re.compile(r"(?:^|\s)[.,;:!?\-()]+(?=\s|$)|(?<=\w)[.,;:!?]+\s")
SHORTEST, LONGEST = 15, 300  # characters of a sentence
SHORTEST_SPAN, LONGEST_SPAN = 2, 12  # words


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


def spans(texts: Sequence[str], limit: int, seed: int) -> list[str]:
    """Draw `limit` different spans of 2 to 12 words, in the order of the draw.

    They stand in for a treebank's labelled phrases: what makes a sentence good or bad is often
    a phrase of it, and a phrase alone shows a student which. Half start and end at punctuation
    where a text has any.
    """
    rng = np.random.default_rng(seed)
    split = [text.split() for text in texts if len(text.split()) > SHORTEST_SPAN]
    found: dict[str, None] = {}
    for _ in range(4 * limit if split else 0):
        words = split[rng.integers(len(split))]
        clauses = [clause.split() for clause in _CLAUSE.split(" ".join(words))]
        clauses = [c for c in clauses if SHORTEST_SPAN <= len(c) <= LONGEST_SPAN < len(words)]
        if clauses and rng.random() < 0.5:
            span = clauses[rng.integers(len(clauses))]
        else:
            length = int(rng.integers(SHORTEST_SPAN, min(LONGEST_SPAN, len(words) - 1) + 1))
            start = int(rng.integers(len(words) - length + 1))
            span = words[start : start + length]
        found[" ".join(span)] = None
        if len(found) == limit:
            break
    return list(found)
