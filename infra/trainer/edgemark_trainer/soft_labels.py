"""Soft labels: a fine-tuned teacher's probabilities for texts that have no label of their own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edgemark_trainer.calibration import softmax
from edgemark_trainer.cleaning import fingerprint, fingerprints
from edgemark_trainer.corpus import Source, limited
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.rows import Row
from edgemark_trainer.soft_texts import sentences, spans
from edgemark_trainer.translations import draw_pairs

if TYPE_CHECKING:
    from edgemark_trainer.minilm_teacher import MiniLMTeacher

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoftRows:
    """Texts with a teacher's probabilities [texts, labels] and weights [texts]."""

    texts: list[str]
    probabilities: Floats
    weights: Floats


def teacher_rows(recipe: Recipe, sources: Sequence[Source], seed: int) -> list[Row]:
    """Collect what the teacher learns: short texts whole, of long ones the last words."""
    limits: dict[str, int] = recipe.teacher["sets"]
    last: int = recipe.teacher["last_words"]
    return [
        Row(" ".join(row.text.split()[-last:]), row.label)
        for source in sources
        if source.spec.set in limits and not source.spec.soft
        for row in limited(source.train, limits[source.spec.set], seed)
    ]


def unlabelled_texts(
    recipe: Recipe, sources: Sequence[Source], seed: int
) -> tuple[list[str], list[float]]:
    """Collect texts for the teacher: soft sets whole, sentences of documents, spans of sentences.

    The second list has their weights: of a span a teacher knows less than of a sentence.
    """
    teacher = recipe.teacher
    texts = [row.text for source in sources if source.spec.soft for row in source.train]
    weights = [teacher["weight"]] * len(texts)
    for source in sources:
        training = [row.text for row in source.train]
        if source.spec.set == teacher["sentences_of"]:
            found = sentences(training, teacher["sentences"], seed)
            texts, weights = texts + found, weights + [teacher["weight"]] * len(found)
        found = spans(training, teacher["spans"].get(source.spec.set, 0), seed)
        texts, weights = texts + found, weights + [teacher["span_weight"]] * len(found)
    return texts, weights


def fitted_teacher(
    recipe: Recipe, sources: Sequence[Source], cache: Path | None, seed: int
) -> "MiniLMTeacher":
    """Fine-tune the recipe's teacher, or read its weights from the cache where it was before."""
    from edgemark_trainer.minilm_teacher import MiniLMTeacher

    rows = teacher_rows(recipe, sources, seed)
    settings = {key: recipe.teacher[key] for key in ("epochs", "learning_rate")}
    teacher = MiniLMTeacher(len(recipe.labels), body_rate=settings["learning_rate"])
    path = _cached(cache, "pt", settings, seed, rows)
    if path and path.exists():
        return teacher.load(path)
    labels = np.array([recipe.labels.index(row.label) for row in rows])
    teacher.fit([row.text for row in rows], labels, epochs=settings["epochs"], seed=seed)
    if path:
        teacher.save(path)
    return teacher


def soft_rows(
    teacher: "MiniLMTeacher",
    recipe: Recipe,
    sources: Sequence[Source],
    root: Path,
    cache: Path | None,
    seed: int,
) -> SoftRows:
    """Label the unlabelled texts, and translated sentences by what their English side says.

    A span of a training sentence may be a whole held-out text ("very bad ."): such are left out.
    """
    texts, weights = unlabelled_texts(recipe, sources, seed)
    english, chinese = draw_pairs(root, recipe.teacher["translations"], seed)
    labelled = soft_labels(teacher, texts + english, cache)
    probabilities = np.concatenate([labelled, labelled[len(texts) :]])
    weights += [recipe.teacher["weight"]] * (len(english) + len(chinese))
    rows = SoftRows(texts + english + chinese, probabilities, np.array(weights, np.float32))
    return without(rows, held_out(sources))


def held_out(sources: Sequence[Source]) -> set[str]:
    """Give the fingerprints of all texts that are measured on."""
    return fingerprints(row for source in sources for row in [*source.test, *source.validation])


def without(rows: SoftRows, forbidden: set[str]) -> SoftRows:
    """Drop the texts whose fingerprints are forbidden."""
    kept = [i for i, text in enumerate(rows.texts) if fingerprint(text) not in forbidden]
    texts = [rows.texts[i] for i in kept]
    return SoftRows(texts, rows.probabilities[kept], rows.weights[kept])


def soft_labels(teacher: "MiniLMTeacher", texts: Sequence[str], cache: Path | None) -> Floats:
    """Give the teacher's probabilities [texts, labels], cached by its weights and the texts."""
    path = _cached(cache, "npy", _fingerprint(teacher), texts)
    if path and path.exists():
        logits = np.load(path)
    else:
        logits = teacher.logits(texts)
        if path:
            np.save(path, logits)
    probabilities: Floats = softmax(logits.astype(np.float32)).astype(np.float32)
    return probabilities


def _fingerprint(teacher: "MiniLMTeacher") -> str:
    """Hash the weights' bytes: a sum of them would depend on the number of threads."""
    digest = hashlib.sha256()
    for tensor in teacher.model.state_dict().values():
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()


def _cached(cache: Path | None, ending: str, *parts: object) -> Path | None:
    if cache is None:
        return None
    cache.mkdir(parents=True, exist_ok=True)
    return cache / f"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}.{ending}"
