"""Makes the intent pack: teachers, transfer texts, student, threshold, export, figures, card."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from edgemark_trainer.calibration import fit_temperature, softmax
from edgemark_trainer.card import card
from edgemark_trainer.distillation import distil, soft_rows
from edgemark_trainer.evaluation import accuracy, expected_calibration_error
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.intent_classifier import IntentClassifier, IntentShape
from edgemark_trainer.intent_corpus import OUT_OF_SCOPE, IntentCorpus, read_intents
from edgemark_trainer.intent_export import export_intents
from edgemark_trainer.intent_figures import intent_figures
from edgemark_trainer.manifest import MODEL_FILE, config, manifest, write_json
from edgemark_trainer.out_of_scope import shift_for_loss
from edgemark_trainer.readers.intents import BANKING77, CLINC150
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.rows import Row
from edgemark_trainer.tokenizer import encode, save_tokenizer
from edgemark_trainer.training import seed_everything
from edgemark_trainer.transfer_set import TransferSet, transfer_set
from edgemark_trainer.wordpiece import pieces, train_wordpiece

TOKENIZER_TEXTS = 100_000
UNLABELLED = (
    ("TREC questions", "no licence text (research custom)", "cogcomp.org/Data/QA/QC"),
    ("Tatoeba English sentences", "CC BY 2.0 FR", "tatoeba.org"),
    ("SNIPS requests, labels unused", "CC0 1.0", "github.com/sonos/nlu-benchmark"),
)

Logits = NDArray[np.float32]


def make_intent_pack(recipe: Recipe, root: Path, out: Path, cache: Path | None, seed: int) -> None:
    """Run the whole recipe and write the pack's folder; `cache` keeps the teachers' labels."""
    corpus = read_intents(root)
    recipe = replace(recipe, labels=tuple(corpus.labels()))
    kept = cache or out.parent / f".{recipe.name}-cache"
    transfer = transfer_set(corpus, root, seed=seed, cache=kept, **recipe.teacher)
    tokenizer = train_wordpiece(transfer.texts[:TOKENIZER_TEXTS], **recipe.tokenizer)
    model = fit_student(recipe, transfer, tokenizer, seed)
    save_tokenizer_in(out, tokenizer)
    write_json(out / "config.json", config(recipe))
    calibration = calibrate(recipe, corpus, model, tokenizer, out)
    check = export_checked(recipe, corpus, model, tokenizer, out, calibration)
    logits = {
        part: graph_logits(out / MODEL_FILE, tokenizer, rows, recipe)
        for part, rows in corpus.test.items()
    }
    describe: dict[str, Any] = {
        "figures": intent_figures(corpus, logits, seed),
        "calibration": calibration,
        "precision_check": check,
        "data": data_entries(corpus),
        "parameters": {
            "shape": asdict(model.shape),
            "training": recipe.training,
            "teacher": recipe.teacher,
            "transferTexts": len(transfer.texts),
        },
        "seed": seed,
    }
    write_description(recipe, out, describe)


def fit_student(
    recipe: Recipe, transfer: TransferSet, tokenizer: Tokenizer, seed: int
) -> IntentClassifier:
    """Distil the transfer set into a student of the recipe's sizes."""
    seed_everything(seed)
    shape = IntentShape(tokenizer.get_vocab_size(), len(recipe.labels), **recipe.model)
    model = IntentClassifier(shape, pieces(tokenizer))
    rows = soft_rows(encode(tokenizer, transfer.texts), transfer.targets, transfer.labels)
    training = {key: value for key, value in recipe.training.items() if key != "rejection_loss"}
    distil(model, rows, seed=seed, **training)
    return model


def calibrate(
    recipe: Recipe, corpus: IntentCorpus, model: IntentClassifier, tokenizer: Tokenizer, out: Path
) -> dict[str, Any]:
    """Find the shift of the out-of-scope logit, then the temperature, on CLINC150's validation.

    Banking77's validation part has no say: the student has learned from it.
    """
    path = out / MODEL_FILE
    export_intents(model, path, precision="int8", temperature=1.0, out_of_scope=0.0)
    rows = corpus.validation["clinc"]
    logits = graph_logits(path, tokenizer, rows, recipe)
    actual = label_numbers(rows, recipe)
    shift = shift_for_loss(logits, actual, recipe.training["rejection_loss"])
    both = rows + corpus.validation["outside"]
    logits, actual = graph_logits(path, tokenizer, both, recipe), label_numbers(both, recipe)
    logits[:, -1] += np.float32(shift)
    temperature = fit_temperature(logits, actual, np.ones(len(actual)))
    error = expected_calibration_error(softmax(logits / temperature), actual)
    return {
        "temperature": round(temperature, 4),
        "outOfScopeShift": round(shift, 4),
        "ece": round(error, 4),
        "dataset": "validation part of CLINC150, out-of-scope rows included",
    }


def export_checked(
    recipe: Recipe,
    corpus: IntentCorpus,
    model: IntentClassifier,
    tokenizer: Tokenizer,
    out: Path,
    calibration: dict[str, Any],
) -> dict[str, Any]:
    """Write the final int8 graph; compare its accuracy with fp32 on both test parts."""
    full, path = out / "onnx/model.onnx", out / MODEL_FILE
    means = {}
    for file, precision in ((full, "fp32"), (path, "int8")):
        export_intents(
            model,
            file,
            precision=precision,
            temperature=calibration["temperature"],
            out_of_scope=calibration["outOfScopeShift"],
        )
        scores = []
        for part in ("clinc", "banking"):
            rows = corpus.test[part]
            logits = graph_logits(file, tokenizer, rows, recipe)
            scores.append(accuracy(logits.argmax(1), label_numbers(rows, recipe)))
        means[precision] = round(float(np.mean(scores)), 4)
    full.unlink()
    return {"metric": "accuracy", "dataset": "mean of CLINC150 and Banking77 test", **means}


def graph_logits(path: Path, tokenizer: Tokenizer, rows: list[Row], recipe: Recipe) -> Logits:
    """Run the exported graph over rows: [rows, labels]."""
    return run_graph(path, encode(tokenizer, [row.text for row in rows], recipe.max_tokens))


def label_numbers(rows: list[Row], recipe: Recipe) -> NDArray[np.int64]:
    """Give each row's place among the pack's labels."""
    return np.array([recipe.labels.index(row.label) for row in rows])


def save_tokenizer_in(out: Path, tokenizer: Tokenizer) -> None:
    """Write tokenizer.json into the pack's folder, made where it is missing."""
    out.mkdir(parents=True, exist_ok=True)
    save_tokenizer(tokenizer, out / "tokenizer.json")


def data_entries(corpus: IntentCorpus) -> list[dict[str, Any]]:
    """Name every set that trained the pack, with its terms and its labelled rows."""
    rows = {
        CLINC150: len(corpus.train["clinc"]) + len(corpus.train["outside"]),
        BANKING77: len(corpus.train["banking"]) + len(corpus.validation["banking"]),
    }
    labelled = [
        {"name": known.title, "licence": known.licence, "rows": count, "source": known.source}
        for known, count in rows.items()
    ]
    return labelled + [
        {"name": name, "licence": licence, "rows": 0, "source": source}
        for name, licence, source in UNLABELLED
    ]


def write_description(recipe: Recipe, out: Path, describe: dict[str, Any]) -> None:
    """Write the card, then the manifest that lists it with its hash."""
    path = out / "README.md"
    path.write_text("", encoding="utf-8")
    path.write_text(card(recipe, manifest(recipe, out, **describe)), encoding="utf-8")
    document = manifest(recipe, out, **describe)
    write_json(out / "manifest.json", document | {"outOfScopeLabel": OUT_OF_SCOPE})
