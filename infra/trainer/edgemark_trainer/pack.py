"""Makes a text pack: corpus, training, export, figures, manifest, card."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from edgemark_trainer.card import card
from edgemark_trainer.corpus import Source, read_corpus
from edgemark_trainer.evaluation import Figure, accuracy
from edgemark_trainer.examples import label_indices
from edgemark_trainer.export import export
from edgemark_trainer.figures import present_classes, source_figures
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.manifest import MODEL_FILE, config, manifest, write_json
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.text_fit import fit
from edgemark_trainer.tokenizer import encode, save_tokenizer
from edgemark_trainer.translations import LICENCE, ORIGIN, TITLE

LARGEST_INT8_LOSS = 0.007


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
