"""Labelled texts."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Texts with one label each."""

    texts: list[str]
    labels: list[str]


def part_of(pairs: Iterable[tuple[str, str]]) -> Part:
    """Build a part from (text, label) pairs."""
    rows = list(pairs)
    return Part([text for text, _ in rows], [label for _, label in rows])
