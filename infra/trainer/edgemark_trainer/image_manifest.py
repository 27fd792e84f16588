"""manifest.json and config.json of an image pack."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edgemark_trainer import __version__
from edgemark_trainer.evaluation import Figure
from edgemark_trainer.image_export import output_names
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.manifest import (
    HEAP_PER_MODEL_BYTE,
    MODEL_FILE,
    RUNTIME_HEAP_BYTES,
    figure_entry,
    file_entries,
)

PREPROCESSOR_FILE = "preprocessor_config.json"


@dataclass(frozen=True, slots=True)
class Head:
    """An attribute's labels in the order of its logits, and its threshold for `other`."""

    attribute: str
    labels: tuple[str, ...]
    threshold: float


def image_config(heads: list[Head]) -> dict[str, Any]:
    """Give config.json with the label maps that Hugging Face tools look for (the first head's)."""
    labels = heads[0].labels
    return {
        "architectures": ["EdgemarkImageClassifier"],
        "model_type": "edgemark-image-classifier",
        "id2label": {str(i): label for i, label in enumerate(labels)},
        "label2id": {label: i for i, label in enumerate(labels)},
    }


def image_manifest(
    recipe: ImageRecipe,
    folder: Path,
    heads: list[Head],
    *,
    embedding: int,
    calibration: dict[str, Any],
    precision_check: dict[str, Any],
    figures: list[Figure],
    slices: list[tuple[str, Figure]],
    confusions: list[dict[str, Any]],
    data: list[dict[str, Any]],
    parameters: dict[str, Any],
    seed: int,
) -> dict[str, Any]:
    """Describe the finished files of `folder`; call it last.

    Temperatures are part of the graph, so the heads have 1.
    """
    outputs = output_names(recipe.attributes)
    columns = [len(head.labels) for head in heads]
    shapes = [*zip(outputs, columns, strict=True), ("embedding", embedding)]
    model_bytes = (folder / MODEL_FILE).stat().st_size
    size = recipe.size
    return {
        "schemaVersion": 1,
        "name": recipe.name,
        "version": recipe.version,
        "task": "image-classification",
        "title": recipe.title,
        "description": recipe.description,
        "licence": recipe.licence,
        "createdAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "files": file_entries(folder),
        "model": {
            "file": MODEL_FILE,
            "precision": "int8",
            "inputs": [
                {"name": "pixel_values", "type": "float32", "shape": ["batch", 3, size, size]}
            ],
            "outputs": [
                {"name": name, "type": "float32", "shape": ["batch", count]}
                for name, count in shapes
            ],
            "heapBytes": int(RUNTIME_HEAP_BYTES + HEAP_PER_MODEL_BYTE * model_bytes),
        },
        "image": {"preprocessor": PREPROCESSOR_FILE},
        "heads": [
            {
                "attribute": head.attribute,
                "output": output,
                "labels": list(head.labels),
                "otherBelow": round(head.threshold, 6),
                "temperature": 1.0,
            }
            for head, output in zip(heads, outputs, strict=True)
        ],
        "scores": "softmax",
        "calibration": calibration,
        "metrics": [figure_entry(figure) for figure in figures],
        "slices": [figure_entry(figure) | {"slice": name} for name, figure in slices],
        "confusions": confusions,
        "precisionCheck": precision_check,
        "lineage": {
            "recipe": recipe.name,
            "trainer": f"edgemark-trainer {__version__}",
            "seed": seed,
            "parameters": parameters,
            "data": data,
        },
    }
