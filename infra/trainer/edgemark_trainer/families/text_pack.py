"""Makes a text pack of a trained network: temperature, graph, int8 check, figures, card."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from edgemark_trainer.calibration import fit_temperature, softmax
from edgemark_trainer.evaluation import (
    METRICS,
    Figure,
    accuracy,
    bootstrap,
    expected_calibration_error,
)
from edgemark_trainer.export import export
from edgemark_trainer.families.base import BadDatasetError, PackReport, PackWords
from edgemark_trainer.families.card import trained_card
from edgemark_trainer.families.text_data import TextData
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.manifest import MODEL_FILE, config, manifest, write_json
from edgemark_trainer.pack import LARGEST_INT8_LOSS
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.text_classifier import TextClassifier
from edgemark_trainer.tokenizer import save_tokenizer
from edgemark_trainer.training import predict


def write_text_pack(
    network: TextClassifier, data: TextData, folder: Path, words: PackWords
) -> PackReport:
    """Write the pack's folder; the last thing read is the test split."""
    recipe = recipe_of(words, data)
    actual = data.validation.actual
    logits = predict(network, data.validation_ids, len(data.labels))
    temperature = fit_temperature(logits, actual, np.ones(len(actual)))
    check = write_graph(network, data, folder, temperature)
    save_tokenizer(data.tokenizer, folder / "tokenizer.json")
    write_json(folder / "config.json", config(recipe))
    probabilities = softmax(run_graph(folder / MODEL_FILE, data.validation_ids))
    figures = test_figures(folder, data, words)
    describe: dict[str, Any] = {
        "figures": figures,
        "calibration": {
            "temperature": round(temperature, 4),
            "ece": round(expected_calibration_error(probabilities, actual), 4),
            "dataset": f"validation split of {words.dataset}",
        },
        "precision_check": check,
        "data": [
            {
                "name": words.dataset,
                "licence": words.licence,
                "rows": len(data.train),
                "source": f"dataset {words.dataset}, version {words.dataset_version}",
            }
        ],
        "parameters": {"shape": asdict(network.shape)},
        "seed": words.seed,
    }
    write_description(recipe, folder, words, describe)
    return PackReport(figures, figures[0].rows)


def write_graph(
    network: TextClassifier, data: TextData, folder: Path, temperature: float
) -> dict[str, Any]:
    """Write the int8 graph, or the float32 one where int8 costs too much on validation."""
    path, full = folder / MODEL_FILE, folder / "onnx/model.onnx"
    found = {}
    for file, precision in ((full, "fp32"), (path, "int8")):
        export(network, file, precision=precision, temperature=temperature)
        guesses = run_graph(file, data.validation_ids).argmax(1)
        found[precision] = round(accuracy(guesses, data.validation.actual), 4)
    check = {"metric": "accuracy", "dataset": "the validation split"} | found
    if found["fp32"] - found["int8"] > LARGEST_INT8_LOSS:
        full.replace(path)
        return check | {"note": "int8 lost too much: the graph is float32"}
    full.unlink()
    return check


def test_figures(folder: Path, data: TextData, words: PackWords) -> list[Figure]:
    """Measure the graph that ships on the test split."""
    test = data.test()
    if not len(test):
        raise BadDatasetError("The test split is empty.")
    predicted = run_graph(folder / MODEL_FILE, data.encode(test.texts)).argmax(1)
    return [
        Figure(
            name,
            METRICS[name](predicted, test.actual),
            bootstrap(name, predicted, test.actual, words.seed),
            words.dataset,
            "test",
            len(test),
        )
        for name in METRICS
    ]


def write_description(
    recipe: Recipe, folder: Path, words: PackWords, describe: dict[str, Any]
) -> None:
    """Write the card, then the manifest that lists it with its hash."""

    def described() -> dict[str, Any]:
        document = manifest(recipe, folder, **describe)
        document["lineage"] |= words.lineage()
        if "note" in describe["precision_check"]:
            document["model"]["precision"] = "float32"
        return document

    path = folder / "README.md"
    path.write_text("", encoding="utf-8")
    draft = described()
    check, calibration = draft["precisionCheck"], draft["calibration"]
    notes = [
        f"On {check['dataset']} float32 has {check['fp32']:.4f}, int8 {check['int8']:.4f} "
        f"accuracy. Temperature {calibration['temperature']} was fitted on the "
        f"{calibration['dataset']}; expected calibration error there {calibration['ece']}."
    ]
    front = "".join(f"\n  - {language}" for language in words.languages)
    front = f"language:{front}\n" if front else ""
    path.write_text(trained_card(words, draft, front, notes), encoding="utf-8")
    write_json(folder / "manifest.json", described())


def recipe_of(words: PackWords, data: TextData) -> Recipe:
    """Give what the manifest's writer reads of a recipe."""
    return Recipe(
        name=words.name,
        version=words.version,
        title=words.title,
        description=words.description,
        licence=words.licence,
        languages=words.languages,
        labels=data.labels,
        max_tokens=data.max_tokens,
        data=(),
        tokenizer={},
        model={},
        training={},
    )
