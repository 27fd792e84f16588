"""Seeded splits: stratified by class, or by group where near-copies must stay together."""

from collections.abc import Sequence

from sklearn.model_selection import GroupShuffleSplit, train_test_split

from edgemark_trainer.rows import Row


def split_stratified(
    rows: Sequence[Row], fraction: float, seed: int
) -> tuple[list[Row], list[Row]]:
    """Split off `fraction` of the rows, class shares kept; gives (rest, part)."""
    labels = [row.label for row in rows]
    rest, part = train_test_split(
        list(rows), test_size=fraction, random_state=seed, stratify=labels
    )
    return rest, part


def split_grouped(rows: Sequence[Row], fraction: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Split off `fraction` of the groups whole; gives (rest, part)."""
    groups = [row.group for row in rows]
    splitter = GroupShuffleSplit(n_splits=1, test_size=fraction, random_state=seed)
    rest, part = next(splitter.split(rows, groups=groups))
    return [rows[i] for i in rest], [rows[i] for i in part]


def split(
    rows: Sequence[Row], fraction: float, seed: int, grouped: bool
) -> tuple[list[Row], list[Row]]:
    """Split by group or by class; a fraction of 0 gives an empty part."""
    if fraction <= 0:
        return list(rows), []
    return (split_grouped if grouped else split_stratified)(rows, fraction, seed)
