"""From rows to training examples: ids, target distributions, weights."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from edgemark_trainer.corpus import Source
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.resegmentation import resegmented
from edgemark_trainer.rows import Row
from edgemark_trainer.soft_labels import SoftRows
from edgemark_trainer.tokenizer import encode
from edgemark_trainer.training import Examples


def label_indices(rows: Sequence[Row], labels: Sequence[str]) -> NDArray[np.int64]:
    """Give each row's place in `labels`."""
    places = {label: i for i, label in enumerate(labels)}
    return np.array([places[row.label] for row in rows], dtype=np.int64)


def one_hot(rows: Sequence[Row], labels: Sequence[str]) -> NDArray[np.float32]:
    """Give target distributions [rows, labels] with all on the row's label."""
    return np.eye(len(labels), dtype=np.float32)[label_indices(rows, labels)]


def build_examples(
    recipe: Recipe,
    sources: Sequence[Source],
    tokenizer: Tokenizer,
    soft: SoftRows | None,
    seed: int,
) -> Examples:
    """Join the labelled rows of all sources and a teacher's rows."""
    hard = [source for source in sources if source.train and not source.spec.soft]
    texts = [row.text for source in hard for row in source.train]
    targets = [one_hot(source.train, recipe.labels) for source in hard]
    weights = [np.full(len(source.train), source.spec.weight, np.float32) for source in hard]
    if soft:
        texts += soft.texts
        targets.append(soft.probabilities)
        weights.append(soft.weights)
    share = recipe.training.get("resegmented", 0.0)
    if share:
        texts += resegmented(texts, share, np.random.default_rng(seed))
        targets, weights = targets * 2, weights * 2
    ids = encode(tokenizer, texts, recipe.max_tokens)
    return Examples(ids, np.concatenate(targets), np.concatenate(weights))
