"""From a recipe and a data folder to clean training, validation and test rows, without leaks."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edgemark_trainer.cleaning import clean, fingerprint, fingerprints
from edgemark_trainer.readers import DATASETS
from edgemark_trainer.recipe import DataSpec, Recipe
from edgemark_trainer.rows import Row
from edgemark_trainer.splits import split


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one data set after splitting, labels already the pack's."""

    spec: DataSpec
    train: list[Row]
    validation: list[Row]
    test: list[Row]


def relabel(rows: list[Row], labels: dict[str, str]) -> list[Row]:
    """Map labels; those mapped to "" are left out, "*" stands for all, unknown ones are errors."""
    if not labels:
        return rows
    if "*" in labels:
        return [replace(row, label=labels["*"]) for row in rows]
    return [replace(row, label=labels[row.label]) for row in rows if labels[row.label]]


def read_source(spec: DataSpec, root: Path, seed: int) -> Source:
    """Read and split one data set. Test rows depend on the data alone, not on the seed."""
    parts = DATASETS[spec.set].read(root)
    chosen = {
        use: relabel(parts[part], spec.labels) if part else []
        for use, part in (
            ("train", spec.train),
            ("validation", spec.validation),
            ("test", spec.test),
        )
    }
    train, validation, test = chosen["train"], chosen["validation"], chosen["test"]
    if spec.unique:
        train = list({row.text: row for row in reversed(train)}.values())[::-1]
    if spec.test_fraction:
        train, test = split(train, spec.test_fraction, 0, spec.grouped)
    if spec.validation_fraction:
        train, validation = split(train, spec.validation_fraction, seed, spec.grouped)
    return Source(spec, train, validation, test)


def limited(rows: list[Row], limit: int, seed: int) -> list[Row]:
    """Draw at most `limit` rows without replacement, in their old order; 0 is no limit."""
    if not limit or len(rows) <= limit:
        return rows
    chosen = np.random.default_rng(seed).choice(len(rows), limit, replace=False)
    return [rows[i] for i in sorted(chosen)]


def yielding(source: Source, sources: list[Source]) -> Source:
    """Take texts that the named sets train on out of this set's test and validation parts."""
    if not source.spec.yields_to:
        return source
    wanted = fingerprints(
        row for other in sources if other.spec.set in source.spec.yields_to for row in other.train
    )
    test, validation = (
        [row for row in rows if fingerprint(row.text) not in wanted]
        for rows in (source.test, source.validation)
    )
    return replace(source, test=test, validation=validation)


def read_corpus(recipe: Recipe, root: Path, seed: int) -> list[Source]:
    """Read all sets, so that no training text is held out and no validation text is in a test."""
    sources = [read_source(spec, root, seed) for spec in recipe.data]
    sources = [yielding(source, sources) for source in sources]
    tested = fingerprints(row for source in sources for row in source.test)
    validated = [clean(source.validation, tested) for source in sources]
    held_out = tested | fingerprints(row for rows in validated for row in rows)
    seen: set[str] = set()
    corpus = []
    for source, validation in zip(sources, validated, strict=True):
        train = limited(clean(source.train, held_out | seen), source.spec.limit, seed)
        seen |= fingerprints(train)
        corpus.append(replace(source, train=train, validation=validation))
    return corpus
