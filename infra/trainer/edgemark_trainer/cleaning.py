"""Cleaning of training rows: what counts as the same text, and what is dropped."""

import re
import unicodedata
from collections.abc import Iterable

from edgemark_trainer.rows import Row

_NOT_WORD = re.compile(r"[\W_]+")


def fingerprint(text: str) -> str:
    """Give the key by which two texts are the same: NFKC, lower case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_WORD.sub("", folded) or folded.strip()


def fingerprints(rows: Iterable[Row]) -> set[str]:
    """Collect the fingerprints of many rows."""
    return {fingerprint(row.text) for row in rows}


def clean(rows: Iterable[Row], forbidden: set[str]) -> list[Row]:
    """Drop empty texts, repeats, texts with contradicting labels, and texts in `forbidden`.

    The first copy of a repeated text stays, in its place, so that the order is reproducible.
    """
    first: dict[str, Row] = {}
    contradicting: set[str] = set()
    for row in rows:
        key = fingerprint(row.text)
        if not key or key in forbidden:
            continue
        known = first.setdefault(key, row)
        if known.label != row.label:
            contradicting.add(key)
    return [row for key, row in first.items() if key not in contradicting]
