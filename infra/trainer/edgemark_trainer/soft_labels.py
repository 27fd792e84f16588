"""Soft labels: a fine-tuned teacher's probabilities for texts that have no label of their own."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgemark_trainer.corpus import Source, limited
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.rows import Row
from edgemark_trainer.soft_sentences import sentences

Floats = NDArray[np.float32]
LAST_WORDS = 50
SMOOTHING = 0.05


def teacher_rows(recipe: Recipe, sources: Sequence[Source], seed: int) -> list[Row]:
    """Collect what the teacher learns: short texts whole, of long ones the last 50 words."""
    limits: dict[str, int] = recipe.teacher["sets"]
    rows = [
        Row(" ".join(row.text.split()[-LAST_WORDS:]), row.label)
        for source in sources
        if source.spec.set in limits and not source.spec.soft
        for row in limited(source.train, limits[source.spec.set], seed)
    ]
    return rows


def unlabelled_texts(recipe: Recipe, sources: Sequence[Source], seed: int) -> list[str]:
    """Collect texts for the teacher: soft sets whole, and sentences of the long documents."""
    texts = [row.text for source in sources if source.spec.soft for row in source.train]
    for source in sources:
        if source.spec.set == recipe.teacher["sentences_of"]:
            documents = [row.text for row in source.train]
            texts += sentences(documents, recipe.teacher["sentences"], seed)
    return texts


def soft_labels(
    recipe: Recipe, sources: Sequence[Source], cache: Path | None, seed: int
) -> tuple[list[str], Floats]:
    """Give texts and the teacher's probabilities [texts, labels], cached where it can."""
    texts = unlabelled_texts(recipe, sources, seed)
    rows = teacher_rows(recipe, sources, seed)
    known = hashlib.sha256(repr((recipe.teacher, seed, texts, rows)).encode()).hexdigest()
    path = cache / f"{known}.npy" if cache else None
    if path and path.exists():
        return texts, np.load(path)
    probabilities = _fine_tuned(recipe, rows, texts, seed)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, probabilities)
    return texts, probabilities


def _fine_tuned(recipe: Recipe, rows: list[Row], texts: list[str], seed: int) -> Floats:
    from edgemark_trainer.minilm_teacher import MiniLMTeacher

    classes = len(recipe.labels)
    places = [recipe.labels.index(row.label) for row in rows]
    targets = np.full((len(rows), classes), SMOOTHING / classes, dtype=np.float32)
    targets[np.arange(len(rows)), places] += 1 - SMOOTHING
    teacher = MiniLMTeacher(
        classes,
        epochs=recipe.teacher["epochs"],
        learning_rate=recipe.teacher["learning_rate"],
        seed=seed,
    )
    return teacher.fit([row.text for row in rows], targets).predict_proba(texts)
