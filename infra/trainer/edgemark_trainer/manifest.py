"""manifest.json and config.json of a pack."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from edgemark_trainer import __version__
from edgemark_trainer.evaluation import LEVEL, Figure
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.recommender.rating_recipe import RatingRecipe
from edgemark_trainer.recommender.recipe import RecommenderRecipe

MODEL_FILE = "onnx/model_quantized.onnx"
RUNTIME_HEAP_BYTES = 16 * 2**20
HEAP_PER_MODEL_BYTE = 2.4  # the weights, and what MatMul packs of them


def write_json(path: Path, document: object) -> None:
    """Write indented JSON with a final newline."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def file_entries(folder: Path) -> list[dict[str, Any]]:
    """List every file but the manifest with its size and sha256, sorted by path."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    entries = [
        {
            "path": path.relative_to(folder).as_posix(),
            "sizeBytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in paths
    ]
    return sorted(entries, key=lambda entry: str(entry["path"]))


def figure_entry(figure: Figure) -> dict[str, Any]:
    """Give a metric as the manifest holds it, rounded to four digits."""
    entry: dict[str, Any] = {
        "name": figure.name,
        "value": round(figure.value, 4),
        "interval": [round(bound, 4) for bound in figure.interval],
        "level": LEVEL,
        "method": "bootstrap",
        "dataset": figure.dataset,
        "split": figure.split,
        "rows": figure.rows,
    }
    return entry | ({"note": figure.note} if figure.note else {})


def config(recipe: Recipe) -> dict[str, Any]:
    """Give config.json with the label maps that Hugging Face tools look for."""
    return {
        "architectures": ["EdgemarkTextClassifier"],
        "model_type": "edgemark-text-classifier",
        "id2label": {str(i): label for i, label in enumerate(recipe.labels)},
        "label2id": {label: i for i, label in enumerate(recipe.labels)},
    }


class Shared(TypedDict):
    """What manifests of all tasks tell alike."""

    figures: list[Figure]
    precision_check: dict[str, Any]
    data: list[dict[str, Any]]
    parameters: dict[str, Any]
    seed: int


def framed(
    recipe: Recipe | ImageRecipe | RecommenderRecipe | RatingRecipe,
    folder: Path,
    task: str,
    *,
    inputs: list[dict[str, Any]],
    outputs: list[dict[str, Any]],
    body: dict[str, Any],
    made_at_load_bytes: int = 0,
    **shared: Unpack[Shared],
) -> dict[str, Any]:
    """Describe the finished files of `folder`: `body` in what manifests of all tasks have.

    `made_at_load_bytes` is what the graph makes of its constants beside what it stores.
    """
    model_bytes = (folder / MODEL_FILE).stat().st_size
    return {
        "schemaVersion": 1,
        "name": recipe.name,
        "version": recipe.version,
        "task": task,
        "title": recipe.title,
        "description": recipe.description,
        "licence": recipe.licence,
        "createdAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "files": file_entries(folder),
        "model": {
            "file": MODEL_FILE,
            "precision": "int8",
            "inputs": inputs,
            "outputs": outputs,
            "heapBytes": int(RUNTIME_HEAP_BYTES + HEAP_PER_MODEL_BYTE * model_bytes)
            + made_at_load_bytes,
        },
        **body,
        "metrics": [figure_entry(figure) for figure in shared["figures"]],
        "precisionCheck": shared["precision_check"],
        "lineage": {
            "recipe": recipe.name,
            "trainer": f"edgemark-trainer {__version__}",
            "seed": shared["seed"],
            "parameters": shared["parameters"],
            "data": shared["data"],
        },
    }


def manifest(
    recipe: Recipe, folder: Path, *, calibration: dict[str, Any], **shared: Unpack[Shared]
) -> dict[str, Any]:
    """Describe the finished files of `folder`; call it last. `shared` is as of `framed`."""
    tokens = {"type": "int64", "shape": ["batch", "sequence"]}
    return framed(
        recipe,
        folder,
        "text-classification",
        inputs=[{"name": name, **tokens} for name in ("input_ids", "attention_mask")],
        outputs=[{"name": "logits", "type": "float32", "shape": ["batch", len(recipe.labels)]}],
        body={
            "languages": list(recipe.languages),
            "text": {"tokenizer": "tokenizer.json", "maxTokens": recipe.max_tokens},
            "labels": list(recipe.labels),
            "scores": "softmax",
            "calibration": calibration,
            "slices": [],
        },
        **shared,
    )
