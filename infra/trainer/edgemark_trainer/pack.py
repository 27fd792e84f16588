"""Makes a pack: corpus, tokenizer, training, calibration, export, evaluation, manifest, card."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from edgemark_trainer.calibration import fit_temperature, softmax
from edgemark_trainer.card import card
from edgemark_trainer.corpus import Source, read_corpus
from edgemark_trainer.embedding_start import is_known, start_embeddings
from edgemark_trainer.ensemble import merged
from edgemark_trainer.evaluation import Figure, accuracy, expected_calibration_error
from edgemark_trainer.examples import build_examples, label_indices
from edgemark_trainer.export import export
from edgemark_trainer.figures import present_classes, score_sources, source_figures
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.linear_blend import blend, fit_linear, polar_examples
from edgemark_trainer.manifest import MODEL_FILE, config, manifest, write_json
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.soft_labels import SoftRows, fitted_teacher, soft_rows
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape
from edgemark_trainer.tokenizer import encode, save_tokenizer, train_tokenizer
from edgemark_trainer.tokenizer_sample import tokenizer_sample
from edgemark_trainer.training import (
    TrainingOptions,
    predict,
    seed_everything,
    train,
)
from edgemark_trainer.translations import LICENCE, ORIGIN, TITLE
from edgemark_trainer.wordpiece import pieces

LARGEST_INT8_LOSS = 0.007


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


def fit(
    recipe: Recipe, sources: Sequence[Source], root: Path, cache: Path | None, seed: int
) -> Trained:
    """Train the tokenizer and the model of a recipe; choose and calibrate on validation only."""
    rng = seed_everything(seed)
    tokenizer = train_tokenizer(tokenizer_sample(sources, rng), **recipe.tokenizer)
    teacher = learn_from_teacher(recipe, sources, root, tokenizer, cache, seed)
    examples = build_examples(recipe, sources, tokenizer, teacher.soft if teacher else None, seed)
    print(f"{len(examples.ids)} training rows", flush=True)
    rows = [source.validation for source in sources]
    ids = [encode(tokenizer, [r.text for r in part], recipe.max_tokens) for part in rows]
    actual = [label_indices(part, recipe.labels) for part in rows]

    def validate(network: nn.Module) -> float:
        logits = [predict(network, part, len(recipe.labels)) for part in ids]
        scores = score_sources(sources, logits, actual)
        print("  ".join(f"{name} {score:.4f}" for name, score in scores.items()), flush=True)
        return float(np.mean(list(scores.values())))

    members = []
    for member in range(recipe.members):
        rng = seed_everything(seed + member)
        model = new_network(recipe, tokenizer, teacher, rng)
        train(model, examples, TrainingOptions(**recipe.training), rng, validate)
        members.append(model)
    model = merged(members)
    share = 0.0
    if recipe.blend:
        weights = linear_model(recipe, sources, model, tokenizer, seed)
        share = best_share(model, weights, recipe.blend["shares"], validate)
        model = blend(model, weights, share)
    logits = np.concatenate([predict(model, part, len(recipe.labels)) for part in ids])
    labels = np.concatenate(actual)
    each_set_alike = np.concatenate([np.full(len(part), 1 / len(part)) for part in rows if part])
    temperature = fit_temperature(logits, labels, each_set_alike)
    names = ", ".join(source.spec.set for source, part in zip(sources, rows, strict=True) if part)
    error = expected_calibration_error(softmax(logits / temperature), labels)
    calibration = {
        "temperature": round(temperature, 4),
        "ece": round(error, 4),
        "dataset": f"validation parts of {names}",
    }
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


def int8_check(
    recipe: Recipe, sources: Sequence[Source], tokenizer: Tokenizer, paths: tuple[Path, Path]
) -> dict[str, Any]:
    """Compare fp32 and int8 by mean accuracy over the test sets; says when int8 costs too much."""
    means = []
    for path in paths:
        values = []
        for source in sources:
            if source.test:
                actual = label_indices(source.test, recipe.labels)
                ids = encode(tokenizer, [r.text for r in source.test], recipe.max_tokens)
                values.append(accuracy(run_graph(path, ids).argmax(1), actual))
        means.append(float(np.mean(values)))
    check = {
        "metric": "accuracy",
        "dataset": "mean of the test sets",
        "fp32": round(means[0], 4),
        "int8": round(means[1], 4),
    }
    if means[0] - means[1] > LARGEST_INT8_LOSS:
        print(f"int8 loses more than {LARGEST_INT8_LOSS}: {check}", flush=True)
    return check


def evaluate(
    recipe: Recipe, sources: Sequence[Source], tokenizer: Tokenizer, path: Path, seed: int
) -> list[Figure]:
    """Measure the shipped graph on every test part."""
    figures: list[Figure] = []
    for source in sources:
        if source.test:
            ids = encode(tokenizer, [r.text for r in source.test], recipe.max_tokens)
            logits: NDArray[np.float32] = run_graph(path, ids)
            actual = label_indices(source.test, recipe.labels)
            classes = present_classes(source, recipe.labels)
            figures += source_figures(source, logits, actual, classes, recipe.labels, seed)
    return figures


def make_pack(recipe: Recipe, root: Path, out: Path, cache: Path | None, seed: int) -> None:
    """Run the whole recipe and write the pack's folder."""
    sources = read_corpus(recipe, root, seed)
    trained = fit(recipe, sources, root, cache, seed)
    model_path, full_path = out / MODEL_FILE, out / "onnx/model.onnx"
    for path, precision in ((full_path, "fp32"), (model_path, "int8")):
        export(trained.model, path, precision=precision, temperature=trained.temperature)
    save_tokenizer(trained.tokenizer, out / "tokenizer.json")
    write_json(out / "config.json", config(recipe))
    check = int8_check(recipe, sources, trained.tokenizer, (full_path, model_path))
    full_path.unlink()
    describe = {
        "figures": evaluate(recipe, sources, trained.tokenizer, model_path, seed),
        "calibration": trained.calibration,
        "precision_check": check,
        "data": data_entries(recipe, sources),
        "parameters": {
            "shape": asdict(trained.model.shape),
            "training": recipe.training,
            "teacher": recipe.teacher,
            "blend": recipe.blend and recipe.blend | {"share": trained.linear_share},
        },
        "seed": seed,
    }
    write_card_and_manifest(recipe, out, describe)


def write_card_and_manifest(recipe: Recipe, out: Path, describe: dict[str, Any]) -> None:
    """Write the card, then the manifest that lists it with its hash."""
    (out / "README.md").write_text("", encoding="utf-8")
    text = card(recipe, manifest(recipe, out, **describe))
    (out / "README.md").write_text(text, encoding="utf-8")
    write_json(out / "manifest.json", manifest(recipe, out, **describe))


def data_entries(recipe: Recipe, sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Name every set that trained the pack, with its terms and the labelled rows that were used."""
    from edgemark_trainer.readers import DATASETS

    entries = []
    for source in sources:
        if source.train:
            known = DATASETS[source.spec.set]
            entries.append(
                {
                    "name": known.title,
                    "licence": known.licence,
                    "rows": len(source.train),
                    "source": known.source,
                }
            )
    if recipe.teacher.get("translations"):
        entries.append(
            {"name": f"{TITLE}, unlabelled", "licence": LICENCE, "rows": 0, "source": ORIGIN}
        )
    return entries
