"""Trains a text recipe: tokenizer, teacher, networks, linear model; chooses on validation only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from edgemark_trainer.calibration import fit_temperature, softmax
from edgemark_trainer.corpus import Source
from edgemark_trainer.embedding_start import is_known, start_embeddings
from edgemark_trainer.ensemble import merged
from edgemark_trainer.evaluation import expected_calibration_error
from edgemark_trainer.examples import build_examples, label_indices
from edgemark_trainer.figures import score_sources
from edgemark_trainer.linear_blend import blend, fit_linear, polar_examples
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.soft_labels import SoftRows, fitted_teacher, soft_rows
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape
from edgemark_trainer.tokenizer import encode, train_tokenizer
from edgemark_trainer.tokenizer_sample import tokenizer_sample
from edgemark_trainer.training import TrainingOptions, predict, seed_everything, train
from edgemark_trainer.wordpiece import pieces


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model with its tokenizer, and what was found on validation."""

    model: TextClassifier
    tokenizer: Tokenizer
    temperature: float
    calibration: dict[str, Any]
    linear_share: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a teacher gives: soft rows, and its vectors of the pieces that it knows."""

    soft: SoftRows
    vectors: NDArray[np.floating]


def make_shape(recipe: Recipe, tokenizer: Tokenizer) -> TextClassifierShape:
    """Read the model's sizes from the recipe."""
    sizes = {k: v for k, v in recipe.model.items() if not k.endswith("dropout")}
    sizes["orders"] = tuple(sizes.get("orders", (2, 3)))
    return TextClassifierShape(tokenizer.get_vocab_size(), len(recipe.labels), **sizes)


class Validation:
    """The sources' validation parts, encoded once."""

    def __init__(self, recipe: Recipe, sources: Sequence[Source], tokenizer: Tokenizer) -> None:
        self.sources, self.classes = sources, len(recipe.labels)
        parts = [source.validation for source in sources]
        texts = [[row.text for row in part] for part in parts]
        self.ids = [encode(tokenizer, part, recipe.max_tokens) for part in texts]
        self.actual = [label_indices(part, recipe.labels) for part in parts]

    def score(self, network: nn.Module) -> float:
        """Give the mean over sets of their accuracy; prints each."""
        scores = score_sources(self.sources, self._logits(network), self.actual)
        print("  ".join(f"{name} {score:.4f}" for name, score in scores.items()), flush=True)
        return float(np.mean(list(scores.values())))

    def calibrate(self, network: nn.Module) -> tuple[float, dict[str, Any]]:
        """Fit the temperature, every set having the same say; describe it."""
        logits, labels = np.concatenate(self._logits(network)), np.concatenate(self.actual)
        shares = [np.full(len(part), 1 / len(part)) for part in self.actual if len(part)]
        temperature = fit_temperature(logits, labels, np.concatenate(shares))
        pairs = zip(self.sources, self.actual, strict=True)
        names = ", ".join(source.spec.set for source, part in pairs if len(part))
        error = expected_calibration_error(softmax(logits / temperature), labels)
        return temperature, {
            "temperature": round(temperature, 4),
            "ece": round(error, 4),
            "dataset": f"validation parts of {names}",
        }

    def _logits(self, network: nn.Module) -> list[NDArray[np.float32]]:
        return [predict(network, part, self.classes) for part in self.ids]


def fit(
    recipe: Recipe, sources: Sequence[Source], root: Path, cache: Path | None, seed: int
) -> Trained:
    """Train the tokenizer and the model of a recipe; choose and calibrate on validation only."""
    rng = seed_everything(seed)
    tokenizer = train_tokenizer(tokenizer_sample(sources, rng), **recipe.tokenizer)
    teacher = learn_from_teacher(recipe, sources, root, tokenizer, cache, seed)
    examples = build_examples(recipe, sources, tokenizer, teacher.soft if teacher else None, seed)
    print(f"{len(examples.ids)} training rows", flush=True)
    validation = Validation(recipe, sources, tokenizer)
    members = []
    for member in range(recipe.members):
        rng = seed_everything(seed + member)
        model = new_network(recipe, tokenizer, teacher, rng)
        train(model, examples, TrainingOptions(**recipe.training), rng, validation.score)
        members.append(model)
    model = merged(members)
    share = 0.0
    if recipe.blend:
        weights = linear_model(recipe, sources, model, tokenizer, seed)
        share = best_share(model, weights, recipe.blend["shares"], validation.score)
        model = blend(model, weights, share)
    temperature, calibration = validation.calibrate(model)
    return Trained(model, tokenizer, temperature, calibration, share)


def learn_from_teacher(
    recipe: Recipe,
    sources: Sequence[Source],
    root: Path,
    tokenizer: Tokenizer,
    cache: Path | None,
    seed: int,
) -> Lesson | None:
    """Give what the recipe's teacher says, if it has one."""
    if not recipe.teacher:
        return None
    teacher = fitted_teacher(recipe, sources, cache, seed)
    known = teacher.vectors([piece for piece in pieces(tokenizer) if is_known(piece)])
    return Lesson(soft_rows(teacher, recipe, sources, root, cache, seed), known)


def new_network(
    recipe: Recipe, tokenizer: Tokenizer, teacher: Lesson | None, rng: np.random.Generator
) -> TextClassifier:
    """Make an untrained network; its embeddings start from the teacher's vectors."""
    dropouts = {k: v for k, v in recipe.model.items() if k.endswith("dropout")}
    model = TextClassifier(make_shape(recipe, tokenizer), **dropouts)
    if teacher:
        start_embeddings(model.embeddings, pieces(tokenizer), teacher.vectors, rng)
    return model


def linear_model(
    recipe: Recipe,
    sources: Sequence[Source],
    model: TextClassifier,
    tokenizer: Tokenizer,
    seed: int,
) -> NDArray[np.float32]:
    """Fit the linear model on the labelled polar rows: one weight a row of the bag's table."""
    labelled = [row for source in sources if not source.spec.soft for row in source.train]
    polar, positive = polar_examples(labelled, recipe.labels)
    ids = encode(tokenizer, [row.text for row in polar], recipe.max_tokens)
    return fit_linear(ids, positive, model.shape, penalty=recipe.blend["penalty"], seed=seed)


def best_share(
    model: TextClassifier,
    weights: NDArray[np.float32],
    shares: Sequence[float],
    validate: Callable[[nn.Module], float],
) -> float:
    """Give the share of the linear model with which validation is best; the smallest of equals."""
    scores = [validate(blend(model, weights, share)) for share in shares]
    return shares[int(np.argmax(scores))]
